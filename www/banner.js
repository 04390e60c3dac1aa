// A small banner over an error page of the site. Injected only there. It lives inside a foreign page: a
// shadow root keeps the page's styles out, its own `!important` on the host, which no page's outdoes, keeps it visible,
// nothing of the page is changed, and the focus stays where the user has it.
(() => {
  const browser = globalThis.browser ?? globalThis.chrome;
  document.querySelector("detour-banner")?.remove(); // an earlier worker's, or from before an update

  const words = ({ key, args = [] }) => browser.i18n.getMessage(key, args) || key;
  const say = (message) => Promise.resolve(browser.runtime.sendMessage(message)).catch(remove);

  const host = document.createElement("detour-banner");
  host.dir = browser.i18n.getMessage("@@bidi_dir");
  host.lang = browser.i18n.getMessage("@@ui_locale").replace("_", "-");
  // Open, so that tests and assistive tools can look inside; there is nothing secret in it.
  const root = host.attachShadow({ mode: "open" });

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const headline = make("p", { className: "headline" });
  const verdict = make("p", { className: "verdict" });
  const actions = make("div", { className: "actions" });
  const close = make("button", { type: "button", className: "close", textContent: "×", onclick: closed });
  close.ariaLabel = words({ key: "action_close" });
  const sign = make("span", { className: "sign", ariaHidden: "true" });
  const said = make("div", {}, headline, verdict);
  said.setAttribute("role", "status");
  const box = make("section", { className: "box" }, sign, said, close, actions);
  box.setAttribute("aria-label", words({ key: "banner_label" }));
  dress();
  root.append(box);
  document.documentElement.append(host);

  let port;
  function connect() {
    if (port || !host.isConnected || document.hidden) return;
    try {
      port = browser.runtime.connect({ name: "view:" });
    } catch {
      return remove(); // the extension was updated or removed under this page
    }
    port.onMessage.addListener(({ view }) => draw(view));
    port.onDisconnect.addListener(() => {
      port = undefined;
      setTimeout(connect, 500); // the worker was put to rest: this wakes it
    });
  }

  function draw(view) {
    box.dataset.mood = view.mood;
    write(headline, words(view.headline));
    write(verdict, view.verdict ? words(view.verdict) : "");
    const version = JSON.stringify(view.copies);
    if (actions.dataset.version === version) return;
    actions.dataset.version = version;
    actions.replaceChildren(...buttons(view));
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function buttons({ copies }) {
    const button = (text, className, message) =>
      make("button", { type: "button", className, textContent: text, onclick: () => say(message) });
    const again = button(words({ key: "action_try_again" }), "", { try_again: {} });
    const best = copies.offers?.find(({ opens }) => opens);
    if (best) {
      const open = button(words({ key: "action_open_copy" }), "main", { open_copy: { url: best.url } });
      const whose = words({ key: "copies_best", args: [words(best.source), words(best.age)] });
      return [open, again, make("p", { className: "soft", textContent: `${whose}. ${words(best.reveals)}` })];
    }
    if (copies.state === "not_asked") {
      return [button(words({ key: "action_find_copies" }), "main", { find_copies: {} }), again];
    }
    if (copies.state === "not_askable") return [again, make("p", { className: "soft", textContent: words(copies.why) })];
    const key = { asking: "copies_asking", none: "copies_none" }[copies.state];
    return key ? [again, make("p", { className: "soft", textContent: words({ key }) })] : [again];
  }

  function closed() {
    say({ banner_closed: {} });
    remove();
  }

  function onKey(event) {
    if (event.key === "Escape" && !event.defaultPrevented) closed();
  }

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
        all: initial !important; display: block !important; position: fixed !important;
        inset-block-end: 16px !important; inset-inline-end: 16px !important;
        inline-size: min(390px, calc(100vw - 32px)) !important; z-index: 2147483647 !important;
      }
      .box {
        --sheet: #ffffff; --ink: #17202b; --soft: #52606f; --line: #d5dbe2; --over: #eef1f4;
        --action: #0f5aa8; --on-action: #ffffff; --sign: #b3261e;
        box-sizing: border-box; display: grid; grid-template-columns: auto 1fr auto; gap: 4px 12px;
        padding: 16px; border: 1px solid var(--line); border-radius: 12px; text-align: start;
        background: var(--sheet); color: var(--ink); box-shadow: 0 8px 32px rgb(0 0 0 / 22%);
        font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
        overflow-wrap: anywhere;
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
      p { margin: 0; }
      .headline { font-weight: 650; }
      .verdict, .soft { color: var(--soft); }
      .soft { flex-basis: 100%; font-size: 13px; }
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
      @media (prefers-reduced-motion: no-preference) {
        .box { animation: arrive 0.18s ease-out; }
        @keyframes arrive { from { opacity: 0; transform: translateY(8px); } }
      }
    `;
  }
})();
