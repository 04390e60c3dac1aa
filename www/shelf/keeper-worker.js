// The worker in which the keeper runs: questions in, answers out. What they mean is in crates/keeper/src.
import init, { ask } from "../wasm/keeper.js";

const ready = init({ module_or_path: new URL("../wasm/keeper_bg.wasm", import.meta.url) });

addEventListener("message", async ({ data: { id, ask: question } }) => {
  /** @type {Keeper.Progress} */
  const progress = (done, total) => postMessage({ id, progress: { done, total } });
  // JSON cannot carry a file.
  const blob = Object.values(question)[0]?.blob;
  try {
    await ready;
    postMessage({ id, reply: await ask(JSON.stringify(question), blob, progress) });
  } catch (error) {
    if (error?.kind) postMessage({ id, error: { kind: error.kind, detail: error.detail } });
    else fail(error);
  }
});

// A wasm that trapped cannot be asked again: whoever asked starts another worker.
addEventListener("unhandledrejection", ({ reason }) => fail(reason));

/** @param {unknown} reason */
function fail(reason) {
  console.error("keeper:", reason);
  postMessage({ broken: String(reason) });
}
