// The list of copies: by site, or as found. A thousand of them are drawn a screenful at a time, so that the page
// answers at once.
import { completeness, count, many, relative, size, exact } from "./figures.js";
import { viewer } from "./kept.js";
import { make, words } from "./words.js";

/**
 * The site that a copy belongs to, as the keeper says.
 * @param {Keeper.Listing} page
 */
export function siteOf({ site }) {
  return site;
}

/**
 * Draws the copies of each site under its name; the newest copy's site first.
 * @param {HTMLElement} root
 * @param {Keeper.Listing[]} pages
 * @param {Deeds} deeds
 * @param {boolean} isOneSite
 */
export function drawSites(root, pages, deeds, isOneSite) {
  const newestFirst = [...pages].sort((one, other) => other.at - one.at);
  const sites = [...Map.groupBy(newestFirst, siteOf)];
  const isOpen = isOneSite || pages.length <= FEW;
  inSlices(root, sites, ([site, pages]) => drawSite(site, pages, deeds, isOpen));
}

/**
 * Draws what a search found, best first.
 * @param {HTMLElement} root
 * @param {Hit[]} pages
 * @param {Deeds} deeds
 * @param {string} text
 */
export function drawHits(root, pages, deeds, text) {
  const items = make("ul", { className: "kept sheet" });
  items.hidden = pages.length === 0;
  root.replaceChildren(items);
  inSlices(items, pages, (page) => drawPage(page, deeds, text));
}

/**
 * Draws copies that cannot be read any more.
 * @param {HTMLElement} root
 * @param {Keeper.Damaged[]} damaged
 */
export function drawDamaged(root, damaged) {
  root.replaceChildren(
    ...damaged.map(({ url, what }) =>
      make("li", {
        children: [
          make("span", { className: "address", textContent: url || words({ key: "shelf_damaged_unknown" }) }),
          make("p", { className: "soft small", textContent: what }),
        ],
      }),
    ),
  );
}

/**
 * @param {string} site
 * @param {Keeper.Listing[]} pages
 * @param {Deeds} deeds
 * @param {boolean} isOpen
 */
function drawSite(site, pages, deeds, isOpen) {
  const bytes = pages.reduce((sum, page) => sum + page.bytes, 0);
  const items = make("ul", { className: "kept" });
  const remove = button("shelf_delete_site", "shelf_delete_site_label", site, () => deeds.removeSite(site));
  const fact = { key: `shelf_site_${many(pages.length)}`, args: [count(pages.length), size(bytes)] };
  const section = make("details", {
    className: "sheet site",
    open: isOpen,
    children: [
      make("summary", {
        children: [make("h2", { textContent: site }), " ", make("span", { className: "soft small", text: fact })],
      }),
      items,
      make("p", { className: "all", children: [remove] }),
    ],
  });
  // A closed site is not drawn before somebody looks into it.
  const fill = () => {
    if (section.open && !items.hasChildNodes()) inSlices(items, pages, (page) => drawPage(page, deeds));
  };
  section.addEventListener("toggle", fill);
  fill();
  return section;
}

/**
 * @param {Hit} page
 * @param {Deeds} deeds
 * @param {string} [text]
 */
function drawPage(page, deeds, text) {
  const title = page.title || page.url;
  const item = make("li");
  const facts = make("p", { className: "facts soft small" });
  const write = () => {
    const when = make("time", { dateTime: new Date(page.at).toISOString(), title: exact(page.at), textContent: relative(page.at) });
    const mark = page.pinned ? [make("b", { text: { key: "shelf_pinned" } })] : [];
    const source = page.imported ? [words({ key: "shelf_imported" })] : [];
    facts.replaceChildren(
      ...[...mark, ...source, when, size(page.bytes), completeness(page)].map((fact) => make("span", { children: [fact] })),
    );
  };
  const pin = make("button", { type: "button", className: "quiet" });
  const drawPin = () => {
    pin.textContent = words({ key: page.pinned ? "copy_unpin" : "copy_pin" });
    pin.ariaLabel = words({ key: page.pinned ? "shelf_unpin_label" : "shelf_pin_label", args: [title] });
  };
  pin.addEventListener("click", async () => {
    await deeds.pin(page, !page.pinned);
    drawPin();
    write();
  });
  drawPin();
  write();
  item.append(
    make("a", { className: "name", href: viewer(page.id, page.url), textContent: title }),
    make("p", { className: "address", textContent: page.url }),
    ...(page.hit?.in === "text" ? [drawExcerpt(page.hit.excerpt, text ?? "")] : []),
    facts,
    make("div", {
      className: "deeds",
      children: [
        pin,
        button("shelf_save", "shelf_save_label", title, () => deeds.save(page)),
        button("action_delete", "shelf_delete_label", title, () => deeds.remove(page)),
      ],
    }),
  );
  return item;
}

/**
 * The words around what was found, with what was found marked.
 * @param {string} excerpt
 * @param {string} text
 */
function drawExcerpt(excerpt, text) {
  const terms = text.trim().split(/\s+/).map((term) => RegExp.escape?.(term) ?? term.replace(/[^\p{L}\p{N}]/gu, "\\$&"));
  const pieces = excerpt.split(new RegExp(`(${terms.join("|")})`, "giu"));
  const children = pieces.map((piece, index) => (index % 2 ? make("mark", { textContent: piece }) : piece));
  return make("p", { className: "excerpt small", children });
}

/**
 * @param {string} key
 * @param {string} label
 * @param {string} name
 * @param {() => void} onclick
 */
function button(key, label, name, onclick) {
  const button = make("button", { type: "button", className: "quiet", text: { key }, onclick });
  // A list of buttons that all say "Delete" is no list to somebody who hears it.
  button.ariaLabel = words({ key: label, args: [name] });
  return button;
}

/**
 * Puts a drawn item for each of these into `root`, in place of what was there, without holding up the page.
 * @template Item
 * @param {HTMLElement} root
 * @param {Item[]} items
 * @param {(item: Item) => HTMLElement} drawItem
 */
function inSlices(root, items, drawItem) {
  const mine = (turns.get(root) ?? 0) + 1;
  turns.set(root, mine);
  root.replaceChildren();
  let next = 0;
  const draw = () => {
    if (turns.get(root) !== mine) return; // another list has taken its place
    root.append(...items.slice(next, next + SLICE).map(drawItem));
    next += SLICE;
    if (next < items.length) setTimeout(draw);
  };
  draw();
}

/** @type {WeakMap<HTMLElement, number>} */
const turns = new WeakMap();
/** Up to here all sites stand open. */
const FEW = 40;
const SLICE = 50;

/** @typedef {Keeper.Listing & { hit?: Keeper.Found }} Hit a copy, and where a search found it */

/**
 * What can be done with a copy.
 * @typedef {object} Deeds
 * @property {(page: Keeper.Listing, pinned: boolean) => Promise<void>} pin
 * @property {(page: Keeper.Listing) => Promise<void>} save
 * @property {(page: Keeper.Listing) => Promise<void>} remove
 * @property {(site: string) => Promise<void>} removeSite
 */
