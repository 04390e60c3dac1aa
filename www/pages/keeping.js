// The choice of what is kept, and the sites of which nothing is; in the options and on the first-run page.
import { onSettings } from "./settings.js";
import { byId, words } from "./words.js";

/**
 * Draws the choice as it stands, and hands every change to `save`. Until the user has chosen, none is marked.
 * @param {(choice: { keep: Detour.Keeping }) => void} save
 */
export function watchChoice(save) {
  const choices = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=keep]"))];
  onSettings(({ keep }) => {
    for (const choice of choices) {
      choice.checked = choice.value === keep;
      choice.disabled = false;
    }
  });
  for (const choice of choices) choice.addEventListener("change", () => save({ keep: /** @type {Detour.Keeping} */ (choice.value) }));
}

/**
 * The options' part: the choice and the list of sites.
 * @param {(some: Partial<Detour.Settings>) => void} save
 */
export function watchKeeping(save) {
  watchChoice(save);
  const unasked = byId("keep-unasked");
  const field = byId("keep-never", HTMLTextAreaElement);
  const error = byId("keep-never-error");
  /** @type {string | undefined} */
  let last; // as it was drawn: what the user is typing is not overwritten
  onSettings(({ keep, keep_never }) => {
    unasked.hidden = keep !== "unasked";
    field.disabled = false;
    const text = keep_never.join("\n");
    if (last === undefined || field.value === last) field.value = text;
    last = text;
  });
  field.addEventListener("change", () => {
    const { hosts, wrong } = readHosts(field.value);
    error.hidden = !wrong;
    error.textContent = wrong ? words({ key: "keep_never_wrong", args: [String(wrong.line), wrong.text] }) : "";
    field.setAttribute("aria-invalid", String(Boolean(wrong)));
    if (!hosts) return;
    last = field.value = hosts.join("\n");
    save({ keep_never: hosts });
  });
}

/**
 * The hosts on these lines, each once, in lower case; or the first line that names none.
 * @param {string} text
 * @returns {{ hosts: string[], wrong?: undefined } | { hosts?: undefined, wrong: { line: number, text: string } }}
 */
export function readHosts(text) {
  const hosts = new Set();
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "") continue;
    const host = readHost(trimmed);
    if (!host) return { wrong: { line: index + 1, text: trimmed } };
    hosts.add(host);
  }
  return { hosts: [...hosts] };
}

/**
 * A name as people write it: `example.org`, `*.example.org`, or an address out of the address bar.
 * @param {string} text
 */
function readHost(text) {
  const address = /^https?:\/\//i.test(text) ? text : `https://${text.replace(/^\*?\./, "")}`;
  if (!URL.canParse(address)) return undefined;
  const { hostname, username, protocol } = new URL(address);
  const host = hostname.replace(/\.$/, "");
  const isName = /^\[[0-9a-f:.]+\]$|^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host);
  return isName && username === "" && protocol.startsWith("http") ? host : undefined;
}
