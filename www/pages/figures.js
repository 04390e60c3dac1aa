// Times, sizes and counts for people, in the language of the words around them.
import { browser, words } from "./words.js";

// The browser may speak a language that there are no words for: a German date in an English sentence helps nobody.
const language = words({ key: "language" });
const spoken = browser.i18n.getUILanguage();
const locale = spoken.startsWith(language) ? spoken : language;

const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
const ofDay = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const plural = new Intl.PluralRules(locale);
const number = new Intl.NumberFormat(locale);
const sizes = ["megabyte", "kilobyte"].map(
  (unit) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumSignificantDigits: 3 }),
);

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/**
 * “3 days ago”.
 * @param {number} at
 */
export function relative(at, now = Date.now()) {
  const past = Math.max(0, now - at);
  const found = UNITS.find(([, length]) => past >= length);
  if (!found) return words({ key: "age_now" });
  const [unit, length] = found;
  return ago.format(-Math.floor(past / length), unit);
}

/**
 * “8 June 2021 at 11:03”.
 * @param {number} at
 */
export function exact(at) {
  return moment.format(at);
}

/**
 * “8 Jun, 11:03”.
 * @param {number} at
 */
export function shortMoment(at) {
  return short.format(at);
}

/**
 * “11:03”.
 * @param {number} at
 */
export function clock(at) {
  return ofDay.format(at);
}

/**
 * “49 minutes”: one number and one unit, rounded down, as `down_for` of crates/core/src/view/board.rs.
 * @param {number} ms
 */
export function lasted(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return words({ key: "lasted_moment" });
  /** @type {[string, number]} */
  const [unit, length] = minutes < 120 ? ["minute", 1] : minutes < 2880 ? ["hour", 60] : ["day", 1440];
  const amount = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" });
  return amount.format(Math.floor(minutes / length));
}

/**
 * Bytes as “1.2 MB”; units of a thousand, as in the options.
 * @param {number} bytes
 */
export function size(bytes) {
  const [mega, kilo] = /** @type {[Intl.NumberFormat, Intl.NumberFormat]} */ (sizes);
  if (bytes >= 999_500) return mega.format(bytes >= 1e9 ? Math.round(bytes / 1e6) : bytes / 1e6);
  return kilo.format(bytes === 0 ? 0 : Math.max(1, Math.round(bytes / 1e3)));
}

/**
 * The end of the key of a message that counts: `one` or `other`.
 * @param {number} count
 * @returns {"one" | "other"}
 */
export function many(count) {
  return plural.select(count) === "one" ? "one" : "other";
}

/**
 * A count as text.
 * @param {number} count
 */
export function count(count) {
  return number.format(count);
}

/**
 * How complete a copy is.
 * @param {{ parts: number, lost: number }} copy
 */
export function completeness({ parts, lost }) {
  if (lost === 0) return words({ key: "copy_complete" });
  return words({ key: `copy_lost_${many(parts)}`, args: [count(lost), count(parts)] });
}

/**
 * A `<time>` that says how long ago, and exactly when to whoever points at it, tabs to it or listens.
 * @param {number} at
 */
export function timeSince(at) {
  const time = document.createElement("time");
  time.dateTime = new Date(at).toISOString();
  time.tabIndex = 0;
  const tip = document.createElement("span");
  tip.className = "tip";
  tip.textContent = exact(at);
  time.append(words({ key: "copy_from", args: [relative(at)] }), " ", tip);
  return time;
}
