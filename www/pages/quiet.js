// When nothing is said: the quiet hours of each day, a pause, and the sites that are muted.
import { shortMoment } from "./figures.js";
import { readHosts } from "./keeping.js";
import { say } from "./port.js";
import { onSettings } from "./settings.js";
import { byId as place, make, words } from "./words.js";

const HOUR = 3_600_000;
const NIGHT = { quiet_from: 22 * 60, quiet_to: 7 * 60 };
const LONGEST_TIMER = 2 ** 31 - 1;
/** @typedef {(some: Partial<Detour.Settings>) => void} Save */

/**
 * Draws all three; hours go to `save`, the rest to the worker, which has a clock and a limit of its own.
 * @param {Save} save
 */
export function watchQuiet(save) {
  watchHours(save);
  watchPause();
  watchMuted();
}

/** @param {Save} save */
function watchHours(save) {
  const isOn = place("quiet_on", HTMLInputElement);
  const ends = { quiet_from: place("quiet_from", HTMLInputElement), quiet_to: place("quiet_to", HTMLInputElement) };
  const fields = Object.values(ends);
  let before = NIGHT; // what switching on brings back
  onSettings(({ quiet_from, quiet_to }) => {
    isOn.checked = quiet_from !== quiet_to;
    isOn.disabled = false;
    if (isOn.checked) before = { quiet_from, quiet_to };
    for (const end of /** @type {(keyof typeof ends)[]} */ (Object.keys(ends))) {
      const field = ends[end];
      field.disabled = !isOn.checked;
      // What is being typed is not overwritten.
      if (document.activeElement !== field) field.value = written(before[end]);
    }
    complain("");
  });
  isOn.onchange = () => save(isOn.checked ? before : { quiet_from: 0, quiet_to: 0 });
  for (const field of fields) {
    field.onchange = () => {
      const [quiet_from, quiet_to] = fields.map(({ value }) => minutes(value));
      const isWrong = Number.isNaN(quiet_from + quiet_to) || quiet_from === quiet_to;
      complain(isWrong ? words({ key: "quiet_wrong" }) : "");
      if (!isWrong) save({ quiet_from, quiet_to });
    };
  }

  /** @param {string} text */
  function complain(text) {
    place("quiet_error").textContent = text;
    place("quiet_error").hidden = text === "";
    for (const field of fields) field.ariaInvalid = String(text !== "");
  }
}

/**
 * `22:30` as minutes of the day, and back.
 * @param {string} text
 */
function minutes(text) {
  const [hour, minute] = text.split(":").map(Number);
  return hour * 60 + minute;
}

/** @param {number} minutes */
function written(minutes) {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

function watchPause() {
  const buttons = { pause_hour: HOUR, pause_day: 24 * HOUR, pause_end: 0 };
  /** @type {number | undefined} */
  let timer;
  /** @type {number | null} */
  let until = null;
  for (const [id, for_ms] of Object.entries(buttons)) place(id).onclick = () => say("pause", { for_ms });
  onSettings(({ pause_until }) => {
    until = pause_until ?? null;
    draw();
  });

  function draw() {
    const left = (until ?? 0) - Date.now();
    const isPaused = left > 0;
    const { activeElement } = document;
    place("pause_said").textContent = words(
      isPaused ? { key: "board_paused", args: [shortMoment(until ?? 0)] } : { key: "quiet_pause_none" },
    );
    place("pause_end").hidden = !isPaused;
    if (activeElement === place("pause_end") && !isPaused) place("pause_hour").focus();
    // It ends by itself.
    clearTimeout(timer);
    if (isPaused) timer = setTimeout(draw, Math.min(left, LONGEST_TIMER));
  }
}

function watchMuted() {
  const field = place("mute_site", HTMLInputElement);
  const add = place("mute_add", HTMLButtonElement);
  /** @type {string | undefined} */
  let awaited;
  /** @type {string[]} */
  let list = [];
  onSettings(({ muted }) => {
    if (muted.join() !== list.join() || muted.length === 0) draw(muted);
    list = muted;
    field.disabled = add.disabled = false;
    if (awaited === undefined) return;
    const isThere = muted.includes(awaited);
    complain(isThere ? "" : words({ key: "quiet_mute_full", args: [awaited] }));
    if (isThere) field.value = "";
    awaited = undefined;
  });
  place("quiet").onsubmit = (event) => {
    event.preventDefault();
    const { hosts, wrong } = readHosts(field.value);
    complain(wrong ? words({ key: "quiet_mute_wrong", args: [wrong.text] }) : "");
    const [host] = hosts ?? [];
    if (!host) return field.focus();
    awaited = host.replace(/^www\./, "");
    return say("mute", { site: host, on: true });
  };

  /** @param {string[]} muted */
  function draw(muted) {
    const hadFocus = place("muted").contains(document.activeElement);
    place("muted").replaceChildren(...muted.map(drawMuted));
    place("muted_none").hidden = muted.length > 0;
    if (hadFocus) (place("muted").querySelector("button") ?? field).focus();
  }

  /** @param {string} text */
  function complain(text) {
    place("mute_error").textContent = text;
    place("mute_error").hidden = text === "";
    field.ariaInvalid = String(text !== "");
  }
}

/** @param {string} site */
function drawMuted(site) {
  const ariaLabel = words({ key: "quiet_unmute_site", args: [site] });
  const onclick = () => say("mute", { site, on: false });
  const text = { key: "quiet_unmute" };
  const button = make("button", { type: "button", className: "quiet", text, ariaLabel, onclick });
  return make("li", { children: [make("span", { textContent: site }), button] });
}
