// The worker's first turn. The browser hands an event that woke the worker only to listeners that stand by
// the end of this turn, so they are registered here and not in the wasm, which comes milliseconds later.
// Each listener copies what it needs (event objects are not ours to keep) and waits for the wasm. Nothing
// here knows what any of it means: extension/src/inbound.rs reads it, core decides.
import { loadAgain } from "./again.js";
import { showDetails } from "./details.js";
import { shelf } from "./take.js";
import init, { connected, deliver, start } from "../wasm/detour.js";

const browser = globalThis.browser ?? globalThis.chrome;

const wasm = browser.runtime.getURL("wasm/detour_bg.wasm");
const ready = init({ module_or_path: wasm }).then(() => start(listenWhileFailing, { ...shelf, loadAgain, showDetails }));

/**
 * Queues a raw event; in order, since all wait for the same promise.
 * @param {Detour.Raw} raw
 */
export function queue(raw) {
  const json = JSON.stringify(raw);
  return ready.then(() => deliver(json));
}

// --- always ---------------------------------------------------------------------------------------------

browser.webNavigation.onErrorOccurred.addListener(
  ({ tabId, frameId, url, error, documentLifecycle }) => {
    queue({
      "webNavigation.onErrorOccurred": { tabId, frameId, url, error, documentLifecycle, online: navigator.onLine },
    });
  },
  { url: [{ schemes: ["http", "https"] }] },
);

browser.runtime.onMessage.addListener((message, from) => {
  if (message?.work_done) return; // the keeper's, for our pages
  // What it is the wasm finds out: whoever took over a page sends what they like.
  queue({ "runtime.onMessage": { message: /** @type {Detour.Message} */ (message), sender: senderOf(from) } });
});

browser.runtime.onConnect.addListener((port) => {
  const sender = JSON.stringify(senderOf(port.sender));
  ready.then(() => connected(port, sender));
});

/**
 * What the browser says of a sender, as far as it counts (extension/src/speaker.rs), as it is now.
 * @param {Browser.Sender} from
 * @returns {Detour.Sender}
 */
function senderOf({ id, url, origin, tab, frameId, documentLifecycle }) {
  return { id, url, origin, tab: tab && { id: tab.id, active: tab.active }, frameId, documentLifecycle };
}

browser.alarms.onAlarm.addListener(() => {
  queue("alarms.onAlarm");
});

browser.notifications?.onClicked.addListener((id) => {
  queue({ "notifications.onClicked": id });
});

// A timer's turn is when the network is looked at as well; these say that it is another one now.
for (const change of ["online", "offline"]) addEventListener(change, () => queue("alarms.onAlarm"));

browser.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") browser.tabs.create({ url: browser.runtime.getURL("pages/welcome.html") });
});

// Wakes the worker once per browser session: listeners that an earlier session left behind are put right.
browser.runtime.onStartup.addListener(() => {});

/** Milliseconds in which a browser that is going has gone. */
const CLOSING = 3000;

// --- while a tab fails ----------------------------------------------------------------------------------

// These come for every page and every tab, and each would wake the worker. In Chromium they stand in the
// first turn, since a tab may be failing; if none is, the wasm takes them off, and the browser forgets them
// until it puts them back. Gecko remembers what stood in the first turn, and nothing else (bug 1899767):
// there they come later and last as long as the worker, and a worker that slept looks into its failing
// tabs when it wakes.
/** @param {Browser.Navigation} what */
function committed({ tabId, frameId, url }) {
  queue({ "webNavigation.onCommitted": { tabId, frameId, url } });
}

/**
 * @param {number} tab
 * @param {{ isWindowClosing: boolean }} how
 */
function removed(tab, { isWindowClosing }) {
  const say = () => queue({ "tabs.onRemoved": tab });
  // With its last window the browser goes too: what its tabs were watched for goes on when it is opened again.
  if (isWindowClosing) setTimeout(say, CLOSING);
  else say();
}

/** @param {boolean} on */
function listenWhileFailing(on) {
  const change = on ? "addListener" : "removeListener";
  browser.webNavigation.onCommitted[change](committed);
  browser.tabs.onRemoved[change](removed);
}

if ("ServiceWorkerGlobalScope" in globalThis) listenWhileFailing(true);
