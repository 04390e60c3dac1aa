// The viewer: a copy from this computer in a frame, and a bar that says whose it is, from when and how complete.
// Everything is in this page's own address: `#id=…` names the copy, `url=…` the page with its fragment, so that
// there is a way on when the copy is gone.
import { leave, mount, place } from "./frame.js";
import { completeness, timeSince } from "./figures.js";
import { ask } from "../shelf/keeper.js";
import { saveCopy, viewer, wordsForError } from "./kept.js";
import { confirm } from "./question.js";
import { onSettings, pageKey, setPinned } from "./settings.js";
import { browser, byId as element, fillWords, make, words } from "./words.js";

fillWords();
onSettings(() => {});

const [stage, status, pin] = [element("stage"), element("status"), element("pin")];
const more = element("more", HTMLDetailsElement);

/** @type {Shown | undefined} */
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
    describe(shown);
    tellWhose(shown);
    mount(stage, shown, { follow, jump, say, dismiss, moved, settled: () => settle(asked().url) });
  } catch (error) {
    if (mine === turn) fail(error, asked().id, url);
  }
}

/**
 * The copy of a page that a link named by its address alone; from then on it has its own.
 * @param {string} url
 */
async function find(url) {
  const { id } = (url && (await ask("find", { url }))) || { id: "" };
  if (!id) throw { kind: url ? "none" : "gone" };
  history.replaceState(history.state, "", viewer(id, url));
  return id;
}

/**
 * A page's address with its whole origin, since http and another port are another page; the rest stands under "More".
 * @param {string} url
 */
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

/** @param {Shown} copy */
function describe(copy) {
  const title = copy.title || copy.url;
  document.title = words({ key: "copy_page_title", args: [title] });
  element("when").replaceChildren(timeSince(copy.at));
  element("short").textContent = shortened(copy.url);
  element("complete").textContent = completeness(copy);
  element("complete").dataset.lost = String(copy.lost > 0);
  const key = copy.lost === 0 ? "copy_complete_long" : "copy_lost_long";
  element("complete-long").textContent = words({ key });
  element("url").textContent = copy.url;
  element("live").hidden = webAddress(copy.url) === "";
  more.hidden = false;
  drawPin(copy);
}

/**
 * What came from a file is never called the user's own.
 * @param {Shown} copy
 */
function tellWhose({ imported, lost }) {
  const end = imported ? "_imported" : "";
  element("whose").textContent = words({ key: `copy_whose${end}` });
  element("where").textContent = words({ key: `copy_where${end}` });
  element("complete-long").textContent = words({ key: `copy_${lost === 0 ? "complete" : "lost"}_long${end}` });
}

/** @param {Shown} copy */
function drawPin(copy) {
  pin.setAttribute("aria-pressed", String(copy.pinned));
  pin.textContent = words({ key: copy.pinned ? "copy_unpin" : "copy_pin" });
}

/**
 * Where the reader was, else the place that the address names.
 * @param {string} url
 */
function settle(url) {
  if (shown) place(history.state, url || shown.url);
}

/**
 * Remembers where the reader is, for Back; the next copy may be asked for already while this one still stands.
 * @param {{ x: number, y: number }} position
 */
function moved(position) {
  if (shown?.id === asked().id) history.replaceState(position, "");
}

/**
 * A place on the same page.
 * @param {string} url
 */
function jump(url) {
  if (!shown) return;
  leave(moved);
  history.pushState(null, "", viewer(shown.id, url));
  settle(url);
}

/**
 * A link of the copy: to a copy of its page where there is one. Nothing is fetched before the reader says so.
 * @param {string} url
 * @param {boolean} isAside
 */
async function follow(url, isAside) {
  const { id } = (await ask("find", { url }).catch(() => null)) ?? { id: "" };
  if (!id) return offerLive(url, isAside);
  if (isAside) return browser.tabs.create({ url: browser.runtime.getURL(`pages/${viewer(id, url)}`), active: false });
  leave(moved);
  history.pushState(null, "", viewer(id, url));
  return show();
}

/**
 * @param {string} url
 * @param {boolean} isAside
 */
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

/**
 * Words for a moment, for eyes and ears.
 * @param {Detour.Words} text
 */
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

/**
 * @param {Keeper.Refusal & Error} error
 * @param {string} id
 * @param {string} url
 */
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

/** @param {string} id */
async function deleteDamaged(id) {
  try {
    await ask("delete", { ids: [id] });
    location.assign("copies.html");
  } catch (error) {
    status.textContent = wordsForError(error);
  }
}

element("live").addEventListener("click", goLive);

/**
 * A button and no link: a browser may connect to where a link leads as soon as the pointer comes near.
 * @param {MouseEvent} click
 */
function goLive({ ctrlKey, metaKey }) {
  const url = asked().url || (shown?.url ?? "");
  if (ctrlKey || metaKey) browser.tabs.create({ url });
  else location.assign(url);
}

pin.addEventListener("click", async () => {
  if (!shown) return;
  try {
    await ask("pin", { id: shown.id, pinned: !shown.pinned });
    shown.pinned = !shown.pinned;
    setPinned([pageKey(shown.url)], shown.pinned);
    drawPin(shown);
    say({ key: shown.pinned ? "copy_pinned" : "copy_unpinned" });
  } catch (error) {
    status.textContent = wordsForError(error);
  }
});

element("save").addEventListener("click", async () => {
  if (!shown) return;
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
  more.querySelector("summary")?.focus();
});

addEventListener("click", (event) => {
  if (!more.contains(/** @type {Node} */ (event.target))) more.open = false;
});

addEventListener("pagehide", () => leave(moved));

/**
 * Only web pages are gone to; anything else in the address was not put there by us.
 * @param {string | null} text
 */
function webAddress(text) {
  const isWeb = text !== null && URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
  return isWeb ? text : "";
}

/** @typedef {Keeper.Answers["open"] & { id: string }} Shown a copy, with its name on the shelf */
