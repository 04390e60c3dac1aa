// The popup's part about copies that are open: on an archive's page, the way back to the page itself.
import { browser, make } from "./words.js";

/**
 * Asks the worker which page this tab's address is a copy of, and offers it where there is one.
 * @param {HTMLElement} root
 * @param {Pick<Browser.Tab, "id" | "url">} tab
 */
export function showOriginal(root, { id, url }) {
  if (!url) return; // not a page that an extension may know of
  const port = browser.runtime.connect({ name: `original:${url}` });
  port.onMessage.addListener((/** @type {Extract<Detour.Told, { original: unknown }>} */ { original }) => {
    port.disconnect();
    root.hidden = !original;
    if (!original) return;
    const back = make("button", {
      type: "button",
      className: "main",
      text: { key: "action_back_to_original" },
      onclick: async () => {
        await browser.tabs.update(id, { url: original });
        window.close();
      },
    });
    root.replaceChildren(back, make("p", { className: "soft small address", textContent: original }));
  });
}
