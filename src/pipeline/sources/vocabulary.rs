//! Our terms and the column names producers use for them; and what a table is, judged by its columns.
//!
//! Column names are matched without regard to case. BD TOPO 3 names come twice: as IGN's GeoPackages and services write them (`altitude_minimale_sol`) and as its shapefiles cut them (`z_min_sol`).

use crate::view::life;
use super::declaration::Role;
use super::facilities;
use super::record::Record;
use super::utilities;
use crate::formats::shape::ShapeKind;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// A term and its known column names, the most trusted first.
type Term = (&'static str, &'static [&'static str]);

const IDENTITY: &[Term] = &[
    ("id", &["cleabs", "id", "id_source", "id_way", "osm_id", "@id", "idobj", "id_build", "id_road", "id_water", "ogc_fid", "gml_id"]),
    ("name", &["name", "nom", "nom_coll_g", "nom_collaboratif_gauche", "nom_ban_g", "nom_voie_ban_gauche", "toponyme", "libelle", "nom_com", "nom_officiel", "label", "numero"]),
    ("state", &["etat", "etat_de_l_objet"]),
    ("z_quality", &["acqu_alti", "methode_d_acquisition_altimetrique"]),
];

const BUILDINGS: &[Term] = &[
    ("rnb", &["ids_rnb", "identifiants_rnb", "rnb", "rnb_id", "id_rnb"]),
    ("height", &["hauteur", "height_wall", "height", "building:height", "haut"]),
    ("ridge_height", &["height_roof", "measuredheight"]),
    ("ground", &["z_min_sol", "altitude_minimale_sol", "alti_sol", "z_sol", "terrainheight", "b3_h_maaiveld", "h_maaiveld"]),
    ("roof_min", &["z_min_toit", "altitude_minimale_toit", "absoluteeavesheight"]),
    ("roof_max", &["z_max_toit", "altitude_maximale_toit", "absoluteridgeheight", "b3_h_dak_max", "h_dak_max"]),
    ("storeys", &["nb_etages", "nombre_d_etages", "building:levels", "nb_lev", "levels", "storeysaboveground", "b3_bouwlagen", "bouwlagen"]),
    ("consumption", &["consumption_kwh_year", "consumption_kwh", "conso_kwh", "consommation_kwh"]),
    ("dwellings", &["nb_logts", "nombre_de_logements", "building:flats"]),
    ("usage", &["usage1", "usage_1", "usage", "main_use", "building:use", "building", "type", "function", "class"]),
    ("usage2", &["usage2", "usage_2"]),
    ("nature", &["nature"]),
    ("light", &["leger", "construction_legere"]),
    ("year", &["date_app", "date_d_apparition", "annee_construction", "start_date", "year", "yearofconstruction", "oorspronkelijkbouwjaar", "dateofconstruction"]),
];

const LINES: &[Term] = &[
    ("class", &["nature", "highway", "railway", "fclass", "type"]),
    ("importance", &["importance"]),
    ("position", &["pos_sol", "position_par_rapport_au_sol", "layer", "zindex"]),
    ("fictive", &["fictif"]),
    ("width", &["largeur", "largeur_de_chaussee", "width"]),
    ("lanes", &["nb_voies", "nombre_de_voies", "lanes"]),
    ("bridge", &["bridge"]),
    ("tunnel", &["tunnel"]),
];

const WATER: &[Term] = &[("level", &["level_m", "altitude", "z_moyen"])];

const TREES: &[Term] = &[
    ("height", &["hauteur", "height", "haut", "hauteur_m", "hauteur_moyeu_m", "hub_height", "height:hub"]),
    ("crown", &["diameter_crown", "diametre_couronne", "crown_m", "couronne"]),
];

const AREAS: &[Term] = &[("code", &["insee_com", "code_insee", "code_siren", "codcom", "code"])];

const IRIS: &[Term] = &[
    ("name", &["nom_iris", "lib_iris", "libiris", "nom_iri"]),
    ("code", &["code_iris", "dcomiris", "iris"]),
];

/// Parcels as Etalab's GeoJSON and IGN's "Parcellaire Express" spell them.
const PARCELS: &[Term] = &[
    ("id", &["id", "idu", "id_parcelle", "geo_parcelle"]),
    ("section", &["section"]),
    ("number", &["numero", "num_parc"]),
    ("code", &["commune", "code_insee", "codeinsee", "insee_com"]),
];

/// Attributes of the CNIG standard, of all its generations; a POS and a carte communale have the same.
const ZONES: &[Term] = &[
    ("name", &["libelle", "libelong"]),
    ("code", &["typezone", "typesect"]),
    ("document", &["idurba", "partition"]),
];
const PRESCRIPTIONS: &[Term] = &[
    ("name", &["libelle", "txt"]),
    ("code", &["typepsc"]),
    ("document", &["idurba", "partition"]),
];
const INFORMATION: &[Term] = &[
    ("name", &["libelle", "txt"]),
    ("code", &["typeinf"]),
    ("document", &["idurba", "partition"]),
];
const SERVITUDES: &[Term] = &[
    ("id", &["idass", "idgen", "id_ass", "id_gen"]),
    ("name", &["nomsuplitt", "nomass", "nomgen", "nomsup", "nom_ass", "nom_gen"]),
    ("code", &["suptype", "typesup", "categorie"]),
    ("document", &["idacte", "nomacte", "fichier", "partition"]),
];
const FLOOD: &[Term] = &[
    ("id", &["id_zone", "id_s_inond"]),
    ("name", &["nom_ppr", "nom", "libelle", "nomzone"]),
    ("code", &["codezone", "code_zone", "typereg", "scenario", "typ_inond1", "typ_inond", "niv_alea", "alea"]),
    ("document", &["id_gaspar", "id_tri"]),
];
const PARKS: &[Term] = &[("code", &["leisure", "boundary", "nature_detaillee", "nature", "landuse", "fclass", "type"])];
/// OpenStreetMap, BD TOPO's transport equipment, inventories of communes.
const CAR_PARKS: &[Term] = &[
    ("code", &["parking", "nature_detaillee", "nat_detail", "amenity", "nature", "type"]),
    ("nature", &["nature"]),
    ("name", &["toponyme", "name", "nom", "libelle"]),
];
const PUBLIC_FACILITIES: &[Term] = &[
    ("name", &["toponyme", "name", "nom", "libelle"]),
    ("code", &["nature", "amenity", "nature_detaillee", "nat_detail", "categorie", "type"]),
];
/// CORINE Land Cover, Urban Atlas, OCS GE, RPG, OpenStreetMap, BD TOPO.
const LAND_COVER: &[Term] = &[
    ("id", &["id_parcel", "objectid"]),
    ("code", &[
        "code_18", "code_12", "code_06", "code_00", "code_90", "code_2018", "code_2012", "code_cs", "code_cultu",
        "landuse", "landcover", "natural", "fclass", "nature", "class", "type",
    ]),
];

/// Lines and points of electricity, gas, heat, water, sewers, telecommunication, lighting and public transport.
const NETWORK: &[Term] = &[
    ("id", &["line_id", "bus_id", "generator_id", "stop_id", "shape_id", "id_reseau", "id_canalisation", "idcana"]),
    ("name", &["stop_name", "nom_poste", "nom_du_poste", "nom_station", "n_station"]),
    ("class", &["nature", "power", "technology", "symbol", "type", "type_reseau", "class", "man_made", "telecom", "implantation_station", "amenity"]),
    ("voltage", &["voltage", "voltage_kv", "tension", "tension_kv", "niveau_tension", "tension_maximale", "u_nom"]),
    ("depth", &["profondeur", "prof", "depth", "charge", "profondeur_m", "depth_m", "prof_moy"]),
    ("diameter", &["diametre", "diameter", "dn", "diam", "diametre_mm", "diameter_mm", "diam_nom", "diametre_rotor_m", "rotor_diameter", "rotor:diameter"]),
    ("material", &["materiau", "material", "mat", "nature_canalisation"]),
    ("accuracy", &["classe_precision", "classe_de_precision", "qualite_geoloc", "qualgloc", "precision", "accuracy", "precision_xy", "classe"]),
    ("underground", &["underground", "souterrain", "enterre"]),
    ("lay", &["location", "position", "pose", "type_pose", "mode_pose", "lay"]),
    ("height", &["hauteur", "height", "haut", "hauteur_m"]),
    ("fixture", &["fixture", "type_ouvrage", "type_objet"]),
    ("rated", &["puissance_kva", "puissance_nominale_kva", "puissance_installee_kva", "rated_kva", "sn_kva"]),
    ("reserved", &["s3renr_mw", "s3renr_restante_mw", "capacite_reservee_restante_mw", "capacite_reservee_disponible_mw", "capacite_restante_mw", "capacite_accueil_restante_mw"]),
    ("points", &["nbre_pdc", "capacity"]),
    ("power", &["puissance_nominale", "puiss_max", "charging_station:output", "socket:type2_combo:output", "socket:type2:output"]),
    ("colour", &["route_color", "couleur", "colour", "color"]),
    ("position", &["pos_sol", "position_par_rapport_au_sol", "layer"]),
    ("works", &life::WORKS),
    ("from", &life::FROM),
    ("to", &life::TO),
];

/// Addresses as the BAN publishes them (CSV and GeoJSON), as communes do (BAL), as OpenStreetMap tags them.
const ADDRESSES: &[Term] = &[
    ("id", &["id", "cle_interop", "id_ban_adresse", "uid_adresse"]),
    ("number", &["numero", "housenumber", "addr:housenumber", "num"]),
    ("suffix", &["rep", "suffixe", "indice_de_repetition", "repetition"]),
    ("street", &["nom_voie", "voie_nom", "street", "addr:street", "nom_1"]),
    ("hamlet", &["nom_ld", "lieudit_complement_nom", "addr:place", "locality"]),
    ("commune", &["nom_commune", "commune_nom", "city", "addr:city"]),
    ("code", &["code_insee", "commune_insee", "citycode", "insee_com"]),
    ("postcode", &["code_postal", "postcode", "addr:postcode"]),
];
/// Named places of BD TOPO and of gazetteers.
const PLACES: &[Term] = &[
    ("name", &["toponyme", "graphie_du_toponyme", "nom", "name"]),
    ("class", &["nature_detaillee", "nature", "nature_de_l_objet", "type", "place"]),
    ("category", &["categorie"]),
    ("detail", &["nature_detaillee", "nat_detail", "nature"]),
    ("people", &["population"]),
];

/// OSM tags, for telling features of one mixed file apart.
const TAGS: &[Term] = &[
    ("tag:building", &["building"]),
    ("tag:highway", &["highway"]),
    ("tag:railway", &["railway"]),
    ("tag:natural", &["natural"]),
    ("tag:water", &["water"]),
    ("tag:waterway", &["waterway"]),
    ("tag:fclass", &["fclass"]),
    ("tag:type", &["type"]),
    ("tag:leisure", &["leisure"]),
    ("tag:landuse", &["landuse"]),
    ("tag:boundary", &["boundary"]),
    ("tag:power", &["power"]),
    ("tag:man_made", &["man_made"]),
    ("tag:substance", &["substance"]),
    ("tag:telecom", &["telecom"]),
    ("tag:communication", &["communication"]),
    ("tag:emergency", &["emergency"]),
    ("tag:amenity", &["amenity"]),
    ("tag:parking", &["parking"]),
];

fn terms(role: Role) -> Vec<Term> {
    let own = match role {
        Role::Buildings => BUILDINGS,
        Role::Roads | Role::Tram | Role::Rail => LINES,
        Role::Water => WATER,
        Role::Trees => TREES,
        Role::Areas => AREAS,
        Role::Iris => IRIS,
        Role::Parcels => PARCELS,
        Role::Zones => ZONES,
        Role::Prescriptions => PRESCRIPTIONS,
        Role::Information => INFORMATION,
        Role::Servitudes => SERVITUDES,
        Role::Flood => FLOOD,
        Role::Parks => PARKS,
        Role::LandCover => LAND_COVER,
        Role::CarParks => CAR_PARKS,
        Role::PublicFacilities => PUBLIC_FACILITIES,
        Role::Network(_) => NETWORK,
        Role::Addresses => ADDRESSES,
        Role::Places => PLACES,
        Role::Terrain | Role::Surface | Role::Models | Role::Imagery => &[],
    };
    // What an area layer calls its name comes before what others do: an IRIS also has the name of its commune.
    let (first, then) = if role.theme().is_some() || role.is_of_names() { (own, IDENTITY) } else { (IDENTITY, own) };
    first.iter().chain(then).copied().collect()
}

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    All(Role),
    /// A mixed OSM file: each feature by its tags.
    ByTags,
    NotUnderstood,
}

/// Judges a table by its columns and the kind of its shapes.
pub fn recognise(columns: &[String], kind: ShapeKind) -> Guess {
    let lower: Vec<String> = columns.iter().map(|name| name.to_lowercase()).collect();
    let any = |names: &[&str]| names.iter().any(|name| lower.iter().any(|c| c == name));
    let tagged = any(&["building", "highway", "railway", "natural", "waterway", "fclass", "water", "power", "telecom", "emergency"]);
    if kind != ShapeKind::Shells
        && let Some(role) = planned_land(&any, kind)
    {
        return Guess::All(role);
    }
    if matches!(kind, ShapeKind::Point | ShapeKind::Other) && is_addresses(&lower) {
        return Guess::All(Role::Addresses);
    }
    match kind {
        ShapeKind::Polygon => {
            if any(&[
                "hauteur", "z_min_sol", "altitude_minimale_sol", "nb_etages", "nombre_d_etages",
                "height_wall", "height_roof", "building:levels", "measuredheight", "ids_rnb", "identifiants_rnb",
            ]) && !any(&["tag:natural"])
            {
                return Guess::All(Role::Buildings);
            }
            if any(&["level_m", "id_water", "persistance", "regime_des_eaux", "nature_du_plan_d_eau"]) {
                return Guess::All(Role::Water);
            }
            if let Some(role) = covered_land(&any) {
                return Guess::All(role);
            }
            if tagged || any(&["leisure", "landuse", "amenity"]) {
                return Guess::ByTags;
            }
            if any(&["height"]) {
                return Guess::All(Role::Buildings);
            }
            if any(&["nom", "name", "nom_com", "nom_officiel"])
                && any(&["insee_com", "code_insee", "code_siren", "codcom", "libcom", "insee", "code"])
            {
                return Guess::All(Role::Areas);
            }
        }
        ShapeKind::Line => {
            let rails = any(&["electrifie", "nb_voies", "nombre_de_voies"])
                && any(&["larg_voie", "largeur_de_voie", "vit_max", "usage"]);
            if rails && !any(&["importance"]) {
                return Guess::All(Role::Rail);
            }
            if any(&["pos_sol", "position_par_rapport_au_sol"])
                && any(&["importance", "largeur", "largeur_de_chaussee"])
            {
                return Guess::All(Role::Roads);
            }
            if tagged {
                return Guess::ByTags;
            }
            if any(&["width", "largeur"]) && any(&["surface", "crossing", "sidewalk", "type"]) {
                return Guess::All(Role::Roads);
            }
        }
        ShapeKind::Point => {
            if any(&["genre", "espece", "essence", "species", "genus", "diameter_crown"]) {
                return Guess::All(Role::Trees);
            }
            if tagged {
                return Guess::ByTags;
            }
        }
        ShapeKind::Shells => return Guess::All(Role::Buildings),
        ShapeKind::Other => {
            if tagged {
                return Guess::ByTags;
            }
        }
    }
    // GeoClimate writes the main tag's key as a `type`.
    if any(&["type"]) && any(&["id_way", "zindex"]) {
        return Guess::ByTags;
    }
    Guess::NotUnderstood
}

/// Layers of plans, servitudes and risks, by the attributes that their standards require.
fn planned_land(any: &dyn Fn(&[&str]) -> bool, kind: ShapeKind) -> Option<Role> {
    let surface = matches!(kind, ShapeKind::Polygon | ShapeKind::Other);
    if any(&["typepsc"]) {
        Some(Role::Prescriptions)
    } else if any(&["typeinf"]) {
        Some(Role::Information)
    } else if surface && (any(&["typezone"]) || (any(&["typesect"]) && any(&["libelle", "idurba", "nomfic"]))) {
        Some(Role::Zones)
    } else if any(&["idass", "id_ass", "idgen", "id_gen"])
        && any(&["typeass", "nomass", "typegen", "nomgen", "suptype", "nomsuplitt", "nom_ass", "nom_gen"])
    {
        Some(Role::Servitudes)
    } else if surface
        && (any(&["typ_inond1", "typ_inond", "id_tri", "id_s_inond"])
            || (any(&["id_gaspar"]) && any(&["codezone", "code_zone", "typereg", "niv_alea", "alea", "typealea"])))
    {
        Some(Role::Flood)
    } else {
        None
    }
}

/// Parcels, statistics and land cover, by the attributes that only they have.
fn covered_land(any: &dyn Fn(&[&str]) -> bool) -> Option<Role> {
    if any(&["contenance", "arpente", "idu"]) && any(&["section"]) && any(&["numero", "num_parc"]) {
        Some(Role::Parcels)
    } else if any(&["code_iris", "dcomiris", "nom_iris", "typ_iris", "type_iris"]) {
        Some(Role::Iris)
    } else if any(&["categorie"]) && any(&["nature_detaillee", "nat_detail"]) && any(&["toponyme"]) {
        // BD TOPO's zones of activity or interest, also where somebody joined communes to them.
        Some(Role::Places)
    } else if any(&["code_18", "code_12", "code_06", "code_00", "code_90", "code_2018", "code_2012", "code_cs", "code_cultu"]) {
        Some(Role::LandCover)
    } else {
        None
    }
}

/// Whether columns (in small letters) are those of addresses: a house number and the street it belongs to.
pub fn is_addresses(columns: &[String]) -> bool {
    let any = |names: &[&str]| names.iter().any(|name| columns.iter().any(|column| column == name));
    any(&["numero", "housenumber"]) && any(&["nom_voie", "voie_nom", "street"]) && any(&["code_postal", "postcode", "code_insee", "commune_insee", "citycode", "nom_commune", "commune_nom", "city"])
}

/// What a table is by a name that leaves no doubt, whatever its columns: BD TOPO's transport equipment has the car parks.
pub fn recognise_by_certain_name(name: &str, kind: ShapeKind) -> Option<Role> {
    (kind == ShapeKind::Polygon && name.eq_ignore_ascii_case("equipement_de_transport")).then_some(Role::CarParks)
}

/// What a table without telling columns is, by the name BD TOPO gives its classes: shapes without their attributes can still be drawn.
pub fn recognise_by_name(name: &str, kind: ShapeKind) -> Option<Role> {
    let name = name.to_lowercase();
    Some(match (name.as_str(), kind) {
        ("batiment", ShapeKind::Polygon) => Role::Buildings,
        ("troncon_de_route", ShapeKind::Line) => Role::Roads,
        ("troncon_de_voie_ferree", ShapeKind::Line) => Role::Rail,
        ("surface_hydrographique" | "plan_d_eau", ShapeKind::Polygon) => Role::Water,
        ("commune" | "arrondissement_municipal", ShapeKind::Polygon) => Role::Areas,
        ("parc_ou_reserve" | "parcs" | "parc" | "espaces_verts", ShapeKind::Polygon) => Role::Parks,
        ("zone_de_vegetation" | "landuse" | "ocsge", ShapeKind::Polygon) => Role::LandCover,
        (name, ShapeKind::Polygon) if name.contains("parking") || name.contains("stationnement") => Role::CarParks,
        ("zone_d_activite_ou_d_interet" | "zone_d_habitation" | "lieu_dit_non_habite" | "toponymie", ShapeKind::Point | ShapeKind::Polygon) => Role::Places,
        (name, kind) => return by_standard_name(name, kind),
    })
}

/// Tables of the CNIG standards carry their class in their name, between codes and dates: `30014_ZONE_URBA_20171013`, `AC1_ASSIETTE_SUP_S`.
fn by_standard_name(name: &str, kind: ShapeKind) -> Option<Role> {
    let is = |class: &str| name == class || name.starts_with(&format!("{class}_")) || name.contains(&format!("_{class}"));
    let surface = kind == ShapeKind::Polygon;
    match () {
        () if surface && (is("zone_urba") || is("secteur_cc")) => Some(Role::Zones),
        () if is("prescription_surf") || is("prescription_lin") || is("prescription_pct") => Some(Role::Prescriptions),
        () if is("info_surf") || is("info_lin") || is("info_pct") => Some(Role::Information),
        () if is("assiette_sup") || is("generateur_sup") => Some(Role::Servitudes),
        () if surface && (is("parcelle") || is("parcelles")) => Some(Role::Parcels),
        () if surface && (is("iris") || is("iris_ge") || is("contours_iris")) => Some(Role::Iris),
        () if surface && is("zone_inondable") => Some(Role::Flood),
        () => None,
    }
}

/// A feature's role by its OSM tags; `None` where they say nothing we draw.
pub fn role_by_tags(record: &Record) -> Option<Role> {
    // A reader that knows its format tells itself.
    if let Some(role) = record.text("role") {
        return Role::from_id(&role);
    }
    drawn_by_tags(record).or_else(|| utilities::by_tags(record))
}

fn drawn_by_tags(record: &Record) -> Option<Role> {
    let kind = record.shape.as_ref()?.kind();
    let text = |term: &str| record.text(term).map(|t| t.to_lowercase());
    let said = |term: &str, values: &[&str]| {
        text(term).is_some_and(|value| values.contains(&value.as_str()))
    };
    match kind {
        ShapeKind::Shells => Some(Role::Buildings),
        ShapeKind::Polygon => {
            let building = text("tag:building").is_some_and(|value| value != "no");
            if building || said("tag:type", &["building"]) {
                return Some(Role::Buildings);
            }
            let wet = ["water", "reservoir", "riverbank", "dock", "river", "bay"];
            (said("tag:natural", &["water", "bay"])
                || text("tag:water").is_some()
                || said("tag:waterway", &["riverbank", "dock"])
                || said("tag:fclass", &wet))
            .then_some(Role::Water)
            .or_else(|| land_by_tags(&text))
        }
        ShapeKind::Line => {
            let trams = ["tram", "light_rail"];
            let rails = ["rail", "subway", "narrow_gauge", "monorail", "funicular"];
            if said("tag:railway", &trams) || said("tag:fclass", &trams) {
                Some(Role::Tram)
            } else if said("tag:railway", &rails) || said("tag:fclass", &rails) {
                Some(Role::Rail)
            } else if text("tag:highway").is_some_and(|v| !matches!(v.as_str(), "proposed" | "construction" | "platform" | "street_lamp"))
                || said("tag:type", &["highway"])
                || text("tag:fclass").is_some_and(|v| super::super::clean::lines::is_osm_road(&v))
            {
                Some(Role::Roads)
            } else {
                None
            }
        }
        ShapeKind::Point => (said("tag:natural", &["tree"]) || said("tag:fclass", &["tree"]))
            .then_some(Role::Trees),
        ShapeKind::Other => None,
    }
}

/// Parks and what else covers the ground, by tags; administrative boundaries and unknown uses stay out.
fn land_by_tags(text: &dyn Fn(&str) -> Option<String>) -> Option<Role> {
    const PARKS: [&str; 7] =
        ["park", "garden", "playground", "nature_reserve", "recreation_ground", "dog_park", "village_green"];
    const COVERS: [&str; 32] = [
        "forest", "wood", "meadow", "grass", "grassland", "farmland", "farmyard", "orchard", "vineyard", "scrub", "heath",
        "wetland", "bare_rock", "beach", "sand", "allotments", "plant_nursery", "greenhouse_horticulture", "residential",
        "industrial", "commercial", "retail", "cemetery", "quarry", "landfill", "railway", "military", "construction",
        "brownfield", "greenfield", "glacier", "scree",
    ];
    let said = |term: &str, values: &[&str]| text(term).is_some_and(|value| values.contains(&value.as_str()));
    let amenity = text("tag:amenity").or_else(|| text("tag:fclass"));
    if facilities::is_open_car_park(amenity.as_deref(), text("tag:parking").as_deref()) {
        return Some(Role::CarParks);
    }
    if text("tag:amenity").is_some_and(|amenity| facilities::is_public_amenity(&amenity)) {
        return Some(Role::PublicFacilities);
    }
    if ["tag:leisure", "tag:landuse", "tag:fclass", "tag:type"].iter().any(|term| said(term, &PARKS))
        || said("tag:boundary", &["national_park", "protected_area"])
    {
        Some(Role::Parks)
    } else if ["tag:landuse", "tag:natural"].iter().any(|term| said(term, &COVERS)) {
        Some(Role::LandCover)
    } else {
        None
    }
}

/// Which columns feed which term, in order of trust.
pub type Mapping = Vec<(&'static str, Vec<String>)>;

/// The mapping for a table of one role; `declared` (our term → column) goes first. Also the declared terms that do not exist.
pub fn mapping(
    role: Role,
    columns: &[String],
    declared: &BTreeMap<String, String>,
) -> (Mapping, Vec<String>) {
    let terms = terms(role);
    let unknown = declared
        .keys()
        .filter(|term| !terms.iter().any(|(name, _)| name == term))
        .cloned()
        .collect();
    (map_terms(&terms, columns, declared), unknown)
}

/// The mapping for a mixed file: the terms of all roles and the tags themselves.
pub fn mapping_by_tags(columns: &[String]) -> Mapping {
    let mut merged: Vec<(&'static str, Vec<String>)> = Vec::new();
    for group in [IDENTITY, TAGS, BUILDINGS, LINES, WATER, TREES, PARKS, LAND_COVER, CAR_PARKS, NETWORK] {
        for (term, columns) in map_terms(group, columns, &BTreeMap::new()) {
            match merged.iter_mut().find(|(name, _)| *name == term) {
                Some((_, known)) => {
                    for column in columns {
                        if !known.contains(&column) {
                            known.push(column);
                        }
                    }
                }
                None => merged.push((term, columns)),
            }
        }
    }
    merged
}

/// One of our terms for a role, if it is one.
pub fn term(role: Role, name: &str) -> Option<&'static str> {
    terms(role).into_iter().map(|(term, _)| term).find(|term| *term == name)
}

/// Our terms for a role, for help and complaints.
pub fn term_names(role: Role) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for (term, _) in terms(role) {
        if !names.contains(&term) {
            names.push(term);
        }
    }
    names
}

/// Begins the term under which a column keeps its own name.
pub const SOURCE: &str = "source:";
/// Different columns that may keep their names in one run of the program.
const MAX_KEPT: usize = 20_000;

/// The term of a column that keeps its own name: `source:QUARTIER`.
///
/// Terms live as long as the program, so these are made once for each name and never more than a bounded number.
pub fn source_term(column: &str) -> &'static str {
    made_term(SOURCE, column)
}

/// Begins the term under which a column is only read to join a table by it.
pub const JOINING: &str = "joining:";

/// The term of a column that a table is joined by: `joining:CLE`.
pub fn joining_term(column: &str) -> &'static str {
    made_term(JOINING, column)
}

fn made_term(prefix: &'static str, column: &str) -> &'static str {
    static MADE: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let name: String = prefix.chars().chain(column.chars().take(200)).collect();
    let mut made = MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match made.get(name.as_str()) {
        Some(known) => known,
        None if made.len() >= MAX_KEPT => prefix,
        None => {
            let term: &'static str = Box::leak(name.into_boxed_str());
            made.insert(term);
            term
        }
    }
}

/// The columns that shall keep their names; `*` keeps all.
pub fn kept(keep: &[String], columns: &[String]) -> Mapping {
    columns
        .iter()
        .filter(|column| keep.iter().any(|kept| kept == "*" || kept.eq_ignore_ascii_case(column)))
        .map(|column| (source_term(column), vec![column.clone()]))
        .collect()
}

fn map_terms(
    terms: &[Term],
    columns: &[String],
    declared: &BTreeMap<String, String>,
) -> Mapping {
    terms
        .iter()
        .filter_map(|(term, aliases)| {
            let declared = declared.get(*term).map(String::as_str);
            let found: Vec<String> = declared
                .into_iter()
                .chain(aliases.iter().copied())
                .filter_map(|alias| columns.iter().find(|c| c.eq_ignore_ascii_case(alias)))
                .cloned()
                .collect();
            (!found.is_empty()).then_some((*term, found))
        })
        .collect()
}
