//! `jumeau import`: what was typed, progress, and the report in words or JSON.

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use jumeau::base::Severity;
use jumeau::pipeline::{ImportOptions, Progress, import, messages};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

#[derive(clap::Args)]
#[command(after_long_help = MAP_HELP)]
pub struct Args {
    /// Fichiers, dossiers ou archives zip : GeoPackage, Shapefile, GeoJSON (aussi en séquence), FlatGeobuf, GeoParquet, CityJSON, CityGML, GeoTIFF, SRTM, BIL, grille ASCII, XYZ, LAS/LAZ, tilesets 3D Tiles 1.0 et 1.1, glTF, sources.json / files, folders or zip archives.
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<PathBuf>,
    /// Dossier du territoire à écrire / folder of the territory to write.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Nom du territoire / name of the territory.
    #[arg(long)]
    name: Option<String>,
    /// Système de coordonnées du territoire, et des tilesets qui ne sont pas sur le globe / target coordinate system, and that of tilesets that are not on the globe, EPSG:2154.
    #[arg(long, value_name = "EPSG:n")]
    crs: Option<String>,
    /// Grille RAF20 de l’IGN (.tac ou .tif) pour les hauteurs ellipsoïdales / IGN's RAF20 grid for ellipsoidal heights.
    #[arg(long, value_name = "FILE")]
    geoid: Option<PathBuf>,
    /// Correspondance entre nos termes et les colonnes d'un schéma inconnu / which columns of an unknown schema hold what (below).
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Rapport en JSON sur stdout / report as JSON on stdout.
    #[arg(long)]
    json: bool,
    /// Langue du rapport / language of the report.
    #[arg(long, value_enum, default_value_t = Language::Fr)]
    lang: Language,
}

/// What `--help` says about the two small files a person may write.
const MAP_HELP: &str = "\
--map FILE, JSON : nos termes → les colonnes de la source / our terms → the source's columns
  { \"height\": \"HAUT_M\", \"id\": \"NUM\" }                     bâtiments / buildings
  [ { \"as\": \"buildings\", \"file\": \"BATI*.shp\",            une entrée par couche / one entry a layer
      \"fields\": { \"id\": \"NUM\", \"height\": \"HAUT_M\" },
      \"keep\": [\"QUARTIER\"] } ]                          colonnes gardées sous leur nom / kept as they are; \"*\": all
  \"as\": buildings, roads, tram, rail, water, trees, models, et des zones / and areas: areas, iris, parcels, zones, prescriptions, information, servitudes, flood, parks, land-cover; \"file\", \"table\" (avec / with *), \"keep\": facultatifs / optional
  Sans « file » ni « table », une table est reconnue à la moitié de ses colonnes / without them a table is told by half of its columns.
  Termes / terms
    buildings: id, name, rnb, height, ridge_height, ground, roof_min, roof_max, storeys, dwellings, consumption, usage, usage2, nature, light, year, state
    roads, tram, rail: id, name, class, importance, position, width, lanes, bridge, tunnel, fictive, state
    water: id, name, level      trees: id, height, crown      areas: id, name, code
    iris, zones, prescriptions, information, servitudes, flood, parks, land-cover: id, name, code, document      parcels: id, section, number, code

Zones / areas
  Un dossier de PLU, PLUi ou carte communale au standard CNIG est reconnu par ses attributs (TYPEZONE, TYPEPSC, TYPEINF) ; DOC_URBA donne date et état.
  A folder of a local plan after the CNIG standard is told by its attributes; DOC_URBA gives its date and state.
  De même : servitudes, parcelles (Etalab, PCI), IRIS, communes, parcs, occupation du sol, zones inondables. Tous les attributs restent sous leur nom.
  Ces couches sont masquées à l’ouverture ; la table features.parquet contient tous les objets / hidden at first; features.parquet holds every object.

Modèles / models
  Un tileset (tileset.json et ses fichiers) devient une couche ; s’il n’est pas en coordonnées géocentriques, --crs EPSG:n dit son système.
  A tileset becomes a layer; if it is not in geocentric coordinates, --crs EPSG:n says its system.
  Un glTF est placé par / a glTF is placed by --map:
  [ { \"as\": \"models\", \"file\": \"mairie.glb\",
      \"place\": { \"lon\": -1.553, \"lat\": 47.218, \"height\": 12.5, \"heading\": 90, \"scale\": 1 } } ]
  height : altitude de l’origine / of the origin; heading : degrés depuis le nord / degrees from north; \"crs\" : système d’un tileset / of a tileset

sources.json, dans le dossier des sources / in the folder of sources
  { \"id\": \"bourg\", \"crs\": \"EPSG:2154\",
    \"datasets\": [ { \"id\": \"bdtopo\", \"title\": …, \"producer\": …, \"licence\": …, \"date\": …, \"attribution\": …, \"nature\": \"measured\" } ],
    \"layers\": [ { \"file\": \"bdtopo.zip/BATIMENT.shp\", \"as\": \"buildings\", \"dataset\": \"bdtopo\", \"fields\": {…}, \"keep\": […] } ],
    \"join\": [ { \"file\": \"conso.csv\", \"onto\": \"buildings\", \"column\": \"id_rnb\", \"by\": \"rnb\",
                \"fields\": { \"consumption\": \"kwh_an\", \"year\": \"annee\" }, \"keep\": […] } ] }
  « join » : une table (CSV, Parquet, DBF …) jointe par un identifiant / a table joined by an id; \"by\": id, rnb, ou une colonne de la couche / or a column of the layer

Tous les codes du rapport / all codes of the report: docs/findings.md";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Fr,
    En,
}

pub fn run(args: Args) -> ExitCode {
    let french = args.lang == Language::Fr;
    let started = Instant::now();
    let geoid = match args.geoid.map(|path| (std::fs::read(&path), path)) {
        None => None,
        Some((Ok(bytes), _)) => Some(bytes),
        Some((Err(error), path)) => {
            eprintln!("{} : illisible / unreadable: {error}", path.display());
            return ExitCode::from(2);
        }
    };
    let options = ImportOptions { crs: args.crs, name: args.name, map: args.map, geoid };
    let talk = Talk::new(french);
    let result = import::import(&args.sources, &args.out, &options, &talk);
    talk.end();
    let done = match result {
        Ok(done) => done,
        Err(fault) => {
            eprintln!("{}", messages::sentence(fault.code, french, &fault.object, &fault.value));
            return ExitCode::from(2);
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let text = if args.json {
        let report = serde_json::json!({
            "layers": import::layers_json(&done.layers),
            "findings": import::findings_json(&done.report),
            "seconds": seconds,
            "peak_bytes": peak_bytes(),
        });
        format!("{report:#}\n")
    } else {
        words(&done, &args.out.display().to_string(), seconds, french)
    };
    // A closed pipe on the other side is no fault of the import.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if done.report.has_errors() { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

/// The report for people.
fn words(done: &import::Done, out: &str, seconds: f64, french: bool) -> String {
    let say = |fr: &str, en: &str| if french { fr.to_owned() } else { en.to_owned() };
    let mut lines = vec![format!(
        "{:<28}{:>10}{:>10}{:>10}{:>10}",
        say("Couche", "Layer"),
        say("lus", "read"),
        say("gardés", "kept"),
        say("réparés", "repaired"),
        say("rejetés", "rejected"),
    )];
    for layer in &done.layers {
        lines.push(format!(
            "{:<28}{:>10}{:>10}{:>10}{:>10}",
            messages::stage(&format!("import-{}", layer.id), french),
            layer.read, layer.kept, layer.repaired, layer.rejected,
        ));
    }
    lines.push(String::new());
    let mut findings: Vec<_> = done.report.summary().collect();
    findings.sort_by(|a, b| b.1.cmp(&a.1).then(b.2.cmp(&a.2)));
    for (code, severity, count, example) in findings {
        let mark = match severity {
            Severity::Error => say("erreur", "error"),
            Severity::Warning => say("attention", "warning"),
            Severity::Info => say("note", "note"),
        };
        let place = [example.file.as_str(), example.object.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let sentence = messages::sentence(code, french, &example.object, &example.value);
        lines.push(format!("{count:>7} × {mark:<9} {sentence}  [{code}; {} {place}]", say("ex.", "e.g.")));
    }
    lines.push(String::new());
    lines.push(if french {
        format!("Territoire écrit dans {out} en {seconds:.1} s. Ouvrez-le avec : jumeau view {out}")
    } else {
        format!("Territory written to {out} in {seconds:.1} s. Open it with: jumeau view {out}")
    });
    lines.join("\n") + "\n"
}

/// The most memory this process has held, where the system tells.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// Progress on stderr: a bar on a terminal, one line a stage elsewhere.
pub(super) struct Talk {
    french: bool,
    bar: Option<ProgressBar>,
    stage: Mutex<String>,
}

impl Talk {
    pub(super) fn new(french: bool) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{msg:28} {bar:30} {pos}/{len}  {elapsed}") {
                bar.set_style(style);
            }
            bar
        });
        Self { french, bar, stage: Mutex::new(String::new()) }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Talk {
    fn step(&self, what: &str, done: u64, total: u64) {
        let name = messages::stage(what, self.french);
        if let Some(bar) = &self.bar {
            bar.set_message(name.to_owned());
            bar.set_length(total);
            bar.set_position(done);
            return;
        }
        let Ok(mut stage) = self.stage.lock() else { return };
        if *stage != what {
            *stage = what.to_owned();
            eprintln!("{name} …");
        }
    }
}
