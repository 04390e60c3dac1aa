//! What happens to a connection once a door has let it in.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::arrival::Arrival;
use crate::behaviour::Behaviour;
use crate::certificates::TlsFaces;
use crate::doh;
use crate::dripping;
use crate::failing::{self, Break};
use crate::globalping;
use crate::h2_failing::{self, H2Break};
use crate::home::Home;
use crate::hosts::{ARCHIVES, BARE, EDGE, ORIGINS, SECOND_EDGE, THIRD_EDGE};
use crate::pages;
use crate::reply::Reply;
use crate::status_page;

impl Arrival {
    pub(crate) async fn serve(self, mut stream: TcpStream, behaviour: Behaviour) {
        let secure = self.port == 443;
        // Small answers leave at once, as a real server's do.
        let _ = stream.set_nodelay(true);
        match &behaviour {
            Behaviour::Healthy => self.at_home(stream).await,
            Behaviour::Delayed(milliseconds) => {
                tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
                self.at_home(stream).await;
            }
            Behaviour::Stall => hold(&mut stream).await,
            Behaviour::ResetHandshake => failing::reset_early(stream, secure).await,
            Behaviour::H2Reset if secure => self.break_h2(stream, H2Break::Reset).await,
            Behaviour::H2Goaway if secure => self.break_h2(stream, H2Break::GoAway).await,
            Behaviour::H2Refused if secure => self.break_h2(stream, H2Break::Refuse).await,
            Behaviour::Reset => self.break_off(stream, Break::Reset).await,
            Behaviour::Empty => self.break_off(stream, Break::Empty).await,
            Behaviour::Truncated => self.break_off(stream, Break::Truncated).await,
            Behaviour::Midbody => self.break_off(stream, Break::Midbody).await,
            Behaviour::Badchunk => self.break_off(stream, Break::Badchunk).await,
            Behaviour::Garbage => self.break_off(stream, Break::Garbage).await,
            Behaviour::Drip(pause) => self.drip(stream, Duration::from_millis(*pause)).await,
            Behaviour::Expired => self.secured(stream, behaviour, Some(|tls| &tls.expired)).await,
            Behaviour::WrongName => self.secured(stream, behaviour, Some(|tls| &tls.wrong_name)).await,
            Behaviour::SelfSigned => self.secured(stream, behaviour, Some(|tls| &tls.self_signed)).await,
            Behaviour::H2Reset
            | Behaviour::H2Goaway
            | Behaviour::H2Refused
            | Behaviour::Badredirect
            | Behaviour::Plainhttp
            | Behaviour::Status(_)
            | Behaviour::StatusEmpty(_)
            | Behaviour::Wall(_) => self.secured(stream, behaviour, None).await,
            // Their doors are not open.
            Behaviour::Refused | Behaviour::Blackhole => {}
        }
    }

    /// What a portal makes of a connection that was meant for somebody else.
    pub(crate) async fn serve_portal(mut self, stream: TcpStream) {
        self.host.home = Home::Portal;
        let _ = stream.set_nodelay(true);
        self.secured(stream, Behaviour::Healthy, Some(|tls| &tls.portal)).await;
    }

    async fn at_home(self, stream: TcpStream) {
        match self.host.home {
            Home::Edge => self.forward(stream, EDGE).await,
            Home::SecondEdge => self.forward(stream, SECOND_EDGE).await,
            Home::ThirdEdge => self.forward(stream, THIRD_EDGE).await,
            Home::Bare => self.forward(stream, BARE).await,
            Home::Origin => self.forward(stream, ORIGINS).await,
            Home::Archive => self.forward(stream, ARCHIVES).await,
            Home::Doh | Home::Status | Home::Globalping => {
                self.secured(stream, Behaviour::Healthy, Some(|tls| &tls.either)).await
            }
            Home::Stranger => self.secured(stream, Behaviour::Healthy, Some(|tls| &tls.stranger)).await,
            Home::SignIn => self.secured(stream, Behaviour::Healthy, Some(|tls| &tls.portal)).await,
            Home::Anchor | Home::Portal | Home::Pages => self.secured(stream, Behaviour::Healthy, None).await,
        }
    }

    /// Passes bytes to the real server behind this door.
    async fn forward(&self, mut stream: TcpStream, to: Ipv4Addr) {
        if let Ok(mut server) = TcpStream::connect((to, self.port)).await {
            let _ = server.set_nodelay(true);
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
        }
    }

    async fn break_off(&self, stream: TcpStream, how: Break) {
        if self.port != 443 {
            failing::serve(stream, how, self).await;
        } else if let Ok(stream) = TlsAcceptor::from(self.world.tls.of(self.host.address).clone()).accept(stream).await
        {
            failing::serve(stream, how, self).await;
        }
    }

    async fn drip(&self, stream: TcpStream, pause: Duration) {
        if self.port != 443 {
            dripping::serve(stream, pause, self).await;
        } else if let Ok(stream) = TlsAcceptor::from(self.world.tls.of(self.host.address).clone()).accept(stream).await
        {
            dripping::serve(stream, pause, self).await;
        }
    }

    async fn break_h2(&self, stream: TcpStream, how: H2Break) {
        if let Ok(stream) = TlsAcceptor::from(self.world.tls.h2.clone()).accept(stream).await {
            h2_failing::serve(stream, how, self).await;
        }
    }

    async fn secured(self, stream: TcpStream, behaviour: Behaviour, face: Option<Face>) {
        if self.port != 443 {
            return self.http(stream, behaviour).await;
        }
        let config = face.map_or_else(|| self.world.tls.of(self.host.address), |face| face(&self.world.tls)).clone();
        if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
            self.http(stream, behaviour).await;
        }
    }

    async fn http(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, behaviour: Behaviour) {
        let arrival = Arc::new(self);
        let behaviour = Arc::new(behaviour);
        let answer = service_fn(move |request: Request<Incoming>| {
            let (arrival, behaviour) = (arrival.clone(), behaviour.clone());
            async move { Ok::<_, Infallible>(arrival.answer(request, &behaviour).await) }
        });
        // A browser that hangs up in the middle is no failure of the lab.
        let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await;
    }

    async fn answer(&self, request: Request<Incoming>, behaviour: &Behaviour) -> Reply {
        let is_well = matches!(behaviour, Behaviour::Healthy | Behaviour::Delayed(_));
        if self.host.home == Home::Doh && is_well {
            return doh::answer(self, request).await;
        }
        if self.host.home == Home::Globalping && is_well {
            return globalping::answer(self, request).await;
        }
        let host = request.headers().get("host").and_then(|host| host.to_str().ok());
        let host = host.or(request.uri().host()).unwrap_or(&self.host.name);
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let reply = if self.host.home == Home::Status && is_well {
            status_page::answer(self, path)
        } else {
            let cookie = request.headers().get("cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
            // Real walls look at more; every browser sends this header, and no plain client does.
            let is_browser = request.headers().contains_key("sec-fetch-mode");
            pages::answer(self, &pages::Asked { host, path, cookie, is_browser }, behaviour).await
        };
        let server = match self.host.home {
            Home::Anchor => "anchor",
            Home::Portal | Home::SignIn => "portal",
            Home::Edge
            | Home::SecondEdge
            | Home::ThirdEdge
            | Home::Bare
            | Home::Origin
            | Home::Archive
            | Home::Doh
            | Home::Pages => "pages",
            Home::Stranger => "stranger",
            Home::Status => "status",
            Home::Globalping => "globalping",
        };
        self.world.record.saw(server, self.ends(), host, request.method().as_str(), path, reply.status().as_u16());
        reply
    }
}

type Face = fn(&TlsFaces) -> &Arc<ServerConfig>;

/// Reads and says nothing, until the other side gives up.
async fn hold(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer).await, Ok(length) if length > 0) {}
}
