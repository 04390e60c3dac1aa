// The frame that a copy stands in, and what is heard from it.
//
// `allow-same-origin` is there because without it this page could not hear clicks on the copy's links. It would
// give a script in the copy the extension's own rights, so there is none, four times over: the copy was cleaned
// when it was taken, the sandbox lacks `allow-scripts`, the extension's policy (inherited by srcdoc) allows no
// inline script, and the copy's own policy forbids all. Nor can the frame go anywhere: `frame-src` of the
// extension's policy is its own origin, so that a link that slipped past the listeners would meet a closed door.
//
// The frame fills the window and scrolls by itself, instead of growing to its content: what the page made fixed,
// sticky or as high as the window is then as it was, and the frame has the focus, so that Space, Page Down, find in
// page and zoom do what they do on any page. This page has nothing to scroll, so nothing is trapped. For print it
// grows, since paper shows what a window would scroll.
//
// No link of the copy keeps its own address: crates/shelf/src/links.rs had each lead to this viewer before the document came
// here. Browsers connect to a link's site when the pointer comes near it (Chromium) or the button goes down on it (Gecko),
// and none of that asks listeners. So a link that no listener hears of leads nowhere else either, whatever shadow root or
// drawing it is in; that also holds for "open in a new tab" and what else the browser offers for links.
import { relative } from "./figures.js";
import { pageKey } from "./settings.js";
import { words } from "./words.js";

/** @type {HTMLIFrameElement | undefined} */
let frame;
let base = ""; // the copy's own address: links are relative to it, not to the extension
/** @type {Hears} */
let heard;
/** @type {number | undefined} */
let pause;

/**
 * Shows a copy; `hear` takes what the reader does in it.
 * @param {HTMLElement} stage
 * @param {Keeper.Answers["open"]} copy
 * @param {Hears} hear
 */
export function mount(stage, copy, hear) {
  base = copy.url;
  heard = hear;
  // A fresh frame for each copy: a second document in the same one would be an entry in the history.
  const fresh = document.createElement("iframe");
  fresh.id = "frame";
  fresh.setAttribute("sandbox", "allow-same-origin");
  fresh.referrerPolicy = "no-referrer";
  fresh.title = words({ key: "copy_frame", args: [copy.title || copy.url, relative(copy.at)] });
  fresh.srcdoc = copy.html;
  frame = fresh;
  let isHooked = false;
  const hook = () => {
    const inside = fresh.contentDocument;
    if (frame !== fresh || inside?.URL !== "about:srcdoc") return false;
    if (isHooked) return true;
    isHooked = true;
    listen(inside);
    fresh.dataset.heard = "";
    return true;
  };
  fresh.addEventListener("load", () => {
    if (!hook()) return;
    tellLanguage(fresh);
    hear.settled();
    // Nobody has gone elsewhere in the meantime: the keys belong to the copy.
    if (document.activeElement === null || document.activeElement === document.body) fresh.focus();
  });
  stage.replaceChildren(fresh);
  // A long copy can be read and clicked before it has loaded.
  const look = setInterval(() => {
    if (frame !== fresh || hook()) clearInterval(look);
  }, 20);
}

/**
 * The reader leaves this place: `take` gets where it was.
 * @param {(position: { x: number, y: number }) => void} take
 */
export function leave(take) {
  clearTimeout(pause);
  const view = frame?.contentWindow;
  if (frame?.isConnected && view?.document.URL === "about:srcdoc") take({ x: view.scrollX, y: view.scrollY });
}

/**
 * Goes to where the reader was, else to the fragment of this address.
 * @param {{ x: number, y: number } | null} position
 * @param {string} url
 */
export function place(position, url) {
  const inside = frame?.contentDocument;
  const view = frame?.contentWindow;
  if (!inside || !view || inside.URL !== "about:srcdoc") return;
  if (position) return view.scrollTo({ left: position.x, top: position.y, behavior: "instant" });
  const fragment = URL.canParse(url) ? new URL(url).hash.slice(1) : "";
  const target = named(inside, fragment);
  if (!target) return view.scrollTo({ top: 0, behavior: "instant" });
  target.scrollIntoView();
  // Reading and tabbing go on from there, as after any link to a place.
  if (target.tabIndex < 0) target.setAttribute("tabindex", "-1");
  return target.focus({ preventScroll: true });
}

/**
 * @param {Document} inside
 * @param {string} fragment
 */
function named(inside, fragment) {
  if (fragment === "") return null;
  const plain = decoded(fragment);
  return inside.getElementById(fragment) ?? inside.getElementById(plain) ?? inside.getElementsByName(plain)[0] ?? null;
}

/** @param {string} fragment */
function decoded(fragment) {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** @param {HTMLIFrameElement} frame */
function tellLanguage(frame) {
  const root = frame.contentDocument?.documentElement;
  if (!root || !frame.contentWindow) return;
  if (root.lang) frame.lang = root.lang;
  frame.dir = frame.contentWindow.getComputedStyle(root).direction;
}

/** @param {Document} inside */
function listen(inside) {
  // Before anything in the copy could hear them.
  inside.addEventListener("mousedown", pressed, true);
  for (const kind of /** @type {const} */ (["click", "auxclick"])) inside.addEventListener(kind, clicked, true);
  inside.addEventListener("submit", submitted, true);
  inside.addEventListener("keydown", (event) => {
    if (event.key === "Escape") heard.dismiss();
  });
  for (const kind of /** @type {const} */ (["dragover", "drop"])) inside.addEventListener(kind, (event) => event.preventDefault());
  inside.addEventListener("scroll", () => {
    clearTimeout(pause);
    pause = setTimeout(() => leave(heard.moved), SCROLL_PAUSE);
  });
}

/** @param {MouseEvent} event */
function pressed(event) {
  const link = linkOf(event);
  if (!link || event.button > 1) return;
  event.preventDefault();
  link.focus({ preventScroll: true });
}

/**
 * The link that was pressed, in whatever shadow root it is.
 * @param {MouseEvent} event
 * @returns {(HTMLElement | SVGElement) | undefined}
 */
function linkOf(event) {
  const path = /** @type {(HTMLElement | SVGElement)[]} */ (event.composedPath());
  return path.find(({ localName }) => localName === "a" || localName === "area");
}

/** @param {MouseEvent} event */
function clicked(event) {
  heard.dismiss();
  // The third button opens the browser's menu, which is the reader's own business.
  if (event.button > 1) return;
  const link = linkOf(event);
  if (!link) {
    // What `<use>` draws may be a link, and is in nobody's path.
    if (/** @type {Element | undefined} */ (event.composedPath()[0])?.namespaceURI === SVG) event.preventDefault();
    return;
  }
  event.preventDefault();
  const address = addressOf(link);
  if (address === null) return;
  if (!URL.canParse(address, base)) return heard.say({ key: "copy_dead_link" });
  const url = new URL(address, base);
  if (!FOLLOWED.includes(url.protocol)) return heard.say({ key: "copy_dead_link" });
  const isAside = event.ctrlKey || event.metaKey || event.button === 1;
  if (!isAside && pageKey(url.href) === pageKey(base)) return heard.jump(url.href);
  // A question takes the focus out of the copy; whoever stays goes on from the link.
  return heard.follow(url.href, isAside).then(() => link.focus({ preventScroll: true }));
}

/**
 * A link's address as the page had it, `null` where it has none.
 * @param {Element} link
 */
function addressOf(link) {
  const address = link.getAttribute("href");
  return address?.startsWith(VIEWER) ? new URLSearchParams(address.slice(VIEWER.length)).get("url") : address;
}

/** @param {SubmitEvent} event */
function submitted(event) {
  event.preventDefault();
  heard.say({ key: "copy_no_forms" });
}

addEventListener("beforeprint", () => {
  const root = frame?.contentDocument?.documentElement;
  if (frame && root) frame.style.blockSize = `${root.scrollHeight}px`;
});

addEventListener("afterprint", () => {
  if (frame) frame.style.blockSize = "";
});

const WEB = ["http:", "https:"];
const FOLLOWED = [...WEB, "mailto:", "tel:"];
const SVG = "http://www.w3.org/2000/svg";
/** What links lead to: crates/shelf/src/links.rs. */
const VIEWER = "copy.html#";
/** Browsers allow some 200 changes of the history in 30 s. */
const SCROLL_PAUSE = 200;

/**
 * What the viewer does with what is heard from the frame.
 * @typedef {object} Hears
 * @property {(url: string, isAside: boolean) => Promise<unknown>} follow
 * @property {(url: string) => void} jump
 * @property {(text: Detour.Words) => void} say
 * @property {() => void} dismiss
 * @property {(position: { x: number, y: number }) => void} moved
 * @property {() => void} settled
 */
