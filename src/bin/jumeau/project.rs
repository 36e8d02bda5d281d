//! `jumeau project`: points from stdin to stdout.

use super::lang::Lang;
use super::output;
use jumeau::geodesy::{Crs, GeodesyFault, Geoid, LineFault, transform_line_with};
use std::io::{BufRead, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// A point is a few dozen characters; a "line" beyond this is a wrong file.
const LINE_LIMIT: u64 = 4096;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Système de départ / source system: EPSG:2154, IGNF:LAMB93, OGC:CRS84 …
    #[arg(long)]
    from: String,
    /// Système d'arrivée / target system.
    #[arg(long)]
    to: String,
    /// Grille RAF20 de l'IGN (.tac ou .tif) pour passer des altitudes aux hauteurs ellipsoïdales / IGN's RAF20 grid, from altitudes to ellipsoidal heights.
    #[arg(long, value_name = "FILE")]
    geoid: Option<PathBuf>,
    /// NTF par trois paramètres, sans la grille de l'IGN / NTF by three parameters, without IGN's grid.
    #[arg(long)]
    no_grid: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: Lang,
}

pub fn run(args: Args) -> ExitCode {
    let lang = args.lang;
    let (from, to) = match (Crs::from_code(&args.from), Crs::from_code(&args.to)) {
        (Ok(from), Ok(to)) => (from, to),
        (from, to) => {
            for fault in [from.err(), to.err()].into_iter().flatten() {
                let (french, english) = sentences(&fault);
                eprintln!("{}", lang.of(format!("jumeau project : {french}"), format!("jumeau project: {english}")));
            }
            return ExitCode::from(2);
        }
    };
    let (from, to) = if args.no_grid { (from.by_parameters(), to.by_parameters()) } else { (from, to) };
    let geoid = match args.geoid.as_ref().map(|path| (std::fs::read(path), path)) {
        None => Geoid::approximate_france(),
        Some((Ok(bytes), path)) => match Geoid::from_raf20_tiff(&bytes) {
            Ok(geoid) => geoid,
            Err(fault) => {
                let (french, english) = sentences(&fault);
                eprintln!("{}", lang.of(format!("{} : {french}", path.display()), format!("{}: {english}", path.display())));
                return ExitCode::from(2);
            }
        },
        Some((Err(error), path)) => {
            eprintln!("{}", lang.of(format!("{} : illisible ({error})", path.display()), format!("{}: unreadable ({error})", path.display())));
            return ExitCode::from(2);
        }
    };
    if let (Some(below), Some(above)) = (from.vertical_system(), to.vertical_system())
        && below != above
    {
        let way = format!("{} → {}", below.name(), above.name());
        eprintln!("{}", lang.of(format!("note : {way} ; géoïde : {}", geoid.name()), format!("note: {way}; geoid: {}", geoid.name())));
    }
    let shift_m = from.datum_accuracy_m().max(to.datum_accuracy_m());
    if shift_m > 0.0 && from.code() != to.code() {
        let beyond_m = from.clone().by_parameters().datum_accuracy_m().max(to.clone().by_parameters().datum_accuracy_m());
        let (fr, en) = if beyond_m > shift_m {
            (format!(" dans l’emprise de la grille NTF, {beyond_m} m au-delà"), format!(" where the NTF grid reaches, {beyond_m} m beyond"))
        } else {
            Default::default()
        };
        eprintln!("{}", lang.of(format!("note : changement de datum à {shift_m} m près{fr}"), format!("note: datum shift good to {shift_m} m{en}")));
    }
    let mut input = std::io::stdin().lock();
    let mut points = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed = false;
    for number in 1u64.. {
        let mut line = Vec::new();
        match input.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                eprintln!("{}", lang.of(format!("jumeau project : entrée illisible ({error})"), format!("jumeau project: unreadable input ({error})")));
                return ExitCode::from(2);
            }
        }
        if line.len() as u64 == LINE_LIMIT && !line.ends_with(b"\n") {
            eprintln!(
                "{}",
                lang.of(
                    format!("ligne {number} : plus de {LINE_LIMIT} caractères, arrêt"),
                    format!("line {number}: more than {LINE_LIMIT} characters, stopped"),
                )
            );
            let stopped = ExitCode::from(2);
            return points.flush().map_or_else(|error| output::unwritten(&error, stopped), |()| stopped);
        }
        match transform_line_with(&from, &to, Some(&geoid), &String::from_utf8_lossy(&line)) {
            Ok(None) => {}
            Ok(Some(point)) => {
                if let Err(error) = writeln!(points, "{point}") {
                    return output::unwritten(&error, ExitCode::SUCCESS);
                }
            }
            Err(fault) => {
                failed = true;
                let (french, english) = line_sentences(&fault);
                eprintln!("{}", lang.of(format!("ligne {number} : {french}"), format!("line {number}: {english}")));
            }
        }
    }
    let done = ExitCode::from(u8::from(failed));
    points.flush().map_or_else(|error| output::unwritten(&error, done), |()| done)
}

fn line_sentences(fault: &LineFault) -> (String, String) {
    match fault {
        LineFault::NotAPoint(text) => (
            format!("« {} » n'est pas « x y [z] »", jumeau::base::printable(text)),
            fault.to_string(),
        ),
        LineFault::MissingZ => (
            "un point géocentrique a besoin de x, y et z".to_owned(),
            fault.to_string(),
        ),
        LineFault::Geodesy(inner) => sentences(inner),
    }
}

fn sentences(fault: &GeodesyFault) -> (String, String) {
    let french = match fault {
        GeodesyFault::UnknownCrs { code } => {
            format!("système de coordonnées inconnu « {code} » ; par exemple : {}", Crs::EXAMPLES)
        }
        GeodesyFault::NotFinite => "une coordonnée n'est pas un nombre fini".to_owned(),
        GeodesyFault::OffTheGlobe { lon_deg, lat_deg } => {
            format!("longitude {lon_deg} ou latitude {lat_deg} hors du globe")
        }
        GeodesyFault::OutsideProjection { crs, x, y } => {
            format!("({x}, {y}) hors du domaine de {crs}")
        }
        GeodesyFault::At { fault, .. } => sentences(fault).0,
        GeodesyFault::VerticalUnknown { from, to } => {
            format!("aucun passage connu des altitudes {from} aux altitudes {to}")
        }
        GeodesyFault::Grid { reason } => format!("grille de géoïde illisible ({reason})"),
    };
    (french, fault.to_string())
}
