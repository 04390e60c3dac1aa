//! HTTP/2 servers that answer a request with an error frame.

use h2::Reason;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::behaviour::Behaviour;
use crate::serve::Arrival;

/// Answers each request with RST_STREAM or GOAWAY, as the behaviour says.
pub(crate) async fn serve(stream: TlsStream<TcpStream>, behaviour: &Behaviour, arrival: &Arrival) {
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let path = request.uri().path();
        arrival.world.record.saw("pages", arrival.peer, &arrival.host.name, request.method().as_str(), path, 0);
        match behaviour {
            Behaviour::H2Goaway => {
                // `abrupt_shutdown` alone would leave the stream without an end until the socket closes.
                connection.abrupt_shutdown(Reason::PROTOCOL_ERROR);
            }
            Behaviour::H2Refused => respond.send_reset(Reason::REFUSED_STREAM),
            _ => respond.send_reset(Reason::INTERNAL_ERROR),
        }
    }
}
