// How a site fared, as a picture for the eye. Shapes tell the kinds apart as well as colours; the table below the
// sites (board_table.js) says the same in words.
import { write } from "./arrange.js";
import { clock, shortMoment } from "./figures.js";
import { make, words } from "./words.js";

/** In the order of the legend. */
const KINDS = /** @type {const} */ (["fine", "failing", "flickering", "recovering", "moved", "unknown"]);
const LONG = 20 * 3_600_000; // beyond, a time of day alone may be of another day

/** An empty picture, to be drawn with `drawBands`. */
export function makeBands() {
  const bands = make("div", { className: "bands", role: "img" });
  const from = make("span");
  const to = make("span");
  const axis = make("div", { className: "axis soft", ariaHidden: "true", children: [from, to] });
  return { element: make("div", { className: "fared", children: [bands, axis] }), bands, from, to };
}

/**
 * Draws these spells over the window; what did not change is not touched. `isOpen`: the window ends now.
 * @param {ReturnType<typeof makeBands>} picture
 * @param {string} label
 * @param {Detour.Band[]} bands
 * @param {Detour.Window} window
 * @param {boolean} isOpen
 */
export function drawBands(picture, label, bands, window, isOpen) {
  const row = picture.bands;
  if (row.ariaLabel !== label) row.ariaLabel = label;
  while (row.children.length > bands.length) row.lastElementChild?.remove();
  bands.forEach((band, index) => {
    const piece = /** @type {HTMLElement} */ (row.children[index] ?? row.appendChild(document.createElement("i")));
    const width = String(band.to_ms - band.from_ms);
    if (piece.dataset.kind !== band.kind) piece.dataset.kind = band.kind;
    if (piece.style.flexGrow !== width) piece.style.flexGrow = width;
    const { state, from, until } = spell(band, window, isOpen);
    const title = words({ key: "board_band", args: [state, from, until] });
    if (piece.title !== title) piece.title = title;
  });
  write(picture.from, timeOf(window.from_ms, window));
  write(picture.to, isOpen ? words({ key: "board_now" }) : timeOf(window.to_ms, window));
}

/**
 * One spell in words.
 * @param {Detour.Band} band
 * @param {Detour.Window} window
 * @param {boolean} isOpen
 */
export function spell({ kind, from_ms: from, to_ms: to }, window, isOpen) {
  return {
    state: words({ key: `band_${kind}` }),
    from: timeOf(from, window),
    until: isOpen && to >= window.to_ms ? words({ key: "board_now" }) : timeOf(to, window),
  };
}

/**
 * @param {number} at
 * @param {Detour.Window} window
 */
function timeOf(at, { from_ms: from, to_ms: to }) {
  return to - from > LONG ? shortMoment(at) : clock(at);
}

/**
 * What the shapes mean.
 * @param {HTMLElement} list
 */
export function drawLegend(list) {
  const entry = (/** @type {Detour.BandKind} */ kind) => {
    const sample = make("i", { ariaHidden: "true" });
    sample.dataset.kind = kind;
    return make("li", { children: [sample, words({ key: `band_${kind}` })] });
  };
  list.replaceChildren(...KINDS.map(entry));
}
