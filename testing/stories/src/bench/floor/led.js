// What the benchmark needs in order to lead the browser: a first page, and an answer that shows that the worker is awake.
chrome.runtime.onInstalled.addListener(() => chrome.tabs.create({ url: chrome.runtime.getURL("pages/welcome.html") }));
chrome.runtime.onConnect.addListener((port) => port.postMessage({}));
