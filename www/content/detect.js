// In every page at document_start, so a healthy one must pay nothing: one look at what the browser knows
// anyway, and two listeners that healthy pages do not set off. Needs neither storage nor wasm, and wakes nobody
// below 500 unless the page is next to empty and titled like an error, or parts of it failed.
(() => {
  const [navigation] = /** @type {[PerformanceNavigationTiming?]} */ (performance.getEntriesByType("navigation"));
  const status = navigation?.responseStatus ?? 0; // 0: the browser does not say
  const runtime = (globalThis.browser ?? globalThis.chrome).runtime;
  /** @type {Record<string, "style" | "script" | "image" | undefined>} */
  const KINDS = { LINK: "style", SCRIPT: "script", IMG: "image" };
  let wasSent = false;
  if (status < 500) {
    watchWords();
    watchParts();
    return;
  }

  // A page that says "fine" and is an error page. This is only a sieve, so that other pages cost no message: core
  // reads the words, and the site is asked again before anything is shown.
  function watchWords() {
    document.addEventListener("DOMContentLoaded", () => {
      const looksSo = /\b5\d\d\b|error|unavailable|gateway|guru|timed? ?out/i.test(document.title);
      if (looksSo && (document.body?.textContent.length ?? 0) < 2000) send();
    }, { once: true });
  }

  // Failed parts announce themselves; healthy ones set nothing off. Blockers make parts fail as well, and whoever
  // is blocked must not be asked by us: so only what a blocker hardly touches counts, style sheets and whole
  // groups of images, or a part of which the browser itself says that it answered with an error. The status is told
  // as well: the worker asks nobody whom a page names, and without the host it is all that is known.
  function watchParts() {
    /** @type {Map<string, Failed>} */
    const failed = new Map();
    const urlOf = (/** @type {Loading} */ { currentSrc, src, href }) => currentSrc || src || href || "";
    addEventListener("error", (event) => {
      const target = /** @type {Loading | null} */ (event.target);
      const kind = KINDS[target?.tagName ?? ""];
      const url = target && kind ? urlOf(target) : "";
      if (!kind || !URL.canParse(url) || new URL(url).host === location.host) return;
      if (failed.size === 0) setTimeout(tell, 1500); // when the rest of the page has had its chance
      const { host } = new URL(url);
      const known = failed.get(host) ?? { url, status: 0, style: 0, script: 0, image: 0 };
      known[kind] += 1;
      const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByName(url));
      const shown = entries.map(({ responseStatus }) => responseStatus ?? 0);
      known.status = Math.max(known.status, ...shown.filter((status) => status >= 500));
      failed.set(host, known);
    }, true);
    function tell() {
      const count = (/** @type {Failed} */ { style, script, image, status }) => status > 0 || style > 0 || (image > 2 && script > 0);
      const parts = [...failed.values()].filter(count).map(({ url, status }) => ({ url, status })).slice(0, 5);
      const parts_failed = { url: location.href, parts };
      if (parts.length > 0) Promise.resolve(runtime.sendMessage({ parts_failed })).catch(() => {});
    }
  }

  function send() {
    wasSent = true;
    const page_status = {
      status,
      by_service_worker: (navigation?.workerStart ?? 0) > 0 || isControlled(),
      title: document.title,
      html: (document.documentElement?.outerHTML ?? "").slice(0, 4096),
      url: location.href,
    };
    // Rejects when the extension was updated or removed under this page: nobody is left to tell.
    Promise.resolve(runtime.sendMessage({ page_status })).catch(() => {});
  }

  // Firefox leaves workerStart at 0 where the worker made the answer itself.
  function isControlled() {
    try {
      return Boolean(globalThis.navigator.serviceWorker?.controller);
    } catch {
      return false; // a sandboxed document has no service worker, and may not ask
    }
  }

  // A challenge page is told from an outage by its words: wait for the first of them, but not long.
  const hasWords = () => document.title !== "" && (document.body?.childNodes.length ?? 0) > 0;
  const sendOnce = () => wasSent || send();
  function begin() {
    if (document.readyState !== "loading") return send();
    const words = new MutationObserver(() => hasWords() && (words.disconnect(), sendOnce()));
    words.observe(document, { childList: true, subtree: true });
    setTimeout(() => (words.disconnect(), sendOnce()), 20);
    document.addEventListener("DOMContentLoaded", send, { once: true }); // with all the words
  }
  // A page that is only being prepared is nobody's outage until it is shown.
  if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})();

/**
 * An element that loads something.
 * @typedef {Element & { currentSrc?: string, src?: string, href?: string }} Loading
 */

/**
 * What failed of one host: one address, the status that the browser shows, and how many of a kind.
 * @typedef {{ url: string, status: number, style: number, script: number, image: number }} Failed
 */
