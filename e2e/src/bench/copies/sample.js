// The body of an async function in the control tab: opens a page, takes one copy of it, and gives what that took.
const { url, way, modules, options } = args[0];

/** Comparable between processes. */
const clock = () => performance.timeOrigin + performance.now();
/** Timers of a tab in the background are slowed down; messages are not. */
const turn = () => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = done;
  port2.postMessage(0);
});
const spin = async (time) => {
  for (const end = clock() + time; clock() < end; ) await turn();
};

const tab = (await api.tabs.create({ url, active: true })).id;
const inPage = async (func, ...args) => {
  const [{ result, error }] = await api.scripting.executeScript({ target: { tabId: tab }, world: "MAIN", func, args });
  if (error) throw new Error(`in the page: ${error.message ?? error}`);
  return result;
};
for (const end = clock() + 60_000; ; await turn()) {
  const { status, url: shown } = await api.tabs.get(tab);
  if (status === "complete" && shown === url) break;
  if (clock() > end) throw new Error(`${url} does not load`);
}
// Its fonts are there, and its own scripts have come to rest.
const transferred = await inPage(async () => {
  await document.fonts.ready;
  await new Promise((done) => setTimeout(done, 1000));
  const entries = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type));
  return entries.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
});
if (way === "singlefile") {
  await inPage(async (from) => {
    globalThis.benchSingleFile = await import(from);
  }, modules);
}

// A worker beats every millisecond, and the page notes each beat that it heard late. While nothing happens the page's
// thread is idle, as it would be.
await inPage(() => {
  const beat = (every) => {
    for (let next = performance.now(); ; next += every) {
      while (performance.now() < next);
      postMessage(performance.timeOrigin + performance.now());
    }
  };
  const worker = new Worker(URL.createObjectURL(new Blob([`(${beat})(1)`])));
  const blocks = [];
  let last = 0;
  worker.onmessage = ({ data: sent }) => {
    const heard = performance.timeOrigin + performance.now();
    const late = heard - Math.max(sent, last);
    if (late > 1) blocks.push([heard - late, late]);
    last = heard;
  };
  globalThis.benchHeart = { worker, blocks };
});
const quiet = await inPage(async () => {
  const now = () => performance.timeOrigin + performance.now();
  await new Promise((done) => setTimeout(done, 100));
  const from = now();
  await new Promise((done) => setTimeout(done, 1000));
  return [from, now() - 1];
});
await spin(30);

const WAYS = {
  /** What the worker does on a click on "keep", and what it does by itself where the user chose so. */
  async detour() {
    const keeper = await import(api.runtime.getURL("keeper.js"));
    let spoke;
    const heard = [];
    const hear = (message) => {
      if (message?.page_ready?.page?.url === url) spoke ??= clock();
      heard.push(message);
    };
    api.runtime.onMessage.addListener(hear);
    const ordered = clock();
    api.runtime.sendMessage({ keep_page: { tab, url, kept: true } }).catch(() => {});
    const { lookUp } = await import(api.runtime.getURL("shelf.js"));
    let rows = [];
    for (const end = clock() + 30_000; rows.length === 0; await spin(2)) {
      rows = await lookUp(options.key, "");
      if (clock() > end) throw new Error(`${url} does not come onto the shelf: ${JSON.stringify(heard)}`);
    }
    const ended = clock();
    api.runtime.onMessage.removeListener(hear);
    const { pages } = await keeper.ask("list");
    const kept = pages.find((page) => page.url === url);
    // The page waits until it is calm before it speaks; that is no work.
    return { from: ordered, to: ended, total: ended - (spoke ?? ordered), bytes: kept.bytes, lost: kept.lost };
  },
  async mhtml() {
    const from = clock();
    const blob = await api.pageCapture.saveAsMHTML({ tabId: tab });
    const { byteLength } = await blob.arrayBuffer();
    const to = clock();
    return { from, to, total: to - from, bytes: byteLength };
  },
  async singlefile() {
    const [from, to] = await inPage(async (options) => {
      const now = () => performance.timeOrigin + performance.now();
      const from = now();
      const { content } = await globalThis.benchSingleFile.getPageData({ ...options, url: location.href });
      globalThis.benchContent = content;
      return [from, now()];
    }, options);
    await spin(50);
    const bytes = await inPage(() => new Blob([globalThis.benchContent]).size);
    return { from, to, total: to - from, bytes };
  },
};
const { from, to, ...took } = await WAYS[way]();
await spin(50);
const blocks = await inPage(() => {
  globalThis.benchHeart.worker.terminate();
  return globalThis.benchHeart.blocks;
});
await api.tabs.remove(tab);

/** Clocks of two processes may differ by a little. */
const LEEWAY = 5;
/** A third of a frame: what is shorter delays nothing that is seen, and comes from the machine as well. */
const NOTICEABLE = 5;
const within = (from, to) => {
  const lengths = blocks.filter(([at, long]) => at + long > from && at < to).map(([, long]) => long);
  const noticeable = lengths.filter((long) => long > NOTICEABLE);
  return { longest: Math.max(0, ...lengths), blocked: noticeable.reduce((sum, long) => sum + long, 0) };
};
return { transferred, ...took, ...within(from - LEEWAY, to + LEEWAY), quiet: within(...quiet) };
