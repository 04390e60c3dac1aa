// Draws a view of the core (crates/core/src/view.rs) as it is. Decides nothing: what to say, in which order and
// how sure all stands in the view.
import { icon } from "./icons.js";
import { say as tell } from "./port.js";
import { drawWatch } from "./watch.js";
import { make, words } from "./words.js";

const MARKS = { expected: "mark_expected", unexpected: "mark_unexpected", unexplained: "mark_unexplained" };

/**
 * Draws the view into `root`; a click is told to the worker, then to `clicked`.
 * @param {DrawnRoot} root
 * @param {Detour.TabView} view
 * @param {number} tab
 * @param {(what: keyof Detour.Deeds) => void} [clicked]
 */
export function draw(root, view, tab, clicked) {
  /** @type {Say} */
  const say = (what, details) => {
    tell(what, /** @type {Detour.Details<typeof what>} */ (/** @type {unknown} */ ({ ...details, tab })));
    clicked?.(what);
  };
  const parts = partsOf(root);
  root.dataset.mood = view.mood;
  parts.icon.src = icon(view.mood, 128);
  write(parts.headline, words(view.headline));
  write(parts.verdict, view.verdict ? words(view.verdict) : "");
  write(parts.certainty, view.certainty ? words(view.certainty) : "");
  parts.certainty.hidden = !view.certainty;
  replace(parts.copies, drawCopies(view.copies, say));
  replace(parts.actions, drawActions(view, say));
  drawWatch(parts.watch, view);
  replace(parts.closer, drawCloser(view.closer, say));
  replace(parts.notes, view.notes.map((text) => make("li", { text })));
  parts.notes.hidden = view.notes.length === 0;
  replace(parts.reasons, view.reasons.map((text) => make("li", { text })));
  drawEvidence(parts.table, view.evidence);
  parts.details.hidden = view.evidence.length === 0;
}

/**
 * The skeleton, made once, so that screen readers hear changes and focus stays where it is.
 * @param {DrawnRoot} root
 */
function partsOf(root) {
  root.parts ??= makeParts(root);
  return root.parts;
}

/** @param {DrawnRoot} root */
function makeParts(root) {
  const parts = {
    icon: make("img", { className: "mood", alt: "" }),
    headline: make("h1"),
    verdict: make("span"),
    certainty: make("span", { className: "certainty" }),
    copies: make("div", { className: "copies" }),
    actions: make("div", { className: "actions" }),
    watch: make("div", { className: "watch" }),
    notes: make("ul", { className: "notes soft small" }),
    closer: make("div", { className: "closer" }),
    reasons: make("ul", { className: "reasons small" }),
    table: drawTable(),
    details: make("details"),
  };
  // Wider than a narrow page: reachable by keyboard, so that it can be scrolled without a mouse.
  const scroll = make("div", { className: "scroll", tabIndex: 0, role: "region", children: [parts.table] });
  scroll.setAttribute("aria-label", words({ key: "evidence_caption" }));
  parts.details.append(make("summary", { text: { key: "details_summary" } }), parts.reasons, scroll);
  const verdict = make("p", { className: "verdict", children: [parts.verdict, " ", parts.certainty] });
  const said = make("div", { children: [parts.headline, verdict] });
  said.setAttribute("aria-live", "polite");
  parts.copies.setAttribute("aria-live", "polite");
  parts.closer.setAttribute("aria-live", "polite");
  parts.reasons.setAttribute("aria-label", words({ key: "reasons_title" }));
  root.replaceChildren(
    make("div", { className: "what", children: [parts.icon, said] }),
    parts.copies,
    parts.actions,
    parts.watch,
    parts.closer,
    parts.notes,
    parts.details,
  );
  return parts;
}

/**
 * Changes an element's text only when it changed: a live region is read out at every touch.
 * @param {HTMLElement} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
}

/**
 * Changes an element's children; one that is as before stays the very same element, under the pointer and in focus.
 * @param {HTMLElement} element
 * @param {HTMLElement[]} children
 */
function replace(element, children) {
  /** @type {Map<string, Element>} */
  const before = new Map([...element.children].map((child) => [child.outerHTML, child]));
  /** @type {Element[]} */
  const after = children.map((child) => before.get(child.outerHTML) ?? child);
  for (const child of before.values()) if (!after.includes(child)) child.remove();
  after.forEach((child, index) => {
    if (element.children[index] !== child) element.insertBefore(child, element.children[index] ?? null);
  });
  element.hidden = after.length === 0;
}

/**
 * @param {Detour.CopiesView} copies
 * @param {Say} say
 */
function drawCopies(copies, say) {
  switch (copies.state) {
    case "not_asked":
      return [...drawOffers(copies.offers, say), ...drawFind(copies, say)];
    case "not_askable":
      return [...drawOffers(copies.offers, say), make("p", { className: "soft small", text: copies.why })];
    case "asking":
      return [
        ...drawOffers(copies.offers, say),
        make("p", { className: "soft", text: { key: "copies_asking" } }),
        ...drawSaid(copies.said),
      ];
    case "found":
      return [...drawOffers(copies.offers, say), ...drawSaid(copies.said)];
    case "none":
      return drawNone(copies.said);
    default:
      return [];
  }
}

/**
 * The button that asks archives, with what they would see. Where there is a copy already it is not the main one.
 * @param {Extract<Detour.CopiesView, { state: "not_asked" }>} copies
 * @param {Say} say
 */
function drawFind({ offers, shares }, say) {
  const has = offers.length > 0;
  return [
    ...(has ? [make("p", { className: "soft", text: { key: "copies_ask_others" } })] : []),
    button("action_find_copies", has ? "" : "main", () => say("find_copies", {})),
    make("p", {
      className: "soft small",
      children: [words({ key: "copies_shares" }), " ", make("span", { className: "address", textContent: shares })],
    }),
  ];
}

/**
 * @param {Detour.OfferView[]} offers
 * @param {Say} say
 */
function drawOffers(offers, say) {
  const [best, ...more] = offers;
  if (!best) return [];
  const open = (/** @type {Detour.OfferView} */ { url }) => say("open_copy", { url });
  if (!best.opens) return [make("ul", { className: "offers", children: offers.map((offer) => drawOffer(offer, open)) })];
  const main = make("button", {
    type: "button",
    className: "main",
    value: best.url, // what tells one offer's button from another's
    onclick: () => open(best),
    children: [make("b", { text: { key: "action_open_copy" } }), make("span", { text: whose(best) })],
  });
  const list = more.map((offer) => drawOffer(offer, open));
  return [
    main,
    make("p", { className: "soft small", textContent: told(best) }),
    ...(list.length === 0
      ? []
      : [make("h2", { text: { key: "copies_more" } }), make("ul", { className: "offers", children: list })]),
  ];
}

/**
 * A further copy, with what it lacks and reveals under it; one that this browser cannot open is an address to copy.
 * @param {Detour.OfferView} offer
 * @param {(offer: Detour.OfferView) => void} open
 */
function drawOffer(offer, open) {
  const label = offer.opens
    ? make("button", { type: "button", value: offer.url, text: whose(offer), onclick: () => open(offer) })
    : make("span", {
        children: [words(offer.source), ": ", make("span", { className: "address", textContent: offer.url })],
      });
  return make("li", { children: [label, make("p", { className: "soft small", textContent: told(offer) })] });
}

/** @param {Detour.OfferView} offer */
function whose({ source, age }) {
  return { key: "copies_best", args: [words(source), words(age)] };
}

/** @param {Detour.OfferView} offer */
function told({ lacks, reveals }) {
  return [...lacks.map((text) => `${words(text)}.`), words(reveals)].join(" ");
}

/** @param {Detour.Text[]} said */
function drawSaid(said) {
  if (said.length === 0) return [];
  return [make("ul", { className: "notes soft small", children: said.map((text) => make("li", { text })) })];
}

/** @param {Detour.Text[]} said */
function drawNone(said) {
  const key = said.length > 0 ? "copies_none" : "copies_nobody";
  return [make("p", { text: { key } }), ...drawSaid(said)];
}

/**
 * @param {Detour.TabView} view
 * @param {Say} say
 */
function drawActions(view, say) {
  return view.can_try_again ? [button("action_try_again", "", () => say("try_again", {}))] : [];
}

/**
 * Asking others is offered with what they would learn; one click, and never without.
 * @param {Detour.CloserView} closer
 * @param {Say} say
 */
function drawCloser(closer, say) {
  if (closer === "looking") return [make("p", { className: "soft", text: { key: "closer_looking" } })];
  if (typeof closer === "string") return [];
  return [
    button("action_look_closer", "", () => say("look_closer", {})),
    make("p", {
      className: "soft small",
      children: [words({ key: "closer_shares" }), " ", make("span", { className: "address", textContent: closer.offered })],
    }),
  ];
}

/**
 * @param {string} key
 * @param {string} className
 * @param {() => void} onclick
 */
function button(key, className, onclick) {
  return make("button", { type: "button", className, text: { key }, onclick });
}

function drawTable() {
  const columns = ["evidence_what", "evidence_result", "evidence_mark", "evidence_time"];
  const heads = columns.map((key) => make("th", { scope: "col", text: { key } }));
  return make("table", {
    children: [
      make("caption", { text: { key: "evidence_caption" } }),
      make("thead", { children: [make("tr", { children: heads })] }),
    ],
  });
}

/**
 * The observations, those of one vantage together, each vantage under its name.
 * @param {HTMLTableElement} table
 * @param {Detour.EvidenceRow[]} evidence
 */
function drawEvidence(table, evidence) {
  const groups = Map.groupBy(evidence, (row) => words(row.vantage));
  const bodies = [...groups].map(([vantage, rows]) => {
    const head = make("th", { scope: "rowgroup", colSpan: 4, textContent: vantage });
    return make("tbody", { children: [make("tr", { children: [head] }), ...rows.flatMap(drawRow)] });
  });
  for (const old of [...table.tBodies]) old.remove();
  table.append(...bodies);
}

/**
 * One observation: its row, and a second one for what experts want to know.
 * @param {Detour.EvidenceRow} row
 */
function drawRow(row) {
  const mark = make("span", { className: "mark", text: { key: MARKS[row.mark] } });
  mark.dataset.mark = row.mark;
  const time = row.duration_ms === null ? "" : words({ key: "duration_ms", args: [String(row.duration_ms)] });
  const line = make("tr", {
    children: [
      make("th", { scope: "row", text: row.what }),
      make("td", { text: row.result }),
      make("td", { children: [mark] }),
      make("td", { className: "time", textContent: time }),
    ],
  });
  if (row.detail === "") return [line];
  const detail = make("td", { className: "detail", colSpan: 4, textContent: row.detail });
  return [line, make("tr", { children: [detail] })];
}

/** @typedef {<What extends keyof Detour.Deeds>(what: What, details: Detour.Deeds[What]) => void} Say takes a click */

/**
 * The element that a tab is drawn into, with what stands in it.
 * @typedef {HTMLElement & { parts?: ReturnType<typeof makeParts> }} DrawnRoot
 */
