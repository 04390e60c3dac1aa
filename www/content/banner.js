// A small banner over an error page of the site. Injected only there. It lives inside a foreign page, which can move,
// cover and remove it, and have the user click where it wants: so nothing here tells of what is kept on this computer, and
// no button asks anybody but the site itself. The rest stands in a page of ours, which one of the buttons opens.
(() => {
  const browser = globalThis.browser ?? globalThis.chrome;
  document.querySelector("detour-banner")?.remove(); // an earlier worker's, or from before an update

  const words = (/** @type {Detour.Words} */ { key, args = [] }) => browser.i18n.getMessage(key, args) || key;
  const say = (/** @type {Detour.Message} */ message) => Promise.resolve(browser.runtime.sendMessage(message)).catch(remove);
  /** Only what a hand did; a page can make up events of its own. */
  const trusted = (/** @type {() => void} */ listener) => (/** @type {Event} */ event) => event.isTrusted && listener();

  // A page may define an element of this name; one that has been its own would be handed the closed root
  // (`attachInternals().shadowRoot`). In a document without a window nobody defines any.
  const host = document.implementation.createHTMLDocument().createElement("detour-banner");
  const root = host.attachShadow({ mode: "closed" });
  document.adoptNode(host);
  const direction = browser.i18n.getMessage("@@bidi_dir");

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
   * @param {Node[]} children
   */
  const make = (tag, properties, ...children) => {
    // Of HTML also in a page that is plain XML.
    const bare = document.createElementNS("http://www.w3.org/1999/xhtml", tag);
    const element = Object.assign(/** @type {HTMLElementTagNameMap[Tag]} */ (bare), properties);
    element.append(...children);
    return element;
  };
  const headline = make("p", { className: "headline" });
  const verdict = make("p", { className: "verdict" });
  const actions = make(
    "div",
    { className: "actions" },
    button("banner_details", "main", { show_details: {} }),
    button("action_try_again", "", { try_again: {} }),
  );
  const close = make("button", { type: "button", className: "close", textContent: "×", onclick: trusted(closed) });
  close.ariaLabel = words({ key: "action_close" });
  const sign = make("span", { className: "sign", ariaHidden: "true" });
  const said = make("div", { className: "said" }, headline, verdict);
  said.setAttribute("role", "status");
  const box = make("section", { className: "box", dir: direction }, sign, said, close, actions);
  box.lang = browser.i18n.getMessage("@@ui_locale").replace("_", "-");
  box.setAttribute("aria-label", words({ key: "banner_label" }));
  dress();
  root.append(box);
  document.documentElement.append(host);

  /** @type {Browser.Port | undefined} */
  let port;
  function connect() {
    if (port || !host.isConnected || document.hidden) return;
    try {
      port = browser.runtime.connect({ name: "view:" });
    } catch {
      return remove(); // the extension was updated or removed under this page
    }
    port.onMessage.addListener((/** @type {{ view: Detour.BannerView }} */ { view }) => draw(view));
    port.onDisconnect.addListener(() => {
      port = undefined;
      setTimeout(connect, 500); // the worker was put to rest: this wakes it
    });
  }

  /** @param {Detour.BannerView} view */
  function draw(view) {
    box.dataset.mood = view.mood;
    write(headline, words(view.headline));
    write(verdict, view.verdict ? words(view.verdict) : "");
  }

  // Drawn by the style sheet and no text of the document: in Chromium a page finds that in closed roots as well (window.find).
  /**
   * @param {HTMLElement} element
   * @param {string} text
   */
  function write(element, text) {
    if (element.dataset.says !== text) element.dataset.says = text;
  }

  /**
   * @param {string} key
   * @param {string} className
   * @param {Detour.Message} message
   */
  function button(key, className, message) {
    const onclick = trusted(() => say(message));
    return make("button", { type: "button", className, textContent: words({ key }), onclick });
  }

  function closed() {
    say({ banner_closed: {} });
    remove();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.isTrusted && event.key === "Escape" && !event.defaultPrevented) closed();
  }

  /** @param {Browser.Between} message */
  function onMessage(message) {
    if (message.hide_banner) remove();
  }

  function remove() {
    host.remove();
    removeEventListener("keydown", onKey);
    document.removeEventListener("visibilitychange", connect);
    browser.runtime?.onMessage?.removeListener(onMessage);
    port?.disconnect();
    port = undefined;
  }

  addEventListener("keydown", onKey);
  document.addEventListener("visibilitychange", connect);
  browser.runtime.onMessage.addListener(onMessage);
  connect();

  // A constructed sheet is beyond the page's content security policy. Older Gecko refuses one to content
  // scripts; a style element is the next best there.
  function dress() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style());
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(make("style", { textContent: style() }));
    }
  }

  function style() {
    return `
      :host {
        all: initial !important; display: block !important; position: fixed !important; direction: ${direction} !important;
        inset-block-end: 16px !important; inset-inline-end: 16px !important;
        inline-size: min(390px, calc(100vw - 32px)) !important; z-index: 2147483647 !important;
      }
      .box {
        --sheet: #ffffff; --ink: #17202b; --soft: #52606f; --line: #d5dbe2; --over: #eef1f4;
        --action: #0f5aa8; --on-action: #ffffff; --sign: #b3261e;
        box-sizing: border-box; display: grid; grid-template-columns: auto 1fr auto; gap: 4px 12px;
        padding: 16px; border: 1px solid var(--line); border-radius: 12px; text-align: start;
        background: var(--sheet); color: var(--ink); box-shadow: 0 8px 32px rgb(0 0 0 / 22%);
        /* No family by its name: the page could have a font of that name, and be asked for it letter by letter. */
        font: 14px/1.45 system-ui, sans-serif;
        overflow-wrap: anywhere; user-select: none;
      }
      @media (prefers-color-scheme: dark) {
        .box {
          --sheet: #1b2129; --ink: #e8edf2; --soft: #a6b3c1; --line: #37424f; --over: #252d37;
          --action: #8ac0ff; --on-action: #0b1c30; --sign: #ff9a90;
        }
      }
      .box:not([data-mood]) { display: none; }
      .sign {
        inline-size: 10px; block-size: 10px; margin-block-start: 6px; border-radius: 50%;
        background: var(--sign); box-shadow: 0 0 0 4px color-mix(in srgb, var(--sign) 18%, transparent);
      }
      .box[data-mood="back"] { --sign: #1b6e3c; }
      .box[data-mood="flickering"] { --sign: #8a5a00; }
      /* The page can measure the banner: whatever it says, it has one size. What is cut off stands in our own page. */
      .said { block-size: 5lh; }
      p { display: -webkit-box; -webkit-box-orient: vertical; overflow: hidden; margin: 0; }
      p::before { content: attr(data-says); }
      .headline { -webkit-line-clamp: 2; font-weight: 650; }
      .verdict { -webkit-line-clamp: 3; color: var(--soft); }
      .actions { grid-column: 2 / 4; display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 8px; }
      button {
        min-block-size: 34px; padding: 5px 14px; border: 1px solid var(--line); border-radius: 8px;
        background: var(--sheet); color: var(--ink); font: inherit; font-weight: 600; cursor: pointer;
      }
      button:hover { background: var(--over); }
      .main { border-color: transparent; background: var(--action); color: var(--on-action); }
      .main:hover { background: color-mix(in srgb, var(--action) 85%, var(--ink)); }
      .close {
        min-block-size: 28px; inline-size: 28px; margin-block-start: -5px; margin-inline-end: -6px; padding: 0; border: 0;
        align-self: start; color: var(--soft); font-size: 20px; line-height: 1;
      }
      :focus-visible { outline: 3px solid var(--action); outline-offset: 2px; }
    `;
  }
})();
