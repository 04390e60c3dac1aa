// The popup's part about copies: whether this page is kept, and the copy there is of it.
import { relative } from "./figures.js";
import { ask } from "../shelf/keeper.js";
import { viewer } from "./kept.js";
import { say } from "./port.js";
import { onSettings, pageKey } from "./settings.js";
import { make, words } from "./words.js";

/** @type {Detour.NotKeptView | null} */
let refusal = null; // the view's word on why the page is not kept
let tellRefusal = () => {};

/**
 * Takes the view's word on why a page is not kept.
 * @param {Detour.NotKeptView | null} notKept
 */
export function showRefusal(notKept) {
  refusal = notKept;
  tellRefusal();
}

/**
 * Draws it for a page that is fine; a page that fails has its copies in the view.
 * @param {HTMLElement} root
 * @param {Pick<Browser.Tab, "id" | "url">} tab
 * @param {boolean} isFine
 */
export async function showKeeping(root, { id: tab, url = "" }, isFine) {
  root.hidden = true;
  if (!isFine || !/^https?:/.test(url)) return;
  const copy = await ask("find", { url }).catch(() => null);
  onSettings((settings) => {
    const children = [...drawChoice(settings, tab, url), ...drawCopy(copy, url)];
    // The same switch stays under the finger that just moved it.
    const before = root.querySelector("input");
    const after = children.flatMap((child) => [...child.querySelectorAll("input")])[0];
    if (before && after) before.checked = after.checked;
    else root.replaceChildren(...children);
    root.hidden = children.length === 0;
    tellRefusal = () => tell(root, settings, url);
    tellRefusal();
  });
}

/**
 * @param {Detour.Settings} settings
 * @param {number} tab
 * @param {string} url
 */
function drawChoice({ keep, pinned }, tab, url) {
  if (keep === "off") return [];
  if (keep === "unasked") {
    const choose = make("a", { href: "options.html#keeping", target: "_blank", text: { key: "shelf_choose" } });
    return [make("p", { className: "soft small", children: [words({ key: "popup_keep_unasked" }), " ", choose] })];
  }
  const box = make("input", { type: "checkbox", id: "keep-page", checked: pinned.includes(pageKey(url)) });
  box.setAttribute("role", "switch");
  box.setAttribute("aria-describedby", "keep-page-help");
  const help = make("p", { id: "keep-page-help", text: { key: `popup_keep_${keep}` } });
  help.setAttribute("role", "status");
  box.addEventListener("change", () => {
    say("keep_page", { tab, url, kept: box.checked });
    help.textContent = words({ key: box.checked ? "popup_kept" : `popup_keep_${keep}` });
  });
  const label = make("label", { htmlFor: "keep-page", text: { key: "popup_keep" } });
  return [make("div", { className: "choice", children: [box, label, help] })];
}

/**
 * Why this page is not kept; a switch that was refused goes back.
 * @param {HTMLElement} root
 * @param {Detour.Settings} settings
 * @param {string} url
 */
function tell(root, { pinned }, url) {
  const [box, help] = [root.querySelector("input"), root.querySelector("#keep-page-help")];
  if (refusal?.page !== pageKey(url) || !box || !help) return;
  box.checked = pinned.includes(pageKey(url));
  help.textContent = words({ key: "popup_not_kept", args: [words(refusal.why)] });
}

/**
 * @param {Keeper.Nearest | null} copy
 * @param {string} url
 */
function drawCopy(copy, url) {
  if (!copy) return [];
  const open = make("a", { href: viewer(copy.id, url), target: "_blank", text: { key: "popup_open_copy" } });
  const key = copy.imported ? "popup_has_imported" : "popup_has_copy_from";
  const args = [relative(copy.at)];
  return [make("p", { className: "small", children: [words({ key, args }), " ", open] })];
}
