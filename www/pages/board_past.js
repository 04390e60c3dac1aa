// Past outages: each with how long which site was down, and altogether by site and by CDN.
import { arrange } from "./arrange.js";
import { drawBands, makeBands } from "./board_bands.js";
import { drawRows, makeTable } from "./board_table.js";
import { clock, lasted, shortMoment } from "./figures.js";
import { say } from "./port.js";
import { make, words } from "./words.js";

const FEW = 20; // outages at first, and more at each click: years of them would keep the page from being drawn
const FEW_SITES = 3;

/**
 * What is over does not change.
 * @type {Map<number, HTMLElement>}
 */
const drawn = new Map();

/**
 * Draws the list; `root` has the places by name.
 * @param {{ list: HTMLElement, heading: HTMLElement, more: HTMLElement }} places
 * @param {Detour.PastView[]} history
 * @param {number} most
 */
export function drawPast(places, history, most) {
  const items = history.slice(0, most).map((past) => {
    const item = drawn.get(past.id) ?? drawOne(past);
    drawn.set(past.id, item);
    return item;
  });
  const ids = new Set(history.map(({ id }) => id));
  for (const id of drawn.keys()) if (!ids.has(id)) drawn.delete(id);
  const hadFocus = places.list.contains(document.activeElement);
  arrange(places.list, items);
  // The outage under the focus was deleted: on to what is there now.
  if (hadFocus && document.activeElement === document.body) places.heading.focus();
  const wasOnMore = document.activeElement === places.more;
  places.more.hidden = history.length <= most;
  // There are no more: on to the first of those that came.
  if (wasOnMore && places.more.hidden) items[most - FEW]?.querySelector("button")?.focus();
  return Math.min(history.length, most);
}

/**
 * How many are drawn, after `asked` clicks for more.
 * @param {number} asked
 */
export function mostPast(asked) {
  return FEW * (1 + asked);
}

/** @param {Detour.PastView} past */
function drawOne(past) {
  const window = { from_ms: past.began_ms, to_ms: endOf(past) };
  const end = past.ended_ms === null ? words({ key: "board_end_unknown" }) : clock(past.ended_ms);
  const span = words({ key: "board_span", args: [shortMoment(past.began_ms), end] });
  const title = words(past.title);
  return make("li", {
    children: [
      make("div", {
        className: "head",
        children: [
          make("h3", { textContent: title }),
          make("button", {
            type: "button",
            className: "quiet",
            text: { key: "board_forget" },
            ariaLabel: words({ key: "board_forget_one", args: [title] }),
            onclick: () => say("delete_history", { id: past.id }),
          }),
        ],
      }),
      make("p", { className: "soft small", textContent: `${span} · ${words({ key: "board_then", args: [words(past.verdict)] })}` }),
      make("ul", { className: "lines", children: past.sites.slice(0, FEW_SITES).map((site) => drawLine(site, window)) }),
      drawDetails(past, window),
    ],
  });
}

/** @param {Detour.PastView} past */
function endOf({ began_ms, ended_ms, sites }) {
  const last = sites.flatMap(({ bands }) => bands.slice(-1)).map(({ to_ms }) => to_ms);
  return Math.max(began_ms + 1, ended_ms ?? 0, ...last);
}

/**
 * One site's line: how long it was down, and how it fared.
 * @param {Detour.PastSite} site
 * @param {Detour.Window} window
 */
function drawLine({ site, down_ms, bands }, window) {
  const picture = makeBands();
  drawBands(picture, words({ key: "board_timeline", args: [site] }), bands, window, false);
  const down = words({ key: "board_down", args: [lasted(down_ms)] });
  return make("li", { children: [make("p", { children: [make("b", { textContent: site }), ` ${down}`] }), picture.element] });
}

/**
 * All of it, made when it is opened.
 * @param {Detour.PastView} past
 * @param {Detour.Window} window
 */
function drawDetails({ sites }, window) {
  const more = sites.slice(FEW_SITES);
  const key = more.length > 0 ? "board_all_sites" : "board_as_table";
  const details = make("details", { children: [make("summary", { text: { key, args: [String(sites.length)] } })] });
  details.addEventListener(
    "toggle",
    () => {
      const lines = make("ul", { className: "lines", children: more.map((site) => drawLine(site, window)) });
      const args = [shortMoment(window.from_ms), clock(window.to_ms)];
      const table = makeTable({ key: "board_table_caption", args });
      drawRows(table, sites, window, false);
      details.append(...(more.length > 0 ? [lines] : []), table.scroll);
    },
    { once: true },
  );
  return details;
}

/**
 * Altogether, by CDN and by site: how often, and for how long.
 * @param {HTMLTableElement} table
 * @param {Detour.PastView[]} history
 */
export function drawTotals(table, history) {
  /** @type {Totals} */
  const cdns = new Map();
  /** @type {Totals} */
  const sites = new Map();
  for (const past of history) {
    if (past.cdn) add(cdns, past.cdn, Math.max(0, ...past.sites.map(({ down_ms }) => down_ms)));
    for (const { site, down_ms } of past.sites) add(sites, site, down_ms);
  }
  for (const body of [...table.tBodies]) body.remove();
  table.append(...drawTotal("board_totals_cdns", cdns), ...drawTotal("board_totals_sites", sites));
}

/**
 * @param {Totals} totals
 * @param {string} name
 * @param {number} down
 */
function add(totals, name, down) {
  const { times, ms } = totals.get(name) ?? { times: 0, ms: 0 };
  totals.set(name, { times: times + 1, ms: ms + down });
}

/**
 * @param {string} key
 * @param {Totals} totals
 */
function drawTotal(key, totals) {
  if (totals.size === 0) return [];
  const head = make("tr", { children: [make("th", { scope: "rowgroup", colSpan: 3, text: { key } })] });
  const rows = [...totals].sort(([, one], [, other]) => other.ms - one.ms);
  const row = (/** @type {[string, { times: number, ms: number }]} */ [name, { times, ms }]) =>
    make("tr", {
      children: [
        make("th", { scope: "row", textContent: name }),
        make("td", { textContent: String(times) }),
        make("td", { textContent: lasted(ms) }),
      ],
    });
  return [make("tbody", { children: [head, ...rows.map(row)] })];
}

/** @typedef {Map<string, { times: number, ms: number }>} Totals how often what was down, and for how long */
