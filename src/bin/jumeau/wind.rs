//! `jumeau wind`: the production of a turbine over a series of wind.

use jumeau::energy::wind::curve::LEAST_TURBULENCE;
use jumeau::energy::wind::library;
use jumeau::energy::wind::yields::{Air, Conversion, Profile, Weather};
use jumeau::formats::Fault;
use jumeau::pipeline::network::park;
use jumeau::pipeline::series::add::Steps;
use jumeau::formats::wind::{Column, Document, Variable, read};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Courbe de puissance / power curve: E-82/2300 …; « list » les nomme / names them.
    #[arg(long, required_unless_present = "park", default_value = "")]
    curve: String,
    /// Parc / wind park: GeoJSON de points (id, courbe, hauteur_moyeu_m, diametre_rotor_m) ou objet JSON (turbines …) ; les sillages sont comptés / wakes are counted.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["curve", "hub"])]
    park: Option<PathBuf>,
    /// Ajoute les séries du parc à ce territoire / adds the park's series to this territory.
    #[arg(long, value_name = "TERRITORY", requires = "park")]
    store: Option<PathBuf>,
    /// Couche des éoliennes du territoire / layer of the territory's turbines.
    #[arg(long, default_value = "electricity")]
    layer: String,
    /// Début, si la série ne le dit pas / start where the series does not say.
    #[arg(long, default_value = "2026-01-01T00:00:00Z")]
    start: String,
    /// Hauteur du moyeu / hub height, m.
    #[arg(long)]
    hub: Option<f64>,
    /// Série / series: CSV de windpowerlib, colonnes nommées (wind_speed_10m …) ou nombres seuls.
    #[arg(long)]
    series: Option<PathBuf>,
    /// Hauteur de mesure si la série ne la dit pas / height of measurement where the series does not say, m.
    #[arg(long, default_value_t = 10.0)]
    height: f64,
    /// Rugosité si la série ne la dit pas / roughness length where the series does not say, m.
    #[arg(long, default_value_t = 0.15)]
    roughness: f64,
    /// Hauteur des obstacles alentour / height of obstacles around, m.
    #[arg(long, default_value_t = 0.0)]
    obstacles: f64,
    /// Exposant de la loi puissance au lieu du profil logarithmique / power law's exponent in place of the logarithmic profile.
    #[arg(long)]
    shear: Option<f64>,
    /// Corrige selon la densité de l'air / corrects for the density of the air.
    #[arg(long)]
    density: bool,
    /// Lisse la courbe selon l'intensité de turbulence, 0,05…1 / smooths the curve by turbulence intensity, 0.05…1.
    #[arg(long, conflicts_with = "park")]
    smooth: Option<f64>,
    /// Disponibilité / availability, 0…1.
    #[arg(long, default_value_t = 1.0, conflicts_with = "park")]
    availability: f64,
    /// Durée d'un pas si la série ne la dit pas / length of a step where the series does not say, h.
    #[arg(long, default_value_t = 1.0)]
    step_hours: f64,
    /// Écrit aussi la puissance de chaque pas / writes each step's power too.
    #[arg(long)]
    hourly: bool,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    if args.curve == "list" {
        return list(args.json);
    }
    if !is_sound(&args) {
        eprintln!(
            "jumeau wind : hauteurs, rugosité et durée doivent être positives, les obstacles au moins 0, la disponibilité dans 0…1, le lissage dans 0,05…1"
        );
        eprintln!(
            "jumeau wind: heights, roughness and step must be positive, obstacles at least 0, availability within 0…1, smoothing within 0.05…1"
        );
        return ExitCode::from(2);
    }
    if let Some(park) = args.park.clone() {
        return of_park(&args, &park);
    }
    let Some(turbine) = library::turbine(&args.curve) else {
        let names = library::like(&args.curve).join(", ");
        eprintln!(
            "jumeau wind : courbe « {} » inconnue ; voir : {names}",
            args.curve
        );
        eprintln!("jumeau wind: unknown curve '{}'; see: {names}", args.curve);
        return ExitCode::from(2);
    };
    let (Some(hub_m), Some(path)) = (args.hub, &args.series) else {
        eprintln!("jumeau wind : il faut --hub et --series (sauf pour --curve list)");
        eprintln!("jumeau wind: --hub and --series are needed (but for --curve list)");
        return ExitCode::from(2);
    };
    let Some((bytes, name)) = super::input::read(path, args.lang.english()) else {
        return ExitCode::from(2);
    };
    let document = match read(&String::from_utf8_lossy(&bytes)) {
        Ok(document) => document,
        Err(fault) => {
            super::flow::tell(&fault.finding(name), args.lang.english());
            return ExitCode::from(2);
        }
    };
    let curve = match args.smooth {
        Some(intensity) => turbine.curve.smoothed(intensity),
        None => turbine.curve.clone(),
    };
    let conversion = Conversion {
        curve: &curve,
        hub_m,
        profile: profile(&args),
        density_correction: args.density,
        availability: args.availability,
    };
    let (powers, uncorrected) = powers(&args, &document, &conversion);
    let step_h = document.step_h.unwrap_or(args.step_hours);
    let known: Vec<f64> = powers.iter().copied().flatten().collect();
    let kwh = known.iter().sum::<f64>() * step_h;
    let mut answer = json!({
        "kwh": kwh,
        "full_load_hours": kwh / turbine.nominal_kw,
        "curve": turbine.name,
        "nominal_kw": turbine.nominal_kw,
        "hub_m": hub_m,
        "steps": powers.len(),
        "step_hours": step_h,
        "missing_steps": powers.len() - known.len(),
        "uncorrected_steps": uncorrected,
        "capacity_factor": kwh / turbine.nominal_kw / (known.len().max(1) as f64 * step_h),
    });
    if let (true, Value::Object(map)) = (args.hourly, &mut answer) {
        map.insert("power_kw".into(), json!(powers));
    }
    let text = if args.json {
        format!("{answer:#}\n")
    } else {
        format!(
            "énergie / energy                  {kwh:.3} kWh\npleine charge / full load hours   {:.3} h\n",
            kwh / turbine.nominal_kw
        )
    };
    let code = super::output::data(&text, ExitCode::SUCCESS);
    tell_uncorrected(uncorrected);
    if known.len() < powers.len() {
        let missing = powers.len() - known.len();
        eprintln!(
            "{missing} pas sans donnée, non comptés / {missing} steps without data, not counted"
        );
    }
    code
}

/// Whether every number can be meant.
fn is_sound(args: &Args) -> bool {
    let positive = |value: f64| value > 0.0 && value.is_finite();
    args.hub.is_none_or(positive)
        && [args.height, args.roughness, args.step_hours].into_iter().all(positive)
        && args.obstacles >= 0.0
        && args.obstacles.is_finite()
        && args.shear.is_none_or(f64::is_finite)
        && (0.0..=1.0).contains(&args.availability)
        && args.smooth.is_none_or(|intensity| (LEAST_TURBULENCE..=1.0).contains(&intensity))
}

/// The density was to be corrected, and the series lacks what it takes: the curve then stands as for standard air.
fn tell_uncorrected(steps: usize) {
    if steps > 0 {
        eprintln!(
            "{steps} pas sans température ou pression : densité non corrigée / {steps} steps without temperature or pressure: density not corrected"
        );
    }
}

/// A park in its wakes, turbine by turbine; into a territory where one is named.
fn of_park(args: &Args, path: &std::path::Path) -> ExitCode {
    let tell = |fault: Fault, file: String| {
        super::flow::tell(&fault.finding(file), args.lang.english());
        ExitCode::from(2)
    };
    let Some((bytes, file)) = super::input::read(path, args.lang.english()) else { return ExitCode::from(2) };
    let opened = match jumeau::formats::park::read(&bytes).and_then(|document| park::open(&document)) {
        Ok(opened) => opened,
        Err(fault) => return tell(fault, file),
    };
    let Some(path) = &args.series else {
        eprintln!("jumeau wind : il faut --series / --series is needed");
        return ExitCode::from(2);
    };
    let Some((bytes, name)) = super::input::read(path, args.lang.english()) else { return ExitCode::from(2) };
    let site = park::Site { measured_at_m: args.height, roughness_m: args.roughness, profile: profile(args), density: args.density };
    let read = read(&String::from_utf8_lossy(&bytes)).and_then(|document| Ok((opened.over(&document, &site)?, document)));
    let (done, document) = match read {
        Ok(done) => done,
        Err(fault) => return tell(fault, name),
    };
    let step_h = document.step_h.unwrap_or(args.step_hours);
    let kwh = |values: &[Option<f64>]| values.iter().flatten().sum::<f64>() * step_h;
    let whole = done.park_kw();
    let mut answer = json!({
        "kwh": kwh(&whole),
        "full_load_hours": kwh(&whole) / opened.nominal_kw,
        "nominal_kw": opened.nominal_kw,
        "hub_m": opened.hub_m,
        "wake_loss": done.wake_loss(),
        "steps": document.steps,
        "step_hours": step_h,
        "missing_steps": whole.iter().filter(|kw| kw.is_none()).count(),
        "uncorrected_steps": done.uncorrected,
        "turbines": opened.ids.iter().zip(&done.power_kw).map(|(id, of)| json!({ "id": id, "kwh": kwh(of) })).collect::<Vec<_>>(),
    });
    if let (true, Value::Object(map)) = (args.hourly, &mut answer) {
        map.insert("power_kw".into(), json!(whole));
    }
    if let Some(territory) = &args.store {
        let start = document.start.or_else(|| jumeau::base::Instant::parse(&args.start));
        let stored = start.ok_or_else(|| Fault::new("series-store", "--start", &args.start)).and_then(|start| {
            let steps = Steps { start, step_s: (step_h * 3600.0).round() as i64, count: document.steps };
            park::store(territory, &opened, &done, steps, &args.layer)
        });
        match (stored, &mut answer) {
            (Ok(bytes), Value::Object(map)) => drop(map.insert("stored".into(), json!({ "folder": territory.display().to_string(), "bytes": bytes }))),
            (Err(fault), _) => return tell(fault, territory.display().to_string()),
            _ => {}
        }
    }
    let text = if args.json {
        format!("{answer:#}\n")
    } else {
        let each = opened.ids.iter().zip(&done.power_kw).map(|(id, of)| format!("{id}\t{:.0} kWh\n", kwh(of))).collect::<String>();
        format!("énergie / energy                  {:.0} kWh\nsillages / wakes                  {:.2} %\n{each}", kwh(&whole), 100.0 * done.wake_loss())
    };
    tell_uncorrected(done.uncorrected);
    super::output::data(&text, ExitCode::SUCCESS)
}

fn profile(args: &Args) -> Profile {
    match args.shear {
        Some(exponent) => Profile::PowerLaw { exponent: Some(exponent) },
        None => Profile::Logarithmic { obstacles_m: args.obstacles },
    }
}

/// All curves, a line each: name, nominal power, rotor.
fn list(as_json: bool) -> ExitCode {
    let turbines: Vec<library::Turbine> = library::names().filter_map(library::turbine).collect();
    let text = if as_json {
        let curves: Vec<Value> = turbines
            .iter()
            .map(|turbine| {
                json!({
                    "name": turbine.name,
                    "nominal_kw": turbine.nominal_kw,
                    "rotor_m": turbine.rotor_m,
                })
            })
            .collect();
        format!("{:#}\n", json!({"curves": curves}))
    } else {
        let line = |turbine: &library::Turbine| {
            let rotor = turbine
                .rotor_m
                .map_or_else(String::new, |m| format!("{m} m"));
            format!("{}\t{} kW\t{rotor}\n", turbine.name, turbine.nominal_kw)
        };
        turbines.iter().map(line).collect()
    };
    super::output::data(&text, ExitCode::SUCCESS)
}

/// Power step by step, and the steps whose density could not be corrected.
fn powers(args: &Args, document: &Document, conversion: &Conversion) -> (Vec<Option<f64>>, usize) {
    let mut uncorrected = 0;
    let hub_m = conversion.hub_m;
    let speeds = document.nearest(Variable::Speed, hub_m);
    let temperatures = document.nearest(Variable::Temperature, hub_m);
    let pressures = document.nearest(Variable::Pressure, hub_m);
    let roughness = document
        .columns
        .iter()
        .find(|c| c.variable == Variable::Roughness);
    let at = |column: Option<&Column>, step: usize| column?.values.get(step).copied().flatten();
    let powers = (0..document.steps)
        .map(|step| {
            let air = match (at(temperatures, step), at(pressures, step)) {
                (Some(temperature_k), Some(pressure_pa)) => Some(Air {
                    temperature_k,
                    temperature_at_m: temperatures.and_then(|c| c.height_m).unwrap_or(2.0),
                    pressure_pa,
                    pressure_at_m: pressures.and_then(|c| c.height_m).unwrap_or(0.0),
                }),
                _ => None,
            };
            let speed_ms = at(speeds, step)?;
            uncorrected += usize::from(conversion.density_correction && air.is_none());
            conversion.power_kw(&Weather {
                speed_ms,
                speed_at_m: speeds.and_then(|c| c.height_m).unwrap_or(args.height),
                roughness_m: at(roughness, step).unwrap_or(args.roughness),
                air,
            })
        })
        .collect();
    (powers, uncorrected)
}
