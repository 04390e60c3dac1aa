// In pages that the user wants kept, and in no others: the browser runs this only where core asked for it. Waits
// until the page is there, looked at and calm, then says once what the rules of core/src/keep need to know. Nothing
// of the page's content is read here, and nothing is asked of the network.
(async () => {
  const CALM = 500; // after "load", scripts still bring pictures and words
  const LONGEST_WAIT = 5000; // a page that is never idle
  const MANY = 20; // more other addresses than core keeps
  const SOME = 50; // elements that are looked at in much less than a slice
  // For capture.js as well, which runs in no page that this has not run in.
  globalThis.detourSlices = slices;
  const runtime = (globalThis.browser ?? globalThis.chrome).runtime;
  const once = (target, event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));

  if (document.prerendering) await once(document, "prerenderingchange");
  if (document.readyState !== "complete") await once(globalThis, "load");
  if (document.visibilityState !== "visible") await once(document, "visibilitychange");
  await new Promise((resolve) => setTimeout(resolve, CALM));
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: LONGEST_WAIT }));

  const pause = globalThis.detourSlices();
  const navigation = performance.getEntriesByType("navigation")[0];
  const url = location.href;
  const answer = await stored();
  const roots = await everywhere(document);
  const page = {
    url,
    title: document.title,
    // A page that the site said has not changed (304) is the answer that is stored.
    status: navigation?.responseStatus === 304 ? (answer?.status ?? 0) : (navigation?.responseStatus ?? 0),
    media_type: document.contentType,
    has_password: roots.some((root) => root.querySelector("input[type=password i]") !== null),
    has_sign_out: await hasSignOut(roots),
    // What came of a form that was posted is stored under no address of its own: see `stored`.
    from_form: false,
    headers: answer && Object.fromEntries(answer.headers),
    canonical: links("link[rel~=canonical i]")[0],
    alternates: [
      ...links("link[rel~=amphtml i]"),
      // The page for other screens. Another language (hreflang) is another page.
      ...links("link[rel~=alternate i][media]:not([hreflang]):not([type*=xml i]):not([type*=json i])"),
    ],
    feeds: links("link[rel~=alternate i]:is([type*='rss+xml' i], [type*='atom+xml' i], [type*='feed+json' i])"),
    onion: document.querySelector("meta[http-equiv='onion-location' i]")?.content || undefined,
  };
  // Whoever takes the copy sees by this that it is still the document that spoke.
  globalThis.detourToldAs = `${performance.timeOrigin} ${Math.random()}`; // plain http has no crypto.randomUUID
  if (location.href !== url) return; // the page went on under another address; it says so when it is loaded
  // Rejects when the extension was updated or removed under this page.
  Promise.resolve(runtime.sendMessage({ page_ready: { page } })).catch(() => {});

  // The answer as the browser stored it, without asking anybody; `undefined` where it stored none ("no-store", the
  // answer to a posted form) or not this one: another address since, or another length than what is on screen.
  async function stored() {
    const isThis = navigation && navigation.name.split("#")[0] === url.split("#")[0];
    if (!isThis || !navigation.decodedBodySize) return undefined;
    try {
      const found = await fetch(url, { cache: "only-if-cached", mode: "same-origin" });
      const { byteLength } = await found.arrayBuffer();
      return !found.redirected && byteLength === navigation.decodedBodySize ? found : undefined;
    } catch {
      return undefined;
    }
  }

  /** The document, its frames of the same site, and what components hide from it. */
  async function everywhere(root, found = []) {
    found.push(root);
    const browserDom = globalThis.chrome?.dom;
    let seen = 0;
    for (const element of root.querySelectorAll("*")) {
      seen += 1;
      if (seen % SOME === 0) await pause();
      const isComponent = element.localName.includes("-") || element.shadowRoot;
      const shadow = isComponent
        ? (element.openOrClosedShadowRoot ?? browserDom?.openOrClosedShadowRoot?.(element) ?? element.shadowRoot)
        : element.localName === "iframe" ? frameOf(element) : null;
      if (shadow) await everywhere(shadow, found);
    }
    return found;
  }

  /** What ends a slice: called often, it lets the page work when it is its turn. */
  function slices() {
    const SLICE = 4; // milliseconds in which a page does not notice that somebody else works
    let begun = performance.now();
    return () => {
      if (performance.now() - begun < SLICE) return undefined;
      // By a message: timers that follow each other are held up by the browser.
      const { port1, port2 } = new MessageChannel();
      const turn = new Promise((resolve) => {
        port1.onmessage = resolve;
      });
      port2.postMessage(null);
      return turn.then(() => {
        port1.close();
        begun = performance.now();
      });
    };
  }

  function frameOf(frame) {
    try {
      return frame.contentDocument;
    } catch {
      return null; // another site's
    }
  }

  async function hasSignOut(roots) {
    // A whole name, or a program's: a manual's page cargo-logout.html ends no session.
    const path = /(^|[/?=&])(log-?_?out|sign-?_?out|log-?_?off|abmelden|ausloggen|deconnexion|desconectar|disconnetti|uitloggen|wyloguj|odhlasit|logga-?ut)([/?=&#;]|\.(php|aspx?|jsp|do|action|cgi)\b|$)/i;
    const word = /^(log ?out|sign ?out|log off|abmelden|ausloggen|(se )?déconnexion|se déconnecter|cerrar sesión|terminar sessão|esci|disconnetti|uitloggen|wyloguj( się)?|logga ut|logg ut|log ud|odhlásit( se)?|выйти|çıkış yap|退出登录|登出|ログアウト|로그아웃)$/i;
    let seen = 0;
    for (const root of roots) {
      for (const element of root.querySelectorAll("a[href], form[action], button, [role=button], input[type=submit i]")) {
        seen += 1;
        if (seen % SOME === 0) await pause();
        const target = element.getAttribute("href") ?? element.getAttribute("action") ?? "";
        if (path.test(target)) return true;
        const words = (element.value || element.textContent || element.getAttribute("aria-label") || "").trim();
        if (words.length < 24 && word.test(words)) return true;
      }
    }
    return false;
  }

  function links(selector) {
    const found = [...document.querySelectorAll(selector)].map(({ href }) => href);
    return [...new Set(found)].filter((href) => href && href !== url).slice(0, MANY);
  }
})();
