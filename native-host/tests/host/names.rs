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
    /// A CNAME whose end nobody can resolve: what a CDN's DNS outage looks like.
    BrokenAlias(&'static str),
    /// Wrongly signed: SERVFAIL, unless DNSSEC is not to be checked.
    Bogus(Vec<IpAddr>),
    Silence,
}

/// Names and their answers; any other name does not exist, or gets the answer for [`ANY`].
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) server: SocketAddr,
    answers: Arc<Mutex<BTreeMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

/// Every name that has no answer of its own.
pub(crate) const ANY: &str = "*";

impl Names {
    pub(crate) async fn serve() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let names = Self { server: socket.local_addr().unwrap(), answers: Arc::default(), asked: Arc::default() };
        let serving = names.clone();
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
                let query = Message::from_vec(&buffer[..length]).unwrap();
                if let Some(reply) = serving.reply(&query) {
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

impl Names {
    /// Answers one query, and takes note of it.
    pub(crate) fn reply(&self, query: &Message) -> Option<Message> {
        let name = query.queries[0].name().to_string();
        self.asked.lock().unwrap().push(name.trim_end_matches('.').to_owned());
        reply(query, &self.answers.lock().unwrap())
    }

    /// How many queries came for a name.
    pub(crate) fn asked(&self, name: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == name).count()
    }

    /// Every name that was asked for.
    pub(crate) fn all_asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn reply(query: &Message, answers: &BTreeMap<String, Answer>) -> Option<Message> {
    let question = query.queries[0].clone();
    let name = question.name().clone();
    let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
    reply.metadata.recursion_available = true;
    let answer = answers.get(name.to_string().trim_end_matches('.'));
    match answer.or_else(|| answers.get(ANY)) {
        None => reply.metadata.response_code = ResponseCode::NXDomain,
        Some(Answer::Silence) => return None,
        Some(Answer::Code(code)) => reply.metadata.response_code = *code,
        Some(Answer::BrokenAlias(alias)) if question.query_type() == RecordType::CNAME => {
            let alias = Name::from_ascii(alias).unwrap();
            reply.add_answer(Record::from_rdata(name, 60, RData::CNAME(CNAME(alias))));
        }
        Some(Answer::BrokenAlias(_)) => reply.metadata.response_code = ResponseCode::ServFail,
        Some(Answer::Bogus(_)) if !query.metadata.checking_disabled => {
            reply.metadata.response_code = ResponseCode::ServFail;
        }
        Some(Answer::Addresses(addresses) | Answer::Bogus(addresses)) => {
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
