//! `jumeau fly`: the flight of the benches.

use super::viewing;
use jumeau::view::flight::Band;
use jumeau::viewer::flight::{Frame, Record, Request, SearchEnd, Slider, Whole, fly, quantile};
use jumeau::view::Quality;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Dossier ou adresse du territoire / folder or address of the territory.
    territory: String,
    /// Durée du vol en secondes / length of the flight, seconds.
    #[arg(long, default_value_t = 60.0, value_parser = seconds)]
    seconds: f64,
    /// Largeur x hauteur en pixels / width x height in pixels.
    #[arg(long, default_value = "1280x720", value_parser = viewing::size)]
    size: (u32, u32),
    /// Erreur admise à l'écran, en pixels / largest error on screen, pixels.
    #[arg(long, default_value_t = 16.0, value_parser = viewing::error_px)]
    sse: f64,
    /// Qualité de l’image / quality of the picture: mobile, laptop, desktop, presentation.
    #[arg(long, default_value = "desktop", value_parser = quality)]
    quality: Quality,
    /// Seulement tous les bâtiments vus de haut, avec le curseur / only all buildings from above, with the slider.
    #[arg(long)]
    only_whole: bool,
    #[command(flatten)]
    manner: viewing::Manner,
    /// Un document JSON sur la sortie / one JSON document on stdout.
    #[arg(long)]
    json: bool,
}

fn quality(text: &str) -> Result<Quality, String> {
    let known = Quality::ALL.into_iter().filter(|quality| *quality != Quality::Auto);
    known
        .clone()
        .find(|quality| quality.id() == text)
        .ok_or_else(|| format!("« {text} » : {}", known.map(Quality::id).collect::<Vec<_>>().join(", ")))
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|value| (1.0..=jumeau::view::flight::LONGEST_S).contains(value))
        .ok_or_else(|| format!("« {text} » : de 1 à 86400 secondes / from 1 to 86400 seconds"))
}

pub fn run(args: Args) -> ExitCode {
    let lang = args.manner.lang;
    let (location, opening) = match viewing::scene(&args.territory, &args.manner) {
        Ok(scene) => scene,
        Err(code) => return code,
    };
    if let Err(code) = viewing::graphics(lang) {
        return code;
    }
    let request = Request {
        location,
        opening,
        width: args.size.0,
        height: args.size.1,
        screen_space_error: args.sse,
        quality: args.quality,
        seconds: args.seconds,
        only_whole: args.only_whole,
    };
    let record = match fly(request) {
        Ok(record) => record,
        Err(fault) => return viewing::say(&fault, lang),
    };
    for fault in &record.faults {
        viewing::say(fault, lang);
    }
    let text = if args.json { format!("{}\n", document(&args, &record)) } else { table(&record, lang) };
    super::output::data(&text, ExitCode::from(u8::from(!record.faults.is_empty())))
}

/// Milliseconds to a hundredth; `null` for what is no number.
fn ms(seconds: f64) -> Value {
    json!((seconds * 1e5).round() / 100.0)
}

fn spread(seconds: &[f64]) -> Value {
    let at = |share| ms(quantile(seconds.iter().copied(), share));
    json!({ "median": at(0.5), "p95": at(0.95), "p99": at(0.99), "worst": at(1.0) })
}

/// The frame at rest, the frame with another hour, and what the second costs beyond the first.
fn slider(slider: &Slider) -> Value {
    let [median, p99] = slider.ratio().map(|ratio| json!((ratio * 1e3).round() / 1e3));
    let cpu = |seconds: Option<[f64; 2]>| seconds.map(|[main, all]| json!({ "main": ms(main), "all": ms(all) }));
    json!({
        "themed_ms": spread(&slider.themed.frames_s), "moved_ms": spread(&slider.moved.frames_s), "ratio": { "median": median, "p99": p99 },
        "frames": slider.moved.frames_s.len(), "cpu_ms": cpu(slider.moved.cpu_s()), "cpu_ratio": slider.cpu_ratio().map(|ratio| (ratio * 1e3).round() / 1e3), "cpu_of_an_hour_ms": cpu(slider.cpu_s()),
        "requests": slider.requests, "uploads": slider.uploads,
    })
}

fn times(record: &Record, wanted: impl Fn(&Frame) -> bool) -> Vec<f64> {
    record.frames.iter().filter(|frame| wanted(frame)).map(|frame| frame.seconds).collect()
}

fn document(args: &Args, record: &Record) -> Value {
    let work: Vec<f64> = record.frames.iter().map(|frame| frame.tile_work_s).collect();
    let bands: Vec<Value> = Band::ALL
        .into_iter()
        .map(|band| {
            let times = times(record, |frame| frame.band == band);
            json!({ "height": band.id(), "frames": times.len(), "frame_ms": spread(&times) })
        })
        .collect();
    let still: Vec<Value> = record
        .still
        .iter()
        .map(|still| {
            json!({
                "height": still.band.id(), "complete": still.complete, "tiles": still.shown,
                "features": still.features, "frames": still.plain.frames_s.len(), "frame_ms": spread(&still.plain.frames_s),
                "slider": slider(&still.slider),
            })
        })
        .collect();
    let slowest: Vec<Value> = record
        .slowest()
        .iter()
        .map(|frame| {
            json!({
                "at_s": frame.at_s, "frame_ms": ms(frame.seconds), "tile_work_ms": ms(frame.tile_work_s),
                "uploaded": frame.uploaded, "height": frame.band.id(),
            })
        })
        .collect();
    let memory: Vec<Value> = record
        .memory
        .iter()
        .map(|sample| {
            json!({
                "at_s": sample.at_s, "resident_bytes": sample.resident_bytes, "process_bytes": sample.process_bytes,
                "screen_space_error": sample.screen_space_error, "tiles": sample.shown, "waiting": sample.waiting,
                "failed": sample.failed, "requests": sample.requests,
            })
        })
        .collect();
    let growth = record.growth().map(|growth| {
        json!({ "since_s": growth.since_s, "resident_bytes": growth.resident_bytes, "process_bytes": growth.process_bytes })
    });
    let start = record.start.map(|start| {
        json!({
            "first_tile_s": start.first_tile_s, "all_tiles_s": start.all_tiles_s, "tiles": start.shown, "features": start.features,
            "requests": start.requests, "resident_bytes": start.resident_bytes,
        })
    });
    let whole = &record.whole;
    json!({
        "width": args.size.0, "height": args.size.1, "seconds": args.seconds, "screen_space_error": args.sse, "quality": args.quality.id(),
        "max_bytes": record.max_bytes,
        "start": start,
        "still": still,
        "whole": {
            "tiles": whole.shown, "features": whole.features, "of": whole.of, "screen_space_error": whole.screen_space_error,
            "searched_s": whole.searched_s, "ended": whole.end.id(), "slider": slider(&whole.slider),
        },
        "flight": {
            "frames": record.frames.len(), "frame_ms": spread(&times(record, |_| true)), "heights": bands,
            "tile_work_ms": spread(&work), "slowest": slowest,
        },
        "largest_resident_bytes": record.memory.iter().map(|sample| sample.resident_bytes).max(),
        "largest_process_bytes": record.memory.iter().filter_map(|sample| sample.process_bytes).max(),
        "growth": growth,
        "memory": memory,
    })
}

fn table(record: &Record, lang: viewing::Lang) -> String {
    let mut text = String::new();
    let mut line = |name: &str, seconds: &[f64]| {
        let [median, p95, p99, worst] = [0.5, 0.95, 0.99, 1.0].map(|share| 1e3 * quantile(seconds.iter().copied(), share));
        text += &format!("{name:<28}{:>8}{median:>10.1}{p95:>10.1}{p99:>10.1}{worst:>10.1}\n", seconds.len());
    };
    for band in Band::ALL {
        let name = match band {
            Band::Town => lang.of("ville", "town"),
            Band::District => lang.of("quartier", "district"),
            Band::Street => lang.of("rue", "street"),
        };
        if record.start.is_none() {
            continue;
        }
        for still in record.still.iter().filter(|still| still.band == band) {
            line(&format!("{name}, {}", lang.of("immobile", "still")), &still.plain.frames_s);
            line(&format!("{name}, {}", lang.of("couleurs", "colours")), &still.slider.themed.frames_s);
            line(&format!("{name}, {}", lang.of("curseur", "slider")), &still.slider.moved.frames_s);
        }
        line(&format!("{name}, {}", lang.of("en vol", "in flight")), &times(record, |frame| frame.band == band));
    }
    let Whole { features, of, slider, end, searched_s, .. } = &record.whole;
    line(lang.of("tout, couleurs", "all of it, colours"), &slider.themed.frames_s);
    line(lang.of("tout, curseur", "all of it, slider"), &slider.moved.frames_s);
    if record.start.is_some() {
        line(lang.of("tout le vol", "whole flight"), &times(record, |_| true));
        let work: Vec<f64> = record.frames.iter().map(|frame| frame.tile_work_s).collect();
        line(lang.of("tuiles, fil principal", "tiles, main thread"), &work);
    }
    let head = format!(
        "{:<28}{:>8}{:>10}{:>10}{:>10}{:>10}\n",
        lang.of("millisecondes", "milliseconds"),
        lang.of("images", "frames"),
        lang.of("médiane", "median"),
        "p95",
        "p99",
        lang.of("pire", "worst"),
    );
    let megabytes = |bytes: Option<u64>| bytes.map_or_else(|| "–".to_owned(), |bytes| format!("{}", bytes >> 20));
    let most = record.memory.iter().map(|sample| sample.resident_bytes).max();
    let process = record.memory.iter().filter_map(|sample| sample.process_bytes).max();
    let [ratio, _] = slider.ratio();
    let cpu = slider.cpu_s().map_or_else(|| "–".to_owned(), |[main, _]| format!("{:.2}", 1e3 * main));
    format!(
        "{head}{text}{} {features} / {of} ; {ratio:.2} ; {cpu} ms\n{} {searched_s:.0} s, {}\n{} {} / {} MiB\n",
        lang.of("Curseur sur tout, bâtiments ; fois l’image immobile ; processeur :", "Slider over all of it, buildings; times the frame at rest; processor:"),
        lang.of("Bâtiments cherchés pendant", "Buildings looked for during"),
        match end {
            SearchEnd::Enough => lang.of("assez trouvés", "enough were found"),
            SearchEnd::All => lang.of("tous trouvés", "all were found"),
            SearchEnd::Memory => lang.of("la mémoire permise est pleine", "the memory allowed is full"),
            SearchEnd::Time => lang.of("le temps permis est passé", "the time allowed is over"),
            SearchEnd::Finest => lang.of("sans plus de finesse à essayer", "nothing finer to try"),
        },
        lang.of("Mémoire, tuiles / programme, au plus :", "Memory, tiles / program, at most:"),
        megabytes(most),
        megabytes(process)
    )
}
