// Asks the keeper, from a page or from Firefox's event page. It has a worker of its own, started at the first
// question; several keepers at once take turns by a lock.

let worker;
let last = 0;
const waiting = new Map();

/** Asks; resolves to the reply, rejects with `{ kind, detail }`. `onProgress(done, total)` is called meanwhile. */
export function ask(name, details = {}, onProgress) {
  worker ??= start();
  const id = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject, onProgress });
    worker.postMessage({ id, ask: { [name]: details } });
  });
}

function start() {
  const fresh = new Worker(new URL("keeper-worker.js", import.meta.url), { type: "module" });
  fresh.addEventListener("message", ({ data: { id, reply, error, progress, broken } }) => {
    if (broken !== undefined) return stop(fresh, broken);
    const asked = waiting.get(id);
    if (progress) return asked?.onProgress?.(progress.done, progress.total);
    waiting.delete(id);
    return error ? asked?.reject(error) : asked?.resolve(reply);
  });
  fresh.addEventListener("error", (event) => stop(fresh, event.message ?? "the worker could not be started"));
  return fresh;
}

/** A worker that broke answers nobody any more; the next question gets another one. */
function stop(broken, detail) {
  if (worker !== broken) return;
  worker.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject({ kind: "broken", detail });
  waiting.clear();
}
