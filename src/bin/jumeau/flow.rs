//! `jumeau flow`: AC power flow of a network file.

use jumeau::base::{Finding, Severity};
use jumeau::energy::grid::capacity::{
    CapacityFault, CapacityOptions, capacities, each_bus, each_feeder, load_buses, monte_carlo,
    monte_carlo_of,
};
use jumeau::energy::grid::contingency::{ContingencyOptions, contingencies};
use jumeau::energy::grid::feeder::feeders;
use jumeau::energy::grid::flow::{FlowFault, FlowOptions, flow};
use jumeau::energy::grid::limits::{Band, Limits};
use jumeau::energy::grid::record::{Kept, Record, record};
use jumeau::energy::grid::reinforcement::{Aim, ReinforcementFault, headroom, reliefs};
use jumeau::energy::grid::series::{Profiles, SeriesOptions, series};
use jumeau::energy::grid::{Network, check};
use jumeau::formats::grid::Kind;
use jumeau::pipeline::network::{Opened, answer, messages, onto, open, profiles, study, territory, year};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Réseau / network: power-grid-model JSON, MATPOWER .m, pandapower JSON, roseau-load-flow JSON ; le contenu décide. Un territoire : son année, heure par heure / a territory: its year, hour by hour.
    network: PathBuf,
    /// Profils / profiles: CSV (colonnes ID, ID:p_kw, ID:q_kvar, *) ou lot power-grid-model / or a power-grid-model batch.
    #[arg(long)]
    profiles: Option<PathBuf>,
    /// Capacité d'accueil des nœuds de charge / hosting capacity of the load buses.
    #[arg(long)]
    capacity: bool,
    /// Tension maximale admise / highest voltage allowed, pu.
    #[arg(long, default_value_t = 1.10)]
    vmax: f64,
    /// Charge maximale des lignes et transformateurs / highest loading, %.
    #[arg(long, default_value_t = 100.0)]
    loading_max: f64,
    /// Part de la consommation pendant que le soleil brille / share of consumption while the sun shines.
    #[arg(long, default_value_t = 0.2)]
    load_factor: f64,
    /// Tirages au hasard des nœuds équipés / random draws of the equipped buses.
    #[arg(long, default_value_t = 0)]
    draws: usize,
    /// Graine des tirages / seed of the draws.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Durée d'un pas des profils / length of a step of the profiles, h.
    #[arg(long, default_value_t = 1.0)]
    step_hours: f64,
    /// Avec des profils : l'année de tant de branches, les plus chargées d'abord / with profiles: the year of so many branches, the most loaded first.
    #[arg(long, default_value_t = 0)]
    lines: usize,
    /// Avec des profils : garde l'année (charges, tensions) en Zarr dans ce dossier neuf, ou dans le territoire qui dessine ce réseau ; d'un territoire, son propre dossier : elle s'y voit / with profiles: keeps the year as Zarr in this new folder, or in the territory that draws this network; of a territory, its own folder, where it is then seen.
    #[arg(long)]
    store: Option<PathBuf>,
    /// Couche du territoire qui dessine le réseau du fichier / layer of the territory that draws the network of the file.
    #[arg(long, default_value = "electricity")]
    layer: String,
    /// Début du premier pas / start of the first step (RFC 3339).
    #[arg(long, default_value = "2026-01-01T00:00:00Z")]
    start: String,
    /// Pannes une à une, avec reprise par l'autre côté / outages one by one, with back-feed by switching.
    #[arg(long = "n-1")]
    outages: bool,
    /// Quelle branche doublée soulagerait le plus / which branch, doubled, would relieve most.
    #[arg(long)]
    reinforce: bool,
    /// Tension minimale admise / lowest voltage allowed, pu.
    #[arg(long, default_value_t = 0.90)]
    vmin: f64,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

/// More draws say nothing new and take minutes.
const MAX_DRAWS: usize = 100_000;

pub fn run(args: Args) -> ExitCode {
    let english = args.lang.english();
    if let Ok((manifest_at, manifest)) = jumeau::pipeline::info::manifest(&args.network) {
        return of_territory(&args, &manifest_at, &manifest, english);
    }
    let Some((mut opened, file)) = opened(&args.network, english) else {
        return ExitCode::from(2);
    };
    if let Some((manifest_at, manifest)) = args.store.as_ref().and_then(|folder| jumeau::pipeline::info::manifest(folder).ok()) {
        return onto_territory(&args, &manifest_at, &manifest, opened, &file, english);
    }
    let steps = match &args.profiles {
        None => None,
        Some(path) => {
            let read = super::input::read(path, english).and_then(|(bytes, file)| {
                profiles::open(&bytes, &file, &mut opened)
                    .map_err(|fault| tell(&fault.finding(file), english))
                    .ok()
            });
            let Some(profiles) = read else {
                return ExitCode::from(2);
            };
            Some(profiles)
        }
    };
    let network = &opened.network;
    let mut document = match flow(network, &FlowOptions::default()) {
        Ok(flow) => {
            let limits = Limits::uniform(network, &band(&args));
            let breaches = limits.breaches(network, &flow);
            let mut document = answer::flow(network, opened.kind, &flow);
            let violations = study::violations(network, opened.kind, &breaches);
            document.insert("violations".into(), violations);
            document
        }
        Err(fault) => {
            opened.report.push(check::fault(&fault, &file));
            match fault {
                FlowFault::Diverged {
                    iterations,
                    mismatch_pu,
                    ..
                } => answer::no_flow(iterations, Some(mismatch_pu)),
                FlowFault::Plan(_) => answer::no_flow(0, None),
            }
        }
    };
    let solved = document.get("converged") == Some(&Value::Bool(true));
    if let Some(profiles) = steps.filter(|_| solved) {
        let started = Instant::now();
        match series(network, &profiles, &SeriesOptions::default()) {
            Ok(series) => {
                let seconds = started.elapsed().as_secs_f64();
                for &step in series.failed.iter().take(100) {
                    opened.report.push(
                        Finding::new("grid-not-converged", Severity::Error, file.as_str())
                            .object(format!("step {step}"))
                            .value(step),
                    );
                }
                document.extend(answer::series(network, opened.kind, &series, seconds));
                if args.lines > 0 || args.store.is_some() {
                    let (more, told) = years(&args, network, opened.kind, &profiles, &file);
                    document.extend(more);
                    told.into_iter()
                        .for_each(|finding| opened.report.push(finding));
                }
            }
            Err(fault) => opened
                .report
                .push(Finding::new("profiles-value", Severity::Error, file.as_str()).value(fault)),
        }
    }
    if args.capacity && solved {
        match capacity(&args, &opened) {
            Ok(found) => document.extend(found),
            Err(fault) => opened
                .report
                .push(Finding::new("grid-capacity", Severity::Error, file.as_str()).value(fault)),
        }
    }
    if args.outages && solved {
        match contingencies(&opened.network, &outage_options(&args)) {
            Ok(found) => {
                let found = study::outages(&opened.network, opened.kind, &found);
                document.insert("n_1".into(), found);
            }
            Err(fault) => opened
                .report
                .push(Finding::new("grid-outages", Severity::Error, file.as_str()).value(fault)),
        }
    }
    if args.reinforce && solved {
        match reinforcements(&args, &opened) {
            Ok(found) => drop(document.insert("reinforcement".into(), found)),
            Err(fault) => opened.report.push(
                Finding::new("grid-reinforcement", Severity::Error, file.as_str()).value(fault),
            ),
        }
    }
    document.insert("findings".into(), answer::findings(&opened.report, english));
    let done = ExitCode::from(u8::from(opened.report.has_errors()));
    if args.json {
        return super::output::data(&format!("{:#}\n", Value::Object(document)), done);
    }
    let code = super::output::words(&text_of(&document), done);
    for finding in opened.report.findings() {
        tell(finding, english);
    }
    code
}

/// The year of a territory's own network.
fn of_territory(args: &Args, manifest_at: &Path, manifest: &jumeau::formats::territory::Manifest, english: bool) -> ExitCode {
    if refuses_studies(args, english) {
        return ExitCode::from(2);
    }
    let mut driven = match territory::open_territory(manifest_at, manifest) {
        Ok(driven) => driven,
        Err(fault) => {
            tell(&fault.finding(&manifest_at.display().to_string()), english);
            return ExitCode::from(2);
        }
    };
    let file = driven.file.clone();
    if let Some(path) = &args.profiles {
        let read = super::input::read(path, english).and_then(|(bytes, file)| {
            profiles::open(&bytes, &file, &mut driven.opened).map_err(|fault| tell(&fault.finding(file), english)).ok()
        });
        let Some(read) = read else { return ExitCode::from(2) };
        driven.profiles = read;
    }
    let home = manifest_at.parent().and_then(|folder| folder.canonicalize().ok());
    let keep = match &args.store {
        None => false,
        Some(folder) if folder.canonicalize().ok() == home => true,
        Some(folder) => {
            let finding = Finding::new("grid-store", Severity::Error, file.as_str()).object(folder.display().to_string());
            tell(&finding.value(manifest_at.display()), english);
            return ExitCode::from(2);
        }
    };
    year_of(args, driven, keep, english)
}

/// The year of a file's network, kept in the territory that draws it.
fn onto_territory(args: &Args, manifest_at: &Path, manifest: &jumeau::formats::territory::Manifest, mut opened: Opened, file: &str, english: bool) -> ExitCode {
    if refuses_studies(args, english) {
        return ExitCode::from(2);
    }
    let given = match &args.profiles {
        None => None,
        Some(path) => {
            let read = super::input::read(path, english).and_then(|(bytes, file)| profiles::open(&bytes, &file, &mut opened).map_err(|fault| tell(&fault.finding(file), english)).ok());
            let start = jumeau::base::Instant::parse(&args.start).filter(|_| args.step_hours > 0.0 && args.step_hours <= 8784.0);
            let (Some(profiles), Some(start)) = (read, start) else {
                if start.is_none() {
                    let said = format!("--start {} --step-hours {}", args.start, args.step_hours);
                    tell(&Finding::new("grid-store", Severity::Error, file).object(manifest_at.display().to_string()).value(said), english);
                }
                return ExitCode::from(2);
            };
            Some(onto::Given { profiles, start, step_h: args.step_hours })
        }
    };
    match onto::drive(manifest_at, manifest, opened, file, &args.layer, given) {
        Ok(driven) => year_of(args, driven, true, english),
        Err(fault) => {
            tell(&fault.finding(file), english);
            ExitCode::from(2)
        }
    }
}

/// Studies are of a file's network alone: a territory's year has none of them, and says so.
fn refuses_studies(args: &Args, english: bool) -> bool {
    let asked = [("--capacity", args.capacity), ("--draws", args.draws > 0), ("--n-1", args.outages), ("--reinforce", args.reinforce)];
    let Some((option, _)) = asked.into_iter().find(|(_, asked)| *asked) else { return false };
    if english {
        eprintln!("jumeau flow: {option} is for a network file, not for a territory");
    } else {
        eprintln!("jumeau flow : {option} vaut pour un fichier de réseau, pas pour un territoire");
    }
    true
}

/// Solves a driven network, keeps its year where that is asked for, and tells it.
fn year_of(args: &Args, mut driven: territory::Driven, keep: bool, english: bool) -> ExitCode {
    let (kind, file) = (driven.opened.kind, driven.file.clone());
    let mut document = match flow(&driven.opened.network, &FlowOptions::default()) {
        Ok(flow) => answer::flow(&driven.opened.network, kind, &flow),
        Err(fault) => {
            let finding = check::fault(&fault, &file);
            tell(&finding, english);
            let mut document = match fault {
                FlowFault::Diverged { iterations, mismatch_pu, .. } => answer::no_flow(iterations, Some(mismatch_pu)),
                FlowFault::Plan(_) => answer::no_flow(0, None),
            };
            driven.opened.report.push(finding);
            document.insert("findings".into(), answer::findings(&driven.opened.report, english));
            let failed = ExitCode::from(1);
            return if args.json { super::output::data(&format!("{:#}\n", Value::Object(document)), failed) } else { failed };
        }
    };
    let talk = super::import::Talk::new(!english);
    let year = driven.year(keep, args.loading_max, &talk);
    talk.end();
    let year = match year {
        Ok(year) => year,
        Err(fault) => {
            tell(&fault.finding(&file), english);
            return ExitCode::from(1);
        }
    };
    document.extend(answer::series(&driven.opened.network, kind, &year.solved, year.seconds));
    document.extend(territory::answer(&driven, &year, args.lines));
    document.insert("findings".into(), answer::findings(&driven.opened.report, english));
    let sound = year.solved.failed.is_empty() && !driven.opened.report.has_errors();
    let done = ExitCode::from(u8::from(!sound));
    if args.json {
        return super::output::data(&format!("{:#}\n", Value::Object(document)), done);
    }
    document.remove("buses");
    let code = super::output::words(&text_of(&document), done);
    driven.opened.report.findings().iter().for_each(|finding| tell(finding, english));
    code
}

fn opened(path: &Path, english: bool) -> Option<(Opened, String)> {
    let (bytes, file) = super::input::read(path, english)?;
    match open(&bytes, &file) {
        Ok(opened) => Some((opened, file)),
        Err(fault) => {
            tell(&fault.finding(file), english);
            None
        }
    }
}

fn capacity(args: &Args, opened: &Opened) -> Result<Map<String, Value>, CapacityFault> {
    let network = &opened.network;
    let options = capacity_options(args);
    let plan = jumeau::energy::grid::plan::Plan::of(network)?;
    let buses: Vec<usize> = load_buses(network)
        .into_iter()
        .filter(|&bus| plan.topology.node(bus).is_some())
        .collect();
    if buses.is_empty() {
        return Err(CapacityFault::NoBus);
    }
    let everywhere = capacities(network, std::slice::from_ref(&buses), &options)?;
    let each = each_bus(network, &buses, &options)?;
    let feeders = feeders(network)?;
    let of_feeders = each_feeder(network, &feeders, &options)?;
    let monte_carlo = match args.draws.min(MAX_DRAWS) {
        0 => None,
        draws => Some(monte_carlo(network, draws, args.seed, &options)?),
    };
    let each: Vec<_> = buses.into_iter().zip(each).collect();
    let first = everywhere.first().ok_or(CapacityFault::NoBus)?;
    let mut found = answer::capacity(network, opened.kind, first, &each, monte_carlo.as_ref());
    // The draws are shared out, so that a network of many feeders is answered as fast as one of few.
    let draws = args.draws.min(MAX_DRAWS).div_ceil(feeders.len().max(1));
    let mut studies = Vec::with_capacity(feeders.len());
    for (index, feeder) in of_feeders.iter().enumerate() {
        let seed = args.seed.wrapping_add(index as u64 + 1);
        studies.push(if draws > 0 && !feeder.buses.is_empty() {
            Some(monte_carlo_of(
                network,
                &feeder.buses,
                draws,
                seed,
                &options,
            )?)
        } else {
            None
        });
    }
    let feeders = study::feeders(network, opened.kind, &feeders, &of_feeders, &studies);
    found.insert("feeders".into(), feeders);
    Ok(found)
}

fn band(args: &Args) -> Band {
    Band {
        lowest_pu: args.vmin,
        highest_pu: args.vmax,
        loading_percent: args.loading_max,
    }
}

fn capacity_options(args: &Args) -> CapacityOptions {
    CapacityOptions {
        highest_pu: args.vmax,
        loading_percent: args.loading_max,
        load_factor: args.load_factor,
        ..CapacityOptions::default()
    }
}

fn outage_options(args: &Args) -> ContingencyOptions {
    ContingencyOptions {
        band: band(args),
        ..ContingencyOptions::default()
    }
}

/// The year of the lines, and where it is kept.
fn years(
    args: &Args,
    network: &Network,
    kind: Kind,
    profiles: &Profiles,
    file: &str,
) -> (Map<String, Value>, Vec<Finding>) {
    let mut found = Map::new();
    let error = |code, value: String| Finding::new(code, Severity::Error, file).value(value);
    let mut kept = Kept::all(network);
    if args.store.is_none() {
        kept.buses.clear();
    }
    let record = match record(network, profiles, &SeriesOptions::default(), &kept) {
        Ok((_, record)) => record,
        Err(fault) => return (found, vec![error("grid-record", fault.to_string())]),
    };
    if args.lines > 0 {
        let (most, limit) = (args.lines, args.loading_max);
        let lines = study::lines(network, kind, &record, most, limit, args.step_hours);
        found.insert("lines".into(), lines);
    }
    let Some(folder) = &args.store else {
        return (found, Vec::new());
    };
    match store(args, folder, network, &record, file) {
        Ok(bytes) => {
            let stored = json!({"folder": folder.display().to_string(), "bytes": bytes});
            found.insert("stored".into(), stored);
            (found, Vec::new())
        }
        Err(why) => {
            let name = folder.display().to_string();
            (found, vec![error("grid-store", why).object(name)])
        }
    }
}

/// Writes the group into a folder that holds nothing yet; the bytes written.
fn store(
    args: &Args,
    folder: &Path,
    network: &Network,
    record: &Record,
    file: &str,
) -> Result<u64, String> {
    let start = jumeau::base::Instant::parse(&args.start)
        .ok_or_else(|| format!("--start {}", args.start))?;
    if !(args.step_hours > 0.0 && args.step_hours <= 8784.0) {
        return Err(format!("--step-hours {}", args.step_hours));
    }
    let is_full = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_full {
        return Err("le dossier n’est pas vide / the folder is not empty".to_owned());
    }
    let files = year::files(network, file, record, start, args.step_hours)
        .map_err(|fault| format!("{} {}", fault.object, fault.value))?;
    let mut written = 0;
    for (path, bytes) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, &bytes))
            .map_err(|error| error.to_string())?;
        written += bytes.len() as u64;
    }
    Ok(written)
}

/// What doubling one branch brings to consumption, production and, where outages are asked for, to these.
fn reinforcements(args: &Args, opened: &Opened) -> Result<Value, ReinforcementFault> {
    let (network, kind) = (&opened.network, opened.kind);
    let band = band(args);
    let now = headroom(network, &band)?;
    let mut found = Map::new();
    found.insert("headroom".into(), study::headroom(network, kind, &now));
    let consumption = reliefs(network, &Aim::Consumption(band))?;
    found.insert(
        "consumption".into(),
        study::reliefs(network, kind, &consumption),
    );
    let plan = jumeau::energy::grid::plan::Plan::of(network)?;
    let buses: Vec<usize> = load_buses(network)
        .into_iter()
        .filter(|&bus| plan.topology.node(bus).is_some())
        .collect();
    // Networks with held voltages have no hosting capacity; the other answers stand all the same.
    let production = reliefs(network, &Aim::Production(&buses, capacity_options(args)));
    if let Ok(production) = production {
        found.insert(
            "production_kw".into(),
            study::reliefs(network, kind, &production),
        );
    }
    if args.outages {
        let outages = reliefs(network, &Aim::Outages(outage_options(args)))?;
        found.insert(
            "unserved_mw".into(),
            study::reliefs(network, kind, &outages),
        );
    }
    Ok(Value::Object(found))
}

/// A finding on stderr, in the language asked for.
pub fn tell(finding: &Finding, english: bool) {
    let text = messages::sentence(finding, english);
    eprintln!("{} ({}) : {text}", finding.severity.name(), finding.code);
}

fn text_of(document: &Map<String, Value>) -> String {
    let number = |path: &str| document.get(path).cloned().unwrap_or(Value::Null);
    let mut text = format!(
        "convergence / converged            {}\nitérations / iterations            {}\nrésidu / residual                  {} pu\npertes / losses                    {} MW\nsource / slack                     {}\n",
        number("converged"),
        number("iterations"),
        number("residual_pu"),
        number("losses_mw"),
        number("slack"),
    );
    if document.get("generated") == Some(&Value::Bool(true)) {
        text = format!("réseau généré, non réel / generated network, not real\n{text}");
    }
    for (key, label) in [
        ("violations", "hors limites / violations          "),
        ("steps", "pas / steps                        "),
        ("flows_per_second", "flux par seconde / flows per second"),
        ("worst", "pire pas / worst                   "),
        ("per_bus_kw", "accueil par nœud / per bus (kW)    "),
        ("limited_by", "limité par / limited by            "),
        ("monte_carlo", "tirages / Monte Carlo              "),
        ("feeders", "départs / feeders                  "),
        ("lines", "lignes / lines                     "),
        ("stored", "gardé / stored                     "),
        ("seconds", "secondes / seconds                 "),
        ("checked", "vérifié / checked                  "),
        ("n_1", "pannes / outages                   "),
        ("reinforcement", "renforcements / reinforcement      "),
    ] {
        if let Some(value) = document.get(key).filter(|value| !value.is_null()) {
            text.push_str(&format!("{label} {value}\n"));
        }
    }
    for bus in document
        .get("buses")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let of = |key: &str| bus.get(key).cloned().unwrap_or(Value::Null);
        text.push_str(&format!(
            "{}\t{}\t{}°\n",
            of("id"),
            of("vm_pu"),
            of("va_deg")
        ));
    }
    text
}
