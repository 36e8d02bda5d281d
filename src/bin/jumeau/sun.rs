//! `jumeau sun`: where the sun stands, at one place and time.

use super::{lang::Lang, output};
use jumeau::base::{Instant, StatedInstant};
use jumeau::energy::sun::{self, SunEvents, SunFault, SunInstant, SunOptions, SunPosition};
use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Latitude nord, degrés / north latitude, degrees.
    #[arg(long, allow_negative_numbers = true)]
    lat: f64,
    /// Longitude est, degrés / east longitude, degrees.
    #[arg(long, allow_negative_numbers = true)]
    lon: f64,
    /// Altitude de l'observateur, m / height of the observer, m.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    elevation: f64,
    /// Pression, hPa / pressure, hPa.
    #[arg(long, default_value_t = 1013.25)]
    pressure_hpa: f64,
    /// Température, °C / temperature, °C.
    #[arg(long, default_value_t = 12.0, allow_negative_numbers = true)]
    temperature_c: f64,
    /// TT - UT1, s ; estimé sinon / estimated when absent.
    #[arg(long, allow_negative_numbers = true)]
    delta_t_s: Option<f64>,
    /// Instant RFC 3339, par exemple / for instance 2026-06-21T14:00:00+02:00.
    #[arg(long)]
    time: String,
    /// Un document JSON / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: Lang,
}

pub fn run(args: Args) -> ExitCode {
    let lang = args.lang;
    let Some(at) = StatedInstant::parse(&args.time) else {
        let time = jumeau::base::printable(&args.time);
        eprintln!(
            "{}",
            lang.of(
                format!("jumeau sun : « {time} » n'est pas un instant RFC 3339 (1800 à 2200), par exemple 2026-06-21T14:00:00+02:00"),
                format!("jumeau sun: '{time}' is not an RFC 3339 instant (1800 to 2200), for instance 2026-06-21T14:00:00+02:00"),
            )
        );
        return ExitCode::from(2);
    };
    match answer(&args, at) {
        Ok(sky) if args.json => output::data(&json(at, &sky), ExitCode::SUCCESS),
        Ok(sky) => output::data(&words(at, &sky, lang), ExitCode::SUCCESS),
        Err(fault) => {
            eprintln!("{}", lang.of(format!("jumeau sun : {}", french(&fault)), format!("jumeau sun: {fault}")));
            ExitCode::from(2)
        }
    }
}

struct Sky {
    position: SunPosition,
    /// The calendar day at the place whose events these are.
    day: String,
    events: SunEvents,
}

fn answer(args: &Args, at: StatedInstant) -> Result<Sky, SunFault> {
    let options = SunOptions {
        elevation_m: args.elevation,
        pressure_hpa: args.pressure_hpa,
        temperature_c: args.temperature_c,
        delta_t_s: args.delta_t_s,
    };
    let position = SunInstant::within_second(at.instant, at.fraction_s(), args.delta_t_s)?
        .position(args.lat, args.lon, options)?;
    // The day of the clock that the instant was written by; `Z` is no place's clock, so there the sun's mean time at the place tells.
    let offset_s = at.offset_s.unwrap_or((args.lon * 240.0).round() as i32);
    let (noon, day) = at.instant.noon_of_day(offset_s);
    let events = sun::events(noon, args.lat, args.lon, args.delta_t_s)?;
    Ok(Sky { position, day, events })
}

fn json(at: StatedInstant, Sky { position, day, events }: &Sky) -> String {
    let document = serde_json::json!({
        "time": at.to_string(),
        "zenith": position.zenith,
        "apparent_zenith": position.apparent_zenith,
        "elevation": position.elevation,
        "azimuth": position.azimuth,
        "equation_of_time_min": position.equation_of_time_min,
        "day": day,
        "sunrise": events.sunrise,
        "transit": events.transit,
        "sunset": events.sunset,
    });
    format!("{document:#}\n")
}

fn words(at: StatedInstant, Sky { position, day, events }: &Sky, lang: Lang) -> String {
    let when = |event: Option<Instant>| event.map_or_else(|| "–".to_owned(), |instant| instant.to_string());
    let angle = |degrees: f64| format!("{degrees:.5}°");
    let north = lang.of("depuis le nord vrai", "from true north");
    [
        (lang.of("instant", "time"), at.to_string()),
        (lang.of("hauteur", "elevation"), angle(position.elevation)),
        (lang.of("azimut", "azimuth"), format!("{}  ({north})", angle(position.azimuth))),
        (lang.of("zénith vrai", "zenith"), angle(position.zenith)),
        (lang.of("zénith apparent", "apparent zenith"), angle(position.apparent_zenith)),
        (lang.of("équation du temps", "equation of time"), format!("{:.3} min", position.equation_of_time_min)),
        (lang.of("jour", "day"), day.clone()),
        (lang.of("lever", "sunrise"), when(events.sunrise)),
        (lang.of("passage au méridien", "transit"), when(events.transit)),
        (lang.of("coucher", "sunset"), when(events.sunset)),
    ]
    .map(|(label, value)| format!("{label:<22}{value}\n"))
    .concat()
}

fn french(fault: &SunFault) -> String {
    match fault {
        SunFault::Latitude(value) => format!("latitude {value} hors de -90…90°"),
        SunFault::Longitude(value) => format!("longitude {value} hors de -180…180°"),
        SunFault::Elevation(value) => format!("altitude {value} m hors de -500…100 000 m"),
        SunFault::Pressure(value) => format!("pression {value} hPa hors de 0…2000 hPa"),
        SunFault::Temperature(value) => format!("température {value} °C hors de -273…100 °C"),
        SunFault::DeltaT(value) => format!("ΔT de {value} s hors de ±86 400 s"),
        SunFault::Time(at) => format!("pas de position du soleil à {at}"),
    }
}
