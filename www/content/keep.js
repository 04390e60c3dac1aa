// In pages that the user wants kept, and in no others: the browser runs this only where core asked for it. Waits
// until the page is there, looked at and calm, then says what the rules of crates/core/src/keep need to know. Of the page's
// words it tells how many there are, and those that the site's answer does not hold; nothing is asked of the network.
// compare.js asks the site where core orders it.
// Long because the browser runs it in a page as one file.
(async () => {
  const CALM = 500; // after "load", scripts still bring pictures and words
  const LONGEST_WAIT = 5000; // a page that is never idle
  const MANY = 20; // more other addresses than core keeps
  const SOME = 50; // elements that are looked at in much less than a slice
  const MOST_TEXT = 2_000_000; // characters of a page or its answer; longer ones have said enough by then
  const MOST_WORDS = 200; // that are told of; core stops at far fewer
  const LONGEST_WORD = 80; // characters
  const XHTML = "http://www.w3.org/1999/xhtml";
  // For capture.js as well, which runs in no page that this has not run in.
  globalThis.detourSlices = slices;
  const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}@._'’+-]*/gu;
  const UNREAD = new Set(["script", "style", "noscript", "template", "iframe", "object"]);
  const SPOKEN = ["alt", "title", "aria-label", "placeholder"];
  const runtime = (globalThis.browser ?? globalThis.chrome).runtime;
  /**
   * Pictures of the page's own site: whether they are for one person.
   * @type {Map<string, boolean>}
   */
  const forOne = new Map();
  /** @type {(target: EventTarget, event: string) => Promise<Event>} */
  const once = (target, event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));

  const attention = attended();
  if (document.prerendering) await once(document, "prerenderingchange");
  if (document.readyState !== "complete") await once(globalThis, "load");
  if (document.visibilityState !== "visible") await once(document, "visibilitychange");
  await new Promise((resolve) => setTimeout(resolve, CALM));
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: LONGEST_WAIT }));

  const pause = globalThis.detourSlices();
  const [navigation] = /** @type {[PerformanceNavigationTiming?]} */ (performance.getEntriesByType("navigation"));
  const url = location.href;
  const told = /** @type {Detour.ToldPage} */ ({ look, isStill, beyond, beside, picturesBeyond, wordsOf, wordsIn, tell });
  await look();
  // Whoever takes the copy sees by this that it is still the document that spoke.
  globalThis.detourToldAs = `${performance.timeOrigin} ${Math.random()}`; // plain http has no crypto.randomUUID
  // For compare.js and take.js, which core has run after this; all tell of the same look. Not before it is done: this may run
  // again where it ran before.
  globalThis.detourTold = told;
  tell(told);
  if (!told.page.attended) {
    attention.comes.then(async () => {
      const { page } = (await isStill()) ? told : await look();
      page.attended = true;
      tell({ page });
    });
  }

  /** What the rules need to know of what is on screen now. */
  async function look() {
    const { answer, body } = (await stored()) ?? {};
    const roots = await everywhere(document);
    told.isAnswered = Boolean(answer);
    told.seen = answer ? await wordsOf(roots.filter(isOurs)) : new Map(); // what is not stored is not kept either
    told.page = {
      url,
      title: document.title,
      // A page that the site said has not changed (304) is the answer that is stored.
      status: navigation?.responseStatus === 304 ? (answer?.status ?? 0) : (navigation?.responseStatus ?? 0),
      media_type: document.contentType,
      has_password: hasPassword(roots),
      has_sign_out: await hasSignOut(roots),
      // What came of a form that was posted is stored under no address of its own: see `stored`.
      from_form: false,
      headers: answer && Object.fromEntries(answer.headers),
      ...(answer && body && (await brought(told.seen, body))),
      attended: attention.was,
      canonical: links("link[rel~=canonical i]")[0],
      alternates: [
        ...links("link[rel~=amphtml i]"),
        // The page for other screens. Another language (hreflang) is another page.
        ...links("link[rel~=alternate i][media]:not([hreflang]):not([type*=xml i]):not([type*=json i])"),
      ],
      feeds: links("link[rel~=alternate i]:is([type*='rss+xml' i], [type*='atom+xml' i], [type*='feed+json' i])"),
      onion: /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[http-equiv='onion-location' i]"))?.content || undefined,
    };
    return told;
  }

  /**
   * Whether what was told of last is still all that is on screen. A clock may have gone on; what was written since, the
   * rules have not seen.
   * @returns {Promise<boolean>}
   */
  async function isStill() {
    const MOST_NEW = 20; // numbers
    if (!told.isAnswered) return true;
    const roots = await everywhere(document);
    const { words } = beyond(await wordsOf(roots.filter(isOurs)), told.seen);
    if (words.length > MOST_NEW || words.some((word) => /\p{L}/u.test(word))) return false;
    // Of no picture anything is asked now: Firefox shows a page such questions, and this one is put where it is being kept.
    if ((await picturesBeyond([told.text ?? ""], false)).strange > (told.page.brought_pictures ?? 0)) return false;
    return hasPassword(roots) === told.page.has_password && (await hasSignOut(roots)) === told.page.has_sign_out;
  }

  /** @param {ParentNode[]} roots */
  function hasPassword(roots) {
    return roots.some((root) => root.querySelector("input[type=password i]") !== null);
  }

  /**
   * The words that are oftener here than there, and those of them that are not there at all: headings may be listed twice.
   * @param {Detour.WordCounts} here
   * @param {Detour.WordCounts} there
   */
  function beyond(here, there) {
    const words = [...here.keys()].filter((word) => (here.get(word) ?? 0) > (there.get(word) ?? 0));
    const foreign = words.filter((word) => !there.has(word));
    return { foreign, words: words.slice(0, MOST_WORDS).map((word) => word.slice(0, LONGEST_WORD)) };
  }

  /** @param {Pick<Detour.ToldPage, "page">} told */
  function tell({ page }) {
    if (location.href !== url) return; // the page went on under another address; it says so when it is loaded
    // Rejects when the extension was updated or removed under this page.
    Promise.resolve(runtime.sendMessage({ page_ready: { page } })).catch(() => {});
  }

  /** Whether somebody is here: a page that no hand has touched may have been opened by another page. */
  function attended() {
    const kinds = ["pointerdown", "keydown", "wheel", "touchmove"];
    const attention = { was: navigator.userActivation?.hasBeenActive ?? false, comes: /** @type {Promise<void>} */ (Promise.resolve()) };
    attention.comes = new Promise((resolve) => {
      const notice = (/** @type {Event} */ { isTrusted }) => {
        if (!isTrusted) return; // the page's own
        for (const kind of kinds) removeEventListener(kind, notice, true);
        attention.was = true;
        resolve();
      };
      for (const kind of kinds) addEventListener(kind, notice, { capture: true, passive: true });
    });
    return attention;
  }

  // The answer as the browser stored it, without asking anybody; `undefined` where it stored none ("no-store", the
  // answer to a posted form) or not this one: another address since, or another length than what is on screen.
  async function stored() {
    const isThis = navigation && navigation.name.split("#")[0] === url.split("#")[0];
    if (!isThis || !navigation.decodedBodySize) return undefined;
    try {
      const found = await fetch(url, { cache: "only-if-cached", mode: "same-origin" });
      const body = await found.arrayBuffer();
      const isIt = !found.redirected && body.byteLength === navigation.decodedBodySize;
      return isIt ? { answer: found, body } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * The document, its frames of the same site, and what components hide from it.
   * @param {ParentNode} root
   * @param {ParentNode[]} [found]
   */
  async function everywhere(root, found = []) {
    found.push(root);
    let seen = 0;
    for (const element of root.querySelectorAll("*")) {
      seen += 1;
      if (seen % SOME === 0) await pause();
      const shadow = element.localName === "iframe" ? frameOf(/** @type {HTMLIFrameElement} */ (element)) : shadowOf(element);
      if (shadow) await everywhere(shadow, found);
    }
    return found;
  }

  /**
   * What a component hides. Only HTML's elements have something to hide; of others, Chromium throws at the question.
   * @param {Element} element
   */
  function shadowOf(element) {
    if (element.namespaceURI !== XHTML) return null;
    const dom = globalThis.chrome?.dom;
    try {
      return element.openOrClosedShadowRoot ?? dom?.openOrClosedShadowRoot?.(element) ?? element.shadowRoot;
    } catch {
      return element.shadowRoot;
    }
  }

  /**
   * A copy holds the document and what its components hide, and no frame.
   * @param {ParentNode} root
   */
  function isOurs(root) {
    return root === document || root.nodeType === Node.DOCUMENT_FRAGMENT_NODE;
  }

  /**
   * The words of these roots, as often as each is there: text, and what stands for it in attributes.
   * @param {ParentNode[]} roots
   */
  async function wordsOf(roots) {
    /** @type {Detour.WordCounts} */
    const words = new Map();
    let left = MOST_TEXT;
    for (const root of roots) {
      await spoken(root, (text) => {
        left -= text.length;
        for (const word of wordsIn(text)) words.set(word, (words.get(word) ?? 0) + 1);
        return left > 0;
      });
    }
    words.isWhole = left > 0;
    return words;
  }

  /**
   * The words up to two before and after one of these on screen: a name stands beside its greeting, whoever wrote that.
   * @param {Set<string>} some
   */
  async function beside(some) {
    const NEAR = 2;
    /** @type {Set<string>} */
    const found = new Set();
    /** @type {string[]} */
    const before = [];
    let after = 0;
    const look = (/** @type {string} */ word) => {
      if (some.has(word)) {
        for (const near of before) found.add(near);
        after = NEAR;
      } else if (after > 0) {
        found.add(word);
        after -= 1;
      }
      before.push(word);
      if (before.length > NEAR) before.shift();
    };
    if (some.size > 0) {
      await spoken(document, (text) => ([...wordsIn(text)].forEach(look), true), shadowOf);
    }
    return [...found].map((word) => word.slice(0, LONGEST_WORD));
  }

  /**
   * Gives a root's texts in the order in which they stand, until `take` has had enough; and what `inside` finds in its elements.
   * @param {ParentNode} root
   * @param {(text: string) => boolean} take
   * @param {(element: Element) => ParentNode | null | undefined} [inside]
   */
  async function spoken(root, take, inside) {
    let seen = 0;
    const filter = (/** @type {Node} */ node) => (UNREAD.has(/** @type {Element} */ (node).localName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, filter);
    while (walker.nextNode()) {
      seen += 1;
      if (seen % SOME === 0) await pause();
      const node = walker.currentNode;
      for (const text of textsOf(node)) if (!take(text)) return;
      const shadow = node.nodeType === Node.ELEMENT_NODE && inside?.(/** @type {Element} */ (node));
      if (shadow) await spoken(shadow, take, inside);
    }
  }

  /** @param {Node} node */
  function textsOf(node) {
    if (node.nodeType === Node.TEXT_NODE) return [node.nodeValue ?? ""];
    const element = /** @type {HTMLInputElement} */ (node);
    const texts = SPOKEN.filter((name) => element.hasAttribute(name)).map((name) => element.getAttribute(name) ?? "");
    if (element.localName === "input" && /^(submit|reset|button)$/.test(element.type)) texts.push(element.value);
    return texts;
  }

  /**
   * The words of a text. Addresses of people stay whole; other words end at a dot, a dash or an apostrophe, as they do where a
   * script colours the pieces of a program one by one.
   * @param {string} text
   * @returns {Iterable<string>}
   */
  function* wordsIn(text) {
    for (const [word] of text.toLowerCase().matchAll(WORD)) {
      if (word.includes("@")) yield word;
      else for (const piece of word.split(/[._'’+-]+/)) if (piece) yield piece;
    }
  }

  /**
   * How many words are on screen, and how many of them the site's answer does not hold: what scripts brought.
   * @param {Detour.WordCounts} seen
   * @param {ArrayBuffer} body
   */
  async function brought(seen, body) {
    const text = decoded(body).slice(0, MOST_TEXT);
    const known = new Set();
    let met = 0;
    for (const word of wordsIn(text)) {
      known.add(word);
      met += 1;
      if (met % (SOME * 20) === 0) await pause();
    }
    let [words, foreign] = [0, 0];
    const some = new Set();
    for (const [word, times] of seen) {
      words += times;
      if (known.has(word)) continue;
      foreign += times;
      if (some.size < MOST_WORDS) some.add(word);
    }
    const brought_words = [...some].map((word) => word.slice(0, LONGEST_WORD));
    told.text = text;
    const { all, strange } = await picturesBeyond([text]);
    return {
      words,
      foreign,
      brought_words,
      brought_beside: await beside(some),
      pictures: all,
      brought_pictures: strange,
    };
  }

  /**
   * How many pictures are on screen, and how many of them no text names: one of a letter that was photographed, an album. Nor is
   * one everybody's whose own answer says so. Icons do not count.
   * @param {string[]} texts
   * @param {boolean} [mayAsk] whether the browser's store may be asked about pictures that have come since
   */
  async function picturesBeyond(texts, mayAsk = true) {
    const ICON = 64; // pixels
    const plain = texts.map((text) => text.slice(0, MOST_TEXT)).join("\n").replaceAll("&amp;", "&").replaceAll("\\/", "/");
    let [all, strange] = [0, 0];
    for (const root of (await everywhere(document)).filter(isOurs)) {
      for (const image of root.querySelectorAll("img")) {
        const { currentSrc, naturalWidth, naturalHeight, width, height } = image;
        if (!currentSrc || Math.max(naturalWidth, width) < ICON || Math.max(naturalHeight, height) < ICON) continue;
        await pause();
        all += 1;
        if (!names(plain, currentSrc) || (await isForOne(currentSrc, mayAsk))) strange += 1;
      }
    }
    return { all, strange };
  }

  /**
   * Whether a text names a picture: by the end of its path and by what is asked for there, since scripts choose widths and hosts.
   * @param {string} text
   * @param {string} src
   */
  function names(text, src) {
    const BEGINNING = 100; // characters of a picture that is its own address
    if (!/^https?:/.test(src)) return text.includes(src.slice(0, BEGINNING));
    const { pathname, search } = new URL(src);
    if (text.includes(pathname + search)) return true;
    // Gecko's content scripts cannot go through `searchParams`.
    const values = search.slice(1).split("&").map((pair) => pair.split("=").at(-1) ?? "");
    // A script may put the file's name and its ending together.
    const file = (pathname.split("/").at(-1) ?? "").replace(/\.\w+$/, "");
    const told = [file, ...values].filter((part) => part.length > 3);
    return told.length > 0 && told.every((part) => text.includes(part) || text.includes(unescaped(part)));
  }

  /** @param {string} part */
  function unescaped(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  /**
   * Whether a picture of the page's own site says that it is for one person; one that nobody has asked about may be.
   * @param {string} src
   * @param {boolean} mayAsk
   */
  async function isForOne(src, mayAsk) {
    if (!src.startsWith(`${location.origin}/`)) return false;
    if (!forOne.has(src) && mayAsk) {
      const found = await fetch(src, { cache: "only-if-cached", mode: "same-origin" }).catch(() => undefined);
      const says = (/** @type {string} */ name) => found?.headers.get(name) ?? "";
      forOne.set(src, /private|no-store/i.test(says("cache-control")) || /cookie/i.test(says("vary")));
    }
    return forOne.get(src) ?? true;
  }

  /** @param {ArrayBuffer} body */
  function decoded(body) {
    return new TextDecoder(document.characterSet).decode(body);
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

  /** @param {HTMLIFrameElement} frame */
  function frameOf(frame) {
    try {
      return frame.contentDocument;
    } catch {
      return null; // another site's
    }
  }

  /** @param {ParentNode[]} roots */
  async function hasSignOut(roots) {
    // A whole name, or a program's: a manual's page cargo-logout.html ends no session.
    const path = /(^|[/?=&])(log-?_?out|sign-?_?out|log-?_?off|abmelden|ausloggen|deconnexion|desconectar|disconnetti|uitloggen|wyloguj|odhlasit|logga-?ut)([/?=&#;]|\.(php|aspx?|jsp|do|action|cgi)\b|$)/i;
    const word = /^(log ?out|sign ?out|log off|abmelden|ausloggen|(se )?déconnexion|se déconnecter|cerrar sesión|terminar sessão|esci|disconnetti|uitloggen|wyloguj( się)?|logga ut|logg ut|log ud|odhlásit( se)?|выйти|çıkış yap|退出登录|登出|ログアウト|로그아웃)$/i;
    let seen = 0;
    for (const root of roots) {
      const found = root.querySelectorAll("a[href], form[action], button, [role=button], input[type=submit i]");
      for (const element of /** @type {NodeListOf<HTMLInputElement>} */ (found)) {
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

  /** @param {string} selector */
  function links(selector) {
    const found = [.../** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll(selector))].map(({ href }) => href);
    return [...new Set(found)].filter((href) => href && href !== url).slice(0, MANY);
  }
})();
