//! Open-air car parks and the grounds of public facilities, by the words of BD TOPO and of OpenStreetMap.

use super::record::Record;

/// `amenity` of OpenStreetMap whose grounds or buildings serve the public and mostly belong to it.
const AMENITIES: [&str; 22] = [
    "arts_centre", "college", "community_centre", "conservatory", "courthouse", "events_centre", "fire_station", "hospital", "kindergarten", "library", "music_school",
    "nursing_home", "police", "post_office", "prison", "public_building", "public_bath", "school", "social_facility", "theatre", "townhall", "university",
];

/// Words of `nature`, `nature_detaillee` and `categorie` of BD TOPO, and of a building's own use; in small letters, as they begin.
const NATURES: [&str; 33] = [
    "administratif", "administration", "bibliothèque", "capitainerie", "caserne", "centre administratif", "collège", "complexe sportif", "crèche", "ecole", "école", "enseignement", "espace public",
    "etablissement hospitalier", "établissement hospitalier", "gendarmerie", "gymnase", "hôpital", "hôtel de département", "hôtel de région", "lycée", "mairie", "maison de retraite", "médiathèque",
    "musée", "palais de justice", "piscine", "poste", "préfecture", "salle de spectacle", "santé", "sous-préfecture", "université",
];

/// `building` and `operator:type` of OpenStreetMap.
const BUILDINGS: [&str; 13] =
    ["civic", "college", "fire_station", "gov", "government", "hospital", "kindergarten", "museum", "public", "school", "sports_hall", "townhall", "university"];

/// `parking` of OpenStreetMap that no canopy can stand on: under a roof already, or along a street.
const NOT_OPEN: [&str; 12] =
    ["underground", "multi-storey", "rooftop", "garage_boxes", "carports", "sheds", "layby", "lane", "street_side", "on_kerb", "half_on_kerb", "shoulder"];

/// Whether `amenity` names a public facility.
pub fn is_public_amenity(amenity: &str) -> bool {
    AMENITIES.contains(&amenity)
}

/// Whether a word of a source, whatever its column, names something public.
pub fn is_public(word: &str) -> bool {
    let word = word.trim().to_lowercase();
    AMENITIES.contains(&word.as_str()) || BUILDINGS.contains(&word.as_str()) || NATURES.iter().any(|nature| word.starts_with(nature))
}

/// Whether `amenity` and `parking` are those of an open-air car park.
pub fn is_open_car_park(amenity: Option<&str>, parking: Option<&str>) -> bool {
    amenity == Some("parking") && parking.is_none_or(|kind| !NOT_OPEN.contains(&kind))
}

/// What a record of a layer of car parks is instead of one; `None` when nothing says so.
pub fn other_than_car_park(record: &Record) -> Option<String> {
    if let Some(nature) = record.text("nature") {
        let small = nature.to_lowercase();
        if !["parking", "stationnement", "car park"].iter().any(|word| small.contains(word)) {
            return Some(nature);
        }
    }
    ["code", "tag:parking"].into_iter().filter_map(|term| record.text(term)).find(|kind| NOT_OPEN.contains(&kind.to_lowercase().as_str()))
}

/// Whether a named place is a public facility: one of its words says so.
pub fn is_public_place(record: &Record) -> bool {
    ["class", "category", "detail"].into_iter().filter_map(|term| record.text(term)).any(|word| is_public(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_worlds_are_known() {
        for word in ["Mairie", "Enseignement primaire", "Ecole élémentaire", "Santé", "school", "townhall", "Administratif ou militaire", "Complexe sportif couvert"] {
            assert!(is_public(word), "{word}");
        }
        for word in ["Zone industrielle", "Divers commercial", "Culte chrétien", "apartments", "retail", "Résidentiel", ""] {
            assert!(!is_public(word), "{word}");
        }
        assert!(is_open_car_park(Some("parking"), None) && is_open_car_park(Some("parking"), Some("surface")));
        assert!(!is_open_car_park(Some("parking"), Some("underground")) && !is_open_car_park(Some("bicycle_parking"), None));
    }
}
