//! The planner's table: large roofs and car parks filtered, sorted, summed up, and held against what the territory draws, hour by hour.

use super::told::decimal;
use crate::base::{Clock, Instant};
use crate::formats::roofplan::{Facets, Item, Kind, Perimeter, Plan, Protection, PvgisRecord};
use std::collections::BTreeMap;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::Arc;

/// Bars of the histogram of sizes: upper ends in kWp, the last one open.
pub const SIZES_KWP: [f64; 6] = [50.0, 100.0, 250.0, 500.0, 1_000.0, f64::INFINITY];

/// Which items are looked at; without a wish, all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub kind: Option<Kind>,
    /// Public ones, or the others.
    pub public: Option<bool>,
    /// In a protected perimeter of any kind, or outside of all.
    pub heritage: Option<bool>,
    pub over_100_kwp: Option<bool>,
    /// Without what the law keeps free: sites patrimoniaux remarquables and sites.
    pub without_excluded: bool,
}

impl Filter {
    /// As the command line, links and panels write it; a wish that is not known is none.
    pub fn of<'w>(wishes: impl IntoIterator<Item = &'w str>) -> Self {
        let mut out = Self::default();
        for wish in wishes {
            match wish {
                "roofs" => out.kind = Some(Kind::Roof),
                "car-parks" => out.kind = Some(Kind::CarPark),
                "public" => out.public = Some(true),
                "not-public" => out.public = Some(false),
                "heritage" => out.heritage = Some(true),
                "no-heritage" => out.heritage = Some(false),
                "over-100-kwp" => out.over_100_kwp = Some(true),
                "kept" => out.without_excluded = true,
                _ => {}
            }
        }
        out
    }

    pub fn keeps(&self, facets: &Facets) -> bool {
        self.kind.is_none_or(|kind| kind == facets.kind)
            && self.public.is_none_or(|public| public == facets.public)
            && self.heritage.is_none_or(|heritage| heritage == (facets.protection != Protection::None))
            && self.over_100_kwp.is_none_or(|over| over == facets.over_100_kwp)
            && !(self.without_excluded && facets.protection == Protection::Excluded)
    }
}

/// What the table is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    Name,
    Kind,
    Usage,
    Area,
    Power,
    #[default]
    Energy,
    Shade,
    /// Energy that the territory draws at the hour when it is made.
    Useful,
    /// The share of its own energy that this is.
    UsefulShare,
    Protection,
}

impl Column {
    pub const ALL: [Self; 10] =
        [Self::Name, Self::Kind, Self::Usage, Self::Area, Self::Power, Self::Energy, Self::Shade, Self::Useful, Self::UsefulShare, Self::Protection];

    /// As the command line and the page write it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Kind => "kind",
            Self::Usage => "usage",
            Self::Area => "area",
            Self::Power => "power",
            Self::Energy => "energy",
            Self::Shade => "shade",
            Self::Useful => "useful",
            Self::UsefulShare => "useful-share",
            Self::Protection => "protection",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.id() == id)
    }

    /// Numbers are first wanted from the largest on, texts from the first letter on.
    pub fn falls_first(self) -> bool {
        !matches!(self, Self::Name | Self::Kind | Self::Usage)
    }

    fn compare(self, a: &Item, b: &Item) -> Ordering {
        let share = |item: &Item| useful_share(item).unwrap_or(-1.0);
        match self {
            Self::Name => title(a).cmp(title(b)),
            Self::Kind => a.facets.kind.cmp(&b.facets.kind),
            Self::Usage => a.usage.cmp(&b.usage),
            Self::Area => a.area_m2.total_cmp(&b.area_m2),
            Self::Power => a.kwp.total_cmp(&b.kwp),
            Self::Energy => a.kwh_year.total_cmp(&b.kwh_year),
            Self::Shade => a.shading_loss.total_cmp(&b.shading_loss),
            Self::Useful => a.useful_kwh.unwrap_or(-1.0).total_cmp(&b.useful_kwh.unwrap_or(-1.0)),
            Self::UsefulShare => share(a).total_cmp(&share(b)),
            Self::Protection => a.facets.protection.cmp(&b.facets.protection),
        }
    }
}

/// What people call it: its name, or its id.
pub fn title(item: &Item) -> &str {
    if item.name.is_empty() { &item.id } else { &item.name }
}

/// Share of an item's energy that the territory draws at the hour when it is made.
pub fn useful_share(item: &Item) -> Option<f64> {
    item.useful_kwh.filter(|_| item.kwh_year > 0.0).map(|kwh| (kwh / item.kwh_year).clamp(0.0, 1.0))
}

/// Places in the plan's list of what a filter keeps, sorted; equals stay in the plan's own order.
pub fn rows(plan: &Plan, filter: &Filter, by: Column, falling: bool) -> Vec<usize> {
    let mut kept: Vec<(usize, &Item)> = plan.items.iter().enumerate().filter(|(_, item)| filter.keeps(&item.facets)).collect();
    kept.sort_by(|(_, a), (_, b)| {
        let order = by.compare(a, b);
        if falling { order.reverse() } else { order }
    });
    kept.into_iter().map(|(place, _)| place).collect()
}

/// Sums of what a filter keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    pub count: usize,
    pub area_m2: f64,
    pub kwp: f64,
    pub kwh_year: f64,
    pub kwh_year_p90: f64,
    pub kwh_month: [f64; 12],
    pub useful_kwh: f64,
    /// Items by [`SIZES_KWP`].
    pub sizes: [usize; SIZES_KWP.len()],
}

pub fn totals(plan: &Plan, filter: &Filter) -> Totals {
    let mut out = Totals::default();
    for item in plan.items.iter().filter(|item| filter.keeps(&item.facets)) {
        out.count += 1;
        out.area_m2 += item.area_m2;
        out.kwp += item.kwp;
        out.kwh_year += item.kwh_year;
        out.kwh_year_p90 += item.kwh_year_p90;
        out.useful_kwh += item.useful_kwh.unwrap_or(0.0);
        out.kwh_month.iter_mut().zip(item.kwh_month).for_each(|(sum, kwh)| *sum += kwh);
        let size = SIZES_KWP.iter().position(|end| item.kwp <= *end).unwrap_or(SIZES_KWP.len() - 1);
        out.sizes[size] += 1;
    }
    out
}

/// What leaves items out, by name, and how many each.
pub fn exclusions(plan: &Plan) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for item in plan.items.iter().filter(|item| item.facets.protection == Protection::Excluded) {
        for perimeter in item.perimeters.iter().filter(|perimeter| perimeter.category != "AC1") {
            *out.entry(perimeter_name(perimeter)).or_default() += 1;
        }
    }
    out
}

/// PVGIS beside ours, as one sentence.
pub fn pvgis_said(one: &PvgisRecord, english: bool) -> String {
    let say = |fr: &'static str, en: &'static str| if english { en } else { fr };
    let number = |value: f64, digits: usize| decimal(value, digits, english);
    let percent = if one.kwh_year > 0.0 { 100.0 * (one.ours_kwh_year / one.kwh_year - 1.0) } else { 0.0 };
    let sign = if percent > 0.0 { "+" } else { "" };
    format!(
        "PVGIS {} ({}° / {}°, {} {}, {} {} %, {} {} km) : {} {} ; {} : {} {} ({sign}{} %)",
        one.database, number(one.tilt, 0), number(one.azimuth, 0), number(one.kwp, 2), say("kWc", "kWp"), say("pertes", "losses"), number(100.0 * one.losses, 0), say("à", "at"),
        number(one.away_km, 0), number(one.kwh_year, 0), say("kWh/an", "kWh/year"), say("ici, sans ombre", "here, without shade"), number(one.ours_kwh_year, 0), say("kWh/an", "kWh/year"), number(percent, 1)
    )
}

/// What is made against what the territory draws, hour by hour.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    pub demand_kwh: f64,
    pub made_kwh: f64,
    /// Made and drawn in the same hour.
    pub at_once_kwh: f64,
    pub hours: usize,
    /// Hours in which at least as much is made as is drawn.
    pub hours_covered: usize,
    /// Hours of light: something is made.
    pub hours_lit: usize,
    /// Largest surplus of an hour, kW.
    pub most_surplus_kw: f64,
}

impl Coverage {
    /// Share of the demand that is met in the hour when it arises.
    pub fn covered(&self) -> f64 {
        if self.demand_kwh > 0.0 { self.at_once_kwh / self.demand_kwh } else { 0.0 }
    }

    /// Share of what is made that is drawn in the same hour.
    pub fn used(&self) -> f64 {
        if self.made_kwh > 0.0 { self.at_once_kwh / self.made_kwh } else { 0.0 }
    }
}

/// The hours of what a filter keeps, kW.
pub fn hours(plan: &Plan, filter: &Filter) -> Vec<f64> {
    let hours = plan.groups.first().map_or(0, |group| group.kw.len());
    let mut out = vec![0.0; hours];
    for group in plan.groups.iter().filter(|group| filter.keeps(&group.facets)) {
        out.iter_mut().zip(&group.kw).for_each(|(sum, kw)| *sum += kw);
    }
    out
}

/// `None` where the demand of the territory is not known.
pub fn coverage(plan: &Plan, filter: &Filter) -> Option<Coverage> {
    if plan.demand_kw.is_empty() {
        return None;
    }
    let made = hours(plan, filter);
    let mut out = Coverage { hours: plan.demand_kw.len(), ..Coverage::default() };
    for (hour, need) in plan.demand_kw.iter().enumerate() {
        let kw = made.get(hour).copied().unwrap_or(0.0);
        out.demand_kwh += need;
        out.made_kwh += kw;
        out.at_once_kwh += need.min(kw);
        out.hours_covered += usize::from(kw > 0.0 && kw >= *need);
        out.hours_lit += usize::from(kw > 0.0);
        out.most_surplus_kw = out.most_surplus_kw.max(kw - need);
    }
    Some(out)
}

/// The mean day of the year: kW made and drawn by hour of the territory's clock, summer time in summer.
pub fn mean_day(plan: &Plan, filter: &Filter, clock: Clock) -> [[f64; 2]; 24] {
    let (mut day, mut counts) = ([[0.0; 2]; 24], [0_u32; 24]);
    let Some(start) = Instant::from_utc(plan.year, 1, 1, 0, 0, 0) else { return day };
    let made = hours(plan, filter);
    for (hour, drawn) in plan.demand_kw.iter().enumerate() {
        // The hour that the clock skips or shows twice counts where it is shown.
        let local = usize::try_from(clock.read(start.plus_seconds(3600 * hour as i64)).hour).unwrap_or(0);
        if let (Some([made_sum, drawn_sum]), Some(count)) = (day.get_mut(local), counts.get_mut(local)) {
            *made_sum += made.get(hour).copied().unwrap_or(0.0);
            *drawn_sum += drawn;
            *count += 1;
        }
    }
    for (sums, count) in day.iter_mut().zip(counts) {
        sums.iter_mut().for_each(|sum| *sum /= f64::from(count.max(1)));
    }
    day
}

/// The table as somebody looks at it.
#[derive(Clone, Debug)]
pub struct Shown {
    pub plan: Arc<Plan>,
    pub filter: Filter,
    pub by: Column,
    pub falling: bool,
    pub rows: Vec<usize>,
    pub totals: Totals,
    /// `None` where the demand is not known.
    pub coverage: Option<Coverage>,
    /// As [`mean_day`].
    pub day: [[f64; 2]; 24],
}

impl Shown {
    pub fn new(plan: Arc<Plan>, filter: Filter, by: Column, falling: bool, clock: Clock) -> Self {
        Self { day: mean_day(&plan, &filter, clock), rows: rows(&plan, &filter, by, falling), totals: totals(&plan, &filter), coverage: coverage(&plan, &filter), filter, by, falling, plan }
    }

    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.rows.iter().filter_map(|place| self.plan.items.get(*place))
    }

    /// What is carried away: the rows in their order, where they come from in the first lines.
    pub fn csv(&self) -> String {
        let canopies = &self.plan.canopies;
        let mut notes = vec![format!("solar plan, roofs and car parks of at least {} m²; simulated; weather: {}", self.plan.least_m2, self.plan.weather[1])];
        notes.push(format!("car parks: assumed canopies over {} of the area, tilt {}°, azimuth {}°", canopies.usable_share, canopies.tilt, canopies.azimuth));
        notes.extend(self.plan.sources.iter().cloned());
        csv(&notes, self.items())
    }
}

/// Names of the columns of the CSV.
pub const CSV_COLUMNS: &str = "building,layer,kind,name,usage,public,area_m2,usable_m2,modules,kwp,kwh_year,kwh_year_p90,shading_loss,demand_kwh_year,useful_kwh,heritage,perimeters,excluded,lon,lat";

/// Items as CSV; notes stand before, as comments that spreadsheets show and readers of ours pass over.
pub fn csv<'i>(notes: &[String], items: impl Iterator<Item = &'i Item>) -> String {
    let quoted = |text: &str| if text.contains([',', '"', '\n', '\r', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() };
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let optional = |value: Option<f64>| value.map(|value| format!("{value:.1}")).unwrap_or_default();
    let mut out = String::new();
    for note in notes {
        // Writing to a text does not fail.
        let _ = writeln!(out, "# {}", note.replace(['\n', '\r'], " "));
    }
    let _ = writeln!(out, "{CSV_COLUMNS}");
    for item in items {
        let _ = writeln!(
            out,
            "{},{},{},{},{},{},{:.2},{:.2},{},{:.3},{:.3},{:.3},{:.5},{},{},{},{},{},{:.7},{:.7}",
            quoted(&item.id), quoted(&item.layer), item.facets.kind.name(), quoted(&item.name), quoted(&item.usage), yes(item.facets.public), item.area_m2, item.usable_m2,
            item.modules, item.kwp, item.kwh_year, item.kwh_year_p90, item.shading_loss, optional(item.demand_kwh_year), optional(item.useful_kwh), quoted(&categories(item)),
            quoted(&perimeters(item)), yes(item.facets.protection == Protection::Excluded), item.at[0], item.at[1]
        );
    }
    out
}

/// `AC1 AC4`.
pub fn categories(item: &Item) -> String {
    let mut categories: Vec<&str> = item.perimeters.iter().map(|perimeter| perimeter.category.as_str()).collect();
    categories.sort_unstable();
    categories.dedup();
    categories.join(" ")
}

/// `AC1 Église Saint-Étienne ; AC4 Centre ancien`.
pub fn perimeters(item: &Item) -> String {
    item.perimeters.iter().map(perimeter_name).collect::<Vec<_>>().join(" ; ")
}

/// `AC4 Centre ancien`.
pub fn perimeter_name(perimeter: &Perimeter) -> String {
    format!("{} {}", perimeter.category, perimeter.name).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::roofplan::{Canopies, Group, VERSION, Whole};
    use proptest::prelude::*;

    fn facets() -> impl Strategy<Value = Facets> {
        (any::<bool>(), any::<bool>(), 0..3_u8, any::<bool>()).prop_map(|(park, public, protection, over)| Facets {
            kind: if park { Kind::CarPark } else { Kind::Roof },
            public,
            protection: [Protection::None, Protection::Surroundings, Protection::Excluded][usize::from(protection)],
            over_100_kwp: over,
        })
    }

    fn plan_of(items: Vec<(Facets, f64, f64)>) -> Plan {
        let mut groups: BTreeMap<Facets, Vec<f64>> = BTreeMap::new();
        let items: Vec<Item> = items
            .into_iter()
            .enumerate()
            .map(|(number, (facets, kwp, kwh_year))| {
                let hours = groups.entry(facets).or_insert_with(|| vec![0.0; 48]);
                (0..48).filter(|hour| (6..18).contains(&(hour % 24))).for_each(|hour| hours[hour] += kwh_year / 24.0);
                Item { id: format!("b{number}"), facets, kwp, kwh_year, area_m2: 5.0 * kwp, useful_kwh: Some(0.5 * kwh_year), kwh_month: [kwh_year / 12.0; 12], ..Item::default() }
            })
            .collect();
        Plan {
            roofplan: VERSION,
            least_m2: 500.0,
            year: 2026,
            items,
            groups: groups.into_iter().map(|(facets, kw)| Group { facets, kw }).collect(),
            demand_kw: vec![700.0; 48],
            all_roofs: Whole::default(),
            canopies: Canopies { usable_share: 0.5, tilt: 10.0, azimuth: 180.0, height_m: 4.0 },
            servitudes_known: true,
            car_parks_known: true,
            facilities_known: true,
            weather: Default::default(),
            sources: Vec::new(),
            pvgis: None,
        }
    }

    /// Whole numbers that halves and days of are whole too, so that text keeps them to the last digit.
    fn entries(most: usize) -> impl Strategy<Value = Vec<(Facets, f64, f64)>> {
        proptest::collection::vec((facets(), (1..900_u16).prop_map(f64::from), (0..40_000_u32).prop_map(|days| 24.0 * f64::from(days))), 0..most)
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
    }

    #[test]
    fn the_mean_day_goes_by_the_clock_of_the_place() {
        // The sun makes a kilowatt at noon UTC: one in winter, two in summer by the clock of Paris. Shops open at nine by that clock.
        let mut plan = plan_of(vec![(Facets { kind: Kind::Roof, public: true, protection: Protection::None, over_100_kwp: false }, 10.0, 0.0)]);
        let start = Instant::from_utc(plan.year, 1, 1, 0, 0, 0).unwrap();
        plan.groups[0].kw = (0..8760).map(|hour| f64::from(u8::from(hour % 24 == 12))).collect();
        plan.demand_kw = (0..8760).map(|hour| f64::from(u8::from(Clock::Paris.read(start.plus_seconds(3600 * hour)).hour == 9))).collect();
        let day = mean_day(&plan, &Filter::default(), Clock::Paris);
        // Summer time lasts from the last Sunday of March to the last of October: 210 noons of 2026.
        assert!((day[13][0] - 155.0 / 365.0).abs() < 1e-12 && (day[14][0] - 210.0 / 365.0).abs() < 1e-12 && day[12][0] == 0.0, "{day:?}");
        assert!((day[9][1] - 1.0).abs() < 1e-12 && day[8][1] + day[10][1] == 0.0, "{day:?}");
    }

    proptest! {
        #[test]
        fn a_filter_and_its_complement_are_the_whole(items in entries(50), which in 0..3_u8) {
            let plan = plan_of(items);
            let of = |wanted| match which {
                0 => Filter { public: Some(wanted), ..Filter::default() },
                1 => Filter { heritage: Some(wanted), ..Filter::default() },
                _ => Filter { over_100_kwp: Some(wanted), ..Filter::default() },
            };
            let (whole, yes, no) = (totals(&plan, &Filter::default()), totals(&plan, &of(true)), totals(&plan, &of(false)));
            prop_assert_eq!(whole.count, yes.count + no.count);
            prop_assert!(near(whole.kwh_year, yes.kwh_year + no.kwh_year) && near(whole.kwp, yes.kwp + no.kwp));
            prop_assert_eq!(whole.sizes.iter().sum::<usize>(), plan.items.len());
            let mut places: Vec<usize> = [rows(&plan, &of(true), Column::Energy, true), rows(&plan, &of(false), Column::Energy, true)].concat();
            places.sort_unstable();
            prop_assert_eq!(places, (0..plan.items.len()).collect::<Vec<_>>());
            // Hour by hour too, and the hours are the year.
            let sums: Vec<f64> = hours(&plan, &of(true)).iter().zip(hours(&plan, &of(false))).map(|(a, b)| a + b).collect();
            prop_assert!(hours(&plan, &Filter::default()).iter().zip(&sums).all(|(a, b)| near(*a, *b)));
            let all = coverage(&plan, &Filter::default()).unwrap();
            prop_assert!(plan.items.is_empty() || near(all.made_kwh, whole.kwh_year));
            prop_assert!(all.at_once_kwh <= all.made_kwh.min(all.demand_kwh) + 1e-6);
            // Two whole days of a clock that is not set.
            let day = mean_day(&plan, &Filter::default(), Clock::Hours(0));
            prop_assert!(near(day.iter().map(|[made, _]| made).sum::<f64>() * 2.0, all.made_kwh));
        }

        #[test]
        fn sorting_is_stable_and_turns_round(items in proptest::collection::vec((facets(), (1..5_u8).prop_map(f64::from), (0..4_u8).prop_map(f64::from)), 0..40), by in 0..Column::ALL.len()) {
            let plan = plan_of(items);
            let column = Column::ALL[by];
            for falling in [false, true] {
                let sorted = rows(&plan, &Filter::default(), column, falling);
                for pair in sorted.windows(2) {
                    let order = column.compare(&plan.items[pair[0]], &plan.items[pair[1]]);
                    let wrong = if falling { Ordering::Less } else { Ordering::Greater };
                    prop_assert!(order != wrong);
                    prop_assert!(order != Ordering::Equal || pair[0] < pair[1], "equals keep their order");
                }
            }
        }

        #[test]
        fn a_plan_is_read_as_it_was_written(items in entries(20)) {
            let plan = plan_of(items);
            let bytes = plan.bytes().unwrap();
            prop_assert_eq!(Plan::parse(&bytes).unwrap(), plan);
            prop_assert!(bytes.get(..bytes.len() / 2).is_none_or(|half| Plan::parse(half).is_err()));
        }
    }

    #[test]
    fn a_damaged_plan_is_a_fault() {
        let damaged = |change: fn(&mut Plan)| {
            let mut plan = plan_of(vec![(Facets::default(), 10.0, 100.0)]);
            change(&mut plan);
            Plan::parse(&plan.bytes().unwrap()).unwrap_err().code
        };
        assert_eq!(damaged(|plan| plan.roofplan = 2), "roofbook-version");
        assert_eq!(damaged(|plan| plan.groups.push(plan.groups[0].clone())), "roofbook-plan");
        assert_eq!(damaged(|plan| plan.groups[0].kw.truncate(3)), "roofbook-plan");
        assert_eq!(damaged(|plan| plan.demand_kw.truncate(7)), "roofbook-plan");
        assert_eq!(damaged(|plan| plan.items[0].kwp = f64::NAN), "roofbook-plan");
    }
}
