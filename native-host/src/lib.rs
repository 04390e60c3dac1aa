//! The native host: Detour's vantage outside the browser, and the same checks as a command line.
//!
//! It measures DNS, TCP, TLS and HTTP of a public http(s) target and of neutral controls, and streams one
//! observation per step. It never judges (that is `detour_core`), never looks at private addresses unless
//! the user's own config file says so, and never writes to stdout outside the protocol.
//! In reading order:

pub mod config;

mod address;
pub mod check;
pub mod host;

pub mod install;

pub mod doctor;

pub mod classify;
pub mod copies;
pub mod cli;
pub mod judge;
mod judgement;
mod place;
pub mod printable;
pub mod report;
pub mod ranges;
pub mod schema;
pub mod watch;

pub mod board;
pub mod url;
