//! The page's Web Workers: contents go out, parcels come back. Without them, or when they fail, the page's own thread does their work.

use glam::DMat4;
use js_sys::{Array, Float64Array, Object, Reflect, Uint8Array};
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// Contents with one worker at the same time: one that is decoded, and some that wait, so that it is busy through a slow frame.
const AT_ONCE: usize = 8;
/// Workers of a page at most: more would take the cores from the page itself.
const MOST_WORKERS: usize = 3;
/// Nothing has come back for so long: the content is given up, and its worker with it, seconds.
const PATIENCE_S: f64 = 30.0;

/// What came of a content.
pub enum Outcome {
    Parcel(Vec<u8>),
    /// The content cannot be read.
    Fault(String),
    /// The worker could not do it; here are the bytes again.
    Lost(Vec<u8>),
}

struct Job {
    ticket: u64,
    content: Vec<u8>,
    since_ms: f64,
}

struct Hand {
    number: usize,
    worker: Worker,
    jobs: VecDeque<Job>,
    /// Kept as long as the worker may call them.
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(JsValue)>,
}

#[derive(Default)]
struct Crew {
    hands: Vec<Hand>,
    done: Vec<(u64, Outcome)>,
}

thread_local! {
    static CREW: RefCell<Crew> = RefCell::default();
}

/// Starts `count` workers of the script, which load the module of bindings and its WebAssembly by these addresses.
pub fn start_decoders(script: &str, module: &str, wasm: &str, count: usize) {
    for number in 0..count.min(MOST_WORKERS) {
        // A browser that refuses (an old one, a policy of the site) has none.
        if let Ok(hand) = hire(number, script, module, wasm) {
            CREW.with_borrow_mut(|crew| crew.hands.push(hand));
        }
    }
}

fn hire(number: usize, script: &str, module: &str, wasm: &str) -> Result<Hand, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(script, &options)?;
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| hear(number, &event.data()));
    worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    let failed = Closure::<dyn FnMut(JsValue)>::new(move |_| dismiss(number));
    worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
    let first = Object::new();
    Reflect::set(&first, &"module".into(), &module.into())?;
    Reflect::set(&first, &"wasm".into(), &wasm.into())?;
    worker.post_message(&first)?;
    Ok(Hand { number, worker, jobs: VecDeque::new(), _heard: heard, _failed: failed })
}

/// Whether there is any worker.
pub fn has_workers() -> bool {
    CREW.with_borrow(|crew| !crew.hands.is_empty())
}

/// Takes a content back that nobody wants any more; whether it was still waiting. What a worker has begun comes to its end.
pub fn cancel_apart(ticket: u64) -> bool {
    CREW.with_borrow_mut(|crew| {
        crew.hands.iter_mut().any(|hand| {
            let Some(at) = hand.jobs.iter().position(|job| job.ticket == ticket).filter(|at| *at > 0) else { return false };
            hand.jobs.remove(at);
            let message = Object::new();
            // A worker that does not hear it decodes in vain, no more.
            let _ = Reflect::set(&message, &"cancel".into(), &(ticket as f64).into()).and_then(|_| hand.worker.post_message(&message));
            true
        })
    })
}

/// Hands a content to the worker that has least to do; it comes back when none has room.
///
/// # Errors
/// The content.
pub fn decode_apart(ticket: u64, content: Vec<u8>, ecef_from_tile: &DMat4, pictured: bool) -> Result<(), Vec<u8>> {
    CREW.with_borrow_mut(|crew| {
        let hand = crew.hands.iter_mut().min_by_key(|hand| hand.jobs.len()).filter(|hand| hand.jobs.len() < AT_ONCE);
        let Some(hand) = hand else { return Err(content) };
        if post(&hand.worker, ticket, &content, ecef_from_tile, pictured).is_err() {
            return Err(content);
        }
        hand.jobs.push_back(Job { ticket, content, since_ms: js_sys::Date::now() });
        Ok(())
    })
}

fn post(worker: &Worker, ticket: u64, content: &[u8], ecef_from_tile: &DMat4, pictured: bool) -> Result<(), JsValue> {
    let buffer = Uint8Array::from(content).buffer();
    let message = Object::new();
    Reflect::set(&message, &"ticket".into(), &(ticket as f64).into())?;
    Reflect::set(&message, &"content".into(), &buffer)?;
    Reflect::set(&message, &"placement".into(), &Float64Array::from(ecef_from_tile.to_cols_array().as_slice()))?;
    Reflect::set(&message, &"pictured".into(), &pictured.into())?;
    worker.post_message_with_transfer(&message, &Array::of1(&buffer))
}

/// What has come back since the last look.
pub fn decoded_apart() -> Vec<(u64, Outcome)> {
    let oldest = js_sys::Date::now() - 1e3 * PATIENCE_S;
    let silent: Vec<usize> = CREW.with_borrow(|crew| {
        crew.hands.iter().filter(|hand| hand.jobs.front().is_some_and(|job| job.since_ms < oldest)).map(|hand| hand.number).collect()
    });
    for number in silent {
        answer(number, None, |_| Outcome::Fault(format!("not decoded within {PATIENCE_S} s")));
        dismiss(number);
    }
    CREW.with_borrow_mut(|crew| std::mem::take(&mut crew.done))
}

/// Takes a job (the one named, or the oldest) from a worker and says what came of it.
fn answer(number: usize, ticket: Option<u64>, outcome: impl FnOnce(Vec<u8>) -> Outcome) {
    CREW.with_borrow_mut(|crew| {
        let Some(hand) = crew.hands.iter_mut().find(|hand| hand.number == number) else { return };
        let at = hand.jobs.iter().position(|job| ticket.is_none_or(|ticket| job.ticket == ticket));
        let Some(job) = at.and_then(|at| hand.jobs.remove(at)) else { return };
        // The next one begins only now.
        if let Some(next) = hand.jobs.front_mut() {
            next.since_ms = js_sys::Date::now();
        }
        crew.done.push((job.ticket, outcome(job.content)));
    });
}

/// Lets a worker go; its contents come back as they were.
fn dismiss(number: usize) {
    CREW.with_borrow_mut(|crew| {
        let Some(at) = crew.hands.iter().position(|hand| hand.number == number) else { return };
        let mut hand = crew.hands.remove(at);
        hand.worker.set_onmessage(None);
        hand.worker.set_onerror(None);
        hand.worker.terminate();
        crew.done.extend(hand.jobs.drain(..).map(|job| (job.ticket, Outcome::Lost(job.content))));
        // Its closures may be the ones that run at this moment: they go once they have returned.
        wasm_bindgen_futures::spawn_local(async move { drop(hand) });
    });
}

fn hear(number: usize, message: &JsValue) {
    let get = |name: &str| Reflect::get(message, &name.into()).ok().filter(|value| !value.is_undefined());
    if let Some(ticket) = get("ticket").and_then(|ticket| ticket.as_f64()) {
        let ticket = Some(ticket as u64);
        match (get("parcel"), get("error").and_then(|error| error.as_string())) {
            (Some(parcel), _) => answer(number, ticket, |_| Outcome::Parcel(Uint8Array::new(&parcel).to_vec())),
            (None, Some(error)) => answer(number, ticket, |_| Outcome::Fault(error)),
            (None, None) => answer(number, ticket, Outcome::Lost),
        }
    }
    if get("broken").is_some() {
        dismiss(number);
    }
}
