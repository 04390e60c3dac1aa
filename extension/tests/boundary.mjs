// The boundary between the wasm and the browser: the built glue with a browser that only records. Run by
// `node extension/tests/boundary.mjs [dist/chromium]` after `cargo xtask build`; prints "N passed, N failed".
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import path from "node:path";

const repository = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const dist = path.resolve(process.argv[2] ?? path.join(repository, "dist/chromium"));
const OWN = "chrome-extension://abc/";
const URL_DOWN = "https://www.example.com/news";

const messages = JSON.parse(await readFile(path.join(dist, "_locales/en/messages.json"), "utf8"));
const wasm = await readFile(path.join(dist, "wasm/detour_bg.wasm"));
let passed = 0;
let failed = 0;

// --- a browser that records -----------------------------------------------------------------------------

/** A fresh worker: a new instance of the glue, in a browser whose session storage holds `session`. */
async function worker({ session = {}, local = {}, page, fetched, tabIsGone = false, nativeThrows = false, rows = [], mode = "direct" } = {}) {
  await settle(); // the worker before looks its browser up by the same global name
  const world = { calls: [], warnings: [], native: [], listens: [], scripts: [], session, local };
  const call = (name, answer) => (...args) => {
    world.calls.push([name, ...args]);
    return Promise.resolve(typeof answer === "function" ? answer(...args) : answer);
  };
  const area = (name) => ({
    get: async (key) => (key === null || key === undefined ? { ...world[name] } : key in world[name] ? { [key]: world[name][key] } : {}),
    remove: call(`${name}.remove`, (keys) => [keys].flat().forEach((key) => delete world[name][key])),
    set: call(`${name}.set`, (items) => Object.assign(world[name], items)),
  });
  const onTab = (name) => call(name, () => (tabIsGone ? Promise.reject(new Error("No tab with id: 7.")) : undefined));
  globalThis.chrome = {
    action: Object.fromEntries(
      ["setBadgeText", "setBadgeBackgroundColor", "setBadgeTextColor", "setIcon", "setTitle"].map((it) => [it, onTab(it)]),
    ),
    alarms: { create: call("alarms.create"), clear: call("alarms.clear", true) },
    i18n: { getMessage: (key, args) => (messages[key] ? `${key}(${args.join()})` : "") },
    proxy: { settings: { get: call("proxy.settings.get", { value: { mode } }) } },
    runtime: {
      id: "abc",
      getURL: (file) => OWN + file,
      getManifest: () => ({ version: "9.8.7" }),
      lastError: undefined,
      connectNative(name) {
        world.calls.push(["connectNative", name]);
        if (nativeThrows) throw new Error("no native messaging here");
        const opened = port(name);
        world.native.push(opened);
        return opened;
      },
    },
    scripting: {
      executeScript: call("executeScript", () => page ?? Promise.reject(new Error("error page"))),
      getRegisteredContentScripts: call("getRegisteredContentScripts", () => world.scripts),
      registerContentScripts: call("register", (scripts) => (world.scripts = scripts)),
      updateContentScripts: call("update", (scripts) => (world.scripts = scripts)),
      unregisterContentScripts: call("unregister", () => (world.scripts = [])),
    },
    storage: { session: area("session"), local: area("local") },
    tabs: {
      get: call("tabs.get", () => (tabIsGone ? Promise.reject(new Error("No tab")) : { url: URL_DOWN })),
      update: onTab("tabs.update"),
      reload: onTab("tabs.reload"),
      sendMessage: onTab("tabs.sendMessage"),
    },
  };
  const shelf = { take: call("take"), loadAgain: call("loadAgain"), lookUp: call("lookUp", () => rows) };
  // Chromium forgets the address space that a `Request` was made with: what is asked must stand in the call itself.
  globalThis.fetch = async (url, init) => {
    world.calls.push(["fetch", { url: typeof url === "string" ? url : "a Request", ...init }]);
    if (!fetched) throw new TypeError("Failed to fetch");
    return fetched(url);
  };
  const warn = (text) => world.warnings.push(text);
  console.warn = warn;
  console.error = warn;
  // A query makes a module of its own, with memory of its own: what a restarted worker has.
  const glue = await import(`${pathToFileURL(path.join(dist, "wasm/detour.js"))}?${(worker.count = (worker.count ?? 0) + 1)}`);
  await glue.default({ module_or_path: wasm });
  await glue.start((on) => world.listens.push(on), shelf);
  return Object.assign(world, {
    deliver: (raw) => glue.deliver(typeof raw === "string" ? raw : JSON.stringify(raw)),
    connected: (page) => glue.connected(page, JSON.stringify(page.sender)),
    of: (name) => world.calls.filter(([it]) => it === name).map(([, ...args]) => args),
    badge: () => world.calls.filter(([it]) => it === "setBadgeText").at(-1)?.[1],
    /** As crates/core/src/stored.rs writes it down: what is known of each site and tab under keys of its own. */
    state: () => {
      const read = (key) => (key in world.session ? Object.values(JSON.parse(world.session[key]))[0] : undefined);
      const ids = (prefix) =>
        Object.keys(world.session).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
      const outages = Object.fromEntries(ids("outage:").map((id) => {
        const [key, outage] = read(`outage:${id}`);
        return [key, { ...outage, seen: unpacked(read(`evidence:${id}`)) }];
      }));
      const tabs = Object.fromEntries(ids("tab:").map((id) => {
        const tab = read(`tab:${id}`);
        return [id, { ...outages[tab.outage], ...tab }];
      }));
      return { ...read("rest"), told: read("told"), outages, tabs };
    },
  });
}

/** Observations, of which subjects and outcomes are written once. */
function unpacked({ subjects, outcomes, seen } = { seen: [] }) {
  return seen.map(([subject, outcome, step]) => {
    const [vantage, of] = subjects[subject];
    return { vantage, subject: of, step, outcome: outcomes[outcome].outcome };
  });
}

function port(name, sender) {
  const listeners = { message: [], disconnect: [] };
  const opened = {
    name,
    sender,
    sent: [],
    isOpen: true,
    onMessage: { addListener: (it) => listeners.message.push(it) },
    onDisconnect: { addListener: (it) => listeners.disconnect.push(it) },
    postMessage: (message) => opened.sent.push(message),
    disconnect: () => (opened.isOpen = false),
    says: (message) => listeners.message.forEach((it) => it(message, opened)),
    breaks: () => listeners.disconnect.forEach((it) => it(opened)),
  };
  return opened;
}

const settle = (ms = 20) => new Promise((resolve) => setTimeout(resolve, ms));

/** Evidence that came together is written together, a moment later. */
const WRITTEN = 400;

// --- events ---------------------------------------------------------------------------------------------

const refused = {
  "webNavigation.onErrorOccurred": {
    tabId: 7, frameId: 0, url: URL_DOWN, error: "net::ERR_CONNECTION_REFUSED", documentLifecycle: "active",
  },
};
const said = (message, sender = { id: "abc", url: `${OWN}pages/popup.html` }) => ({ "runtime.onMessage": { message, sender } });
const status503 = said(
  { page_status: { status: 503, by_service_worker: false, title: "503", html: "<h1>503</h1>", url: URL_DOWN } },
  { id: "abc", origin: new URL(URL_DOWN).origin, url: URL_DOWN, tab: { id: 7 }, frameId: 0 },
);
const observed = (outcome) => ({
  vantage: "host", subject: "target", step: "http", at: Date.now(), duration_ms: 9, address: "192.0.2.1", outcome,
});

// --- the tests ------------------------------------------------------------------------------------------

async function test(name, run) {
  const { warn, error, log } = console;
  try {
    await run();
    passed += 1;
  } catch (problem) {
    failed += 1;
    log(`FAILED ${name}\n  ${problem.stack ?? problem}`);
  } finally {
    Object.assign(console, { warn, error });
  }
}

function equal(found, expected, what) {
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is}, not ${should}`);
}

function ok(claim, what) {
  if (!claim) throw new Error(what);
}

await test("a start without a past touches nothing and takes the listeners off", async () => {
  const world = await worker();
  equal(world.of("setBadgeText"), [], "badges");
  equal(world.native.length, 0, "native ports");
  equal(world.listens, [false], "listens");
});

await test("a failure is on the tab before deliver returns", async () => {
  const world = await worker();
  world.deliver(status503);
  equal(world.badge(), { tabId: 7, text: "…" }, "badge");
  ok(world.of("setIcon")[0][0].path["16"].startsWith("icons/"), "icon");
  equal(world.listens.at(-1), true, "listens");
  ok(world.state().tabs["7"], "the tab is in the state");
  await settle();
  const [[{ url, credentials, cache, redirect, referrerPolicy }]] = world.of("fetch");
  equal(url, URL_DOWN, "asked again");
  equal([credentials, cache, redirect, referrerPolicy], ["omit", "no-store", "manual", "no-referrer"], "how it asks");
});

await test("the host is greeted first, asked once, and released when all is known", async () => {
  const world = await worker({ mode: "system", fetched: () => new Response("down", { status: 503 }) });
  world.deliver(status503);
  const [native] = world.native;
  equal(native.sent.map(({ type }) => type), ["hello"], "at once");
  await settle(); // a check waits for the browser's word on its proxy
  equal(world.of("connectNative"), [["org.detour.host"]], "host");
  equal(native.sent.map(({ type }) => type), ["hello", "check"], "requests");
  equal([native.sent[0].version, native.sent[1].url], ["9.8.7", URL_DOWN], "what is sent");
  equal(native.sent[1].proxy.mode, "system", "the proxy that is told");
  const { id } = native.sent[1];
  native.says({ type: "hello", protocol: 1, version: "1.0.0" });
  native.says({ type: "observed", id, observation: observed({ answered: { status: 503 } }) });
  native.says({ type: "finished", id });
  await settle();
  equal(native.isOpen, false, "port open");
  ok(JSON.stringify(world.state().tabs["7"].phase).includes("oncluded"), "a verdict stands");
});

await test("a site is asked at public addresses alone, unless a proxy looks its name up", async () => {
  for (const [mode, reach] of [["direct", "public"], ["system", "public"], ["fixed_servers", undefined], ["pac_script", undefined]]) {
    const world = await worker({ mode, fetched: () => new Response("down", { status: 503 }) });
    world.deliver(status503);
    await settle();
    equal(world.of("fetch").map(([{ targetAddressSpace }]) => targetAddressSpace), [reach], mode);
  }
});

await test("where a proxy may stand between, a request that fails counts only as the host says", async () => {
  const measured = (subject) => ({ ...observed({ failed: "tcp.address_unreachable" }), subject, step: "tcp" });
  const byBrowser = (world) => world.state().tabs["7"].seen.filter(({ vantage }) => vantage === "browser").length;
  for (const [subject, asked, seen] of [["route", ["public"], 1], [{ proxy: "proxy.example:3128" }, ["public", undefined], 1]]) {
    const world = await worker({ mode: "system" });
    world.deliver(status503);
    await settle();
    equal(byBrowser(world), 0, "before the host has said a word");
    const [native] = world.native;
    native.says({ type: "hello", protocol: 1, version: "1.0.0" });
    native.says({ type: "observed", id: native.sent[1].id, observation: measured(subject) });
    await settle(WRITTEN);
    equal(world.of("fetch").map(([{ targetAddressSpace }]) => targetAddressSpace), asked, "how it asks");
    equal(byBrowser(world), seen, "what counts");
  }
  const alone = await worker({ mode: "system" });
  alone.deliver(status503);
  await settle();
  alone.native[0].breaks();
  await settle(WRITTEN);
  equal([alone.of("fetch").length, byBrowser(alone)], [1, 0], "without the host");
  ok(JSON.stringify(alone.state().tabs["7"].phase).includes("oncluded"), "a verdict stands");
});

await test("a reply in parts is joined, and one that is broken is dropped", async () => {
  const world = await worker();
  world.deliver(status503);
  await settle();
  const [native] = world.native;
  const { id } = native.sent[1];
  const text = JSON.stringify({ type: "observed", id, observation: observed({ failed: "tcp.refused" }) });
  const seen = () => world.state().tabs["7"].seen.filter(({ vantage }) => vantage === "host").length;
  const part = (reply, index, from, to) => native.says({ type: "part", reply, index, of: 2, text: text.slice(from, to) });
  part(1, 0, 0, 50);
  part(1, 1, 50);
  await settle(WRITTEN);
  equal(seen(), 1, "observations after both parts");
  part(2, 1, 50);
  part(3, 0, 0, 50);
  part(4, 1, 50);
  await settle(WRITTEN);
  equal(seen(), 1, "observations after stray parts");
});

await test("evidence that comes together is written once, and a verdict at once", async () => {
  const world = await worker({ fetched: () => new Response("down", { status: 503 }) });
  world.deliver(status503);
  await settle(WRITTEN);
  const [native] = world.native;
  const { id } = native.sent[1];
  native.says({ type: "hello", protocol: 1, version: "1.0.0" });
  const before = world.of("session.set").length;
  for (let at = 0; at < 30; at += 1) native.says({ type: "observed", id, observation: observed({ failed: "tcp.refused" }) });
  equal(world.of("session.set").length, before, "writes while it comes in");
  await settle(WRITTEN);
  equal(world.of("session.set").length, before + 1, "writes afterwards");
  native.says({ type: "observed", id, observation: observed({ failed: "tcp.refused" }) });
  native.says({ type: "finished", id });
  ok(JSON.stringify(world.state().tabs["7"].phase).includes("oncluded"), "the verdict is written in its own turn");
  equal(world.state().tabs["7"].seen.filter(({ vantage }) => vantage === "host").length, 31, "with all its evidence");
});

await test("a missing host is told in the browser's words", async () => {
  const world = await worker();
  world.deliver(status503);
  chrome.runtime.lastError = { message: "Specified native messaging host not found." };
  world.native[0].breaks();
  ok(JSON.stringify(world.state().host).includes("host not found"), JSON.stringify(world.state().host));
});

await test("a browser without native messaging is a missing host", async () => {
  const world = await worker({ nativeThrows: true });
  world.deliver(status503);
  ok(JSON.stringify(world.state().host).includes("no native messaging here"), JSON.stringify(world.state().host));
});

await test("malformed events are reported, and the next one works", async () => {
  const world = await worker();
  for (const raw of ["", "{", "[]", "null", '{"tabs.onTeleported":1}', '{"tabs.onRemoved":"x"}']) world.deliver(raw);
  world.deliver(said({ try_again: {} }, {}));
  equal(world.warnings.length, 7, "warnings");
  world.deliver(status503);
  equal(world.badge()?.text, "…", "badge");
});

await test("a killed worker's successor resumes and clears the sign on recovery", async () => {
  const before = await worker();
  before.deliver(status503);
  const after = await worker({
    session: before.session,
    page: [{ result: { url: URL_DOWN, status: 200 } }],
    fetched: () => new Response("fine"),
  });
  equal(after.listens.at(-1), true, "listens");
  await settle();
  after.deliver({ "webNavigation.onCommitted": { tabId: 7, frameId: 0, url: URL_DOWN } });
  await settle();
  equal(after.badge(), { tabId: 7, text: "" }, "badge");
  equal(Object.keys(after.state().tabs), [], "tabs");
  equal(after.listens.at(-1), false, "listens after recovery");
});

await test("corrupt and old records cost a fresh start and a word on the console", async () => {
  for (const record of ["{", '{"0":{}}', "null", 7, '{"1":{"tabs":[1]}}']) {
    const world = await worker({ session: { rest: record }, local: { settings: record } });
    // What is no text was never written by us, and goes unread.
    equal(world.warnings.length >= 1, typeof record === "string", `a warning for ${record}`);
    world.deliver(status503);
    equal(world.badge()?.text, "…", "badge");
  }
});

await test("a connection failure leads to the outage page, with tab and address in its own address", async () => {
  const world = await worker();
  world.deliver(refused);
  await settle();
  const updates = world.of("tabs.update");
  equal(updates[0], [7, { url: `${OWN}pages/outage.html#tab=7&url=${encodeURIComponent(URL_DOWN)}` }], "where to");
});

await test("settings are kept, shown, and obeyed by the next worker", async () => {
  const before = await worker();
  const page = port("settings", { id: "abc", url: `${OWN}pages/options.html`, tab: { id: 9 } });
  before.connected(page);
  const settings = { ...page.sent[0].settings, outage_page: false, banner: false };
  equal(page.sent[0].settings.banner, true, "the default");
  before.deliver(said({ settings: { settings } }));
  equal(page.sent.at(-1), { settings }, "told to the page");
  const after = await worker({ local: before.local });
  after.deliver(refused);
  await settle();
  equal(after.of("tabs.update"), [], "tabs led to the outage page");
});

await test("a page is drawn at once and at every change, and a banner only for its own tab", async () => {
  const world = await worker();
  const popup = port("view:7", { id: "abc", url: `${OWN}pages/popup.html` });
  const banner = port("view:", { id: "abc", origin: new URL(URL_DOWN).origin, url: URL_DOWN, frameId: 0, tab: { id: 7 } });
  const elsewhere = port("view:7", { id: "abc", origin: "https://evil.example", url: "https://evil.example/", frameId: 0, tab: { id: 8 } });
  for (const page of [popup, elsewhere]) world.connected(page);
  equal(popup.sent[0].view.mood, "fine", "before");
  world.deliver(status503);
  equal(popup.sent.at(-1).view.mood, "checking", "popup");
  world.connected(banner); // it stands in a page that failed
  equal(banner.sent.at(-1).view.mood, "checking", "banner");
  equal(Object.keys(banner.sent.at(-1).view).includes("copies"), false, "a banner is told of copies");
  equal(elsewhere.sent, [], "a page that asks for another tab is shown nothing");
  popup.breaks();
  const count = popup.sent.length;
  world.deliver({ "tabs.onRemoved": 7 });
  equal(popup.sent.length, count, "after it closed");
});

await test("archives are asked on a click only, without cookies", async () => {
  const asked = [];
  const world = await worker({ fetched: (url) => (asked.push(url), new Response("{}", { status: 503 })) });
  world.deliver(status503);
  await settle();
  equal(asked, [URL_DOWN], "asked before the click");
  world.deliver(said({ find_copies: { tab: 7 } }));
  await settle();
  ok(asked.some((url) => url.startsWith("https://web.archive.org/")), asked.join());
  ok(world.of("fetch").every(([{ credentials }]) => credentials === "omit"), "credentials");
});

await test("a body without end is cut off", async () => {
  let wasCancelled = false;
  const endless = () =>
    new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(16384).fill(120)),
      cancel: () => (wasCancelled = true),
    });
  const world = await worker({ fetched: () => new Response(endless(), { status: 503 }) });
  world.deliver(status503);
  await settle(60);
  equal(wasCancelled, true, "cancelled");
  const { answered } = world.state().tabs["7"].seen[0].outcome;
  equal([answered.status, answered.body], [503, undefined], "what the core keeps of it: it is read as it comes");
});

await test("a tab that is gone is forgotten, without a word", async () => {
  const world = await worker({ tabIsGone: true });
  world.deliver(refused);
  await settle();
  equal(Object.keys(world.state().tabs), [], "tabs");
  equal(world.warnings, [], "warnings");
});

await test("a timer is backed by an alarm that no browser refuses", async () => {
  const world = await worker();
  const now = Date.now();
  world.deliver(status503);
  const [[, { when }]] = world.of("alarms.create");
  ok(when >= now + 30_000, `alarm after ${when - now} ms`);
});

await test("the pages that are asked whether they are worth keeping follow the settings", async () => {
  const world = await worker();
  await settle();
  equal(world.scripts, [], "before anything was chosen");
  const keep = (some) => world.deliver(said({ settings: { settings: some } }));
  keep({ keep: "visited" });
  keep({ keep: "pinned", pinned: ["https://example.com/a"] });
  await settle();
  equal(world.scripts.map(({ id, js, matches }) => [id, js, matches]), [
    ["keep", ["content/keep.js"], ["https://example.com/a", "https://example.com/a/"]],
  ], "pinned pages");
  keep({ keep: "off" });
  await settle();
  equal(world.scripts, [], "off");
  equal(world.warnings, [], "warnings");
});

const ready = said(
  { page_ready: { page: { url: URL_DOWN, title: "News", status: 200, media_type: "text/html", headers: { "cache-control": "public" } } } },
  { id: "abc", origin: new URL(URL_DOWN).origin, url: URL_DOWN, tab: { id: 7 }, frameId: 0 },
);

await test("a page that is well is taken only where the user chose so", async () => {
  const world = await worker();
  world.deliver(ready);
  equal(world.of("take"), [], "before the choice");
  world.deliver(said({ settings: { settings: { keep: "visited", quota_mb: 3 } } }));
  world.deliver(ready);
  await settle();
  const [[tab, url, meta]] = world.of("take");
  equal([tab, url], [7, URL_DOWN], "what is taken");
  const { title, quota, pinned } = JSON.parse(meta);
  equal([title, quota, pinned], ["News", 3_000_000, false], "what is kept beside it");
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1); // timers of workers are still armed
