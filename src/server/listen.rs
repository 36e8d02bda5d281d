//! A socket with bounds: so many connections at once, and none that keeps its place without saying anything.

use super::Fault;
use std::future::Future;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

/// A browser opens six connections to a host; this is room for about forty people at the same second.
pub const CONNECTIONS_MAX: usize = 256;

/// A connection on which nothing moves for so long is closed.
pub const IDLE_MAX: Duration = Duration::from_secs(75);

/// A listener that never holds more than [`CONNECTIONS_MAX`] connections; the next ones wait in the system's queue.
pub struct Bounded {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

/// Takes the address.
///
/// # Errors
/// [`Fault::Listen`]: port in use, reserved, or address not ours.
pub async fn bind(address: SocketAddr) -> std::result::Result<Bounded, Fault> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| Fault::Listen { address, error })?;
    Ok(Bounded {
        listener,
        places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
    })
}

impl Bounded {
    /// The address really taken, when port 0 left the choice to the system.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl axum::serve::Listener for Bounded {
    type Io = Watched;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Watched, SocketAddr) {
        loop {
            // The semaphore is never closed; should it be, no new connection is the safe answer.
            let Ok(place) = self.places.clone().acquire_owned().await else {
                std::future::pending::<()>().await;
                continue;
            };
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    // Small answers (304, tiles) must not wait for a full packet.
                    let _ = stream.set_nodelay(true);
                    let watched = Watched {
                        stream,
                        silence: Box::pin(tokio::time::sleep(IDLE_MAX)),
                        _place: place,
                    };
                    return (watched, address);
                }
                // Out of file descriptors, or a client that left at once: a pause keeps the loop from spinning.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.address()
    }
}

/// A connection that ends itself after [`IDLE_MAX`] without a byte in either direction.
pub struct Watched {
    stream: TcpStream,
    silence: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Watched {
    /// `moved` once bytes have gone through; a fault once the silence is too long.
    fn watch<T>(&mut self, moved: Poll<Result<T>>, context: &mut Context<'_>) -> Poll<Result<T>> {
        if moved.is_ready() {
            self.silence.as_mut().reset(Instant::now() + IDLE_MAX);
            return moved;
        }
        match self.silence.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(Error::from(ErrorKind::TimedOut))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let moved = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.watch(moved, context)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(moved, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.watch(moved, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
