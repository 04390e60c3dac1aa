// The viewer: a copy from this computer in a frame, and a bar that says whose it is, from when and how complete.
// Everything is in this page's own address: `#id=…` names the copy, `url=…` the page with its fragment, so that
// there is a way on when the copy is gone.
import { leave, mount, place } from "./frame.js";
import { completeness, timeSince } from "./figures.js";
import { ask } from "./keeper.js";
import { saveCopy, viewer, wordsForError } from "./kept.js";
import { confirm } from "./question.js";
import { onSettings, pageKey, setPinned } from "./settings.js";
import { browser, fillWords, make, words } from "./words.js";

fillWords();
onSettings(() => {});

const element = (id) => document.getElementById(id);
const [stage, status, more, pin] = ["stage", "status", "more", "pin"].map(element);

let shown; // what is on screen: the copy with its id
let turn = 0; // a slow copy must not come up after a faster one that was asked for later

// The browser would put back this page's own scrolling, of which there is none.
history.scrollRestoration = "manual";

addEventListener("popstate", show);
show();

async function show() {
  const mine = ++turn;
  const { url } = asked();
  try {
    const id = asked().id || (await find(url));
    if (mine !== turn) return;
    if (shown && id === shown.id) return settle(url);
    const copy = await ask("open", { id });
    if (mine !== turn) return;
    shown = { ...copy, id };
    describe(shown, url);
    tellWhose(shown);
    mount(stage, shown, { follow, jump, say, dismiss, moved, settled: () => settle(asked().url) });
  } catch (error) {
    if (mine === turn) fail(error, asked().id, url);
  }
}

/** The copy of a page that a link named by its address alone; from then on it has its own. */
async function find(url) {
  const { id } = (url && (await ask("find", { url }))) || {};
  if (!id) throw { kind: url ? "none" : "gone" };
  history.replaceState(history.state, "", viewer(id, url));
  return id;
}

/** A page's address with its whole origin, since http and another port are another page; the rest stands under "More". */
function shortened(url) {
  const MOST = 48; // characters behind the origin
  const end = new URL(url).origin.length + MOST;
  return url.length > end ? `${url.slice(0, end)}…` : url;
}

/** What this page's address asks for. */
function asked() {
  const told = new URLSearchParams(location.hash.slice(1));
  return { id: told.get("id") ?? "", url: webAddress(told.get("url")) };
}

function describe(copy, url) {
  const title = copy.title || copy.url;
  document.title = words({ key: "copy_page_title", args: [title] });
  element("when").replaceChildren(timeSince(copy.at));
  element("short").textContent = shortened(copy.url);
  element("complete").textContent = completeness(copy);
  element("complete").dataset.lost = copy.lost > 0;
  const key = copy.lost === 0 ? "copy_complete_long" : "copy_lost_long";
  element("complete-long").textContent = words({ key });
  element("url").textContent = copy.url;
  element("live").hidden = webAddress(copy.url) === "";
  more.hidden = false;
  drawPin();
}

/** What came from a file is never called the user's own. */
function tellWhose({ imported, lost }) {
  const end = imported ? "_imported" : "";
  element("whose").textContent = words({ key: `copy_whose${end}` });
  element("where").textContent = words({ key: `copy_where${end}` });
  element("complete-long").textContent = words({ key: `copy_${lost === 0 ? "complete" : "lost"}_long${end}` });
}

function drawPin() {
  pin.setAttribute("aria-pressed", String(shown.pinned));
  pin.textContent = words({ key: shown.pinned ? "copy_unpin" : "copy_pin" });
}

/** Where the reader was, else the place that the address names. */
function settle(url) {
  place(history.state, url || shown.url);
}

/** Remembers where the reader is, for Back; the next copy may be asked for already while this one still stands. */
function moved(position) {
  if (shown?.id === asked().id) history.replaceState(position, "");
}

/** A place on the same page. */
function jump(url) {
  leave(moved);
  history.pushState(null, "", viewer(shown.id, url));
  settle(url);
}

/** A link of the copy: to a copy of its page where there is one. Nothing is fetched before the reader says so. */
async function follow(url, isAside) {
  const { id } = (await ask("find", { url }).catch(() => null)) ?? {};
  if (!id) return offerLive(url, isAside);
  if (isAside) return browser.tabs.create({ url: browser.runtime.getURL(viewer(id, url)), active: false });
  leave(moved);
  history.pushState(null, "", viewer(id, url));
  return show();
}

async function offerLive(url, isAside) {
  const isWeb = webAddress(url) !== "";
  const key = isWeb ? "copy_no_copy" : "copy_other_link";
  const wants = await confirm({
    title: { key },
    text: { key: isWeb ? "copy_no_copy_text" : "copy_other_link_text" },
    address: url,
    yes: { key: isWeb ? "copy_open_live" : "copy_open_link" },
    no: { key: "copy_stay" },
  });
  if (!wants) return;
  if (isAside) browser.tabs.create({ url });
  else location.assign(url);
}

/** Words for a moment, for eyes and ears. */
function say(text) {
  status.textContent = "";
  requestAnimationFrame(() => {
    status.textContent = words(text);
  });
}

/** A click beside the open menu closes it; so does Escape. */
function dismiss() {
  more.open = false;
  if (status.textContent !== "") status.textContent = "";
}

function fail(error, id, url) {
  shown = undefined;
  document.title = words({ key: "copy_title" });
  for (const told of ["when", "complete", "short"]) element(told).replaceChildren();
  element("live").hidden = true; // it stands below, with the reason
  more.hidden = true;
  const key = ["damaged", "gone", "none"].find((kind) => kind === error?.kind) ?? "unreadable";
  const remove = make("button", { type: "button", text: { key: "copy_delete" }, onclick: () => deleteDamaged(id) });
  stage.replaceChildren(
    make("div", {
      className: "page",
      children: [
        make("div", {
          className: "sheet",
          children: [
            make("h2", { text: { key: `copy_failed_${key}` } }),
            make("p", { text: { key: `copy_failed_${key}_text` } }),
            ...(url ? [make("p", { className: "address", textContent: url })] : []),
            ...(key === "unreadable" ? [make("p", { className: "soft small", textContent: wordsForError(error) })] : []),
            make("div", {
              className: "actions",
              children: [
                ...(url ? [make("button", { type: "button", className: "main", text: { key: "copy_live" }, onclick: goLive })] : []),
                make("a", { className: "button", href: "copies.html", text: { key: "copy_all" } }),
                ...(key === "damaged" ? [remove] : []),
              ],
            }),
          ],
        }),
      ],
    }),
  );
}

async function deleteDamaged(id) {
  try {
    await ask("delete", { ids: [id] });
    location.assign("copies.html");
  } catch (error) {
    status.textContent = wordsForError(error);
  }
}

element("live").addEventListener("click", goLive);

/** A button and no link: a browser may connect to where a link leads as soon as the pointer comes near. */
function goLive({ ctrlKey, metaKey }) {
  const url = asked().url || shown.url;
  if (ctrlKey || metaKey) browser.tabs.create({ url });
  else location.assign(url);
}

pin.addEventListener("click", async () => {
  try {
    await ask("pin", { id: shown.id, pinned: !shown.pinned });
    shown.pinned = !shown.pinned;
    setPinned([pageKey(shown.url)], shown.pinned);
    drawPin();
    say({ key: shown.pinned ? "copy_pinned" : "copy_unpinned" });
  } catch (error) {
    status.textContent = wordsForError(error);
  }
});

element("save").addEventListener("click", async () => {
  try {
    await saveCopy(shown);
    say({ key: "copy_saved" });
  } catch (error) {
    status.textContent = wordsForError(error);
  }
});

element("skip").addEventListener("click", (event) => {
  // The address of this page names the copy; a fragment would take its place.
  event.preventDefault();
  (stage.querySelector("iframe") ?? stage).focus();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !more.open) return;
  more.open = false;
  more.querySelector("summary").focus();
});

addEventListener("click", (event) => {
  if (!more.contains(event.target)) more.open = false;
});

addEventListener("pagehide", () => leave(moved));

/** Only web pages are gone to; anything else in the address was not put there by us. */
function webAddress(text) {
  const isWeb = URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
  return isWeb ? text : "";
}
