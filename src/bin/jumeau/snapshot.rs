use super::viewing;
use jumeau::viewer::Smoothing;
use jumeau::viewer::patience::Patience;
use jumeau::viewer::snapshot::{Request, take};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Dossier ou adresse d'un territoire ou d'un tileset / folder or address of a territory or tileset.
    territory: String,
    #[command(flatten)]
    manner: viewing::Manner,
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
    /// Secondes sans aucun progrès, puis l'image est abandonnée / seconds without any progress, then the picture is given up.
    #[arg(long, value_name = "SECONDES", value_parser = patience)]
    patience: Option<f64>,
    /// Un document JSON sur la sortie / one JSON document on stdout.
    #[arg(long)]
    json: bool,
}

/// No longer than a picture is waited for at all.
fn patience(text: &str) -> Result<f64, String> {
    let longest_s = Patience::default().longest_s;
    text.parse()
        .ok()
        .filter(|value| (1.0..=longest_s).contains(value))
        .ok_or_else(|| format!("« {text} » : de 1 à {longest_s} secondes / from 1 to {longest_s} seconds"))
}

pub fn run(args: Args) -> ExitCode {
    let lang = args.manner.lang;
    let (location, opening) = match viewing::scene(&args.territory, &args.manner) {
        Ok(scene) => scene,
        Err(code) => return code,
    };
    // Found before the picture is drawn, which may take minutes.
    let folder = args.out.parent().filter(|folder| !folder.as_os_str().is_empty());
    if args.out.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
        let value = format!("{}: {}", args.out.display(), std::io::ErrorKind::NotFound);
        return viewing::say(&viewing::fault("error-picture-write", value), lang);
    }
    let request = Request {
        location,
        opening,
        width: args.size.0,
        height: args.size.1,
        screen_space_error: args.sse,
        smoothing: Smoothing(args.msaa),
        patience: args.patience.map_or_else(Patience::default, |idle_s| Patience { idle_s, ..Patience::default() }),
    };
    if let Err(code) = viewing::graphics(lang) {
        return code;
    }
    let picture = match take(request) {
        Ok(picture) => picture,
        Err(fault) => return viewing::say(&fault, lang),
    };
    for fault in &picture.faults {
        // A picture has no keys, and asks for nothing any more.
        match fault.key.as_str() {
            "error-connection" => viewing::say(&viewing::fault("error-picture-gaps", String::new()), lang),
            _ => viewing::say(fault, lang),
        };
    }
    if let Err(error) = viewing::write_png(&args.out, &picture) {
        return viewing::say(&viewing::fault("error-picture-write", format!("{}: {error}", args.out.display())), lang);
    }
    let text = if args.json {
        let document = serde_json::json!({
            "width": picture.width, "height": picture.height, "tiles": picture.tiles, "features": picture.features,
            "seconds": picture.seconds, "first_tile_seconds": picture.first_tile_s,
            "attributions": picture.credits, "view": picture.link,
        });
        format!("{document}\n")
    } else {
        format!("{}\n", args.out.display())
    };
    super::output::data(&text, ExitCode::from(u8::from(!picture.faults.is_empty())))
}
