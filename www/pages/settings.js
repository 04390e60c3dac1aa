// What the user chose, as the worker holds it. A change carries everything that came, so that no page can lose
// what it does not show.
import { connect, say } from "./port.js";

/** @type {Detour.Settings | undefined} */
let held;

/** @type {((settings: Detour.Settings) => void)[]} */
const takers = [];

/**
 * Calls `take` with the settings, now and whenever they change.
 * @param {(settings: Detour.Settings) => void} take
 */
export function onSettings(take) {
  takers.push(take);
  if (held) return take(held);
  if (takers.length > 1) return undefined;
  return connect("settings", (/** @type {{ settings: Detour.Settings }} */ { settings }) => {
    held = settings;
    for (const taker of takers) taker(held);
  });
}

/**
 * Changes some of them; `false` when they have not come yet.
 * @param {Partial<Detour.Settings>} some
 */
export function change(some) {
  if (!held) return false;
  // A second change may come before the worker has answered the first.
  held = { ...held, ...some };
  say("settings", { settings: held });
  return true;
}

/**
 * What names a page among the pinned ones: as `page_key` of crates/core/src/keep.rs.
 * @param {string} url
 */
export function pageKey(url) {
  return url.split("#")[0].replace(/\/$/, "");
}

/**
 * Pins pages or takes their pins, for this and every later visit.
 * @param {string[]} urls
 * @param {boolean} pinned
 */
export function setPinned(urls, pinned) {
  if (!held) return;
  const keys = new Set(urls.map(pageKey));
  const others = held.pinned.filter((key) => !keys.has(key));
  const next = pinned ? [...others, ...keys] : others;
  if (next.length !== held.pinned.length || pinned) change({ pinned: next });
}
