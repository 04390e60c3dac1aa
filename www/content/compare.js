// Run in a page that keep.js has told of, where core wants to know whether others get the same: asks the page's own site
// once for the page's own address, without cookies, and counts which words differ. The decision is core's
// (crates/core/src/keep/public.rs). Asked from here, not from the extension: a page's script can ask no more, and no less.
(async () => {
  const LONGEST_WAIT = 10_000; // as long as anybody waits for a page
  const MOST = 4 * 1024 * 1024; // bytes of a document; longer ones are not compared
  const MOST_FOREIGN = 200; // words; core stops at far fewer
  const told = /** @type {Detour.ToldPage} */ (globalThis.detourTold);
  if (!told || told.isComparing) return;
  told.isComparing = true;
  const anonymous = await compared().finally(() => (told.isComparing = false));
  told.page.anonymous = anonymous;
  told.tell(told);

  async function compared() {
    // Between the page and its site there is the site's own script, which may ask with cookies.
    if (navigator.serviceWorker?.controller || !told.isAnswered) return {};
    try {
      const answer = await fetch(told.page.url, {
        credentials: "omit",
        headers: { accept: "text/html,application/xhtml+xml;q=0.9" },
        mode: "same-origin",
        // Chromium: a name may lead into the private network, where nobody is asked.
        targetAddressSpace: "public",
        redirect: "manual",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(LONGEST_WAIT),
      });
      const status = answer.type === "opaqueredirect" ? 302 : answer.status;
      const html = status === 200 ? await readSome(answer) : undefined;
      if (html === undefined) return { status: status === 200 ? 0 : status };
      const there = await told.wordsOf(rootsOf(new DOMParser().parseFromString(html, "text/html")));
      // The answer may have taken seconds, in which the page went on.
      const { seen } = await told.look();
      if (!seen.isWhole) return {};
      const only_there = told.beyond(there, seen).words;
      const shared = total(there);
      const texts = [html];
      const isMore = told.beyond(seen, there).words.length > 0 || (await told.picturesBeyond(texts)).strange > 0;
      if (isMore) texts.push(...(await addScripts(there)));
      const here = told.beyond(seen, there);
      return {
        status,
        shared,
        only_here: here.words,
        extra: here.foreign.length,
        beside: await told.beside(new Set(here.foreign.slice(0, MOST_FOREIGN))),
        only_there,
        extra_pictures: (await told.picturesBeyond(texts)).strange,
      };
    } catch {
      return {};
    }
  }

  /**
   * What a page's scripts bring is in them, where they are files that lie on the server as they are: a table of contents, the
   * names of buttons. Their words are the same for everybody. They are read from the browser's store, and nobody is asked.
   * Gives their texts.
   * @param {Detour.WordCounts} there
   */
  async function addScripts(there) {
    const MOST_SCRIPTS = 12;
    const texts = [];
    const own = [...document.scripts].map(({ src }) => src).filter((src) => src && new URL(src).origin === location.origin);
    for (const src of own.slice(0, MOST_SCRIPTS)) {
      const script = await fetch(src, { cache: "only-if-cached", mode: "same-origin" }).catch(() => undefined);
      if (!script?.ok || !isFile(script.headers)) continue;
      // As often as it likes: a script may write a word many times.
      const text = await script.text();
      for (const word of told.wordsIn(text)) there.set(word, Infinity);
      texts.push(text);
    }
    return texts;
  }

  /**
   * What a program writes for one person has no date of its last change, or says that it is for one person.
   * @param {Headers} headers
   */
  function isFile(headers) {
    const forOne = /private|no-cache|no-store/i.test(headers.get("cache-control") ?? "") || /cookie/i.test(headers.get("vary") ?? "");
    return headers.has("last-modified") && !forOne;
  }

  /**
   * The document, or nothing where it is too long.
   * @param {Response} answer
   */
  async function readSome(answer) {
    const decoder = new TextDecoder(document.characterSet);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
    let [html, length] = ["", 0];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return html + decoder.decode();
      length += value.length;
      if (length > MOST) {
        await reader.cancel();
        return undefined;
      }
      html += decoder.decode(value, { stream: true });
    }
  }

  /**
   * A document that was not shown has its components' insides in templates.
   * @param {DocumentFragment | Document} root
   * @param {ParentNode[]} [found]
   * @returns {ParentNode[]}
   */
  function rootsOf(root, found = []) {
    found.push(root);
    for (const { content } of /** @type {NodeListOf<HTMLTemplateElement>} */ (root.querySelectorAll("template[shadowrootmode]"))) rootsOf(content, found);
    return found;
  }

  /** @param {Detour.WordCounts} words */
  function total(words) {
    return [...words.values()].reduce((sum, times) => sum + times, 0);
  }
})();
