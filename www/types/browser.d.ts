// What Detour calls of the browsers' own functions, and no more: whoever calls more adds it here. `chrome` in Chromium,
// `browser` in Firefox; where only one of them has something, it may be missing.

declare namespace Browser {
  interface Event<Listener extends (...told: never[]) => unknown> {
    addListener(listener: Listener, filter?: object): void;
    removeListener(listener: Listener): void;
  }

  interface Sender {
    id?: string;
    url?: string;
    origin?: string;
    tab?: Tab;
    frameId?: number;
    documentLifecycle?: string;
  }

  interface Port {
    name: string;
    sender: Sender;
    onMessage: Event<(message: never) => void>;
    onDisconnect: Event<() => void>;
    disconnect(): void;
  }

  interface Tab {
    id: number;
    windowId: number;
    index: number;
    active: boolean;
    url?: string;
  }

  interface Navigation {
    tabId: number;
    frameId: number;
    url: string;
  }

  type Injection<Args extends unknown[], Result> = { target: { tabId: number }; injectImmediately?: boolean } & (
    | { files: string[] }
    | { func: (...args: Args) => Result; args?: Args }
  );

  interface Api {
    runtime: {
      id: string;
      getURL(path: string): string;
      connect(how: { name: string }): Port;
      sendMessage(message: Detour.Message | Between): Promise<unknown>;
      openOptionsPage(): Promise<void>;
      getContexts(filter: { contextTypes: string[] }): Promise<unknown[]>;
      onMessage: Event<(message: Between, from: Sender) => void>;
      onConnect: Event<(port: Port) => void>;
      onInstalled: Event<(what: { reason: string }) => void>;
      onStartup: Event<() => void>;
    };
    tabs: {
      get(id: number): Promise<Tab>;
      getCurrent(): Promise<Tab>;
      query(filter: { active?: boolean; currentWindow?: boolean }): Promise<Tab[]>;
      create(what: { url: string; active?: boolean; index?: number; windowId?: number; openerTabId?: number }): Promise<Tab>;
      update(id: number, what: { url?: string; active?: boolean }): Promise<Tab>;
      reload(id: number): Promise<void>;
      onRemoved: Event<(id: number, how: { isWindowClosing: boolean }) => void>;
      onUpdated: Event<(id: number, what: { status?: string }) => void>;
    };
    windows: { update(id: number, what: { focused: boolean }): Promise<unknown> };
    scripting: {
      executeScript<Args extends unknown[], Result>(
        what: Injection<Args, Result>,
      ): Promise<[{ result: Awaited<Result> | null | undefined }]>;
    };
    webNavigation: {
      onCommitted: Event<(what: Navigation) => void>;
      onErrorOccurred: Event<(what: Navigation & { error?: string; documentLifecycle?: string }) => void>;
    };
    /** In the benchmark's edition only. */
    webRequest: { onCompleted: Event<(what: { tabId: number; url: string; statusCode: number }) => void> };
    alarms: { onAlarm: Event<() => void> };
    notifications?: { onClicked: Event<(id: string) => void> };
    i18n: { getMessage(key: string, args?: string[]): string; getUILanguage(): string };
    /** Chromium. */
    pageCapture?: { saveAsMHTML(of: { tabId: number }): Promise<Blob> };
    /** Chromium. */
    offscreen?: { createDocument(what: { url: string; reasons: string[]; justification: string }): Promise<void> };
    /** Chromium, in content scripts. */
    dom?: { openOrClosedShadowRoot(element: Element): ShadowRoot | null };
  }

  /** What our own scripts tell each other beside `Detour.Message`; the worker's wasm does not read it. */
  interface Between {
    /** The worker, to the banner in a page: extension/src/effects.rs. */
    hide_banner?: true;
    /** The worker, to the offscreen document. */
    work_came?: true;
    /** The offscreen document, to pages of ours. */
    work_done?: Keeper.Worked;
  }
}

declare var browser: Browser.Api | undefined;
declare var chrome: Browser.Api;

interface Element {
  /** Firefox, in content scripts. */
  openOrClosedShadowRoot?: ShadowRoot | null;
}

interface Document {
  /** Chromium. */
  prerendering?: boolean;
}

interface RequestInit {
  /** Chromium. */
  targetAddressSpace?: string;
}

interface StyleSheetList extends Iterable<CSSStyleSheet> {}
