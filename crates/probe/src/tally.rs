//! A stream that remembers how it went: bytes read, and the first error of the socket.
//!
//! hyper folds "closed without a byte", "closed in the middle" and "reset" into errors that look alike;
//! down here they can be told apart.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use detour_model::failure::Failure;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::failures;

/// What a stream has seen so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    bytes: AtomicU64,
    failure: OnceLock<Failure>,
}

impl Tally {
    /// Whether anything was read at all.
    pub(super) fn heard_something(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > 0
    }

    /// The socket's own failure, if it had one.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure.get().cloned()
    }

    fn note(&self, error: &io::Error) {
        // Only the first counts: the ones after it are its echo.
        let _ = self.failure.set(failures::of_socket(error));
    }
}

/// A stream with a tally.
#[derive(Debug)]
pub(super) struct Tallied<S> {
    stream: S,
    tally: Arc<Tally>,
}

impl<S> Tallied<S> {
    pub(super) const fn new(stream: S, tally: Arc<Tally>) -> Self {
        Self { stream, tally }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tallied<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                let read = buffer.filled().len().saturating_sub(before);
                self.tally.bytes.fetch_add(u64::try_from(read).unwrap_or(u64::MAX), Ordering::Relaxed);
                Poll::Ready(Ok(()))
            }
            // TLS without close_notify. Browsers take it as the end, and so must a body without a length;
            // one with a length is found out by the length.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
            Poll::Ready(Err(error)) => {
                self.tally.note(&error);
                Poll::Ready(Err(error))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

// Errors of writing are not noted: a server that has said its piece may close before it has read ours.
impl<S: AsyncWrite + Unpin> AsyncWrite for Tallied<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
