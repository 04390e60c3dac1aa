//! Throwing switches: each is in force once [`Lab::set`] returns.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::Lab;
use crate::availability::AvailabilityMode;
use crate::behaviour::Behaviour;
use crate::error::LabError;
use crate::hosts::{self, DOH, GLOBALPING, NODES};
use crate::modes::DohMode;
use crate::modes::Modes;
use crate::modes::RemoteMode;
use crate::switch::Switch;
use crate::vcl::{self, EdgeFailure, NodeFailure};
use crate::zone::{DnsMode, Zone};
use crate::{edge, network, origin};

impl Lab {
    /// Throws one switch; returns once it is in force.
    pub async fn set(&self, switch: Switch) -> Result<(), LabError> {
        let inner = &self.inner;
        match switch {
            Switch::EdgeFails { hosts, share, reason, body } => {
                self.fail_edge(hosts, EdgeFailure { share, reason, body }).await
            }
            Switch::NodeFails { node, share, status } => self.fail_node(node, NodeFailure { share, status }).await,
            Switch::EdgeHeals { hosts } => self.heal_edge(&hosts).await,
            Switch::Host { name, behaviour } => {
                inner.doors.set(&name, behaviour).await?;
                if name.starts_with(hosts::ORIGIN_PREFIX) {
                    inner.varnish.forget().await?;
                }
                Ok(())
            }
            Switch::OriginSays { site, status, page } => {
                if !edge::sites().any(|(name, _)| name == site) {
                    return Err(LabError::BadSwitch(format!("no site is called `{site}`")));
                }
                origin::say(&inner.dir, &site, status, page)?;
                inner.varnish.forget().await
            }
            Switch::Move { name, to } => {
                self.known_site(&name)?;
                self.with_zone(|zone| zone.move_to(&name, to));
                Ok(())
            }
            Switch::Dns { name: None, mode } => {
                self.with_zone(|zone| zone.set_system(mode));
                Ok(())
            }
            Switch::Dns { name: Some(name), mode: DnsMode::RewriteNxdomain } => {
                Err(LabError::BadSwitch(format!("`{name}` exists or does not; leave the name out")))
            }
            Switch::Dns { name: Some(name), mode } => self.with_known(&name, |zone| zone.set_mode(&name, mode)),
            Switch::DnsSuffix { suffix, mode } => self.with_zone(|zone| {
                if !zone.has_suffix(&suffix) {
                    return Err(LabError::BadSwitch(format!("no name ends in `{suffix}`")));
                }
                zone.set_suffix(&suffix, mode);
                Ok(())
            }),
            Switch::Doh { server, mode } => self.set_doh(server, mode).await,
            Switch::Ipv6 { name, on } => self.with_known(&name, |zone| zone.set_ipv6(&name, on)),
            Switch::Availability { mode } => {
                *inner.availability.mode.write().unwrap_or_else(PoisonError::into_inner) = mode;
                Ok(())
            }
            Switch::Cdx { mode } => {
                *inner.availability.cdx_mode.write().unwrap_or_else(PoisonError::into_inner) = mode;
                Ok(())
            }
            Switch::Status { cdn, mode } => {
                inner.world.set_modes(|modes| {
                    modes.status.insert(cdn, mode);
                });
                Ok(())
            }
            Switch::Remote { mode } => {
                let behaviour = if mode == RemoteMode::Down { Behaviour::Refused } else { Behaviour::Healthy };
                inner.world.set_modes(|modes| modes.remote = mode);
                inner.doors.set(GLOBALPING, behaviour).await
            }
            Switch::Portal { mode } => {
                inner.world.set_modes(|modes| modes.portal = mode);
                inner.doors.capture(mode.captures()).await
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
            Switch::Router { silent } => network::set_router(silent),
            Switch::HealAll => self.heal_all().await,
        }
    }

    async fn fail_edge(&self, hosts: Vec<String>, failure: EdgeFailure) -> Result<(), LabError> {
        checked_share(failure.share)?;
        if !vcl::is_plain(&failure.reason) {
            return Err(LabError::BadSwitch(format!("the reason `{}` is empty or has odd characters", failure.reason)));
        }
        let hosts = if hosts.is_empty() { hosts::on_first_edge() } else { hosts };
        let mut failures = self.inner.failures.lock().await;
        for host in hosts {
            self.known_site(&host)?;
            failures.sites.insert(host, failure.clone());
        }
        self.inner.varnish.apply(&failures).await
    }

    async fn fail_node(&self, node: String, failure: NodeFailure) -> Result<(), LabError> {
        checked_share(failure.share)?;
        if !NODES.contains(&node.as_str()) {
            return Err(LabError::BadSwitch(format!("no node is called `{node}`; there are {}", NODES.join(", "))));
        }
        if ![502, 503].contains(&failure.status) {
            return Err(LabError::BadSwitch(format!("a bad node answers 502 or 503, not {}", failure.status)));
        }
        let mut failures = self.inner.failures.lock().await;
        failures.nodes.insert(node, failure);
        self.inner.varnish.apply(&failures).await
    }

    async fn heal_edge(&self, hosts: &[String]) -> Result<(), LabError> {
        let mut failures = self.inner.failures.lock().await;
        for host in hosts {
            self.known_site(host)?;
        }
        let before = failures.clone();
        failures.sites.retain(|host, _| !hosts.is_empty() && !hosts.contains(host));
        failures.nodes.retain(|_, _| !hosts.is_empty());
        if *failures == before {
            return Ok(());
        }
        self.inner.varnish.apply(&failures).await
    }

    async fn set_doh(&self, server: Option<usize>, mode: DohMode) -> Result<(), LabError> {
        if server.is_some_and(|nth| nth >= DOH.len()) {
            return Err(LabError::BadSwitch(format!("DNS-over-HTTPS servers are numbered 0 to {}", DOH.len() - 1)));
        }
        let behaviour = if mode == DohMode::Refused { Behaviour::Refused } else { Behaviour::Healthy };
        for (nth, name) in DOH.into_iter().enumerate().filter(|(nth, _)| server.is_none_or(|one| one == *nth)) {
            self.inner.world.set_modes(|modes| {
                if let Some(one) = modes.doh.get_mut(nth) {
                    *one = mode;
                }
            });
            self.inner.doors.set(name, behaviour.clone()).await?;
        }
        Ok(())
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
        network::set_router(false)?;
        self.with_zone(|zone| *zone = Zone::new());
        self.inner.doors.capture(false).await?;
        for host in hosts::all() {
            // Later hosts on a shared address start as its first one does.
            self.inner.doors.set(&host.name, host.starts).await?;
        }
        for mode in [&self.inner.availability.mode, &self.inner.availability.cdx_mode] {
            *mode.write().unwrap_or_else(PoisonError::into_inner) = AvailabilityMode::default();
        }
        self.inner.world.set_modes(|modes| *modes = Modes::default());
        origin::heal(&self.inner.dir)?;
        self.inner.world.measurements.clear();
        self.inner.world.spent.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.inner.varnish.forget().await?;
        self.heal_edge(&[]).await
    }

    fn known_site(&self, name: &str) -> Result<(), LabError> {
        let sites = hosts::on_first_edge();
        if sites.iter().any(|site| site == name) {
            return Ok(());
        }
        Err(LabError::BadSwitch(format!("no site is called `{name}`; there are {}", sites.join(", "))))
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
        change(&mut self.inner.world.zone.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn with_cuts<T>(&self, change: impl FnOnce(&mut Vec<String>) -> T) -> T {
        change(&mut self.inner.cuts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn checked_share(share: f64) -> Result<(), LabError> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(LabError::BadSwitch(format!("the share {share} is not between 0 and 1")))
}
