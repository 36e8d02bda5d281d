//! The search index of a territory: names that its layers carry, places and addresses of sources that are found and never drawn.
//!
//! | module | does |
//! |---|---|
//! | [`ask`] | a question to a finished index, from the command line |
//! | [`register`] | addresses and places as sources have them, kept between the plan and the merge |
//! | [`index`] | streets out of lines, houses in their buildings, everything into the files of [`crate::formats::search`] |

pub mod ask;
pub mod index;
pub mod register;

/// Folder of the index in a package.
pub const FOLDER: &str = "search";
