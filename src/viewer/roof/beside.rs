//! The roofs beside the selected one where a tree is felled: their pages are fetched once, and told of as they come.

use crate::formats::roofbook::{Record, find, page_file, page_of};
use crate::formats::territory::RoofBook;
use crate::rooftop::Thinning;
use crate::rooftop::neighbours::{Around, Neighbour, felled, gain, others, told};
use crate::rooftop::prepare::Sunlight;
use crate::viewer::requests::{Purpose, Requests};
use std::collections::BTreeMap;

/// What has been asked for and what has come, of one selected roof.
#[derive(Default)]
pub(super) struct Beside {
    /// By page; nothing while it is on its way, and where it could not be read.
    pages: BTreeMap<u32, Option<Vec<u8>>>,
    /// The last answer and the trial it belongs to.
    known: Option<(Thinning, Vec<Neighbour>)>,
}

impl Beside {
    /// Takes what has come; whether anything did.
    pub(super) fn take(&mut self, requests: &mut Requests) -> bool {
        let mut came = false;
        for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::RoofBeside { .. })) {
            let (Purpose::RoofBeside { page }, Ok(bytes)) = (purpose, body) else { continue };
            self.pages.insert(page, Some(bytes));
            self.known = None;
            came = true;
        }
        came
    }

    /// What the neighbours gain by a trial, as far as they are there; asks for those that are not.
    pub(super) fn around(&mut self, trial: Option<(&Record, Thinning)>, sunlight: &Sunlight, english: bool, book: &RoofBook, requests: &mut Requests) -> Option<Around> {
        let (record, thinning) = trial?;
        let trees = felled(record, thinning);
        let wanted = others(trees);
        for page in wanted.iter().map(|id| page_of(id, book.pages)) {
            self.pages.entry(page).or_insert_with(|| {
                requests.ask(&format!("{}/{}", book.path, page_file(page)), Purpose::RoofBeside { page });
                None
            });
        }
        let found = match &self.known {
            Some((known, found)) if *known == thinning => found.clone(),
            _ => {
                let read = |id: &String| find(self.pages.get(&page_of(id, book.pages))?.as_ref()?, id).ok().flatten();
                let found: Vec<Neighbour> = wanted.iter().filter_map(read).filter_map(|other| gain(&other, trees, sunlight)).collect();
                self.known = Some((thinning, found.clone()));
                found
            }
        };
        told(found, wanted.len(), english)
    }
}
