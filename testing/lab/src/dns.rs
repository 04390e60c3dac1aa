//! The lab's name server: the resolver of the user's network, on UDP and TCP. It answers from the [`Zone`] and records every question.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use hickory_proto::op::{Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name, RData, Record as ResourceRecord, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

use crate::asker::{Ends, Over};
use crate::error::{Doing, LabError};
use crate::record::Record;
use crate::zone::{Asked, Kind, Link, Lookup, Question, Zone};

/// The zone, shared with the switches.
pub(crate) type SharedZone = Arc<RwLock<Zone>>;

/// Binds both sockets, then serves in the background until the set is dropped.
pub(crate) async fn start(zone: SharedZone, record: Arc<Record>, tasks: &mut JoinSet<()>) -> Result<(), LabError> {
    let udp = UdpSocket::bind(ADDRESS).await.doing(|| format!("binding DNS to udp {ADDRESS}"))?;
    let tcp = TcpListener::bind(ADDRESS).await.doing(|| format!("binding DNS to tcp {ADDRESS}"))?;
    tasks.spawn(serve_udp(udp, zone.clone(), record.clone()));
    tasks.spawn(serve_tcp(tcp, zone, record));
    Ok(())
}

async fn serve_udp(socket: UdpSocket, zone: SharedZone, record: Arc<Record>) {
    let socket = Arc::new(socket);
    let mut buffer = [0; 4096];
    let mut questions = JoinSet::new();
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let question = buffer.get(..length).unwrap_or_default().to_owned();
        let (socket, zone, record) = (socket.clone(), zone.clone(), record.clone());
        // One by one, questions would wait for what is looked up about the others' askers.
        questions.spawn(async move {
            if let Some(reply) = reply(&question, peer, Over::Udp, &zone, &record) {
                // A client that has gone is none of our business.
                let _ = socket.send_to(&reply, peer).await;
            }
        });
        while questions.try_join_next().is_some() {}
    }
}

async fn serve_tcp(listener: TcpListener, zone: SharedZone, record: Arc<Record>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, peer)) = listener.accept().await else { continue };
        connections.spawn(serve_connection(stream, peer, zone.clone(), record.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_connection(mut stream: TcpStream, peer: SocketAddr, zone: SharedZone, record: Arc<Record>) {
    while let Ok(length) = stream.read_u16().await {
        let mut question = vec![0; usize::from(length)];
        if stream.read_exact(&mut question).await.is_err() {
            return;
        }
        let Some(reply) = reply(&question, peer, Over::Tcp, &zone, &record) else { continue };
        let Ok(length) = u16::try_from(reply.len()) else { return };
        if stream.write_u16(length).await.is_err() || stream.write_all(&reply).await.is_err() {
            return;
        }
    }
}

fn reply(question: &[u8], peer: SocketAddr, over: Over, zone: &SharedZone, record: &Record) -> Option<Vec<u8>> {
    let asked = Parsed::from(question)?;
    let lookup = asked.look_up(zone, Asked::System);
    let ends = Ends { from: peer, to: ADDRESS, over };
    let code = code_of(&lookup).map_or(SILENCE, u16::from);
    record.saw("dns", ends, &asked.name, &asked.kind(), &addresses(&lookup), code);
    asked.reply(lookup)
}

/// Where an answer leads, for the record.
fn addresses(lookup: &Lookup) -> String {
    let (Lookup::Found(links) | Lookup::NoSuchName(links)) = lookup else { return String::new() };
    let addresses = links.iter().filter_map(|link| match link {
        Link::Address { address, .. } => Some(address.to_string()),
        Link::Alias { .. } => None,
    });
    addresses.collect::<Vec<_>>().join(" ")
}

/// A question off the wire.
pub(crate) struct Parsed {
    message: Message,
    query: Query,
    /// Lower case, without the final dot.
    pub(crate) name: String,
}

impl Parsed {
    pub(crate) fn from(wire: &[u8]) -> Option<Self> {
        let message = Message::from_vec(wire).ok()?;
        let query = message.queries.first()?.clone();
        let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
        Some(Self { message, query, name })
    }

    /// The record type, as people write it.
    pub(crate) fn kind(&self) -> String {
        self.query.query_type().to_string()
    }

    pub(crate) fn look_up(&self, zone: &SharedZone, asked: Asked) -> Lookup {
        let kinds = [(RecordType::A, Kind::V4), (RecordType::AAAA, Kind::V6), (RecordType::CNAME, Kind::Alias)];
        let kind = kinds.into_iter().find_map(|(record, kind)| (record == self.query.query_type()).then_some(kind));
        zone.read().unwrap_or_else(PoisonError::into_inner).look_up(Question {
            name: &self.name,
            kind: kind.unwrap_or(Kind::Other),
            is_unchecked: self.message.metadata.checking_disabled,
            asked,
        })
    }

    /// The reply on the wire; `None` is silence.
    pub(crate) fn reply(self, lookup: Lookup) -> Option<Vec<u8>> {
        let asked = self.message.metadata;
        let mut message = Message::new(asked.id, MessageType::Response, asked.op_code);
        message.metadata.recursion_desired = asked.recursion_desired;
        message.metadata.recursion_available = true;
        message.metadata.checking_disabled = asked.checking_disabled;
        message.metadata.response_code = code_of(&lookup)?;
        message.add_query(self.query);
        let links = match lookup {
            Lookup::Found(links) | Lookup::NoSuchName(links) => links,
            Lookup::Failed | Lookup::Silence => Vec::new(),
        };
        for link in links {
            message.add_answer(resource_record(link)?);
        }
        message.to_vec().ok()
    }
}

/// The response code; silence has none.
pub(crate) fn code_of(lookup: &Lookup) -> Option<ResponseCode> {
    match lookup {
        Lookup::Found(_) => Some(ResponseCode::NoError),
        Lookup::NoSuchName(_) => Some(ResponseCode::NXDomain),
        Lookup::Failed => Some(ResponseCode::ServFail),
        Lookup::Silence => None,
    }
}

fn resource_record(link: Link) -> Option<ResourceRecord> {
    let (name, data) = match link {
        Link::Alias { from, to } => (from, RData::CNAME(CNAME(fully_qualified(&to)?))),
        Link::Address { name, address: IpAddr::V4(address) } => (name, RData::A(A(address))),
        Link::Address { name, address: IpAddr::V6(address) } => (name, RData::AAAA(AAAA(address))),
    };
    Some(ResourceRecord::from_rdata(fully_qualified(&name)?, TTL, data))
}

fn fully_qualified(name: &str) -> Option<Name> {
    Name::from_ascii(format!("{name}.")).ok()
}

const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 53)), 53);
/// A second, so that a move shows in the next look-up.
pub(crate) const TTL: u32 = 1;
/// No DNS response code is this large.
pub(crate) const SILENCE: u16 = u16::MAX;
