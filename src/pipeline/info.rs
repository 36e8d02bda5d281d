//! `jumeau info`: what a territory holds.

use crate::base::{Finding, Severity};
use crate::formats::territory::{LayerKind, Manifest};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Largest `territory.json` read, bytes.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// Why nothing can be said about a territory.
#[derive(Clone, Debug, PartialEq)]
pub enum Missing {
    /// No such file or folder.
    Path(PathBuf),
    /// A folder without `territory.json`.
    Manifest(PathBuf),
    /// A manifest that cannot be used, as a finding.
    Broken(Finding),
}

impl Missing {
    /// One sentence with the remedy, French and English.
    pub fn sentence(&self) -> (String, String) {
        match self {
            Self::Path(path) => (
                format!(
                    "« {} » n'existe pas. Donnez le dossier d'un territoire, ou créez-en un avec « jumeau import SOURCE… --out DOSSIER ».",
                    path.display()
                ),
                format!(
                    "“{}” does not exist. Give a territory's folder, or make one with “jumeau import SOURCE… --out FOLDER”.",
                    path.display()
                ),
            ),
            Self::Manifest(path) => (
                format!(
                    "« {} » ne contient pas de territory.json : ce n'est pas un territoire, ou son import n'a pas abouti. Relancez « jumeau import SOURCE… --out DOSSIER ».",
                    path.display()
                ),
                format!(
                    "“{}” holds no territory.json: it is no territory, or its import did not finish. Run “jumeau import SOURCE… --out FOLDER” again.",
                    path.display()
                ),
            ),
            Self::Broken(finding) => {
                let (fr, en) = crate::formats::messages::message(finding);
                (
                    format!(
                        "{} : {fr} Relancez « jumeau import » pour le refaire.",
                        finding.file
                    ),
                    format!(
                        "{}: {en} Run “jumeau import” again to rebuild it.",
                        finding.file
                    ),
                )
            }
        }
    }
}

/// Reads the manifest of a territory given as its folder or its `territory.json`.
///
/// # Errors
/// [`Missing`].
pub fn manifest(path: &Path) -> Result<(PathBuf, Manifest), Missing> {
    if !path.exists() {
        return Err(Missing::Path(path.to_owned()));
    }
    let file = if path.is_dir() {
        path.join("territory.json")
    } else {
        path.to_owned()
    };
    if !file.is_file() {
        return Err(Missing::Manifest(path.to_owned()));
    }
    let broken = |code, value: &dyn std::fmt::Display| {
        Missing::Broken(
            Finding::new(code, Severity::Error, file.display().to_string()).value(value),
        )
    };
    let size = std::fs::metadata(&file).map(|data| data.len()).unwrap_or(0);
    if size > MAX_MANIFEST_BYTES {
        return Err(broken(
            "manifest-unreadable",
            &format!("{size} > {MAX_MANIFEST_BYTES}"),
        ));
    }
    let bytes = std::fs::read(&file).map_err(|error| broken("file-unreadable", &error))?;
    let manifest = Manifest::parse(&bytes).map_err(|(code, detail)| broken(code, &detail))?;
    Ok((file, manifest))
}

/// The fields of the command line's contract.
pub fn to_json(manifest: &Manifest, english: bool) -> Value {
    let name = if english {
        &manifest.name.en
    } else {
        &manifest.name.fr
    };
    let layers: Vec<Value> = manifest
        .layers
        .iter()
        .map(|layer| {
            json!({
                "id": layer.id, "kind": layer.kind, "features": layer.features, "tiles": layer.tiles,
                "bytes": layer.bytes, "nature": layer.nature, "datasets": layer.datasets,
            })
        })
        .collect();
    let datasets: Vec<Value> = manifest
        .datasets
        .iter()
        .map(|set| {
            json!({
                "id": set.id, "title": set.title, "producer": set.producer, "licence": set.licence,
                "date": set.date, "attribution": set.attribution,
            })
        })
        .collect();
    let axes = json!(manifest.axes);
    let imagery: Vec<Value> = manifest
        .imagery
        .iter()
        .map(|imagery| {
            let name = if english { &imagery.name.en } else { &imagery.name.fr };
            json!({
                "id": imagery.id, "name": name, "date": imagery.date, "dataset": imagery.dataset, "tiles": imagery.count,
                "bytes": imagery.bytes, "min_zoom": imagery.min_zoom, "max_zoom": imagery.max_zoom,
                "bounds_lonlat": imagery.bounds_lonlat, "template": imagery.tiles,
            })
        })
        .collect();
    json!({
        "id": manifest.id, "name": name, "crs": manifest.crs, "vertical": manifest.vertical,
        "geoid": manifest.geoid, "bounds_lonlat": manifest.bounds_lonlat,
        "layers": layers, "imagery": imagery, "datasets": datasets, "axes": axes, "series": series(manifest),
        "tables": tables(manifest, english), "roofs": manifest.roofs,
        "search": manifest.search.as_ref().map(|search| json!({
            "names": search.names, "addresses": search.addresses, "files": search.files, "bytes": search.bytes,
            "index_bytes": search.index_bytes, "path": search.path, "datasets": search.datasets,
        })),
    })
}

fn tables(manifest: &Manifest, english: bool) -> Vec<Value> {
    manifest
        .tables
        .iter()
        .map(|table| {
            let name = if english { &table.name.en } else { &table.name.fr };
            json!({
                "id": table.id, "name": name, "rows": table.rows, "bytes": table.bytes, "layer": table.layer, "by": table.by,
                "nature": table.nature, "dataset": table.dataset, "path": table.path,
            })
        })
        .collect()
}

fn series(manifest: &Manifest) -> Vec<Value> {
    let arrays = manifest.series.iter().map(|series| {
        json!({
            "id": series.id, "axis": series.axis, "rows": series.height(), "unit": series.unit, "nature": series.nature,
            "quantity": series.quantity, "layer": series.layer, "dataset": series.dataset, "path": series.path,
        })
    });
    let scaled = manifest.scaled.iter().map(|scaled| {
        json!({
            "id": scaled.id, "profiles": scaled.profiles, "rows": scaled.count, "unit": scaled.unit, "nature": scaled.nature,
            "layer": scaled.layer, "dataset": scaled.dataset, "path": scaled.path,
        })
    });
    arrays.chain(scaled).collect()
}

/// The same for people.
pub fn to_text(manifest: &Manifest, english: bool) -> String {
    let say = |fr: &'static str, en: &'static str| if english { en } else { fr };
    let pick = |name: &crate::formats::territory::Name| {
        if english {
            name.en.clone()
        } else {
            name.fr.clone()
        }
    };
    let mut out = String::new();
    let [west, south, east, north] = manifest.bounds_lonlat;
    // Writing to a text does not fail.
    let _ = writeln!(out, "{} ({})", pick(&manifest.name), manifest.id);
    let _ = writeln!(
        out,
        "  {}  {} · {} ({})",
        say("repère  ", "system  "),
        manifest.crs,
        manifest.vertical,
        manifest.geoid
    );
    let _ = writeln!(
        out,
        "  {}  {west:.5} … {east:.5} E, {south:.5} … {north:.5} N",
        say("emprise ", "bounds  ")
    );
    let _ = writeln!(out, "\n{}", say("Couches", "Layers"));
    for layer in &manifest.layers {
        let kind = match layer.kind {
            LayerKind::Terrain => say("terrain", "terrain"),
            LayerKind::Water => say("eau", "water"),
            LayerKind::Buildings => say("bâtiments", "buildings"),
            LayerKind::Networks => say("réseaux", "networks"),
            LayerKind::Trees => say("arbres", "trees"),
            LayerKind::Areas => say("zones", "areas"),
            LayerKind::Models => say("modèles", "models"),
        };
        let _ = writeln!(
            out,
            "  {:<12} {:<10} {:>9} {}  {:>5} {}  {}",
            layer.id.as_str(),
            kind,
            layer.features,
            say("objets", "features"),
            layer.tiles,
            say("tuiles", "tiles"),
            size(layer.bytes, english)
        );
    }
    if !manifest.imagery.is_empty() {
        let _ = writeln!(out, "\n{}", say("Images", "Imagery"));
        for imagery in &manifest.imagery {
            let _ = writeln!(
                out,
                "  {:<12} {}  {} {} … {}  {:>5} {}  {}",
                imagery.id,
                imagery.date.as_deref().unwrap_or(say("sans date", "undated")),
                say("niveaux", "levels"),
                imagery.min_zoom,
                imagery.max_zoom,
                imagery.count,
                say("tuiles", "tiles"),
                size(imagery.bytes, english)
            );
        }
    }
    if !manifest.axes.is_empty() {
        let _ = writeln!(out, "\n{}", say("Axes de temps", "Time axes"));
        for axis in &manifest.axes {
            let _ = writeln!(
                out,
                "  {:<12} {} … {}  ({} s{})",
                axis.id,
                axis.start,
                axis.end,
                axis.step,
                axis.calendar.as_ref().map_or_else(String::new, |calendar| format!(", {}", calendar.timezone))
            );
        }
    }
    if !manifest.series.is_empty() {
        let _ = writeln!(out, "\n{}", say("Séries", "Series"));
        for series in &manifest.series {
            let _ = writeln!(out, "  {:<12} {} × {}  {}", series.id, series.height(), series.axis, series.unit);
        }
        for scaled in &manifest.scaled {
            let _ = writeln!(out, "  {:<12} {} × {}  {}", scaled.id, scaled.count, scaled.profiles, scaled.unit);
        }
    }
    if !manifest.tables.is_empty() {
        let _ = writeln!(out, "\n{}", say("Tables", "Tables"));
        for table in &manifest.tables {
            let _ = writeln!(out, "  {:<12} {:>9} {}  {}  {}", table.id, table.rows, say("lignes", "rows"), size(table.bytes, english), pick(&table.name));
        }
    }
    if let Some(search) = &manifest.search {
        let _ = writeln!(
            out,
            "\n{}\n  {} {}, {} {}, {} {}, {}",
            say("Recherche", "Search"), search.names, say("noms", "names"), search.addresses, say("adresses", "addresses"), search.files, say("fichiers", "files"), size(search.bytes, english),
        );
    }
    if let Some(book) = &manifest.roofs {
        let _ = writeln!(out, "\n{} : {} {}, {} pages, {}", say("Livre des toits", "Roof book"), book.buildings, say("bâtiments", "buildings"), book.pages, size(book.bytes, english));
    }
    let _ = writeln!(out, "\n{}", say("Jeux de données", "Data sets"));
    for set in &manifest.datasets {
        let _ = writeln!(
            out,
            "  {:<12} {} — {}, {}, {}",
            set.id.as_str(),
            set.title,
            set.producer,
            set.date,
            set.licence
        );
    }
    out
}

/// Bytes for people, in decimal units.
fn size(bytes: u64, english: bool) -> String {
    let (kilo, mega) = if english { ("kB", "MB") } else { ("ko", "Mo") };
    if bytes < 1_000_000 {
        format!("{} {kilo}", bytes.div_ceil(1000))
    } else {
        let text = format!("{:.1} {mega}", bytes as f64 / 1e6);
        if english {
            text
        } else {
            text.replace('.', ",")
        }
    }
}
