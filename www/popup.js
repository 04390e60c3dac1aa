// The popup: the active tab, drawn as the worker sees it.
import { draw } from "./draw.js";
import { connect, say } from "./port.js";
import { browser, fillWords } from "./words.js";

fillWords();

const tab = await tabToShow();
connect(`view:${tab}`, ({ view }) => {
  draw(document.getElementById("tab"), view, (what, details) => {
    say(what, { ...details, tab });
    // The page behind is what the user wants to see now; a search for copies, and a closer look, are watched from here.
    if (what !== "find_copies" && what !== "look_closer") window.close();
  });
});

document.getElementById("options").addEventListener("click", (event) => {
  event.preventDefault();
  browser.runtime.openOptionsPage();
  window.close();
});

/** The active tab; `?tab=12` names another, for a popup that is opened as a page. */
async function tabToShow() {
  const named = Number(new URLSearchParams(location.search).get("tab"));
  if (named) return named;
  const [active] = await browser.tabs.query({ active: true, currentWindow: true });
  return active.id;
}
