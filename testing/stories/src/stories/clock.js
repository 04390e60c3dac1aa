// In front of background.js, in the lab only: hours of an outage within minutes. The worker's clock can be put forward
// while nothing is under way; whatever runs then takes the time that it takes. What is said to the user is written
// down beside.
const browser = globalThis.browser ?? globalThis.chrome;
const now = Date.now.bind(Date);
let ahead = 0;

Date.now = () => now() + ahead;

browser.storage.onChanged.addListener(({ lab_ahead: changed }) => {
  if (!changed) return;
  ahead = changed.newValue ?? 0;
  // background.js takes a turn of the timer when the network changes; here the time did.
  globalThis.dispatchEvent(new Event("online"));
});

// A worker that starts knows the time before its wasm does anything.
const known = browser.storage.local.get("lab_ahead").then(({ lab_ahead }) => {
  ahead = lab_ahead ?? ahead;
});
for (const name of ["instantiate", "instantiateStreaming"]) {
  const instantiate = WebAssembly[name].bind(WebAssembly);
  WebAssembly[name] = (...given) => known.then(() => instantiate(...given));
}

// The browser's own alarms go by its own clock.
const { alarms } = browser;
const create = alarms.create.bind(alarms);
alarms.create = (name, { when }) => create(name, { when: when - ahead });

// The host has the computer's clock as well.
const { runtime } = browser;
const connectNative = runtime.connectNative.bind(runtime);
runtime.connectNative = (name) => {
  const port = connectNative(name);
  const timed = {
    onMessage: { addListener: (hear) => port.onMessage.addListener((message) => hear(shifted(message), timed)) },
    onDisconnect: { addListener: (hear) => port.onDisconnect.addListener(() => hear(timed)) },
    get error() {
      return port.error;
    },
    postMessage: (message) => port.postMessage(message),
    disconnect: () => port.disconnect(),
  };
  return timed;
};

function shifted(value) {
  if (Array.isArray(value)) return value.map(shifted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, value]) => [key, isMoment(key, value) ? value + ahead : shifted(value)]));
}

/** `at` is when something was seen, in milliseconds since 1970. */
function isMoment(key, value) {
  return key === "at" && Number.isInteger(value) && value > 1e12;
}

const { notifications } = browser;
const notify = notifications.create.bind(notifications);
let nth = 0;
notifications.create = (id, options) => {
  const said = { at: Date.now(), nth: (nth += 1), title: options.title, message: options.message };
  // Under a name of its own and in one go: the worker may be killed at any moment.
  browser.storage.local.set({ [`lab_said ${said.at} ${said.nth}`]: said });
  return notify(id, options);
};
