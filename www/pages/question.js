// A question in a dialog of the page's own: what would happen, and two ways on.
import { make } from "./words.js";

/**
 * Asks, and says whether the answer was yes. Escape, and everything else that closes a dialog, is no.
 * `title`, `text`, `yes` and `no` are texts; `address` is shown as it is; `danger` marks what cannot be undone.
 * @param {{ title: Detour.Words, text?: Detour.Words, address?: string, yes: Detour.Words, no?: Detour.Words, danger?: boolean }} question
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, address, yes, no = { key: "action_cancel" }, danger = false }) {
  const accept = make("button", { type: "submit", value: "yes", className: danger ? "danger" : "main", text: yes });
  const refuse = make("button", { type: "submit", value: "no", text: no });
  // What cannot be undone is not under the key that the user happens to press.
  (danger ? refuse : accept).autofocus = true;
  const heading = make("h2", { id: "question", text: title });
  const form = make("form", {
    method: "dialog",
    children: [
      heading,
      ...(address ? [make("p", { className: "address", textContent: address })] : []),
      ...(text ? [make("p", { className: "soft", id: "question-text", text })] : []),
      make("div", { className: "actions", children: [accept, refuse] }),
    ],
  });
  const dialog = make("dialog", { className: "question", children: [form] });
  dialog.setAttribute("aria-labelledby", "question");
  if (text) dialog.setAttribute("aria-describedby", "question-text");
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
  });
}
