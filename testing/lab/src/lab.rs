//! The lab as a whole: start, look at what was seen, stop. How switches are thrown stands in `throw`.

mod start;
mod throw;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex as StdMutex, PoisonError, Weak};

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::arrival::World;
use crate::availability::Availability;
use crate::door::Doors;
use crate::folder::HOST_CONFIG;
use crate::process::Server;
use crate::record::Seen;
use crate::varnish::Varnish;
use crate::vcl::Failures;

/// A running internet. Dropping it ends its servers.
#[derive(Clone, Debug)]
pub struct Lab {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    world: Arc<World>,
    doors: Doors,
    availability: Arc<Availability>,
    varnish: Varnish,
    failures: Mutex<Failures>,
    cuts: StdMutex<Vec<String>>,
    is_offline: AtomicBool,
    servers: Mutex<Vec<Server>>,
    /// Our own servers; they end with the set.
    tasks: StdMutex<JoinSet<()>>,
}

impl Lab {
    /// Everything seen since the start or the last [`Lab::clear_log`], by time.
    pub fn log(&self) -> Vec<Seen> {
        self.inner.world.record.all()
    }

    /// Everything since the start or the last time that this was called, whatever [`Lab::clear_log`] forgot: what the lab's own
    /// servers saw, and as `wire` what was sent where nobody of the lab is, whatever the port: to private networks, and to
    /// addresses of the world. To loopback it is only what the watched program sent.
    pub fn take_ledger(&self) -> Vec<Seen> {
        self.inner.world.record.take_ledger()
    }

    /// From now on the log tells what this program's processes ask from what others do.
    pub fn watch(&self, program: &Path) {
        self.inner.world.record.watch(program);
    }

    /// Forgets what was seen.
    pub fn clear_log(&self) {
        self.inner.world.record.clear();
    }

    /// The lab's folder.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// HOME for browsers and for the host: Chromium finds the lab's authority there, the host its configuration.
    pub fn home(&self) -> PathBuf {
        self.inner.dir.join("home")
    }

    /// The lab's certificate authority.
    pub fn ca(&self) -> PathBuf {
        self.inner.dir.join("ca.pem")
    }

    /// The host's configuration.
    pub fn host_config(&self) -> PathBuf {
        self.home().join(HOST_CONFIG)
    }

    /// The failures of the first edge that are in force.
    pub async fn edge_failures(&self) -> Failures {
        self.inner.failures.lock().await.clone()
    }

    /// Ends every server and waits for their end.
    pub async fn stop(&self) {
        let mut tasks = std::mem::take(&mut *self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.shutdown().await;
        for server in self.inner.servers.lock().await.iter_mut() {
            server.stop().await;
        }
    }

    pub(crate) fn availability(&self) -> Arc<Availability> {
        self.inner.availability.clone()
    }

    /// For servers of the lab, which must not keep it alive.
    pub(crate) fn downgrade(&self) -> WeakLab {
        WeakLab(Arc::downgrade(&self.inner))
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }
}

/// A lab that may have gone.
#[derive(Clone, Debug)]
pub(crate) struct WeakLab(Weak<Inner>);

impl WeakLab {
    pub(crate) fn upgrade(&self) -> Option<Lab> {
        self.0.upgrade().map(|inner| Lab { inner })
    }
}
