//! What a person types → streets, places and addresses. Pure, and without input or output of its own: a [`Finder`] says which parts of the index
//! it needs, the host fetches them and asks again.
//!
//! | module | holds |
//! |---|---|
//! | [`words`] | how the French write names, and what is the same for all that |
//! | [`query`] | what was typed, read in every way it may be meant |
//! | [`find`] | parts of the index, and the answer |
//! | [`build`] | names and addresses → the files of an index |
//!
//! A key pressed downloads one file of words (twenty-odd kilobytes, whatever the size of the territory), or two; a house number one to three files
//! of numbers of the streets that have the name; a word that nothing bears, once, the list of all words. Nothing that is typed leaves the machine.

pub mod build;
pub mod find;
pub mod query;
pub mod words;

pub use find::{Answer, Finder, Found, Hit, MAX_HITS, Remark};
