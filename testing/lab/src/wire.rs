//! The wire: every packet that begins something and goes where nobody of the lab is, whatever its port.
//!
//! Doors see who comes in. Here is seen who knocks elsewhere: at addresses of private networks, closed ports included, and at
//! addresses of the world, which are none in here. Nothing answers from there: the uplink leads nowhere.

use std::collections::{BTreeSet, VecDeque};
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Duration;

use socket2::{Domain, Protocol, SockFilter, Socket, Type};

use crate::asker::{Asker, Ends, Over};
use crate::error::{Doing, LabError};
use crate::hosts;
use crate::record::Record;

/// Begins to listen; ends with the record.
pub(crate) fn listen(record: &Arc<Record>) -> Result<(), LabError> {
    let socket = open().doing(|| "listening to every packet".into())?;
    let weak = Arc::downgrade(record);
    std::thread::spawn(move || attend(&socket, &weak));
    Ok(())
}

fn open() -> std::io::Result<Socket> {
    // Without the link's own header, so that the filter's offsets are the packet's.
    let all = i32::from(EVERY_PROTOCOL.to_be());
    let socket = Socket::new(Domain::PACKET, Type::DGRAM, Some(Protocol::from(all)))?;
    socket.attach_filter(&BEGINNINGS)?;
    socket.set_read_timeout(Some(LOOK_UP))?;
    Ok(socket)
}

fn attend(mut socket: &Socket, record: &Weak<Record>) {
    let known = of_the_lab();
    let mut buffer = [0; 128];
    let mut last: VecDeque<Vec<u8>> = VecDeque::new();
    loop {
        let length = socket.read(&mut buffer);
        let Some(record) = record.upgrade() else { return };
        let Ok(length) = length else { continue };
        let bytes = buffer.get(..length).unwrap_or_default();
        // On its way from one end of a link to the other, a packet passes twice.
        if last.iter().any(|before| before == bytes) {
            continue;
        }
        if last.len() >= REMEMBERED {
            last.pop_front();
        }
        last.push_back(bytes.to_owned());
        let Some(packet) = Packet::read(bytes) else { continue };
        if known.contains(&packet.to.ip()) || known.contains(&packet.from.ip()) {
            continue;
        }
        let over = if packet.kind == "UDP" { Over::Udp } else { Over::Tcp };
        let by = record.asker(Ends { from: packet.from, to: packet.to, over });
        // On loopback, drivers talk to browsers.
        if by == Asker::Watched || !packet.to.ip().is_loopback() {
            record.stray(packet.from, packet.to, packet.kind, by);
        }
    }
}

/// What begins a conversation.
#[derive(Debug, PartialEq, Eq)]
struct Packet {
    from: SocketAddr,
    to: SocketAddr,
    kind: &'static str,
}

impl Packet {
    fn read(bytes: &[u8]) -> Option<Self> {
        let at = |from: usize, length: usize| bytes.get(from..from + length);
        let four = |from: usize| Some(IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(at(from, 4)?).ok()?)));
        let six = |from: usize| Some(IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(at(from, 16)?).ok()?)));
        let first = *bytes.first()?;
        let (protocol, from, to, head) = match first >> 4 {
            4 => (*bytes.get(9)?, four(12)?, four(16)?, usize::from(first & 15) * 4),
            6 => (*bytes.get(6)?, six(8)?, six(24)?, 40),
            _ => return None,
        };
        let port = |nth: usize| at(head + nth, 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_be_bytes);
        let (kind, has_ports) = match protocol {
            6 => ("TCP", true),
            17 => ("UDP", true),
            _ => ("IP", false),
        };
        let [source, target] = if has_ports { [port(0), port(2)] } else { [0, 0] };
        Some(Self { from: SocketAddr::new(from, source), to: SocketAddr::new(to, target), kind })
    }
}

/// Whoever is asked there is seen at the door.
fn of_the_lab() -> BTreeSet<IpAddr> {
    let doors = hosts::all().into_iter().map(|host| host.address).filter(|address| hosts::is_of_the_world(*address));
    doors.chain(hosts::behind_doors().into_iter().map(IpAddr::V4)).collect()
}

/// `ETH_P_ALL`.
const EVERY_PROTOCOL: u16 = 3;
/// How often it is looked whether the lab has gone.
const LOOK_UP: Duration = Duration::from_millis(500);
/// Packets that may pass between the two sights of one.
const REMEMBERED: usize = 64;

/// Packets that begin something, in the language of the kernel's filters: SYN without ACK, and whatever is not TCP.
const BEGINNINGS: [SockFilter; 17] = [
    SockFilter::new(LOAD_BYTE, 0, 0, 0),
    SockFilter::new(AND, 0, 0, 0xf0),
    SockFilter::new(IS, 0, 6, 0x40),
    // IPv4: the protocol, and the flags behind a head of whatever length.
    SockFilter::new(LOAD_BYTE, 0, 0, 9),
    SockFilter::new(IS, 0, 10, 6),
    SockFilter::new(HEAD_LENGTH, 0, 0, 0),
    SockFilter::new(LOAD_BYTE_BEHIND, 0, 0, 13),
    SockFilter::new(AND, 0, 0, 0x12),
    SockFilter::new(IS, 6, 7, 0x02),
    SockFilter::new(IS, 0, 6, 0x60),
    // IPv6.
    SockFilter::new(LOAD_BYTE, 0, 0, 6),
    SockFilter::new(IS, 0, 3, 6),
    SockFilter::new(LOAD_BYTE, 0, 0, 53),
    SockFilter::new(AND, 0, 0, 0x12),
    SockFilter::new(IS, 0, 1, 0x02),
    SockFilter::new(ANSWER, 0, 0, 0xffff),
    SockFilter::new(ANSWER, 0, 0, 0),
];
const LOAD_BYTE: u16 = 0x30;
const LOAD_BYTE_BEHIND: u16 = 0x50;
const HEAD_LENGTH: u16 = 0xb1;
const AND: u16 = 0x54;
const IS: u16 = 0x15;
const ANSWER: u16 = 0x06;
