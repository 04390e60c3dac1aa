// Opens the page of ours that tells all of a tab: beside it, since nothing in somebody's page may show what is kept
// here or have others asked. A page that has the user click its banner gets one such page and no more.
const browser = globalThis.browser ?? globalThis.chrome;

/**
 * A tab that is being opened has no address yet, and must not be opened twice.
 * @type {Set<number>}
 */
const opening = new Set();

/** A page of ours takes a blink; a busy machine may take seconds. */
const PATIENCE = 5000;
const LOOK = 50;

/**
 * Opens the page for this tab, or brings the one that is open to the front.
 * @param {number} tab
 */
export async function showDetails(tab) {
  if (opening.has(tab)) return;
  opening.add(tab);
  try {
    const url = browser.runtime.getURL(`pages/popup.html?tab=${tab}&from=banner`);
    const open = (await browser.tabs.query({})).find((other) => other.url === url);
    if (open) return await show(open);
    const { index, windowId } = await browser.tabs.get(tab);
    const made = await browser.tabs.create({ url, index: index + 1, windowId, openerTabId: tab });
    await committed(made.id, url);
  } finally {
    opening.delete(tab);
  }
}

/** @param {Browser.Tab} tab */
async function show({ id, windowId }) {
  await browser.tabs.update(id, { active: true });
  await browser.windows.update(windowId, { focused: true });
}

/**
 * @param {number} id
 * @param {string} url
 */
async function committed(id, url) {
  for (let waited = 0; waited < PATIENCE; waited += LOOK) {
    if ((await browser.tabs.get(id)).url === url) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
