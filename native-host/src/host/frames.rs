//! Frames in and out: each end has a thread of its own, because pipes block.

use std::io::{self, Read, Write};

use detour_core::port::{MAX_TO_HOST, Reply};
use native_messaging::host::{NmError, decode_message_opt, send_frame};
use tokio::sync::{mpsc, oneshot};

use super::parts;

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A text, presumably JSON.
    Text(String),
    /// More than a request can be; it was read past and dropped.
    TooLarge { bytes: usize },
    /// Not UTF-8.
    NotText,
}

/// Reads frames until the input ends; then the receiver is closed.
pub(super) fn read(mut input: impl Read + Send + 'static) -> mpsc::Receiver<Frame> {
    let (sender, receiver) = mpsc::channel(FRAMES_AHEAD);
    std::thread::spawn(move || {
        loop {
            let frame = match decode_message_opt(&mut input, MAX_TO_HOST) {
                Ok(Some(text)) => Frame::Text(text),
                Ok(None) => break,
                Err(NmError::IncomingTooLarge { len, .. }) if skip(&mut input, len).is_ok() => {
                    Frame::TooLarge { bytes: len }
                }
                Err(NmError::IncomingNotUtf8(_)) => Frame::NotText,
                Err(error) => {
                    tracing::warn!(%error, "the input broke off");
                    break;
                }
            };
            if sender.blocking_send(frame).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Writes replies in the order they come. The second value resolves when all of them are out, or when
/// nobody reads any more.
pub(super) fn write(mut output: impl Write + Send + 'static) -> (mpsc::Sender<Reply>, oneshot::Receiver<()>) {
    let (sender, mut receiver) = mpsc::channel::<Reply>(FRAMES_AHEAD);
    let (done, written) = oneshot::channel();
    std::thread::spawn(move || {
        let mut numbers = parts::Numbers::default();
        while let Some(reply) = receiver.blocking_recv() {
            let sent = parts::frames(&reply, &mut numbers)
                .and_then(|frames| frames.iter().try_for_each(|frame| send_frame(&mut output, frame)));
            if let Err(error) = sent {
                tracing::warn!(%error, "the output broke off");
                break;
            }
        }
        // The receiver is gone when the session has not waited for the end.
        let _ = done.send(());
    });
    (sender, written)
}

fn skip(input: &mut impl Read, bytes: usize) -> io::Result<()> {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    let skipped = io::copy(&mut input.take(bytes), &mut io::sink())?;
    if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Requests and replies are small; this many wait before their sender does.
const FRAMES_AHEAD: usize = 64;
