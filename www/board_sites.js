// The board's sites, by what holds them together. Each is made once and then changed in place: a board of hundreds of
// sites is drawn anew at every look, and whoever is on a button stays there.
import { arrange, write } from "./arrange.js";
import { drawBands, makeBands } from "./board_bands.js";
import { clock, shortMoment } from "./figures.js";
import { say } from "./port.js";
import { browser, make, words } from "./words.js";

export const SIGNS = { fine: "idle", checking: "checking", failing: "failing", flickering: "flickering", back: "back" };

const groups = new Map();
const sites = new Map();

/** Draws the first `most` sites of these groups; whether these were all. */
export function drawGroups(root, shown, board, most) {
  let left = most;
  const isMet = new Set();
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
      const drawing = sites.get(key) ?? makeSite();
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

function makeGroup({ kind, cdn }) {
  const sentence = make("p", { className: "soft" });
  const list = make("div", { className: "standings" });
  const heading = make("h2", { textContent: cdn ?? words({ key: `board_group_${kind}` }) });
  return { section: make("section", { className: "sheet", children: [heading, sentence, list] }), sentence, list };
}

function makeSite() {
  const drawing = { site: undefined, drawn: "" };
  const icon = make("img", { alt: "" });
  const name = make("span");
  const state = make("span", { className: "state" });
  const facts = new Map(["since", "last_check", "verdict", "copies"].map((fact) => [fact, makeFact(fact)]));
  const bands = makeBands();
  const buttons = {
    watch: toggle("watch", () => ({ url: drawing.site.url, on: !drawing.site.watched })),
    mute: toggle("mute", () => ({ site: drawing.site.site, on: !drawing.site.muted })),
    show: make("button", {
      type: "button",
      className: "quiet",
      text: { key: "board_show_tab" },
      onclick: async () => {
        const { windowId } = await browser.tabs.update(drawing.site.tabs[0], { active: true });
        await browser.windows.update(windowId, { focused: true });
      },
    }),
  };
  const article = make("article", {
    className: "standing",
    children: [
      make("h3", { children: [icon, name, " ", state] }),
      bands,
      make("dl", { children: [...facts.values()] }),
      make("div", { className: "actions", children: Object.values(buttons) }),
    ],
  });
  return Object.assign(drawing, { article, icon, name, state, facts, bands, buttons });
}

function makeFact(fact) {
  return make("div", { className: `fact-${fact}`, children: [make("dt", { text: { key: `board_${fact}` } }), make("dd")] });
}

/** A button that is on or off. */
function toggle(what, details) {
  const button = make("button", { type: "button", className: "quiet toggle", text: { key: `board_${what}` } });
  button.dataset.what = what;
  button.onclick = () => button.ariaDisabled !== "true" && say(what, details());
  return button;
}

function drawSite(drawing, site, { window, watches_full: isFull }) {
  drawBands(drawing.bands, words({ key: "board_timeline", args: [site.site] }), site.bands, window, true);
  const drawn = JSON.stringify([isFull, { ...site, bands: [] }]);
  if (drawing.drawn === drawn) return;
  Object.assign(drawing, { site, drawn });
  drawing.icon.src = `icons/${SIGNS[site.mood]}-32.png`;
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

function tell({ facts }, fact, text) {
  facts.get(fact).hidden = text === "";
  write(facts.get(fact).lastElementChild, text);
}

/** Its name says of which site. */
function press(button, what, isOn, site) {
  button.ariaPressed = String(isOn);
  button.ariaLabel = words({ key: `board_${what}_site`, args: [site] });
}
