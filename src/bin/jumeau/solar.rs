//! `jumeau solar`: the roofs of a territory with their shade and their year.

use super::import::Talk;
use jumeau::base::{Finding, Severity};
use jumeau::energy::cell::Mount;
use jumeau::energy::layout::ModuleKind;
use jumeau::energy::pv::System;
use jumeau::energy::shading::Foliage;
use jumeau::energy::transposition::SkyModel;
use jumeau::energy::weather::DEFAULT_LINKE;
use jumeau::energy::yields::Sureness;
use jumeau::formats::Fault;
use jumeau::formats::weather::pvgis_answer::{MAX_ANSWER_BYTES, PvgisAnswer};
use jumeau::pipeline::solar::roofs::{self, Roof, RoofOptions, Roofs};
use jumeau::pipeline::solar::store::{HoursWanted, Made, store};
use jumeau::pipeline::solar::weather::{self, Ask, Origin, Weather};
use jumeau::pipeline::{info, messages};
use serde_json::json;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// Dossier du territoire ou son territory.json / the territory's folder.
    territory: PathBuf,
    /// Un seul bâtiment, par rayons exacts / one building, by exact rays.
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    building: Option<String>,
    /// Tous les bâtiments (par défaut) / all buildings (the default).
    #[arg(long)]
    all: bool,
    /// Fichier météo : EPW, PVGIS, CSV ; climatologie intégrée sinon / weather file, else the built-in climatology.
    #[arg(long, value_name = "FILE")]
    weather: Option<PathBuf>,
    /// Modèle de ciel / sky model.
    #[arg(long, default_value = "hay-davies", value_parser = ["isotropic", "klucher", "hay-davies", "reindl", "perez", "perez-driesse"])]
    model: String,
    /// Montage / mount.
    #[arg(long, default_value = "semi-integrated", value_parser = ["free-standing", "semi-integrated", "insulated", "open-rack", "close-mount", "faiman"])]
    mount: String,
    /// Pertes hors ombrage, % / losses without shade, %.
    #[arg(long, default_value_t = 14.0)]
    losses: f64,
    /// Maille de la surface qui ombrage, m / cell of the shading surface, m.
    #[arg(long, default_value_t = 1.0)]
    cell: f64,
    /// Range les résultats dans le territoire : table GeoParquet, séries Zarr, manifeste / lays the results into the territory.
    #[arg(long, conflicts_with = "building")]
    store: bool,
    /// Avec --store : la puissance heure par heure de chaque bâtiment (auto : jusqu’à 1 Go) / hourly power of each building (auto: up to 1 GB).
    #[arg(long, default_value = "auto", value_parser = ["auto", "always", "never"], requires = "store")]
    hours: String,
    /// Plan communal : les toits d’au moins tant de m², triés, et leur total / the commune's plan: roofs of at least so many m².
    #[arg(long, value_name = "M2", num_args = 0..=1, default_missing_value = "500", conflicts_with_all = ["building", "store"])]
    pub(super) plan: Option<f64>,
    /// Avec --plan : écrit la liste (.csv, .gpkg, .parquet, .geojson) ; répétable / writes the list; may be repeated.
    #[arg(long, value_name = "FILE", requires = "plan")]
    pub(super) export: Vec<PathBuf>,
    /// Avec --plan : ce qui trie la table / what sorts the table.
    #[arg(long, value_name = "COLUMN", requires = "plan", value_parser = ["name", "kind", "usage", "area", "power", "energy", "shade", "useful", "useful-share", "protection"])]
    pub(super) sort: Option<String>,
    /// Avec --plan : ne montre que / shows only : roofs, car-parks, public, not-public, heritage, no-heritage, over-100-kwp, kept; répétable / may be repeated.
    #[arg(long, value_name = "WHAT", requires = "plan", value_parser = ["roofs", "car-parks", "public", "not-public", "heritage", "no-heritage", "over-100-kwp", "kept"])]
    pub(super) only: Vec<String>,
    /// Avec --plan ou --store : une réponse de PVGIS (PVcalc, JSON) à comparer à la nôtre / an answer of PVGIS to hold ours against.
    #[arg(long, value_name = "FILE", conflicts_with = "building")]
    pvgis: Option<PathBuf>,
    /// Un document JSON / one JSON document.
    #[arg(long, conflicts_with = "csv")]
    pub(super) json: bool,
    /// Un tableau CSV / a CSV table.
    #[arg(long)]
    pub(super) csv: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    pub(super) lang: super::lang::Lang,
}

/// Reads an answer of PVGIS, or says what is wrong with it.
fn pvgis_of(path: &Path, english: bool) -> Result<PvgisAnswer, String> {
    let told = |finding: &Finding| format!("{}: {}", path.display(), sentence(finding, english));
    let size = std::fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?.len();
    if size > MAX_ANSWER_BYTES as u64 {
        return Err(told(&Fault::new("pvgis-answer", "", format!("{size} > {MAX_ANSWER_BYTES}")).finding(path.display().to_string())));
    }
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    PvgisAnswer::parse(&bytes).map_err(|fault| told(&fault.finding(path.display().to_string())))
}

pub fn run(args: Args) -> ExitCode {
    let english = args.lang.english();
    let started = Instant::now();
    let (file, manifest) = match info::manifest(&args.territory) {
        Ok(found) => found,
        Err(missing) => {
            let (fr, en) = missing.sentence();
            eprintln!("{}", if english { en } else { fr });
            return ExitCode::from(2);
        }
    };
    if !((0.1..=50.0).contains(&args.cell) && (0.0..=100.0).contains(&args.losses)) {
        eprintln!(
            "{}",
            if english {
                "--cell must lie in 0.1…50 m, --losses in 0…100 %"
            } else {
                "--cell doit être dans 0,1…50 m, --losses dans 0…100 %"
            }
        );
        return ExitCode::from(2);
    }
    let [lon, lat, height_m] = manifest.origin;
    let ask = Ask {
        lat: Some(lat),
        lon: Some(lon),
        elevation_m: Some(height_m.max(0.0)),
        year: jumeau::pipeline::solar::store::YEAR,
        clear_sky: false,
        linke: Some(DEFAULT_LINKE),
        file: args.weather.clone(),
    };
    let weather = match weather::weather_of_year(&ask) {
        Ok(weather) => weather,
        Err(fault) => {
            let (fr, en) = fault.sentence();
            eprintln!("{}", if english { en } else { fr });
            return ExitCode::from(2);
        }
    };
    let options = RoofOptions {
        building: args.building.clone(),
        cell_m: args.cell,
        most_cells: 16_000_000,
        module: ModuleKind::default(),
        system: System {
            model: SkyModel::from_name(&args.model).unwrap_or(SkyModel::HayDavies),
            mount: Mount::from_name(&args.mount).unwrap_or(Mount::SEMI_INTEGRATED),
            losses: args.losses / 100.0,
            ..System::default()
        },
        foliage: Foliage::default(),
        sureness: if weather.origin == Origin::Climatology {
            Sureness::CLIMATOLOGY
        } else {
            Sureness::TYPICAL_YEAR
        },
        records: false,
    };
    let pvgis = match args.pvgis.as_deref().map(|path| pvgis_of(path, english)).transpose() {
        Ok(pvgis) => pvgis,
        Err(said) => {
            eprintln!("{said}");
            return ExitCode::from(2);
        }
    };
    let folder = file.parent().map(PathBuf::from).unwrap_or_default();
    let talk = Talk::new(!english);
    if let Some(least_m2) = args.plan {
        let made = Made { weather: &weather, model: &args.model, mount: &args.mount, pvgis: pvgis.as_ref() };
        return super::solar_plan::planned(&args, &folder, &manifest, &made, &options, least_m2.max(0.0), &talk);
    }
    let result = if args.store {
        let hours = match args.hours.as_str() {
            "always" => HoursWanted::Always,
            "never" => HoursWanted::Never,
            _ => HoursWanted::Auto,
        };
        let made = Made { weather: &weather, model: &args.model, mount: &args.mount, pvgis: pvgis.as_ref() };
        store(&folder, &manifest, &made, &options, hours, &talk).map(|stored| {
            let said = json!({ "table": stored.rows, "table_bytes": stored.table_bytes, "series_rows": stored.series_rows, "hours": stored.hours, "book_bytes": stored.book_bytes });
            (stored.roofs, Some(said))
        })
    } else {
        roofs::roofs(&folder, &manifest, &weather.hours, weather.step_h, &options, &talk).map(|roofs| (roofs, None))
    };
    talk.end();
    let (roofs, stored) = match result {
        Ok(done) => done,
        Err(finding) => {
            eprintln!("{}", sentence(&finding, english));
            return ExitCode::from(2);
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let text = if args.json {
        to_json(&args, &weather, &roofs, seconds, stored.as_ref())
    } else if args.csv {
        csv(&roofs.roofs)
    } else {
        let mut text = words(&args, &weather, &roofs, seconds, english);
        if stored.is_some() {
            text.push_str(if english { "stored in the territory: solar/\n" } else { "rangé dans le territoire : solar/\n" });
        }
        text
    };
    for finding in &weather.findings {
        say(finding, english);
    }
    let bad = roofs.report.has_errors()
        || weather
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
    let code = ExitCode::from(u8::from(bad));
    if args.json || args.csv { super::output::data(&text, code) } else { super::output::words(&text, code) }
}

fn say(finding: &Finding, english: bool) {
    eprintln!("{}: {}", finding.file, sentence(finding, english));
}

/// The importer's sentence, or that of the formats.
pub(super) fn sentence(finding: &Finding, english: bool) -> String {
    if messages::message(finding.code).is_some() {
        return messages::sentence(finding.code, !english, &finding.object, &finding.value);
    }
    let (fr, en) = jumeau::formats::messages::message(finding);
    if english { en } else { fr }
}

fn to_json(args: &Args, weather: &Weather, roofs: &Roofs, seconds: f64, stored: Option<&serde_json::Value>) -> String {
    let planes: Vec<serde_json::Value> = roofs
        .roofs
        .iter()
        .map(|roof| {
            serde_json::json!({
                "building": roof.building, "plane": roof.plane, "area_m2": roof.area_m2, "usable_m2": roof.usable_m2,
                "tilt": roof.tilt, "azimuth": roof.azimuth, "ridge_m": roof.ridge_m, "modules": roof.modules, "kwp": roof.kwp,
                "kwh_year": roof.kwh_year, "kwh_year_p90": roof.kwh_year_p90, "kwh_month": roof.kwh_month,
                "shading_loss": roof.shading_loss, "sky_view": roof.sky_view, "poa_kwh_m2": roof.poa_kwh_m2,
            })
        })
        .collect();
    let findings: Vec<serde_json::Value> = roofs
        .report
        .summary()
        .map(|(code, severity, count, example)| {
            serde_json::json!({ "code": code, "severity": severity.name(), "count": count, "example": { "file": example.file, "object": example.object, "value": example.value } })
        })
        .collect();
    let mut document = serde_json::json!({
        "roofs": planes,
        "seconds": seconds,
        "buildings": roofs.buildings,
        "kwp": roofs.roofs.iter().map(|roof| roof.kwp).sum::<f64>(),
        "kwh_year": roofs.roofs.iter().map(|roof| roof.kwh_year).sum::<f64>(),
        "weather": weather.origin.name(), "weather_title": weather.title, "hours": weather.hours.len(),
        "model": args.model, "mount": args.mount, "losses_percent": args.losses, "losses_included": true,
        "shading": if roofs.cell_m.is_some() { "sweep" } else { "rays" }, "cell_m": roofs.cell_m, "trees": roofs.trees,
        "nature": "simulated",
        "findings": findings,
        "weather_findings": weather::findings_json(&weather.findings),
    });
    if let (Some(stored), Some(document)) = (stored, document.as_object_mut()) {
        document.insert("stored".to_owned(), stored.clone());
    }
    format!("{document:#}\n")
}

fn csv(roofs: &[Roof]) -> String {
    let mut out = "building,plane,area_m2,usable_m2,tilt,azimuth,ridge_m,modules,kwp,kwh_year,kwh_year_p90,shading_loss,sky_view,poa_kwh_m2,jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec\n".to_owned();
    for roof in roofs {
        // Writing to a text does not fail.
        let _ = write!(
            out,
            "{},{},{:.2},{:.2},{:.2},{:.2},{:.2},{},{:.3},{:.1},{:.1},{:.4},{:.4},{:.1}",
            quoted(&roof.building),
            roof.plane,
            roof.area_m2,
            roof.usable_m2,
            roof.tilt,
            roof.azimuth,
            roof.ridge_m,
            roof.modules,
            roof.kwp,
            roof.kwh_year,
            roof.kwh_year_p90,
            roof.shading_loss,
            roof.sky_view,
            roof.poa_kwh_m2
        );
        for kwh in roof.kwh_month {
            let _ = write!(out, ",{kwh:.1}");
        }
        out.push('\n');
    }
    out
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Planes shown to people; all are in JSON and CSV.
const SHOWN: usize = 20;

fn words(args: &Args, weather: &Weather, roofs: &Roofs, seconds: f64, english: bool) -> String {
    let say = |fr: &'static str, en: &'static str| if english { en } else { fr };
    let (fr, en) = weather.origin.sentence();
    let mut out = String::new();
    let total = |of: fn(&Roof) -> f64| roofs.roofs.iter().map(of).sum::<f64>();
    let _ = writeln!(
        out,
        "{} : {}",
        say("Météo", "Weather"),
        if english { en } else { fr }
    );
    let _ = writeln!(
        out,
        "{} {} · {} {} · {} {} % · {} {}",
        say("Modèle de ciel", "Sky model"),
        args.model,
        say("montage", "mount"),
        args.mount,
        say("pertes comprises", "losses included"),
        args.losses,
        say("ombrage", "shade"),
        if roofs.cell_m.is_some() {
            say("par balayage", "by sweep")
        } else {
            say("par rayons", "by rays")
        }
    );
    let _ = writeln!(
        out,
        "{} {} · {} {} · {:.0} m² · {:.1} kWc/kWp · {:.0} MWh/{} (P90 {:.0})",
        roofs.buildings,
        say("bâtiments", "buildings"),
        roofs.roofs.len(),
        say("pans", "planes"),
        total(|r| r.area_m2),
        total(|r| r.kwp),
        total(|r| r.kwh_year) / 1000.0,
        say("an", "year"),
        total(|r| r.kwh_year_p90) / 1000.0
    );
    let _ = writeln!(
        out,
        "\n{:<28}{:>5}{:>9}{:>7}{:>8}{:>8}{:>10}{:>8}{:>6}",
        say("Bâtiment", "Building"),
        say("pan", "pl."),
        "m²",
        say("incl.", "tilt"),
        "azimut",
        "kWc",
        "kWh",
        say("ombre", "shade"),
        say("ciel", "sky")
    );
    let mut best: Vec<&Roof> = roofs.roofs.iter().collect();
    best.sort_by(|a, b| b.kwh_year.total_cmp(&a.kwh_year));
    for roof in best.iter().take(SHOWN) {
        let _ = writeln!(
            out,
            "{:<28}{:>5}{:>9.1}{:>6.1}°{:>7.1}°{:>8.2}{:>10.0}{:>7.1}%{:>6.2}",
            roof.building,
            roof.plane,
            roof.area_m2,
            roof.tilt,
            roof.azimuth,
            roof.kwp,
            roof.kwh_year,
            100.0 * roof.shading_loss,
            roof.sky_view
        );
    }
    if best.len() > SHOWN {
        let _ = writeln!(
            out,
            "… {} {}",
            best.len() - SHOWN,
            say("autres : --json ou --csv", "more: --json or --csv")
        );
    }
    for (code, _, count, example) in roofs.report.summary() {
        let _ = writeln!(
            out,
            "{count:>7} × {}  [{code}; {} {}]",
            sentence(example, english),
            example.file,
            example.object
        );
    }
    let _ = writeln!(out, "{seconds:.1} s");
    out
}
