//! The native host: one port, opened when there is something to send.
//!
//! An open port keeps the worker alive, so it is closed as soon as the core says that nobody waits. Why a
//! port broke is told by the browser in words, and passed on as it is.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use detour_core::event::Event;
use detour_core::port::{PROTOCOL, Reply, Request};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;

use crate::browser::{Port, browser, from_js, text_of, to_js, version, warn};
use crate::events::happened;
use crate::{json, proxy, way};

/// What the installers register: manifest/native-host.*.json.
const HOST: &str = "org.detour.host";

/// Replies larger than this are no replies of ours; it bounds what a broken host can make us hold.
const MOST_PARTS: u32 = 256;

/// A port that stands, with the reply that is arriving in parts.
struct Connection {
    port: Port,
    reply: u64,
    parts: Vec<String>,
}

thread_local! {
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
    /// Requests that wait for the browser's word on its proxy, and those behind them, in order.
    static WAITING: RefCell<VecDeque<Request>> = const { RefCell::new(VecDeque::new()) };
    static IS_SENDING: Cell<bool> = const { Cell::new(false) };
    // Made once and shared by all ports, so that none is freed while it runs.
    static ON_MESSAGE: Closure<dyn Fn(JsValue, Port)> = Closure::new(received);
    static ON_DISCONNECT: Closure<dyn Fn(Port)> = Closure::new(lost);
}

/// Sends a request; a check goes with the browser's proxy as it is at this moment.
pub(crate) fn ask(request: &Request) {
    way::expect();
    if !IS_SENDING.get() && !matches!(request, Request::Check { .. }) {
        return send(request);
    }
    WAITING.with_borrow_mut(|waiting| waiting.push_back(request.clone()));
    if !IS_SENDING.replace(true) {
        spawn_local(send_waiting());
    }
}

async fn send_waiting() {
    while let Some(first) = WAITING.with_borrow(|waiting| waiting.front().cloned()) {
        let told = match first {
            Request::Check { proxy, .. } => proxy::read(proxy).await,
            Request::Hello { .. } | Request::Cancel { .. } => None,
        };
        // Gone where the port was let go meanwhile.
        let Some(mut request) = WAITING.with_borrow_mut(VecDeque::pop_front) else { break };
        if let Request::Check { proxy, .. } = &mut request {
            *proxy = told;
        }
        send(&request);
    }
    IS_SENDING.set(false);
}

/// Sends a request, over the port that stands or a new one.
fn send(request: &Request) {
    let sent = match CONNECTION.with_borrow(|connection| connection.as_ref().map(|it| it.port.clone())) {
        Some(port) => port.post_message(&to_js(request)),
        None => open(request),
    };
    if let Err(error) = sent {
        CONNECTION.set(None);
        way::forget();
        happened(Event::HostLost { error: text_of(&error) });
    }
}

/// Closes the port; the browser then ends the host.
pub(crate) fn release() {
    WAITING.with_borrow_mut(VecDeque::clear);
    way::forget();
    if let Some(connection) = CONNECTION.take() {
        // A port that is already closed is what was wanted.
        let _ = connection.port.disconnect();
    }
}

/// Opens a port and greets before anything else is said.
fn open(request: &Request) -> Result<(), JsValue> {
    let port = browser().runtime().connect_native(HOST)?;
    ON_MESSAGE.with(|listener| port.on_message().add(listener.as_ref()));
    ON_DISCONNECT.with(|listener| port.on_disconnect().add(listener.as_ref()));
    CONNECTION.set(Some(Connection { port: port.clone(), reply: 0, parts: Vec::new() }));
    if !matches!(request, Request::Hello { .. }) {
        port.post_message(&to_js(&Request::Hello { protocol: PROTOCOL, version: version() }))?;
    }
    port.post_message(&to_js(request))
}

fn received(message: JsValue, port: Port) {
    if !is_current(&port) {
        return;
    }
    match from_js::<Reply>(&message) {
        Ok(Reply::Part { reply, index, of, text }) => joined(reply, index, of, text),
        Ok(reply) => replied(reply),
        Err(error) => warn(&format!("Detour ignored a reply of the host: {error}")),
    }
}

fn replied(reply: Reply) {
    if let Reply::Observed { observation, .. } = &reply {
        way::note(observation);
    }
    happened(Event::HostReplied { reply });
}

/// Joins the parts of one reply; parts that do not follow each other are dropped.
fn joined(reply: u64, index: u32, of: u32, text: String) {
    let whole = CONNECTION.with_borrow_mut(|connection| {
        let connection = connection.as_mut()?;
        if index == 0 {
            connection.reply = reply;
            connection.parts.clear();
        }
        let expected = u32::try_from(connection.parts.len()).ok()?;
        if connection.reply != reply || index != expected || of > MOST_PARTS {
            connection.parts.clear();
            return None;
        }
        connection.parts.push(text);
        (expected + 1 == of).then(|| std::mem::take(&mut connection.parts).concat())
    });
    match whole.map(|text| json::read::<Reply>(&text)) {
        Some(Ok(reply)) => replied(reply),
        Some(Err(error)) => warn(&format!("Detour ignored a reply of the host in parts: {error}")),
        None => {}
    }
}

fn lost(port: Port) {
    // Read at once: `lastError` stands only during this call.
    let error = [port.error(), browser().runtime().last_error()]
        .iter()
        .map(text_of)
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    if is_current(&port) {
        CONNECTION.set(None);
        way::forget();
        happened(Event::HostLost { error });
    }
}

fn is_current(port: &Port) -> bool {
    CONNECTION.with_borrow(|connection| connection.as_ref().is_some_and(|it| it.port == *port))
}
