// Written by a test from the Rust types: testing/typescript.

declare namespace Keeper {
  /** A question: `{ "<name>": { … } }`. */
  type Ask =
    /** Everything in the inbox becomes copies, one after the other. */
    | { work: Record<string, never> }
    /** What is there. */
    | { list: Record<string, never> }
    /** Copies in which all words are found. */
    | { search: { text: string } }
    /** A copy, to be shown. */
    | { open: { id: string } }
    /** Whether there is a copy of this page. */
    | { find: { url: string } }
    | { pin: { id: string; pinned: boolean } }
    | { delete: { ids: string[] } }
    | { delete_site: { site: string } }
    | { delete_all: Record<string, never> }
    /** A copy as one file; `note` says in the user's language where it comes from. */
    | { export_page: { id: string; note: string } }
    /** All copies as one WARC file. */
    | { export_all: Record<string, never> }
    /** Copies from a WARC file, which comes beside the JSON. */
    | { import_warc: { blob: unknown; quota: number } }
    /** How much room copies may take, in bytes. */
    | { set_quota: { bytes: number } }
    /** Reads everything and holds it against what was kept. */
    | { check: Record<string, never> };
  interface Damaged {
    id: string;
    /** One word: `entry`, `newer`, `document`, `parts`, `text`. */
    kind: string;
    url: string;
    /** The same as a sentence. */
    what: string;
  }
  interface Found {
    excerpt: string;
    id: string;
    /** It came from a file. */
    imported: boolean;
    /** Where a search found it: `title`, `address` or `text`. */
    in: string;
  }
  interface Hits {
    hits: Found[];
  }
  interface Listed {
    damaged: Damaged[];
    disk_full: boolean;
    pages: Listing[];
    usage: Usage;
  }
  interface Listing {
    at: number;
    bytes: number;
    id: string;
    imported: boolean;
    lost: number;
    opened_at: number | null;
    parts: number;
    pinned: boolean;
    site: string;
    title: string;
    url: string;
  }
  /** The copy of a page that was asked for by its address. */
  interface Nearest {
    at: number;
    id: string;
    /** It came from a file. */
    imported: boolean;
  }
  /** All of a copy but its document, which goes beside the JSON. */
  interface Opened {
    at: number;
    /** It came from a file. */
    imported: boolean;
    lost: number;
    /** Parts that were kept and cannot be shown any more; they count as lost as well. */
    missing: number;
    parts: number;
    pinned: boolean;
    title: string;
    url: string;
  }
  interface Refused {
    /** One word, as [`crate::failure::Failure::kind`] has them. */
    kind: string;
    url: string;
    /** The same as a sentence. */
    why: string;
  }
  interface Taken {
    id: string;
    url: string;
  }
  interface Usage {
    bytes: number;
    pages: number;
    quota: number;
  }
  /** What came of captures or of an archive file. */
  interface Worked {
    /** The disk was found full just now, and was not at the time before. */
    disk_full: boolean;
    kept: Taken[];
    refused: Refused[];
  }
}
