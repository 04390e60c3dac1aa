//! Proxies of the tests' own: a forward proxy and a SOCKS 5 server that look every name up as this computer.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::faults::request;

/// What a proxy does with a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// Passes it on.
    Pass,
    /// Says this instead.
    Say(&'static str),
    /// SOCKS: answers with this code.
    Code(u8),
    /// Says nothing.
    Hang,
}

/// A proxy, and what it was asked for.
pub(crate) struct TestProxy {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl TestProxy {
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// A forward proxy. `act` sees the head of each request.
    pub(crate) async fn forward(act: impl Fn(&str) -> Act + Send + Sync + 'static + Copy) -> Self {
        Self::serve(move |mut stream, asked| async move {
            let head = request(&mut stream).await;
            if head.is_empty() {
                return; // looked whether somebody is there
            }
            asked.lock().unwrap().push(head.clone());
            match act(&head) {
                Act::Pass => pass(stream, &head).await,
                Act::Say(words) => stream.write_all(words.as_bytes()).await.unwrap(),
                Act::Code(_) | Act::Hang => std::future::pending().await,
            }
        })
        .await
    }

    /// A SOCKS 5 server, which wants this user's word where one is named. `act` sees the name that is asked for.
    pub(crate) async fn socks(
        user: Option<(&'static str, &'static str)>,
        act: impl Fn(&str) -> Act + Send + Sync + 'static + Copy,
    ) -> Self {
        Self::serve(move |mut stream, asked| async move {
            let Ok(_version) = stream.read_u8().await else { return };
            let mut methods = vec![0; usize::from(stream.read_u8().await.unwrap())];
            stream.read_exact(&mut methods).await.unwrap();
            let wanted = if user.is_some() { 2 } else { 0 };
            if !methods.contains(&wanted) {
                stream.write_all(&[5, 0xff]).await.unwrap();
                return;
            }
            stream.write_all(&[5, wanted]).await.unwrap();
            if let Some((name, password)) = user {
                stream.read_u8().await.unwrap();
                let given = (text(&mut stream).await, text(&mut stream).await);
                let is_right = given == (name.to_owned(), password.to_owned());
                stream.write_all(&[1, u8::from(!is_right)]).await.unwrap();
                if !is_right {
                    return;
                }
            }
            let mut head = [0; 4];
            stream.read_exact(&mut head).await.unwrap();
            assert_eq!(head[3], 3, "a name, which the proxy looks up");
            let name = text(&mut stream).await;
            let port = stream.read_u16().await.unwrap();
            asked.lock().unwrap().push(format!("{name}:{port}"));
            let reply = |code| [5, code, 0, 1, 127, 0, 0, 1, 0, 0];
            match act(&name) {
                Act::Pass => {
                    let mut onward = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    stream.write_all(&reply(0)).await.unwrap();
                    let _ = copy_bidirectional(&mut stream, &mut onward).await;
                }
                Act::Code(code) => stream.write_all(&reply(code)).await.unwrap(),
                Act::Say(_) | Act::Hang => std::future::pending().await,
            }
        })
        .await
    }

    async fn serve<F>(serve: impl Fn(TcpStream, Arc<Mutex<Vec<String>>>) -> F + Send + Sync + 'static + Copy) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, asked) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<String>>>::default());
        let noted = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, noted.clone()));
            }
        });
        Self { port, asked }
    }
}

async fn text(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; usize::from(stream.read_u8().await.unwrap())];
    stream.read_exact(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Passes a request on to this computer, whatever the name: only the port counts.
async fn pass(mut stream: TcpStream, head: &str) {
    let (method, rest) = head.split_once(' ').unwrap();
    let (address, rest) = rest.split_once(' ').unwrap();
    let authority = address.trim_start_matches("http://").split('/').next().unwrap();
    let port: u16 = authority.rsplit_once(':').map_or(80, |(_, port)| port.parse().unwrap());
    let Ok(mut onward) = TcpStream::connect(("127.0.0.1", port)).await else {
        stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        return;
    };
    if method == "CONNECT" {
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    } else {
        let path = address.trim_start_matches("http://").trim_start_matches(authority);
        onward.write_all(format!("{method} {path} {rest}").as_bytes()).await.unwrap();
    }
    let _ = copy_bidirectional(&mut stream, &mut onward).await;
}
