//! A connection that has come in, and the world it came into.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::asker::Ends;
use crate::certificates::TlsFaces;
use crate::dns::SharedZone;
use crate::globalping::Measurements;
use crate::hosts::Host;
use crate::modes::Modes;
use crate::record::Record;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) record: Arc<Record>,
    pub(crate) tls: TlsFaces,
    pub(crate) zone: SharedZone,
    pub(crate) modes: RwLock<Modes>,
    pub(crate) measurements: Measurements,
    /// Keys of `/status/503/once` that have had their 503.
    pub(crate) spent: Mutex<BTreeSet<String>>,
}

impl World {
    pub(crate) fn set_modes(&self, change: impl FnOnce(&mut Modes)) {
        change(&mut self.modes.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A connection and where it came in.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) host: Host,
    pub(crate) port: u16,
    pub(crate) peer: SocketAddr,
    pub(crate) world: Arc<World>,
}

impl Arrival {
    pub(crate) fn ends(&self) -> Ends {
        Ends::tcp(self.peer, SocketAddr::from((self.host.address, self.port)))
    }

    pub(crate) fn modes<T>(&self, look: impl FnOnce(&Modes) -> T) -> T {
        look(&self.world.modes.read().unwrap_or_else(PoisonError::into_inner))
    }
}
