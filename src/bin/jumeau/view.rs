use super::viewing;
use jumeau::i18n::Texts;
use jumeau::viewer::lost::{Kept, Loss};
use jumeau::viewer::{Smoothing, Target, app};
use std::ffi::OsString;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// A driver that fails again and again is left to the person: so many times, each within so long of its start.
const RETURNS: u8 = 3;
const SOON: Duration = Duration::from_secs(60);
/// Memory for tiles after the card was full, megabytes, where nobody said how much; later half of it, and so on.
const FRUGAL_MB: u64 = 1024;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Dossier ou adresse d'un territoire ou d'un tileset ; sans rien, le territoire préparé par `cargo xtask demo` / folder or address of a territory or tileset.
    territory: Option<String>,
    #[command(flatten)]
    manner: viewing::Manner,
    /// How often the window came back after its graphics had failed.
    #[arg(long, hide = true, default_value_t = 0)]
    returned: u8,
}

pub fn run(args: Args) -> ExitCode {
    let lang = args.manner.lang;
    let territory = match args.territory.clone().map(Ok).unwrap_or_else(|| viewing::default_territory(lang)) {
        Ok(territory) => territory,
        Err(code) => return code,
    };
    let (location, opening) = match viewing::scene(&territory, &args.manner) {
        Ok(scene) => scene,
        Err(code) => return code,
    };
    if let Err(code) = viewing::display(lang).and_then(|()| viewing::graphics(lang)) {
        return code;
    }
    let start = Instant::now();
    match app(location, opening, Target::Window, Smoothing(4)) {
        Ok(mut app) => {
            let kept = app.world().resource::<Kept>().clone();
            app.add_plugins(jumeau::ui::UiPlugin);
            let end = app.run();
            match kept.loss() {
                Some(loss) => come_back(&args, &territory, &loss, start.elapsed()),
                None if end.is_success() => ExitCode::SUCCESS,
                None => ExitCode::from(2),
            }
        }
        Err(fault) => viewing::say(&viewing::fault("error-territory-unreachable", fault.to_string()), lang),
    }
}

/// Opens the same view in a fresh process: a window system talks to a process only once.
fn come_back(args: &Args, territory: &str, loss: &Loss, ran: Duration) -> ExitCode {
    let lang = args.manner.lang;
    let returned = if ran > SOON { 0 } else { args.returned };
    let program = std::env::current_exe();
    let (Ok(program), true) = (program, returned < RETURNS) else {
        return viewing::say(&viewing::fault("error-graphics-lost", loss.cause.clone()), lang);
    };
    eprintln!("jumeau: {}", Texts::new(lang.into()).text("graphics-lost-again"));
    match Command::new(program).args(arguments(args, territory, loss, returned)).status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::from(2), ExitCode::from),
        Err(error) => viewing::say(&viewing::fault("error-graphics-lost", error.to_string()), lang),
    }
}

/// The same command, at the place where it was.
fn arguments(args: &Args, territory: &str, loss: &Loss, returned: u8) -> Vec<OsString> {
    let manner = &args.manner;
    let mut words: Vec<OsString> = vec!["view".into(), format!("--returned={}", returned + 1).into()];
    let mut option = |name: &str, value: OsString| {
        let mut word = OsString::from(format!("--{name}="));
        word.push(value);
        words.push(word);
    };
    option("view", if loss.link.is_empty() { manner.view.clone() } else { loss.link.clone() }.into());
    option("lang", manner.lang.of("fr", "en").into());
    if let Some(crs) = &manner.crs {
        option("crs", crs.into());
    }
    if let Some(style) = &manner.style {
        option("style", style.into());
    }
    for over in &manner.over {
        option("over", over.into());
    }
    let memory = match manner.memory {
        Some(given) if loss.out_of_memory => Some((given / 2).max(16)),
        None if loss.out_of_memory => Some(FRUGAL_MB),
        given => given,
    };
    if let Some(memory) = memory {
        option("memory", memory.to_string().into());
    }
    // Whatever it is called, it is no option.
    words.extend(["--".into(), territory.into()]);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn read(words: &[OsString]) -> Args {
        let line = std::iter::once(OsString::from("jumeau")).chain(words.iter().skip(1).cloned());
        Line::try_parse_from(line).expect("a command line").args
    }

    #[test]
    fn what_comes_back_is_the_same_view_with_less_memory_where_it_was_full() {
        let args = read(&["view".into(), "--lang=en".into(), "--crs=EPSG:2154".into(), "--style=a b.json".into(), "--over=a/{z}.png".into(), "--over=b.pmtiles".into(), "somewhere".into()]);
        let mut loss = Loss { link: "lon=-1.5&lat=47.2".to_owned(), cause: String::new(), out_of_memory: true };
        let mut words = arguments(&args, "--odd name", &loss, 1);
        let mut memories = Vec::new();
        for _ in 0..8 {
            let again = read(&words);
            assert_eq!((again.territory.as_deref(), again.manner.view.as_str(), again.returned), (Some("--odd name"), "lon=-1.5&lat=47.2", 2));
            assert_eq!((again.manner.crs.as_deref(), again.manner.style.as_deref()), (Some("EPSG:2154"), Some(std::path::Path::new("a b.json"))));
            assert_eq!(again.manner.over, ["a/{z}.png", "b.pmtiles"]);
            memories.push(again.manner.memory);
            words = arguments(&again, "--odd name", &loss, 1);
        }
        assert_eq!(memories[..3], [Some(1024), Some(512), Some(256)]);
        assert_eq!(memories[7], Some(16));
        loss.out_of_memory = false;
        loss.link.clear();
        let again = read(&arguments(&args, "x", &loss, 0));
        assert_eq!((again.manner.memory, again.manner.view.as_str()), (None, ""));
    }
}
