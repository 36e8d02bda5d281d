//! What stands in for HTTP in a build without the feature `http`.

use super::super::{IoFault, Part};
use super::Answer;
use std::sync::mpsc::Sender;

#[derive(Debug)]
pub enum Http {}

impl Http {
    pub fn new(url: &str, _answers: Sender<Answer>) -> Result<Self, IoFault> {
        Err(IoFault::Unsupported(format!(
            "{url}: this build reads folders only (feature `http` is off)"
        )))
    }

    pub fn start(&self, _ticket: u64, _url: String, _part: Option<Part>) {
        match *self {}
    }

    pub fn cancel(&self, _ticket: u64) {
        match *self {}
    }
}
