//! The outage lab: an internet on one machine, to break and heal at run time.
//!
//! Real Varnish, nginx and pywb, and small servers of our own where the real thing cannot misbehave on order (DNS, broken connections).
//! Everything lives in one Linux network namespace, so real names and real ports are used and nothing can leave the machine.
//! The lab judges nothing: it does what its switches say and records what it saw.
//!
//! Modules, in reading order. `README.md` beside this crate lists addresses, names and switches.

pub mod asker;
pub mod behaviour;
pub mod error;
pub mod hosts;
pub mod lab;
pub mod faults;
pub mod home;
pub mod namespace;
pub mod neighbours;
pub mod network;
pub mod private;
pub mod record;
pub mod replay;
pub mod sites;
pub mod switch;

mod archive;
mod arrival;
mod availability;
mod certificates;
mod control;
mod dns;
mod doh;
mod door;
mod dripping;
mod edge;
mod failing;
mod folder;
mod globalping;
mod h2_failing;
mod modes;
mod origin;
mod pages;
mod portal;
mod process;
mod reply;
mod serve;
mod stamp;
mod status_page;
mod varnish;
mod vcl;
mod wire;
mod zone;

pub use asker::Asker;
pub use behaviour::Behaviour;
pub use certificates::write_unknown_authority;
pub use control::post_switch;
pub use error::LabError;
pub use lab::Lab;
pub use private::Private;
pub use record::Seen;
pub use switch::Switch;
