// A page's line to the worker. The browser puts an idle worker to rest and cuts the line; connecting anew
// wakes it, and it goes on where it was. A page that nobody looks at lets it sleep.
import { browser } from "./words.js";

const PAUSE = 500; // after an update the extension's old pages find nobody: do not insist

/**
 * Connects under this name for as long as the page is open; `take` gets every message.
 * @template {Detour.Told} Told
 * @param {string} name
 * @param {(told: Told) => void} take
 */
export function connect(name, take) {
  let isConnected = false;
  function open() {
    if (isConnected || document.hidden) return;
    const port = browser.runtime.connect({ name });
    isConnected = true;
    port.onMessage.addListener(take);
    port.onDisconnect.addListener(() => {
      isConnected = false;
      setTimeout(open, PAUSE);
    });
  }
  document.addEventListener("visibilitychange", open);
  open();
}

/**
 * Tells the worker of a click; extension/src/inbound.rs has the names.
 * @template {Detour.Keys<Detour.Message>} Name
 * @param {Name} what
 * @param {Detour.Details<Name>} details
 */
export function say(what, details) {
  return browser.runtime.sendMessage(/** @type {Detour.Message} */ (/** @type {unknown} */ ({ [what]: details })));
}
