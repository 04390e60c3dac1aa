// For the benchmark only, never shipped: the other way to learn a page's status. A badge that is set before
// the commit is wiped by it, so the record waits for webNavigation, as facts about both engines demand.
import { queue } from "./background.js";

const browser = globalThis.browser ?? globalThis.chrome;

/** @type {Map<number, { url: string, status: number }>} */
const answers = new Map();

browser.webRequest.onCompleted.addListener(
  ({ tabId, url, statusCode }) => {
    answers.set(tabId, { url, status: statusCode });
  },
  { urls: ["http://*/*", "https://*/*"], types: ["main_frame"] },
);

browser.webNavigation.onCommitted.addListener(({ tabId, frameId, url }) => {
  const answer = answers.get(tabId);
  if (frameId !== 0 || !answer || answer.url !== url) return;
  answers.delete(tabId);
  queue({
    "runtime.onMessage": {
      message: { page_status: { status: answer.status, by_service_worker: false, title: "", html: "", url } },
      sender: { id: browser.runtime.id, url, tab: { id: tabId }, frameId: 0 },
    },
  });
});
