//! Panels on a roof: the check-list of formalities for one place.
//!
//! Texts, articles and sources are dated data (`assets/planning/rooftop-france.json`); code only says when a step applies. Where the territory has no data of a kind, the step is not left out but is "to be verified": absence of data is no permission.
//! Covisibility is judged by the architecte des Bâtiments de France: a computed answer is an indication, never the decision.

use super::file::Texts;
use crate::base::Instant;

/// The perimeter of a monument's surroundings where none was delimited, metres (code du patrimoine L.621-30).
pub const SURROUNDINGS_M: f64 = 500.0;

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
    /// What in this place makes it apply: a zone, a monument and its distance.
    pub why: String,
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
    fn step(&self, id: &'static str, state: State, why: impl Into<String>, at: Instant) -> Option<Step> {
        let text = self.0.iter().find(|text| text.id == id)?;
        let date = |date: &str| Instant::parse(&format!("{date}T00:00:00Z"));
        let past = text.to.as_deref().and_then(date).is_some_and(|to| at.0 >= to.0 + 86_400);
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
            why: why.into(),
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

/// The formalities of a plan in a place, in the order in which a person meets them.
pub fn formalities(place: &Place, plan: &Plan, texts: &Texts, at: Instant) -> Formalities {
    let mut steps: Vec<Option<Step>> = Vec::new();
    let mut add = |id: &'static str, state: State, why: String| steps.push(texts.step(id, state, why, at));
    let named = |cover: &Cover| [cover.code.as_str(), cover.name.as_str(), cover.dataset.as_str(), cover.date.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    let of = |category: &'static str| place.servitudes.iter().filter(move |cover| is_category(&cover.code, category));
    if place.new_building {
        add("new-building", State::Needed, String::new());
    } else {
        add("declaration", State::Needed, String::new());
    }
    let covisible = place.monuments.iter().any(|monument| monument.covisible == Some(true));
    let perimeter = of("AC1").next().is_some();
    let unsure = place.monuments.iter().any(|monument| monument.covisible.is_none());
    let protected = perimeter || covisible || of("AC2").next().is_some() || of("AC4").next().is_some();
    let heritage_building = place.prescriptions.iter().any(|cover| cover.code.trim().starts_with("07"));
    let excepted = protected || heritage_building;
    let delay_months = if protected || unsure { 2 } else { 1 };
    add(
        "delay",
        if place.has_servitudes { State::Known } else { State::ToVerify },
        if place.has_servitudes { format!("{delay_months} mois") } else { "1 mois ; 2 mois en périmètre protégé (servitudes absentes du territoire)".to_owned() },
    );
    let zones: Vec<String> = place.zones.iter().map(named).collect();
    if zones.is_empty() {
        add("rnu", State::ToVerify, if place.has_zones { "aucune zone du plan ici".to_owned() } else { "zonage absent du territoire".to_owned() });
    }
    if excepted {
        add("aspect-excepted", State::Needed, zones.join(" ; "));
    } else {
        add("aspect", if place.has_servitudes { State::Known } else { State::ToVerify }, zones.join(" ; "));
    }
    for monument in &place.monuments {
        let why = format!("{}, {:.0} m, {}", if monument.name.is_empty() { "monument" } else { &monument.name }, monument.distance_m, monument.dataset);
        match monument.covisible {
            Some(true) => add("heritage-agreement", State::Needed, why),
            Some(false) => add("heritage-advice", State::ToVerify, why),
            None => add("heritage-unknown", State::ToVerify, format!("{why} ; lignes de vue non calculables")),
        }
    }
    // A perimeter without its monument in the data still binds.
    if place.monuments.is_empty() {
        of("AC1").for_each(|cover| add("heritage-perimeter", State::Needed, named(cover)));
    }
    if !place.has_servitudes && place.monuments.is_empty() {
        add("heritage-unknown", State::ToVerify, "servitudes (AC1) absentes du territoire : consulter le Géoportail de l’urbanisme".to_owned());
    }
    of("AC2").for_each(|cover| add("site", State::Needed, named(cover)));
    of("AC4").for_each(|cover| add("heritage-site", State::Needed, named(cover)));
    if protected {
        add("appeal", State::Known, String::new());
    }
    for cover in place.prescriptions.iter().filter(|cover| touches_roofs(&cover.code)) {
        add("prescription", State::ToVerify, named(cover));
    }
    for cover in place.information.iter().filter(|cover| ["31", "40"].iter().any(|code| cover.code.trim().starts_with(code))) {
        add("prescription", State::ToVerify, named(cover));
    }
    if !place.has_prescriptions {
        add("prescription", State::ToVerify, "prescriptions absentes du territoire".to_owned());
    }
    let class = match plan.kwp {
        kwp if kwp <= 3.0 => "jusqu’à 3 kWc",
        kwp if kwp <= 9.0 => "jusqu’à 9 kWc",
        kwp if kwp <= 36.0 => "jusqu’à 36 kWc",
        kwp if kwp <= 100.0 => "jusqu’à 100 kWc",
        _ => "plus de 100 kWc : appel d’offres",
    };
    add("connection", State::Needed, class.to_owned());
    if plan.feeds_in {
        add("consuel", State::Needed, String::new());
        add("installer", State::Needed, String::new());
        add("contract", State::Known, class.to_owned());
    }
    add("insurance", State::ToVerify, String::new());
    if plan.kwp <= 3.0 && plan.feeds_in {
        add("tax", State::Known, String::new());
    }
    Formalities { steps: steps.into_iter().flatten().collect(), delay_months, excepted }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Instant {
        Instant::parse("2026-11-26T00:00:00Z").unwrap()
    }

    fn monument(covisible: Option<bool>) -> Monument {
        Monument { name: "Église".to_owned(), dataset: "sup".to_owned(), distance_m: 300.0, covisible }
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
        assert!(agreement.article.contains("L.621-30") && !agreement.source.is_empty() && !agreement.from.is_empty() && agreement.why.contains("300 m"));
        let hidden = steps(&Place { monuments: vec![monument(Some(false))], ..known.clone() });
        assert!(!hidden.excepted && hidden.delay_months == 1);
        assert!(hidden.steps.iter().any(|step| step.id == "heritage-advice" && step.state == State::ToVerify));
        assert!(hidden.steps.iter().any(|step| step.id == "aspect" && step.state == State::Known));
        assert_eq!(steps(&Place { monuments: vec![monument(None)], ..known }).delay_months, 2, "what could not be computed is not a permission");
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
