// Chromium's service worker may not start workers; this document may, and lives only while captures wait. The
// background opens it after it put something into the inbox, and says so again (`{ work_came: true }`) if it is
// open already. What was kept and refused goes back as `{ work_done: … }`.
import { ask } from "../shelf/keeper.js";

const browser = globalThis.browser ?? globalThis.chrome;

let isWorking = false;
let isAskedAgain = false;

/** @type {number | undefined} */
let rest;

browser.runtime.onMessage.addListener((message, { id, url }) => {
  // Messages of content scripts come here as well.
  const isOurs = id === browser.runtime.id && url?.startsWith(browser.runtime.getURL(""));
  if (isOurs && message?.work_came) work();
});

async function work() {
  if (isWorking) {
    isAskedAgain = true;
    return;
  }
  isWorking = true;
  clearTimeout(rest);
  do {
    isAskedAgain = false;
    try {
      const done = await ask("work");
      if (done.kept.length + done.refused.length > 0) await tell({ work_done: done });
    } catch (error) {
      console.error("keeper:", error);
    }
  } while (isAskedAgain);
  isWorking = false;
  rest = setTimeout(() => close(), REST);
}

/** @param {{ work_done: Keeper.Worked }} message */
function tell(message) {
  return browser.runtime.sendMessage(message).catch(() => {}); // nobody needs to listen
}

/** One page often follows another; starting anew costs more than this rest. */
const REST = 15_000;

work();
