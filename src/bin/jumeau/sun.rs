//! `jumeau sun`: where the sun stands, at one place and time.

use jumeau::base::Instant;
use jumeau::energy::sun::{self, SunEvents, SunFault, SunOptions, SunPosition};
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
}

pub fn run(args: Args) -> ExitCode {
    let Some(at) = Instant::parse(&args.time) else {
        eprintln!(
            "jumeau sun : « {} » n'est pas un instant RFC 3339 (1800 à 2200), par exemple 2026-06-21T14:00:00+02:00",
            args.time
        );
        eprintln!(
            "jumeau sun: '{}' is not an RFC 3339 instant (1800 to 2200), for instance 2026-06-21T14:00:00+02:00",
            args.time
        );
        return ExitCode::from(2);
    };
    let options = SunOptions {
        elevation_m: args.elevation,
        pressure_hpa: args.pressure_hpa,
        temperature_c: args.temperature_c,
        delta_t_s: args.delta_t_s,
    };
    let answers = sun::position(at, args.lat, args.lon, options).and_then(|position| {
        Ok((
            position,
            sun::events(at, args.lat, args.lon, args.delta_t_s)?,
        ))
    });
    match answers {
        Ok((position, events)) if args.json => print_json(at, &position, &events),
        Ok((position, events)) => print_text(at, &position, &events),
        Err(fault) => {
            eprintln!("jumeau sun : {}\njumeau sun: {fault}", french(&fault));
            ExitCode::from(2)
        }
    }
}

fn print_json(at: Instant, position: &SunPosition, events: &SunEvents) -> ExitCode {
    let document = serde_json::json!({
        "time": at,
        "zenith": position.zenith,
        "apparent_zenith": position.apparent_zenith,
        "elevation": position.elevation,
        "azimuth": position.azimuth,
        "equation_of_time_min": position.equation_of_time_min,
        "sunrise": events.sunrise,
        "transit": events.transit,
        "sunset": events.sunset,
    });
    println!("{document:#}");
    ExitCode::SUCCESS
}

fn print_text(at: Instant, position: &SunPosition, events: &SunEvents) -> ExitCode {
    let when = |event: Option<Instant>| {
        event.map_or_else(|| "–".to_owned(), |instant| instant.to_string())
    };
    println!("instant / time                    {at}");
    println!(
        "hauteur / elevation               {:.5}°",
        position.elevation
    );
    println!(
        "azimut / azimuth                  {:.5}°  (depuis le nord vrai / from true north)",
        position.azimuth
    );
    println!("zénith vrai / zenith              {:.5}°", position.zenith);
    println!(
        "zénith apparent / apparent zenith {:.5}°",
        position.apparent_zenith
    );
    println!(
        "équation du temps / eq. of time   {:.3} min",
        position.equation_of_time_min
    );
    println!("lever / sunrise                   {}", when(events.sunrise));
    println!("passage au méridien / transit     {}", when(events.transit));
    println!("coucher / sunset                  {}", when(events.sunset));
    ExitCode::SUCCESS
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
