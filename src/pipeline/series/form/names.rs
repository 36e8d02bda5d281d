//! What columns of series are called, without accents and units.

use crate::formats::series::stamp::Part;

pub(super) const INSTANTS: &[&str] = &[
    "date_heure", "date_et_heure", "dateheure", "horodate", "horodatage", "datetime", "date_time", "timestamp", "instant", "phenomenontime", "phenomenon_time",
    "date_releve", "date_de_releve", "date_du_releve", "date_mesure", "date_de_mesure", "date_obs", "date_obs_elab", "date_observation", "date_consommation", "date_conso", "jour_gazier", "measured_at",
    "time", "temps", "stamp", "aaaammjjhhmn", "aaaammjjhh", "aaaammjj", "aaaamm", "date", "jour", "day", "mois", "month", "annee_mois", "periode", "period", "semaine", "week", "annee", "year", "an",
];
pub(super) const HOURS: &[&str] = &["heure", "heures", "hour", "time", "horaire", "heure_debut"];
/// Parts of an instant that tables have in columns of their own, the coarsest first.
pub(super) const DATE_PARTS: &[(Part, &[&str])] = &[
    (Part::Month, &["mois", "month", "num_mois", "numero_mois", "numero_du_mois"]),
    (Part::Week, &["semaine", "week", "num_semaine", "numero_semaine", "semaine_iso", "iso_week"]),
    (Part::Weekday, &["jour_semaine", "jour_de_la_semaine", "weekday", "day_of_week", "dow"]),
    (Part::Day, &["jour", "day", "jour_du_mois", "num_jour", "numero_jour", "jour_de_l_annee", "jour_annee", "day_of_year", "doy", "quantieme"]),
    (Part::Hour, &["heure", "heures", "hour", "hours", "horaire", "time"]),
    (Part::Minute, &["minute", "minutes"]),
    (Part::Second, &["seconde", "secondes", "second", "seconds"]),
];
/// Where parts of the day stand: numbers in columns that are called so are no hours.
pub(super) const SLOTS: &[&str] = &[
    "plage_horaire", "plage", "creneau_horaire", "creneau", "tranche_horaire", "tranche", "intervalle", "periode", "debut", "de", "start", "from",
];
/// Parts of years that are no steps of the calendar.
pub(super) const QUARTERS: &[&str] = &["trimestre", "quarter", "semestre", "num_trimestre", "numero_trimestre"];
pub(super) const NIGHTS: &[&str] = &["nuit", "night"];
pub(super) const YEARS: &[&str] = &["annee", "year", "an"];
/// Endings that say whose clock or which end, not what.
pub(super) const CLOCKS: &[&str] = &["_utc", "_gmt", "_tu", "_local", "_locale", "_legale", "_cet", "_paris", "_debut", "_start", "_begin", "_fin", "_end", "_fin_de_pas", "_iso"];
/// Ids of objects that a territory may hold.
pub(super) const OBJECTS: &[&str] = &[
    "cleabs", "rnb_id", "id_rnb", "rnb", "prm", "identifiant_prm", "pdl", "pce", "usage_point_id", "id_batiment", "batiment_id", "batiment", "building_id", "building", "id_bat",
    "identifiant", "id", "object_id", "object", "objet_id", "objet", "feature_id", "feature", "code_iris", "iris",
];
/// What else stands for a row, the most telling first.
pub(super) const GROUPS: &[&str] = &[
    "code_insee_region", "code_region", "libelle_region", "region", "perimetre", "code_insee_commune", "code_commune", "code_insee", "commune", "code_epci", "epci",
    "code_departement", "departement", "zone", "area", "country", "pays", "sous_profil", "profil", "profile", "num_poste", "poste", "code_station", "station_id", "id_station", "station", "nom_station", "libelle_station", "code_bss", "bss_id", "code_capteur", "capteur", "sensor_id", "sensor",
    "compteur", "numero_compteur", "num_compteur", "meter", "meter_id", "sonde", "point_de_mesure", "equipement", "installation", "thing", "datastream", "device_id", "device", "point", "name", "nom", "label",
];
/// What parts such a group further.
pub(super) const PARTS: &[&str] = &[
    "sous_profil", "profil", "plage_de_puissance_souscrite", "plage_de_puissance_injection", "secteur_activite", "secteur_d_activite", "code_grand_secteur", "grand_secteur",
    "filiere", "filiere_de_production", "filiere_production",
];
pub(super) const VALUES: &[&str] = &["value", "valeur", "valeurs", "result", "resultat", "val", "resultat_obs", "resultat_obs_elab"];
pub(super) const QUANTITIES: &[&str] = &[
    "quantity", "grandeur", "grandeur_physique", "grandeur_hydro", "grandeur_hydro_elab", "variable", "parametre", "parameter", "observedproperty", "observed_property", "type_mesure", "type_de_mesure", "mesure",
    "measurement", "metric",
];
pub(super) const UNITS: &[&str] = &["unit", "unite", "units", "unites", "unit_of_measurement", "unitofmeasurement"];
pub(super) const POINTS: &[&str] = &[
    "nb_points_soutirage", "nb_points_injection", "nb_points", "nombre_de_points", "nombre_de_points_soutirage", "nombre_de_points_injection", "nb_points_de_livraison", "nb_sites", "nb_pdl",
];
/// Numbers that are no values.
pub(super) const NO_VALUES: &[&str] = &["lng", "lon", "long", "longitude", "lat", "latitude", "x", "y", "z", "altitude", "alti", "rang", "rank", "fid", "index", "unnamed_0"];
pub(super) const NO_VALUES_BEGIN: &[&str] = &["code_", "id_", "insee_", "nb_point", "nombre_de_point", "indice_", "geo_", "column_", "index_level", "date_", "timestamp_"];
/// Columns that only a quantity has as its name.
pub(super) const QUANTITY_NAMES: &[&str] = &[
    "consommation", "production", "conso", "prod", "temperature", "temp_air", "ghi", "dni", "dhi", "wind_speed", "puissance", "energie", "debit", "niveau", "load", "wind", "solar", "hydraulic",
    "nuclear", "eolien", "solaire", "hydraulique", "thermique", "nucleaire", "bioenergies",
];
/// Words of names that say something of a value and not whose it is.
pub(super) const REMARKS: &[&str] = &["statut", "status", "qualite", "quality", "qualification", "nature", "etat", "validite", "flag", "commentaire", "comment", "remarque", "methode", "mode"];
/// What stands beside `Horodate` and `Valeur` in Enedis' load curves.
pub(super) const OF_CURVES: &[&str] = &[
    "identifiant_prm", "prm", "pdl", "date_de_debut", "date_de_fin", "grandeur_physique", "grandeur_metier", "grandeur", "etape_metier", "unite", "pas", "pas_en_minutes", "nature",
    "type_valeur", "indice_vraisemblance", "indice_de_vraisemblance", "etat_complementaire",
];
