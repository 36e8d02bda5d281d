//! What `view`, `snapshot` and `fly` share: where the territory is, what the machine lacks, how a fault is said.

pub use super::lang::Lang;
use super::screen::{self, Screen};
use jumeau::formats::territory::Manifest;
use jumeau::i18n::Texts;
use jumeau::io::Location;
use jumeau::viewer::snapshot::Picture;
use jumeau::viewer::vocab::Fault;
use std::path::Path;
use std::process::ExitCode;

/// Where `cargo xtask demo` prepares the default territory, from the folder the program is started in.
const DEFAULT_TERRITORY: &str = "build/territory/nantes-centre";

pub fn fault(key: &str, value: String) -> Fault {
    Fault { key: key.to_owned(), value }
}

/// Says a fault on stderr; the exit code is 2, nothing could be done.
pub fn say(fault: &Fault, lang: Lang) -> ExitCode {
    let texts = Texts::new(lang.into());
    eprintln!("jumeau: {}", texts.text_with(&fault.key, &[("value", fault.value.as_str().into())]));
    ExitCode::from(2)
}

/// The territory a person named, once it is clear that something is there.
pub fn location(territory: &str, lang: Lang) -> Result<Location, ExitCode> {
    let location = Location::parse(territory);
    if let Location::Folder(folder) = &location
        && !folder.join("territory.json").is_file()
    {
        return Err(say(&fault("error-territory-missing", territory.to_owned()), lang));
    }
    Ok(location)
}

pub fn default_territory(lang: Lang) -> Result<String, ExitCode> {
    if Path::new(DEFAULT_TERRITORY).join("territory.json").is_file() {
        Ok(DEFAULT_TERRITORY.to_owned())
    } else {
        Err(say(&fault("error-no-default-territory", DEFAULT_TERRITORY.to_owned()), lang))
    }
}

/// Whether there is a screen to open a window on, and whether it answers.
pub fn display(lang: Lang) -> Result<(), ExitCode> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let screen = screen::named(|name| std::env::var_os(name));
    if screen == Screen::None {
        return Err(say(&fault("error-no-display", String::new()), lang));
    }
    if !screen.answers() {
        return Err(say(&fault("error-display-silent", screen.name()), lang));
    }
    Ok(())
}

/// Whether the view that a person named exists; links are judged when they are opened, and so are territories on a server.
pub fn view(location: &Location, view: &str, lang: Lang) -> Result<(), ExitCode> {
    let Location::Folder(folder) = location else { return Ok(()) };
    if view.is_empty() || view.contains(['=', '#', '?', '/']) {
        return Ok(());
    }
    let manifest = std::fs::read(folder.join("territory.json")).ok().and_then(|bytes| Manifest::parse(&bytes).ok());
    let Some(manifest) = manifest else { return Ok(()) };
    if manifest.views.iter().any(|known| known.id == view) {
        return Ok(());
    }
    let known: Vec<&str> = manifest.views.iter().map(|known| known.id.as_str()).collect();
    let known = if known.is_empty() { "–".to_owned() } else { known.join(", ") };
    let sentence = lang.of(
        format!("jumeau : ce territoire n’a pas de vue « {view} ». Ses vues : {known}. Sans --view, la vue d’ensemble s’ouvre."),
        format!("jumeau: this territory has no view “{view}”. Its views: {known}. Without --view it opens as a whole."),
    );
    eprintln!("{}", jumeau::base::printable(&sentence));
    Err(ExitCode::from(2))
}

/// Whether there is a graphics driver; asked before the renderer, which would only abort.
pub fn graphics(lang: Lang) -> Result<(), ExitCode> {
    if jumeau::viewer::platform::has_graphics() {
        Ok(())
    } else {
        Err(say(&fault("error-no-graphics", String::new()), lang))
    }
}

/// `1280x720`.
pub fn size(text: &str) -> Result<(u32, u32), String> {
    text.split_once(['x', 'X', '×'])
        .and_then(|(width, height)| Some((width.trim().parse().ok()?, height.trim().parse().ok()?)))
        .filter(|(width, height): &(u32, u32)| *width > 0 && *height > 0)
        .ok_or_else(|| format!("« {text} » : écrivez par exemple 1280x720 / write for example 1280x720"))
}

/// A screen-space error.
pub fn error_px(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|value: &f64| value.is_finite() && *value > 0.0)
        .ok_or_else(|| format!("« {text} » : un nombre de pixels au-dessus de 0 / a number of pixels above 0"))
}

/// Samples of a pixel.
pub fn samples(text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|value| [1, 2, 4].contains(value))
        .ok_or_else(|| format!("« {text} » : 1, 2 ou / or 4"))
}

/// Writes beside the name first, then renames: a picture is whole or not there.
pub fn write_png(path: &Path, picture: &Picture) -> anyhow::Result<()> {
    let partial = path.with_extension("png.part");
    let result = jumeau::viewer::snapshot::encode_png(picture)
        .map_err(anyhow::Error::msg)
        .and_then(|bytes| Ok(std::fs::write(&partial, bytes)?))
        .and_then(|()| Ok(std::fs::rename(&partial, path)?));
    if result.is_err() {
        // Best effort: the file may not have been made at all.
        let _ = std::fs::remove_file(&partial);
    }
    result
}
