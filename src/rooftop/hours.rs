//! The year of a roof hour by hour, as a file that people carry elsewhere.

use super::YEAR;
use super::answer::MyRoof;
use crate::base::{Clock, Instant};
use std::fmt::Write as _;

/// One line for each hour: instant in UTC, the territory's clock, what the roof makes, what the load draws, kW. Where it comes from stands in the first lines.
pub fn csv(found: &MyRoof, territory: &str, sources: &[String], clock: Clock) -> String {
    let mut out = String::new();
    let Some(start) = Instant::from_utc(YEAR, 1, 1, 0, 0, 0) else { return out };
    // Writing to a text does not fail.
    let _ = writeln!(out, "# {territory} ; {} ; {:.2} kWc, {} modules", found.building, found.answer.kwp, found.answer.modules);
    out.push_str("# simulé / simulated\n");
    for source in sources {
        let _ = writeln!(out, "# {}", source.replace(['\n', '\r'], " "));
    }
    out.push_str("start_utc,start_local,production_kw,load_kw\n");
    for (hour, (made, drawn)) in found.production_kw.iter().zip(&found.load_kw).enumerate() {
        let at = start.plus_seconds(3600 * hour as i64);
        let local = clock.read(at);
        let _ = writeln!(out, "{at},{:04}-{:02}-{:02}T{:02}:{:02},{made:.4},{drawn:.4}", local.year, local.month, local.day, local.hour, local.minute);
    }
    out
}
