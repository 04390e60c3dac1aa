// What the scripts here say to each other, where no Rust type stands behind it.

declare namespace Detour {
  /** The keys of a union's variants. */
  type Keys<Union> = Union extends unknown ? keyof Union : never;

  /** A union, each variant of which may be asked for the fields of the others. */
  type Any<Union, All extends PropertyKey = Keys<Union>> = Union extends unknown
    ? Union & { [Field in Exclude<All, keyof Union>]?: undefined }
    : never;

  /** What a message of this name carries. */
  type Details<Name extends Keys<Message>> = Extract<Message, Record<Name, unknown>>[Name];

  /** A `Text`; one without arguments may leave them out. */
  type Words = Pick<Text, "key"> & Partial<Text>;

  /** Settings that are on or off. */
  type Switch = { [Name in keyof Settings]: Settings[Name] extends boolean ? Name : never }[keyof Settings];

  /** What a click in a drawn tab says beside the tab. */
  type Deeds = { [What in "find_copies" | "look_closer" | "open_copy" | "try_again"]: Omit<Details<What>, "tab"> };

  /** How often which word is there, and whether all of the text was looked at. */
  type WordCounts = Map<string, number> & { isWhole?: boolean };

  /** What `keep.js` leaves in a page for `compare.js`, `capture.js` and `take.js`. */
  interface ToldPage {
    page: ReadyPage & { url: string };
    seen: WordCounts;
    isAnswered: boolean;
    isComparing?: boolean;
    look(): Promise<ToldPage>;
    isStill(): Promise<boolean>;
    beyond(here: WordCounts, there: WordCounts): { foreign: string[]; words: string[] };
    beside(some: Set<string>): Promise<string[]>;
    picturesBeyond(texts: string[], mayAsk?: boolean): Promise<{ all: number; strange: number }>;
    /** The site's answer, as text. */
    text?: string;
    wordsOf(roots: ParentNode[]): Promise<WordCounts>;
    wordsIn(text: string): Iterable<string>;
    tell(told: Pick<ToldPage, "page">): void;
  }

  /** What the wasm calls of the worker's scripts: extension/src/browser.rs. */
  interface Shelf {
    take(tab: number, url: string, meta: string): Promise<void>;
    attended(url: string): Promise<void>;
    lookUp(page: string, site: string): Promise<[record: string, checksum: string][]>;
    loadAgain(tab: number): Promise<void>;
    showDetails(tab: number): Promise<void>;
  }
}

declare namespace Keeper {
  /** What comes back for a question of this name; what is not named gives nothing. */
  interface Answers {
    work: Worked;
    list: Listed;
    check: Listed;
    import_warc: Worked;
    search: Hits;
    find: Nearest | null;
    open: Opened & { html: string };
    export_page: { name: string; html: string };
    export_all: { blob: Blob };
  }

  type Name = Detour.Keys<Ask>;
  type Question<Of extends Name> = Extract<Ask, Record<Of, unknown>>[Of];
  type Answer<Of extends Name> = Of extends keyof Answers ? Answers[Of] : null;

  /** Why a question has no answer: crates/keeper/src/failure.rs. */
  interface Refusal {
    kind: string;
    detail?: string;
  }

  /** How far it is. */
  type Progress = (done: number, total: number) => void;

  /** A page as the browser handed it out: whole (Chromium), or its document and parts (Firefox). */
  type Capture = { mhtml: Blob } | { html: string; parts: Part[]; lost: number };

  interface Part {
    url: string;
    type: string;
    blob: Blob;
  }
}

/** `keep.js` has run here: it names the document that spoke. */
declare var detourToldAs: string | undefined;
declare var detourTold: Detour.ToldPage | undefined;
declare var detourSlices: () => () => Promise<void> | undefined;

declare module "*/wasm/detour.js" {
  export default function init(from: { module_or_path: string | URL }): Promise<unknown>;
  export function start(listen: (on: boolean) => void, shelf: Detour.Shelf): Promise<void>;
  export function deliver(json: string): void;
  export function connected(port: Browser.Port, sender: string): void;
}

declare module "*/wasm/keeper.js" {
  export default function init(from: { module_or_path: string | URL }): Promise<unknown>;
  export function ask(json: string, blob: Blob | undefined, progress: Keeper.Progress): Promise<unknown>;
}
