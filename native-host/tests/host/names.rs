//! A DNS server on loopback that answers, denies, fails, or says nothing.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

/// What the server does when asked for a name.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Addresses(Vec<IpAddr>),
    Alias(&'static str, Vec<IpAddr>),
    Code(ResponseCode),
    Silence,
}

/// Names and their answers; any other name does not exist.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) server: SocketAddr,
    answers: Arc<Mutex<BTreeMap<String, Answer>>>,
}

impl Names {
    pub(crate) async fn serve() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let names = Self { server: socket.local_addr().unwrap(), answers: Arc::default() };
        let answers = names.answers.clone();
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                let reply = reply(&query, &answers.lock().unwrap());
                if let Some(reply) = reply {
                    socket.send_to(&reply.to_vec().unwrap(), peer).await.unwrap();
                }
            }
        });
        names
    }

    pub(crate) fn set(&self, name: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(name.to_owned(), answer);
    }
}

fn reply(query: &Message, answers: &BTreeMap<String, Answer>) -> Option<Message> {
    let question = query.queries[0].clone();
    let name = question.name().clone();
    let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
    reply.metadata.recursion_available = true;
    match answers.get(name.to_string().trim_end_matches('.')) {
        None => reply.metadata.response_code = ResponseCode::NXDomain,
        Some(Answer::Silence) => return None,
        Some(Answer::Code(code)) => reply.metadata.response_code = *code,
        Some(Answer::Addresses(addresses)) => {
            reply.add_answers(records(&name, addresses, question.query_type()));
        }
        Some(Answer::Alias(alias, addresses)) => {
            let alias = Name::from_ascii(alias).unwrap();
            reply.add_answer(Record::from_rdata(name, 60, RData::CNAME(CNAME(alias.clone()))));
            reply.add_answers(records(&alias, addresses, question.query_type()));
        }
    }
    reply.queries.push(question);
    Some(reply)
}

fn records(name: &Name, addresses: &[IpAddr], wanted: RecordType) -> Vec<Record> {
    addresses
        .iter()
        .filter(|address| (wanted == RecordType::A) == address.is_ipv4())
        .map(|address| match address {
            IpAddr::V4(v4) => RData::A(A(*v4)),
            IpAddr::V6(v6) => RData::AAAA(AAAA(*v6)),
        })
        .map(|data| Record::from_rdata(name.clone(), 60, data))
        .collect()
}
