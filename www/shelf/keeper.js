// Asks the keeper, from a page or from Firefox's event page. It has a worker of its own, started at the first
// question; several keepers at once take turns by a lock.

/** @type {Worker | undefined} */
let worker;
let last = 0;

/** @type {Map<number, Asked>} */
const waiting = new Map();

/**
 * @typedef {object} Asked
 * @property {(reply: never) => void} resolve
 * @property {(why: Keeper.Refusal) => void} reject
 * @property {Keeper.Progress | undefined} onProgress
 */

/**
 * Asks; resolves to the reply, rejects with `{ kind, detail }`. `onProgress(done, total)` is called meanwhile.
 * @template {Keeper.Name} Name
 * @param {Name} name
 * @param {Keeper.Question<Name>} [details]
 * @param {Keeper.Progress} [onProgress]
 * @returns {Promise<Keeper.Answer<Name>>}
 */
export function ask(name, details, onProgress) {
  const to = (worker ??= start());
  const id = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject, onProgress });
    to.postMessage({ id, ask: { [name]: details ?? {} } });
  });
}

function start() {
  const fresh = new Worker(new URL("keeper-worker.js", import.meta.url), { type: "module" });
  fresh.addEventListener("message", ({ data: { id, reply, error, progress, broken } }) => {
    if (broken !== undefined) return stop(fresh, broken);
    const asked = waiting.get(id);
    if (progress) return asked?.onProgress?.(progress.done, progress.total);
    waiting.delete(id);
    return error ? asked?.reject(error) : asked?.resolve(/** @type {never} */ (reply));
  });
  fresh.addEventListener("error", (event) => stop(fresh, event.message ?? "the worker could not be started"));
  return fresh;
}

/**
 * A worker that broke answers nobody any more; the next question gets another one.
 * @param {Worker} broken
 * @param {string} detail
 */
function stop(broken, detail) {
  if (worker !== broken) return;
  broken.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject({ kind: "broken", detail });
  waiting.clear();
}
