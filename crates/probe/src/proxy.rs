//! Whom this computer goes through: found in its settings, by the browser's word first. Nothing is sent here.
//!
//! A *way* is how one address is reached: directly, through a server, or not at all by this program (a script decides,
//! or the settings cannot be read). Where a way is closed nothing is sent, since going around a proxy would show the
//! user's address to the site, and would measure another network than the browser's.
//! In reading order:

mod server;
mod bypass;
mod settings;

mod environment;
mod browser;
mod gnome;
mod kde;
mod windows;
mod macos;

mod look;

pub use look::ProxySource;
pub(super) use look::look;
pub use server::ProxyServer;
pub(super) use server::{Credentials, Kind};
pub(super) use settings::{Settings, Way};
