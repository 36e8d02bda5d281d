//! Panels on a roof: the check-list of formalities for one place.
//!
//! Texts, articles and sources are dated data (`assets/planning/rooftop-france.json`); code only says when a step applies. Where the territory has no data of a kind, the step is not left out but is "to be verified": absence of data is no permission.
//! Covisibility is judged by the architecte des Bâtiments de France: a computed answer is an indication, never the decision.

use super::file::{Text, Texts};
use crate::base::Instant;

/// The perimeter of a monument's surroundings where none was delimited, metres (code du patrimoine L.621-30).
pub const SURROUNDINGS_M: f64 = 500.0;
/// The longest that a permit on a registered monument takes (code de l’urbanisme R.*423-28).
const LISTED_MONTHS: u32 = 5;

/// One area that covers the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Cover {
    /// `U`, `AC1`, `07-02` …
    pub code: String,
    pub name: String,
    pub dataset: String,
    /// Validity of the document as its source states it; may be empty.
    pub date: String,
}

/// A protected monument near the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Monument {
    pub name: String,
    pub dataset: String,
    pub distance_m: f64,
    /// By sight lines; `None` where they could not be drawn.
    pub covisible: Option<bool>,
    /// The building is this monument itself.
    pub is_it: bool,
}

/// What is known of a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub zones: Vec<Cover>,
    /// Servitudes that cover it.
    pub servitudes: Vec<Cover>,
    pub prescriptions: Vec<Cover>,
    pub information: Vec<Cover>,
    pub monuments: Vec<Monument>,
    /// Which kinds the territory has at all.
    pub has_zones: bool,
    pub has_servitudes: bool,
    pub has_prescriptions: bool,
    pub new_building: bool,
}

/// What is planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    pub kwp: f64,
    /// Something goes to the grid.
    pub feeds_in: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Needed,
    /// Applies in one's favour, or is worth knowing.
    Known,
    ToVerify,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Needed => "needed",
            Self::Known => "known",
            Self::ToVerify => "to-verify",
        }
    }
}

/// A step of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub id: &'static str,
    pub state: State,
    pub article: String,
    pub fr: String,
    pub en: String,
    pub do_fr: String,
    pub do_en: String,
    pub source: String,
    /// From when the text is known to hold.
    pub from: String,
    pub past: bool,
    pub confidence: String,
    /// What in this place makes it apply: a zone, a monument and its distance; French, English.
    pub why: (String, String),
}

impl Step {
    /// Article and source in one line; the article once, where the source names it too.
    pub fn origin(&self) -> String {
        let number = self.article.split([' ', ',']).next().unwrap_or_default();
        let article = if self.source.contains(number) { "" } else { self.article.as_str() };
        [article, self.source.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// The list, and how long the decision takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Formalities {
    pub steps: Vec<Step>,
    pub delay_months: u32,
    /// Rules on appearance may stand against the panels (L.111-17).
    pub excepted: bool,
}

impl Texts {
    fn step(&self, id: &'static str, state: State, why: (String, String), at: Instant) -> Option<Step> {
        let date = |date: &str| Instant::parse(&format!("{date}T00:00:00Z"));
        let is_past = |text: &Text| text.to.as_deref().and_then(date).is_some_and(|to| at.0 >= to.0 + 86_400);
        let is_early = |text: &Text| date(&text.from).is_some_and(|from| at < from);
        // Of several texts the one in force, else the newest of those that were, else the first that will be.
        let text = self.0.iter().filter(|text| text.id == id).max_by(|a, b| {
            let rank = |text: &Text| (!is_early(text), !is_past(text));
            rank(a).cmp(&rank(b)).then_with(|| if is_early(a) { b.from.cmp(&a.from) } else { a.from.cmp(&b.from) })
        })?;
        let past = is_past(text);
        // What the law said before is in no file of ours.
        let (state, why) = if is_early(text) {
            let [fr, en] = [format!("texte connu depuis le {} seulement", text.from), format!("the text is known since {} only", text.from)];
            let with = |why: String, early: String| if why.is_empty() { early } else { format!("{why} ; {early}") };
            (State::ToVerify, (with(why.0, fr), with(why.1, en)))
        } else {
            (state, why)
        };
        Some(Step {
            id,
            state,
            article: text.article.clone(),
            fr: text.fr.clone(),
            en: text.en.clone(),
            do_fr: text.do_fr.clone(),
            do_en: text.do_en.clone(),
            source: text.source.clone(),
            from: text.from.clone(),
            past,
            confidence: text.confidence.clone(),
            why,
        })
    }
}

/// Prescriptions of the CNIG catalogue that touch roofs: heritage (07), energy performance (26), appearance of roofs (41-02).
fn touches_roofs(code: &str) -> bool {
    let code = code.trim();
    code.starts_with("07") || code.starts_with("26") || code == "41" || code.starts_with("41-02") || code == "41_02"
}

/// Whether a servitude's code is a category, its variants included: `AC1`, `ac1_b`.
fn is_category(code: &str, category: &str) -> bool {
    code.trim().get(..category.len()).is_some_and(|start| start.eq_ignore_ascii_case(category))
}

/// A day as the standard of plans writes it, `20260101`, with its dashes; anything else as it is.
fn dashed(date: &str) -> String {
    match (date.get(..4), date.get(4..6), date.get(6..)) {
        (Some(year), Some(month), Some(day)) if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) => format!("{year}-{month}-{day}"),
        _ => date.to_owned(),
    }
}

/// The formalities of a plan in a place, in the order in which a person meets them.
pub fn formalities(place: &Place, plan: &Plan, texts: &Texts, at: Instant) -> Formalities {
    let mut steps: Vec<Option<Step>> = Vec::new();
    let mut add = |id: &'static str, state: State, why: (String, String)| steps.push(texts.step(id, state, why, at));
    let none = (String::new(), String::new());
    let both = |fr: &str, en: &str| (fr.to_owned(), en.to_owned());
    // Names and codes are the same in any language.
    let same = |text: String| (text.clone(), text);
    let named = |cover: &Cover| {
        let name = if cover.name == cover.code { "" } else { &cover.name };
        [&cover.code, name, &cover.dataset, &dashed(&cover.date)].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
    };
    let of = |category: &'static str| place.servitudes.iter().filter(move |cover| is_category(&cover.code, category));
    let itself = place.monuments.iter().find(|monument| monument.is_it);
    if let Some(monument) = itself {
        add("listed", State::Needed, same([monument.name.as_str(), monument.dataset.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")));
        add("declaration", State::ToVerify, both("monument inscrit seulement ; l’autorisation d’un monument classé en dispense", "registered monuments only; the permission for a classified one stands in for it"));
    } else if place.new_building {
        add("new-building", State::Needed, none.clone());
    } else {
        add("declaration", State::Needed, none.clone());
    }
    let others = || place.monuments.iter().filter(|monument| !monument.is_it);
    let covisible = others().any(|monument| monument.covisible == Some(true));
    let perimeter = of("AC1").next().is_some();
    let unsure = others().any(|monument| monument.covisible.is_none());
    let protected = perimeter || covisible || of("AC2").next().is_some() || of("AC4").next().is_some();
    let heritage_building = place.prescriptions.iter().any(|cover| cover.code.trim().starts_with("07"));
    // The heart of a national park is excepted too (L.111-17, 1°).
    let park = of("EL10").next().is_some();
    let excepted = protected || heritage_building || park || itself.is_some();
    let delay_months = match itself {
        Some(_) => LISTED_MONTHS,
        None if protected || unsure => 2,
        None => 1,
    };
    add(
        "delay",
        if place.has_servitudes && itself.is_none() { State::Known } else { State::ToVerify },
        match itself {
            Some(_) => both("jusqu’à 5 mois pour un permis sur un monument inscrit (R.*423-28) ; monument classé : demander à la DRAC", "up to 5 months for a permit on a registered monument (R.*423-28); classified monument: ask the DRAC"),
            None if place.has_servitudes => (format!("{delay_months} mois"), format!("{delay_months} {}", if delay_months == 1 { "month" } else { "months" })),
            None => both("1 mois ; 2 mois en périmètre protégé (servitudes absentes du territoire)", "1 month; 2 months in protected surroundings (the territory has no easements)"),
        },
    );
    let zones: Vec<String> = place.zones.iter().map(named).collect();
    if zones.is_empty() {
        add("rnu", State::ToVerify, if place.has_zones { both("aucune zone du plan ici", "no zone of the plan here") } else { both("zonage absent du territoire", "the territory has no zones") });
    }
    if excepted {
        add("aspect-excepted", State::Needed, same(zones.join(" ; ")));
    } else {
        // Each of its exceptions has to be known not to be here: easements, protected elements, perimeters that a council left out.
        let left_out = place.information.iter().any(|cover| cover.code.trim().starts_with("31"));
        let is_known = place.has_servitudes && place.has_prescriptions && !unsure && !left_out;
        add("aspect", if is_known { State::Known } else { State::ToVerify }, same(zones.join(" ; ")));
    }
    for monument in others() {
        let name = if monument.name.is_empty() { "monument" } else { &monument.name };
        let why = same([name, &format!("{:.0} m", monument.distance_m), &monument.dataset].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "));
        match monument.covisible {
            Some(true) => add("heritage-agreement", State::Needed, why),
            Some(false) => add("heritage-advice", State::ToVerify, why),
            None => add("heritage-unknown", State::ToVerify, (format!("{} ; lignes de vue non calculables", why.0), format!("{}; sight lines cannot be drawn", why.1))),
        }
    }
    // A perimeter without its monument in the data still binds.
    if place.monuments.is_empty() {
        of("AC1").for_each(|cover| add("heritage-perimeter", State::Needed, same(named(cover))));
    }
    if !place.has_servitudes && place.monuments.is_empty() {
        add("heritage-unknown", State::ToVerify, both("servitudes (AC1) absentes du territoire : consulter le Géoportail de l’urbanisme", "the territory has no easements (AC1): look at the Géoportail de l’urbanisme"));
    }
    of("AC2").for_each(|cover| add("site", State::Needed, same(named(cover))));
    of("AC4").for_each(|cover| add("heritage-site", State::Needed, same(named(cover))));
    if protected {
        add("appeal", State::Known, none.clone());
    }
    for cover in place.prescriptions.iter().filter(|cover| touches_roofs(&cover.code)) {
        add("prescription", State::ToVerify, same(named(cover)));
    }
    for cover in place.information.iter().filter(|cover| ["31", "40"].iter().any(|code| cover.code.trim().starts_with(code))) {
        add("prescription", State::ToVerify, same(named(cover)));
    }
    if !place.has_prescriptions {
        add("prescription", State::ToVerify, both("prescriptions absentes du territoire", "the territory has no prescriptions"));
    }
    let class = match plan.kwp {
        kwp if kwp <= 3.0 => both("jusqu’à 3 kWc", "up to 3 kWp"),
        kwp if kwp <= 9.0 => both("jusqu’à 9 kWc", "up to 9 kWp"),
        kwp if kwp <= 36.0 => both("jusqu’à 36 kWc", "up to 36 kWp"),
        kwp if kwp <= 100.0 => both("jusqu’à 100 kWc", "up to 100 kWp"),
        _ => both("plus de 100 kWc : appel d’offres", "more than 100 kWp: a tender"),
    };
    add("connection", State::Needed, class.clone());
    if plan.feeds_in {
        add("consuel", State::Needed, none.clone());
        add("installer", State::Needed, none.clone());
        add("contract", State::Known, class);
    }
    add("insurance", State::ToVerify, none.clone());
    if plan.kwp <= 3.0 && plan.feeds_in {
        add("tax", State::Known, none.clone());
    }
    add("indicative", State::Known, none);
    Formalities { steps: steps.into_iter().flatten().collect(), delay_months, excepted }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Instant {
        Instant::parse("2026-11-26T00:00:00Z").unwrap()
    }

    fn monument(covisible: Option<bool>) -> Monument {
        Monument { name: "Église".to_owned(), dataset: "sup".to_owned(), distance_m: 300.0, covisible, is_it: false }
    }

    fn steps(place: &Place) -> Formalities {
        formalities(place, &Plan { kwp: 6.0, feeds_in: true }, &Texts::france().unwrap(), at())
    }

    #[test]
    fn a_covisible_monument_binds_and_a_hidden_one_does_not() {
        let known = Place { has_zones: true, has_servitudes: true, has_prescriptions: true, zones: vec![Cover { code: "U".to_owned(), name: String::new(), dataset: "plu".to_owned(), date: String::new() }], ..Place::default() };
        let seen = steps(&Place { monuments: vec![monument(Some(true))], ..known.clone() });
        assert!(seen.excepted && seen.delay_months == 2);
        let agreement = seen.steps.iter().find(|step| step.id == "heritage-agreement").unwrap();
        assert_eq!(agreement.origin().matches("L.621-32").count(), 1);
        assert!(seen.steps.last().unwrap().fr.contains("ne vaut pas certificat d’urbanisme"));
        assert!(agreement.article.contains("L.621-30") && !agreement.source.is_empty() && !agreement.from.is_empty() && agreement.why.0.contains("300 m") && agreement.why.1.contains("300 m"));
        let hidden = steps(&Place { monuments: vec![monument(Some(false))], ..known.clone() });
        assert!(!hidden.excepted && hidden.delay_months == 1);
        assert!(hidden.steps.iter().any(|step| step.id == "heritage-advice" && step.state == State::ToVerify));
        assert!(hidden.steps.iter().any(|step| step.id == "aspect" && step.state == State::Known));
        let unsure = steps(&Place { monuments: vec![monument(None)], ..known.clone() });
        assert_eq!(unsure.delay_months, 2, "what could not be computed is not a permission");
        let aspect = |found: &Formalities| found.steps.iter().find(|step| step.id == "aspect").map(|step| step.state);
        assert_eq!((aspect(&unsure), aspect(&steps(&Place { has_prescriptions: false, ..known.clone() }))), (Some(State::ToVerify), Some(State::ToVerify)));
        let heart = Cover { code: "EL10".to_owned(), name: String::new(), dataset: "sup".to_owned(), date: String::new() };
        assert_eq!(aspect(&steps(&Place { servitudes: vec![heart], ..known })), None);
    }

    #[test]
    fn a_monument_is_not_seen_together_with_itself() {
        let known = Place { has_zones: true, has_servitudes: true, has_prescriptions: true, ..Place::default() };
        let itself = Monument { is_it: true, distance_m: 0.0, ..monument(None) };
        let alone = steps(&Place { monuments: vec![itself.clone()], ..known.clone() });
        let of = |found: &Formalities, id: &str| found.steps.iter().filter(|step| step.id == id).count();
        let listed = alone.steps.first().unwrap();
        assert_eq!((listed.id, listed.state, listed.why.0.as_str()), ("listed", State::Needed, "Église, sup"));
        assert!(listed.article.contains("L.621-9") && listed.article.contains("L.621-27") && listed.do_fr.contains("préfet de région"), "{listed:?}");
        assert!(["heritage-agreement", "heritage-advice", "heritage-unknown", "appeal"].iter().all(|id| of(&alone, id) == 0), "{:?}", alone.steps);
        assert!(alone.excepted && alone.delay_months == 5);
        // A neighbour of another monument is that too.
        let both = steps(&Place { monuments: vec![itself, monument(Some(true))], ..known });
        assert_eq!((of(&both, "listed"), of(&both, "heritage-agreement"), both.delay_months), (1, 1, 5));
    }

    #[test]
    fn absence_of_data_is_to_be_verified() {
        let nothing = steps(&Place::default());
        for id in ["heritage-unknown", "rnu", "prescription", "delay"] {
            assert!(nothing.steps.iter().any(|step| step.id == id && step.state == State::ToVerify), "{id}");
        }
    }

    #[test]
    fn every_step_has_its_text_and_source() {
        let texts = Texts::france().unwrap();
        for text in &texts.0 {
            assert!(!text.fr.is_empty() && !text.en.is_empty() && !text.source.is_empty(), "{}", text.id);
            assert!(Instant::parse(&format!("{}T00:00:00Z", text.from)).is_some(), "{}", text.id);
        }
    }
}
