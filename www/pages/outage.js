// In place of the browser's error page. The page's address is in this one's own address, so that it can show at least
// that, and lead back to the page, when the worker has forgotten the tab. Secrets are not in it, since browsers write
// addresses into their history: the whole one comes from the worker. The tab is asked for: it is this one, whatever an
// address says that some other page put together.
import { draw } from "./draw.js";
import { connect } from "./port.js";
import { settle } from "./settle.js";
import { browser, byId, fillWords, words } from "./words.js";

fillWords();

const told = new URLSearchParams(location.hash.slice(1));
const recorded = webAddress(told.get("url"));

const again = byId("again", HTMLAnchorElement); // for as long as nothing is drawn
name(recorded);
/** @type {(() => void) | undefined} */
let begin = settle(/** @type {HTMLElement} */ (document.querySelector("main")));

const { id: tab } = await browser.tabs.getCurrent();
connect(`view:${tab}`, (/** @type {{ view: Detour.TabView }} */ { view }) => {
  // Another page's view, or none: this page knows better by itself.
  if (view.recorded !== recorded) return;
  name(view.url);
  document.title = words(view.headline);
  draw(byId("tab"), view, tab);
  begin?.();
  begin = undefined;
});

/** @param {string} url */
function name(url) {
  byId("url").textContent = url;
  again.href = url;
}

/**
 * Only web pages fail; anything else in the address was not put there by the worker.
 * @param {string | null} text
 */
function webAddress(text) {
  const isWeb = text !== null && URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
  return isWeb ? text : "";
}
