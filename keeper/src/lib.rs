//! The keeper: [`detour_shelf`] inside a worker of the browser.
