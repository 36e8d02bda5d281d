//! The program `jumeau`: reads what was typed, calls the library, prints. Holds no logic.
//!
//! stdout is data, stderr is talk; exit 0 done, 1 findings of severity error, 2 wrong usage or nothing could be done.

/// A line of talk. That nobody listens any more is no reason to stop the work: the standard macro would end the program there.
macro_rules! eprintln {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod check;
mod demo;
mod dispatch;
mod find;
mod flow;
mod import;
mod info;
mod input;
mod lang;
mod output;
mod project;
mod propose;
mod pv;
mod reach;
mod roof;
mod serve;
mod share;
mod shards;
#[cfg(feature = "ui")]
mod fly;
#[cfg(feature = "ui")]
mod screen;
#[cfg(feature = "ui")]
mod snapshot;
mod solar;
mod solar_plan;
mod sun;
mod wind;
#[cfg(feature = "ui")]
mod view;
#[cfg(feature = "ui")]
mod viewing;
/// A build without the viewer says so instead of knowing the commands only halfway.
#[cfg(not(feature = "ui"))]
#[path = "without_viewer.rs"]
mod fly;
#[cfg(not(feature = "ui"))]
#[path = "without_viewer.rs"]
mod snapshot;
#[cfg(not(feature = "ui"))]
#[path = "without_viewer.rs"]
mod view;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Jumeau, le jumeau numérique d'un territoire / the digital twin of a territory.
#[derive(Parser)]
#[command(version)]
struct Typed {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Ouvre un territoire dans la fenêtre 3D / opens a territory in the 3D window.
    View(view::Args),
    /// Dit ce que contient un territoire / says what a territory holds.
    Info(info::Args),
    /// Sources → territoire / sources to a territory package.
    Import(import::Args),
    /// Prépare un import en lots / plans an import in shards.
    Plan(shards::PlanArgs),
    /// Met en tuiles un lot / tiles one shard.
    Work(shards::WorkArgs),
    /// Assemble les lots / puts the shards together.
    Merge(shards::MergeArgs),
    /// Territoire rural fictif, en fichiers sources / fictional rural territory as source files.
    Demo(demo::Args),
    /// Cherche une adresse, une rue, un lieu / finds an address, a street, a place.
    Find(find::Args),
    /// Vérifie un territoire, un tileset ou un glb / checks a territory, tileset or glb.
    Check(check::Args),
    /// Image sans fenêtre / a headless picture.
    Snapshot(snapshot::Args),
    /// Vol mesuré au-dessus d'un territoire / a measured flight over a territory.
    Fly(fly::Args),
    /// Sert l'application du navigateur / serves the browser application.
    Serve(serve::Args),
    /// Transforme des coordonnées (stdin) / transforms coordinates.
    Project(project::Args),
    /// Position du soleil / sun position.
    Sun(sun::Args),
    /// Rendement d'un plan photovoltaïque / yield of a photovoltaic plane.
    Pv(pv::Args),
    /// Potentiel solaire des toits d'un territoire / solar potential of a territory's roofs.
    Solar(solar::Args),
    /// « Mon toit » : un bâtiment, son argent, ses formalités / one roof, its money, its formalities.
    Roof(roof::Args),
    /// Pilotage d'une batterie / battery dispatch.
    Dispatch(dispatch::Args),
    /// Production éolienne / wind production.
    Wind(wind::Args),
    /// Flux de puissance d'un réseau / AC power flow of a network.
    Flow(flow::Args),
    /// Où raccorder : poste et ligne les plus proches / where to connect: the nearest post and line.
    Reach(reach::Args),
    /// Un projet (éoliennes, solaire, batteries, bornes, lignes) et ce qu’il change / a proposal and what it changes.
    Propose(propose::Args),
    /// Autoconsommation collective / collective self-consumption.
    Share(share::Args),
}

fn main() -> ExitCode {
    match Typed::parse()
        .command
        .unwrap_or(Command::View(view::Args::default()))
    {
        Command::View(args) => view::run(args),
        Command::Info(args) => info::run(args),
        Command::Import(args) => import::run(args),
        Command::Plan(args) => shards::plan(args),
        Command::Work(args) => shards::work(args),
        Command::Merge(args) => shards::merge(args),
        Command::Demo(args) => demo::run(args),
        Command::Find(args) => find::run(args),
        Command::Check(args) => check::run(args),
        Command::Snapshot(args) => snapshot::run(args),
        Command::Fly(args) => fly::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Project(args) => project::run(args),
        Command::Sun(args) => sun::run(args),
        Command::Pv(args) => pv::run(args),
        Command::Solar(args) => solar::run(args),
        Command::Roof(args) => roof::run(args),
        Command::Dispatch(args) => dispatch::run(args),
        Command::Wind(args) => wind::run(args),
        Command::Flow(args) => flow::run(args),
        Command::Reach(args) => reach::run(args),
        Command::Propose(args) => propose::run(args),
        Command::Share(args) => share::run(args),
    }
}
