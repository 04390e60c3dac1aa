// In place of the browser's error page. Tab and address are in this page's own address, so that it can
// show at least those, and lead back to the page, when the worker has forgotten the tab.
import { draw } from "./draw.js";
import { connect, say } from "./port.js";
import { fillWords, words } from "./words.js";

fillWords();

const told = new URLSearchParams(location.hash.slice(1));
const tab = Number(told.get("tab"));
const url = webAddress(told.get("url"));

document.getElementById("url").textContent = url;
document.getElementById("again").href = url;

connect(`view:${tab}`, ({ view }) => {
  // Another page's view, or none: this page knows better by itself.
  if (view.url !== url) return;
  document.title = words(view.headline);
  draw(document.getElementById("tab"), view, (what, details) => say(what, { ...details, tab }));
});

/** Only web pages fail; anything else in the address was not put there by the worker. */
function webAddress(text) {
  const isWeb = URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
  return isWeb ? text : "";
}
