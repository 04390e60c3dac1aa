//! How the lab comes up.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex as StdMutex, RwLock};

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::{Inner, Lab};
use crate::arrival::World;
use crate::availability::Availability;
use crate::dns::{self, SharedZone};
use crate::door::Doors;
use crate::error::{Doing, LabError};
use crate::globalping::Measurements;
use crate::record::Record;
use crate::varnish::Varnish;
use crate::zone::Zone;
use crate::{archive, certificates, control, edge, folder, namespace, wire};

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
        wire::listen(&record)?;
        let zone: SharedZone = Arc::new(RwLock::new(Zone::new()));
        let mut tasks = JoinSet::new();
        dns::start(zone.clone(), record.clone(), &mut tasks).await?;
        let world = Arc::new(World {
            record,
            tls,
            zone,
            modes: RwLock::default(),
            measurements: Measurements::new(&files.ca)?,
            spent: StdMutex::default(),
        });
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
        let (varnish, nodes) = varnish?;
        let servers = nodes.into_iter().chain([nginx?, pywb]).collect();
        let availability = Availability::new(captures);
        let lab = Self {
            inner: Arc::new(Inner {
                dir,
                world,
                doors: doors?,
                availability,
                varnish,
                failures: Mutex::default(),
                cuts: StdMutex::default(),
                is_offline: AtomicBool::new(false),
                servers: Mutex::new(servers),
                tasks: StdMutex::new(tasks),
            }),
        };
        control::start(&lab).await?;
        Ok(lab)
    }
}
