// Keeps a page of ours from being pressed before anybody can have read it. Some other page may be what brought it up, at
// the moment and under the spot where it has the user click a second time.

/** Milliseconds for a double click to be over, and for a new page to be noticed. */
const MOMENT = 500;

/**
 * Lets nothing in this element be pressed until it has been on screen for a moment in which nobody clicked. What it gives
 * begins such a moment anew: for when what can be pressed is there at last.
 * @param {HTMLElement} element
 */
export function settle(element) {
  /** @type {number | undefined} */
  let timer;
  /** @type {number | undefined} */
  let resting;
  function wait() {
    element.inert = true;
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(() => (element.inert = false), MOMENT);
  }
  // A window in front that goes away takes the pointer's second click with it, not the keyboard's place.
  function rest() {
    element.style.pointerEvents = "none";
    clearTimeout(resting);
    resting = setTimeout(() => (element.style.pointerEvents = ""), MOMENT);
  }
  function clicked() {
    if (element.inert) wait();
    if (element.style.pointerEvents) rest();
  }
  addEventListener("pointerdown", clicked, true);
  addEventListener("focus", ({ target }) => target === window && rest());
  document.addEventListener("visibilitychange", wait);
  wait();
  return wait;
}
