// Firefox only, which cannot hand out a page as one file: run in a page that is to be kept, and gives its document and
// its parts: `{ html, parts: [{ url, type, blob }], lost }`. In slices, so that the page stays quick.
//
// Nothing is asked for, not even of the browser's store: Firefox hands a content script's requests to the page's service
// worker and lists them among the page's own, and a page must not see that it is being kept. So images are drawn as they
// stand on screen and read back, and style sheets are written out from their rules; both need the right to every site. Lost
// are fonts, backgrounds and icons, moving images beyond their first picture, and what is in closed components.
(async () => {
  const SMALL = 300; // elements that are written in one go
  const LONGEST_SIDE = 2400; // pixels; more than a screen shows of a picture
  const MOST = 64 * 1024 * 1024; // bytes of all parts; the shelf takes less
  const QUALITY = 0.9; // of pictures that have to be encoded anew
  const pause = globalThis.detourSlices(); // keep.js
  let room = MOST;
  let lost = 0;
  /** @type {Map<string, Keeper.Part>} */
  const parts = new Map();

  const html = doctype() + (await written(document.documentElement)) + (await looseRules());
  for (const sheet of document.styleSheets) await takeSheet(sheet);
  for (const image of document.images) await takeImage(image);
  countRest();
  return { html, parts: [...parts.values()], lost };

  function doctype() {
    return document.doctype ? `<!DOCTYPE ${document.doctype.name}>` : "";
  }

  /**
   * An element as HTML. A large one piece by piece; the pieces may be moments apart, as in any picture of a page that moves.
   * @param {Element} element
   * @returns {Promise<string>}
   */
  async function written(element) {
    const isRaw = /^(script|style|template|noscript|iframe|textarea|title|svg|math|pre)$/.test(element.localName);
    if (isRaw || element.getElementsByTagName("*").length < SMALL) {
      await pause();
      return element.outerHTML;
    }
    const shell = /** @type {Element} */ (element.cloneNode(false)).outerHTML;
    const end = shell.lastIndexOf("</");
    const pieces = [shell.slice(0, end)];
    for (const node of [...element.childNodes]) {
      if (node.nodeType === Node.ELEMENT_NODE) pieces.push(await written(/** @type {Element} */ (node)));
      else if (node.nodeType === Node.TEXT_NODE) pieces.push(escaped(/** @type {CharacterData} */ (node).data));
    }
    pieces.push(shell.slice(end));
    return pieces.join("");
  }

  /** @param {string} text */
  function escaped(text) {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  }

  /** Rules that scripts put into the page and that stand in no element's text. */
  async function looseRules() {
    const sheets = [...document.styleSheets].filter(({ ownerNode, href }) => !href && ownerNode?.textContent?.trim() === "");
    const texts = [];
    for (const sheet of [...sheets, ...(document.adoptedStyleSheets ?? [])]) {
      if (!sheet.disabled) texts.push(await rulesOf(sheet));
    }
    const text = texts.join("\n").replaceAll("</", "<\\/");
    return text.trim() === "" ? "" : `<style>${text}</style>`;
  }

  /** @param {CSSStyleSheet} sheet */
  async function rulesOf(sheet) {
    const texts = [];
    for (const rule of sheet.cssRules) {
      await pause();
      texts.push(rule.cssText);
    }
    return texts.join("\n");
  }

  /** @param {CSSStyleSheet} sheet */
  async function takeSheet(sheet) {
    /** @type {CSSRule[]} */
    let rules = [];
    try {
      rules = [...sheet.cssRules];
      if (sheet.href) put(sheet.href, "text/css;charset=utf-8", new Blob([await rulesOf(sheet)]));
    } catch {
      lost += 1; // it did not load, or belongs to a site that the user took from us
    }
    for (const { styleSheet } of /** @type {Partial<CSSImportRule>[]} */ (rules)) if (styleSheet) await takeSheet(styleSheet);
  }

  /** @param {HTMLImageElement} image */
  async function takeImage(image) {
    const shown = image.currentSrc || image.src;
    if (!/^(https?|blob):/.test(shown)) return;
    // The document may name it otherwise than by the address that was chosen for this screen.
    const names = new Set([shown, image.src].filter((name) => /^(https?|blob):/.test(name)));
    const missing = [...names].filter((name) => !parts.has(name));
    if (missing.length === 0) return;
    if (!image.complete || image.naturalWidth === 0) {
      lost += 1;
      return;
    }
    const found = parts.get(shown) ?? (await drawn(image));
    if (!found) lost += 1;
    else for (const name of missing) put(name, found.type, found.blob);
  }

  /**
   * A picture as it stands on screen, encoded anew.
   * @param {HTMLImageElement} image
   */
  async function drawn(image) {
    await pause();
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    try {
      canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
      /** @type {Blob | null} */
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", QUALITY));
      return blob && { type: blob.type, blob };
    } catch {
      return undefined; // the user took the site from us
    }
  }

  /** What styles and elements other than `img` brought, and nobody can read back: backgrounds, fonts, icons. */
  function countRest() {
    const kinds = new Set(["css", "link", "image", "icon", "input"]);
    const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
    const names = entries.filter(({ initiatorType }) => kinds.has(initiatorType)).map(({ name }) => name.split("#")[0]);
    lost += [...new Set(names)].filter((name) => !parts.has(name)).length;
  }

  /**
   * @param {string} url
   * @param {string} type
   * @param {Blob} blob
   */
  function put(url, type, blob) {
    if (blob.size > room) {
      lost += 1;
      return;
    }
    room -= blob.size;
    parts.set(url, { url, type, blob });
  }
})();
