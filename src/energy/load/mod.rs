//! Loads in time: mean powers of equal steps, kW, in UTC; people behave by the clock of their place.
//!
//! | module | answers |
//! |---|---|
//! | [`steps`] | the steps themselves, and series of one length made into another without losing energy |
//! | [`profile`] | a profile times a year's energy; what follows the cold |
//! | [`vehicle`] | electric vehicles: sessions, and how they are charged |
//! | [`heat_pump`] | heat, and the electricity it takes at the temperature of the hour |
//! | [`lamp`] | street lighting by the sun, with lamps out in the dead of night |
//! | [`site`] | farms and shops, as sums of uses |
//!
//! Shapes and amounts of people's habits are estimates of ours on French orders of magnitude, each named where it stands; measured series go in their place.

pub mod heat_pump;
pub mod lamp;
pub mod profile;
pub mod site;
pub mod steps;
pub mod vehicle;

pub use steps::Steps;

/// What is impossible in a load.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LoadFault {
    #[error("{0} steps, at most {max} are possible", max = steps::MAX_STEPS)]
    Steps(usize),
    #[error("steps of {0} s do not fit into steps of {1} s")]
    Resample(i64, i64),
    #[error("{name} has {found} values for {steps} steps")]
    Length {
        name: &'static str,
        found: usize,
        steps: usize,
    },
    #[error("{name}, {index}: {value} is not possible")]
    Value {
        name: &'static str,
        index: usize,
        value: f64,
    },
    #[error("{0} adds up to nothing, so no energy can be spread by it")]
    Empty(&'static str),
}

/// All values finite and within a range.
fn within(
    name: &'static str,
    values: &[f64],
    range: std::ops::RangeInclusive<f64>,
) -> Result<(), LoadFault> {
    match values.iter().position(|value| !range.contains(value)) {
        None => Ok(()),
        Some(index) => Err(LoadFault::Value {
            name,
            index,
            value: values.get(index).copied().unwrap_or(f64::NAN),
        }),
    }
}

fn same_length(name: &'static str, found: usize, steps: usize) -> Result<(), LoadFault> {
    if found == steps {
        Ok(())
    } else {
        Err(LoadFault::Length { name, found, steps })
    }
}
