//! `jumeau import`: what was typed, progress, and the report in words or JSON.

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use jumeau::base::Severity;
use jumeau::pipeline::shards::{SHARD_BUILDINGS, ShardOptions};
use jumeau::pipeline::{ImportOptions, Progress, import, messages};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[derive(clap::Args)]
#[command(after_long_help = MAP_HELP)]
pub struct Args {
    #[command(flatten)]
    what: What,
    /// Dossier du territoire à écrire / folder of the territory to write.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Fils d’exécution, 0 : autant que de cœurs / threads, 0: as many as cores.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Rapport en JSON sur stdout / report as JSON on stdout.
    #[arg(long)]
    json: bool,
    /// Langue du rapport / language of the report.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

/// Further files named beside the example of a finding.
const OTHER_FILES: usize = 8;

/// What is imported, and how: the same for `import` and `plan`.
#[derive(clap::Args)]
pub struct What {
    #[arg(required = true, value_name = "SOURCE", help = format!("Fichiers, dossiers ou archives zip : {} / files, folders or zip archives", messages::SOURCE_FORMATS[0]))]
    sources: Vec<PathBuf>,
    /// Nom du territoire / name of the territory.
    #[arg(long)]
    name: Option<String>,
    /// Système de coordonnées du territoire, et des tilesets qui ne sont pas sur le globe / target coordinate system, and that of tilesets that are not on the globe, EPSG:2154.
    #[arg(long, value_name = "EPSG:n")]
    crs: Option<String>,
    /// Grille RAF20 de l’IGN (.tac ou .tif) pour les hauteurs ellipsoïdales / IGN's RAF20 grid for ellipsoidal heights.
    #[arg(long, value_name = "FILE")]
    geoid: Option<PathBuf>,
    /// Correspondance entre nos termes et les colonnes d'un schéma inconnu / which columns of an unknown schema hold what (the table at the end of `jumeau import --help`).
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Bâtiments d’un lot ; au-delà, il est coupé en quatre / buildings of a shard; larger ones are cut in four.
    #[arg(long, default_value_t = SHARD_BUILDINGS, value_parser = clap::value_parser!(u64).range(1..), value_name = "N")]
    shard_buildings: u64,
}

impl What {
    /// # Errors
    /// What to say when the name is none or the geoid cannot be read.
    pub fn options(&self, lang: super::lang::Lang) -> Result<(ImportOptions, ShardOptions), String> {
        if let Some(name) = self.name.as_deref().filter(|name| !is_name(name)) {
            let name = jumeau::base::printable(name);
            return Err(lang.of(
                format!("jumeau import : « {name} » ne peut pas être un nom : de 1 à {LONGEST_NAME} caractères, sans caractères de commande."),
                format!("jumeau import: “{name}” cannot be a name: 1 to {LONGEST_NAME} characters, and no control characters."),
            ));
        }
        let geoid = match &self.geoid {
            None => None,
            Some(path) => {
                let bytes = std::fs::read(path).map_err(|error| format!("{} : illisible / unreadable: {error}", path.display()))?;
                Some(bytes)
            }
        };
        let options = ImportOptions { crs: self.crs.clone(), name: self.name.clone(), map: self.map.clone(), geoid };
        Ok((options, ShardOptions { most_buildings: self.shard_buildings }))
    }

    pub fn sources(&self) -> &[PathBuf] {
        &self.sources
    }
}

/// The longest name of a territory, characters.
const LONGEST_NAME: usize = 200;

/// A name goes into a manifest, onto screens and pictures.
fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST_NAME && jumeau::base::printable(text) == text
}

/// What `--help` says about the two small files a person may write.
const MAP_HELP: &str = "\
--map FILE, JSON : nos termes → les colonnes de la source / our terms → the source's columns
  { \"height\": \"HAUT_M\", \"id\": \"NUM\" }                     bâtiments / buildings
  [ { \"as\": \"buildings\", \"file\": \"BATI*.shp\",            une entrée par couche / one entry a layer
      \"fields\": { \"id\": \"NUM\", \"height\": \"HAUT_M\" },
      \"keep\": [\"QUARTIER\"] } ]                          colonnes gardées sous leur nom / kept as they are; \"*\": all
  \"as\": buildings, roads, tram, rail, water, trees, models, imagery, terrain, electricity, gas, heat, drinking-water, sewer, telecom, lighting, transit, et des zones / and areas: areas, iris, parcels, zones, prescriptions, information, servitudes, flood, parks, land-cover, car-parks, public-facilities; \"file\", \"table\" (avec / with *), \"keep\": facultatifs / optional
  Sans « file » ni « table », une table est reconnue à la moitié de ses colonnes / without them a table is told by half of its columns.
  Termes / terms
    buildings: id, name, rnb, height, ridge_height, ground, roof_min, roof_max, storeys, dwellings, consumption, usage, usage2, nature, light, year, state
    roads, tram, rail: id, name, class, importance, position, width, lanes, bridge, tunnel, fictive, state
    water: id, name, level      trees: id, height, crown      areas: id, name, code
    iris, zones, prescriptions, information, servitudes, flood, parks, land-cover, car-parks, public-facilities: id, name, code, document      parcels: id, section, number, code
    electricity … transit: id, name, class, voltage, depth, diameter, material, accuracy (A, B, C), underground, lay, height, fixture, colour

Réseaux / networks
  Lignes et points sont reconnus à leurs colonnes (voltage, stop_id …), à leur nom (reseau_gaz, eaux_usees, candelabres …) ou par « as ».
  Lines and points are told by their columns, by the words of their name, or by \"as\".
  Un plan sans système de coordonnées (EPANET) est placé par --crs s'il est dans ce système, sinon par « place » :
  a plan without a coordinate system (EPANET) is placed by --crs when it is drawn in that system, else by \"place\":
  { \"as\": \"drinking-water\", \"file\": \"*.inp\", \"place\": { \"origin\": [355000, 6690000], \"scale\": 0.3048, \"turn_deg\": 12 } }
  OpenStreetMap : découpez l'extrait avant l'import / cut the extract before the import: osmium extract -b W,S,E,N region.osm.pbf -o bourg.osm.pbf

Zones / areas
  Un dossier de PLU, PLUi ou carte communale au standard CNIG est reconnu par ses attributs (TYPEZONE, TYPEPSC, TYPEINF) ; DOC_URBA donne date et état.
  A folder of a local plan after the CNIG standard is told by its attributes; DOC_URBA gives its date and state.
  De même : servitudes, parcelles (Etalab, PCI), IRIS, communes, parcs, occupation du sol, zones inondables, parkings, équipements publics. Tous les attributs restent sous leur nom.
  Ces couches sont masquées à l’ouverture ; la table features.parquet contient tous les objets / hidden at first; features.parquet holds every object.

Modèles / models
  Un tileset (tileset.json et ses fichiers) devient une couche ; s’il n’est pas en coordonnées géocentriques, --crs EPSG:n dit son système.
  A tileset becomes a layer; if it is not in geocentric coordinates, --crs EPSG:n says its system.
  Un glTF est placé par / a glTF is placed by --map:
  [ { \"as\": \"models\", \"file\": \"mairie.glb\",
      \"place\": { \"lon\": -1.553, \"lat\": 47.218, \"height\": 12.5, \"heading\": 90, \"scale\": 1 } } ]
  height : altitude de l’origine / of the origin; heading : degrés depuis le nord / degrees from north; \"crs\" : système d’un tileset / of a tileset

Images / imagery
  Orthophotos et plans : GeoTIFF en couleurs, PNG, JPEG ou WebP avec .pgw, .jgw ou .wld (et .prj ou .aux.xml), dossier de tuiles {z}/{x}/{y}.jpg (TileJSON ou tilemapresource.xml à côté).
  Colour GeoTIFF, PNG, JPEG or WebP with a world file, and folders of tiles; a year in the name is its date. JPEG 2000: gdal_translate.
  Une bande de 8 bits est une image, sauf si on dit « terrain » / one band of 8 bits is a picture unless said to be terrain:
  [ { \"as\": \"terrain\", \"file\": \"mnt8.tif\" },
    { \"as\": \"imagery\", \"file\": \"ortho*.tif\",
      \"imagery\": { \"id\": \"ortho-2022\", \"name\": { \"fr\": \"…\", \"en\": \"…\" }, \"date\": \"2022-06\", \"crs\": \"EPSG:2154\", \"tms\": false } } ]

sources.json, dans le dossier des sources / in the folder of sources
  { \"id\": \"bourg\", \"crs\": \"EPSG:2154\",
    \"datasets\": [ { \"id\": \"bdtopo\", \"title\": …, \"producer\": …, \"licence\": …, \"date\": …, \"attribution\": …, \"nature\": \"measured\" } ],
    \"layers\": [ { \"file\": \"bdtopo.zip/BATIMENT.shp\", \"as\": \"buildings\", \"dataset\": \"bdtopo\", \"fields\": {…}, \"keep\": […] } ],
    \"join\": [ { \"file\": \"conso.csv\", \"onto\": \"buildings\", \"column\": \"id_rnb\", \"by\": \"rnb\",
                \"fields\": { \"consumption\": \"kwh_an\", \"year\": \"annee\" }, \"keep\": […] } ] }
  « join » : une table (CSV, Parquet, DBF …) jointe par un identifiant / a table joined by an id; \"by\": id, rnb, ou une colonne de la couche / or a column of the layer

Tous les codes du rapport / all codes of the report: docs/findings.md";

pub fn run(args: Args) -> ExitCode {
    let french = !args.lang.english();
    let started = Instant::now();
    let (options, sharding) = match args.what.options(args.lang) {
        Ok(options) => options,
        Err(sentence) => {
            eprintln!("{sentence}");
            return ExitCode::from(2);
        }
    };
    let talk = Talk::new(french);
    let result = import::import(args.what.sources(), &args.out, &options, &sharding, args.threads, &talk);
    talk.end();
    let done = match result {
        Ok(done) => done,
        Err(fault) => {
            eprintln!("{}", messages::sentence(fault.code, french, &fault.object, &fault.value));
            return ExitCode::from(2);
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    report(&done, &args.out, seconds, args.json, french)
}

/// Prints what an import did.
pub(super) fn report(done: &import::Done, out: &Path, seconds: f64, json: bool, french: bool) -> ExitCode {
    let code = ExitCode::from(u8::from(done.report.has_errors()));
    if json {
        let report = serde_json::json!({
            "layers": import::layers_json(&done.layers),
            "findings": import::findings_json(&done.report),
            "tiles": done.manifest.layers.iter().map(|layer| layer.tiles).sum::<u64>(),
            "seconds": seconds,
            "peak_bytes": peak_bytes(),
        });
        return super::output::data(&format!("{report:#}\n"), code);
    }
    super::output::words(&words(done, &out.display().to_string(), seconds, french), code)
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
        let mut place = vec![example.file.as_str(), example.object.as_str()];
        place.dedup();
        place.retain(|part| !part.is_empty());
        let place = place.join(" ");
        let sentence = messages::sentence(code, french, &example.object, &example.value);
        // A file that is lost is not to be lost among others.
        let files = done.report.files(code, severity);
        let others: Vec<&str> = files.iter().copied().filter(|file| *file != example.file).collect();
        let more = if others.len() > OTHER_FILES { " …" } else { "" };
        let others = others.get(..others.len().min(OTHER_FILES)).unwrap_or_default().join(", ");
        let place = if others.is_empty() { place } else { format!("{place} ; {} {others}{more}", say("aussi", "also")) };
        let place = jumeau::base::printable(&place);
        lines.push(format!("{count:>7} × {mark:<9} {sentence}  [{code}; {} {place}]", say("ex.", "e.g.")));
    }
    lines.push(String::new());
    // As the person called it, and what this build can do.
    let program = std::env::args().next().unwrap_or_else(|| "jumeau".to_owned());
    let next = if cfg!(feature = "ui") { "view" } else { "serve" };
    lines.push(if french {
        let seconds = format!("{seconds:.1}").replace('.', ",");
        format!("Territoire écrit dans {out} en {seconds} s. Ouvrez-le avec : {program} {next} {out}")
    } else {
        format!("Territory written to {out} in {seconds:.1} s. Open it with: {program} {next} {out}")
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

/// Without a terminal, a stage says how far it is this often.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// Progress on stderr: a bar on a terminal; elsewhere a line a stage, and now and then how far it is, how fast, and how long it will take.
pub(super) struct Talk {
    french: bool,
    bar: Option<ProgressBar>,
    stage: Mutex<Stage>,
}

struct Stage {
    what: String,
    since: Instant,
    said: Instant,
}

impl Talk {
    pub(super) fn new(french: bool) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let left = if french { "encore" } else { "left:" };
            let template = format!("{{msg:28}} {{bar:30}} {{pos}} / {{len}}  {{rate}}/s  {left} {{eta}}");
            if let Ok(style) = ProgressStyle::with_template(&template) {
                let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                    let _ = write!(out, "{:.0}", state.per_sec());
                };
                bar.set_style(style.with_key("rate", rate));
            }
            bar
        });
        let now = Instant::now();
        Self { french, bar, stage: Mutex::new(Stage { what: String::new(), since: now, said: now }) }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// How far a stage is, in words.
    fn far(&self, name: &str, done: u64, total: u64, since: Duration) -> String {
        let per_second = done as f64 / since.as_secs_f64().max(0.001);
        let left = (per_second > 0.0 && total > done).then(|| (total - done) as f64 / per_second);
        let of = if total > 0 { format!(" / {total}") } else { String::new() };
        let left = match left {
            Some(seconds) if self.french => format!(", encore {seconds:.0} s"),
            Some(seconds) => format!(", {seconds:.0} s left"),
            None => String::new(),
        };
        format!("{name} : {done}{of}, {per_second:.0}/s{left}")
    }
}

impl Progress for Talk {
    fn step(&self, what: &str, done: u64, total: u64) {
        let name = messages::stage(what, self.french);
        let Ok(mut stage) = self.stage.lock() else { return };
        let begins = stage.what != what;
        if begins {
            let now = Instant::now();
            *stage = Stage { what: what.to_owned(), since: now, said: now };
        }
        if let Some(bar) = &self.bar {
            if begins {
                bar.reset();
            }
            bar.set_message(name.to_owned());
            bar.set_length(total.max(done));
            bar.set_position(done);
        } else if begins {
            eprintln!("{name} …");
        } else if stage.said.elapsed() >= SAY_EVERY {
            stage.said = Instant::now();
            eprintln!("{}", self.far(name, done, total, stage.since.elapsed()));
        }
    }
}
