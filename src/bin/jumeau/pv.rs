//! `jumeau pv`: a year of one plane of 1 kWp, hour by hour.

use jumeau::base::{Finding, Severity};
use jumeau::energy::cell::Mount;
use jumeau::energy::production::{Sums, produce};
use jumeau::energy::pv::System;
use jumeau::energy::transposition::{Plane, SkyModel};
use jumeau::energy::weather::DEFAULT_LINKE;
use jumeau::pipeline::solar::weather::{self, Ask, Weather, WeatherFault};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Latitude nord, degrés ; celle du fichier météo sinon / north latitude, degrees; else the weather file's.
    #[arg(long, allow_negative_numbers = true)]
    lat: Option<f64>,
    /// Longitude est, degrés / east longitude, degrees.
    #[arg(long, allow_negative_numbers = true)]
    lon: Option<f64>,
    /// Altitude, m / altitude, m.
    #[arg(long, allow_negative_numbers = true)]
    elevation: Option<f64>,
    /// Inclinaison du plan, degrés / tilt of the plane, degrees.
    #[arg(long, default_value_t = 30.0, allow_negative_numbers = true)]
    tilt: f64,
    /// Azimut du plan, degrés depuis le nord vrai, sens horaire / clockwise from true north.
    #[arg(long, default_value_t = 180.0, allow_negative_numbers = true)]
    azimuth: f64,
    /// Année ; avec un fichier, celle du fichier / year; with a file, the file's.
    #[arg(long, default_value_t = 2025)]
    year: i16,
    /// Ciel sans nuage / a sky without clouds (Ineichen).
    #[arg(long)]
    clear_sky: bool,
    /// Trouble de Linke : un nombre (3 sinon), ou « table » pour celle de la France / turbidity: a number, or “table” for France's months.
    #[arg(long)]
    linke: Option<String>,
    /// Modèle de ciel / sky model.
    #[arg(long, default_value = "perez", value_parser = ["isotropic", "klucher", "hay-davies", "reindl", "perez", "perez-driesse"])]
    model: String,
    /// Fichier météo : EPW, PVGIS, CSV / weather file.
    #[arg(long, conflicts_with = "clear_sky")]
    weather: Option<PathBuf>,
    /// Montage / mount.
    #[arg(long, default_value = "free-standing", value_parser = ["free-standing", "semi-integrated", "insulated", "open-rack", "close-mount", "faiman"])]
    mount: String,
    /// Pertes, % / losses, %.
    #[arg(long, default_value_t = 14.0, allow_negative_numbers = true)]
    losses: f64,
    /// Albédo du sol / albedo of the ground.
    #[arg(long, default_value_t = 0.2, allow_negative_numbers = true)]
    albedo: f64,
    /// Un document JSON / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    match answer(&args) {
        Ok((weather, sums)) => {
            for finding in &weather.findings {
                say(finding, args.lang);
            }
            let text = if args.json {
                json(&args, &weather, &sums)
            } else {
                words(&args, &weather, &sums)
            };
            let bad = weather
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error);
            super::output::data(&text, ExitCode::from(u8::from(bad)))
        }
        Err((fr, en)) => {
            eprintln!("{}", args.lang.of(format!("jumeau pv : {fr}"), format!("jumeau pv: {en}")));
            ExitCode::from(2)
        }
    }
}

fn answer(args: &Args) -> Result<(Weather, Sums), (String, String)> {
    let range = |name: &str, value: f64, low: f64, high: f64| {
        if (low..=high).contains(&value) {
            Ok(value)
        } else {
            Err((
                format!("--{name} {value} hors de {low}…{high}"),
                format!("--{name} {value} is not within {low}…{high}"),
            ))
        }
    };
    let tilt = range("tilt", args.tilt, 0.0, 180.0)?;
    let azimuth = range("azimuth", args.azimuth, -360.0, 720.0)?;
    if let Some(elevation_m) = args.elevation {
        range("elevation", elevation_m, -500.0, 9_000.0)?;
    }
    let losses = range("losses", args.losses, 0.0, 100.0)? / 100.0;
    let albedo = range("albedo", args.albedo, 0.0, 1.0)?;
    let linke = match args.linke.as_deref() {
        None => Some(DEFAULT_LINKE),
        Some("table") => None,
        Some(word) => {
            let value = word.parse::<f64>().map_err(|_| {
                (
                    format!("--linke « {word} » n’est ni un nombre ni « table »"),
                    format!("--linke “{word}” is neither a number nor “table”"),
                )
            })?;
            Some(range("linke", value, 1.0, 15.0)?)
        }
    };
    let ask = Ask {
        lat: args.lat,
        lon: args.lon,
        elevation_m: args.elevation,
        year: args.year,
        clear_sky: args.clear_sky,
        linke,
        file: args.weather.clone(),
    };
    let weather = weather::weather_summed(&ask).map_err(|fault| fault.sentence())?;
    let system = System {
        model: SkyModel::from_name(&args.model).unwrap_or_default(),
        mount: Mount::from_name(&args.mount).unwrap_or(Mount::FREE_STANDING),
        losses,
        albedo,
        ..System::default()
    };
    let sums = produce(
        &system,
        &Plane::new(tilt, azimuth),
        &weather.hours,
        weather.step_h,
    );
    if !sums.ac_kwh.is_finite() {
        return Err(WeatherFault::Nothing.sentence());
    }
    Ok((weather, sums))
}

fn say(finding: &Finding, lang: super::lang::Lang) {
    let (fr, en) = jumeau::formats::messages::message(finding);
    eprintln!("{}", lang.of(format!("{} : {fr}", finding.file), format!("{}: {en}", finding.file)));
}

fn json(args: &Args, weather: &Weather, sums: &Sums) -> String {
    let document = serde_json::json!({
        "ghi_kwh": sums.ghi_kwh,
        "dni_kwh": sums.dni_kwh,
        "dhi_kwh": sums.dhi_kwh,
        "poa_kwh": sums.poa_kwh,
        "ac_kwh": sums.ac_kwh,
        "hours": sums.hours,
        "month_kwh": sums.month_kwh,
        "weather": weather.origin.name(),
        "weather_title": weather.title,
        "model": args.model,
        "mount": args.mount,
        "losses_percent": args.losses,
        "losses_included": true,
        "lat": weather.site.lat,
        "lon": weather.site.lon,
        "elevation": weather.site.elevation_m,
        "findings": jumeau::pipeline::solar::weather::findings_json(&weather.findings),
    });
    format!("{document:#}\n")
}

fn words(args: &Args, weather: &Weather, sums: &Sums) -> String {
    let (fr, en) = weather.origin.sentence();
    let mut out = format!(
        "météo / weather                  {fr} / {en}{}{}\n",
        if weather.title.is_empty() {
            ""
        } else {
            " – "
        },
        weather.title
    );
    out += &format!(
        "modèle de ciel / sky model       {} ; pertes comprises / losses included: {} %\n",
        args.model, args.losses
    );
    for (name, value) in [
        ("global horizontal / GHI          ", sums.ghi_kwh),
        ("direct normal / DNI              ", sums.dni_kwh),
        ("diffus horizontal / DHI          ", sums.dhi_kwh),
        ("dans le plan / plane of array    ", sums.poa_kwh),
    ] {
        out += &format!("{name}{value:.1} kWh/m²\n");
    }
    out += &format!(
        "production / output              {:.1} kWh/kWp\n",
        sums.ac_kwh
    );
    out += &format!("heures / hours                   {}\n", sums.hours);
    let months: Vec<String> = sums
        .month_kwh
        .iter()
        .map(|kwh| format!("{kwh:.0}"))
        .collect();
    out += &format!("par mois / by month, kWh/kWp     {}\n", months.join(" "));
    out
}
