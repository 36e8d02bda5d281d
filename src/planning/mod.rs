//! Rules of planning law as questions to a place.
//!
//! | module | answers |
//! |---|---|
//! | [`file`] | the dated texts |
//! | [`rooftop`] | which formalities panels on a roof need here, and what stays to be verified |

pub mod file;
pub mod rooftop;
