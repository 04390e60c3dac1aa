// The choice of what is kept, and the sites of which nothing is; in the options and on the first-run page.
import { onSettings } from "./settings.js";
import { words } from "./words.js";

/** Draws the choice as it stands, and hands every change to `save`. Until the user has chosen, none is marked. */
export function watchChoice(save) {
  const choices = [...document.querySelectorAll("input[name=keep]")];
  onSettings(({ keep }) => {
    for (const choice of choices) {
      choice.checked = choice.value === keep;
      choice.disabled = false;
    }
  });
  for (const choice of choices) choice.addEventListener("change", () => save({ keep: choice.value }));
}

/** The options' part: the choice and the list of sites. */
export function watchKeeping(save) {
  watchChoice(save);
  const unasked = document.getElementById("keep-unasked");
  const field = document.getElementById("keep-never");
  const error = document.getElementById("keep-never-error");
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
    if (wrong) return;
    last = field.value = hosts.join("\n");
    save({ keep_never: hosts });
  });
}

/** The hosts on these lines, each once, in lower case; or the first line that names none. */
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

/** A name as people write it: `example.org`, `*.example.org`, or an address out of the address bar. */
function readHost(text) {
  const address = /^https?:\/\//i.test(text) ? text : `https://${text.replace(/^\*?\./, "")}`;
  if (!URL.canParse(address)) return undefined;
  const { hostname, username, protocol } = new URL(address);
  const host = hostname.replace(/\.$/, "");
  const isName = /^\[[0-9a-f:.]+\]$|^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host);
  return isName && username === "" && protocol.startsWith("http") ? host : undefined;
}
