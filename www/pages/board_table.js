// The timelines as a table: what the pictures show, site by site and spell by spell, for everybody.
import { arrange } from "./arrange.js";
import { spell } from "./board_bands.js";
import { make, words } from "./words.js";

const COLUMNS = ["board_table_site", "board_table_state", "board_table_from", "board_table_until"];

/**
 * An empty table in a region that can be scrolled by keyboard.
 * @param {Detour.Words} caption
 */
export function makeTable(caption) {
  const heads = COLUMNS.map((key) => make("th", { scope: "col", text: { key } }));
  const table = make("table", {
    className: "spells",
    children: [make("caption", { text: caption }), make("thead", { children: [make("tr", { children: heads })] })],
  });
  const scroll = make("div", { className: "scroll", tabIndex: 0, role: "region", children: [table] });
  scroll.ariaLabel = words(caption);
  return { scroll, table };
}

/**
 * Draws these sites' spells; the rows of a site that fared no differently stay.
 * @param {{ table: HTMLTableElement }} drawn
 * @param {{ site: string, bands: Detour.Band[] }[]} sites
 * @param {Detour.Window} window
 * @param {boolean} isOpen
 */
export function drawRows({ table }, sites, window, isOpen) {
  const before = new Map([...table.tBodies].map((body) => [body.dataset.spells, body]));
  const bodies = sites.map(({ site, bands }) => {
    const rows = bands.map((band) => spell(band, window, isOpen));
    const spells = JSON.stringify([site, rows]);
    const body = before.get(spells) ?? makeBody(site, rows, spells);
    before.delete(spells);
    return body;
  });
  arrange(table, [table.caption, table.tHead, ...bodies].filter((part) => part !== null));
}

/**
 * @param {string} site
 * @param {ReturnType<typeof spell>[]} rows
 * @param {string} spells
 */
function makeBody(site, rows, spells) {
  const body = make("tbody", {
    children: rows.map(({ state, from, until }) =>
      make("tr", {
        children: [
          make("th", { scope: "row", textContent: site }),
          ...[state, from, until].map((text) => make("td", { textContent: text })),
        ],
      }),
    ),
  });
  body.dataset.spells = spells;
  return body;
}
