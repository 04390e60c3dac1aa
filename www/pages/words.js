// The words of _locales, into pages and into elements made by them.
export const browser = globalThis.browser ?? globalThis.chrome;

/**
 * The words for a `Text` of the core: a key with its arguments.
 * @param {Detour.Words} text
 * @returns {string}
 */
export function words({ key, args = [] }) {
  return browser.i18n.getMessage(key, args) || key;
}

/** Fills every element that names its message, and says which language and direction that is. */
export function fillWords() {
  document.documentElement.lang = browser.i18n.getMessage("@@ui_locale").replace("_", "-");
  document.documentElement.dir = browser.i18n.getMessage("@@bidi_dir");
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-message]"))) {
    element.textContent = words({ key: element.dataset.message ?? "" });
  }
}

/**
 * A new element with text and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Made<HTMLElementTagNameMap[Tag]>} [made]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, { text, children = [], ...properties } = /** @type {Made<HTMLElementTagNameMap[Tag]>} */ ({})) {
  const element = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) element.textContent = words(text);
  element.append(...children);
  return element;
}

/**
 * What an element is made with: its properties, beside what `make` looks up and puts in.
 * @template {HTMLElement} Kind
 * @typedef {{ text?: Detour.Words, children?: (Node | string)[] } & Partial<Omit<Kind, "text" | "children">>} Made
 */

/**
 * The element of the page that has this id; it is there, and of this kind, or the page is not what its script was written for.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof (kind ?? HTMLElement))) throw new TypeError(`there is no such #${id}`);
  return /** @type {Kind} */ (found);
}
