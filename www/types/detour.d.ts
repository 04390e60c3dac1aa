// Written by a test from the Rust types: testing/typescript.

declare namespace Detour {
  /** What a request without cookies got, against what is on screen. */
  interface Anonymous {
    /** The words up to two before and after one of [`Self::extra`] on screen. */
    beside?: string[];
    /** How many different words are on screen, and neither in it nor in the files of its scripts. */
    extra?: number;
    /** How many pictures are on screen, and named neither in it nor in the files of its scripts. */
    extra_pictures?: number;
    /** The words that are oftener on screen, each once and in lower case; not all of them where they are many. */
    only_here?: string[];
    /** The words in it that are not on screen; not all of them where they are many. */
    only_there?: string[];
    /** How many words it has. */
    shared?: number;
    /** Its status code; 302 for any redirect, 0 where nothing came that can be compared. */
    status?: number;
  }
  /** A piece of a site's timeline. */
  interface Band {
    /** From when. */
    from_ms: number;
    /** How it fared. */
    kind: BandKind;
    /** Until when; later than `from_ms`. */
    to_ms: number;
  }
  /** How a site fared for a while. */
  type BandKind =
    /** It answered, or nobody had seen it fail. */
    | "fine"
    /** It failed. */
    | "failing"
    /** It answered some of the time. */
    | "flickering"
    /** It answered from elsewhere than the CDN that failed. */
    | "moved"
    /** It answered again, not yet often enough. */
    | "recovering"
    /** Nobody looked. */
    | "unknown";
  /**
   * One tab, for the banner, which stands in somebody's page: how things are, and nothing of what is kept on this
   * computer or was asked of others. A browser whose process for that page was taken over gives away no more.
   */
  interface BannerView {
    /** What happened, in a sentence. */
    headline: Text;
    /** How things stand. */
    mood: Mood;
    /** Who is at fault, in a sentence. */
    verdict: Text | null;
  }
  /** The whole board. */
  interface BoardView {
    /** How far "check all now" is; `None` while nobody asked. */
    checking: CheckingView | null;
    /** The sites by what holds them together: CDNs that fail first, then single sites, then the user's own network. */
    groups: GroupView[];
    /** Incidents that are over, newest first. */
    history: PastView[];
    /** How things stand as a whole. */
    mood: Mood;
    /** When this was true. */
    now_ms: number;
    /** Until when nothing is said; `None` where there is no pause. */
    paused_until_ms: number | null;
    /** The outage in one sentence. */
    sentence: Text;
    /** Whether so many pages are watched that one has to end before another is taken on. */
    watches_full: boolean;
    /** The time that the bands cover. */
    window: Window;
  }
  /** How far "check all now" is. */
  interface CheckingView {
    /** Sites that have been looked at. */
    done: number;
    /** Sites altogether. */
    total: number;
  }
  /** Whether others may be asked about the site. */
  type CloserView =
    /** Nothing would come of it. */
    | "not_needed"
    /** A click would ask; this name is what they would learn. */
    | { offered: string }
    /** They are being asked. */
    | "looking"
    /** They were asked. */
    | "done";
  interface Committed {
    frameId: number;
    tabId: TabId;
    url: string;
  }
  /** The copies, as far as they are known. */
  type CopiesView =
    /** Nothing failed, nothing to copy. */
    | { state: "not_needed" }
    /** A click would ask; `shares` is the address that the archives would see. */
    | { offers: OfferView[]; shares: string; state: "not_asked" }
    /** Nobody may be asked for this address. */
    | { offers: OfferView[]; state: "not_askable"; why: Text }
    /** Archives are being asked; what came so far. */
    | { offers: OfferView[]; said: Text[]; state: "asking" }
    /** All were asked that were needed. */
    | { offers: OfferView[]; said: Text[]; state: "found" }
    /** All were asked, and none has it. */
    | { said: Text[]; state: "none" };
  /** One line of the evidence table. */
  interface EvidenceRow {
    /** The term of the field, an address, a header: for experts. */
    detail: string;
    /** How long it took; `None` where nobody measured. */
    duration_ms: number | null;
    /** How it compares with its control. */
    mark: Mark;
    /** What came of it. */
    result: Text;
    /** Where from. */
    vantage: Text;
    /** What was looked at, and which step. */
    what: Text;
  }
  interface Failed {
    documentLifecycle?: string | null;
    error?: string;
    frameId: number;
    /** `navigator.onLine`, as it was then. */
    online?: boolean;
    tabId: TabId;
    url: string;
  }
  /** What `www/content/read.js` finds. */
  interface Found {
    status: number;
    url: string;
  }
  /** Sites that belong together. */
  interface GroupView {
    /** The CDN's name, for those of a CDN. */
    cdn: string | null;
    /** What holds them together: `cdn`, `site` (nothing), `network`. */
    kind: Kind;
    /** How they fare, in a sentence. */
    sentence: Text;
    /** The sites, in the order in which they failed. */
    sites: SiteView[];
  }
  /** Which pages are kept. */
  type Keeping =
    /** The user has not been asked yet; nothing is kept. */
    | "unasked"
    /** None. */
    | "off"
    /** Pages that the user pins. */
    | "pinned"
    /** Pages that the user visits. */
    | "visited";
  /** What holds an incident together. */
  type Kind =
    /** A CDN that fails for several sites. */
    | "cdn"
    /** One site. */
    | "site"
    /** The user's own computer or network. */
    | "network";
  /** An observation held against its control. */
  type Mark =
    /** As the control. */
    | "expected"
    /** Against the control. */
    | "unexpected"
    /** There is no control to hold it against. */
    | "unexplained";
  /** What our content scripts and pages say. */
  type Message =
    /** `detect.js`: this page knows its own status. */
    | { page_status: { by_service_worker: boolean; html: string; status: number; title: string; url: string } }
    /** `detect.js`: parts of this page could not be loaded. */
    | { parts_failed: { parts: Part[]; url: string } }
    /** A button. */
    | { look_closer: { tab?: TabId | null } }
    /** A button. */
    | { try_again: { tab?: TabId | null } }
    /** A button. */
    | { find_copies: { tab?: TabId | null } }
    /** A button; `url` is the offer's. */
    | { open_copy: { tab?: TabId | null; url: string } }
    /** The banner's ×, or Escape. */
    | { banner_closed: Record<string, never> }
    /** The banner's button that leads to a page of ours. */
    | { show_details: Record<string, never> }
    /** `keep.js`: this page is well, and may be worth keeping. */
    | { page_ready: { page: ReadyPage } }
    /** A switch of ours. */
    | { keep_page: { kept: boolean; tab: TabId; url: string } }
    /** The options page; all settings. */
    | { settings: { settings: Settings } }
    /** A button: tell when this page is back, whatever becomes of its tab; or not any more. */
    | { watch: { on: boolean; url: string } }
    /** A button of the board. */
    | { check_all: Record<string, never> }
    /** A button of the board; the site as people write it. */
    | { mute: { on: boolean; site: string } }
    /** A button of the board; 0 ends it. */
    | { pause: { for_ms: number } }
    /** A button of the board; no number means all. */
    | { delete_history: { id?: number | null } }
    /** A button of the board; the file comes over its port. */
    | { export_history: { as_csv: boolean } };
  /** Milliseconds since the Unix epoch, as the shell's clock gave them. */
  type Millis = number;
  /** How things stand, for colour and shape. */
  type Mood =
    /** Nothing failed here. */
    | "fine"
    /** It failed; evidence is coming in. */
    | "checking"
    /** It fails. */
    | "failing"
    /** It fails for a part of the tries, or a part of it fails. */
    | "flickering"
    /** It answers again. */
    | "back";
  /** A page that is not kept. */
  interface NotKeptView {
    /** Which, by [`crate::keep::page_key`]: by now the tab may show another one. */
    page: string;
    /** Why. */
    why: Text;
  }
  /** One copy. */
  interface OfferView {
    /** How old. */
    age: Text;
    /** What it lacks: another page than the one that failed, parts, somebody who looked into it. */
    lacks: Text[];
    /** Whether this browser can open it. */
    opens: boolean;
    /** What opening it tells to whom. */
    reveals: Text;
    /** Whose it is. */
    source: Text;
    /** Its address, or for this computer's own `kept:` and its id; names it in `CopyClicked`. */
    url: string;
  }
  /** A part of a page that could not be loaded, as `detect.js` tells of it. */
  interface Part {
    status?: number;
    url: string;
  }
  /** A site of an incident that is over. */
  interface PastSite {
    /** How it fared from the incident's beginning to its end. */
    bands: Band[];
    /** How long it was down, in milliseconds; time in which nobody looked does not count. */
    down_ms: number;
    /** The site for people. */
    site: string;
  }
  /** An incident that is over. */
  interface PastView {
    /** When its first site failed. */
    began_ms: number;
    /** The CDN, for an incident of one. */
    cdn: string | null;
    /** When its last site was back; `None` where nobody looked until then. */
    ended_ms: number | null;
    /** What `HistoryDeleted` names. */
    id: number;
    /** The sites that it met. */
    sites: PastSite[];
    /** What it was. */
    title: Text;
    /** Who was at fault. */
    verdict: Text;
  }
  /**
   * What background.js delivers, each under its own name. No inner tag: serde would build each reader twice
   * for it, which the wasm's size shows.
   */
  type Raw =
    | "alarms.onAlarm"
    | { "webNavigation.onErrorOccurred": Failed }
    | { "webNavigation.onCommitted": Committed }
    | { "tabs.onRemoved": TabId }
    | { "notifications.onClicked": string }
    | { "runtime.onMessage": { message: Message; sender: Sender } };
  /** A page that is well, as its content script describes it. */
  interface ReadyPage {
    /** The publisher's other addresses of the page (`<link rel=alternate>`, mobile and AMP pages), absolute. */
    alternates?: string[];
    /** What a request without cookies got, if there was one. */
    anonymous?: Anonymous | null;
    /** Whether a hand touched the page: a key, a button, a wheel, a finger. */
    attended?: boolean;
    /** The words up to two before and after one of those on screen. */
    brought_beside?: string[];
    /** How many of them the site's answer does not name. */
    brought_pictures?: number;
    /** Those, each once and in lower case; not all of them where they are many. */
    brought_words?: string[];
    /** `<link rel=canonical>`, absolute. */
    canonical?: string | null;
    /** Feeds that the page names, absolute. */
    feeds?: string[];
    /** How many of them are not in the site's answer: scripts brought them. */
    foreign?: number;
    /** Whether it came from a form. */
    from_form?: boolean;
    /** Whether a password can be typed into it. */
    has_password?: boolean;
    /** Whether it has a link or form that ends a session. */
    has_sign_out?: boolean;
    /**
     * The headers of the stored answer, names in lower case; `None` where the browser stored none, as with
     * `Cache-Control: no-store`, or where what it stored is not what is on screen.
     */
    headers?: Record<string, string> | null;
    /** `document.contentType`. */
    media_type?: string;
    /** `<meta http-equiv=onion-location>`, if there is one. */
    onion?: string | null;
    /** How many pictures are on screen, icons aside. */
    pictures?: number;
    /** Its status code. */
    status?: number;
    /** Its title. */
    title?: string;
    /** Its address. */
    url?: string;
    /** How many words are on screen. */
    words?: number;
  }
  /** What the browser says of a message's sender. */
  interface Sender {
    /** Chromium only: `active`, `prerender`, `cached`, `pending_deletion`. */
    documentLifecycle?: string | null;
    /** 0 is the page itself. */
    frameId?: number | null;
    id?: string | null;
    /** `null` in words for a document that its site or its opener put into a sandbox; older Gecko says none. */
    origin?: string | null;
    /** The tab, unless it is the popup or a page that nobody sees. */
    tab?: SenderTab | null;
    /** The document's address. */
    url?: string;
  }
  interface SenderTab {
    /** Whether it is the one that its window shows. */
    active?: boolean;
    id: TabId;
  }
  /** What the user chose; kept apart from the rest, for good. */
  interface Settings {
    /** Ask archives for copies without a click. */
    automatic_look_up: boolean;
    /** Lay a banner over error pages that have a body. */
    banner: boolean;
    /** Which pages are kept on this computer while they are well. */
    keep: Keeping;
    /** Hosts of which nothing is kept, with everything below them. */
    keep_never: string[];
    /** Always look closer: public resolvers and remote probes learn the names of sites that fail. */
    look_closer: boolean;
    /** Looks at failing pages are rarer: the connection is metered, or the battery small. */
    look_seldom: boolean;
    /** Sites that nothing is said of, with everything below them, as people write them (`theguardian.com`). */
    muted: string[];
    /** Say when it is over. */
    notify_back: boolean;
    /** Say when an outage of a whole CDN begins. */
    notify_begin: boolean;
    /** Say when a CDN's sites come back, or leave it. */
    notify_recovery: boolean;
    /** Show the outage page in place of the browser's error page. */
    outage_page: boolean;
    /** Nothing is said before this moment. */
    pause_until: Millis | null;
    /** Pages that are kept whatever `keep` says short of `Off`, by [`crate::keep::page_key`]. */
    pinned: string[];
    /** Nothing is said from this minute of the local day… */
    quiet_from: number;
    /** …to this one; equal ones mean never. */
    quiet_to: number;
    /** How much room the copies may take, in megabytes (10^6 bytes). */
    quota_mb: number;
    /** A tab that still shows a failure reloads by itself once its page is back. */
    reload_when_back: boolean;
  }
  /** One site. */
  interface SiteView {
    /** How it fared, without gaps over the whole window. */
    bands: Band[];
    /** How sure; `None` while it is not known. */
    certainty: Text | null;
    /** Copies that can be read; `None` where none is known. */
    copies: Text | null;
    /** Its host. */
    host: string;
    /** When it was last looked at; `None` where nobody looks. */
    last_check_ms: number | null;
    /** How it stands, for colour and shape. */
    mood: Mood;
    /** Whether the user wants to hear nothing of it. */
    muted: boolean;
    /** Since when. */
    since_ms: number;
    /** The site for people, `theguardian.com`; what `MuteClicked` names. */
    site: string;
    /** How it stands, in words. */
    state: Text;
    /** The tabs that show it. */
    tabs: TabId[];
    /** The page that is watched, or else the one that failed; what `WatchClicked` names. */
    url: string;
    /** Who is at fault. */
    verdict: Text;
    /** Whether the user asked for it to be watched, whatever becomes of its tab. */
    watched: boolean;
  }
  /** A browser tab, by the browser's own number. */
  type TabId = number;
  /** One tab, for the popup and the outage page. */
  interface TabView {
    /** Whether "try again" makes sense. */
    can_try_again: boolean;
    /** How sure. */
    certainty: Text | null;
    /** Whether others may be asked. */
    closer: CloserView;
    /** Copies of the page. */
    copies: CopiesView;
    /** What was seen, step by step. */
    evidence: EvidenceRow[];
    /** What happened, in a sentence. */
    headline: Text;
    /** How things stand. */
    mood: Mood;
    /** Why what the tab shows is not kept on this computer, where the user chose that pages are. */
    not_kept: NotKeptView | null;
    /** What is missing, and what to do about it (no host, …). */
    notes: Text[];
    /** The facts that the verdict rests on, most telling first. */
    reasons: Text[];
    /** The same as the outage page has it in its own address. */
    recorded: string;
    /** The site for people, `theguardian.com`; empty when there is nothing to say. */
    site: string;
    /** The page that failed; empty when none did. */
    url: string;
    /** Who is at fault, in a sentence. */
    verdict: Text | null;
    /** Whether the user is told when it is back. */
    watch: WatchView;
  }
  /** A message of `_locales/*\/messages.json` with its arguments, `$1` onwards. */
  interface Text {
    /** Its arguments. */
    args: string[];
    /** The message's key. */
    key: string;
  }
  /** What a page is told. */
  type Told =
    | { view: TabView }
    | { view: BannerView }
    | { settings: Settings }
    | { original: string | null }
    | { board: BoardView }
    /** A file that the board asked for. */
    | { history: { as_csv: boolean; text: string } };
  /** Whether the user is told when the page is back, whatever becomes of its tab. */
  type WatchView =
    /** It does not fail, or through the user's own network, whose trouble nobody is told of. */
    | "not_needed"
    /** A click would do. */
    | "offered"
    /** So many pages are watched for the user that one has to end first. */
    | "full"
    /** The user asked. */
    | "asked";
  /** A span of time. */
  interface Window {
    /** Its beginning. */
    from_ms: number;
    /** Its end. */
    to_ms: number;
  }
}
