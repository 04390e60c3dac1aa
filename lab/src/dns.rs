//! The lab's name server, on UDP and TCP. It answers from the [`Zone`] and records every question.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name, RData, Record as ResourceRecord, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

use crate::error::{Doing, LabError};
use crate::record::Record;
use crate::zone::{Family, Link, Lookup, Zone};

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
    let mut buffer = [0; 4096];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let question = buffer.get(..length).unwrap_or_default();
        if let Some(reply) = reply(question, peer, &zone, &record) {
            // A client that has gone is none of our business.
            let _ = socket.send_to(&reply, peer).await;
        }
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
        let Some(reply) = reply(&question, peer, &zone, &record) else { continue };
        let Ok(length) = u16::try_from(reply.len()) else { return };
        if stream.write_u16(length).await.is_err() || stream.write_all(&reply).await.is_err() {
            return;
        }
    }
}

fn reply(question: &[u8], peer: SocketAddr, zone: &SharedZone, record: &Record) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let query = question.queries.first()?.clone();
    let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
    let family = [(RecordType::A, Family::V4), (RecordType::AAAA, Family::V6)];
    let family = family.into_iter().find_map(|(kind, family)| (kind == query.query_type()).then_some(family));
    let lookup = zone.read().unwrap_or_else(PoisonError::into_inner).look_up(&name, family);
    let (code, links) = match lookup {
        Lookup::Found(links) => (Some(ResponseCode::NoError), links),
        Lookup::NoSuchName => (Some(ResponseCode::NXDomain), Vec::new()),
        Lookup::Failed => (Some(ResponseCode::ServFail), Vec::new()),
        Lookup::Silence => (None, Vec::new()),
    };
    let status = code.map_or(SILENCE, u16::from);
    record.saw("dns", peer, &name, &query.query_type().to_string(), "", status);
    let mut message = Message::new(question.metadata.id, MessageType::Response, question.metadata.op_code);
    message.metadata.recursion_desired = question.metadata.recursion_desired;
    message.metadata.recursion_available = true;
    message.metadata.response_code = code?;
    message.add_query(query);
    for link in links {
        message.add_answer(resource_record(link)?);
    }
    message.to_vec().ok()
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

const ADDRESS: &str = "127.0.0.53:53";
/// A second, so that a move shows in the next look-up.
const TTL: u32 = 1;
/// No DNS response code is this large.
const SILENCE: u16 = u16::MAX;
