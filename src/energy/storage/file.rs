//! The case file of `jumeau dispatch`: one JSON object.
//!
//! ```json
//! {
//!   "step_h": 1.0,
//!   "load_mw": [2.1, 2.0],
//!   "generation_mw": {"wind": [1.2, 3.4], "pv": [0.0, 0.5]},
//!   "price_eur_mwh": [60.0, 55.0],
//!   "export_price_eur_mwh": [24.0, 22.0],
//!   "export_price_factor": 0.4,
//!   "import_limit_mw": 12.0,
//!   "export_limit_mw": 8.0,
//!   "curtailable": false,
//!   "objective": "cost",
//!   "battery": {
//!     "energy_mwh": 3.3, "power_mw": 2.0,
//!     "charge_efficiency": 0.95, "discharge_efficiency": 0.95,
//!     "initial_mwh": 1.65, "cyclic": true, "degradation_eur_mwh": 0.0
//!   }
//! }
//! ```
//!
//! | field | default |
//! |---|---|
//! | `step_h` | 1 |
//! | `load_mw`, `generation_mw` | required; production is one list, or lists by name that are added up |
//! | `price_eur_mwh` | 0; a list or one number |
//! | `export_price_eur_mwh` | `export_price_factor` × price |
//! | `export_price_factor` | 0.4 |
//! | `import_limit_mw`, `export_limit_mw` | none |
//! | `curtailable` | false: production is thrown away only where the connection is full |
//! | `objective` | `cost`; or `self-sufficiency` (least energy bought), `curtailment` |
//! | `battery` | none |
//! | `power_mw`, or `charge_mw` and `discharge_mw` | required with a battery, like `energy_mwh` |
//! | `charge_efficiency`, `discharge_efficiency` | √0.9, or the root of `round_trip_efficiency` |
//! | `initial_mwh` | half full; where the greedy controller starts, and the plan unless cyclic |
//! | `cyclic` | true |

use super::{Battery, Case, CaseFault, Goal};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    #[allow(dead_code, reason = "a title or a comment is for people")]
    title: Option<String>,
    step_h: Option<f64>,
    load_mw: Vec<f64>,
    generation_mw: Production,
    price_eur_mwh: Option<Series>,
    export_price_eur_mwh: Option<Series>,
    export_price_factor: Option<f64>,
    import_limit_mw: Option<f64>,
    export_limit_mw: Option<f64>,
    curtailable: Option<bool>,
    objective: Option<String>,
    battery: Option<WrittenBattery>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Series {
    One(f64),
    Each(Vec<f64>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Production {
    One(Vec<f64>),
    Named(BTreeMap<String, Vec<f64>>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBattery {
    energy_mwh: f64,
    power_mw: Option<f64>,
    charge_mw: Option<f64>,
    discharge_mw: Option<f64>,
    charge_efficiency: Option<f64>,
    discharge_efficiency: Option<f64>,
    round_trip_efficiency: Option<f64>,
    initial_mwh: Option<f64>,
    cyclic: Option<bool>,
    degradation_eur_mwh: Option<f64>,
}

/// Why a file is no case.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FileFault {
    #[error("{0}")]
    Json(String),
    #[error("objective “{0}” is none of cost, self-sufficiency, curtailment")]
    Objective(String),
    #[error("the battery has neither power_mw nor charge_mw and discharge_mw")]
    Power,
    #[error(transparent)]
    Case(#[from] CaseFault),
}

/// # Errors
/// A [`FileFault`] with the place in the text, or what is impossible in the case.
pub fn read(bytes: &[u8]) -> Result<Case, FileFault> {
    let written: Written =
        serde_json::from_slice(bytes).map_err(|error| FileFault::Json(error.to_string()))?;
    let steps = written.load_mw.len();
    let spread = |series: Series| match series {
        Series::One(value) => vec![value; steps],
        Series::Each(values) => values,
    };
    let generation_mw = match written.generation_mw {
        Production::One(values) => values,
        Production::Named(lists) => {
            let mut sum = vec![0.0; steps];
            for values in lists.into_values() {
                if values.len() != steps {
                    let found = values.len();
                    let name = "generation_mw";
                    return Err(CaseFault::Length { name, found, steps }.into());
                }
                for (total, value) in sum.iter_mut().zip(values) {
                    *total += value;
                }
            }
            sum
        }
    };
    let import_price = written
        .price_eur_mwh
        .map_or_else(|| vec![0.0; steps], spread);
    let factor = written.export_price_factor.unwrap_or(0.4);
    let export_price = written.export_price_eur_mwh.map_or_else(
        || import_price.iter().map(|price| factor * price).collect(),
        spread,
    );
    let goal = match written.objective.as_deref() {
        None | Some("cost") => Goal::Cost,
        Some("self-sufficiency" | "import") => Goal::Import,
        Some("curtailment") => Goal::Curtailment,
        Some(other) => return Err(FileFault::Objective(other.to_owned())),
    };
    let case = Case {
        step_h: written.step_h.unwrap_or(1.0),
        load_mw: written.load_mw,
        generation_mw,
        import_price,
        export_price,
        import_limit_mw: written.import_limit_mw.unwrap_or(f64::INFINITY),
        export_limit_mw: written.export_limit_mw.unwrap_or(f64::INFINITY),
        curtailable: written.curtailable.unwrap_or(false),
        battery: written.battery.map(battery).transpose()?,
        goal,
    };
    case.check()?;
    Ok(case)
}

fn battery(written: WrittenBattery) -> Result<Battery, FileFault> {
    let one_way = written.round_trip_efficiency.unwrap_or(0.9).sqrt();
    let power = |own: Option<f64>| own.or(written.power_mw).ok_or(FileFault::Power);
    Ok(Battery {
        energy_mwh: written.energy_mwh,
        charge_mw: power(written.charge_mw)?,
        discharge_mw: power(written.discharge_mw)?,
        charge_efficiency: written.charge_efficiency.unwrap_or(one_way),
        discharge_efficiency: written.discharge_efficiency.unwrap_or(one_way),
        initial_mwh: written.initial_mwh.unwrap_or(written.energy_mwh / 2.0),
        cyclic: written.cyclic.unwrap_or(true),
        degradation_eur_mwh: written.degradation_eur_mwh.unwrap_or(0.0),
    })
}
