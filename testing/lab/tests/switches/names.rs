//! The name server.

use std::time::Duration;

use detour_lab::switch::{Dns, MoveTo};
use detour_lab::{Behaviour, Lab, Switch};
use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::asking::get;

const SERVER: &str = "127.0.0.53:53";
const SITE: &str = "www.theguardian.com";

pub(crate) async fn each_mode_answers_in_its_way(lab: Lab) {
    assert_eq!(ask("nx.detour-lab.net", RecordType::A).await, "NXDomain");
    assert_eq!(ask("servfail.detour-lab.net", RecordType::A).await, "ServFail");
    assert_eq!(ask("silent.detour-lab.net", RecordType::A).await, "silence");
    assert_eq!(ask("example.com", RecordType::A).await, "NXDomain");
    for (mode, answer) in [(Dns::Nxdomain, "NXDomain"), (Dns::Servfail, "ServFail"), (Dns::Silent, "silence")] {
        lab.set(Switch::Dns { name: Some(SITE.into()), mode }).await.unwrap();
        assert_eq!(ask(SITE, RecordType::A).await, answer);
        assert_eq!(ask("www.gov.uk", RecordType::A).await, "govuk.map.fastly.net. 11.0.1.20");
        lab.set(Switch::Dns { name: None, mode }).await.unwrap();
        assert_eq!(ask("www.gov.uk", RecordType::A).await, answer);
        lab.set(Switch::Dns { name: None, mode: Dns::Answer }).await.unwrap();
    }
}

pub(crate) async fn sites_lead_to_their_cdn_and_move(lab: Lab) {
    assert_eq!(ask(SITE, RecordType::A).await, "guardian.map.fastly.net. 11.0.1.12");
    assert_eq!(ask(SITE, RecordType::AAAA).await, "guardian.map.fastly.net.");
    lab.set(Switch::Move { name: SITE.into(), to: MoveTo::Cloudflare }).await.unwrap();
    assert_eq!(ask(SITE, RecordType::A).await, "www.theguardian.com.cdn.cloudflare.net. 11.0.2.1");
    assert_eq!(ask("www.theguardian.com.cdn.cloudflare.net", RecordType::A).await, "11.0.2.1");
}

pub(crate) async fn tcp_answers_as_udp_does(_lab: Lab) {
    let question = question("WWW.gov.UK", RecordType::A);
    let mut stream = TcpStream::connect(SERVER).await.unwrap();
    stream.write_u16(u16::try_from(question.len()).unwrap()).await.unwrap();
    stream.write_all(&question).await.unwrap();
    let mut reply = vec![0; usize::from(stream.read_u16().await.unwrap())];
    stream.read_exact(&mut reply).await.unwrap();
    assert_eq!(read(&reply), "govuk.map.fastly.net. 11.0.1.20");
}

pub(crate) async fn ipv6_appears_on_request(lab: Lab) {
    lab.set(Switch::Ipv6 { name: SITE.into(), on: true }).await.unwrap();
    assert_eq!(ask(SITE, RecordType::AAAA).await, "guardian.map.fastly.net. 2a11:7::1");
    let url = "https://ipv6.detour-lab.net/";
    assert!(get(&lab, url).await.error.contains("refused"));
    lab.set(Switch::host("ipv6.detour-lab.net", Behaviour::Healthy)).await.unwrap();
    let unknown = get(&lab, url).await;
    assert!(unknown.body.contains("unknown domain: ipv6.detour-lab.net"), "{unknown:?}");
}

pub(crate) async fn ask(name: &str, kind: RecordType) -> String {
    ask_with(&question(name, kind)).await
}

pub(crate) async fn ask_with(question: &[u8]) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(question, SERVER).await.unwrap();
    let mut reply = [0; 1500];
    match tokio::time::timeout(Duration::from_millis(400), socket.recv(&mut reply)).await {
        Ok(length) => read(&reply[..length.unwrap()]),
        Err(_) => "silence".into(),
    }
}

pub(crate) fn question(name: &str, kind: RecordType) -> Vec<u8> {
    let mut message = Message::query();
    message.add_query(Query::query(Name::from_ascii(format!("{name}.")).unwrap(), kind));
    message.to_vec().unwrap()
}

/// The response code, or the data of every answer.
pub(crate) fn read(reply: &[u8]) -> String {
    let message = Message::from_vec(reply).unwrap();
    let code = format!("{:?}", message.metadata.response_code);
    if code != "NoError" {
        return code;
    }
    message.answers.iter().map(|answer| answer.data.to_string()).collect::<Vec<_>>().join(" ")
}
