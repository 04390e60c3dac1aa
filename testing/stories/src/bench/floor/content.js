// As little as a content script can do about an error: look at the status, and say so.
if (performance.getEntriesByType("navigation")[0]?.responseStatus >= 500) chrome.runtime.sendMessage(true).catch(() => {});
