//! One native port: a read loop, bounded checks side by side, one writer.
//!
//! Every request gets an answer: observations and one last word, or a typed refusal. End of input is the
//! normal end. The session knows nothing of measuring; a check is a function that it is given.

mod frames;
mod parts;

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{Read, Write};
use std::time::Duration;

use detour_core::observation::Observation;
use detour_core::port::{CheckId, MAX_TO_HOST, PROTOCOL, Refusal, Reply, Request, Scope};
use detour_core::proxy::BrowserProxy;
use detour_core::target::{Ineligible, Target};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use crate::check::Ending;
use frames::Frame;

/// Serves one port until its input ends.
///
/// `check` measures a target as closely as the scope says, through the browser's proxy, and sends what it observes; dropping its future must stop it.
pub async fn serve<C, F>(input: impl Read + Send + 'static, output: impl Write + Send + 'static, check: C)
where
    C: Fn(Target, Scope, Option<BrowserProxy>, mpsc::Sender<Observation>) -> F,
    F: Future<Output = Ending> + Send + 'static,
{
    let mut frames = frames::read(input);
    let (replies, written) = frames::write(output);
    let mut session = Session { check, replies, checks: JoinSet::new(), running: BTreeMap::new() };
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(frame) => session.receive(frame).await,
                None => break,
            },
            Some(ended) = session.checks.join_next_with_id() => session.conclude(ended).await,
        }
    }
    tracing::debug!(unfinished = session.running.len(), "end of input");
    drop(session);
    // What was said before the end still goes out, unless the browser has stopped reading.
    let _ = tokio::time::timeout(FLUSH, written).await;
}

struct Session<C> {
    check: C,
    replies: mpsc::Sender<Reply>,
    checks: JoinSet<Ending>,
    running: BTreeMap<CheckId, AbortHandle>,
}

impl<C, F> Session<C>
where
    C: Fn(Target, Scope, Option<BrowserProxy>, mpsc::Sender<Observation>) -> F,
    F: Future<Output = Ending> + Send + 'static,
{
    async fn receive(&mut self, frame: Frame) {
        let text = match frame {
            Frame::Text(text) => text,
            Frame::TooLarge { bytes } => {
                let message = format!("a request of {bytes} bytes; send at most {MAX_TO_HOST}");
                return self.refuse(None, Refusal::Unrecognized, message).await;
            }
            Frame::NotText => {
                return self.refuse(None, Refusal::Unrecognized, "a request that is not UTF-8; send JSON").await;
            }
        };
        match serde_json::from_str(&text) {
            Ok(Request::Hello { protocol, version }) => self.greet(protocol, &version).await,
            Ok(Request::Check { id, url, scope, proxy }) => self.start(id, &url, scope, proxy).await,
            Ok(Request::Cancel { id }) => self.cancel(id).await,
            Err(error) => {
                let message = format!("a request this version does not know ({error}); update Detour");
                self.refuse(id_in(&text), Refusal::Unrecognized, message).await;
            }
        }
    }

    async fn greet(&self, protocol: u32, version: &str) {
        let ours = env!("CARGO_PKG_VERSION");
        if protocol == PROTOCOL {
            return self.reply(Reply::Hello { protocol: PROTOCOL, version: ours.to_owned() }).await;
        }
        let older = if protocol > PROTOCOL { "the program detour on this computer" } else { "the extension" };
        let message = format!(
            "the extension {version} speaks protocol {protocol}, detour {ours} speaks {PROTOCOL}; update {older}"
        );
        self.refuse(None, Refusal::Protocol, message).await;
    }

    async fn start(&mut self, id: CheckId, url: &str, scope: Scope, proxy: Option<BrowserProxy>) {
        if self.running.contains_key(&id) {
            // Without the id, or the extension would take it for the end of the check that still runs.
            return self.refuse(None, Refusal::Unrecognized, "this id still runs; choose another for each check").await;
        }
        if self.running.len() >= MAX_CHECKS {
            let message = format!("{MAX_CHECKS} checks are running; try again when one has finished");
            return self.refuse(Some(id), Refusal::Busy, message).await;
        }
        let target = match Target::parse(url) {
            Ok(target) => target,
            Err(reason) => return self.refuse(Some(id), refusal(reason), reason.to_string()).await,
        };
        let (observed, observations) = mpsc::channel(OBSERVATIONS_AHEAD);
        let check = (self.check)(target, scope, proxy, observed);
        let handle = self.checks.spawn(stream(id, check, observations, self.replies.clone()));
        self.running.insert(id, handle);
    }

    /// The refusal that answers it is sent when the check has stopped.
    async fn cancel(&self, id: CheckId) {
        match self.running.get(&id) {
            Some(check) => check.abort(),
            None => self.refuse(Some(id), Refusal::Cancelled, "this check had ended already").await,
        }
    }

    /// Says the last word on a check, whichever way it ended.
    async fn conclude(&mut self, ended: Result<(Id, Ending), JoinError>) {
        let task = match &ended {
            Ok((task, _)) => *task,
            Err(error) => error.id(),
        };
        let Some(id) = self.running.iter().find(|(_, check)| check.id() == task).map(|(id, _)| *id) else { return };
        self.running.remove(&id);
        match ended {
            Ok((_, Ending::Finished { timed_out })) => self.reply(Reply::Finished { id, timed_out }).await,
            Ok((_, Ending::Refused { reason, message })) => self.refuse(Some(id), reason, message).await,
            Err(error) if error.is_cancelled() => {
                self.refuse(Some(id), Refusal::Cancelled, "the check was cancelled").await;
            }
            Err(error) => {
                tracing::error!(%error, "a check crashed");
                self.refuse(Some(id), Refusal::Internal, "the check crashed; please report what it was about").await;
            }
        }
    }

    async fn refuse(&self, id: Option<CheckId>, reason: Refusal, message: impl Into<String>) {
        self.reply(Reply::Refused { id, reason, message: message.into() }).await;
    }

    async fn reply(&self, reply: Reply) {
        // Fails only when the browser has closed the port; the read loop is told as well.
        let _ = self.replies.send(reply).await;
    }
}

/// Runs a check and passes its observations on; all of them are out before it ends.
async fn stream(
    id: CheckId,
    check: impl Future<Output = Ending>,
    mut observations: mpsc::Receiver<Observation>,
    replies: mpsc::Sender<Reply>,
) -> Ending {
    let passing_on = async {
        while let Some(observation) = observations.recv().await {
            if replies.send(Reply::Observed { id, observation }).await.is_err() {
                break;
            }
        }
    };
    let (ending, ()) = tokio::join!(check, passing_on);
    ending
}

/// The id of a request that could not be read otherwise, so that its sender learns of it.
fn id_in(text: &str) -> Option<CheckId> {
    let request: serde_json::Value = serde_json::from_str(text).ok()?;
    request.get("id")?.as_u64().map(CheckId)
}

const fn refusal(reason: Ineligible) -> Refusal {
    match reason {
        Ineligible::Malformed | Ineligible::NotHttp => Refusal::NotHttp,
        // Neither leaves this computer.
        Ineligible::Private | Ineligible::NotPublic => Refusal::PrivateAddress,
    }
}

/// Ten tabs failing at once, and some in reserve. Each check holds some forty sockets at most, so that all together
/// stay below the 1,024 that Linux allows a program.
pub const MAX_CHECKS: usize = 16;

/// More than one check makes in a burst, so that measuring does not wait for the browser to read.
const OBSERVATIONS_AHEAD: usize = 64;

/// Writing what is left takes microseconds; a browser that does not read is gone.
const FLUSH: Duration = Duration::from_secs(1);
