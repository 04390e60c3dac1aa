// “Tell me when it is back”: one button that is on or off, in the popup and on the outage page. Whether it is offered
// stands in the view.
import { say } from "./port.js";
import { make, words } from "./words.js";

/**
 * Draws it into `root`. The button stays the same element, so that it keeps the focus when it is pressed.
 * @param {HTMLElement & { parts?: ReturnType<typeof partsOf> }} root
 * @param {Detour.TabView} view
 */
export function drawWatch(root, { watch, url }) {
  root.hidden = watch === "not_needed";
  if (root.hidden) return;
  root.parts ??= partsOf(root);
  const { button, help, full } = root.parts;
  const isOn = watch === "asked";
  button.hidden = help.hidden = watch === "full";
  full.hidden = watch !== "full";
  button.ariaPressed = String(isOn);
  button.onclick = () => say("watch", { url, on: !isOn });
}

/** @param {HTMLElement} root */
function partsOf(root) {
  const button = make("button", { type: "button", className: "toggle", text: { key: "action_watch" } });
  const help = make("p", { id: "watch-help", className: "soft small", text: { key: "watch_help" } });
  button.setAttribute("aria-describedby", "watch-help");
  const board = make("a", { href: "board.html", target: "_blank", text: { key: "popup_board" } });
  const full = make("p", { className: "soft small", children: [words({ key: "watch_full" }), " ", board] });
  root.replaceChildren(button, help, full);
  return { button, help, full };
}
