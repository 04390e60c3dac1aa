// The board: draws the core's view of the whole (core/src/view/board.rs) as it is, and tells the worker of clicks.
import { connect, say } from "./port.js";
import { browser, fillWords, make, words } from "./words.js";

fillWords();

const SIGNS = { fine: "idle", checking: "checking", failing: "failing", flickering: "flickering", back: "back" };
const HOUR = 3_600_000;
const place = (id) => document.getElementById(id);
const moment = new Intl.DateTimeFormat(browser.i18n.getUILanguage(), { dateStyle: "medium", timeStyle: "short" });
const time = new Intl.DateTimeFormat(browser.i18n.getUILanguage(), { timeStyle: "short" });
let shown;

connect("board", ({ board, history }) => {
  if (history) return save(history);
  if (board) draw(board);
});

place("check").onclick = () => say("check_all", {});
place("hour").onclick = () => say("pause", { for_ms: HOUR });
place("day").onclick = () => say("pause", { for_ms: 24 * HOUR });
place("resume").onclick = () => say("pause", { for_ms: 0 });
place("json").onclick = () => say("export_history", { as_csv: false });
place("csv").onclick = () => say("export_history", { as_csv: true });
place("forget").onclick = () => say("delete_history", { id: null });
place("filter").oninput = () => shown && drawGroups(shown);

function draw(board) {
  shown = board;
  const sentence = words(board.sentence);
  if (place("sentence").textContent !== sentence) place("sentence").textContent = sentence;
  document.title = sentence;
  place("sign").src = `icons/${SIGNS[board.mood]}-128.png`;
  const { checking, paused_until_ms: paused } = board;
  const said = checking
    ? words({ key: "board_checking", args: [String(checking.done), String(checking.total)] })
    : paused
      ? words({ key: "board_paused", args: [moment.format(paused)] })
      : "";
  if (place("said").textContent !== said) place("said").textContent = said;
  place("check").disabled = checking !== null || board.groups.length === 0;
  for (const id of ["hour", "day"]) place(id).hidden = paused !== null;
  place("resume").hidden = paused === null;
  drawGroups(board);
  place("history").replaceChildren(...board.history.map(drawPast));
  for (const id of ["json", "csv", "forget"]) place(id).disabled = board.history.length === 0;
}

function drawGroups(board) {
  const wanted = place("filter").value.trim().toLowerCase();
  const focus = document.activeElement?.dataset.what;
  const matches = ({ site, host, url }) => [site, host, url].some((text) => text.toLowerCase().includes(wanted));
  const groups = board.groups.map((group) => ({ ...group, sites: group.sites.filter(matches) }));
  place("groups").replaceChildren(...groups.filter(({ sites }) => sites.length > 0).map((group) => drawGroup(group, board)));
  // What was pressed is drawn anew, and stays in focus.
  if (focus) document.querySelector(`[data-what="${CSS.escape(focus)}"]`)?.focus();
}

function drawGroup(group, board) {
  const title = group.cdn ?? words({ key: `board_group_${group.kind}` });
  return make("section", {
    className: "sheet",
    children: [
      make("h2", { textContent: title }),
      make("p", { className: "soft", text: group.sentence }),
      ...group.sites.map((site) => drawSite(site, board)),
    ],
  });
}

function drawSite(site, board) {
  const facts = [
    [words({ key: "board_since" }), moment.format(site.since_ms)],
    [words({ key: "board_last_check" }), site.last_check_ms ? time.format(site.last_check_ms) : words({ key: "board_never" })],
    [words({ key: "board_verdict" }), [words(site.verdict), site.certainty ? words(site.certainty) : ""].filter(Boolean).join(" · ")],
    ...(site.copies ? [[words({ key: "board_copies" }), words(site.copies)]] : []),
  ];
  const list = make("dl", {
    children: facts.flatMap(([name, value]) => [
      make("dt", { textContent: name }),
      make("dd", { textContent: value }),
    ]),
  });
  return make("article", {
    className: "site",
    children: [
      make("h3", {
        children: [make("img", { src: `icons/${SIGNS[site.mood]}-32.png`, alt: "" }), `${site.site}: `, words(site.state)],
      }),
      drawBands(site, board.window),
      list,
      make("div", {
        className: "actions",
        children: [
          toggle("watch", site, site.watched, { url: site.url, on: !site.watched }),
          toggle("mute", site, site.muted, { site: site.site, on: !site.muted }),
          ...(site.tabs.length > 0 ? [goTo(site)] : []),
        ],
      }),
    ],
  });
}

/** A button that is on or off; its name says of which site. */
function toggle(what, site, isOn, details) {
  const button = make("button", { type: "button", className: "quiet", onclick: () => say(what, details) });
  button.textContent = words({ key: `board_${what}` });
  button.ariaPressed = String(isOn);
  button.ariaLabel = words({ key: `board_${what}_site`, args: [site.site] });
  button.dataset.what = `${what} ${site.url}`;
  return button;
}

function goTo(site) {
  return make("button", {
    type: "button",
    className: "quiet",
    ariaLabel: words({ key: "board_show_tab_site", args: [site.site] }),
    text: { key: "board_show_tab" },
    onclick: () => browser.tabs.update(site.tabs[0], { active: true }),
  });
}

/** The timeline: a picture for the eye, a list for everybody else. Shapes tell the kinds apart as well as colours. */
function drawBands({ site, bands }, { from_ms: from, to_ms: to }) {
  const whole = Math.max(1, to - from);
  const list = make("ol", {
    className: "bands",
    children: bands.map(({ from_ms, to_ms, kind }) => {
      const [begin, end] = [Math.max(from, from_ms), Math.min(to, to_ms)];
      const item = make("li", {
        children: [
          make("span", {
            className: "unseen",
            text: { key: "board_band", args: [words({ key: `band_${kind}` }), time.format(begin), time.format(end)] },
          }),
        ],
      });
      item.dataset.kind = kind;
      item.title = item.textContent;
      item.style.flexGrow = String(Math.max(0, end - begin) / whole);
      return item;
    }),
  });
  list.ariaLabel = words({ key: "board_timeline", args: [site] });
  return list;
}

function drawPast(past) {
  const span = past.ended_ms
    ? words({ key: "board_span", args: [moment.format(past.began_ms), time.format(past.ended_ms)] })
    : moment.format(past.began_ms);
  const sites = past.sites.map(({ site }) => site).join(", ");
  return make("li", {
    children: [
      make("b", { text: past.title }),
      make("p", { className: "soft small", textContent: [span, sites].filter(Boolean).join(" · ") }),
      make("button", {
        type: "button",
        className: "quiet",
        text: { key: "board_forget" },
        ariaLabel: words({ key: "board_forget_one", args: [words(past.title)] }),
        onclick: () => say("delete_history", { id: past.id }),
      }),
    ],
  });
}

function save({ as_csv: isCsv, text }) {
  const file = URL.createObjectURL(new Blob([text], { type: isCsv ? "text/csv" : "application/json" }));
  make("a", { href: file, download: `detour-history.${isCsv ? "csv" : "json"}` }).click();
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}
