//! `jumeau solar --plan`: the commune's large roofs and car parks, sorted, filtered, summed up, written.

use super::import::Talk;
use super::solar::{Args, sentence};
use jumeau::base::{Finding, Severity};
use jumeau::formats::roofplan::{Kind, Plan, Protection};
use jumeau::formats::territory::Manifest;
use jumeau::pipeline::solar::plan::{self, SolarPlan};
use jumeau::pipeline::solar::plan_files;
use jumeau::pipeline::solar::roofs::RoofOptions;
use jumeau::pipeline::solar::store::Made;
use jumeau::rooftop::planner::{Column, Filter, SIZES_KWP, coverage, exclusions, pvgis_said, rows, title, totals, useful_share};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

/// Rows shown to people; all are in JSON, CSV and exports.
const SHOWN: usize = 20;

/// The commune's plan, told and written.
pub fn planned(args: &Args, folder: &Path, manifest: &Manifest, made: &Made, options: &RoofOptions, least_m2: f64, talk: &Talk) -> ExitCode {
    let english = args.lang.english();
    let result = plan::plan(folder, manifest, made, options, least_m2, talk);
    talk.end();
    let mut found = match result {
        Ok(found) => found,
        Err(finding) => {
            eprintln!("{}", sentence(&finding, english));
            return ExitCode::from(2);
        }
    };
    let filter = Filter::of(args.only.iter().map(String::as_str));
    let column = args.sort.as_deref().and_then(Column::from_id).unwrap_or_default();
    choose(&mut found, &filter, column);
    let parameters = json!({ "least_area_m2": least_m2, "only": args.only, "sorted_by": column.id() });
    let provenance = plan_files::provenance(&found.plan, manifest, made.parameters(options), parameters);
    for path in &args.export {
        if let Err(error) = plan_files::export(&found, path, &provenance) {
            eprintln!("{}: {error}", path.display());
            return ExitCode::from(2);
        }
    }
    made.weather.findings.iter().for_each(|finding| found.report.push(finding.clone()));
    for (code, _, count, example) in found.report.summary() {
        eprintln!("{count:>7} × {}  [{code}; {} {}]", sentence(example, english), example.file, example.object);
    }
    let code = ExitCode::from(u8::from(found.report.has_errors()));
    if args.json {
        let mut document = plan::json(&found.plan, &provenance);
        if let Some(document) = document.as_object_mut() {
            document.insert("findings".to_owned(), found.report.summary().map(told).collect());
        }
        super::output::data(&format!("{document:#}\n"), code)
    } else if args.csv {
        super::output::data(&plan_files::csv(&found, &provenance), code)
    } else {
        super::output::words(&words(&found.plan, english), code)
    }
}

/// A kind of finding as the command line's contract writes it: how often, and one of them.
fn told((code, severity, count, example): (&str, Severity, usize, &Finding)) -> serde_json::Value {
    json!({ "code": code, "severity": severity.name(), "count": count, "example": { "file": example.file, "object": example.object, "value": example.value } })
}

/// Leaves what was asked for, in the order asked for: every sum and every file is then of that.
fn choose(found: &mut SolarPlan, filter: &Filter, column: Column) {
    let chosen = rows(&found.plan, filter, column, column.falls_first());
    let (items, shapes) = (&found.plan.items, &found.shapes);
    let (items, shapes) = chosen.iter().filter_map(|place| Some((items.get(*place)?.clone(), shapes.get(*place)?.clone()))).unzip();
    (found.plan.items, found.shapes) = (items, shapes);
    found.plan.groups.retain(|group| filter.keeps(&group.facets));
}

fn words(plan: &Plan, english: bool) -> String {
    let say = |fr: &'static str, en: &'static str| if english { en } else { fr };
    let mut out = String::new();
    // Writing to a text does not fail.
    let _ = writeln!(
        out,
        "{:<30}{:>9}{:>10}{:>12}{:>8}{:>8}  {}",
        say("Toit ou parking", "Roof or car park"), "m²", say("kWc", "kWp"), say("kWh/an", "kWh/year"), say("ombre", "shade"), say("utile", "useful"), say("usage, périmètres", "use, perimeters")
    );
    for item in plan.items.iter().take(SHOWN) {
        let marks = [
            (item.facets.kind == Kind::CarPark, say("parking (hypothèse)", "car park (assumption)")),
            (item.facets.public, say("public", "public")),
            (item.facets.protection == Protection::Excluded, say("exclu", "excluded")),
        ];
        let mut notes: Vec<&str> = marks.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word).collect();
        if item.facets.kind == Kind::Roof {
            notes.insert(0, &item.usage);
        }
        let mut perimeters: Vec<&str> = item.perimeters.iter().map(|perimeter| perimeter.category.as_str()).collect();
        perimeters.dedup();
        notes.extend(perimeters);
        let useful = useful_share(item).map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", 100.0 * share));
        let _ = writeln!(
            out,
            "{:<30}{:>9.0}{:>10.1}{:>12.0}{:>7.1}%{:>8}  {}",
            title(item), item.area_m2, item.kwp, item.kwh_year, 100.0 * item.shading_loss, useful, notes.join(", ")
        );
    }
    if plan.items.len() > SHOWN {
        let _ = writeln!(out, "… {} {}", plan.items.len() - SHOWN, say("autres : --json, --csv ou --export", "more: --json, --csv or --export"));
    }
    out.push('\n');
    let mut sum = |name: &str, filter: Filter| {
        let sums = totals(plan, &filter);
        let _ = writeln!(out, "{name} {:>5} · {:>9.0} m² · {:>7.2} MWc/MWp · {:>7.2} GWh/{} (P90 {:.2})", sums.count, sums.area_m2, sums.kwp / 1e3, sums.kwh_year / 1e6, say("an", "year"), sums.kwh_year_p90 / 1e6);
    };
    sum(say("Toits                ", "Roofs                "), Filter { kind: Some(Kind::Roof), ..Filter::default() });
    if plan.car_parks_known {
        sum(say("Parkings (hypothèse) ", "Car parks (assumed)  "), Filter { kind: Some(Kind::CarPark), ..Filter::default() });
    }
    sum(say("Total                ", "Total                "), Filter::default());
    if plan.servitudes_known {
        sum(say("Hors exclusions      ", "Without the excluded "), Filter { without_excluded: true, ..Filter::default() });
        for (name, count) in exclusions(plan) {
            let _ = writeln!(out, "    {} {name} : {count}", say("exclu par", "excluded by"));
        }
    }
    let _ = writeln!(out, "{} {} : {:.1} MWc/MWp, {:.2} GWh/{}", say("Tous les toits,", "All roofs,"), plan.all_roofs.buildings, plan.all_roofs.kwp / 1e3, plan.all_roofs.kwh_year / 1e6, say("an", "year"));
    let sizes = totals(plan, &Filter::default()).sizes;
    let bars: Vec<String> = SIZES_KWP.iter().zip(sizes).map(|(end, count)| if end.is_finite() { format!("≤ {end:.0} : {count}") } else { format!("> 1000 : {count}") }).collect();
    let _ = writeln!(out, "{} {}", say("Par puissance, kWc :", "By power, kWp:"), bars.join(" · "));
    match coverage(plan, &Filter::default()) {
        Some(hours) => {
            let _ = writeln!(
                out,
                "{} {:.2} GWh/{} ; {} {:.1} % ; {} {:.1} % ; {} {} / {}",
                say("Consommation estimée des bâtiments :", "Estimated demand of the buildings:"), hours.demand_kwh / 1e6, say("an", "year"),
                say("couverte à l’heure même", "covered in the same hour"), 100.0 * hours.covered(),
                say("production consommée à l’heure même", "production used in the same hour"), 100.0 * hours.used(),
                say("heures couvertes", "hours covered"), hours.hours_covered, hours.hours
            );
        }
        None => {
            let _ = writeln!(out, "{}", say("Consommation : inconnue de ce territoire.", "Demand: unknown to this territory."));
        }
    }
    if let Some(one) = &plan.pvgis {
        let _ = writeln!(out, "{}", pvgis_said(one, english));
    }
    if plan.car_parks_known {
        let (fr, en) = plan::canopies_said(&plan.canopies);
        let _ = writeln!(out, "{} {}", say("Parkings,", "Car parks,"), if english { en } else { fr });
    } else {
        let _ = writeln!(out, "{}", say("Parkings : ce territoire n’en a pas la couche.", "Car parks: this territory has no layer of them."));
    }
    if !plan.servitudes_known {
        let _ = writeln!(out, "{}", say("Périmètres patrimoniaux : absents du territoire, à vérifier.", "Heritage perimeters: absent from the territory, to be checked."));
    }
    if !plan.facilities_known {
        let _ = writeln!(out, "{}", say("Bâtiments publics : rien dans les données ne les désigne.", "Public buildings: nothing in the data tells them."));
    }
    out
}
