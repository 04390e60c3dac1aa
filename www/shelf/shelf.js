// The shelf in IndexedDB: reading, and carrying out plans. Nothing here decides anything: plans come from
// crates/shelf/src/store.rs by way of the keeper, each in one transaction, so that whoever is killed in the middle of one
// leaves the shelf as it was.

/** @type {Record<string, [IDBObjectStoreParameters | undefined, string[]]>} */
const STORES = {
  inbox: [{ autoIncrement: true }, []], // captures that wait to be kept
  pages: [{ keyPath: "id" }, ["page", "site"]], // a record each, and what it is found by
  texts: [undefined, []], // by a copy's id: its words, packed
  bodies: [undefined, []], // by hash: documents and parts, packed
  notes: [undefined, []], // by name: small JSON
};

/** @type {Promise<IDBDatabase> | undefined} */
let opened;

/** The database; opened once, and anew after the browser closed it. */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("shelf", 1);
    request.onupgradeneeded = () => {
      for (const [name, [options, indexes]] of Object.entries(STORES)) {
        const store = request.result.createObjectStore(name, options);
        for (const index of indexes) store.createIndex(index, index);
      }
    };
    request.onerror = () => {
      opened = undefined;
      reject(request.error);
    };
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = () => {
        opened = undefined;
      };
      database.onversionchange = () => {
        opened = undefined;
        database.close();
      };
      resolve(database);
    };
  });
  return opened;
}

/**
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 */
async function transaction(stores, mode) {
  const start = (/** @type {IDBDatabase} */ database) => database.transaction(stores, mode);
  try {
    return start(await open());
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    opened = undefined; // it was closed since
    return start(await open());
  }
}

/**
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // A full disk is told of here only: each single request may have succeeded.
    transaction.onabort = () => reject(transaction.error);
  });
}

// --- for the background ---------------------------------------------------------------------------------

/**
 * Leaves a capture for the keeper: `{ meta, mhtml }` or `{ meta, html, parts, lost }`; resolves once it is there.
 * @param {({ meta: string } & Keeper.Capture) | { attended: string }} entry
 */
export async function putInInbox(entry) {
  const change = await transaction(["inbox"], "readwrite");
  change.objectStore("inbox").add(entry);
  return finished(change);
}

/**
 * `[record, checksum]` of the page's copies, then of some of the site's; both as they lie there, not checked.
 * @param {string} page
 * @param {string} site
 * @returns {Promise<[record: string, checksum: string][]>}
 */
export async function lookUp(page, site) {
  const pages = (await transaction(["pages"], "readonly")).objectStore("pages");
  const found = await Promise.all([
    done(pages.index("page").getAll(page)),
    done(pages.index("site").getAll(site, OF_ONE_SITE)),
  ]);
  const rows = new Map(found.flat().map((/** @type {Row} */ row) => [row.id, row]));
  return [...rows.values()].map(({ record, sum }) => [record, sum]);
}

// --- for the keeper -------------------------------------------------------------------------------------

/**
 * Carries out `[store, method, …arguments]` each, or none of them.
 * @param {Change[]} changes
 */
export async function commit(changes) {
  const stores = [...new Set(changes.map(([store]) => store))];
  if (stores.length === 0) return undefined;
  const change = await transaction(stores, "readwrite");
  const end = finished(change);
  try {
    for (const [store, method, ...given] of changes) {
      const at = change.objectStore(store);
      /** @type {(...given: unknown[]) => IDBRequest} */ (at[method]).apply(at, given);
    }
  } catch (error) {
    change.abort();
    await end.catch(() => {});
    throw error;
  }
  return end;
}

/**
 * All notes as `[name, text]`, and all rows unless the note `changes` says that they are known.
 * @param {string} [known]
 */
export async function index(known) {
  const reading = await transaction(["notes", "pages"], "readonly");
  const notes = reading.objectStore("notes");
  const [names, texts] = await Promise.all([done(notes.getAllKeys()), done(notes.getAll())]);
  const told = names.map((name, at) => [name, texts[at]]);
  const isKnown = known !== undefined && told.some(([name, text]) => name === "changes" && text === known);
  return [told, isKnown ? undefined : await done(reading.objectStore("pages").getAll())];
}

/**
 * One row.
 * @param {string} id
 */
export async function row(id) {
  return done((await transaction(["pages"], "readonly")).objectStore("pages").get(id));
}

/**
 * What lies under these keys, in their order.
 * @param {string} store
 * @param {string[]} keys
 */
export async function read(store, keys) {
  const from = (await transaction([store], "readonly")).objectStore(store);
  return Promise.all(keys.map((key) => done(from.get(key))));
}

/**
 * All keys of a store.
 * @param {string} store
 */
export async function keys(store) {
  return done((await transaction([store], "readonly")).objectStore(store).getAllKeys());
}

/** `[key, capture]` of the oldest capture, or nothing. */
export async function nextCapture() {
  const inbox = (await transaction(["inbox"], "readonly")).objectStore("inbox");
  const [[key], [capture]] = await Promise.all([done(inbox.getAllKeys(null, 1)), done(inbox.getAll(null, 1))]);
  return key === undefined ? undefined : [key, capture];
}

/** How many captures wait. */
export async function waiting() {
  return done((await transaction(["inbox"], "readonly")).objectStore("inbox").count());
}

/** Waits until no other keeper changes anything; resolves to what lets the next one in. A killed worker lets go. */
export function lock() {
  return new Promise((resolve, reject) => {
    const hold = () => new Promise((release) => resolve(release));
    navigator.locks.request("shelf", hold).catch(reject);
  });
}

/**
 * A row as it lies in `pages`.
 * @typedef {{ id: string, page: string, site: string, record: string, sum: string }} Row
 */

/**
 * One thing to do in one store.
 * @typedef {[store: string, method: "put" | "add" | "delete" | "clear", ...given: unknown[]]} Change
 */

/** So many copies of other pages of a site are enough to choose from, and quick to read. */
const OF_ONE_SITE = 100;
