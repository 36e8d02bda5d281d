//! Values of the charts as tables, handed to the person: a file of the desktop, a download of the page.
//!
//! Reads: [`ViewCommand`], [`Scene`], the chart, the accounts and the flow diagram of [`SceneFacts`].

use crate::base::Clock;
use crate::i18n::Texts;
use crate::view::table::{About, Origin, Table};
use crate::view::{Command, Form, Values, to_link};
use crate::viewer::{parquet, platform};
use crate::viewer::vocab::{Chart, Scene, SceneFacts, ViewCommand};
use bevy::prelude::*;

/// What files say of a chart.
pub fn about(chart: &Chart, scene: &Scene, texts: &Texts) -> About {
    let dataset = scene.manifest.datasets.iter().find(|dataset| dataset.id == chart.dataset);
    let source = dataset.map_or_else(|| texts.text("source-unknown"), |dataset| texts.source(dataset));
    let method = if chart.method.is_empty() { String::new() } else { texts.text(chart.method) };
    let origin = Origin {
        title: &chart.title.text(texts),
        territory: &scene.manifest.id,
        unit: &chart.unit,
        nature: chart.nature,
        made_up: &texts.made_up(scene.manifest.is_made_up(&chart.dataset)),
        source: &source,
        licence: dataset.map_or("", |dataset| dataset.licence.as_str()),
        attribution: dataset.map_or("", |dataset| dataset.attribution.as_str()),
        date: dataset.map_or("", |dataset| dataset.date.as_str()),
        method: &method,
        clock: scene.manifest.clock(),
        link: &format!("#{}", to_link(&scene.state)),
    };
    origin.about()
}

/// The bytes of a table's file.
///
/// # Errors
/// What the writer says.
pub fn written(form: Form, about: &About, table: &Table, clock: Clock) -> Result<Vec<u8>, String> {
    match form {
        // The mark at the beginning tells spreadsheets that it is UTF-8.
        Form::Csv => Ok(format!("\u{feff}{}", table.csv(about, clock)).into_bytes()),
        Form::Parquet => parquet::written(about, table, clock, platform::packing()).map_err(|error| error.to_string()),
    }
}

pub(super) fn hand_over(mut asked: MessageReader<ViewCommand>, scene: Res<Scene>, mut facts: ResMut<SceneFacts>) {
    for ViewCommand(command) in asked.read() {
        let Command::SaveValues { of, form } = command else { continue };
        let texts = Texts::new(scene.state.language);
        let clock = scene.manifest.clock();
        let (series, about, table) = match of {
            Values::Balance => {
                let Some(accounts) = facts.accounts.as_ref().filter(|accounts| !accounts.lines.is_empty()) else { continue };
                let link = format!("#{}", to_link(&scene.state));
                (String::new(), accounts.about(&scene.manifest.id, clock, &link, &texts), accounts.table(&texts))
            }
            Values::Flows => {
                let Some(flows) = &facts.flows else { continue };
                let datasets = &scene.manifest.datasets;
                (String::new(), flows.about(&texts.made_up(flows.is_made_up(datasets)), &flows.source(datasets, &texts), &scene.state, clock, &texts), flows.table())
            }
            Values::Curves | Values::Duration | Values::Calendar => {
                let Some(chart) = &facts.chart else { continue };
                let table = match of {
                    Values::Duration => Table::of_duration(&chart.sorted),
                    Values::Calendar => Table::of_calendar(&chart.calendar),
                    _ => Table::of_curves(&chart.day, chart.end),
                };
                (format!("-{}", chart.series), about(chart, &scene, &texts), table)
            }
        };
        if table.rows() == 0 {
            continue;
        }
        let plain: String = series.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' }).take(80).collect();
        let name = format!("{}{plain}{}.{}", scene.manifest.id, of.ending(), form.ending());
        let kept = written(*form, &about, &table, clock).and_then(|bytes| platform::save(&name, form.media_type(), &bytes).map_err(|error| error.to_string()));
        if let Err(why) = kept {
            facts.fault("error-save", why);
        }
    }
}
