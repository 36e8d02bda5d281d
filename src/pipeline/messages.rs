//! Sentences of the importer's findings and faults, in French and English.
//!
//! `{object}` and `{value}` are replaced by those of the finding. Codes never change meaning.

/// `(code, French, English)`, sorted by code.
const MESSAGES: &[(&str, &str, &str)] = &[
    ("building-ground-assumed", "aucune altitude du sol, ni ici ni alentour : {value} par défaut", "no ground altitude here or nearby: {value} by default"),
    ("building-ground-from-neighbours", "altitude du sol reprise des bâtiments voisins ({value})", "ground altitude taken from the buildings nearby ({value})"),
    ("building-ground-implausible", "altitude du sol invraisemblable ({value}), remplacée par celle du terrain", "implausible ground altitude ({value}), replaced by the terrain's"),
    ("building-height-assumed", "hauteur inconnue, supposée de {value}", "unknown height, assumed to be {value}"),
    ("building-height-contradictory", "hauteur contredite par les altitudes du toit et du sol ({value}) : les altitudes sont retenues", "height contradicted by roof and ground altitudes ({value}): the altitudes are kept"),
    ("building-height-doubtful", "hauteur peu compatible avec le nombre d’étages ({value}), gardée", "height hardly fits the number of storeys ({value}), kept"),
    ("building-height-from-altitudes", "hauteur calculée d’après les altitudes ({value})", "height computed from the altitudes ({value})"),
    ("building-height-from-neighbours", "hauteur médiane des bâtiments voisins ({value})", "median height of the buildings nearby ({value})"),
    ("building-height-from-storeys", "hauteur déduite du nombre d’étages, 3 m par étage ({value})", "height from the number of storeys, 3 m each ({value})"),
    ("building-height-implausible", "hauteur invraisemblable ({value}), écartée", "implausible height ({value}), set aside"),
    ("building-height-missing", "hauteur absente de la source", "no height in the source"),
    ("building-not-standing", "bâtiment qui n’existe pas sur place ({value})", "building that does not stand ({value})"),
    ("building-roof-implausible", "faîte incompatible avec l’égout ({value}), toit supposé plat", "ridge does not fit the eave ({value}), roof taken as flat"),
    ("building-roof-tall", "toit culminant très au-dessus de l’égout ({value}) : tour, clocher ou relevé douteux", "roof reaches far above the eave ({value}): a tower, a spire or a doubtful survey"),
    ("building-without-altitude", "contour sans altitude (Z = {value})", "outline without altitude (Z = {value})"),
    ("building-year-implausible", "année d’apparition illisible ({value})", "unreadable year of appearance ({value})"),
    ("coordinates-outside", "coordonnées impossibles à placer ({value})", "coordinates that cannot be placed ({value})"),
    ("crs-assumed", "système de coordonnées non précisé, supposé {value}", "coordinate system not stated, assumed {value}"),
    ("crs-not-projected", "{object} est en degrés ; il faut un système projeté. Essayez --crs {value}.", "{object} is in degrees; a projected system is needed. Try --crs {value}."),
    ("crs-unknown", "système de coordonnées inconnu ({object}) : {value}", "unknown coordinate system ({object}): {value}"),
    ("dataset-undeclared", "jeu de données « {object} » non décrit dans sources.json : producteur et licence non précisés", "data set “{object}” is not described in sources.json: producer and licence not stated"),
    ("dataset-unknown", "producteur et licence non précisés ; décrivez-les dans un sources.json", "producer and licence not stated; describe them in a sources.json"),
    ("declaration-mismatch", "ce fichier ne peut pas être une couche « {value} »", "this file cannot be a layer of “{value}”"),
    ("declaration-path-outside", "le chemin sort du dossier des sources", "the path leaves the folder of sources"),
    ("declaration-term-unknown", "terme « {object} » inconnu dans « fields »", "unknown term “{object}” in “fields”"),
    ("declaration-unreadable", "{object} ne peut pas être lu : {value}. Corrigez-le ou retirez-le.", "{object} cannot be read: {value}. Correct or remove it."),
    ("duplicate-id", "identifiant en double ({object}), les deux objets sont gardés", "duplicate id ({object}), both objects are kept"),
    ("feature-not-understood", "objet sans étiquette connue, laissé de côté", "object without a known tag, left out"),
    ("feature-unreadable", "objet illisible : {value}", "unreadable object: {value}"),
    ("file-not-understood", "fichier d’un format non reconnu ({value}), laissé de côté", "file of an unknown format ({value}), left out"),
    ("file-too-large", "fichier trop grand ({value} octets)", "file too large ({value} bytes)"),
    ("folder-too-large", "plus de {value} fichiers : le reste est laissé de côté", "more than {value} files: the rest is left out"),
    ("footprint-degenerate", "contour sans surface", "outline without an area"),
    ("footprint-invalid", "contour invalide qui n’a pas pu être réparé", "invalid outline that could not be repaired"),
    ("footprint-repaired", "contour réparé ({value})", "outline repaired ({value})"),
    ("footprint-sliver", "éclat de découpe trop petit ({value})", "sliver of a cut, too small ({value})"),
    ("geoid-approximate", "grille RAF20 absente : hauteurs ellipsoïdales approchées", "no RAF20 grid: ellipsoidal heights are approximate"),
    ("geoid-unreadable", "la grille du géoïde ne peut pas être lue : {value}", "the geoid grid cannot be read: {value}"),
    ("geometry-missing", "objet sans géométrie", "object without a geometry"),
    ("import-cancelled", "Import interrompu à votre demande ; rien n’a été écrit.", "Import stopped at your request; nothing was written."),
    ("import-nothing", "Rien d’utilisable dans {object} ({value}). Donnez un dossier ou des fichiers GeoPackage, GeoJSON, GeoTIFF ou grille ASCII.", "Nothing usable in {object} ({value}). Give a folder or files: GeoPackage, GeoJSON, GeoTIFF or ASCII grid."),
    ("layer-not-understood", "table « {object} » non comprise (colonnes : {value}) ; décrivez-la dans un sources.json", "table “{object}” not understood (columns: {value}); describe it in a sources.json"),
    ("line-degenerate", "ligne sans longueur", "line without a length"),
    ("out-exists", "{object} existe déjà et n’est pas un territoire : choisissez un autre dossier.", "{object} exists and is no territory: choose another folder."),
    ("outline-repaired", "contour réparé", "outline repaired"),
    ("raster-unreadable", "image illisible : {value}", "unreadable raster: {value}"),
    ("road-altitude-interpolated", "altitudes faussées par une interpolation ({value}) : la ligne suit le terrain", "altitudes spoilt by interpolation ({value}): the line follows the terrain"),
    ("road-altitude-off-terrain", "altitude éloignée du terrain ({value}) : la ligne suit le terrain", "altitude far from the terrain ({value}): the line follows the terrain"),
    ("road-fictive", "tronçon fictif, non dessiné", "fictive segment, not drawn"),
    ("road-is-ferry", "liaison maritime, non dessinée", "ferry, not drawn"),
    ("road-not-built", "tronçon qui n’existe pas sur place ({value})", "segment that is not built ({value})"),
    ("road-width-assumed", "largeur absente, supposée de {value}", "no width, assumed {value}"),
    ("road-without-altitude", "sans altitude (Z = {value}) : la ligne suit le terrain", "without altitude (Z = {value}): the line follows the terrain"),
    ("solar-building-unknown", "Aucun bâtiment « {value} » dans ce territoire. « jumeau solar TERRITOIRE --csv » donne les identifiants.", "No building “{value}” in this territory. “jumeau solar TERRITORY --csv” lists the ids."),
    ("solar-no-buildings", "Ce territoire n’a pas de bâtiments lisibles.", "This territory has no readable buildings."),
    ("solar-roof-none", "{object} : aucun pan de toit reconnu ({value} triangles)", "{object}: no roof plane recognised ({value} triangles)"),
    ("source-missing", "{object} n’existe pas. Vérifiez le chemin.", "{object} does not exist. Check the path."),
    ("source-unreadable", "{object} ne peut pas être lu : {value}", "{object} cannot be read: {value}"),
    ("table-missing", "la table « {object} » n’y est pas", "table “{object}” is not in it"),
    ("table-not-named", "{value} tables : dites laquelle avec « table »", "{value} tables: say which with “table”"),
    ("terrain-coarsened", "terrain trop grand, rééchantillonné ({value})", "terrain too large, resampled ({value})"),
    ("terrain-derived", "terrain absent : déduit des routes et des pieds de bâtiments", "no terrain: derived from roads and the feet of buildings"),
    ("terrain-empty", "aucune altitude connue", "no known altitude"),
    ("terrain-flat", "aucune altitude : terrain supposé plat", "no altitude at all: the ground is taken as flat"),
    ("terrain-implausible", "{value} altitudes invraisemblables, écartées", "{value} implausible altitudes, set aside"),
    ("terrain-resampled", "terrain rééchantillonné dans le système du territoire ({value})", "terrain resampled into the territory's system ({value})"),
    ("threads-failed", "impossible de lancer le travail en parallèle : {value}", "cannot start parallel work: {value}"),
    ("tile-content", "la couche {object} n’a pas pu être dessinée : {value}", "layer {object} could not be drawn: {value}"),
    ("tile-empty", "Rien à dessiner : aucun bâtiment, ligne ou terrain n’a été gardé.", "Nothing to draw: no building, line or terrain was kept."),
    ("tile-outside-crs", "{value} est hors du domaine de {object} : vérifiez le système de coordonnées.", "{value} is outside the area of {object}: check the coordinate system."),
    ("tiling-failed", "Le territoire n’a pas pu être écrit : {value}", "The territory could not be written: {value}"),
    ("tree-height-assumed", "hauteur d’arbre inconnue, supposée de {value}", "unknown tree height, assumed {value}"),
    ("water-level-assumed", "niveau de l’eau inconnu, pris sur la rive ({value})", "unknown water level, taken from the bank ({value})"),
    ("water-outline-invalid", "contour d’eau invalide, non dessiné", "invalid water outline, not drawn"),
    ("write-failed", "{object} ne peut pas être écrit : {value}", "{object} cannot be written: {value}"),
];

/// Stages of the work as [`super::Progress`] names them: `(key, French, English)`.
const STAGES: &[(&str, &str, &str)] = &[
    ("import-areas", "Contours administratifs", "Administrative outlines"),
    ("import-buildings", "Bâtiments", "Buildings"),
    ("import-generate", "Arbres générés", "Generated trees"),
    ("tile-package", "Assemblage du territoire", "Putting the territory together"),
    ("tile-prepare", "Préparation des tuiles", "Preparing tiles"),
    ("import-rail", "Voies ferrées", "Railways"),
    ("import-read", "Lecture des sources", "Reading the sources"),
    ("solar-read", "Lecture des tuiles", "Reading the tiles"),
    ("solar-horizon", "Horizons", "Horizons"),
    ("solar-far", "Horizon du relief", "Horizon of the land"),
    ("solar-trees", "Horizons des arbres", "Horizons of trees"),
    ("solar-yield", "Rendements", "Yields"),
    ("import-roads", "Routes et chemins", "Roads and paths"),
    ("import-terrain", "Terrain", "Ground"),
    ("tile-draw", "Écriture des tuiles", "Writing tiles"),
    ("import-tram", "Tramway", "Tram"),
    ("import-trees", "Arbres", "Trees"),
    ("import-water", "Eau", "Water"),
];

/// What a stage or layer is called.
pub fn stage(key: &str, french: bool) -> &str {
    STAGES
        .iter()
        .find(|(known, ..)| *known == key)
        .map_or(key, |(_, fr, en)| if french { fr } else { en })
}

/// The French and English sentence of a code, with their slots.
pub fn message(code: &str) -> Option<(&'static str, &'static str)> {
    MESSAGES
        .iter()
        .find(|(known, ..)| *known == code)
        .map(|(_, fr, en)| (*fr, *en))
}

/// The sentence with its slots filled; the code itself where there is no sentence.
pub fn sentence(code: &str, french: bool, object: &str, value: &str) -> String {
    let value = if french { with_commas(value) } else { value.to_owned() };
    match message(code) {
        Some((fr, en)) => (if french { fr } else { en })
            .replace("{object}", object)
            .replace("{value}", &value)
            .replace(" ()", ""),
        None => code.to_owned(),
    }
}

/// Decimal points as French commas: a point between two digits.
fn with_commas(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| {
        at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit)
    };
    letters
        .iter()
        .enumerate()
        .map(|(at, letter)| match letter {
            '.' if digit(at.checked_sub(1)) && digit(Some(at + 1)) => ',',
            other => *other,
        })
        .collect()
}

/// All codes with a sentence.
pub fn codes() -> impl Iterator<Item = &'static str> {
    MESSAGES.iter().map(|(code, ..)| *code)
}
