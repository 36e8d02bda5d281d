//! "My roof" as one JSON document and as words.

use super::answer::{Ask, MyRoof};
use super::record::Shared;
use crate::base::{Instant, Language};
use crate::energy::answer::facts_used;
use crate::energy::economics::{Confidence, Fact, Grounds, Lack, PayBack, Use, Validity, Why};
use crate::energy::layout::Orientation;
use crate::energy::shading::sight::SightLine;
use crate::geodesy::{EnuFrame, LonLatH};
use crate::i18n::number;
use glam::DVec3;
use serde_json::{Value, json};
use std::fmt::Write;

/// What the figures rest on, for their provenance.
#[derive(Clone, Debug)]
pub struct Basis {
    pub territory: String,
    /// Sentences that must stand beside the figures.
    pub sources: Vec<String>,
    pub weather: String,
    pub weather_fr: String,
    pub weather_en: String,
    pub model: &'static str,
    pub losses: f64,
    pub sigma: f64,
    pub battery_kwh: f64,
    pub load: &'static str,
    pub way: Use,
    /// `rays` or `book`: how the shade is known.
    pub shading: &'static str,
    /// What was found wrong on the way, as the command line's contract writes it.
    pub findings: Vec<Value>,
}

impl Basis {
    pub fn of(territory: &str, shared: &Shared, ask: &Ask, shading: &'static str) -> Self {
        let [name, fr, en] = &shared.weather;
        Self {
            territory: territory.to_owned(),
            sources: shared.sources.clone(),
            weather: name.clone(),
            weather_fr: fr.clone(),
            weather_en: en.clone(),
            model: shared.system.model.name(),
            losses: shared.system.losses,
            sigma: shared.sureness.sigma(),
            battery_kwh: ask.battery_kwh,
            load: ask.load.name(),
            way: ask.way,
            shading,
            findings: Vec::new(),
        }
    }
}

/// A sky's model by its stable name, as a sentence has it after « ciel » or “sky”.
pub fn sky_said(name: &str, english: bool) -> &str {
    let (fr, en) = match name {
        "isotropic" => ("isotrope", "isotropic"),
        "klucher" => ("selon Klucher", "after Klucher"),
        "hay-davies" => ("selon Hay et Davies", "after Hay and Davies"),
        "reindl" => ("selon Reindl", "after Reindl"),
        "perez" => ("selon Perez", "after Perez"),
        "perez-driesse" => ("selon Perez et Driesse", "after Perez and Driesse"),
        _ => (name, name),
    };
    if english { en } else { fr }
}

/// A load profile by its stable name.
fn load_said(name: &str, english: bool) -> &str {
    let (fr, en) = match name {
        "household" => ("profil d’un foyer", "profile of a household"),
        "farm" => ("profil d’une ferme", "profile of a farm"),
        "school" => ("profil d’une école", "profile of a school"),
        "meter" => ("courbe du compteur", "the meter’s curve"),
        _ => (name, name),
    };
    if english { en } else { fr }
}

/// How modules are mounted, by its stable name.
pub fn mount_said(name: &str, english: bool) -> &str {
    let (fr, en) = match name {
        "free-standing" => ("modules dégagés", "free-standing modules"),
        "semi-integrated" => ("modules posés près du toit", "modules close to the roof"),
        "insulated" => ("modules sans air derrière", "modules with no air behind"),
        "open-rack" => ("modules sur châssis ouvert", "modules on an open rack"),
        "close-mount" => ("modules en surimposition", "modules on rails over the roof"),
        "faiman" => ("refroidis selon Faiman", "cooled after Faiman"),
        _ => (name, name),
    };
    if english { en } else { fr }
}

/// Longitude and latitude, degrees, and ellipsoidal height of a local point.
pub fn lonlat(frame: &EnuFrame, point: [f64; 3]) -> LonLatH {
    frame.to_ecef(DVec3::from_array(point)).to_lonlath()
}

pub(super) fn line(frame: &EnuFrame, line: &SightLine) -> Value {
    let at = |point: [f64; 3]| {
        let at = lonlat(frame, point);
        json!([at.lon_deg, at.lat_deg, at.height_m])
    };
    json!({ "from": at(line.from), "to": at(line.to), "free": line.is_free(), "hidden_at": line.hidden_at.map(at), "length_m": line.length_m() })
}

/// The document of `jumeau roof --json`.
pub fn json(found: &MyRoof, basis: &Basis, frame: &EnuFrame, at: Instant) -> Value {
    let answer = &found.answer;
    let planes: Vec<Value> = found
        .covered
        .iter()
        .map(|covered| {
            let roof = &covered.roof;
            let modules: Vec<Vec<[f64; 3]>> = covered
                .modules
                .iter()
                .map(|corners| {
                    let at = |p: [f64; 3]| {
                        let at = lonlat(frame, p);
                        [at.lon_deg, at.lat_deg, at.height_m]
                    };
                    corners.iter().map(|p| at(*p)).collect()
                })
                .collect();
            json!({
                "plane": roof.plane, "area_m2": roof.area_m2, "usable_m2": roof.usable_m2, "tilt": roof.tilt, "azimuth": roof.azimuth, "modules": roof.modules,
                "kwp": roof.kwp, "kwh_year": roof.kwh_year, "kwh_year_p90": roof.kwh_year_p90, "kwh_month": roof.kwh_month,
                "shading_loss": roof.shading_loss, "sky_view": roof.sky_view, "poa_kwh_m2": roof.poa_kwh_m2,
                "layout": { "orientation": if covered.layout.orientation == Orientation::Portrait { "portrait" } else { "landscape" }, "corners_m": covered.layout.corners, "modules_lonlath": modules },
            })
        })
        .collect();
    let left: Vec<Value> = found
        .roofs
        .iter()
        .filter(|roof| !found.covered.iter().any(|covered| covered.roof.plane == roof.plane))
        .map(|roof| json!({ "plane": roof.plane, "area_m2": roof.area_m2, "tilt": roof.tilt, "azimuth": roof.azimuth, "kwp": roof.kwp, "kwh_year": roof.kwh_year }))
        .collect();
    let facts: Vec<Value> = facts_used(answer)
        .into_iter()
        .map(|(fact, validity)| {
            json!({
                "id": fact.id, "value": fact.value, "unit": fact.unit, "from": fact.from, "to": fact.to, "state": state(validity),
                "confidence": confidence(fact.confidence), "grounds": fact.grounds.name(), "fr": fact.fr, "en": fact.en, "source": fact.source, "link": fact.link, "read": fact.read,
            })
        })
        .collect();
    let steps: Vec<Value> = found
        .formalities
        .steps
        .iter()
        .map(|step| {
            json!({
                "id": step.id, "state": step.state.name(), "article": step.article, "fr": step.fr, "en": step.en, "do_fr": step.do_fr, "do_en": step.do_en,
                "why": step.why.0, "why_en": step.why.1, "source": step.source, "from": step.from, "past": step.past, "confidence": step.confidence,
            })
        })
        .collect();
    let monuments: Vec<Value> = found
        .covisibilities
        .iter()
        .map(|one| {
            let middle = lonlat(frame, [one.monument.at[0], one.monument.at[1], 0.0]);
            json!({
                "name": one.monument.name, "dataset": one.monument.dataset, "lon": middle.lon_deg, "lat": middle.lat_deg, "distance_m": one.monument.distance_m,
                "told_by_its_perimeter": one.monument.guessed, "building": one.building, "is_this_building": one.is_of(&found.building), "covisible": one.covisible,
                "direct": one.direct.as_ref().map(|found| line(frame, found)),
                "from_street": one.from_street.as_ref().map(|[a, b]| json!([line(frame, a), line(frame, b)])),
                "viewpoints": one.viewpoints,
            })
        })
        .collect();
    let cover = |cover: &crate::planning::rooftop::Cover| json!({ "code": cover.code, "name": cover.name, "dataset": cover.dataset, "date": cover.date });
    let centre = lonlat(frame, found.at);
    let earned = &answer.earnings;
    json!({
        "building": found.building, "lon": centre.lon_deg, "lat": centre.lat_deg, "date": at,
        "area_m2": answer.area_m2, "usable_m2": answer.usable_m2, "modules": answer.modules, "kwp": answer.kwp,
        "kwh_year": answer.kwh_year, "kwh_year_p90": answer.kwh_p90, "kwh_year_p10": answer.kwh_p10, "kwh_month": answer.kwh_month,
        "planes": planes, "left_out": left,
        "load": { "profile": basis.load, "kwh_year": found.load_kwh, "known": found.load_known, "hours_filled_in": found.load_missing, "rows_refused": found.load_refused },
        "heat_pump": found.pump.as_ref().map(|pump| json!({
            "heat_kwh_year": pump.heat_kwh, "heat_given": pump.is_given, "kwh_year": pump.kwh(), "seasonal_cop": pump.seasonal_cop(), "replaces_heating_of_profile": pump.replaces,
        })),
        "battery_kwh": basis.battery_kwh,
        "self_consumption": answer.self_consumption, "self_sufficiency": answer.self_sufficiency,
        "balance_kwh": {
            "produced": answer.balance.produced, "demanded": answer.balance.demanded, "own_use": answer.balance.own_use,
            "exported": answer.balance.exported, "imported": answer.balance.imported, "stored_or_lost": answer.balance.stored_or_lost,
            "worst_step": answer.imbalance_kwh,
        },
        "money_eur": {
            "way": if basis.way == Use::Surplus { "surplus" } else { "total-sale" },
            "cost": answer.cost_eur, "cost_assumed": answer.cost_assumed, "cost_with_tax": earned.cost_with_tax, "premium": earned.premium,
            "savings": earned.savings, "sale": earned.sale, "payback_years": earned.payback.years(), "payback": earned.payback.name(),
            "payback_without_battery": answer.payback_without_battery, "missing": earned.missing.iter().map(|lack| lack.id).collect::<Vec<_>>(), "missing_why": earned.missing.iter().map(lack_json).collect::<Vec<_>>(), "dated": answer.is_dated(),
        },
        "facts": facts,
        "co2_kg_year": { "against_mean": answer.carbon.against_mean, "life_cycle": answer.carbon.life_cycle, "marginal": answer.carbon.marginal },
        "place": {
            "zones": found.place.zones.iter().map(cover).collect::<Vec<_>>(), "servitudes": found.place.servitudes.iter().map(cover).collect::<Vec<_>>(),
            "prescriptions": found.place.prescriptions.iter().map(cover).collect::<Vec<_>>(), "information": found.place.information.iter().map(cover).collect::<Vec<_>>(),
            "monuments": monuments,
        },
        "formalities": steps, "delay_months": found.formalities.delay_months, "appearance_rules_apply": found.formalities.excepted,
        "weather": basis.weather, "sky_model": basis.model, "losses_percent": 100.0 * basis.losses, "losses_included": true, "shading": basis.shading,
        "sigma": basis.sigma, "nature": "simulated", "sources": basis.sources, "findings": basis.findings,
    })
}

/// An amount that is not there, with the reason.
fn lack_json(lack: &Lack) -> Value {
    match &lack.why {
        Why::Unknown => json!({ "id": lack.id, "why": "unknown" }),
        Why::NotBefore(from) => json!({ "id": lack.id, "why": "not-before", "from": from }),
        Why::Abolished(fact) => json!({ "id": lack.id, "why": "abolished", "from": fact.from, "fr": fact.fr, "en": fact.en, "source": fact.source }),
    }
}

pub(super) fn state(validity: Validity) -> &'static str {
    match validity {
        Validity::Valid => "valid",
        Validity::NotYet => "not-yet",
        Validity::Past => "past",
    }
}

pub(super) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

/// A figure's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Stable, in English.
    pub key: &'static str,
    pub name: String,
    pub value: String,
    /// What it rests on.
    pub origin: String,
}

/// The figures of the answer, each with its origin: the same in the words and in the dossier.
pub fn figures(found: &MyRoof, basis: &Basis, english: bool) -> Vec<Line> {
    let say = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
    let answer = &found.answer;
    let earned = &answer.earnings;
    let weather = if english { &basis.weather_en } else { &basis.weather_fr };
    let model = format!("{} {}, {} {:.0} %", say("simulé : ciel", "simulated: sky"), sky_said(basis.model, english), say("pertes comprises", "losses included"), 100.0 * basis.losses);
    let amount = |value: f64, unit: &str| format!("{} {unit}", grouped(value, english));
    let lack = |id: &str| earned.missing.iter().find(|lack| lack.id == id).map(|lack| &lack.why);
    // What the law has ended is another thing than what nobody knows.
    let euro = |value: Option<f64>, id: &str| match (value, lack(id)) {
        (Some(value), _) => amount(value, "€"),
        (None, Some(Why::Abolished(_))) => say("impossible", "not possible"),
        (None, _) => say("inconnu", "unknown"),
    };
    let fact = |id: &str| {
        let found = earned.used.iter().chain(&answer.carbon.used).find(|(fact, _)| fact.id == id);
        found.map_or_else(|| lacking(lack(id), english), |(fact, validity)| dated(fact, *validity, english))
    };
    let known = match found.load_known {
        "given" => say("donnée", "as given"),
        "meter" => say("fichier de compteur", "meter’s file"),
        "building" => say("estimée pour ce bâtiment", "estimated for this building"),
        _ => say("valeur usuelle, à remplacer par la vôtre", "a usual value, to be replaced by yours"),
    };
    let savings_by = match basis.way {
        Use::TotalSale => say("tout est vendu", "all is sold"),
        Use::Surplus => fact("power-price"),
    };
    let own_by = match basis.way {
        Use::TotalSale => say("tout est vendu", "all is sold"),
        Use::Surplus => format!("{} {} kWh", say("heure par heure ; batterie", "hour by hour; battery"), decimal(basis.battery_kwh, 1, english)),
    };
    let sale_id = if basis.way == Use::Surplus { "pv-surplus-tariff" } else { "pv-total-tariff" };
    let premium_by = if basis.way == Use::TotalSale { say("aucune quand tout est vendu", "none where all is sold") } else { fact("pv-premium") };
    // The battery's cost is in a quotation, and in no fact of ours.
    let battery = if answer.payback_without_battery {
        say(", sans la batterie (ni son coût, ni ce qu’elle épargne)", ", without the battery (neither its cost nor what it saves)")
    } else {
        String::new()
    };
    let kg = |value: Option<f64>| value.map_or_else(|| say("aucune source datée", "no dated source"), |kg| amount(kg, "kg"));
    let line = |key: &'static str, name: String, value: String, origin: String| Line { key, name, value, origin };
    let mut lines = vec![
        line("covered-area", say("Surface des pans équipés", "Area of the covered planes"), amount(answer.area_m2, "m²"), say("géométrie du territoire", "geometry of the territory")),
        line("usable-area", say("Surface utile", "Usable area"), amount(answer.usable_m2, "m²"), format!("{} {} m", say("retrait aux bords", "margin to the edges"), decimal(found.module.margin_m, 1, english))),
        line("power", say("Puissance", "Power"), format!("{} {}", decimal(answer.kwp, 2, english), say("kWc", "kWp")), format!("{} × {:.0} {}", answer.modules, 1000.0 * found.module.kwp, say("Wc", "Wp"))),
        line(
            "production",
            say("Production", "Production"),
            format!("{} ({} – {})", amount(answer.kwh_year, &say("kWh/an", "kWh/year")), grouped(answer.kwh_p90, english), grouped(answer.kwh_p10, english)),
            format!("{model} ; {weather} ; {}", say("P90 – P10", "P90 – P10")),
        ),
        line("demand", say("Consommation", "Demand"), amount(found.load_kwh, &say("kWh/an", "kWh/year")), format!("{} ; {known}{}", load_said(basis.load, english), load_odd(found, english))),
        line("self-consumption", say("Autoconsommation", "Self-consumption"), format!("{} %", decimal(100.0 * answer.self_consumption, 1, english)), own_by),
        line("self-sufficiency", say("Couverture de la consommation", "Share of demand covered"), format!("{} %", decimal(100.0 * answer.self_sufficiency, 1, english)), say("heure par heure", "hour by hour")),
        line("cost", say("Coût hors taxes", "Cost before tax"), euro(answer.cost_eur, "pv-cost"), if answer.cost_assumed { fact("pv-cost") } else { say("devis", "quotation") }),
        line("cost-with-tax", say("Coût toutes taxes", "Cost with tax"), euro(earned.cost_with_tax, "vat"), fact(if earned.used.iter().any(|(fact, _)| fact.id == "vat-elsewhere") { "vat-elsewhere" } else { "vat" })),
        line("premium", say("Prime", "Premium"), euro(earned.premium, "pv-premium"), premium_by),
        line("savings", say("Économie la première année", "Savings in the first year"), euro(earned.savings, "power-price"), savings_by),
        line("sale", say("Vente la première année", "Sale in the first year"), euro(earned.sale, sale_id), fact(sale_id)),
        line(
            "pay-back",
            say("Temps de retour", "Pay-back"),
            match earned.payback {
                PayBack::Years(years) => format!("{} {}", decimal(years, 1, english), say("ans", "years")),
                PayBack::Never => say("au-delà de 40 ans", "beyond 40 years"),
                PayBack::Unknown => say("inconnu", "unknown"),
            },
            format!("{}{battery}", say("aux prix du jour, vieillissement 0,5 %/an", "at today’s prices, ageing 0.5 % a year")),
        ),
        line("co2-mean", say("CO₂ évité, mix moyen", "CO₂ against the mean mix").replace('₂', "2"), kg(answer.carbon.against_mean), format!("{} ; {}", say("production moyenne française", "mean French generation"), fact("co2-average"))),
        line("co2-life-cycle", say("CO₂ évité, cycle de vie", "CO₂, life cycle").replace('₂', "2"), kg(answer.carbon.life_cycle), format!("{} ; {}", say("moins la fabrication des modules ; négatif possible", "less the making of the modules; may be negative"), fact("co2-life-cycle-pv"))),
        line("co2-marginal", say("CO₂ évité, marginal", "CO₂, marginal").replace('₂', "2"), kg(answer.carbon.marginal), say("centrales qui réduisent vraiment", "plants that really turn down")),
    ];
    if let Some(pump) = &found.pump {
        let heat = format!("{} {}", grouped(pump.heat_kwh, english), say("kWh de chaleur", "kWh of heat"));
        let known = if pump.is_given { say("donnée", "as given") } else { fact("home-heat") };
        let beside = if pump.replaces { say("à la place du chauffage du profil", "in place of the profile’s heating") } else { say("en plus de cette consommation", "beside this demand") };
        let cop = format!("{} {}", say("coefficient de performance de l’année", "coefficient of performance over the year"), decimal(pump.seasonal_cop(), 1, english));
        let origin = format!("{beside} ; {heat}, {known} ; {} ; {cop} (Ruhnau, Hirth, Praktiknjo 2019)", say("air-eau sur radiateurs, à la température de chaque heure", "air to water on radiators, at the temperature of each hour"));
        let place = lines.iter().position(|line| line.key == "demand").map_or(lines.len(), |place| place + 1);
        lines.insert(place, line("heat-pump", say("dont pompe à chaleur", "of which the heat pump"), amount(pump.kwh(), &say("kWh/an", "kWh/year")), origin));
    }
    lines
}

/// A dated fact with its days.
fn dated(fact: &Fact, validity: Validity, english: bool) -> String {
    let say = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
    if fact.grounds == Grounds::Given {
        return fact.origin(english);
    }
    let since = if fact.to.is_none() { say("depuis ", "since ") } else { String::new() };
    let until = fact.to.map_or_else(String::new, |to| format!(" – {}", day(to)));
    let past = if validity == Validity::Past { say(" — VALIDITÉ DÉPASSÉE, à vérifier", " — PAST ITS VALIDITY, to be checked") } else { String::new() };
    format!("{} ; {since}{}{until}{past}", fact.origin(english), day(fact.from))
}

/// Why an amount is not there.
fn lacking(why: Option<&Why>, english: bool) -> String {
    match why {
        Some(Why::Abolished(fact)) => format!("{} ; {} ; {} {}", if english { &fact.en } else { &fact.fr }, fact.origin(english), if english { "since" } else { "depuis le" }, day(fact.from)),
        Some(Why::NotBefore(from)) if english => format!("no dated fact before {}", day(*from)),
        Some(Why::NotBefore(from)) => format!("aucun fait daté avant le {}", day(*from)),
        Some(Why::Unknown) if english => "no dated fact for this size".to_owned(),
        Some(Why::Unknown) => "aucun fait daté pour cette puissance".to_owned(),
        None if english => "no dated fact at this date".to_owned(),
        None => "aucun fait daté à cette date".to_owned(),
    }
}

/// The card as words.
pub fn words(found: &MyRoof, basis: &Basis, at: Instant, english: bool) -> String {
    let say = |fr: &'static str, en: &'static str| if english { en } else { fr };
    let mut out = String::new();
    // Writing to a text does not fail.
    let _ = writeln!(out, "{} {} · {} · {}", say("Bâtiment", "Building"), found.building, basis.territory, day(at));
    for Line { name, value, origin, .. } in figures(found, basis, english) {
        let _ = writeln!(out, "  {name:<32} {value:<32} {origin}");
    }
    let months: Vec<String> = found.answer.kwh_month.iter().map(|kwh| grouped(*kwh, english)).collect();
    let _ = writeln!(out, "  {:<32} {}", say("Mois, kWh", "Months, kWh"), months.join(" · "));
    let _ = writeln!(out, "\n{} ({} {})", say("Formalités", "Formalities"), found.formalities.delay_months, say("mois d’instruction", "months for the decision"));
    for step in &found.formalities.steps {
        let mark = match step.state {
            crate::planning::rooftop::State::Needed => say("à faire   ", "to do     "),
            crate::planning::rooftop::State::Known => say("à savoir  ", "to know   "),
            crate::planning::rooftop::State::ToVerify => say("à vérifier", "to verify "),
        };
        let text = if english { &step.en } else { &step.fr };
        let why = if english { &step.why.1 } else { &step.why.0 };
        let _ = writeln!(out, "  {mark} {text}{}{}", bracketed(&step.article), if why.is_empty() { String::new() } else { format!(" — {why}") });
    }
    for one in &found.covisibilities {
        if one.is_of(&found.building) {
            let _ = writeln!(out, "  {} : {}", one.monument.name, say("ce bâtiment est lui-même ce monument", "this building is the monument itself"));
            continue;
        }
        let verdict = match one.covisible {
            Some(true) => say("covisible (indication)", "seen together (an indication)"),
            // No street to look from: the straight line alone says nothing of who sees both.
            Some(false) if one.viewpoints == 0 => say("non covisible en ligne droite ; aucune rue dans les données, à vérifier", "not seen from each other in a straight line; no street in the data, to be checked"),
            Some(false) => say("non covisible (indication)", "not seen together (an indication)"),
            None => say("covisibilité non calculable", "covisibility cannot be computed"),
        };
        let _ = writeln!(out, "  {} : {verdict}, {:.0} m, {} {}", one.monument.name, one.monument.distance_m, one.viewpoints, say("points de vue dans les rues", "viewpoints in streets"));
    }
    let _ = writeln!(out, "\n{} : {}", say("Sources", "Sources"), basis.sources.join(" ; "));
    out
}

fn bracketed(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

/// `2026-11-26`.
pub fn day(at: Instant) -> String {
    at.to_string().chars().take(10).collect()
}

/// What a meter's file lacks: hours that are those of other days, rows that do not count.
fn load_odd(found: &MyRoof, english: bool) -> String {
    let mut out = String::new();
    // An hour is missing in spring by itself.
    if found.load_missing > 24 {
        let count = grouped(found.load_missing as f64, english);
        out += &if english { format!("; {count} hours of the year are not in it and were filled in after its other days") } else { format!(" ; {count} heures de l’année n’y sont pas et sont complétées d’après ses autres jours") };
    }
    if found.load_refused > 0 {
        let count = grouped(found.load_refused as f64, english);
        out += &if english { format!("; {count} rows unreadable or met twice do not count") } else { format!(" ; {count} lignes illisibles ou répétées ne comptent pas") };
    }
    out
}

/// Whole numbers with a blank (or comma) between thousands.
pub fn grouped(value: f64, english: bool) -> String {
    decimal(value, 0, english)
}

/// A number of so many decimals in the language's manner.
pub fn decimal(value: f64, digits: usize, english: bool) -> String {
    number(value, digits, if english { Language::En } else { Language::Fr })
}
