// In every page at document_start, so a healthy one must pay nothing: one look at what the browser knows
// anyway, then over. Needs neither storage nor wasm, and wakes nobody below 500.
(() => {
  const navigation = performance.getEntriesByType("navigation")[0];
  const status = navigation?.responseStatus ?? 0; // 0: the browser does not say
  if (status < 500) return;

  const runtime = (globalThis.browser ?? globalThis.chrome).runtime;
  let wasSent = false;

  function send() {
    wasSent = true;
    const page_status = {
      status,
      by_service_worker: navigation.workerStart > 0 || isControlled(),
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
