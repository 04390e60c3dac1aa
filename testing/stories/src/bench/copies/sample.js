// The body of an async function in the control tab: opens a page, takes one copy of it, and gives what that took.
const { url, way, modules, options } = args[0];

/** Comparable between processes. */
const clock = () => performance.timeOrigin + performance.now();
const pause = (time) => new Promise((done) => setTimeout(done, time));

// In a window of its own: a control tab that is hidden would be slowed down, and hear of everything late.
const { id: opened, tabs: [{ id: tab }] } = await api.windows.create({ url });
if (document.hidden) throw new Error("the control tab is hidden");
const inPage = async (func, ...args) => {
  const [{ result, error }] = await api.scripting.executeScript({ target: { tabId: tab }, world: "MAIN", func, args });
  if (error) throw new Error(`in the page: ${error.message ?? error}`);
  return result;
};
for (const end = clock() + 60_000; ; await pause(20)) {
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
await pause(30);

const WAYS = {
  /** What the worker does on a click on "keep", and what it does by itself where the user chose so. */
  async detour() {
    const keeper = await import(api.runtime.getURL("shelf/keeper.js"));
    const { lookUp } = await import(api.runtime.getURL("shelf/shelf.js"));
    const isKept = async () => (await lookUp(options.key, "")).length > 0;
    await isKept(); // the database is open
    const heard = [];
    const at = (name) => heard.find(([, message]) => message?.[name])?.[0];
    const hear = (message) => heard.push([clock(), message]);
    api.runtime.onMessage.addListener(hear);
    const ordered = clock();
    api.runtime.sendMessage({ keep_page: { tab, url, kept: true } }).catch(() => {});
    // Chromium's keeper says when it is done. In Firefox the shelf is looked at now and then: reading holds up writing.
    for (const end = clock() + 30_000; at("work_done") === undefined; await pause(api.offscreen ? 1 : 10)) {
      if (!api.offscreen && (await isKept())) break;
      if (clock() > end) throw new Error(`${url} does not come onto the shelf: ${JSON.stringify(heard)}`);
    }
    const ended = at("work_done") ?? clock();
    const spoke = at("page_ready") ?? ordered;
    api.runtime.onMessage.removeListener(hear);
    if (!(await isKept())) throw new Error(`${url} was refused: ${JSON.stringify(heard)}`);
    const { pages } = await keeper.ask("list");
    const kept = pages.find((page) => page.url === url);
    // The page waits until it is calm before it speaks; that is no work.
    return { from: ordered, to: ended, total: ended - spoke, bytes: kept.bytes, lost: kept.lost };
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
    await pause(50);
    const bytes = await inPage(() => new Blob([globalThis.benchContent]).size);
    return { from, to, total: to - from, bytes };
  },
};
const { from, to, ...took } = await WAYS[way]();
await pause(50);
const blocks = await inPage(() => {
  globalThis.benchHeart.worker.terminate();
  return globalThis.benchHeart.blocks;
});
await api.windows.remove(opened);

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
