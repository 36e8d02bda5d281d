//! An answer as one card shows it: words and written numbers in one language, amounts for drawing.

use super::answer::{MyRoof, proposed};
use super::prepare::{Prepared, middle};
use super::record::{Shared, layout, plane};
use super::told::{Basis, Line, confidence, day, decimal, figures, grouped, state};
use super::{Covisibility, Thinning, YEAR};
use crate::base::{Clock, Instant};
use crate::energy::answer::facts_used;
use crate::energy::economics::Fact;
use crate::energy::roof::FLAT_DEG;
use crate::formats::roofbook::Record;
use crate::planning::rooftop::Step;

/// Light on a plane that the ends of the colours stand for, kWh/m² a year: a plane that looks north in Lille, and the best one in Marseille.
pub const LIGHT_KWH_M2: [f64; 2] = [400.0, 1_900.0];
/// From little light to much, sRGB; told apart with any eyes, since each is lighter than the one before.
pub const COLOURS: [[u8; 3]; 6] = [[45, 22, 82], [110, 30, 110], [178, 52, 88], [230, 98, 42], [250, 170, 30], [253, 240, 130]];

/// The colour of a plane with so much light.
pub fn colour(kwh_m2: f64) -> [u8; 3] {
    let [low, high] = LIGHT_KWH_M2;
    let last = COLOURS.len() - 1;
    let share = (kwh_m2 - low) / (high - low);
    let place = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) * last as f64 };
    let at = (place as usize).min(last.saturating_sub(1));
    let part = place - at as f64;
    let (a, b) = (COLOURS.get(at).copied().unwrap_or_default(), COLOURS.get(at + 1).copied().unwrap_or_default());
    [0, 1, 2].map(|channel: usize| (f64::from(a[channel]) * (1.0 - part) + f64::from(b[channel]) * part).round() as u8)
}

/// A mean day of a month, kW by hour of the territory's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Day {
    pub production: [f64; 24],
    pub load: [f64; 24],
}

/// A plane, covered or not.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneCard {
    pub plane: usize,
    pub name: String,
    pub area_m2: f64,
    pub usable_m2: f64,
    pub tilt: f64,
    pub azimuth: f64,
    /// Modules on it now, and those that fit.
    pub modules: usize,
    pub places: usize,
    /// Of the modules that fit.
    pub kwp: f64,
    pub kwh_year: f64,
    pub kwh_m2: f64,
    pub shading_loss: f64,
    pub sky_view: f64,
    pub covered: bool,
    pub colour: [u8; 3],
    /// Rings seen from above, metres east and north of the roof's middle.
    pub outline: Vec<Vec<[f64; 2]>>,
    /// Whether it is on, and its corners, place by place.
    pub modules_at: Vec<(bool, [[f64; 2]; 4])>,
}

/// A dated fact that the answer rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct FactCard {
    pub fact: Fact,
    pub text: String,
    /// What it rests on, and when somebody looked.
    pub origin: String,
    pub state: &'static str,
    pub confidence: &'static str,
}

/// A step of the check-list in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct StepCard {
    pub step: Step,
    pub text: String,
    pub todo: String,
    pub why: String,
}

/// One way to count carbon.
#[derive(Clone, Debug, PartialEq)]
pub struct CarbonCard {
    pub key: &'static str,
    pub kg_year: Option<f64>,
    pub line: Line,
}

/// Everything the card shows of a roof on which something fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub figures: Vec<Line>,
    pub months: [f64; 12],
    pub month_names: [String; 12],
    pub days: Vec<Day>,
    pub facts: Vec<FactCard>,
    pub missing: Vec<&'static str>,
    pub steps: Vec<StepCard>,
    pub delay_months: u32,
    pub monuments: Vec<Covisibility>,
    /// The building is a protected monument itself: its name, which may be empty.
    pub listed: Option<String>,
    /// Whether any monument is seen together with the roof; `None` where that cannot be said of all.
    pub covisible: Option<bool>,
    pub co2: Vec<CarbonCard>,
    pub sources: Vec<String>,
    pub tried: Tried,
}

/// What can be tried around the roof, and what it does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tried {
    /// Trees that take light from it, by their places in the record.
    pub trees: Vec<TreeCard>,
    /// Felling all of them is something of its own.
    pub has_all: bool,
    /// kWh a year with the trees and without those that are felled, and a sentence.
    pub felled: Option<([f64; 2], String)>,
    /// What the roofs beside gain where trees are felled; nothing until they are there.
    pub around: Option<super::neighbours::Around>,
    /// The terrain hides nothing: a sentence.
    pub bare: Option<String>,
}

/// A tree near the roof.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeCard {
    pub name: String,
    pub is_felled: bool,
}

impl Card {
    pub fn new(found: &MyRoof, basis: &Basis, clock: Clock, english: bool) -> Self {
        let say = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
        let (co2, figures): (Vec<Line>, Vec<Line>) = figures(found, basis, english).into_iter().partition(|line| line.key.starts_with("co2-"));
        let carbon = &found.answer.carbon;
        let kg = |key: &str| match key {
            "co2-mean" => ("against-mean", carbon.against_mean),
            "co2-life-cycle" => ("life-cycle", carbon.life_cycle),
            _ => ("marginal", carbon.marginal),
        };
        // Where nobody could stand to look, nothing says that the two are not seen together.
        let seen: Vec<Option<bool>> = found.covisibilities.iter().filter(|one| !one.is_of(&found.building)).map(|one| one.covisible.filter(|seen| *seen || one.viewpoints > 0)).collect();
        Self {
            figures,
            months: found.answer.kwh_month,
            month_names: month_names(english),
            days: days(found, clock),
            facts: facts_used(&found.answer)
                .into_iter()
                .map(|(fact, validity)| FactCard { text: say(&fact.fr, &fact.en), origin: origin(fact, english), state: state(validity), confidence: confidence(fact.confidence), fact: fact.clone() })
                .collect(),
            missing: found.answer.earnings.missing.iter().map(|lack| lack.id).collect(),
            steps: found.formalities.steps.iter().map(|step| StepCard { text: say(&step.fr, &step.en), todo: say(&step.do_fr, &step.do_en), why: say(&step.why.0, &step.why.1), step: step.clone() }).collect(),
            delay_months: found.formalities.delay_months,
            covisible: covisible(&seen, found.place.has_servitudes),
            monuments: found.covisibilities.clone(),
            listed: found.covisibilities.iter().find(|one| one.is_of(&found.building)).map(|one| one.monument.name.clone()),
            co2: co2
                .into_iter()
                .map(|line| {
                    let (key, kg_year) = kg(line.key);
                    CarbonCard { key, kg_year, line }
                })
                .collect(),
            sources: basis.sources.clone(),
            tried: Tried::default(),
        }
    }
}

impl Tried {
    /// `felled` is what is felled, with kWh a year before and after.
    pub fn new(record: &Record, felled: Option<(Thinning, [f64; 2])>, is_bare: bool, english: bool) -> Self {
        let say = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
        let [x, y, _] = middle(record);
        let trees: Vec<TreeCard> = record
            .trees
            .iter()
            .enumerate()
            .map(|(number, tree)| {
                let (east, north) = (tree.at[0] - x, tree.at[1] - y);
                let (metres, wind) = (decimal(east.hypot(north), 0, english), wind(east.atan2(north).to_degrees().rem_euclid(360.0), english));
                let high = decimal(tree.top_m - tree.foot_m, 0, english);
                let name = if english { format!("Tree {} · {high} m high, {metres} m to the {wind}", number + 1) } else { format!("Arbre {} · {high} m de haut, à {metres} m, {wind}", number + 1) };
                TreeCard { name, is_felled: felled.is_some_and(|(felled, _)| felled == Thinning::All || felled == Thinning::Tree(number)) }
            })
            .collect();
        let felled = felled.map(|(felled, [before, after])| {
            let what = match felled {
                Thinning::All => say("Sans ces arbres", "Without these trees"),
                Thinning::Tree(number) => format!("{} {}", say("Sans l’arbre", "Without tree"), number + 1),
            };
            let percent = if before > 0.0 { 100.0 * (after / before - 1.0) } else { 0.0 };
            let [b, a] = [before, after].map(|kwh| grouped(kwh, english));
            let sign = if percent > 0.0 { "+" } else { "" };
            let share = format!("{sign}{} %", decimal(percent, 1, english));
            if (after - before).abs() < 0.5 {
                return ([before, after], if english { format!("{what}: nothing changes ({b} kWh/year)") } else { format!("{what} : rien ne change ({b} kWh/an)") });
            }
            // No arrow: not every typeface has one.
            ([before, after], if english { format!("{what}: from {b} to {a} kWh/year ({share})") } else { format!("{what} : de {b} à {a} kWh/an ({share})") })
        });
        let is_bare = is_bare && !record.monuments.is_empty();
        Self {
            has_all: trees.len() > 1,
            trees,
            felled,
            around: None,
            bare: is_bare.then(|| say("Essai sans le relief : seuls les bâtiments cachent. Les formalités affichées sont celles de cet essai.", "A trial without the terrain: only buildings hide. The formalities shown are those of this trial.")),
        }
    }
}

/// With any of some monuments; `None` where that cannot be said of all, or where the territory does not know its monuments.
fn covisible(seen: &[Option<bool>], has_servitudes: bool) -> Option<bool> {
    if seen.contains(&Some(true)) {
        return Some(true);
    }
    let unknown = seen.contains(&None) || (seen.is_empty() && !has_servitudes);
    (!unknown).then_some(false)
}

/// A fact's source with the day on which it was read.
fn origin(fact: &Fact, english: bool) -> String {
    let read = fact.read.map_or_else(String::new, |at| format!(" ; {} {}", if english { "read on" } else { "lu le" }, day(at)));
    format!("{}{read}", fact.origin(english))
}

fn month_names(english: bool) -> [String; 12] {
    let names = if english {
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    } else {
        ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
    };
    names.map(str::to_owned)
}

/// Mean days, month by month, on the territory's clock.
fn days(found: &MyRoof, clock: Clock) -> Vec<Day> {
    let Some(start) = Instant::from_utc(YEAR, 1, 1, 0, 0, 0) else { return Vec::new() };
    let mut days = vec![Day::default(); 12];
    let mut counts = vec![[0_u32; 24]; 12];
    for (hour, (made, used)) in found.production_kw.iter().zip(&found.load_kw).enumerate() {
        let local = clock.read(start.plus_seconds(3600 * hour as i64));
        let (month, hour) = ((local.month - 1).clamp(0, 11) as usize, local.hour.clamp(0, 23) as usize);
        if let (Some(day), Some(count)) = (days.get_mut(month), counts.get_mut(month)) {
            day.production[hour] += made;
            day.load[hour] += used;
            count[hour] += 1;
        }
    }
    for (day, count) in days.iter_mut().zip(&counts) {
        for hour in 0..24 {
            let of = f64::from(count[hour].max(1));
            day.production[hour] /= of;
            day.load[hour] /= of;
        }
    }
    days
}

/// The planes of a building, with what is on them now; `found` is none where nothing is.
pub fn planes(prepared: &Prepared, shared: &Shared, found: Option<&MyRoof>, without: &[(usize, usize)], english: bool) -> Vec<PlaneCard> {
    let middle = prepared.middle();
    let flat = |p: &[f64; 3]| [p[0] - middle[0], p[1] - middle[1]];
    prepared
        .record
        .planes
        .iter()
        .enumerate()
        .map(|(number, own)| {
            let covered = found.and_then(|found| found.covered.iter().find(|covered| covered.roof.plane == number));
            let solid = plane(own);
            let modules_at = layout(own, &shared.module)
                .in_space(&solid, &shared.module)
                .iter()
                .enumerate()
                .map(|(place, corners)| (covered.is_some() && !without.contains(&(number, place)), corners.map(|corner| flat(&corner))))
                .collect();
            PlaneCard {
                plane: number,
                name: plane_name(number, own.tilt, own.azimuth, english),
                area_m2: own.area_m2,
                usable_m2: own.usable_m2,
                tilt: own.tilt,
                azimuth: own.azimuth,
                modules: covered.map_or(0, |covered| covered.roof.modules),
                places: own.modules,
                kwp: own.kwp,
                kwh_year: own.kwh_year,
                kwh_m2: own.kwh_m2,
                shading_loss: own.shading_loss,
                sky_view: own.sky_view,
                covered: covered.is_some(),
                colour: colour(own.kwh_m2),
                outline: solid.outline().iter().map(|ring| ring.iter().map(flat).collect()).collect(),
                modules_at,
            }
        })
        .collect()
}

/// `Pan 1 · sud-ouest · 32°`.
fn plane_name(number: usize, tilt: f64, azimuth: f64, english: bool) -> String {
    let pan = if english { "Plane" } else { "Pan" };
    if tilt < FLAT_DEG {
        return format!("{pan} {} · {}", number + 1, if english { "flat" } else { "plat" });
    }
    format!("{pan} {} · {} · {}°", number + 1, wind(azimuth, english), decimal(tilt, 0, english))
}

/// Where an azimuth looks, in words.
fn wind(azimuth: f64, english: bool) -> &'static str {
    let winds = if english {
        ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"]
    } else {
        ["nord", "nord-est", "est", "sud-est", "sud", "sud-ouest", "ouest", "nord-ouest"]
    };
    winds.get(((azimuth / 45.0).round() as usize) % 8).copied().unwrap_or_default()
}

/// Planes that are covered after a person's own choice.
pub fn chosen(prepared: &Prepared, shared: &Shared, covered: &[usize], uncovered: &[usize]) -> Vec<usize> {
    let mut planes = proposed(&super::record::roofs(&prepared.record, shared.sureness));
    planes.extend(covered.iter().filter(|plane| **plane < prepared.record.planes.len()));
    planes.retain(|plane| !uncovered.contains(plane));
    planes.sort_unstable();
    planes.dedup();
    planes
}

#[cfg(test)]
mod tests {
    use super::covisible;

    #[test]
    fn unseen_is_said_only_where_somebody_looked() {
        assert_eq!(covisible(&[Some(false), Some(true), None], true), Some(true));
        assert_eq!(covisible(&[Some(false), None], true), None);
        assert_eq!(covisible(&[Some(false)], true), Some(false));
        assert_eq!(covisible(&[], true), Some(false));
        assert_eq!(covisible(&[], false), None, "a territory without servitudes knows no monument");
    }
}
