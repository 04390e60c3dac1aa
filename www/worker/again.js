// Loads a page again at the place where it was read. By its address and not as a reload: what a form's sending led to
// would be sent once more by that.
const browser = globalThis.browser ?? globalThis.chrome;

/** A page that takes longer than this to load is read from its beginning. */
const LONGEST = 60_000;

/** A document that broke off before its first element never answers; any other does within a blink. */
const LONGEST_LOOK = 1000;

/**
 * Loads what the tab shows once more.
 * @param {number} tab
 */
export async function loadAgain(tab) {
  const place = await run(tab, () => /** @type {[number, number]} */ ([scrollX, scrollY]));
  const { url } = await browser.tabs.get(tab);
  if (!url) return browser.tabs.reload(tab);
  const loaded = whenLoaded(tab);
  // With its place in the page the address would lead to the document that is there already.
  await browser.tabs.update(tab, { url: url.replace(/#.*/s, "") });
  await loaded;
  if (place?.some((far) => far > 0)) await run(tab, (/** @type {number} */ x, /** @type {number} */ y) => scrollTo(x, y), place);
}

/**
 * What a function says in the page; nothing where there is no page to look into, or one that does not answer.
 * @template {number[]} Args
 * @template Result
 * @param {number} tab
 * @param {(...args: Args) => Result} func
 * @param {Args} [args]
 */
async function run(tab, func, args) {
  try {
    const look = browser.scripting.executeScript({ target: { tabId: tab }, func, args, injectImmediately: true });
    /** @type {Promise<never>} */
    const tooLate = new Promise((_, late) => setTimeout(late, LONGEST_LOOK));
    const [{ result }] = await Promise.race([look, tooLate]);
    return result;
  } catch {
    return undefined;
  }
}

/**
 * @param {number} tab
 * @returns {Promise<void>}
 */
function whenLoaded(tab) {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      browser.tabs.onUpdated.removeListener(listen);
      done();
    };
    /** @type {(id: number, change: { status?: string }) => void} */
    const listen = (id, { status }) => {
      if (id === tab && status === "complete") end();
    };
    const timer = setTimeout(end, LONGEST);
    browser.tabs.onUpdated.addListener(listen);
  });
}
