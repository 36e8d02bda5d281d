//! What `view`, `snapshot` and `fly` share: where the territory is, what the machine lacks, how a fault is said.

pub use super::lang::Lang;
use super::screen::{self, Screen};
use jumeau::formats::territory::Manifest;
use jumeau::geodesy::Crs;
use jumeau::i18n::Texts;
use jumeau::io::Location;
use jumeau::viewer::open::{Opening, TILESET, document, is_document};
use jumeau::viewer::snapshot::Picture;
use jumeau::viewer::vocab::Fault;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where `cargo xtask demo` prepares the default territory, from the folder the program is started in.
const DEFAULT_TERRITORY: &str = "build/territory/nantes-centre";

/// What a folder that is no territory may be known by: a tileset, a terrain, a pyramid of tiles.
const DOCUMENTS: [&str; 5] = [TILESET, "layer.json", "tiles.json", "tilejson.json", "metadata.json"];

pub fn fault(key: &str, value: String) -> Fault {
    Fault { key: key.to_owned(), value }
}

/// Says a fault on stderr; the exit code is 2, nothing could be done.
pub fn say(fault: &Fault, lang: Lang) -> ExitCode {
    let texts = Texts::new(lang.into());
    eprintln!("jumeau: {}", texts.text_with(&fault.key, &[("value", fault.value.as_str().into())]));
    ExitCode::from(2)
}

/// How a scene is opened, beside where it is.
#[derive(clap::Args, Default)]
pub struct Manner {
    /// Lien de partage, ou nom d'une vue du territoire / share link, or name of a view.
    #[arg(long, default_value = "")]
    pub view: String,
    /// Système projeté d'un tileset, par exemple EPSG:2154 / projected system of a tileset.
    #[arg(long)]
    pub crs: Option<String>,
    /// Style 3D Tiles (JSON) des bâtiments et des modèles / 3D Tiles style of buildings and models.
    #[arg(long)]
    pub style: Option<PathBuf>,
    /// À poser sur le sol, plusieurs fois s'il le faut : modèle d'adresse d'images (« …/{z}/{x}/{y}.jpg », WMTS), TileJSON ou archive PMTiles de vecteurs ;
    /// fichier ou adresse / to lie on the ground, repeatable: template of pictures, TileJSON, or PMTiles archive of vectors; file or address.
    #[arg(long, value_name = "ADRESSE")]
    pub over: Vec<String>,
    /// Mémoire des tuiles, en Mo / memory for tiles, megabytes.
    #[arg(long, value_parser = clap::value_parser!(u64).range(16..=1_048_576))]
    pub memory: Option<u64>,
    /// Langue des messages : fr ou en / language of messages.
    #[arg(long, default_value = "fr")]
    pub lang: Lang,
}

/// Where the scene is that a person named, and how it opens, once it is clear that something is there.
pub fn scene(named: &str, manner: &Manner) -> Result<(Location, Opening), ExitCode> {
    let lang = manner.lang;
    let (location, tileset) = location(named, lang)?;
    let (location, tileset, over) = laid_over(location, tileset, &manner.over, lang)?;
    view(&location, &manner.view, lang)?;
    let crs = match &manner.crs {
        None => None,
        Some(text) => {
            let number = text.trim().rsplit(':').next().and_then(|number| number.parse().ok());
            let known = number.filter(|epsg| Crs::from_epsg(*epsg).is_ok_and(|crs| !crs.is_geographic()));
            Some(known.ok_or_else(|| say(&fault("error-crs-argument", text.clone()), lang))?)
        }
    };
    let style = match &manner.style {
        None => None,
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| say(&fault("error-style", format!("{}: {error}", path.display())), lang))?;
            Some(bytes)
        }
    };
    let name = named.trim_end_matches('/').trim_end_matches("tileset.json").trim_end_matches('/');
    let name = name.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(named).to_owned();
    Ok((location, Opening { link: manner.view.clone(), language: lang.into(), tileset, manifest: None, name, crs, style, over, max_bytes: manner.memory.map(|megabytes| megabytes << 20) }))
}

/// A territory's root, or a tileset's and the path of its document there.
fn location(named: &str, lang: Lang) -> Result<(Location, Option<String>), ExitCode> {
    let location = Location::parse(named);
    match &location {
        Location::Url(_) => match document(named) {
            Some((folder, document)) => Ok((Location::Url(folder), Some(document))),
            None => Ok((location, None)),
        },
        Location::Folder(path) if is_document(named) && path.is_file() => {
            let file = path.file_name().map(|name| encoded(&name.to_string_lossy()));
            Ok((Location::Folder(path.parent().unwrap_or(Path::new("")).to_owned()), file))
        }
        Location::Folder(folder) if folder.join("territory.json").is_file() => Ok((location, None)),
        Location::Folder(folder) => match DOCUMENTS.iter().find(|document| folder.join(document).is_file()) {
            Some(document) => Ok((location, Some((*document).to_owned()))),
            None => Err(say(&fault("error-territory-missing", named.to_owned()), lang)),
        },
    }
}

/// What lies on the ground as the scene asks for it: addresses as they are, files below the scene's folder; of a document that is opened by itself that
/// may be a folder above.
fn laid_over(location: Location, tileset: Option<String>, over: &[String], lang: Lang) -> Result<(Location, Option<String>, Vec<String>), ExitCode> {
    let is_address = |named: &String| named.starts_with("https://") || named.starts_with("http://");
    let refuse = |named: &String| say(&fault("error-over", named.clone()), lang);
    let Location::Folder(folder) = &location else {
        return match over.iter().find(|named| !is_address(named)) {
            Some(named) => Err(refuse(named)),
            None => Ok((location, tileset, over.to_vec())),
        };
    };
    // A template names no file that could be asked what it is.
    let whole = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        path.components().fold(PathBuf::new(), |mut whole, part| {
            if part == std::path::Component::ParentDir {
                whole.pop();
            } else {
                whole.push(part);
            }
            whole
        })
    };
    let own = whole(folder);
    let mut root = own.clone();
    for named in over.iter().filter(|named| !is_address(named)) {
        let path = whole(Path::new(named));
        while tileset.is_some() && !path.starts_with(&root) && root.pop() {}
        if !path.starts_with(&root) {
            return Err(refuse(named));
        }
    }
    let below = |path: &Path| {
        let parts = path.strip_prefix(&root).ok()?.iter().map(|part| encoded(&part.to_string_lossy()));
        Some(parts.collect::<Vec<_>>().join("/"))
    };
    let paths = over.iter().map(|named| if is_address(named) { Some(named.clone()) } else { below(&whole(Path::new(named))) });
    let over: Vec<String> = paths.collect::<Option<_>>().unwrap_or_default();
    let inside = below(&own).filter(|inside| !inside.is_empty());
    let tileset = tileset.map(|file| inside.map_or_else(|| file.clone(), |inside| format!("{inside}/{file}")));
    Ok((Location::Folder(if over.is_empty() { folder.clone() } else { root }), tileset, over))
}

/// A file's name as a reference: what has a meaning there is written `%XX`.
fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'%' | b'?' | b'#' | b':' => format!("%{byte:02X}"),
            _ if byte.is_ascii_graphic() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
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
fn view(location: &Location, view: &str, lang: Lang) -> Result<(), ExitCode> {
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
