//! The lab's control: the same switches over HTTP and JSON, on 127.0.0.2:7000 and, for those outside the namespace, on a Unix socket.

use std::convert::Infallible;
use std::path::Path;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::task::JoinSet;

use crate::archive::AVAILABILITY_PORT;
use crate::error::{Doing, LabError};
use crate::hosts::{self, ARCHIVES};
use crate::lab::{Lab, WeakLab};
use crate::reply::Reply;
use crate::switch::Switch;

/// Serves the control and the archive's availability API until the lab stops.
pub(crate) async fn start(lab: &Lab) -> Result<(), LabError> {
    let control = TcpListener::bind(ADDRESS).await.doing(|| format!("binding the control to {ADDRESS}"))?;
    let path = lab.dir().join(SOCKET);
    let socket = UnixListener::bind(&path).doing(|| format!("binding the control to {}", path.display()))?;
    let availability = TcpListener::bind((ARCHIVES, AVAILABILITY_PORT))
        .await
        .doing(|| format!("binding the availability API to {ARCHIVES}:{AVAILABILITY_PORT}"))?;
    let weak = lab.downgrade();
    lab.spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Ok((stream, _)) = control.accept() => connections.spawn(serve(stream, weak.clone(), Role::Control)),
                Ok((stream, _)) = socket.accept() => connections.spawn(serve(stream, weak.clone(), Role::Control)),
                Ok((stream, _)) = availability.accept() => connections.spawn(serve(stream, weak.clone(), Role::Availability)),
            };
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(())
}

/// Sends one switch, as JSON, to the lab that runs in `dir`; gives its answer.
pub async fn post_switch(dir: &Path, json: &str) -> Result<String, LabError> {
    let path = dir.join(SOCKET);
    let failed =
        |error: &dyn std::fmt::Display| LabError::BadSwitch(format!("no answer from {}: {error}", path.display()));
    let stream = UnixStream::connect(&path)
        .await
        .doing(|| format!("no lab runs in {} (start one with `cargo xtask lab`)", dir.display()))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
    tokio::spawn(connection);
    let mut request = Request::new(Full::new(Bytes::from(json.to_owned())));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = http::Uri::from_static("/switch");
    request.headers_mut().insert("host", http::HeaderValue::from_static("lab"));
    let reply = sender.send_request(request).await.map_err(|error| failed(&error))?;
    let status = reply.status();
    let body = reply.into_body().collect().await.map_err(|error| failed(&error))?.to_bytes();
    let text = String::from_utf8_lossy(&body).into_owned();
    if status.is_success() { Ok(text) } else { Err(LabError::BadSwitch(text)) }
}

#[derive(Clone, Copy)]
enum Role {
    Control,
    Availability,
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, lab: WeakLab, role: Role) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let lab = lab.upgrade();
        async move {
            Ok::<_, Infallible>(match (lab, role) {
                (Some(lab), Role::Control) => control(&lab, request).await,
                (Some(lab), Role::Availability) => availability(&lab, &request).await,
                (None, _) => reply(503, &json!({ "refused": "the lab is stopping" })),
            })
        }
    });
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
}

async fn control(lab: &Lab, request: Request<Incoming>) -> Reply {
    match (request.method().clone(), request.uri().path()) {
        (Method::GET, "/") => reply(200, &overview(lab).await),
        (Method::GET, "/log") => reply(200, &json!(lab.log())),
        (Method::DELETE, "/log") => {
            lab.clear_log();
            reply(200, &json!({ "cleared": true }))
        }
        (Method::POST, "/switch") => match throw(lab, request).await {
            Ok(switch) => reply(200, &json!({ "done": switch })),
            Err(why) => reply(400, &json!({ "refused": why, "examples": Switch::examples() })),
        },
        _ => reply(404, &json!({ "refused": "there are GET /, POST /switch, GET /log and DELETE /log" })),
    }
}

async fn throw(lab: &Lab, request: Request<Incoming>) -> Result<Switch, String> {
    let body = Limited::new(request.into_body(), LARGEST).collect().await.map_err(|error| error.to_string())?;
    let switch: Switch = serde_json::from_slice(&body.to_bytes()).map_err(|error| error.to_string())?;
    lab.set(switch.clone()).await.map_err(|error| error.to_string())?;
    Ok(switch)
}

async fn overview(lab: &Lab) -> serde_json::Value {
    let hosts: Vec<_> = hosts::all()
        .into_iter()
        .map(|host| json!({ "name": host.name, "address": host.address, "starts": host.starts }))
        .collect();
    json!({
        "edge_failures": lab.edge_failures().await,
        "hosts": hosts,
        "switches": Switch::examples(),
        "how": "POST one of the switches as JSON to /switch; GET /log shows what was seen, DELETE /log forgets it",
    })
}

async fn availability(lab: &Lab, request: &Request<Incoming>) -> Reply {
    let query = request.uri().query().unwrap_or_default();
    let is_cdx = request.uri().path().starts_with("/cdx/");
    let interfaces = lab.availability();
    let said = if is_cdx { interfaces.cdx(query).await } else { interfaces.answer(query).await };
    let kind = if said.body.starts_with('<') { "text/html" } else { "application/json" };
    let mut reply = response(said.status, kind, said.body);
    if let Some(value) = said.retry_after.and_then(|text| http::HeaderValue::from_str(&text).ok()) {
        reply.headers_mut().insert("retry-after", value);
    }
    reply
}

fn reply(status: u16, value: &serde_json::Value) -> Reply {
    response(status, "application/json", format!("{value:#}\n"))
}

fn response(status: u16, kind: &'static str, body: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    reply.headers_mut().insert("content-type", http::HeaderValue::from_static(kind));
    reply
}

const ADDRESS: &str = "127.0.0.2:7000";
const SOCKET: &str = "control.sock";
/// No switch is longer.
const LARGEST: usize = 64 * 1024;
