//! Where does it fit: the nearest post and line, the way there, what they have left, and how well all of this is known.
//!
//! "Nearest" is on the map, as the crow flies. What is left is what a stored power flow leaves of the rating in the worst step of its time: heat alone, no voltage.

use crate::energy::grid::reach::{Found, Reach};
use crate::formats::gridbook::{GridBook, Known};
use crate::geodesy::{Crs, LonLat, geodesic};
use crate::rooftop::told::decimal;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

/// French distribution connects up to this at low voltage, kVA (arrêté of 9 June 2020).
pub const LOW_VOLTAGE_KW: f64 = 250.0;
/// Above it a line is of the medium voltage.
const LOW_VOLTAGE_V: f64 = 1_000.0;

/// Posts and lines, indexed in the plane of a system.
pub struct Places {
    book: GridBook,
    crs: Crs,
    /// Data sets that were drawn by us, or invented.
    made: BTreeSet<String>,
    all: Reach,
    high: Reach,
    /// Posts whose reserved capacity somebody states, by their place in the book.
    reserving: Vec<usize>,
    reserved: Reach,
    /// Lines above the low voltage, by their place in the book.
    high_lines: Vec<usize>,
}

/// What is left of a rating, kW.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Room {
    /// For what feeds in.
    pub feed_kw: f64,
    /// For what draws.
    pub draw_kw: f64,
}

/// A post or a line that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    pub known: Known,
    pub distance_m: f64,
    /// The nearest point of it, degrees.
    pub at: [f64; 2],
    pub rated_kva: Option<f64>,
    pub reserved_mw: Option<f64>,
    pub room: Option<Room>,
    /// Its data are drawn where nothing is known, or invented.
    pub made: bool,
}

/// What was found for a place and a power.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    pub from: [f64; 2],
    pub kw: f64,
    /// Beyond the low voltage.
    pub high: bool,
    pub post: Option<End>,
    pub line: Option<End>,
    /// The nearest post whose reserved capacity is stated.
    pub source: Option<End>,
}

impl Places {
    pub fn new(book: GridBook, crs: Crs, made: BTreeSet<String>) -> Self {
        // What no system holds is far from everything.
        let plane = |[lon_deg, lat_deg]: [f64; 2]| crs.from_lonlat(LonLat { lon_deg, lat_deg }).unwrap_or([f64::NAN; 2]);
        let posts: Vec<[f64; 2]> = book.posts.iter().map(|post| plane(post.at)).collect();
        let ways: Vec<Vec<[f64; 2]>> = book.lines.iter().map(|line| line.points.iter().copied().map(plane).collect()).collect();
        let high_lines: Vec<usize> = (0..ways.len()).filter(|index| book.lines.get(*index).is_some_and(|line| line.known.voltage_v.is_none_or(|volt| volt > LOW_VOLTAGE_V))).collect();
        let high_ways: Vec<Vec<[f64; 2]>> = high_lines.iter().filter_map(|index| ways.get(*index).cloned()).collect();
        let reserving: Vec<usize> = (0..posts.len()).filter(|index| book.posts.get(*index).is_some_and(|post| post.reserved_mw.is_some())).collect();
        let reserved: Vec<[f64; 2]> = reserving.iter().filter_map(|index| posts.get(*index).copied()).collect();
        Self { all: Reach::new(&posts, &ways), high: Reach::new(&[], &high_ways), reserved: Reach::new(&reserved, &[]), book, crs, made, reserving, high_lines }
    }

    pub fn book(&self) -> &GridBook {
        &self.book
    }

    /// `room` is asked by an id on the map. Nothing where there is neither post nor line, or no place.
    pub fn find(&self, from: [f64; 2], kw: f64, room: &dyn Fn(&str) -> Option<Room>) -> Option<Fit> {
        let at = self.crs.from_lonlat(LonLat { lon_deg: from[0], lat_deg: from[1] }).ok()?;
        let high = kw > LOW_VOLTAGE_KW;
        let post = self.all.post(at).and_then(|found| self.post(from, found.index, &found, room));
        let line = if high { self.high.line(at).and_then(|found| Some((*self.high_lines.get(found.index)?, found))) } else { self.all.line(at).map(|found| (found.index, found)) };
        let line = line.and_then(|(index, found)| {
            let line = self.book.lines.get(index)?;
            self.end(from, &line.known, &found, None, None, room)
        });
        let source = self.reserved.post(at).and_then(|found| self.post(from, *self.reserving.get(found.index)?, &found, room));
        (post.is_some() || line.is_some()).then_some(Fit { from, kw, high, post, line, source })
    }

    fn post(&self, from: [f64; 2], index: usize, found: &Found, room: &dyn Fn(&str) -> Option<Room>) -> Option<End> {
        let post = self.book.posts.get(index)?;
        self.end(from, &post.known, found, post.rated_kva, post.reserved_mw, room)
    }

    fn end(&self, from: [f64; 2], known: &Known, found: &Found, rated_kva: Option<f64>, reserved_mw: Option<f64>, room: &dyn Fn(&str) -> Option<Room>) -> Option<End> {
        let place = self.crs.to_lonlat(found.at[0], found.at[1]).ok()?;
        let at = [place.lon_deg, place.lat_deg];
        Some(End {
            // The plane has a scale of its own: which one is nearest is seen in it, how far it is on the ellipsoid.
            distance_m: geodesic::distance_m(from, at),
            at,
            rated_kva,
            reserved_mw,
            room: room(&known.id),
            made: self.made.contains(&known.dataset),
            known: known.clone(),
        })
    }
}

impl End {
    /// How well its place is known, in words.
    pub fn label(&self, english: bool) -> String {
        let say = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
        if self.made {
            return say("généré, non réel", "generated, not real");
        }
        match self.known.accuracy.as_str() {
            "A" => say("classe A (40 cm)", "class A (40 cm)"),
            "B" => say("classe B (1,5 m)", "class B (1.5 m)"),
            "C" => say("classe C (plus de 1,5 m)", "class C (beyond 1.5 m)"),
            "schematic" => say("schématique, aucun levé", "schematic, no survey"),
            _ => say("précision non indiquée", "accuracy not stated"),
        }
    }

    fn room_words(&self, kw: f64, english: bool) -> String {
        let say = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
        match self.room {
            None => say("capacité restante non connue", "remaining capacity not known"),
            Some(room) => {
                let verdict = if room.feed_kw >= kw { say("suffisante", "enough") } else { say("insuffisante", "not enough") };
                format!("{} {} kW ({verdict}), {} {} kW", say("reste en injection", "left for feeding in"), decimal(room.feed_kw, 0, english), say("en soutirage", "for drawing"), decimal(room.draw_kw, 0, english))
            }
        }
    }

    fn json(&self, from: [f64; 2], english: bool) -> Value {
        json!({
            "id": self.known.id, "name": self.known.name, "class": self.known.class, "distance_m": self.distance_m, "at_lonlat": self.at, "path_lonlat": [from, self.at],
            "accuracy": self.known.accuracy, "label": self.label(english), "generated": self.made, "voltage_v": self.known.voltage_v, "rated_kva": self.rated_kva,
            "remaining": self.room.map(|room| json!({ "feed_kw": room.feed_kw, "draw_kw": room.draw_kw })), "s3renr_mw": self.reserved_mw, "dataset": self.known.dataset,
        })
    }
}

impl Fit {
    /// Whether a post or a line that was found is made up.
    pub fn is_made_up(&self) -> bool {
        [&self.post, &self.line, &self.source].into_iter().flatten().any(|end| end.made)
    }

    pub fn level(&self) -> &'static str {
        if self.high { "HTA" } else { "BT" }
    }

    pub fn note(english: bool) -> &'static str {
        if english {
            "Distances as the crow flies on the ellipsoid, to what the data draw; what is left is that of the rating, heat alone, no voltage. The grid operator alone says where and at what cost a plant is connected."
        } else {
            "Distances à vol d’oiseau sur l’ellipsoïde, vers ce que les données dessinent ; la capacité restante est celle de l’échauffement, sans la tension. Seul le gestionnaire de réseau dit où et à quel coût un raccordement se fait."
        }
    }

    /// S3REnR, in words: what is not known is said.
    pub fn reserved(&self, english: bool) -> String {
        let say = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
        match self.source.as_ref().and_then(|source| Some((source, source.reserved_mw?))) {
            None => say("S3REnR : non connu, aucune source du territoire ne le donne", "S3REnR: not known, no source of the territory gives it"),
            Some((source, mw)) => format!("S3REnR : {} MW {} {} ({} m)", decimal(mw, 1, english), say("au poste", "at"), if source.known.name.is_empty() { &source.known.id } else { &source.known.name }, decimal(source.distance_m, 0, english)),
        }
    }

    pub fn json(&self, english: bool) -> Value {
        let end = |end: &Option<End>| end.as_ref().map(|end| end.json(self.from, english));
        json!({
            "kw": self.kw, "level": self.level(), "post": end(&self.post), "line": end(&self.line), "source": end(&self.source),
            "generated": self.is_made_up(), "s3renr_mw": self.source.as_ref().and_then(|source| source.reserved_mw), "s3renr": self.reserved(english), "note": Self::note(english),
        })
    }

    /// A line for each thing that was found.
    pub fn lines(&self, english: bool) -> Vec<(&'static str, String)> {
        let say = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
        let mut lines = Vec::new();
        for (key, name, end) in [("post", say("Poste le plus proche", "Nearest post"), &self.post), ("line", say("Ligne la plus proche", "Nearest line"), &self.line)] {
            if let Some(end) = end {
                let called = if end.known.name.is_empty() { &end.known.id } else { &end.known.name };
                lines.push((key, format!("{name} : {} m — {called} ({}) ; {}", decimal(end.distance_m, 1, english), end.label(english), end.room_words(self.kw, english))));
            }
        }
        lines.push(("s3renr", self.reserved(english)));
        lines
    }

    pub fn words(&self, english: bool) -> String {
        let mut text = format!("{} {} kW, {}\n", if english { "To be connected:" } else { "À raccorder :" }, decimal(self.kw, 0, english), self.level());
        for (_, line) in self.lines(english) {
            // Writing to a text does not fail.
            let _ = writeln!(text, "  {line}");
        }
        let _ = writeln!(text, "{}", Self::note(english));
        text
    }
}
