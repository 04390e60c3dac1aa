//! The built extension in real browsers, against the outage lab: the harness and the stories told with it.
//!
//! A *browser* is one session of Chromium or Firefox with the extension loaded, driven over WebDriver. Its *control tab* is a page
//! of the extension's own origin that runs none of its code; from there tabs are opened and led without the traces that a driver's own
//! navigation leaves. A *story* is one sentence of what people see, played and checked. Nothing here judges an outage.
//!
//! In reading order:

pub mod bench;
pub mod browser;
pub mod demo;
pub mod engine;
pub mod host;
pub mod place;
pub mod requests;
pub mod stories;
pub mod tab;
pub mod wait;

mod deeds;
mod driver;
mod office;
mod surroundings;

pub use browser::Browser;
pub use engine::Engine;
pub use surroundings::{BrowserOptions, Extension};
pub use tab::Badge;
pub use wait::{wait_for, wait_until};
