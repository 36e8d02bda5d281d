//! Which network a layer of lines or points is: by what its columns say, by the words of its name, or by a feature's OSM tags.

use super::declaration::{Role, id_from};
use super::record::Record;
use crate::formats::shape::ShapeKind;
use crate::region::utility::Utility;

/// Columns that only one kind of network has.
const COLUMNS: &[(Utility, &[&str])] = &[
    (
        Utility::Electricity,
        &[
            "voltage",
            "voltage_kv",
            "tension",
            "tension_kv",
            "tension_maximale",
            "niveau_tension",
            "domaine_tension",
            "u_nom",
            "circuits",
            "nb_circuits",
            "cables",
            "generator_id",
            "nom_poste_source",
            "puissance_kva",
            "id_pdc_itinerance",
            "id_station_itinerance",
            "nbre_pdc",
        ],
    ),
    (Utility::Gas, &["pression_gaz", "mop_bar", "pms_bar"]),
    (
        Utility::Sewer,
        &[
            "fil_eau",
            "cote_fil_eau",
            "fe_amont",
            "fe_aval",
            "z_radier",
            "radier",
            "typreseauass",
        ],
    ),
    (
        Utility::Lighting,
        &[
            "type_lampe",
            "nb_lampes",
            "puissance_lampe",
            "luminaire",
            "type_luminaire",
            "lamp_type",
            "lamp_mount",
        ],
    ),
    (
        Utility::Telecom,
        &["nb_fibres", "capacite_fibres", "fibres", "fibre_count"],
    ),
    (Utility::Water, &["epanet_kind"]),
    (
        Utility::Transit,
        &["stop_id", "shape_id", "route_id", "route_type"],
    ),
];

/// Words of names, each a list of words that all have to be there. The first that fits counts, so narrow ones come first.
const WORDS: &[(Utility, &[&str])] = &[
    (Utility::Lighting, &["eclairage"]),
    (Utility::Lighting, &["luminaire"]),
    (Utility::Lighting, &["luminaires"]),
    (Utility::Lighting, &["candelabre"]),
    (Utility::Lighting, &["candelabres"]),
    (Utility::Lighting, &["lampadaire"]),
    (Utility::Lighting, &["lampadaires"]),
    (Utility::Lighting, &["point", "lumineux"]),
    (Utility::Lighting, &["points", "lumineux"]),
    (Utility::Lighting, &["street", "light"]),
    (Utility::Lighting, &["street", "lights"]),
    (Utility::Lighting, &["street", "lighting"]),
    (Utility::Lighting, &["streetlights"]),
    (Utility::Lighting, &["lighting"]),
    (Utility::Sewer, &["assainissement"]),
    (Utility::Sewer, &["eaux", "usees"]),
    (Utility::Sewer, &["eaux", "pluviales"]),
    (Utility::Sewer, &["egout"]),
    (Utility::Sewer, &["egouts"]),
    (Utility::Sewer, &["sewer"]),
    (Utility::Sewer, &["sewers"]),
    (Utility::Sewer, &["sewage"]),
    (Utility::Sewer, &["wastewater"]),
    (Utility::Sewer, &["stormwater"]),
    (Utility::Sewer, &["canalisation", "eu"]),
    (Utility::Sewer, &["canalisation", "ep"]),
    (Utility::Sewer, &["reseau", "eu"]),
    (Utility::Sewer, &["reseau", "ep"]),
    (Utility::Heat, &["chaleur"]),
    (Utility::Heat, &["chauffage"]),
    (Utility::Heat, &["district", "heating"]),
    (Utility::Heat, &["heat"]),
    (Utility::Gas, &["gaz"]),
    (Utility::Gas, &["gas"]),
    (Utility::Gas, &["grdf"]),
    (Utility::Telecom, &["telecom"]),
    (Utility::Telecom, &["telecoms"]),
    (Utility::Telecom, &["telecommunication"]),
    (Utility::Telecom, &["telecommunications"]),
    (Utility::Telecom, &["fibre"]),
    (Utility::Telecom, &["fiber"]),
    (Utility::Telecom, &["ftth"]),
    (Utility::Water, &["eau", "potable"]),
    (Utility::Water, &["aep"]),
    (Utility::Water, &["adduction"]),
    (Utility::Water, &["reseau", "eau"]),
    (Utility::Water, &["canalisation", "eau"]),
    (Utility::Water, &["drinking", "water"]),
    (Utility::Water, &["water", "mains"]),
    (Utility::Water, &["water", "pipes"]),
    (Utility::Water, &["water", "network"]),
    (Utility::Electricity, &["electricite"]),
    (Utility::Electricity, &["electrique"]),
    (Utility::Electricity, &["electriques"]),
    (Utility::Electricity, &["electricity"]),
    (Utility::Electricity, &["pylone"]),
    (Utility::Electricity, &["pylones"]),
    (Utility::Electricity, &["enedis"]),
    (Utility::Electricity, &["hta"]),
    (Utility::Electricity, &["htb"]),
    (Utility::Electricity, &["reseau", "bt"]),
    (Utility::Electricity, &["basse", "tension"]),
    (Utility::Electricity, &["haute", "tension"]),
    (Utility::Electricity, &["poste", "source"]),
    (Utility::Electricity, &["poste", "transformation"]),
    (Utility::Electricity, &["power", "lines"]),
    (Utility::Electricity, &["power", "line"]),
    (Utility::Electricity, &["power", "towers"]),
    (Utility::Transit, &["arrets"]),
    (Utility::Transit, &["transport", "commun"]),
    (Utility::Transit, &["lignes", "bus"]),
    (Utility::Transit, &["bus", "stops"]),
    (Utility::Transit, &["bus", "routes"]),
];

/// What draws as a network: lines, points, and files of both.
fn fits(kind: ShapeKind) -> bool {
    matches!(kind, ShapeKind::Line | ShapeKind::Point | ShapeKind::Other)
}

/// The network whose own columns a table has.
pub fn by_columns(columns: &[String], kind: ShapeKind) -> Option<Role> {
    let has = |names: &[&str]| {
        names.iter().any(|name| {
            columns
                .iter()
                .any(|column| column.eq_ignore_ascii_case(name))
        })
    };
    // Tracks have a voltage too.
    if !fits(kind) || has(&["railway", "electrifie", "gauge"]) {
        return None;
    }
    COLUMNS
        .iter()
        .find(|(_, names)| has(names))
        .map(|(utility, _)| Role::Network(*utility))
}

/// The network that the words of a name tell.
pub fn by_name(name: &str, kind: ShapeKind) -> Option<Role> {
    if !fits(kind) {
        return None;
    }
    let plain = id_from(name);
    let words: Vec<&str> = plain.split('-').collect();
    WORDS
        .iter()
        .find(|(_, all)| all.iter().all(|word| words.contains(word)))
        .map(|(utility, _)| Role::Network(*utility))
}

/// The network an OSM feature is part of.
pub fn by_tags(record: &Record) -> Option<Role> {
    let text = |term: &str| record.text(term).map(|text| text.to_lowercase());
    let is = |term: &str, values: &[&str]| {
        text(term).is_some_and(|value| values.contains(&value.as_str()))
    };
    let kind = record.shape.as_ref()?.kind();
    let utility = if text("tag:power").is_some_and(|value| is_drawn_power(&value, kind)) {
        Utility::Electricity
    } else if is("tag:man_made", &["pipeline"])
        || (kind == ShapeKind::Line && text("tag:substance").is_some())
    {
        of_substance(&text("tag:substance")?)?
    } else if kind != ShapeKind::Line && is("tag:amenity", &["charging_station"]) {
        Utility::Electricity
    } else if is("tag:highway", &["street_lamp"]) {
        Utility::Lighting
    } else if text("tag:telecom").is_some() || is("tag:communication", &["line", "cable"]) {
        Utility::Telecom
    } else if kind == ShapeKind::Point && is("tag:emergency", &["fire_hydrant"]) {
        Utility::Water
    } else if kind == ShapeKind::Point
        && (is("tag:highway", &["bus_stop"])
            || is(
                "tag:railway",
                &["tram_stop", "station", "halt", "subway_entrance"],
            ))
    {
        Utility::Transit
    } else {
        return None;
    };
    Some(Role::Network(utility))
}

/// The values of `power` that stand for something to be drawn.
fn is_drawn_power(value: &str, kind: ShapeKind) -> bool {
    match kind {
        ShapeKind::Line => matches!(value, "line" | "minor_line" | "cable"),
        ShapeKind::Point => {
            matches!(
                value,
                "tower"
                    | "pole"
                    | "portal"
                    | "terminal"
                    | "substation"
                    | "transformer"
                    | "plant"
                    | "generator"
                    | "switch"
            )
        }
        ShapeKind::Polygon => matches!(value, "substation" | "plant" | "transformer"),
        _ => false,
    }
}

/// What flows in a pipeline, as OSM's `substance` says.
fn of_substance(substance: &str) -> Option<Utility> {
    Some(match substance {
        "gas" | "natural_gas" | "biogas" | "methane" | "cng" => Utility::Gas,
        "water" | "drinking_water" | "fresh_water" => Utility::Water,
        "sewage" | "wastewater" | "waste_water" | "rainwater" | "stormwater" => Utility::Sewer,
        "heat" | "hot_water" | "steam" | "cold_water" => Utility::Heat,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_by_their_words() {
        let told = |name: &str| by_name(name, ShapeKind::Line).map(Role::id);
        for (name, id) in [
            ("RESEAU_GAZ_2023", Some("gas")),
            ("canalisations eaux usées", Some("sewer")),
            ("Réseau_HTA", Some("electricity")),
            ("ligne_electrique", Some("electricity")),
            ("aep_troncons", Some("drinking-water")),
            ("reseau_eau", Some("drinking-water")),
            ("reseau-chaleur-urbain", Some("heat")),
            ("fibre_optique", Some("telecom")),
            ("points lumineux", Some("lighting")),
            ("cours_d_eau", None),
            ("reseau_routier", None),
            ("gazon", None),
            ("troncon_de_route", None),
        ] {
            assert_eq!(told(name), id, "{name}");
        }
        assert_eq!(by_name("reseau_gaz", ShapeKind::Polygon), None);
    }

    #[test]
    fn columns_tell_and_tracks_are_no_power_lines() {
        let columns = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            by_columns(&columns(&["line_id", "voltage"]), ShapeKind::Line),
            Some(Role::Network(Utility::Electricity))
        );
        assert_eq!(
            by_columns(&columns(&["railway", "voltage"]), ShapeKind::Line),
            None
        );
        assert_eq!(by_columns(&columns(&["voltage"]), ShapeKind::Polygon), None);
    }
}
