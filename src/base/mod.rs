//! Words that every other module speaks: ids, instants, bounds, polygons, figures with provenance, coded findings, seeded random numbers.
//!
//! Nothing here knows a format, a map projection or a program.

pub mod bounds;
pub mod calendar;
pub mod clock;
pub mod figure;
pub mod ids;
pub mod language;
pub mod lattice;
pub mod percent;
pub mod polygon;
pub mod printable;
pub mod report;
pub mod rng;
pub mod time;

pub use bounds::{Bounds2, Bounds3};
pub use calendar::{CalendarUnit, WallSteps};
pub use clock::{Clock, Wall};
pub use figure::{ABOUT, Amount, COLUMN, Dataset, Figure, Nature, Provenance, Uncertainty, Unit};
pub use ids::{DatasetId, LayerId, joined_ids, plain_id};
pub use language::Language;
pub use percent::{percent_decoded, percent_decoded_text};
pub use printable::{printable, printable_lines};
pub use report::{Finding, Report, Severity};
pub use rng::Rng;
pub use time::{Instant, Interval, LocalDateTime, StatedInstant};
