//! The server: the browser's application and one territory package, over HTTP.
//!
//! | address | is |
//! |---|---|
//! | `/` | the browser's bundle, as `cargo xtask web` writes it |
//! | `/territory/…` | the territory package, file by file |
//! | `/server.json` | version, territory and the `--offline` flag, for the shell and for health checks |
//!
//! What is asked of a file server is asked of it: types, ranges, validators, compression, caching, limits.
//! It has no accounts, no writes and no cookies yet, which is why its pages may be framed by anyone (see [`router::CONTENT_SECURITY_POLICY`]).

mod door;
mod fault;
mod listen;
mod ranges;
pub mod router;

pub use fault::Fault;
pub use listen::{Bounded, bind};
pub use router::router;

use crate::formats::territory::Manifest;
use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::time::Duration;

/// The manifest of a territory package is a small text; anything larger is not one.
const MANIFEST_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// How long running downloads may go on after Ctrl-C.
const GRACE: Duration = Duration::from_secs(5);

/// What a server serves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder of the territory package.
    pub territory: PathBuf,
    /// Folder of the browser's bundle.
    pub web: PathBuf,
    /// The application must not ask any live service; it is told so in `/server.json`.
    pub offline: bool,
    /// Pages of these origins may read the territory (CORS); `*` lets every page. Empty by default, because a territory on somebody's own machine is nobody else's to read.
    pub allow_origins: Vec<String>,
}

/// Looks whether there is anything to serve, before a port is taken.
///
/// # Errors
/// The folder, bundle or manifest that is missing or unreadable.
pub fn open(settings: &Settings) -> Result<Manifest, Fault> {
    if !settings.web.join("index.html").is_file() {
        return Err(Fault::NoBundle(settings.web.clone()));
    }
    let path = settings.territory.join("territory.json");
    let unreadable = |detail: String| Fault::Territory {
        path: path.clone(),
        detail,
    };
    let size = match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(_) => return Err(unreadable("not a file".to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Fault::NoTerritory(settings.territory.clone()));
        }
        Err(error) => return Err(unreadable(error.to_string())),
    };
    if size > MANIFEST_BYTES_MAX {
        return Err(unreadable(format!("{size} bytes")));
    }
    let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
    Manifest::parse(&bytes).map_err(|(code, detail)| unreadable(format!("{code}: {detail}")))
}

/// Answers until `stop` is ready, then lets running answers finish for five seconds at most.
///
/// # Errors
/// What the system says when it takes the socket away.
pub async fn serve(
    listener: Bounded,
    routes: axum::Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, routes).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopping.send(());
    });
    tokio::select! {
        result = serving.into_future() => result,
        () = async {
            // A dropped sender means that serving itself has ended: the other branch answers.
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(GRACE).await;
        } => Ok(()),
    }
}
