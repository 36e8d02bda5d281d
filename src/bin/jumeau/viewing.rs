//! What `view` and `snapshot` share: where the territory is, what the machine lacks, how a fault is said.

use jumeau::i18n::Texts;
use jumeau::io::Location;
use jumeau::view::Language;
use jumeau::viewer::snapshot::Picture;
use jumeau::viewer::vocab::Fault;
use std::path::Path;
use std::process::ExitCode;

/// Where `cargo xtask demo` prepares the default territory, from the folder the program is started in.
const DEFAULT_TERRITORY: &str = "build/territory/nantes-centre";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    #[default]
    Fr,
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Fr => Self::Fr,
            Lang::En => Self::En,
        }
    }
}

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

/// Whether there is a screen to open a window on.
pub fn display(lang: Lang) -> Result<(), ExitCode> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        return Err(say(&fault("error-no-display", String::new()), lang));
    }
    Ok(())
}

/// Whether there is a graphics driver; asked before the renderer, which would only abort.
pub fn graphics(lang: Lang) -> Result<(), ExitCode> {
    if jumeau::viewer::platform::has_graphics() {
        Ok(())
    } else {
        Err(say(&fault("error-no-graphics", String::new()), lang))
    }
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
