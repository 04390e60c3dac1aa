// The board: draws the core's view of the whole (crates/core/src/view/board.rs) as it is, and tells the worker of clicks.
import { write } from "./arrange.js";
import { drawLegend } from "./board_bands.js";
import { drawPast, drawTotals, mostPast } from "./board_past.js";
import { drawGroups } from "./board_sites.js";
import { icon } from "./icons.js";
import { drawRows, makeTable } from "./board_table.js";
import { count, shortMoment } from "./figures.js";
import { connect, say } from "./port.js";
import { confirm } from "./question.js";
import { byId as place, fillWords, make, words } from "./words.js";

fillWords();

const HOUR = 3_600_000;
const SLICE = 40; // sites that are drawn in one go, more than any screen holds
const progress = place("progress", HTMLProgressElement);
const filter = place("filter", HTMLInputElement);
const [tableOf, totalsOf] = [place("table", HTMLDetailsElement), place("totals", HTMLDetailsElement)];
const past = { list: place("history"), heading: place("past"), more: place("more") };
/** @type {Detour.BoardView | undefined} */
let board;
let most = SLICE;
let asked = 0; // how often for more of the past
let isDue = false;

drawLegend(place("legend"));
const table = makeTable({ key: "board_table_about" });
tableOf.append(table.scroll);
const totals = makeTotals();
totalsOf.append(totals.scroll);

connect("board", (/** @type {Detour.Any<Extract<Detour.Told, { board: unknown } | { history: unknown }>>} */ { board: told, history }) => {
  if (history) return save(history);
  if (!told) return undefined;
  board = told;
  return soon();
});

place("check").onclick = () => place("check").ariaDisabled !== "true" && say("check_all", {});
place("hour").onclick = () => say("pause", { for_ms: HOUR });
place("day").onclick = () => say("pause", { for_ms: 24 * HOUR });
place("resume").onclick = () => say("pause", { for_ms: 0 });
place("json").onclick = () => say("export_history", { as_csv: false });
place("csv").onclick = () => say("export_history", { as_csv: true });
filter.oninput = soon;
tableOf.ontoggle = soon;
totalsOf.ontoggle = soon;
place("forget").onclick = forgetAll;
past.more.onclick = () => {
  asked += 1;
  soon();
};

/** Many updates between two pictures on the screen are drawn once. */
function soon() {
  if (isDue || !board) return;
  isDue = true;
  const drawNow = () => {
    isDue = false;
    if (board) draw(board);
  };
  if (document.hidden) drawNow();
  else requestAnimationFrame(drawNow);
}

/** @param {Detour.BoardView} board */
function draw(board) {
  const sentence = words(board.sentence);
  write(place("sentence"), sentence);
  document.title = sentence;
  place("mood", HTMLImageElement).src = icon(board.mood, 128);
  drawDoing(board);
  const { groups, history } = filtered(board);
  const has = board.groups.some(({ sites }) => sites.length > 0);
  for (const id of ["legend", "table"]) place(id).hidden = !has;
  place("search").hidden = !has && board.history.length === 0;
  if (!drawGroups(place("groups"), groups, board, most)) {
    most += SLICE;
    setTimeout(soon);
  }
  const sites = groups.flatMap((group) => group.sites);
  if (tableOf.open) drawRows(table, sites, board.window, true);
  drawPast(past, history, mostPast(asked));
  if (totalsOf.open) drawTotals(totals.table, history);
  place("none").hidden = board.history.length > 0;
  for (const id of ["totals", "keep"]) place(id).hidden = board.history.length === 0;
  const all = board.groups.reduce((sum, group) => sum + group.sites.length, 0);
  const args = [sites.length, all, history.length, board.history.length].map(count);
  write(place("shown"), words({ key: "board_shown", args }));
}

/**
 * What goes on: looks, a pause.
 * @param {Detour.BoardView} board
 */
function drawDoing({ checking, paused_until_ms: until, watches_full: isFull, groups }) {
  place("checking").hidden = !checking;
  if (checking) Object.assign(progress, { max: checking.total, value: checking.done });
  const said = [
    ...(checking ? [words({ key: "board_checking", args: [count(checking.done), count(checking.total)] })] : []),
    ...(until ? [words({ key: "board_paused", args: [shortMoment(until)] })] : []),
    ...(isFull ? [words({ key: "board_watch_full" })] : []),
  ];
  write(place("said"), said.join(" · "));
  // Not disabled: the button that was just pressed would lose the focus.
  place("check").ariaDisabled = String(checking !== null || groups.length === 0);
  const { activeElement } = document;
  for (const id of ["hour", "day"]) place(id).hidden = until !== null;
  place("resume").hidden = until === null;
  const hasLostFocus = ["hour", "day", "resume"].some((id) => place(id) === activeElement && place(id).hidden);
  if (hasLostFocus) place(until ? "resume" : "hour").focus();
}

/**
 * What the filter leaves; a CDN's name leaves all of its sites.
 * @param {Detour.BoardView} board
 */
function filtered(board) {
  const wanted = filter.value.trim().toLowerCase();
  const has = (/** @type {(string | null)[]} */ ...texts) => texts.some((text) => text?.toLowerCase().includes(wanted));
  const groups = board.groups.map((group) => {
    const sites = group.sites.filter(({ site, host, url }) => has(group.cdn, site, host, url));
    return { ...group, sites };
  });
  const history = board.history.filter(({ cdn, sites }) => has(cdn, ...sites.map(({ site }) => site)));
  return { groups: groups.filter(({ sites }) => sites.length > 0), history };
}

async function forgetAll() {
  const isSure = await confirm({
    title: { key: "board_forget_all_title", args: [count(board?.history.length ?? 0)] },
    text: { key: "board_forget_all_text" },
    yes: { key: "board_forget_all" },
    danger: true,
  });
  if (!isSure) return;
  say("delete_history", { id: null });
  past.heading.focus();
}

function makeTotals() {
  const heads = ["board_totals_name", "board_totals_times", "board_totals_down"];
  const head = make("tr", { children: heads.map((key) => make("th", { scope: "col", text: { key } })) });
  const caption = make("caption", { text: { key: "board_totals_about" } });
  const table = make("table", { className: "spells", children: [caption, make("thead", { children: [head] })] });
  const scroll = make("div", { className: "scroll", tabIndex: 0, role: "region", children: [table] });
  scroll.ariaLabel = words({ key: "board_totals_about" });
  return { scroll, table };
}

/** @param {Extract<Detour.Told, { history: unknown }>["history"]} history */
function save({ as_csv: isCsv, text }) {
  const file = URL.createObjectURL(new Blob([text], { type: isCsv ? "text/csv" : "application/json" }));
  make("a", { href: file, download: `detour-history.${isCsv ? "csv" : "json"}` }).click();
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}
