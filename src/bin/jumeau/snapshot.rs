use super::viewing;
use jumeau::viewer::snapshot::{Request, take};
use jumeau::viewer::{Smoothing, open::Opening};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Dossier ou adresse du territoire / folder or address of the territory.
    territory: String,
    /// Lien de partage, ou nom d'une vue du territoire / share link, or name of a view.
    #[arg(long, default_value = "")]
    view: String,
    /// Largeur x hauteur en pixels / width x height in pixels.
    #[arg(long, default_value = "1280x720", value_parser = viewing::size)]
    size: (u32, u32),
    /// Fichier PNG / PNG file.
    #[arg(long)]
    out: PathBuf,
    /// Erreur admise à l'écran, en pixels / largest error on screen, pixels.
    #[arg(long, default_value_t = 8.0, value_parser = viewing::error_px)]
    sse: f64,
    /// Échantillons par pixel : 1, 2 ou 4 / samples per pixel.
    #[arg(long, default_value_t = 4, value_parser = viewing::samples)]
    msaa: u32,
    /// Langue des messages : fr ou en / language of messages.
    #[arg(long, default_value = "fr")]
    lang: viewing::Lang,
    /// Un document JSON sur la sortie / one JSON document on stdout.
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> ExitCode {
    let location = match viewing::location(&args.territory, args.lang) {
        Ok(location) => location,
        Err(code) => return code,
    };
    if let Err(code) = viewing::view(&location, &args.view, args.lang) {
        return code;
    }
    // Found before the picture is drawn, which may take minutes.
    let folder = args.out.parent().filter(|folder| !folder.as_os_str().is_empty());
    if args.out.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
        let value = format!("{}: {}", args.out.display(), std::io::ErrorKind::NotFound);
        return viewing::say(&viewing::fault("error-picture-write", value), args.lang);
    }
    let request = Request {
        location,
        opening: Opening { link: args.view, language: args.lang.into() },
        width: args.size.0,
        height: args.size.1,
        screen_space_error: args.sse,
        smoothing: Smoothing(args.msaa),
    };
    if let Err(code) = viewing::graphics(args.lang) {
        return code;
    }
    let picture = match take(request) {
        Ok(picture) => picture,
        Err(fault) => return viewing::say(&fault, args.lang),
    };
    for fault in &picture.faults {
        viewing::say(fault, args.lang);
    }
    if let Err(error) = viewing::write_png(&args.out, &picture) {
        return viewing::say(&viewing::fault("error-picture-write", format!("{}: {error}", args.out.display())), args.lang);
    }
    let text = if args.json {
        let document = serde_json::json!({
            "width": picture.width, "height": picture.height, "tiles": picture.tiles, "features": picture.features,
            "seconds": picture.seconds, "first_tile_seconds": picture.first_tile_s,
        });
        format!("{document}\n")
    } else {
        format!("{}\n", args.out.display())
    };
    super::output::data(&text, ExitCode::from(u8::from(!picture.faults.is_empty())))
}
