chrome.runtime.onMessage.addListener((_, { tab }) => {
  chrome.action.setBadgeText({ tabId: tab.id, text: "!" });
});
