//! The answer as words, figures and JSON: the same for the command line, the desktop and the page.

use super::answer::{Answer, Compared, Outcome};
use super::ground::Prepared;
use super::worth::Worth;
use crate::base::Instant;
use crate::energy::economics::Validity;
use crate::rooftop::told::{Line, day, decimal};
use crate::view::proposal::USUAL_WIND_MS;
use crate::view::{BatteryUse, Proposal};
use serde_json::{Value, json};
use std::fmt::Write;

/// A quantity in the three cases, written.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Stable, in English.
    pub key: &'static str,
    pub name: String,
    /// Before, with all but batteries, with all.
    pub values: [String; 3],
}

/// Everything a card shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// What sets the cases apart, in a few lines.
    pub headline: Vec<Line>,
    pub year: Vec<Row>,
    pub day: Vec<Row>,
    pub hour: Vec<Row>,
    pub money: Vec<Line>,
    /// What the numbers rest on, and what is assumed.
    pub notes: Vec<String>,
    /// A price is past its validity.
    pub dated: bool,
}

impl Card {
    pub fn new(answer: &Answer, worth: &Worth, prepared: &Prepared, proposal: &Proposal, english: bool) -> Self {
        Self {
            headline: headline(answer, proposal, english),
            year: rows(&answer.year, english),
            day: rows(&answer.day, english),
            hour: rows(&answer.hour, english),
            money: money(worth, english),
            notes: notes(answer, prepared, proposal, english),
            dated: worth.is_dated(),
        }
    }
}

fn say(english: bool, fr: &str, en: &str) -> String {
    if english { en.to_owned() } else { fr.to_owned() }
}

/// kWh, or MWh from a thousand on: `12,3 MWh`.
fn energy(kwh: f64, english: bool) -> String {
    let size = kwh.abs();
    match size {
        // Rounding makes no energy.
        s if s < 0.05 => format!("0{NBSP}kWh"),
        s if s < 1_000.0 => format!("{}{NBSP}kWh", decimal(kwh, usize::from(s < 100.0), english)),
        s if s < 1_000_000.0 => format!("{}{NBSP}MWh", decimal(kwh / 1e3, usize::from(s < 100_000.0), english)),
        _ => format!("{}{NBSP}GWh", decimal(kwh / 1e6, 2, english)),
    }
}

fn power(kw: f64, english: bool) -> String {
    if kw.abs() < 1_000.0 { format!("{}{NBSP}kW", decimal(kw, usize::from(kw.abs() < 100.0), english)) } else { format!("{}{NBSP}MW", decimal(kw / 1e3, 2, english)) }
}

fn hours(value: f64, english: bool) -> String {
    format!("{}{NBSP}h", decimal(value, usize::from(value.fract() != 0.0), english))
}

fn percent(share: f64, english: bool) -> String {
    format!("{}{NBSP}%", decimal(100.0 * share, 1, english))
}

const NBSP: char = '\u{A0}';

fn rows(of: &Compared<Outcome>, english: bool) -> Vec<Row> {
    let row = |key, fr: &str, en: &str, text: &dyn Fn(&Outcome) -> String| Row { key, name: say(english, fr, en), values: [text(&of.before), text(&of.bare), text(&of.after)] };
    vec![
        row("production", "Production", "Production", &|o| energy(o.totals.production_kwh, english)),
        row("consumption", "Consommation", "Demand", &|o| energy(o.totals.consumption_kwh, english)),
        row("curtailed", "Écrêtement", "Curtailed", &|o| energy(o.totals.curtailed_kwh, english)),
        row("imported", "Soutirage", "Drawn from the network", &|o| energy(o.totals.imported_kwh, english)),
        row("exported", "Injection", "Fed to the network", &|o| energy(o.totals.exported_kwh, english)),
        row("peak-import", "Pointe de soutirage", "Highest draw", &|o| power(o.totals.peak_import_kw, english)),
        row("peak-export", "Pointe d’injection", "Highest feed", &|o| power(o.totals.peak_export_kw, english)),
        row("congested", "Heures de contrainte", "Hours of congestion", &|o| hours(o.congested_h(), english)),
        row("self-sufficiency", "Autonomie", "Self-sufficiency", &|o| percent(o.totals.self_sufficiency, english)),
        row("self-consumption", "Autoconsommation", "Self-consumption", &|o| percent(o.totals.self_consumption, english)),
        row("cycles", "Cycles de batterie", "Battery cycles", &|o| decimal(o.cycles, 1, english)),
    ]
}

fn headline(answer: &Answer, proposal: &Proposal, english: bool) -> Vec<Line> {
    let line = |key, fr: &str, en: &str, value: String, origin: String| Line { key, name: say(english, fr, en), value, origin };
    let year = &answer.year;
    let plant = &answer.plant;
    let simulated = say(english, "simulé, pas à pas", "simulated, step by step");
    let mut lines = Vec::new();
    let made = answer.solar_kwh + answer.wind_kwh;
    if made > 0.0 {
        lines.push(line("made", "Produit par le projet", "Made by the project", energy(made, english), simulated.clone()));
    }
    let (bare, after) = (year.bare.totals, year.after.totals);
    if bare.curtailed_kwh > 0.0 || proposal.limit_kw.is_some() {
        let limit = proposal.limit_kw.map_or_else(|| say(english, "sans limite de raccordement", "no limit of the connection"), |kw| format!("{} {}", say(english, "limite de raccordement", "limit of the connection"), power(kw, english)));
        lines.push(line("curtailed", "Écrêté", "Curtailed", energy(after.curtailed_kwh, english), format!("{simulated} ; {limit}")));
        if plant.battery_kwh > 0.0 {
            lines.push(line("avoided", "Écrêtement évité par la batterie", "Curtailment avoided by the battery", energy(bare.curtailed_kwh - after.curtailed_kwh, english), format!("{simulated} ; {limit}")));
        }
        let change = year.after.congested_h() - year.before.congested_h();
        lines.push(line("congested", "Heures de contrainte", "Hours of congestion", format!("{} ({}{})", hours(year.after.congested_h(), english), if change > 0.0 { "+" } else { "" }, decimal(change, 0, english)), limit));
    }
    let points = 100.0 * (after.self_sufficiency - year.before.totals.self_sufficiency);
    let signed = |value: f64, digits: usize| format!("{}{}", if value > 0.0 { "+" } else { "" }, decimal(value, digits, english));
    lines.push(line("self-sufficiency", "Autonomie", "Self-sufficiency", format!("{} ({} pt)", percent(after.self_sufficiency, english), signed(points, 1)), say(english, "part de la consommation qui n’est pas soutirée", "share of demand that is not drawn from the network")));
    let peak = after.peak_import_kw - year.before.totals.peak_import_kw;
    lines.push(line("peak-import", "Pointe de soutirage", "Highest draw", format!("{} ({}{NBSP}kW)", power(after.peak_import_kw, english), signed(peak, 0)), simulated.clone()));
    if plant.battery_kwh > 0.0 {
        let stored = answer.stored_kwh;
        lines.push(line("cycles", "Cycles de la batterie", "Cycles of the battery", decimal(year.after.cycles, 0, english), format!("{} {} – {}", say(english, "charge de", "charge from"), energy(stored[0], english), energy(stored[1], english))));
    }
    lines
}

fn money(worth: &Worth, english: bool) -> Vec<Line> {
    let euro = |value: f64| format!("{}{NBSP}€", decimal(value, 0, english));
    let fact = |id: &str| {
        worth.used.iter().find(|(fact, _)| fact.id == id).map_or_else(String::new, |(fact, validity)| {
            let until = fact.to.map_or_else(String::new, |to| format!(" – {}", day(to)));
            let past = if *validity == Validity::Past { say(english, " — VALIDITÉ DÉPASSÉE, à vérifier", " — PAST ITS VALIDITY, to be checked") } else { String::new() };
            format!("{} {} ; {} ; {}{until}{past}", fact.value.map_or_else(String::new, |value| decimal(value, 4, english)), fact.unit, fact.origin(english), day(fact.from))
        })
    };
    let mut lines = Vec::new();
    let mut push = |key, fr: &str, en: &str, value: Option<f64>, origin: String| {
        if let Some(value) = value {
            lines.push(Line { key, name: say(english, fr, en), value: euro(value), origin });
        }
    };
    push("saved", "Achats évités, au tarif de détail", "Purchases avoided, at the retail tariff", worth.saved_eur, fact("power-price"));
    push("sold", "Ventes en plus", "Sales beside", worth.sold_eur, fact("pv-surplus-tariff"));
    push("by-battery", "dont par la batterie", "of which by the battery", worth.by_battery_eur, fact("power-price"));
    push("cost", "Coût hors taxes, solaire", "Cost before tax, solar", worth.cost_eur, fact("pv-cost"));
    if !worth.missing.is_empty() {
        let names: Vec<String> = worth.missing.iter().map(|id| missing(id, english)).collect();
        lines.push(Line { key: "missing", name: say(english, "Sans prix daté", "Without a dated price"), value: names.join(", "), origin: say(english, "aucune source datée : rien n’est supposé", "no dated source: nothing is assumed") });
    }
    lines
}

fn missing(id: &str, english: bool) -> String {
    match id {
        "power-price" => say(english, "électricité achetée", "bought power"),
        "pv-surplus-tariff" => say(english, "vente solaire de cette puissance", "sale of solar power of this size"),
        "wind-tariff" => say(english, "vente éolienne", "sale of wind power"),
        "battery-cost" => say(english, "coût de la batterie", "cost of the battery"),
        "pv-cost" => say(english, "coût du solaire", "cost of solar plants"),
        "wind-cost" => say(english, "coût des éoliennes", "cost of turbines"),
        "hub-cost" => say(english, "coût des bornes", "cost of the hub"),
        "line-cost" => say(english, "coût de la ligne", "cost of the line"),
        other => other.to_owned(),
    }
}

fn notes(answer: &Answer, prepared: &Prepared, proposal: &Proposal, english: bool) -> Vec<String> {
    let mut notes: Vec<String> = prepared.ground.origins.iter().map(|[fr, en]| say(english, fr, en)).collect();
    let plant = &answer.plant;
    if plant.solar_kwp > 0.0 {
        notes.push(if prepared.clear_sky {
            say(english, "Soleil : ciel clair, aucun climat n’est connu ici ; majore la production.", "Sun: clear sky, no climate is known here; too much is made.")
        } else {
            say(english, "Soleil : climatologie statistique de France, sans ombres ; pertes 14 %.", "Sun: statistical climatology of France, no shade; losses 14 %.")
        });
    }
    if plant.turbine_kw > 0.0 {
        let mean = decimal(proposal.wind_ms.unwrap_or(USUAL_WIND_MS), 1, english);
        let known = prepared.known_wind() as f64 * prepared.ground.step_h();
        let rest = answer.hours - known;
        notes.push(if english {
            format!("Wind: {} h from the territory’s series at hub height, {} h made up from a mean of {mean} m/s at 100 m (Rayleigh, an assumption); wakes take {}, availability 97 %.", decimal(known, 0, true), decimal(rest, 0, true), percent(plant.wake_loss, true))
        } else {
            format!("Vent : {} h de la série du territoire à hauteur de moyeu, {} h tirées d’une moyenne de {mean} m/s à 100 m (Rayleigh, hypothèse) ; les sillages prennent {}, disponibilité 97 %.", decimal(known, 0, false), decimal(rest, 0, false), percent(plant.wake_loss, false))
        });
    }
    if plant.battery_kwh > 0.0 {
        notes.push(match proposal.battery_use {
            BatteryUse::Connection => say(english, "Batterie : prend ce que le raccordement ne porte pas, le rend dès qu’il y a de la place ; rendement aller-retour 88 % (hypothèse).", "Battery: takes what the connection cannot carry, gives it back when there is room; 88 % come back (an assumption)."),
            BatteryUse::OwnUse => say(english, "Batterie : prend tout surplus, le rend au premier besoin ; rendement aller-retour 88 % (hypothèse).", "Battery: takes every surplus, gives it back at the first need; 88 % come back (an assumption)."),
        });
    }
    if plant.hub_kw > 0.0 {
        notes.push(say(english, "Recharge : jusqu’à trois séances de 12 kWh par point et par jour, selon la durée du séjour et la puissance (hypothèse).", "Charging: up to three sessions of 12 kWh a point and day, as stay and power allow (an assumption)."));
    }
    if plant.feeder_m > 0.0 {
        notes.push(format!("{} {} m. {}", say(english, "Lignes nouvelles, à vol d’oiseau :", "New lines, as the crow flies:"), decimal(plant.feeder_m, 0, english), say(english, "Leur effet sur le réseau demande un calcul de flux (jumeau flow).", "What they do to the network takes a power flow (jumeau flow).")));
    }
    for model in &plant.unknown {
        notes.push(format!("{} : {model}", say(english, "Éolienne inconnue, non comptée", "Unknown turbine, not counted")));
    }
    notes
}

/// What the command line prints and a page is told.
pub fn json(answer: &Answer, worth: &Worth, at: Instant) -> Value {
    let outcome = |of: &Outcome| {
        let totals = &of.totals;
        json!({
            "production_kwh": totals.production_kwh, "consumption_kwh": totals.consumption_kwh, "curtailed_kwh": totals.curtailed_kwh,
            "imported_kwh": totals.imported_kwh, "exported_kwh": totals.exported_kwh, "charged_kwh": totals.charged_kwh, "discharged_kwh": totals.discharged_kwh,
            "storage_losses_kwh": totals.storage_losses_kwh, "peak_import_kw": totals.peak_import_kw, "peak_export_kw": totals.peak_export_kw,
            "curtailing_hours": of.curtailing_h, "overdrawn_hours": of.overdrawn_h, "congested_hours": of.congested_h(),
            "self_sufficiency": totals.self_sufficiency, "self_consumption": totals.self_consumption, "cycles": of.cycles,
        })
    };
    let compared = |of: &Compared<Outcome>| {
        json!({
            "before": outcome(&of.before), "without_battery": outcome(&of.bare), "after": outcome(&of.after),
            "curtailment_avoided_kwh": of.bare.totals.curtailed_kwh - of.after.totals.curtailed_kwh,
        })
    };
    let plant = &answer.plant;
    let facts: Vec<Value> = worth.used.iter().map(|(fact, validity)| json!({
        "id": fact.id, "value": fact.value, "unit": fact.unit, "from": fact.from, "to": fact.to, "past": *validity == Validity::Past, "grounds": fact.grounds.name(), "source": fact.source, "link": fact.link, "fr": fact.fr, "en": fact.en,
    })).collect();
    json!({
        "instant": at, "nature": "simulated", "hours": answer.hours,
        "plant": {
            "solar_kwp": plant.solar_kwp, "turbine_kw": plant.turbine_kw, "battery_kwh": plant.battery_kwh, "battery_kw": plant.battery_kw, "hub_kw": plant.hub_kw,
            "feeder_m": plant.feeder_m, "wake_loss": plant.wake_loss, "unknown_turbines": plant.unknown,
            "solar_kwh": answer.solar_kwh, "wind_kwh": answer.wind_kwh, "charging_kwh": answer.charging_kwh,
        },
        "year": compared(&answer.year), "day": compared(&answer.day), "hour": compared(&answer.hour),
        "stored_kwh": answer.stored_kwh, "imbalance_kw": answer.imbalance[0], "imbalance_kwh": answer.imbalance[1],
        "money_eur": { "saved": worth.saved_eur, "sold": worth.sold_eur, "by_battery": worth.by_battery_eur, "cost": worth.cost_eur, "missing": worth.missing, "dated": worth.is_dated() },
        "facts": facts,
    })
}

/// The card as words.
pub fn words(card: &Card, english: bool) -> String {
    let mut out = String::new();
    let heads = [say(english, "avant", "before"), say(english, "sans batterie", "without battery"), say(english, "avec le projet", "with the project")];
    // Writing to a text does not fail.
    for Line { name, value, origin, .. } in &card.headline {
        let _ = writeln!(out, "  {name:<36} {value:<24} {origin}");
    }
    for (title, rows) in [(say(english, "Toute la période", "All of the time"), &card.year), (say(english, "Le jour", "The day"), &card.day), (say(english, "L’heure", "The hour"), &card.hour)] {
        let _ = writeln!(out, "\n{title:<38}{:>16}{:>18}{:>18}", heads[0], heads[1], heads[2]);
        for Row { name, values: [before, bare, after], .. } in rows {
            let _ = writeln!(out, "  {name:<36}{before:>16}{bare:>18}{after:>18}");
        }
    }
    let _ = writeln!(out);
    for Line { name, value, origin, .. } in &card.money {
        let _ = writeln!(out, "  {name:<36} {value:<24} {origin}");
    }
    for note in &card.notes {
        let _ = writeln!(out, "  · {note}");
    }
    out
}
