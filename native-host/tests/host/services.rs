//! Services that a check asks besides the site: they keep what they were sent, and answer as they are told.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use detour_core::target::Target;
use detour_probe::Doh;
use hickory_proto::op::Message;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::faults::Authority;
use crate::lab::Lab;
use crate::names::{Answer, Names};

/// One request as it came, head and body.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// What came, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Received>>>);

impl Log {
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.0.lock().unwrap().clone()
    }
}

/// Serves plain HTTP on loopback; `answer` gets each request and its number, counted from 0.
pub(crate) async fn serve(answer: impl Fn(usize, &Received) -> Vec<u8> + Send + Sync + 'static) -> (u16, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (log, answer) = (Log::default(), Arc::new(answer));
    let keeping = log.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(exchange(stream, keeping.clone(), answer.clone()));
        }
    });
    (port, log)
}

/// The same over TLS.
pub(crate) async fn serve_tls(
    acceptor: TlsAcceptor,
    answer: impl Fn(usize, &Received) -> Vec<u8> + Send + Sync + 'static,
) -> (SocketAddr, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (log, answer) = (Log::default(), Arc::new(answer));
    let keeping = log.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, log, answer) = (acceptor.clone(), keeping.clone(), answer.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    exchange(stream, log, answer).await;
                }
            });
        }
    });
    (address, log)
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    log: Log,
    answer: Arc<impl Fn(usize, &Received) -> Vec<u8>>,
) {
    let head = crate::faults::request(&mut stream).await;
    if head.is_empty() {
        return; // somebody who only wanted to connect
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let received = Received { head, body };
    let number = {
        let mut log = log.0.lock().unwrap();
        log.push(received.clone());
        log.len() - 1
    };
    let _ = stream.write_all(&answer(number, &received)).await;
    let _ = stream.shutdown().await;
}

/// A whole answer.
pub(crate) fn http(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut answer = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// An authority that a lab trusts; the folder goes with it.
pub(crate) struct Trusted {
    pub(crate) authority: Authority,
    dir: tempfile::TempDir,
}

impl Trusted {
    pub(crate) fn new() -> Self {
        let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
        std::fs::write(dir.path().join("ca.pem"), authority.pem()).unwrap();
        Self { authority, dir }
    }

    pub(crate) fn pem(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    pub(crate) fn acceptor(&self, name: &str) -> TlsAcceptor {
        self.authority.acceptor(name, b"http/1.1", |_| {})
    }

    /// A DNS-over-HTTPS server on loopback, with names of its own.
    pub(crate) async fn doh(&self, names: &Names) -> (Doh, Log) {
        let names = names.clone();
        let (address, log) = serve_tls(self.acceptor("127.0.0.1"), move |_, received| {
            assert!(received.head.starts_with("POST /dns-query HTTP/1.1\r\n"), "{}", received.head);
            assert!(received.head.contains("content-type: application/dns-message\r\n"), "{}", received.head);
            let query = Message::from_vec(&received.body).unwrap();
            assert_eq!(query.metadata.id, 0, "RFC 8484 section 4.1");
            let reply = names.reply(&query).unwrap().to_vec().unwrap();
            http(200, "content-type: application/dns-message\r\n", reply)
        })
        .await;
        (Doh::parse(&format!("https://{address}/dns-query")).unwrap(), log)
    }
}

impl Lab {
    /// Makes a name lead to loopback, and gives its URL on a port.
    pub(crate) fn site(&self, name: &str, port: u16) -> Target {
        self.names.set(name, Answer::Addresses(vec!["127.0.0.1".parse().unwrap()]));
        Target::parse(&format!("http://{name}:{port}/")).unwrap()
    }
}

/// A port on which a healthy site answers anybody, and what it was asked.
pub(crate) async fn healthy() -> (u16, Log) {
    serve(|_, _| http(200, "", "fine")).await
}

/// The client's end of a connection that nothing is said on.
pub(crate) async fn never(_: TcpStream) {
    std::future::pending().await
}
