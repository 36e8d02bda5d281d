//! `jumeau roof`: one building's roof, its money and its formalities; a dossier to print.

use super::import::Talk;
use jumeau::base::{Clock, Finding, Instant, Severity};
use jumeau::energy::economics::{Use, Validity, file as facts_file};
use jumeau::energy::layout::ModuleKind;
use jumeau::energy::shading::Foliage;
use jumeau::energy::weather::DEFAULT_LINKE;
use jumeau::energy::yields::Sureness;
use jumeau::formats::meter;
use jumeau::geodesy::{EnuFrame, LonLatH};
use jumeau::pipeline::solar::answer::{Felling, Found, drawn, my_roof, without_trees};
use jumeau::pipeline::solar::edit::Changed;
use jumeau::pipeline::solar::roofs::RoofOptions;
use jumeau::pipeline::solar::weather;
use jumeau::pipeline::{info, messages};
use jumeau::planning::file::Texts;
use jumeau::rooftop::answer::{Ask, HeatAsked};
use jumeau::rooftop::dossier;
use jumeau::rooftop::hours;
use jumeau::rooftop::load::Load;
use jumeau::rooftop::told;
use jumeau::view::{MAX_HEAT_KWH, MAX_LOAD_KWH, RoofAmount};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// Largest battery and largest roof that are believed, kWh and kWp.
const MAX_BATTERY_KWH: f64 = 1e5;
const MAX_KWP: f64 = 1e6;

#[derive(clap::Args)]
pub struct Args {
    /// Dossier du territoire ou son territory.json / the territory's folder.
    territory: PathBuf,
    /// Identifiant du bâtiment / id of the building.
    #[arg(long, value_name = "ID")]
    building: String,
    /// Profil de consommation : household, farm, school, ou un fichier de compteur CSV / load profile, or a meter's CSV file.
    #[arg(long, default_value = "household", value_name = "PROFILE|FILE")]
    load: String,
    /// Consommation annuelle, kWh / yearly demand, kWh.
    #[arg(long, allow_negative_numbers = true)]
    load_kwh: Option<f64>,
    /// Chauffage par pompe à chaleur air-eau / heated by an air-to-water heat pump.
    #[arg(long)]
    heat_pump: bool,
    /// Chaleur à fournir par an, kWh (sinon une valeur usuelle) ; avec --heat-pump / heat to be given a year.
    #[arg(long, requires = "heat_pump", allow_negative_numbers = true)]
    heat_kwh: Option<f64>,
    /// Capacité de batterie, kWh / battery, kWh.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    battery_kwh: f64,
    /// Pans à équiper, à partir de 0 (par défaut : ceux qui en valent la peine) / planes to cover.
    #[arg(long, value_delimiter = ',')]
    planes: Option<Vec<usize>>,
    /// Puissance à ne pas dépasser, kWc / most power, kWp.
    #[arg(long, allow_negative_numbers = true)]
    kwp_max: Option<f64>,
    /// Modules retirés à la main, PAN:PLACE / modules taken out by hand, PLANE:PLACE.
    #[arg(long, value_delimiter = ',', value_parser = module)]
    without: Vec<(usize, usize)>,
    /// Arbres abattus, LON,LAT[,RAYON_M] : la réponse sans eux, et ce que cela change; répétable / felled trees: the answer without them; may be repeated.
    #[arg(long, value_name = "LON,LAT[,M]", value_parser = felling, allow_hyphen_values = true)]
    fell: Vec<Felling>,
    /// Lignes de vue comme si le relief ne cachait rien : ce que fait une colline / sight lines as if the terrain hid nothing.
    #[arg(long)]
    no_terrain: bool,
    /// Tout vendre au lieu d’autoconsommer / sell all.
    #[arg(long)]
    sell_all: bool,
    /// Coût du devis, € hors taxes / cost of the quotation before tax, €.
    #[arg(long, allow_negative_numbers = true)]
    cost: Option<f64>,
    /// Prix de l’électricité achetée, €/kWh / price of power.
    #[arg(long, allow_negative_numbers = true)]
    power_price: Option<f64>,
    /// Fichier de faits datés à la place de celui du produit / file of dated facts instead of the product's.
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Date de la réponse, AAAA-MM-JJ (aujourd’hui) / date of the answer (today).
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// Fichier météo ; climatologie intégrée sinon / weather file, else the built-in climatology.
    #[arg(long, value_name = "FILE")]
    weather: Option<PathBuf>,
    /// Rayons exacts, même si le territoire a un livre des toits / exact rays, even where the territory has a roof book.
    #[arg(long)]
    rays: bool,
    /// Écrit un dossier PDF / writes a PDF dossier.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// Écrit l’année heure par heure (CSV) / writes the year hour by hour.
    #[arg(long, value_name = "FILE")]
    hours: Option<PathBuf>,
    /// Un document JSON / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

fn module(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once(':').and_then(|(plane, place)| Some((plane.trim().parse().ok()?, place.trim().parse().ok()?)));
    parts.ok_or_else(|| format!("{text}: PAN:PLACE"))
}

/// Trees that stand wholly within 8 m of a place, unless another radius is given.
fn felling(text: &str) -> Result<Felling, String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok().filter(|value: &f64| value.is_finite())).collect();
    match numbers.as_deref() {
        Some(&[lon, lat]) if lon.abs() <= 180.0 && lat.abs() <= 90.0 => Ok(Felling { at: [lon, lat], radius_m: 8.0 }),
        Some(&[lon, lat, radius_m]) if lon.abs() <= 180.0 && lat.abs() <= 90.0 && (0.0..=500.0).contains(&radius_m) => Ok(Felling { at: [lon, lat], radius_m }),
        _ => Err(format!("{text}: LON,LAT[,M]")),
    }
}

pub fn run(args: Args) -> ExitCode {
    let english = args.lang.english();
    match answer(&args, english) {
        Ok(told) => {
            let Told { found, basis, frame, at, dossier, felled, clock } = &told;
            if let (Some(path), Some(bytes)) = (&args.pdf, dossier)
                && let Err(error) = std::fs::write(path, bytes)
            {
                eprintln!("{}: {error}", path.display());
                return ExitCode::from(2);
            }
            if let Some(path) = &args.hours
                && let Err(error) = std::fs::write(path, hours::csv(&found.roof, &basis.territory, &basis.sources, *clock))
            {
                eprintln!("{}: {error}", path.display());
                return ExitCode::from(2);
            }
            for finding in found.report.findings() {
                eprintln!("{}: {}", finding.file, sentence(finding, english));
            }
            let code = ExitCode::from(u8::from(found.report.has_errors()));
            if args.json {
                let mut document = told::json(&found.roof, basis, frame, *at);
                if let (Some((before_kwh, changed)), Some(document)) = (felled, document.as_object_mut()) {
                    let planes: Vec<serde_json::Value> = changed.iter().map(|one| serde_json::json!({ "plane": one.plane, "before_kwh": one.before_kwh, "after_kwh": one.after_kwh })).collect();
                    document.insert("felled".to_owned(), serde_json::json!({ "before_kwh_year": before_kwh, "after_kwh_year": found.roof.answer.kwh_year, "planes": planes }));
                }
                super::output::data(&format!("{document:#}\n"), code)
            } else {
                let mut text = told::words(&found.roof, basis, *at, english);
                if let Some((before_kwh, _)) = felled {
                    let after_kwh = found.roof.answer.kwh_year;
                    let (what, year) = if english { ("Without the felled trees", "year") } else { ("Sans les arbres abattus", "an") };
                    text.push_str(&format!("\n{what} : {before_kwh:.0} → {after_kwh:.0} kWh/{year} ({:+.1} %)\n", 100.0 * (after_kwh / before_kwh.max(1e-9) - 1.0)));
                }
                super::output::words(&text, code)
            }
        }
        Err(said) => {
            eprintln!("{said}");
            ExitCode::from(2)
        }
    }
}

/// An answer with what it is told by.
struct Told {
    found: Found,
    basis: told::Basis,
    frame: EnuFrame,
    at: Instant,
    dossier: Option<Vec<u8>>,
    /// kWh a year before, and the planes that changed.
    felled: Option<(f64, Vec<Changed>)>,
    clock: Clock,
}

fn answer(args: &Args, english: bool) -> Result<Told, String> {
    let pick = |(fr, en): (String, String)| if english { en } else { fr };
    let (file, manifest) = info::manifest(&args.territory).map_err(|missing| pick(missing.sentence()))?;
    let amounts = [
        ("load-kwh", args.load_kwh, MAX_LOAD_KWH),
        ("heat-kwh", args.heat_kwh, MAX_HEAT_KWH),
        ("battery-kwh", Some(args.battery_kwh), MAX_BATTERY_KWH),
        ("kwp-max", args.kwp_max, MAX_KWP),
        ("cost", args.cost, RoofAmount::Cost.most()),
        ("power-price", args.power_price, RoofAmount::PowerPrice.most()),
    ];
    for (name, value, most) in amounts {
        if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
            let value = if value.abs() < 1e15 { value.to_string() } else { format!("{value:e}") };
            return Err(pick((format!("--{name} {value} hors de 0…{most}"), format!("--{name} {value} is not within 0…{most}"))));
        }
    }
    let at = match &args.date {
        Some(date) => Instant::parse(&format!("{date}T12:00:00Z")).ok_or_else(|| pick((format!("« {date} » n’est pas une date AAAA-MM-JJ"), format!("“{date}” is no date YYYY-MM-DD"))))?,
        None => Instant(SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs() as i64).unwrap_or(0)),
    };
    let facts = match &args.facts {
        Some(path) => std::fs::read_to_string(path).map_err(|error| error.to_string()).and_then(|text| facts_file::parse(&text).map_err(|error| error.to_string())).map_err(|error| format!("{}: {error}", path.display()))?,
        None => facts_file::france().map_err(|error| error.to_string())?,
    };
    let texts = Texts::france()?;
    let load = match args.load.as_str() {
        "household" => Load::Household,
        "farm" => Load::Farm,
        "school" => Load::School,
        path => Load::Meter(meter_of(Path::new(path), english)?),
    };
    let [lon, lat, height_m] = manifest.origin;
    let ask = weather::Ask {
        lat: Some(lat),
        lon: Some(lon),
        elevation_m: Some(height_m.max(0.0)),
        year: jumeau::pipeline::solar::store::YEAR,
        clear_sky: false,
        linke: Some(DEFAULT_LINKE),
        file: args.weather.clone(),
    };
    let weather = weather::weather_of_year(&ask).map_err(|fault| pick(fault.sentence()))?;
    let sureness = if weather.origin == weather::Origin::Climatology { Sureness::CLIMATOLOGY } else { Sureness::TYPICAL_YEAR };
    let options = RoofOptions { sureness, module: ModuleKind::default(), foliage: Foliage::default(), ..RoofOptions::default() };
    let question = Ask {
        building: args.building.clone(),
        load,
        load_kwh: args.load_kwh,
        heat_pump: args.heat_pump.then(|| args.heat_kwh.map_or(HeatAsked::Usual, HeatAsked::Kwh)),
        battery_kwh: args.battery_kwh,
        cost_eur: args.cost,
        own: args.power_price.map(|price| ("power-price", price)).into_iter().collect(),
        way: if args.sell_all { Use::TotalSale } else { Use::Surplus },
        at,
        planes: args.planes.clone(),
        most_kwp: args.kwp_max,
        without: args.without.clone(),
        bare: args.no_terrain,
        margin_m: None,
    };
    let talk = Talk::new(!english);
    let folder = file.parent().map(PathBuf::from).unwrap_or_default();
    // Another weather is another question than the stored one.
    let rays = args.rays || args.weather.is_some() || !args.fell.is_empty();
    let found = my_roof(&folder, &manifest, (&weather, &options), rays, &question, (&facts, &texts), &talk);
    talk.end();
    let mut found = found.map_err(|finding| sentence(&finding, english))?;
    let is_there = |&(plane, place): &(usize, usize)| found.roof.roofs.get(plane).is_some_and(|roof| place < roof.modules);
    if let Some((plane, place)) = args.without.iter().find(|module| !is_there(module)) {
        let planes: Vec<String> = found.roof.roofs.iter().map(|roof| format!("{}: {}", roof.plane, roof.modules)).collect();
        return Err(sentence(&Finding::new("roof-module-unknown", Severity::Error, "").object(&args.building).value(format!("{plane}:{place} ({})", planes.join(", "))), english));
    }
    let mut felled = None;
    if !args.fell.is_empty() {
        let without = without_trees(&folder, &manifest, found, &args.fell, &question, (&facts, &texts), &talk);
        talk.end();
        let without = without.map_err(|finding| sentence(&finding, english))?;
        felled = Some((without.before_kwh_year, without.changed));
        found = without.found;
    }
    let basis = told::Basis::of(&manifest.name.fr, &found.shared, &question, found.shading);
    for (fact, _) in jumeau::energy::answer::facts_used(&found.roof.answer).into_iter().filter(|(_, validity)| *validity == Validity::Past) {
        eprintln!("{}: {}", if english { "past its validity" } else { "validité dépassée" }, if english { &fact.en } else { &fact.fr });
    }
    let found = with_findings(found, &weather.findings);
    let basis = told::Basis { findings: found.report.findings().iter().map(as_json).collect(), ..basis };
    let dossier = match &args.pdf {
        Some(_) => {
            let drawn = drawn(&folder, &manifest, &found.roof, &talk);
            talk.end();
            Some(dossier::pdf(&found.roof, &drawn.map_err(|finding| sentence(&finding, english))?, &basis, at, english))
        }
        None => None,
    };
    let [lon, lat, height_m] = manifest.origin;
    Ok(Told { found, basis, frame: EnuFrame::at(LonLatH::new(lon, lat, height_m)), at, dossier, felled, clock: manifest.clock() })
}

/// What is wrong with a person's own weather file is theirs to know.
fn with_findings(mut found: Found, findings: &[Finding]) -> Found {
    findings.iter().for_each(|finding| found.report.push(finding.clone()));
    found
}

/// A finding as the command line's contract writes it.
fn as_json(finding: &Finding) -> serde_json::Value {
    serde_json::json!({
        "code": finding.code, "severity": finding.severity.name(), "file": finding.file, "object": finding.object, "value": finding.value,
        "message": sentence(finding, true),
    })
}

fn meter_of(path: &Path, english: bool) -> Result<meter::Meter, String> {
    let size = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?.len();
    if size > 256 << 20 {
        return Err(format!("{}: {size} > 256 MB", path.display()));
    }
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    meter::read(&bytes).map_err(|fault| format!("{}: {}", path.display(), sentence(&fault.finding(path.display().to_string()), english)))
}

/// The importer's sentence, or that of the formats.
fn sentence(finding: &Finding, english: bool) -> String {
    if messages::message(finding.code).is_some() {
        return messages::sentence(finding.code, !english, &finding.object, &finding.value);
    }
    let (fr, en) = jumeau::formats::messages::message(finding);
    if english { en } else { fr }
}
