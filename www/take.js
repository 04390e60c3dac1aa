// Takes copies and looks for them: the worker's side of the shelf. Nothing is parsed here, captures go from the
// browser's hands straight into the inbox, so that the worker is free for a failure at any time.
import { ask } from "./keeper.js";
import { lookUp, putInInbox } from "./shelf.js";

const browser = globalThis.browser ?? globalThis.chrome;

/** What the wasm calls: extension/src/keep.rs. */
export const shelf = {
  /** Takes a copy of what the tab shows, unless it shows something else by now; `meta` is JSON, and only passed on. */
  async take(tab, url, meta) {
    const before = await shown(tab);
    if (before?.url !== url) return;
    const capture = browser.pageCapture ? await whole(tab) : await parts(tab);
    const after = await shown(tab);
    // Another document under the same address may be somebody's own.
    if (!capture || after?.url !== url || after.as !== before.as) return;
    await putInInbox({ meta, ...capture });
    await wake();
  },

  /** `[record, checksum]` of the copies of a page, then of its site. */
  lookUp,
};

/** Which document the tab shows, if it is one that told of itself. */
async function shown(tab) {
  try {
    const look = () => ({ url: location.href.split("#")[0], as: globalThis.detourToldAs });
    const [{ result }] = await browser.scripting.executeScript({ target: { tabId: tab }, func: look });
    return result?.as ? result : undefined;
  } catch {
    return undefined; // the tab is gone, or shows a page of the browser's
  }
}

/** Chromium: the page as one MHTML file. */
async function whole(tab) {
  const file = await browser.pageCapture.saveAsMHTML({ tabId: tab });
  // At once: the browser takes its temporary file away soon, and IndexedDB may come too late for it.
  return { mhtml: new Blob([await file.arrayBuffer()]) };
}

/** Firefox: the document and its parts, as a script in the page finds them. */
async function parts(tab) {
  const [{ result }] = await browser.scripting.executeScript({ target: { tabId: tab }, files: ["capture.js"] });
  return result;
}

let waking = Promise.resolve();

/** Has the keeper look into the inbox. */
function wake() {
  waking = waking.catch(() => {}).then(browser.offscreen ? wakeDocument : () => ask("work"));
  return waking;
}

/** Chromium's service worker may not start workers; a document may. */
async function wakeDocument() {
  const open = await browser.runtime.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] });
  // It may close itself before the word reaches it.
  if (open.length > 0 && (await told())) return;
  await browser.offscreen.createDocument({
    url: "offscreen.html",
    reasons: ["WORKERS"],
    justification: "Cleans and stores copies of pages, away from the pages and from the worker that answers failures.",
  });
}

function told() {
  return browser.runtime.sendMessage({ work_came: true }).then(() => true, (error) => !/Receiving end/.test(error.message));
}
