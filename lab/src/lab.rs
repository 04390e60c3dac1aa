//! The lab as a whole: start, switch, look at what was seen, stop.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError, RwLock, Weak};

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::archive;
use crate::availability::{Availability, AvailabilityMode};
use crate::certificates;
use crate::control;
use crate::dns::{self, SharedZone};
use crate::door::Doors;
use crate::edge::{self, Varnish};
use crate::error::{Doing, LabError};
use crate::folder::{self, HOST_CONFIG};
use crate::hosts::{self, Home};
use crate::namespace;
use crate::network;
use crate::process::Server;
use crate::record::{Record, Seen};
use crate::replay::Replay;
use crate::serve::{PortalMode, World};
use crate::switch::Switch;
use crate::vcl::{self, EdgeFailure};
use crate::zone::Zone;

/// A running internet on loopback. Dropping it ends its servers.
#[derive(Clone, Debug)]
pub struct Lab {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    world: Arc<World>,
    zone: SharedZone,
    doors: Doors,
    availability: Arc<Availability>,
    varnish: Varnish,
    failures: Mutex<BTreeMap<String, EdgeFailure>>,
    cuts: StdMutex<Vec<String>>,
    is_offline: AtomicBool,
    servers: Mutex<Vec<Server>>,
    /// Our own servers; they end with the set.
    tasks: StdMutex<JoinSet<()>>,
}

impl Lab {
    /// Starts everything under `dir` (emptied first) and returns once every server accepts connections.
    pub async fn start(dir: &Path) -> Result<Self, LabError> {
        if !namespace::is_inside() {
            return Err(LabError::OutsideNamespace);
        }
        let dir = std::path::absolute(dir).doing(|| format!("finding {}", dir.display()))?;
        let logs = folder::make_fresh(&dir)?;
        let (files, tls) = certificates::make(&dir)?;
        let home = dir.join("home");
        folder::write_host_config(&home, &files.ca)?;
        let record = Arc::new(Record::with_logs(edge::access_logs(&logs)));
        let zone: SharedZone = Arc::new(RwLock::new(Zone::new()));
        let mut tasks = JoinSet::new();
        dns::start(zone.clone(), record.clone(), &mut tasks).await?;
        let world = Arc::new(World { record, tls, portal: RwLock::default(), spent: StdMutex::default() });
        let ca = files.ca.clone();
        let trust = tokio::task::spawn_blocking(move || certificates::trust_in_chromium(&home, &ca));
        let (varnish, nginx, archive, doors, trusted) = tokio::join!(
            Varnish::start(&dir, &logs),
            edge::start_nginx(&dir, &logs, &files),
            archive::start(&dir, &logs),
            Doors::open(&world, &mut tasks),
            trust,
        );
        trusted.map_err(|error| LabError::Certificates(error.to_string()))??;
        let (pywb, captures) = archive?;
        let (varnish, varnishd) = varnish?;
        let availability = Availability::new(captures);
        let lab = Self {
            inner: Arc::new(Inner {
                dir,
                world,
                zone,
                doors: doors?,
                availability,
                varnish,
                failures: Mutex::default(),
                cuts: StdMutex::default(),
                is_offline: AtomicBool::new(false),
                servers: Mutex::new(vec![nginx?, varnishd, pywb]),
                tasks: StdMutex::new(tasks),
            }),
        };
        control::start(&lab).await?;
        Ok(lab)
    }

    /// Throws one switch; returns once it is in force.
    pub async fn set(&self, switch: Switch) -> Result<(), LabError> {
        let inner = &self.inner;
        match switch {
            Switch::EdgeFails { hosts, share, reason, body } => {
                self.fail_edge(hosts, EdgeFailure { share, reason, body }).await
            }
            Switch::EdgeHeals { hosts } => self.heal_edge(&hosts).await,
            Switch::Host { name, behaviour } => {
                inner.doors.set(&name, behaviour).await?;
                if name.starts_with(hosts::ORIGIN_PREFIX) {
                    inner.varnish.forget().await?;
                }
                Ok(())
            }
            Switch::Move { name, to } => {
                self.known_site(&name)?;
                self.with_zone(|zone| zone.move_to(&name, to));
                Ok(())
            }
            Switch::Dns { name: None, mode } => {
                self.with_zone(|zone| zone.set_everywhere(mode));
                Ok(())
            }
            Switch::Dns { name: Some(name), mode } => self.with_known(&name, |zone| zone.set_mode(&name, mode)),
            Switch::Ipv6 { name, on } => self.with_known(&name, |zone| zone.set_ipv6(&name, on)),
            Switch::Availability { mode } => {
                *inner.availability.mode.write().unwrap_or_else(PoisonError::into_inner) = mode;
                Ok(())
            }
            Switch::Portal { mode } => {
                *inner.world.portal.write().unwrap_or_else(PoisonError::into_inner) = mode;
                Ok(())
            }
            Switch::Cut { net, cut: true } => {
                network::cut(&net)?;
                self.with_cuts(|cuts| cuts.push(net));
                Ok(())
            }
            Switch::Cut { net, cut: false } => {
                self.with_cuts(|cuts| cuts.retain(|one| *one != net));
                network::restore(&net)
            }
            Switch::Offline { offline: true } => {
                inner.is_offline.store(true, Ordering::SeqCst);
                network::go_offline()
            }
            Switch::Offline { offline: false } => {
                inner.is_offline.store(false, Ordering::SeqCst);
                network::go_online()
            }
            Switch::HealAll => self.heal_all().await,
        }
    }

    /// Plays the outage of 8 June 2021, `speed` times as fast as it was; equal seeds give equal outages.
    pub async fn replay(&self, speed: f64, seed: u64) -> Result<(), LabError> {
        Replay::of_2021_06_08()?.play(self, speed, seed, |_| {}).await
    }

    /// Everything seen since the start or the last [`Lab::clear_log`], by time.
    pub fn log(&self) -> Vec<Seen> {
        self.inner.world.record.all()
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

    /// The failures of the edge that are in force.
    pub async fn edge_failures(&self) -> BTreeMap<String, EdgeFailure> {
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

    async fn fail_edge(&self, hosts: Vec<String>, failure: EdgeFailure) -> Result<(), LabError> {
        if !(0.0..=1.0).contains(&failure.share) {
            return Err(LabError::BadSwitch(format!("the share {} is not between 0 and 1", failure.share)));
        }
        if !vcl::is_plain(&failure.reason) {
            return Err(LabError::BadSwitch(format!("the reason `{}` is empty or has odd characters", failure.reason)));
        }
        let hosts = if hosts.is_empty() { all_sites() } else { hosts };
        let mut failures = self.inner.failures.lock().await;
        for host in hosts {
            self.known_site(&host)?;
            failures.insert(host, failure.clone());
        }
        self.inner.varnish.apply(&failures).await
    }

    async fn heal_edge(&self, hosts: &[String]) -> Result<(), LabError> {
        let mut failures = self.inner.failures.lock().await;
        for host in hosts {
            self.known_site(host)?;
        }
        let before = failures.len();
        failures.retain(|host, _| !hosts.is_empty() && !hosts.contains(host));
        if failures.len() == before {
            return Ok(());
        }
        self.inner.varnish.apply(&failures).await
    }

    async fn heal_all(&self) -> Result<(), LabError> {
        let cuts = self.with_cuts(std::mem::take);
        for net in cuts {
            let _ = network::restore(&net);
        }
        // Even a route that stays the same is a network change to browsers, which drop their connections for it.
        if self.inner.is_offline.swap(false, Ordering::SeqCst) {
            network::go_online()?;
        }
        self.with_zone(|zone| *zone = Zone::new());
        for host in hosts::all() {
            // Later hosts on a shared address start as its first one does.
            self.inner.doors.set(&host.name, host.starts).await?;
        }
        *self.inner.availability.mode.write().unwrap_or_else(PoisonError::into_inner) = AvailabilityMode::default();
        *self.inner.world.portal.write().unwrap_or_else(PoisonError::into_inner) = PortalMode::default();
        self.inner.world.spent.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.inner.varnish.forget().await?;
        self.heal_edge(&[]).await
    }

    fn known_site(&self, name: &str) -> Result<(), LabError> {
        if all_sites().iter().any(|site| site == name) {
            return Ok(());
        }
        Err(LabError::BadSwitch(format!("no site is called `{name}`; there are {}", all_sites().join(", "))))
    }

    fn with_known(&self, name: &str, change: impl FnOnce(&mut Zone)) -> Result<(), LabError> {
        self.with_zone(|zone| {
            if !zone.has(name) {
                return Err(LabError::BadSwitch(format!("no host is called `{name}`")));
            }
            change(zone);
            Ok(())
        })
    }

    fn with_zone<T>(&self, change: impl FnOnce(&mut Zone) -> T) -> T {
        change(&mut self.inner.zone.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn with_cuts<T>(&self, change: impl FnOnce(&mut Vec<String>) -> T) -> T {
        change(&mut self.inner.cuts.lock().unwrap_or_else(PoisonError::into_inner))
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

fn all_sites() -> Vec<String> {
    hosts::all()
        .into_iter()
        .filter(|host| host.home == Home::Edge && host.alias.is_some())
        .map(|host| host.name)
        .collect()
}
