// Takes copies and looks for them: the worker's side of the shelf. Nothing is parsed here, captures go from the
// browser's hands straight into the inbox, so that the worker is free for a failure at any time.
import { ask } from "../shelf/keeper.js";
import { lookUp, putInInbox } from "../shelf/shelf.js";

const browser = globalThis.browser ?? globalThis.chrome;
// Chromium only: undefined elsewhere.
const { pageCapture, offscreen } = browser;

/** What the wasm calls: extension/src/keep.rs. */
export const shelf = {
  /**
   * Takes a copy of what the tab shows, unless it shows something else by now; `meta` is JSON, and only passed on.
   * @param {number} tab
   * @param {string} url
   * @param {string} meta
   */
  take(tab, url, meta) {
    const taking = takeNow(tab, url, meta);
    lastTaken = taking.catch(() => {});
    return taking;
  },

  /**
   * Notes that a hand touched a page whose copy was taken; behind the copy, which may still be on its way.
   * @param {string} url
   */
  async attended(url) {
    await lastTaken;
    await putInInbox({ attended: url });
    await wake();
  },

  /** `[record, checksum]` of the copies of a page, then of its site. */
  lookUp,
};

/** @type {Promise<unknown>} */
let lastTaken = Promise.resolve();

/**
 * @param {number} tab
 * @param {string} url
 * @param {string} meta
 */
async function takeNow(tab, url, meta) {
  const before = await shown(tab);
  if (before?.url !== url || !before.isStill) return;
  const capture = pageCapture ? await whole(tab, pageCapture) : await parts(tab);
  const after = await shown(tab);
  // Another document under the same address may be somebody's own, and so may words that came since the rules were asked.
  if (!capture || after?.url !== url || after.as !== before.as || !after.isStill) return;
  await putInInbox({ meta, ...capture });
  await wake();
}

/**
 * Which document the tab shows, if it is one that told of itself.
 * @param {number} tab
 */
async function shown(tab) {
  try {
    const look = async () => ({
      url: location.href.split("#")[0],
      as: globalThis.detourToldAs,
      isStill: await globalThis.detourTold?.isStill(),
    });
    const [{ result }] = await browser.scripting.executeScript({ target: { tabId: tab }, func: look });
    return result?.as ? result : undefined;
  } catch {
    return undefined; // the tab is gone, or shows a page of the browser's
  }
}

/**
 * Chromium: the page as one MHTML file. It is a temporary one, which the browser takes away once it believes that the
 * file has been handed over; in about one of ten captures that is before anybody could read it ("NotFoundError").
 * So it is read at once, and taken anew where it was gone.
 * @param {number} tab
 * @param {NonNullable<typeof pageCapture>} pageCapture
 */
async function whole(tab, pageCapture) {
  for (let left = TRIES; ; left -= 1) {
    const file = await pageCapture.saveAsMHTML({ tabId: tab });
    try {
      return { mhtml: new Blob([await file.arrayBuffer()]) };
    } catch (error) {
      if (error.name !== "NotFoundError" || left <= 1) throw error;
    }
  }
}

/** One of ten, five times in a row, is once in the life of a browser. */
const TRIES = 5;

/**
 * Firefox: the document and its parts, as a script in the page finds them.
 * @param {number} tab
 * @returns {Promise<Keeper.Capture | null | undefined>}
 */
async function parts(tab) {
  const [{ result }] = await browser.scripting.executeScript({ target: { tabId: tab }, files: ["content/capture.js"] });
  return /** @type {Keeper.Capture | null | undefined} */ (result);
}

/** @type {Promise<unknown>} */
let waking = Promise.resolve();

/** Has the keeper look into the inbox. */
function wake() {
  waking = waking.catch(() => {}).then(async () => {
    await (offscreen ? wakeDocument(offscreen) : ask("work"));
  });
  return waking;
}

/**
 * Chromium's service worker may not start workers; a document may.
 * @param {NonNullable<typeof offscreen>} offscreen
 */
async function wakeDocument(offscreen) {
  const open = await browser.runtime.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] });
  // It may close itself before the word reaches it.
  if (open.length > 0 && (await told())) return;
  await offscreen.createDocument({
    url: "worker/offscreen.html",
    reasons: ["WORKERS"],
    justification: "Cleans and stores copies of pages, away from the pages and from the worker that answers failures.",
  });
}

function told() {
  return browser.runtime.sendMessage({ work_came: true }).then(() => true, (error) => !/Receiving end/.test(error.message));
}
