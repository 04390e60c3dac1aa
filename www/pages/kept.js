// What the pages about copies share.
import { ask } from "../shelf/keeper.js";
import { exact } from "./figures.js";
import { make, words } from "./words.js";

/**
 * The viewer's address for a copy; `url` is the page's, with the fragment that was asked for.
 * @param {string} id
 * @param {string} url
 */
export function viewer(id, url) {
  return `copy.html#${new URLSearchParams({ id, url })}`;
}

/**
 * Saves a copy as one HTML file that says where it comes from.
 * @param {Pick<Keeper.Listing, "id" | "url" | "at" | "imported">} copy
 */
export async function saveCopy({ id, url, at, imported }) {
  const note = words({ key: imported ? "copy_note_imported" : "copy_note", args: [url, exact(at)] });
  const { html, name } = await ask("export_page", { id, note });
  download(new Blob([html], { type: "text/html;charset=utf-8" }), name);
}

/**
 * Hands a file to the user, as a download.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  // The download reads the address a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * The words for what the keeper could not do.
 * @param {Keeper.Refusal & Error} error
 */
export function wordsForError(error) {
  const known = ["damaged", "gone", "full", "too_big", "unreadable", "busy", "broken"].includes(error?.kind);
  return words({ key: `shelf_error_${known ? error.kind : "unknown"}`, args: [error?.detail || String(error)] });
}
