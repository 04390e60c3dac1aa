//! What the rest of Detour speaks of: moments, failures, addresses, observations, and the messages of the native port.
//!
//! Nothing is decided here. In reading order, each module with those before it:

pub mod time;
pub mod confidence;
pub mod sorted;
pub mod failure;
pub mod archives;
pub mod target;
pub mod reading;
pub mod own_network;
pub mod observation;
pub mod proxy;
pub mod port;
pub mod tab;
