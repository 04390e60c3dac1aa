chrome.webNavigation.onErrorOccurred.addListener(({ tabId, frameId }) => {
  if (frameId === 0) chrome.action.setBadgeText({ tabId, text: "!" });
}, { url: [{ schemes: ["http", "https"] }] });
