// The popup: the active tab, drawn as the worker sees it, and whether its page is kept.
import { draw } from "./draw.js";
import { showKeeping, showRefusal } from "./popup_keep.js";
import { showOriginal } from "./popup_original.js";
import { connect } from "./port.js";
import { settle } from "./settle.js";
import { browser, byId, fillWords } from "./words.js";

fillWords();

const asked = new URLSearchParams(location.search);
// Opened by a click into a page that may have meant something else by it.
/** @type {(() => void) | undefined} */
let begin;
if (asked.get("from") === "banner") {
  document.body.classList.add("beside");
  begin = settle(/** @type {HTMLElement} */ (document.querySelector("main")));
}
const tab = await tabToShow();
showOriginal(byId("original"), tab);
/** @type {boolean | undefined} */
let isFine;
connect(`view:${tab.id}`, (/** @type {{ view: Detour.TabView }} */ { view }) => {
  draw(byId("tab"), view, tab.id, (what) => {
    // The page behind is what the user wants to see now; a search for copies, and a closer look, are watched from here.
    if (what !== "find_copies" && what !== "look_closer") window.close();
  });
  begin?.();
  begin = undefined;
  showRefusal(view.not_kept);
  if (isFine === (view.mood === "fine")) return;
  isFine = view.mood === "fine";
  showKeeping(byId("keep"), tab, isFine);
});

byId("options").addEventListener("click", (event) => {
  event.preventDefault();
  browser.runtime.openOptionsPage();
  window.close();
});

/**
 * The active tab; `?tab=12` names another, for a popup that is opened as a page: `&from=banner` by the banner in it.
 * @returns {Promise<Pick<Browser.Tab, "id" | "url">>}
 */
async function tabToShow() {
  const named = Number(asked.get("tab"));
  // A tab that is gone by now has nothing to keep, but may have left something to say.
  if (named) return browser.tabs.get(named).catch(() => ({ id: named }));
  const [active] = await browser.tabs.query({ active: true, currentWindow: true });
  return active;
}
