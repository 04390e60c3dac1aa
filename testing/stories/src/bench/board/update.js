// The body of an async function in the page around the board: has one site muted, and sees what that costs the board.
const [site, on, beats] = args;
const page = document.querySelector("iframe").contentWindow;
const now = () => performance.now();
const painted = () =>
  new Promise((done) =>
    page.requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(null);
    }),
  );

/** A heart that beats whenever the thread is free; a beat that comes late was waiting for somebody. */
const NOTICEABLE = 1;
let blocked = 0;
let isBeating = beats;
const heart = new MessageChannel();
let beat = now();
heart.port1.onmessage = () => {
  const late = now() - beat;
  if (late > NOTICEABLE) blocked += late;
  beat = now();
  if (isBeating) heart.port2.postMessage(null);
};
if (beats) heart.port2.postMessage(null);

const changed = new Promise((done, fail) => {
  setTimeout(() => fail(new Error("nothing changes on the board")), 20_000);
  const observer = new page.MutationObserver(() => {
    observer.disconnect();
    done();
  });
  observer.observe(page.document, { childList: true, subtree: true, attributes: true, characterData: true });
});
await new Promise((done) => setTimeout(done, 200));
blocked = 0;
const begun = now();
(globalThis.browser ?? globalThis.chrome).runtime.sendMessage({ mute: { site, on } }).catch(() => {});
await changed;
await painted();
const after = now() - begun;
const told = { after, blocked };
isBeating = false;
await new Promise((done) => setTimeout(done, 300));
return told;
