// My copies: what is kept on this computer, to search, open, pin, save and delete.
import { count, many, size } from "./figures.js";
import { ask } from "../shelf/keeper.js";
import { saveCopy, wordsForError } from "./kept.js";
import { drawDamaged, drawHits, drawSites, siteOf } from "./list.js";
import { confirm } from "./question.js";
import { onSettings, setPinned } from "./settings.js";
import { carryFiles } from "./warc.js";
import { byId as element, fillWords, words } from "./words.js";

fillWords();

const search = element("search", HTMLInputElement);
const [list, found, done] = [element("list"), element("found"), element("done")];

/** @type {Keeper.Listed} */
let kept = { pages: [], usage: { bytes: 0, pages: 0, quota: 0 }, damaged: [], disk_full: false };
/** @type {Detour.Keeping} */
let keep = "unasked"; // what the user chose to keep
let turn = 0; // an answer to an earlier search must not replace that to a later one

const deeds = { pin, save, remove, removeSite };

onSettings((settings) => {
  keep = settings.keep;
  drawEmpty();
});
search.placeholder = words({ key: "shelf_search" });
search.value = asked().search;
const listed = reload();
// A file may be given before the list has come, which says how much room there is.
carryFiles({ reload, quota: () => listed.then(() => kept.usage.quota) });

/** What this page's address asks for: `#search=…&site=…`. */
function asked() {
  const told = new URLSearchParams(location.hash.slice(1));
  return { search: told.get("search") ?? "", site: told.get("site") ?? "" };
}

async function reload() {
  try {
    kept = await ask("list", {});
  } catch (error) {
    return complain(wordsForError(error));
  }
  complain(kept.disk_full ? words({ key: "shelf_disk_full" }) : "");
  drawRoom();
  element("damaged").hidden = kept.damaged.length === 0;
  drawDamaged(element("damaged-list"), kept.damaged);
  element("export").hidden = element("delete-all").hidden = kept.pages.length === 0;
  return draw();
}

/** @param {string} text */
function complain(text) {
  element("alert").textContent = text;
  element("alert").hidden = text === "";
}

function drawRoom() {
  const { bytes, pages, quota } = kept.usage;
  element("room").textContent = words({
    key: `shelf_usage_${many(pages)}`,
    args: [size(bytes), size(quota), count(pages)],
  });
  const meter = element("meter");
  const share = quota > 0 ? Math.min(1, bytes / quota) : 0;
  /** @type {HTMLElement} */ (meter.firstElementChild).style.inlineSize = `${100 * share}%`;
  meter.ariaValueMin = "0";
  meter.ariaValueMax = "100";
  meter.ariaValueNow = String(Math.round(100 * share));
}

/** The list as the address wants it. */
async function draw() {
  const mine = ++turn;
  const { search: text, site } = asked();
  const pages = kept.pages.filter((page) => site === "" || siteOf(page) === site);
  drawEmpty();
  element("all").hidden = site === "";
  if (text.trim() === "") {
    found.textContent = site === "" ? "" : words({ key: `shelf_of_site_${many(pages.length)}`, args: [count(pages.length), site] });
    return drawSites(list, pages, deeds, site !== "");
  }
  try {
    const { hits } = await ask("search", { text });
    if (mine !== turn) return undefined;
    const byId = new Map(pages.map((page) => [page.id, page]));
    const there = hits.filter(({ id }) => byId.has(id));
    const key = there.length === 0 ? "none" : many(there.length);
    found.textContent = words({ key: `shelf_found_${key}`, args: [count(there.length), text] });
    const shown = there.flatMap((hit) => {
      const page = byId.get(hit.id);
      return page ? [{ ...page, hit }] : [];
    });
    return drawHits(list, shown, deeds, text);
  } catch (error) {
    if (mine === turn) found.textContent = wordsForError(error);
    return undefined;
  }
}

/** When there is nothing, what can be done about it depends on what the user chose. */
function drawEmpty() {
  const isEmpty = kept.pages.length === 0;
  element("empty").hidden = !isEmpty;
  /** @type {HTMLElement} */ (search.closest("search")).hidden = isEmpty;
  if (!isEmpty) return;
  element("empty-title").textContent = words({ key: `shelf_empty_${keep}` });
  element("empty-text").textContent = words({ key: `shelf_empty_${keep}_text` });
  element("empty-action").hidden = keep === "visited" || keep === "pinned";
}

/** @type {number | undefined} */
let pause;
search.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => {
    const { site } = asked();
    const wanted = Object.entries({ search: search.value, site }).filter(([, value]) => value !== "");
    const hash = new URLSearchParams(wanted).toString();
    history.replaceState(null, "", hash === "" ? location.pathname : `#${hash}`);
    draw();
  }, TYPING_PAUSE);
});

addEventListener("hashchange", () => {
  search.value = asked().search;
  draw();
});

// --- what can be done with a copy -----------------------------------------------------------------------

/**
 * @param {Keeper.Listing} page
 * @param {boolean} pinned
 */
async function pin(page, pinned) {
  await attempt(async () => {
    await ask("pin", { id: page.id, pinned });
    setPinned([page.url], pinned);
    page.pinned = pinned;
    return { key: pinned ? "copy_pinned" : "copy_unpinned" };
  });
}

/** @param {Keeper.Listing} page */
async function save(page) {
  await attempt(async () => {
    await saveCopy(page);
    return { key: "copy_saved" };
  });
}

/** @param {Keeper.Listing} page */
async function remove(page) {
  const wants = await confirm({
    title: { key: "shelf_delete_one", args: [page.title || page.url] },
    text: { key: "shelf_delete_text" },
    yes: { key: "action_delete" },
    danger: true,
  });
  if (wants) await forget([page], () => ask("delete", { ids: [page.id] }));
}

/** @param {string} site */
async function removeSite(site) {
  const pages = kept.pages.filter((page) => siteOf(page) === site);
  const wants = await confirm({
    title: { key: `shelf_delete_site_${many(pages.length)}`, args: [count(pages.length), site] },
    text: { key: "shelf_delete_text" },
    yes: { key: "action_delete" },
    danger: true,
  });
  if (wants) await forget(pages, () => ask("delete_site", { site }));
}

element("delete-all").addEventListener("click", async () => {
  const { pages } = kept;
  const wants = await confirm({
    title: { key: `shelf_delete_everything_${many(pages.length)}`, args: [count(pages.length)] },
    text: { key: "shelf_delete_everything_text" },
    yes: { key: "shelf_delete_all" },
    danger: true,
  });
  if (wants) await forget(pages, () => ask("delete_all", {}));
});

element("delete-damaged").addEventListener("click", async () => {
  const ids = kept.damaged.map(({ id }) => id);
  await forget([], () => ask("delete", { ids }), ids.length);
});

/**
 * Deletes, and lets go of the pins: a page that was thrown away must not come back by itself.
 * @param {Keeper.Listing[]} pages
 * @param {() => Promise<unknown>} deletion
 * @param {number} [gone]
 */
async function forget(pages, deletion, gone = pages.length) {
  await attempt(async () => {
    await deletion();
    setPinned(pages.filter(({ pinned }) => pinned).map(({ url }) => url), false);
    await reload();
    // What had the focus is gone with its copy.
    const { activeElement } = document;
    if (activeElement === document.body || !activeElement?.checkVisibility()) (search.closest("[hidden]") ? element("import") : search).focus();
    return { key: `shelf_deleted_${many(gone)}`, args: [count(gone)] };
  });
}

/**
 * Does it, and says what came of it.
 * @param {() => Promise<Detour.Words>} deed
 */
async function attempt(deed) {
  done.textContent = "";
  try {
    done.textContent = words(await deed());
  } catch (error) {
    done.textContent = wordsForError(error);
  }
}

/** Between two key strokes of somebody who types slowly. */
const TYPING_PAUSE = 150;
