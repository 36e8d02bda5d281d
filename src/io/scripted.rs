//! A fetcher for tests: answers, faults and latencies as written, and a log of what was asked.

use super::{IoFault, Location, Part};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// What a scripted fetcher answers. Paths it does not list are [`IoFault::NotFound`].
#[derive(Clone, Debug, Default)]
pub struct Script {
    answers: HashMap<String, Vec<Answer>>,
    latency_polls: u32,
    log: Log,
}

#[derive(Clone, Debug)]
struct Answer {
    body: Result<Vec<u8>, IoFault>,
    after_polls: u32,
}

/// `start PATH` and `cancel PATH`, in order; shared with the script it came from.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn push(&self, line: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
}

impl Script {
    /// Every answer of files added from now on comes at the `polls`-th look after the next one; 0 comes at once.
    pub fn latency(mut self, polls: u32) -> Self {
        self.latency_polls = polls;
        self
    }

    pub fn file(self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.answer(path, Ok(bytes.into()))
    }

    pub fn fault(self, path: &str, fault: IoFault) -> Self {
        self.answer(path, Err(fault))
    }

    /// Several answers for one path come one after the other; the last one stays.
    fn answer(mut self, path: &str, body: Result<Vec<u8>, IoFault>) -> Self {
        self.answers
            .entry(path.to_owned())
            .or_default()
            .push(Answer {
                body,
                after_polls: self.latency_polls,
            });
        self
    }

    pub fn log(&self) -> Log {
        self.log.clone()
    }
}

#[derive(Debug)]
pub(super) struct Fetcher {
    script: Script,
    /// How often each path was asked.
    asked: HashMap<String, usize>,
    running: BTreeMap<u64, (String, Answer)>,
}

impl Fetcher {
    pub fn new(script: Script) -> Self {
        Self {
            script,
            asked: HashMap::new(),
            running: BTreeMap::new(),
        }
    }

    /// A part of a scripted file; a whole address is a path of the script like any other.
    pub fn start_part(&mut self, ticket: u64, path: &str, part: Option<Part>) {
        if super::location::address(path).is_some() {
            self.script.log.push(format!("start {path}"));
            let answers = self.script.answers.get(path);
            let answer = answers.and_then(|answers| answers.last().cloned()).unwrap_or_else(|| self.script.unknown(path));
            self.running.insert(ticket, (path.to_owned(), answer));
        } else {
            self.start(ticket, path);
        }
        if let (Some(part), Some((_, answer))) = (part, self.running.get_mut(&ticket))
            && let Ok(bytes) = &mut answer.body
        {
            *bytes = part.of(std::mem::take(bytes));
        }
    }

    pub fn start(&mut self, ticket: u64, path: &str) {
        self.script.log.push(format!("start {path}"));
        let times = self.asked.entry(path.to_owned()).or_insert(0);
        // The same refusals as everywhere, so that tests see them.
        let allowed = Location::Url(String::new()).join(path).map(|_| ());
        let answer = match (allowed, self.script.answers.get(path)) {
            (Err(fault), _) => Answer {
                body: Err(fault),
                after_polls: 0,
            },
            (Ok(()), Some(answers)) => answers
                .get(*times)
                .or(answers.last())
                .cloned()
                .unwrap_or_else(|| self.script.unknown(path)),
            (Ok(()), None) => self.script.unknown(path),
        };
        *times += 1;
        self.running.insert(ticket, (path.to_owned(), answer));
    }

    pub fn cancel(&mut self, ticket: u64) {
        if let Some((path, _)) = self.running.remove(&ticket) {
            self.script.log.push(format!("cancel {path}"));
        }
    }

    pub fn poll(&mut self) -> Vec<(u64, Result<Vec<u8>, IoFault>)> {
        let due: Vec<u64> = self
            .running
            .iter()
            .filter(|(_, (_, answer))| answer.after_polls == 0)
            .map(|(ticket, _)| *ticket)
            .collect();
        for (_, answer) in self.running.values_mut() {
            answer.after_polls = answer.after_polls.saturating_sub(1);
        }
        due.into_iter()
            .filter_map(|ticket| Some((ticket, self.running.remove(&ticket)?.1.body)))
            .collect()
    }
}

impl Script {
    fn unknown(&self, path: &str) -> Answer {
        Answer {
            body: Err(IoFault::NotFound(path.to_owned())),
            after_polls: self.latency_polls,
        }
    }
}
