//! `jumeau propose`: what turbines, solar plants, batteries, charging hubs and lines would do in a territory.

use jumeau::base::Instant;
use jumeau::energy::economics::file as facts_file;
use jumeau::pipeline::network::reach;
use jumeau::pipeline::{info, messages, siting};
use jumeau::siting::answer::answer;
use jumeau::siting::plant::connected_kw;
use jumeau::siting::told::{Card, json, words};
use jumeau::siting::worth::Worth;
use jumeau::siting::{SitingFault, file};
use jumeau::view::BatteryUse;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(clap::Args)]
pub struct Args {
    /// Dossier du territoire ou son territory.json / the territory's folder.
    territory: PathBuf,
    /// Le projet, en GeoJSON / the proposal as GeoJSON.
    proposal: PathBuf,
    /// Limite du raccordement, kW, à la place de celle du fichier / limit of the connection, instead of the file's.
    #[arg(long, allow_negative_numbers = true)]
    limit_kw: Option<f64>,
    /// Usage des batteries : connection, own-use / use of batteries.
    #[arg(long)]
    battery_use: Option<String>,
    /// Vent moyen à 100 m, m/s, où le territoire n’en sait rien / mean wind at 100 m.
    #[arg(long, allow_negative_numbers = true)]
    wind_ms: Option<f64>,
    /// Instant dont l’heure et le jour sont dits, RFC 3339 / instant whose hour and day are told.
    #[arg(long)]
    time: Option<String>,
    /// Date des prix, AAAA-MM-JJ (aujourd’hui) / date of the prices (today).
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// Fichier de faits datés à la place de celui du produit / file of dated facts instead of the product's.
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    match told(&args) {
        Ok(text) if args.json => super::output::data(&text, ExitCode::SUCCESS),
        Ok(text) => super::output::words(&text, ExitCode::SUCCESS),
        Err(said) => {
            if !said.is_empty() {
                eprintln!("{said}");
            }
            ExitCode::from(2)
        }
    }
}

fn told(args: &Args) -> Result<String, String> {
    let english = args.lang.english();
    let pick = |fr: &str, en: &str| if english { en.to_owned() } else { fr.to_owned() };
    let sentence = |fault: SitingFault| messages::sentence(fault.code, !english, "", &fault.value);
    let (manifest_at, manifest) = info::manifest(&args.territory).map_err(|missing| {
        let (fr, en) = missing.sentence();
        pick(&fr, &en)
    })?;
    let (bytes, name) = super::input::read(&args.proposal, english).ok_or_else(String::new)?;
    let read = file::read(&bytes).map_err(|fault| format!("{name}: {}", sentence(fault)))?;
    if read.left_out > 0 {
        eprintln!("{name}: {} {}", read.left_out, pick("objets laissés de côté", "features left out"));
    }
    let mut proposal = read.proposal;
    if let Some(kw) = args.limit_kw {
        if !(kw.is_finite() && kw > 0.0) {
            return Err(pick("--limit-kw doit être positif", "--limit-kw must be positive"));
        }
        proposal.limit_kw = Some(kw);
    }
    if let Some(text) = &args.battery_use {
        proposal.battery_use = BatteryUse::from_id(text).ok_or_else(|| format!("--battery-use {text}: connection, own-use"))?;
    }
    if let Some(ms) = args.wind_ms {
        if !(ms.is_finite() && ms > 0.0) {
            return Err(pick("--wind-ms doit être positif", "--wind-ms must be positive"));
        }
        proposal.wind_ms = Some(ms);
    }
    let instant = |text: &str| Instant::parse(text).ok_or_else(|| format!("{text}: RFC 3339"));
    let date = match &args.date {
        Some(date) => instant(&format!("{date}T12:00:00Z"))?,
        None => Instant(SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs() as i64).unwrap_or(0)),
    };
    let at = match &args.time {
        Some(text) => instant(text)?,
        None => manifest.home.instant,
    };
    let facts = match &args.facts {
        Some(path) => std::fs::read_to_string(path).map_err(|error| error.to_string()).and_then(|text| facts_file::parse(&text).map_err(|error| error.to_string())).map_err(|error| format!("{}: {error}", path.display()))?,
        None => facts_file::france().map_err(|error| error.to_string())?,
    };
    let folder = manifest_at.parent().map(PathBuf::from).unwrap_or_default();
    let prepared = siting::prepare(&folder, &manifest).map_err(sentence)?;
    let started = std::time::Instant::now();
    let found = answer(&prepared, &proposal, at).map_err(sentence)?;
    let seconds = started.elapsed().as_secs_f64();
    let worth = Worth::of(&found, &facts, date);
    // A territory without a network says so where it is asked: here it is no fault.
    let places = reach::of_territory(&manifest_at, &manifest).ok();
    let rooms = reach::rooms(&manifest_at, &manifest);
    let fits: Vec<_> = proposal
        .placed
        .iter()
        .map(|placed| {
            let kw = connected_kw(&placed.thing).filter(|kw| *kw > 0.0)?;
            places.as_ref()?.find(placed.at, kw, &|id| rooms.get(id).copied())
        })
        .collect();
    if args.json {
        let mut document = json(&found, &worth, at);
        let connections: Vec<Value> = fits.iter().map(|fit| fit.as_ref().map_or(Value::Null, |fit| fit.json(english))).collect();
        if let Value::Object(map) = &mut document {
            map.insert("connections".to_owned(), json!(connections));
            map.insert("left_out".to_owned(), json!(read.left_out));
            map.insert("seconds".to_owned(), json!(seconds));
        }
        return Ok(format!("{document:#}\n"));
    }
    let mut text = words(&Card::new(&found, &worth, &prepared, &proposal, english), english);
    for (placed, fit) in proposal.placed.iter().zip(&fits) {
        if let Some(fit) = fit {
            text.push_str(&format!("\n{} {:.5} {:.5}\n{}", placed.thing.tool().id(), placed.at[0], placed.at[1], fit.words(english)));
        }
    }
    Ok(text)
}
