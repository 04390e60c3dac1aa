// The body of an async function in a page of ours: opens the board in a frame, and sees when its sites are drawn.
const [url, names] = args;
const [first, last] = [names[0], names.at(-1)];
document.querySelector("iframe")?.remove();
const frame = document.createElement("iframe");
Object.assign(frame.style, { position: "fixed", inset: "0", width: "100%", height: "100%", border: "0" });
frame.src = url;
document.body.append(frame);
const next = () => new Promise(requestAnimationFrame);
const end = performance.now() + 60_000;
while (frame.contentDocument?.URL !== url || !frame.contentDocument.body) {
  if (performance.now() > end) throw new Error("the board does not load");
  await next();
}
const page = frame.contentWindow;
const now = () => page.performance.now();
/** After the frame that shows what was changed just now. */
const painted = () =>
  new Promise((done) =>
    page.requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(null);
    }),
  );

const drawn = {};
const wanted = new Map(names.length > 0 ? [["first", first], ["last", last]] : []);
let changed = now();
async function look(nodes) {
  changed = now();
  const found = [...wanted].filter(([, site]) => nodes.some((node) => node.textContent.includes(site)));
  for (const [place] of found) wanted.delete(place);
  if (found.length === 0) return;
  await painted();
  for (const [place] of found) drawn[place] = now();
}
const observer = new page.MutationObserver((records) => look(records.flatMap(({ addedNodes }) => [...addedNodes])));
observer.observe(page.document, { childList: true, subtree: true });
await look([page.document.body]);

/** Nothing changes any more. What never comes is out of sight. */
const CALM = 1500;
while (now() - changed < CALM || wanted.has("first")) {
  if (performance.now() > end) throw new Error(`the board draws no sites: ${page.document.body.innerText.slice(0, 200)}`);
  await new Promise((done) => setTimeout(done, 50));
}
observer.disconnect();
const text = page.document.body.textContent;
return {
  paint: page.performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
  first: drawn.first ?? 0,
  last: drawn.last ?? null,
  sites: names.filter((site) => text.includes(site)).length,
  elements: page.document.getElementsByTagName("*").length,
};
