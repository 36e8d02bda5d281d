//! `jumeau plan`, `jumeau work` and `jumeau merge`: an import in parts, on one machine or many.

use super::import::{Talk, What, report};
use super::lang::Lang;
use super::output::data;
use jumeau::pipeline::shards::work::Loaded;
use jumeau::pipeline::shards::{plan, work};
use jumeau::pipeline::{ImportFault, import, messages};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
pub struct PlanArgs {
    #[command(flatten)]
    what: What,
    /// Dossier du travail, lu par « work » et « merge » / folder of the work, read by “work” and “merge”.
    #[arg(long, value_name = "DIR")]
    work: PathBuf,
    #[command(flatten)]
    say: Say,
}

#[derive(clap::Args)]
pub struct WorkArgs {
    /// Dossier écrit par « jumeau plan » / folder written by “jumeau plan”.
    work: PathBuf,
    /// Numéro du lot, depuis 0 / number of the shard, from 0.
    #[arg(long, value_name = "K")]
    shard: usize,
    /// Fils d’exécution, 0 : autant que de cœurs / threads, 0: as many as cores.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    #[command(flatten)]
    say: Say,
}

#[derive(clap::Args)]
pub struct MergeArgs {
    /// Dossier écrit par « jumeau plan » / folder written by “jumeau plan”.
    work: PathBuf,
    /// Dossier du territoire à écrire / folder of the territory to write.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    say: Say,
}

#[derive(clap::Args)]
struct Say {
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: Lang,
}

pub fn plan(args: PlanArgs) -> ExitCode {
    let french = !args.say.lang.english();
    let (options, sharding) = match args.what.options(args.say.lang) {
        Ok(options) => options,
        Err(sentence) => {
            eprintln!("{sentence}");
            return ExitCode::from(2);
        }
    };
    let talk = Talk::new(french);
    let planned = std::fs::create_dir_all(&args.work)
        .map_err(|error| ImportFault::new("write-failed", args.work.display(), error))
        .and_then(|()| import::hold(&args.work))
        .and_then(|_held| plan::plan(args.what.sources(), &args.work, &options, &sharding, &talk));
    talk.end();
    match planned {
        Ok(file) => {
            let (shards, buildings) = (file.pieces(), file.buildings);
            let work = args.work.display();
            let text = if args.say.json {
                let tiles: Vec<_> = file.shards.iter().map(|shard| serde_json::json!({ "tile": shard.tile, "buildings": shard.buildings })).collect();
                format!("{:#}\n", serde_json::json!({ "shards": shards, "buildings": buildings, "tiles": tiles }))
            } else {
                args.say.lang.of(
                    format!("{shards} lots, {buildings} bâtiments. Ensuite, pour chaque lot K de 0 à {} : jumeau work {work} --shard K\n", shards.saturating_sub(1)),
                    format!("{shards} shards, {buildings} buildings. Next, for each shard K from 0 to {}: jumeau work {work} --shard K\n", shards.saturating_sub(1)),
                )
            };
            data(&text, ExitCode::SUCCESS)
        }
        Err(fault) => failed(&fault, french),
    }
}

pub fn work(args: WorkArgs) -> ExitCode {
    let french = !args.say.lang.english();
    let talk = Talk::new(french);
    let worked = Loaded::open(&args.work).and_then(|loaded| work::work_one(&loaded, args.shard, args.threads, &talk));
    talk.end();
    match worked {
        Ok(tiles) => {
            let shard = args.shard;
            let text = if args.say.json {
                format!("{:#}\n", serde_json::json!({ "shard": shard, "tiles": tiles }))
            } else {
                args.say.lang.of(format!("Lot {shard} : {tiles} tuiles\n"), format!("Shard {shard}: {tiles} tiles\n"))
            };
            data(&text, ExitCode::SUCCESS)
        }
        Err(fault) => failed(&fault, french),
    }
}

pub fn merge(args: MergeArgs) -> ExitCode {
    let french = !args.say.lang.english();
    let started = Instant::now();
    let talk = Talk::new(french);
    let merged = import::merge_into(&args.work, &args.out, &talk);
    talk.end();
    match merged {
        Ok(done) => report(&done, &args.out, started.elapsed().as_secs_f64(), args.say.json, french),
        Err(fault) => failed(&fault, french),
    }
}

fn failed(fault: &ImportFault, french: bool) -> ExitCode {
    eprintln!("{}", messages::sentence(fault.code, french, &fault.object, &fault.value));
    ExitCode::from(2)
}
