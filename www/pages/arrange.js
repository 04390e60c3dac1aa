// Lists that change under the user's eyes: what stays is not touched, so that it keeps the focus and its place.

/**
 * Makes these the only children of an element, in this order.
 * @param {Element} parent
 * @param {Element[]} children
 */
export function arrange(parent, children) {
  const focused = document.activeElement;
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const child of children) {
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
  // What was moved has lost it.
  if (focused !== document.activeElement && focused instanceof HTMLElement && parent.contains(focused)) focused.focus();
}

/**
 * Changes an element's text only when it is another: a live region is read out at every touch.
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
