// The body of an async function in the control tab: visits pages, a few at a time, and keeps them as the worker does.
const { urls, quota } = args[0];
const { putInInbox } = await import(api.runtime.getURL("shelf/shelf.js"));
const { ask } = await import(api.runtime.getURL("shelf/keeper.js"));
const waiting = [...urls];

async function visit(tab, url) {
  await api.tabs.update(tab, { url });
  for (const end = Date.now() + 30_000; ; await new Promise((done) => setTimeout(done, 20))) {
    const { status, url: shown } = await api.tabs.get(tab);
    if (status === "complete" && shown === url) break;
    if (Date.now() > end) throw new Error(`${url} does not load; the tab shows ${shown} (${status})`);
  }
  const capture = api.pageCapture
    ? { mhtml: await api.pageCapture.saveAsMHTML({ tabId: tab }) }
    : (await api.scripting.executeScript({ target: { tabId: tab }, files: ["content/keep.js", "content/capture.js"] }))[0].result;
  const { title } = await api.tabs.get(tab);
  const known = { canonical: null, alternates: [], feeds: [], onion: null };
  const meta = JSON.stringify({ url, title, at: Date.now(), pinned: false, quota, known });
  await putInInbox({ meta, ...capture });
}

async function visitor() {
  const { id } = await api.tabs.create({ url: "about:blank", active: false });
  for (let url = waiting.shift(); url; url = waiting.shift()) await visit(id, url);
  await api.tabs.remove(id);
}

await Promise.all([visitor(), visitor(), visitor()]);
const begun = performance.now();
const { kept, refused } = await ask("work");
if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused[0])}`);
return { kept: kept.length, took: performance.now() - begun };
