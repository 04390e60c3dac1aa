// The words of _locales, into pages and into elements made by them.
export const browser = globalThis.browser ?? globalThis.chrome;

/** The words for a `Text` of the core: a key with its arguments. */
export function words({ key, args = [] }) {
  return browser.i18n.getMessage(key, args) || key;
}

/** Fills every element that names its message, and says which language and direction that is. */
export function fillWords() {
  document.documentElement.lang = browser.i18n.getMessage("@@ui_locale").replace("_", "-");
  document.documentElement.dir = browser.i18n.getMessage("@@bidi_dir");
  for (const element of document.querySelectorAll("[data-message]")) {
    element.textContent = words({ key: element.dataset.message });
  }
}

/** A new element with text and children. */
export function make(tag, { text, children = [], ...properties } = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) element.textContent = words(text);
  element.append(...children);
  return element;
}
