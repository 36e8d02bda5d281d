//! `jumeau share`: who gets which part of a collective self-consumption.

use jumeau::energy::sharing::{file, share};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Opération / operation: JSON (producers_kw, consumers_kw, keys).
    case: PathBuf,
    /// Écrit aussi la part de chaque pas / writes each step's part too.
    #[arg(long)]
    series: bool,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    let Some((bytes, name)) = super::input::read(&args.case, args.lang.english()) else {
        return ExitCode::from(2);
    };
    let done = file::read(&bytes).and_then(|named| {
        let shared = share(&named.operation)?;
        Ok((named, shared))
    });
    let (named, shared) = match done {
        Ok(done) => done,
        Err(fault) => {
            eprintln!("{}", args.lang.of(format!("jumeau share : {name} n’est pas une opération utilisable : {fault}"), format!("jumeau share: {name} is no usable operation: {fault}")));
            return ExitCode::from(2);
        }
    };
    let consumers: Vec<Value> = named
        .consumers
        .iter()
        .zip(shared.consumers.iter().zip(&shared.allocated_kw))
        .map(|(id, (year, kw))| {
            let mut one = json!({"id": id, "consumption_kwh": year.consumption_kwh, "allocated_kwh": year.allocated_kwh, "supplied_kwh": year.supplied_kwh});
            if let (true, Value::Object(map)) = (args.series, &mut one) {
                map.insert("allocated_kw".into(), json!(kw));
            }
            one
        })
        .collect();
    let producers: Vec<Value> = named
        .producers
        .iter()
        .zip(&shared.producers)
        .map(|(id, year)| json!({"id": id, "production_kwh": year.production_kwh, "shared_kwh": year.shared_kwh, "surplus_kwh": year.surplus_kwh}))
        .collect();
    let answer = json!({
        "step_h": shared.step_h,
        "self_consumption": shared.self_consumption(),
        "self_production": shared.self_production(),
        "consumers": consumers,
        "producers": producers,
    });
    if args.json {
        return super::output::data(&format!("{answer:#}\n"), ExitCode::SUCCESS);
    }
    let mut text = format!(
        "autoconsommation / self-consumption  {:.4}\nautoproduction / self-production     {:.4}\n",
        shared.self_consumption(),
        shared.self_production()
    );
    for (id, year) in named.consumers.iter().zip(&shared.consumers) {
        text.push_str(&format!("{id}\t{:.3} / {:.3} kWh\n", year.allocated_kwh, year.consumption_kwh));
    }
    super::output::data(&text, ExitCode::SUCCESS)
}
