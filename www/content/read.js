// The value of the last expression is what scripting.executeScript hands back (extension/src/page.rs).
({
  url: location.href,
  status: /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType("navigation")[0])?.responseStatus ?? 0,
});
