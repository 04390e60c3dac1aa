//! Doors: one listener per host and port. A door can be open, shut or stuck, and hands each connection to what its behaviour asks for.
//!
//! A new behaviour takes effect at once: the door ends the connections it had, so that no kept-alive one lives on under the old behaviour.
//! While a portal captures the user's network, every door leads to it, whatever its host does; only remote probes get past.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::arrival::{Arrival, World};
use crate::behaviour::{Behaviour, Listening};
use crate::error::{Doing, LabError};
use crate::hosts::{self, Host};

/// All doors, by host name; hosts on one address share their doors.
#[derive(Debug)]
pub(crate) struct Doors {
    by_name: BTreeMap<String, IpAddr>,
    orders: BTreeMap<IpAddr, Vec<mpsc::Sender<Order>>>,
    in_force: Mutex<BTreeMap<IpAddr, Standing>>,
}

/// How a door stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standing {
    behaviour: Behaviour,
    is_captured: bool,
}

type Order = (Standing, oneshot::Sender<Result<(), LabError>>);

impl Doors {
    /// Opens every door as its host starts.
    pub(crate) async fn open(world: &Arc<World>, tasks: &mut JoinSet<()>) -> Result<Self, LabError> {
        let mut doors = Self { by_name: BTreeMap::new(), orders: BTreeMap::new(), in_force: Mutex::default() };
        for host in hosts::all() {
            doors.by_name.insert(host.name.clone(), host.address);
            if doors.orders.contains_key(&host.address) {
                continue;
            }
            let senders = host.ports().iter().map(|port| {
                let (sender, receiver) = mpsc::channel(1);
                let door = Door { host: host.clone(), port: *port, world: world.clone() };
                tasks.spawn(door.attend(receiver));
                sender
            });
            doors.orders.insert(host.address, senders.collect());
            doors.set(&host.name, host.starts).await?;
        }
        Ok(doors)
    }

    /// Gives a host a behaviour; returns once it is in force on all its ports. The behaviour it has already changes nothing.
    pub(crate) async fn set(&self, name: &str, behaviour: Behaviour) -> Result<(), LabError> {
        let unknown = || LabError::BadSwitch(format!("no host is called `{name}`; GET / on the control lists them"));
        let address = self.by_name.get(name).ok_or_else(unknown)?;
        let mut in_force = self.in_force.lock().await;
        let is_captured = in_force.get(address).is_some_and(|standing| standing.is_captured);
        self.order(&mut in_force, *address, Standing { behaviour, is_captured }).await
    }

    /// Has a portal capture every door of the user's network, or lets go of them.
    pub(crate) async fn capture(&self, is_captured: bool) -> Result<(), LabError> {
        let mut in_force = self.in_force.lock().await;
        let doors: Vec<_> = in_force.iter().map(|(address, standing)| (*address, standing.behaviour.clone())).collect();
        for (address, behaviour) in doors.into_iter().filter(|(address, _)| hosts::is_beyond_portal(*address)) {
            self.order(&mut in_force, address, Standing { behaviour, is_captured }).await?;
        }
        Ok(())
    }

    async fn order(
        &self,
        in_force: &mut BTreeMap<IpAddr, Standing>,
        address: IpAddr,
        standing: Standing,
    ) -> Result<(), LabError> {
        if in_force.get(&address) == Some(&standing) {
            return Ok(());
        }
        in_force.insert(address, standing.clone());
        for sender in self.orders.get(&address).into_iter().flatten() {
            let (done, when_done) = oneshot::channel();
            let gone = || LabError::BadSwitch("the lab is stopping".into());
            sender.send((standing.clone(), done)).await.map_err(|_| gone())?;
            when_done.await.map_err(|_| gone())??;
        }
        Ok(())
    }
}

struct Door {
    host: Host,
    port: u16,
    world: Arc<World>,
}

/// What a door holds while a behaviour lasts.
enum Held {
    Nothing,
    /// Kept only so that its queue stays full.
    Stuck {
        _sockets: Vec<Socket>,
    },
    Open(TcpListener),
}

impl Door {
    async fn attend(self, mut orders: mpsc::Receiver<Order>) {
        while let Some((standing, done)) = orders.recv().await {
            let mut order = Some((standing, done));
            while let Some((standing, done)) = order.take() {
                match self.take_up(&standing) {
                    Ok(Held::Open(listener)) => {
                        let _ = done.send(Ok(()));
                        order = self.let_in(&listener, standing, &mut orders).await;
                    }
                    Ok(_held) => {
                        let _ = done.send(Ok(()));
                        order = orders.recv().await;
                    }
                    Err(error) => {
                        let _ = done.send(Err(error));
                    }
                }
            }
        }
    }

    fn take_up(&self, standing: &Standing) -> Result<Held, LabError> {
        let address = SocketAddr::from((self.host.address, self.port));
        let failed = || format!("listening on {address} for {}", self.host.name);
        let listening = standing.behaviour.listening(self.port);
        match if standing.is_captured { Listening::Open } else { listening } {
            Listening::Closed => Ok(Held::Nothing),
            Listening::Full => stuck(address).doing(failed).map(|_sockets| Held::Stuck { _sockets }),
            Listening::Open => {
                let socket = socket(address).doing(failed)?;
                socket.listen(1024).doing(failed)?;
                TcpListener::from_std(socket.into()).doing(failed).map(Held::Open)
            }
        }
    }

    /// Accepts until the next order; dropping the set ends what is still open.
    async fn let_in(
        &self,
        listener: &TcpListener,
        standing: Standing,
        orders: &mut mpsc::Receiver<Order>,
    ) -> Option<Order> {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                order = orders.recv() => return order,
                accepted = listener.accept() => {
                    let Ok((stream, peer)) = accepted else { continue };
                    let arrival = Arrival { host: self.host.clone(), port: self.port, peer, world: self.world.clone() };
                    let is_captured = standing.is_captured && !hosts::is_remote(peer.ip());
                    let behaviour = standing.behaviour.clone();
                    connections.spawn(async move {
                        let (host, port) = (&arrival.host.name, arrival.port.to_string());
                        arrival.world.record.saw("connection", arrival.ends(), host, "CONNECT", &port, 0);
                        if is_captured { arrival.serve_portal(stream).await } else { arrival.serve(stream, behaviour).await }
                    });
                    while connections.try_join_next().is_some() {}
                }
            }
        }
    }
}

fn socket(address: SocketAddr) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// A queue of length 0 takes one connection; while nobody accepts it, the kernel drops every further SYN.
fn stuck(address: SocketAddr) -> std::io::Result<Vec<Socket>> {
    let listener = socket(address)?;
    listener.listen(0)?;
    let mut sockets = vec![listener];
    for _ in 0..FILLERS {
        let filler = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        filler.set_nonblocking(true)?;
        // Non-blocking: "in progress" is the expected answer.
        let _ = filler.connect(&address.into());
        sockets.push(filler);
    }
    Ok(sockets)
}

const FILLERS: usize = 4;
