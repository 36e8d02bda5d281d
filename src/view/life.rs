//! From when to when a thing stands: works begin, it comes into service, it is removed. And which of it a year shows.

/// Years beyond those of a calendar year that the slider goes ahead.
pub const YEARS_AHEAD: i32 = 30;
/// First and last year that are told apart.
const YEARS: [i32; 2] = [1, 4095];
/// Longest works that are told apart, years.
const MOST_WORKS: i32 = 63;

/// Names of attributes that say it, without regard to case; the first that a feature has counts.
pub const FROM: [&str; 11] = [
    "year", "from_year", "year_from", "yearOfConstruction", "year_built", "annee_mise_en_service", "date_mise_en_service", "mise_en_service", "annee_livraison",
    "date_livraison", "start_date",
];
pub const WORKS: [&str; 7] =
    ["works_year", "works_from", "annee_debut_travaux", "date_debut_travaux", "debut_travaux", "annee_travaux", "works_start"];
pub const TO: [&str; 8] =
    ["to_year", "year_to", "yearOfDemolition", "annee_demolition", "date_demolition", "annee_fin_service", "date_hors_service", "end_date"];

/// The years of a thing, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Works begin in this year.
    pub works: Option<i32>,
    /// It serves from this year on.
    pub from: Option<i32>,
    /// It is gone in this year and after.
    pub to: Option<i32>,
}

/// What a thing is in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not there yet.
    Planned,
    UnderWorks,
    InService,
    Removed,
}


impl Life {
    /// Years outside of all calendars are none; works that end nowhere, or after the thing serves, are its beginning.
    pub fn new(works: Option<i32>, from: Option<i32>, to: Option<i32>) -> Self {
        let sound = |year: Option<i32>| year.filter(|year| (YEARS[0]..=YEARS[1]).contains(year));
        let (works, from, to) = (sound(works), sound(from), sound(to));
        match (works, from) {
            (Some(works), None) => Self { works: None, from: Some(works), to },
            (Some(works), Some(from)) if works < from => Self { works: Some(works.max(from - MOST_WORKS)), from: Some(from), to },
            _ => Self { works: None, from, to },
        }
    }

    /// Whether any year is known.
    pub fn is_known(self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    pub fn phase(self, year: i32) -> Phase {
        if self.to.is_some_and(|to| year >= to) {
            Phase::Removed
        } else if self.from.is_none_or(|from| year >= from) {
            Phase::InService
        } else if self.works.is_some_and(|works| year >= works) {
            Phase::UnderWorks
        } else {
            Phase::Planned
        }
    }

    /// Whether a year shows it.
    pub fn stands(self, year: i32) -> bool {
        matches!(self.phase(year), Phase::UnderWorks | Phase::InService)
    }

    /// The years in which it becomes something else, in order.
    pub fn changes(self) -> impl Iterator<Item = i32> {
        [self.works, self.from, self.to].into_iter().flatten()
    }

    /// The change that is nearest to a year.
    pub fn nearest_change(self, year: i32) -> Option<i32> {
        self.changes().min_by_key(|change| (change.abs_diff(year), *change))
    }

    /// As `shaders/lib/features.wgsl` reads it: twelve bits of the year it serves from (0: always), six of years of works before, twelve of the year
    /// it is gone (0: never). Never one of the marks, which have the highest bits.
    pub fn packed(self) -> u32 {
        let year = |year: Option<i32>| year.map_or(0, |year| year.clamp(YEARS[0], YEARS[1]) as u32);
        let lead = self.from.zip(self.works).map_or(0, |(from, works)| (from - works).clamp(0, MOST_WORKS) as u32);
        year(self.from) | lead << 12 | year(self.to) << 18
    }
}

/// The year of a value: a number, or what a text begins with (`2031`, `2031-05-01`), or ends with (`01/05/2031`).
pub fn year_of(text: &str) -> Option<i32> {
    let text = text.trim();
    let digits = |part: &str| (part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok()).flatten();
    let ends_well = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
    let first = text.get(..4).and_then(digits).filter(|_| text.get(4..).is_some_and(ends_well));
    let last = || text.len().checked_sub(4).and_then(|at| Some((text.get(..at)?, text.get(at..)?))).filter(|(before, _)| before.ends_with(['/', '.', '-'])).and_then(|(_, year)| digits(year));
    first.or_else(last).filter(|year| (YEARS[0]..=YEARS[1]).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn works_begin_and_end_and_what_is_removed_is_gone() {
        let bridge = Life::new(Some(2028), Some(2031), Some(2090));
        let phases = [2027, 2028, 2030, 2031, 2089, 2090].map(|year| bridge.phase(year));
        assert_eq!(phases, [Phase::Planned, Phase::UnderWorks, Phase::UnderWorks, Phase::InService, Phase::InService, Phase::Removed]);
        assert_eq!(bridge.nearest_change(2029), Some(2028));
        assert_eq!(Life::new(None, None, Some(1990)).phase(1989), Phase::InService);
        assert_eq!(Life::new(Some(2030), None, None), Life { works: None, from: Some(2030), to: None });
        assert_eq!(Life::new(Some(2030), Some(2025), None).works, None);
        assert!(!Life::new(Some(-4), Some(0), Some(9000)).is_known());
    }

    #[test]
    fn years_are_read_as_people_write_them() {
        for (text, year) in [("2031", Some(2031)), ("2031-05-01", Some(2031)), ("2031-05-01T00:00:00Z", Some(2031)), ("01/05/2031", Some(2031)), ("1 May", None), ("20315", None), ("", None), ("0000", None), ("été", None)] {
            assert_eq!(year_of(text), year, "{text}");
        }
    }

    proptest! {
        /// What the shader unpacks tells the same phase as here.
        #[test]
        fn what_is_packed_says_the_same(works in proptest::option::of(-10..5000_i32), from in proptest::option::of(-10..5000_i32), to in proptest::option::of(-10..5000_i32), year in 0..4095_i32) {
            let life = Life::new(works, from, to);
            let packed = life.packed();
            prop_assert!(packed < 0x4000_0000);
            let (from, lead, to) = ((packed & 0xfff) as i32, (packed >> 12 & 0x3f) as i32, (packed >> 18 & 0xfff) as i32);
            let phase = if to != 0 && year >= to { Phase::Removed } else if year >= from { Phase::InService } else if year >= from - lead { Phase::UnderWorks } else { Phase::Planned };
            prop_assert_eq!(phase, life.phase(year));
        }
    }
}
