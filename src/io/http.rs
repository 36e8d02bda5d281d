//! HTTP for the desktop: reqwest on one thread of its own, which runs a small tokio; callers never see either.

use super::super::{IoFault, MAX_ANSWER_BYTES, Part, REQUEST_TIMEOUT_S, STALL_TIMEOUT_S};
use super::Answer;
use reqwest::{Client, StatusCode};
use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Once};
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

/// Connections under way at once; what is beyond waits.
const MAX_CONNECTIONS: usize = 24;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

const MAX_REDIRECTS: usize = 5;

/// Room made ahead for an answer, whatever its header promises.
const MAX_TRUSTED_LENGTH: u64 = 8 << 20;

#[derive(Debug)]
pub struct Http {
    /// Closing it ends the thread and everything under way.
    orders: mpsc::UnboundedSender<Order>,
}

enum Order {
    Start { ticket: u64, url: String, part: Option<Part> },
    Cancel { ticket: u64 },
}

impl Http {
    pub fn new(root: &str, answers: Sender<Answer>) -> Result<Self, IoFault> {
        let root = reqwest::Url::parse(root)
            .map_err(|error| IoFault::Refused(format!("'{root}' is not an address: {error}")))?;
        if !matches!(root.scheme(), "http" | "https") {
            return Err(IoFault::Refused(format!(
                "'{root}' is neither http nor https"
            )));
        }
        let client = client(root.scheme() == "http")?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| IoFault::Unsupported(format!("no event loop: {error}")))?;
        let (orders, received) = mpsc::unbounded_channel();
        std::thread::Builder::new()
            .name("http".to_owned())
            .spawn(move || runtime.block_on(serve(client, received, answers)))
            .map_err(|error| IoFault::Unsupported(format!("no thread: {error}")))?;
        Ok(Self { orders })
    }

    pub fn start(&self, ticket: u64, url: String, part: Option<Part>) {
        // The thread ends only after this sender.
        let _ = self.orders.send(Order::Start { ticket, url, part });
    }

    pub fn cancel(&self, ticket: u64) {
        let _ = self.orders.send(Order::Cancel { ticket });
    }
}

fn client(plain: bool) -> Result<Client, IoFault> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Another part of the program may have chosen one already; that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = || {
        Client::builder()
            .user_agent(concat!("jumeau/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(Duration::from_secs(STALL_TIMEOUT_S))
            .timeout(Duration::from_secs(REQUEST_TIMEOUT_S))
            .redirect(reqwest::redirect::Policy::limited(MAX_REDIRECTS))
            .pool_max_idle_per_host(MAX_CONNECTIONS)
    };
    match builder().build() {
        Ok(client) => Ok(client),
        // A machine without any certificates can still read plain http.
        Err(_) if plain => builder()
            .tls_certs_only(std::iter::empty())
            .build()
            .map_err(|error| IoFault::Unsupported(said(&error))),
        Err(error) => Err(IoFault::Unsupported(said(&error))),
    }
}

async fn serve(
    client: Client,
    mut orders: mpsc::UnboundedReceiver<Order>,
    answers: Sender<Answer>,
) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut running: HashMap<u64, AbortHandle> = HashMap::new();
    while let Some(order) = orders.recv().await {
        match order {
            Order::Start { ticket, url, part } => {
                running.retain(|_, task| !task.is_finished());
                let (client, slots, answers) =
                    (client.clone(), Arc::clone(&slots), answers.clone());
                let task = tokio::spawn(async move {
                    // Fails only when the semaphore is closed, which nobody does.
                    let _slot = slots.acquire().await;
                    let body = fetch(&client, &url, part).await;
                    let _ = answers.send((ticket, body));
                });
                running.insert(ticket, task.abort_handle());
            }
            Order::Cancel { ticket } => {
                if let Some(task) = running.remove(&ticket) {
                    task.abort();
                }
            }
        }
    }
}

async fn fetch(client: &Client, url: &str, part: Option<Part>) -> Result<Vec<u8>, IoFault> {
    let fault = |error: reqwest::Error| {
        if error.is_timeout() {
            IoFault::TimedOut(url.to_owned())
        } else if error.is_builder() || error.is_redirect() {
            IoFault::Refused(format!("{url}: {}", said(&error)))
        } else {
            IoFault::Network(format!("{url}: {}", said(&error)))
        }
    };
    let mut request = client.get(url);
    if let Some(part) = part {
        request = request.header(reqwest::header::RANGE, part.header());
    }
    let mut response = request.send().await.map_err(fault)?;
    let whole = response.status() != StatusCode::PARTIAL_CONTENT;
    match response.status() {
        status if status.is_success() => {}
        StatusCode::NOT_FOUND | StatusCode::GONE => return Err(IoFault::NotFound(url.to_owned())),
        status => return Err(IoFault::Server(status.as_u16())),
    }
    let promised = response.content_length().unwrap_or(0);
    if promised > MAX_ANSWER_BYTES {
        return Err(IoFault::TooLarge(promised));
    }
    // A header costs the sender nothing; memory is taken as bytes come. The limit counts what compression unfolds to.
    let mut bytes = Vec::with_capacity(promised.min(MAX_TRUSTED_LENGTH) as usize);
    while let Some(chunk) = response.chunk().await.map_err(fault)? {
        let length = (bytes.len() + chunk.len()) as u64;
        if length > MAX_ANSWER_BYTES {
            return Err(IoFault::TooLarge(length));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(match part {
        Some(part) if whole => part.of(bytes),
        _ => bytes,
    })
}

/// What reqwest says, with the causes it keeps to itself and without the address, which the caller adds.
fn said(error: &reqwest::Error) -> String {
    let mut words = String::from("request failed");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words = error.to_string();
        cause = error.source();
    }
    words
}
