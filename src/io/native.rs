//! The desktop's fetcher: a few threads read files; addresses go to `http.rs`.

use super::location::address;
use super::{IoFault, Location, MAX_ANSWER_BYTES, MAX_REQUESTS, Part, Place};
use std::collections::{HashSet, VecDeque};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// HTTP needs the feature; its absence has the same face and refuses. This is the one place in `io` that asks for a feature.
#[cfg_attr(feature = "http", path = "http.rs")]
#[cfg_attr(not(feature = "http"), path = "http_absent.rs")]
mod http;

/// Threads that read files; disks gain nothing from more.
const FILE_THREADS: usize = 3;

pub(super) type Answer = (u64, Result<Vec<u8>, IoFault>);

#[derive(Debug)]
pub(super) struct Fetcher {
    root: Location,
    worker: Worker,
    /// For addresses of other places, once one has been asked for.
    abroad: Option<http::Http>,
    /// Asked and neither answered nor cancelled.
    running: HashSet<u64>,
    answers: Sender<Answer>,
    /// In a lock only so that the fetcher can be shared between threads.
    answered: Mutex<Receiver<Answer>>,
}

#[derive(Debug)]
enum Worker {
    Files(Arc<Queue>),
    Http(http::Http),
}

impl Fetcher {
    pub fn new(root: Location) -> Result<Self, IoFault> {
        let (answers, answered) = mpsc::channel();
        let worker = match &root {
            Location::Folder(_) => Worker::Files(Queue::start(&answers)?),
            Location::Url(url) => Worker::Http(http::Http::new(url, answers.clone())?),
        };
        Ok(Self {
            root,
            worker,
            abroad: None,
            running: HashSet::new(),
            answers,
            answered: Mutex::new(answered),
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
        self.running.insert(ticket);
        match (place, &self.worker) {
            (Ok(Place::File(file)), Worker::Files(queue)) => queue.push(ticket, file, path, part),
            (Ok(Place::Url(url)), Worker::Http(http)) => http.start(ticket, url, part),
            // A folder's fetcher has no sockets before somebody needs one.
            (Ok(Place::Url(url)), Worker::Files(_)) => {
                if self.abroad.is_none() {
                    match http::Http::new(&url, self.answers.clone()) {
                        Ok(http) => self.abroad = Some(http),
                        Err(fault) => return self.answer_at_once(ticket, fault),
                    }
                }
                if let Some(http) = &self.abroad {
                    http.start(ticket, url, part);
                }
            }
            (Err(fault), _) => self.answer_at_once(ticket, fault),
            // A root makes places of its own kind only.
            (Ok(_), _) => self.answer_at_once(ticket, IoFault::Refused(path.to_owned())),
        }
    }

    pub fn cancel(&mut self, ticket: u64) {
        self.running.remove(&ticket);
        match &self.worker {
            Worker::Files(queue) => queue.cancel(ticket),
            Worker::Http(http) => http.cancel(ticket),
        }
        if let Some(http) = &self.abroad {
            http.cancel(ticket);
        }
    }

    pub fn poll(&mut self) -> Vec<Answer> {
        let answered = self
            .answered
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        // What was cancelled after its answer had been sent is dropped here.
        answered
            .try_iter()
            .filter(|(ticket, _)| self.running.remove(ticket))
            .collect()
    }

    fn answer_at_once(&self, ticket: u64, fault: IoFault) {
        // The receiver lives as long as self; a failed send cannot matter.
        let _ = self.answers.send((ticket, Err(fault)));
    }
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        if let Worker::Files(queue) = &self.worker {
            queue.close();
        }
    }
}

/// Files to read, for the threads to take from.
#[derive(Debug, Default)]
struct Queue {
    state: Mutex<QueueState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct QueueState {
    waiting: VecDeque<Task>,
    closed: bool,
}

#[derive(Debug)]
struct Task {
    ticket: u64,
    file: PathBuf,
    /// As it was asked for: the user's words in a fault.
    path: String,
    part: Option<Part>,
}

impl Queue {
    fn start(answers: &Sender<Answer>) -> Result<Arc<Self>, IoFault> {
        let queue = Arc::new(Self::default());
        for number in 0..FILE_THREADS {
            let (theirs, answers) = (Arc::clone(&queue), answers.clone());
            let started = std::thread::Builder::new()
                .name(format!("files-{number}"))
                .spawn(move || theirs.work(&answers));
            if let Err(error) = started {
                // One thread is enough to go on.
                if number == 0 {
                    return Err(IoFault::Unsupported(format!("no thread: {error}")));
                }
                break;
            }
        }
        Ok(queue)
    }

    fn work(&self, answers: &Sender<Answer>) {
        while let Some(task) = self.take() {
            let body = read(&task.file, &task.path, task.part);
            if answers.send((task.ticket, body)).is_err() {
                return;
            }
        }
    }

    /// The next task; waits for one. `None` when the fetcher has gone.
    fn take(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(task) = state.waiting.pop_front() {
                return Some(task);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn push(&self, ticket: u64, file: PathBuf, path: &str, part: Option<Part>) {
        self.lock().waiting.push_back(Task {
            ticket,
            file,
            path: path.to_owned(),
            part,
        });
        self.changed.notify_one();
    }

    fn cancel(&self, ticket: u64) {
        self.lock().waiting.retain(|task| task.ticket != ticket);
    }

    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
        drop(state);
        self.changed.notify_all();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(file: &Path, path: &str, part: Option<Part>) -> Result<Vec<u8>, IoFault> {
    let fault = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            IoFault::NotFound(path.to_owned())
        }
        _ => IoFault::Disk(format!("{path}: {error}")),
    };
    let mut opened = std::fs::File::open(file).map_err(fault)?;
    let metadata = opened.metadata().map_err(fault)?;
    if !metadata.is_file() {
        return Err(IoFault::NotFound(path.to_owned()));
    }
    let length = match part {
        Some(part) => {
            opened.seek(SeekFrom::Start(part.offset)).map_err(fault)?;
            part.length.min(metadata.len().saturating_sub(part.offset))
        }
        None => metadata.len(),
    };
    if length > MAX_ANSWER_BYTES {
        return Err(IoFault::TooLarge(length));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    if part.is_some() {
        opened.take(length).read_to_end(&mut bytes).map_err(fault)?;
        return Ok(bytes);
    }
    // The file may grow between the two looks.
    opened
        .take(MAX_ANSWER_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    if bytes.len() as u64 > MAX_ANSWER_BYTES {
        return Err(IoFault::TooLarge(bytes.len() as u64));
    }
    Ok(bytes)
}
