//! `jumeau dispatch`: a battery's best plan, beside the controller without foresight and no battery at all.

use jumeau::energy::storage::{Case, CaseFault, Dispatch, Totals, connection, file, greedy, optimal};
use jumeau::base::{Finding, Report, Severity};
use jumeau::formats::Fault;
use jumeau::pipeline::network::{answer, dispatch};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Cas / case: JSON (load_mw, generation_mw, price_eur_mwh, battery …).
    case: PathBuf,
    /// Écrit aussi la puissance de chaque pas / writes each step's powers too.
    #[arg(long)]
    series: bool,
    /// Ajoute les séries avec et sans batterie à ce territoire / adds the series with and without the battery to this territory.
    #[arg(long, value_name = "TERRITORY")]
    store: Option<PathBuf>,
    /// Début du premier pas / start of the first step.
    #[arg(long, default_value = "2026-01-01T00:00:00Z")]
    start: String,
    /// Batterie du territoire qui se remplit / the territory's battery that fills.
    #[arg(long, value_name = "ID")]
    feature: Option<String>,
    /// Couche de la batterie / layer of the battery.
    #[arg(long, default_value = "electricity")]
    layer: String,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    let (lang, english) = (args.lang, args.lang.english());
    let Some((bytes, name)) = super::input::read(&args.case, english) else {
        return ExitCode::from(2);
    };
    let case = match file::read(&bytes) {
        Ok(case) => case,
        Err(fault) => {
            eprintln!("{}", lang.of(format!("jumeau dispatch : {name} n’est pas un cas utilisable : {fault}"), format!("jumeau dispatch: {name} is no usable case: {fault}")));
            return ExitCode::from(2);
        }
    };
    if let Some(territory) = &args.store {
        let told = jumeau::base::Instant::parse(&args.start)
            .ok_or_else(|| Fault::new("series-store", "--start", &args.start))
            .and_then(|start| dispatch::store(territory, &case, start, args.feature.as_deref(), &args.layer));
        match told {
            Ok(bytes) => eprintln!("séries ajoutées / series added: {} ({bytes} o)", territory.display()),
            Err(fault) => {
                super::flow::tell(&fault.finding(territory.display().to_string()), english);
                return ExitCode::from(2);
            }
        }
    }
    match document(&case, args.series, &name) {
        Ok((mut document, report)) => {
            if let Value::Object(map) = &mut document {
                map.insert("findings".into(), answer::findings(&report, english));
            }
            let done = ExitCode::from(u8::from(report.has_errors()));
            let text = if args.json { format!("{document:#}\n") } else { text(&document) };
            let code = super::output::data(&text, done);
            report.findings().iter().for_each(|finding| super::flow::tell(finding, english));
            code
        }
        Err(fault) => {
            eprintln!("{}", lang.of(format!("jumeau dispatch : pas de plan : {fault}"), format!("jumeau dispatch: no plan: {fault}")));
            ExitCode::from(1)
        }
    }
}

/// MWh of consumption for each of the case's own below which nothing counts as unserved: what a solver leaves.
const NOTHING: f64 = 1e-6;

fn document(case: &Case, with_series: bool, file: &str) -> Result<(Value, Report), CaseFault> {
    let started = Instant::now();
    let plan = optimal::optimal(case)?;
    let seconds = started.elapsed().as_secs_f64();
    let controlled = greedy::greedy(case)?;
    let at_connection = connection::connection(case)?;
    let without = greedy::greedy(&case.without_battery())?;
    let totals = plan.totals(case);
    let mut report = Report::default();
    let load_mwh = case.load_mw.iter().sum::<f64>() * case.step_h;
    if totals.unserved_mwh > NOTHING * load_mwh.max(1.0) {
        let steps = plan.unserved_mw.iter().filter(|power| **power > NOTHING).count();
        let value = format!("{:.3}", totals.unserved_mwh);
        report.push(Finding::new("dispatch-unserved", Severity::Error, file).object(steps.to_string()).value(value));
    }
    let mut document = fields(&totals);
    let (imbalance_mw, imbalance_mwh) = plan.imbalance(case);
    if let Value::Object(map) = &mut document {
        map.insert("steps".into(), json!(case.steps()));
        map.insert("seconds".into(), json!(seconds));
        map.insert("imbalance_mw".into(), json!(imbalance_mw));
        map.insert("imbalance_mwh".into(), json!(imbalance_mwh));
        map.insert("greedy".into(), fields(&controlled.totals(case)));
        map.insert("connection".into(), fields(&at_connection.totals(case)));
        map.insert("curtailment_avoided_mwh".into(), json!(without.totals(case).curtailed_mwh - at_connection.totals(case).curtailed_mwh));
        map.insert("without_battery".into(), fields(&without.totals(case)));
        if with_series {
            map.insert("series".into(), series(&plan));
            if let Some(Value::Object(greedy)) = map.get_mut("greedy") {
                greedy.insert("series".into(), series(&controlled));
            }
        }
    }
    Ok((document, report))
}

fn fields(totals: &Totals) -> Value {
    json!({
        "objective_eur": totals.cost_eur,
        "import_mwh": totals.import_mwh,
        "export_mwh": totals.export_mwh,
        "curtailed_mwh": totals.curtailed_mwh,
        "unserved_mwh": totals.unserved_mwh,
        "charged_mwh": totals.charged_mwh,
        "discharged_mwh": totals.discharged_mwh,
        "cycles": totals.cycles,
        "self_sufficiency": totals.self_sufficiency,
        "self_consumption": totals.self_consumption,
        "simultaneous_mwh": totals.simultaneous_mwh,
        "final_mwh": totals.final_mwh,
    })
}

fn series(dispatch: &Dispatch) -> Value {
    json!({
        "imported_mw": dispatch.imported_mw,
        "exported_mw": dispatch.exported_mw,
        "charged_mw": dispatch.charged_mw,
        "discharged_mw": dispatch.discharged_mw,
        "curtailed_mw": dispatch.curtailed_mw,
        "unserved_mw": dispatch.unserved_mw,
        "stored_mwh": dispatch.stored_mwh,
    })
}

fn text(document: &Value) -> String {
    let mut text = format!(
        "{:<38}{:>16}{:>16}{:>16}{:>16}\n",
        "", "plan optimal", "autoconsommation", "raccordement", "sans batterie"
    );
    for (key, label) in [
        ("objective_eur", "coût / cost (€)"),
        ("import_mwh", "soutiré / imported (MWh)"),
        ("export_mwh", "injecté / exported (MWh)"),
        ("curtailed_mwh", "écrêté / curtailed (MWh)"),
        ("charged_mwh", "chargé / charged (MWh)"),
        ("discharged_mwh", "déchargé / discharged (MWh)"),
        ("cycles", "cycles"),
        ("self_sufficiency", "autoproduction / self-sufficiency"),
    ] {
        let of = |part: &Value| part.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let none = Value::Null;
        let part = |name: &str| of(document.get(name).unwrap_or(&none));
        text.push_str(&format!(
            "{label:<38}{:>16.4}{:>16.4}{:>16.4}{:>16.4}\n",
            of(document),
            part("greedy"),
            part("connection"),
            part("without_battery"),
        ));
    }
    text
}
