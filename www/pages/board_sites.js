// The board's sites, by what holds them together. Each is made once and then changed in place: a board of hundreds of
// sites is drawn anew at every look, and whoever is on a button stays there.
import { arrange, write } from "./arrange.js";
import { drawBands, makeBands } from "./board_bands.js";
import { clock, shortMoment } from "./figures.js";
import { icon } from "./icons.js";
import { say } from "./port.js";
import { browser, make, words } from "./words.js";

/** @type {Map<string, ReturnType<typeof makeGroup>>} */
const groups = new Map();
/** @type {Map<string, Drawing>} */
const sites = new Map();

/**
 * Draws the first `most` sites of these groups; whether these were all.
 * @param {HTMLElement} root
 * @param {Detour.GroupView[]} shown
 * @param {Detour.BoardView} board
 * @param {number} most
 */
export function drawGroups(root, shown, board, most) {
  let left = most;
  const isMet = new Set();
  /** @type {HTMLElement[]} */
  const sections = [];
  for (const group of shown) {
    if (left <= 0) break;
    const name = `${group.kind} ${group.cdn ?? ""}`;
    const drawn = group.sites.slice(0, left);
    left -= drawn.length;
    const parts = groups.get(name) ?? makeGroup(group);
    groups.set(name, parts);
    write(parts.sentence, words(group.sentence));
    const articles = drawn.map((site) => {
      const key = `${name} ${site.host}`;
      isMet.add(key);
      const drawing = sites.get(key) ?? makeSite(site);
      sites.set(key, drawing);
      drawSite(drawing, site, board);
      return drawing.article;
    });
    arrange(parts.list, articles);
    sections.push(parts.section);
  }
  arrange(root, sections);
  // Those that the filter left out are made anew when they come back; those that are gone do not.
  for (const key of sites.keys()) if (!isMet.has(key)) sites.delete(key);
  return left > 0;
}

/** @param {Detour.GroupView} group */
function makeGroup({ kind, cdn }) {
  const sentence = make("p", { className: "soft" });
  const list = make("div", { className: "standings" });
  const heading = make("h2", { textContent: cdn ?? words({ key: `board_group_${kind}` }) });
  return { section: make("section", { className: "sheet", children: [heading, sentence, list] }), sentence, list };
}

/** @param {Detour.SiteView} site */
function makeSite(site) {
  const now = { site, drawn: "" };
  const icon = make("img", { alt: "" });
  const name = make("span");
  const state = make("span", { className: "state" });
  const facts = { since: makeFact("since"), last_check: makeFact("last_check"), verdict: makeFact("verdict"), copies: makeFact("copies") };
  const bands = makeBands();
  const buttons = {
    watch: toggle("watch", () => ({ url: now.site.url, on: !now.site.watched })),
    mute: toggle("mute", () => ({ site: now.site.site, on: !now.site.muted })),
    show: make("button", {
      type: "button",
      className: "quiet",
      text: { key: "board_show_tab" },
      onclick: async () => {
        const { windowId } = await browser.tabs.update(now.site.tabs[0], { active: true });
        await browser.windows.update(windowId, { focused: true });
      },
    }),
  };
  const article = make("article", {
    className: "standing",
    children: [
      make("h3", { children: [icon, name, " ", state] }),
      bands.element,
      make("dl", { children: Object.values(facts).map(({ element }) => element) }),
      make("div", { className: "actions", children: Object.values(buttons) }),
    ],
  });
  return { now, article, icon, name, state, facts, bands, buttons };
}

/** @param {string} fact */
function makeFact(fact) {
  const value = make("dd");
  const element = make("div", { className: `fact-${fact}`, children: [make("dt", { text: { key: `board_${fact}` } }), value] });
  return { element, value };
}

/**
 * A button that is on or off.
 * @template {"watch" | "mute"} What
 * @param {What} what
 * @param {() => Detour.Details<What>} details
 */
function toggle(what, details) {
  const button = make("button", { type: "button", className: "quiet toggle", text: { key: `board_${what}` } });
  button.dataset.what = what;
  button.onclick = () => button.ariaDisabled !== "true" && say(what, details());
  return button;
}

/**
 * @param {Drawing} drawing
 * @param {Detour.SiteView} site
 * @param {Detour.BoardView} board
 */
function drawSite(drawing, site, { window, watches_full: isFull }) {
  drawBands(drawing.bands, words({ key: "board_timeline", args: [site.site] }), site.bands, window, true);
  const drawn = JSON.stringify([isFull, { ...site, bands: [] }]);
  if (drawing.now.drawn === drawn) return;
  Object.assign(drawing.now, { site, drawn });
  drawing.icon.src = icon(site.mood, 32);
  write(drawing.name, site.site);
  write(drawing.state, words(site.state));
  const never = words({ key: "board_never" });
  const certainty = site.certainty ? words(site.certainty) : "";
  tell(drawing, "since", shortMoment(site.since_ms));
  tell(drawing, "last_check", site.last_check_ms === null ? never : clock(site.last_check_ms));
  tell(drawing, "verdict", [words(site.verdict), certainty].filter(Boolean).join(" · "));
  tell(drawing, "copies", site.copies ? words(site.copies) : "");
  const { watch, mute, show } = drawing.buttons;
  press(watch, "watch", site.watched, site.site);
  press(mute, "mute", site.muted, site.site);
  watch.ariaDisabled = String(isFull && !site.watched);
  show.hidden = site.tabs.length === 0;
  show.ariaLabel = words({ key: "board_show_tab_site", args: [site.site] });
}

/**
 * @param {Drawing} drawing
 * @param {keyof Drawing["facts"]} fact
 * @param {string} text
 */
function tell({ facts }, fact, text) {
  facts[fact].element.hidden = text === "";
  write(facts[fact].value, text);
}

/**
 * Its name says of which site.
 * @param {HTMLButtonElement} button
 * @param {string} what
 * @param {boolean} isOn
 * @param {string} site
 */
function press(button, what, isOn, site) {
  button.ariaPressed = String(isOn);
  button.ariaLabel = words({ key: `board_${what}_site`, args: [site] });
}

/** @typedef {ReturnType<typeof makeSite>} Drawing a site as it is drawn */
