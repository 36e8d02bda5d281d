//! The browser's fetcher: `fetch` with an `AbortController`, in a page or a worker.

use super::location::address;
use super::{IoFault, Location, MAX_ANSWER_BYTES, MAX_REQUESTS, Part, Place, REQUEST_TIMEOUT_S};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response};

type Answer = (u64, Result<Vec<u8>, IoFault>);

#[derive(Debug)]
pub(super) struct Fetcher {
    root: Location,
    number: u32,
    /// Asked and neither answered nor cancelled, with the time of asking (ms).
    running: HashMap<u64, f64>,
    answered: Arc<Mutex<Vec<Answer>>>,
}

thread_local! {
    /// Handles of the browser cannot leave their thread; kept here, the fetcher itself can be a plain resource.
    static ABORTS: RefCell<HashMap<(u32, u64), AbortController>> = RefCell::new(HashMap::new());
    static NEXT_NUMBER: Cell<u32> = const { Cell::new(0) };
}

impl Fetcher {
    pub fn new(root: Location) -> Result<Self, IoFault> {
        if let Location::Folder(folder) = &root {
            return Err(IoFault::Unsupported(format!(
                "{}: a browser cannot read folders",
                folder.display()
            )));
        }
        let number = NEXT_NUMBER.get();
        NEXT_NUMBER.set(number.wrapping_add(1));
        Ok(Self {
            root,
            number,
            running: HashMap::new(),
            answered: Arc::default(),
        })
    }

    pub fn start(&mut self, ticket: u64, path: &str) {
        let place = self.root.join(path);
        self.go(ticket, path, place, None);
    }

    pub fn start_part(&mut self, ticket: u64, path: &str, part: Option<Part>) {
        let place = address(path).map_or_else(|| self.root.join(path), Ok);
        self.go(ticket, path, place, part);
    }

    fn go(&mut self, ticket: u64, path: &str, place: Result<Place, IoFault>, part: Option<Part>) {
        let full = self.running.len() >= MAX_REQUESTS;
        let place = if full { Err(IoFault::Refused(format!("more than {MAX_REQUESTS} requests at once"))) } else { place };
        self.running.insert(ticket, milliseconds());
        let answered = Arc::clone(&self.answered);
        let key = (self.number, ticket);
        let url = match place {
            Ok(Place::Url(url)) => url,
            Ok(Place::File(_)) => {
                return push(&answered, ticket, Err(IoFault::Refused(path.to_owned())));
            }
            Err(fault) => return push(&answered, ticket, Err(fault)),
        };
        let controller = match AbortController::new() {
            Ok(controller) => controller,
            Err(error) => return push(&answered, ticket, Err(IoFault::Unsupported(said(&error)))),
        };
        let init = RequestInit::new();
        init.set_method("GET");
        init.set_signal(Some(&controller.signal()));
        if let Some(part) = part {
            match Headers::new().and_then(|headers| headers.set("range", &part.header()).map(|()| headers)) {
                Ok(headers) => init.set_headers(&headers),
                Err(error) => return push(&answered, ticket, Err(IoFault::Unsupported(said(&error)))),
            }
        }
        ABORTS.with_borrow_mut(|aborts| aborts.insert(key, controller));
        wasm_bindgen_futures::spawn_local(async move {
            let body = fetch(&url, &init, part).await;
            ABORTS.with_borrow_mut(|aborts| aborts.remove(&key));
            push(&answered, ticket, body);
        });
    }

    pub fn cancel(&mut self, ticket: u64) {
        self.running.remove(&ticket);
        abort((self.number, ticket));
    }

    pub fn poll(&mut self) -> Vec<Answer> {
        let answered =
            std::mem::take(&mut *self.answered.lock().unwrap_or_else(PoisonError::into_inner));
        let mut answers: Vec<Answer> = answered
            .into_iter()
            .filter(|(ticket, _)| self.running.remove(ticket).is_some())
            .collect();
        // The browser has no time-out of its own.
        let oldest = milliseconds() - 1e3 * REQUEST_TIMEOUT_S as f64;
        let late: Vec<u64> = self
            .running
            .iter()
            .filter(|(_, started)| **started < oldest)
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in late {
            self.cancel(ticket);
            answers.push((ticket, Err(IoFault::TimedOut(self.root.to_string()))));
        }
        answers
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        for ticket in self.running.keys() {
            abort((self.number, *ticket));
        }
    }
}

/// Milliseconds on a clock that only runs forward where the browser has one.
pub(super) fn milliseconds() -> f64 {
    let performance = match js_sys::global().dyn_into::<web_sys::Window>() {
        Ok(window) => window.performance(),
        Err(global) => js_sys::Reflect::get(&global, &JsValue::from_str("performance"))
            .ok()
            .and_then(|value| value.dyn_into::<web_sys::Performance>().ok()),
    };
    performance.map_or_else(js_sys::Date::now, |performance| performance.now())
}

fn abort(key: (u32, u64)) {
    if let Some(controller) = ABORTS.with_borrow_mut(|aborts| aborts.remove(&key)) {
        controller.abort();
    }
}

fn push(answered: &Mutex<Vec<Answer>>, ticket: u64, body: Result<Vec<u8>, IoFault>) {
    answered
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push((ticket, body));
}

async fn fetch(url: &str, init: &RequestInit, part: Option<Part>) -> Result<Vec<u8>, IoFault> {
    let network = |error: JsValue| IoFault::Network(format!("{url}: {}", said(&error)));
    let promise = match js_sys::global().dyn_into::<web_sys::Window>() {
        Ok(window) => window.fetch_with_str_and_init(url, init),
        Err(global) => global
            .unchecked_into::<web_sys::DedicatedWorkerGlobalScope>()
            .fetch_with_str_and_init(url, init),
    };
    let response: Response = JsFuture::from(promise)
        .await
        .map_err(network)?
        .dyn_into()
        .map_err(network)?;
    match response.status() {
        200..=299 => {}
        404 | 410 => return Err(IoFault::NotFound(url.to_owned())),
        status => return Err(IoFault::Server(status)),
    }
    let promised = response
        .headers()
        .get("content-length")
        .ok()
        .flatten()
        .and_then(|length| length.parse::<u64>().ok());
    if let Some(length) = promised.filter(|length| *length > MAX_ANSWER_BYTES) {
        return Err(IoFault::TooLarge(length));
    }
    let bytes = match promised {
        // What was promised is what comes, unless it is packed; browsers are quickest at taking it whole.
        Some(_) if !is_packed(&response) => {
            let buffer = JsFuture::from(response.array_buffer().map_err(network)?).await.map_err(network)?;
            js_sys::Uint8Array::new(&buffer).to_vec()
        }
        _ => streamed(&response).await.map_err(|fault| match fault {
            Streamed::Broken(error) => network(error),
            Streamed::TooLarge(length) => IoFault::TooLarge(length),
        })?,
    };
    Ok(match part {
        Some(part) if response.status() != 206 => part.of(bytes),
        _ => bytes,
    })
}

/// Whether the length that was promised is that of something smaller than what comes out.
fn is_packed(response: &Response) -> bool {
    response.headers().get("content-encoding").ok().flatten().is_some_and(|coding| coding != "identity")
}

enum Streamed {
    Broken(JsValue),
    TooLarge(u64),
}

/// A body piece by piece, no longer than an answer may be: nobody said how long it is.
async fn streamed(response: &Response) -> Result<Vec<u8>, Streamed> {
    let call = |of: &JsValue, name: &str| {
        let function: js_sys::Function = get(of, name)?.dyn_into()?;
        function.call0(of)
    };
    let body = get(response, "body").map_err(Streamed::Broken)?;
    if body.is_null() {
        return Ok(Vec::new());
    }
    let reader = call(&body, "getReader").map_err(Streamed::Broken)?;
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let promise: js_sys::Promise = call(&reader, "read").and_then(|promise| promise.dyn_into()).map_err(Streamed::Broken)?;
        let piece = JsFuture::from(promise).await.map_err(Streamed::Broken)?;
        if get(&piece, "done").is_ok_and(|done| done.is_truthy()) {
            return Ok(bytes);
        }
        let chunk: js_sys::Uint8Array = get(&piece, "value").and_then(|value| value.dyn_into()).map_err(Streamed::Broken)?;
        let (from, to) = (bytes.len(), bytes.len() + chunk.length() as usize);
        if to as u64 > MAX_ANSWER_BYTES {
            // Whoever sends on sends to nobody; that the reader goes too is all there is to do.
            let _ = call(&reader, "cancel");
            return Err(Streamed::TooLarge(to as u64));
        }
        bytes.resize(to, 0);
        if let Some(room) = bytes.get_mut(from..) {
            chunk.copy_to(room);
        }
    }
}

fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    js_sys::Reflect::get(of, &JsValue::from_str(name))
}

fn said(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(
        || "request failed".to_owned(),
        |error| String::from(error.message()),
    )
}
