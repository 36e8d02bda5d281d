//! Of a territory package: its files, its manifest, what lies beside the tiles.

use super::Sentence;

pub const SENTENCES: &[Sentence] = &[
    // Files
    (
        "file-missing",
        "Le fichier « {value} », nommé par {object}, n'existe pas.",
        "The file “{value}”, named by {object}, does not exist.",
    ),
    (
        "file-unreadable",
        "Le fichier ne peut pas être lu : {value}.",
        "The file cannot be read: {value}.",
    ),
    (
        "file-unknown",
        "Le contenu n'est ni un territoire, ni un tileset, ni un subtree, ni un glTF, ni un terrain, ni une pyramide de tuiles (début : « {value} »).",
        "The content is no territory, tileset, subtree, glTF, terrain or pyramid of tiles (it begins with “{value}”).",
    ),
    (
        "file-unreferenced",
        "Le fichier n'est nommé par aucune tuile ; il peut être supprimé.",
        "No tile names this file; it can be deleted.",
    ),
    (
        "file-remote",
        "« {value} », nommé par {object}, est sur le réseau : non vérifié.",
        "“{value}”, named by {object}, is on the network: not checked.",
    ),
    (
        "file-limit",
        "Plus de {value} fichiers : la suite n'est pas vérifiée.",
        "More than {value} files: the rest is not checked.",
    ),
    (
        "json-unreadable",
        "Le JSON est illisible : {value}.",
        "The JSON cannot be read: {value}.",
    ),
    // Manifest
    (
        "manifest-unreadable",
        "Le manifeste territory.json est illisible : {value}.",
        "The manifest territory.json cannot be read: {value}.",
    ),
    (
        "manifest-version",
        "Version {value} du manifeste inconnue ; mettez Jumeau à jour ou réimportez le territoire.",
        "Unknown manifest version {value}; update Jumeau or import the territory again.",
    ),
    (
        "manifest-path",
        "Le chemin « {value} » de {object} sort du territoire.",
        "The path “{value}” of {object} leaves the territory.",
    ),
    (
        "manifest-dataset",
        "{object} cite le jeu de données « {value} », absent du manifeste.",
        "{object} cites the data set “{value}”, which the manifest does not list.",
    ),
    (
        "manifest-axis",
        "{object} cite l'axe « {value} », absent du manifeste.",
        "{object} cites the axis “{value}”, which the manifest does not list.",
    ),
    (
        "manifest-axis-empty",
        "L'axe {object} n'a aucun pas : {value}.",
        "The axis {object} has no step: {value}.",
    ),
    (
        "manifest-bounds",
        "L'emprise du territoire est impossible : {value}.",
        "The territory's bounds are impossible: {value}.",
    ),
    (
        "manifest-tiles",
        "La couche {object} annonce un autre nombre de tuiles que celui trouvé : {value}.",
        "The layer {object} states another number of tiles than was found: {value}.",
    ),
    (
        "manifest-features",
        "La table {object} n'a pas le nombre de lignes annoncé : {value}.",
        "The table {object} has not as many rows as stated: {value}.",
    ),
    (
        "meter-columns",
        "Aucune colonne de puissance ou d'énergie reconnue ({value}) : nommez-la par exemple « puissance_kw » ou « energie_kwh ».",
        "No column of power or energy recognised ({value}): name it for instance “power_kw” or “energy_kwh”.",
    ),
    (
        "meter-doubled",
        "{value} lignes répètent un horodatage : l'heure est peut-être dans une colonne à part. Nommez-la « heure », ou réunissez date et heure.",
        "{value} rows repeat a stamp: the hour may stand in a column of its own. Call it “heure”, or join date and hour.",
    ),
    (
        "meter-counter",
        "Les {value} valeurs ne baissent jamais : c'est l'index d'un compteur, pas une courbe de charge. Exportez la puissance ou l'énergie de chaque pas.",
        "The {value} values never fall: this is the reading of a counter, no load curve. Export the power or the energy of each step.",
    ),
    (
        "meter-unit",
        "Sans unité, des kilowatts sont supposés, et leur moyenne serait de {value} kW : nommez l'unité, par exemple « consommation_w ».",
        "Without a unit kilowatts are supposed, and their mean would be {value} kW: name the unit, for instance “consommation_w”.",
    ),
    (
        "meter-empty",
        "Moins de deux mesures lisibles ({value}), ou un pas hors d'une minute à un jour.",
        "Fewer than two readable measurements ({value}), or a step not within a minute and a day.",
    ),
    (
        "meter-limit",
        "Plus de {value} mesures : le fichier n'est pas lu.",
        "More than {value} measurements: the file is not read.",
    ),
    (
        "gridbook-unreadable",
        "Le livre des postes et des lignes est illisible ou ne se tient pas : {value}.",
        "The book of posts and lines cannot be read or does not hold together: {value}.",
    ),
    (
        "gridbook-count",
        "Le livre des postes et des lignes en compte {value} au lieu du nombre annoncé.",
        "The book of posts and lines holds {value} of them instead of the number stated.",
    ),
    (
        "roofbook-head",
        "La tête du livre des toits est illisible ou ne se tient pas ({object}) : {value}.",
        "The head of the roof book cannot be read or does not hold together ({object}): {value}.",
    ),
    (
        "roofbook-misplaced",
        "Le bâtiment {object} est à la page {value} du livre des toits, où personne ne le cherche.",
        "The building {object} is on page {value} of the roof book, where nobody looks for it.",
    ),
    (
        "roofbook-plan",
        "Le plan solaire est illisible ou ne se tient pas ({object}) : {value}.",
        "The solar plan cannot be read or does not hold together ({object}): {value}.",
    ),
    (
        "roofbook-page",
        "La page du livre des toits est illisible : {value}.",
        "The page of the roof book cannot be read: {value}.",
    ),
    (
        "roofbook-record",
        "La fiche d’un toit est illisible ou ne se tient pas ({object}) : {value}.",
        "A roof’s record cannot be read or does not hold together ({object}): {value}.",
    ),
    (
        "roofbook-version",
        "Version {value} du livre des toits : ce programme ne connaît que la version 1.",
        "Version {value} of the roof book: this program knows version 1 only.",
    ),
    (
        "roofbook-count",
        "Le livre des toits connaît {value} bâtiments au lieu du nombre annoncé.",
        "The roof book knows {value} buildings instead of the number stated.",
    ),
    (
        "meter-no-table",
        "Ce n'est pas un tableau de texte (CSV).",
        "This is no table as text (CSV).",
    ),
    (
        "manifest-table-layer",
        "{object} porte sur la couche « {value} », que le manifeste n'a pas.",
        "{object} is about the layer “{value}”, which the manifest does not have.",
    ),
    (
        "manifest-series",
        "La série {object} n'a pas la taille annoncée : {value}.",
        "The series {object} does not have the stated size: {value}.",
    ),
    // Zarr
    (
        "series-axis",
        "Les instants de {object} ne sont pas ceux de l'axe annoncé ({value}).",
        "The instants of {object} are not those of the stated axis ({value}).",
    ),
    (
        "series-chunk-missing",
        "Le morceau {value} de {object} manque : ses valeurs paraissent absentes.",
        "Chunk {value} of {object} is missing: its values show as absent.",
    ),
    (
        "series-group",
        "Le groupe Zarr de {object} manque, est illisible ou ne dit pas ce que disent ses tableaux ({value}) : d’autres programmes n’ouvriraient pas la série, ou la liraient mal.",
        "The Zarr group of {object} is missing, unreadable or does not say what its arrays say ({value}): other programs would not open the series, or would misread it.",
    ),
    (
        "series-infinite",
        "{object} contient une valeur infinie ou démesurée ({value}) : importez les données à nouveau.",
        "{object} holds an infinite or immense value ({value}): import the data again.",
    ),
    (
        "series-json",
        "Ce document SensorThings ne peut pas être lu ({object} {value}).",
        "This SensorThings document cannot be read ({object} {value}).",
    ),
    (
        "series-labels",
        "Les noms des lignes de {object} manquent, sont illisibles ou ne sont pas aussi nombreux ({value}).",
        "The names of the rows of {object} are missing, unreadable or not as many ({value}).",
    ),
    (
        "series-scaled",
        "{object} : les profils ou les facteurs ne conviennent pas ({value}).",
        "{object}: profiles or scales do not fit ({value}).",
    ),
    (
        "zarr-json",
        "Les métadonnées Zarr sont illisibles : {value}.",
        "The Zarr metadata cannot be read: {value}.",
    ),
    (
        "zarr-unsupported",
        "Forme de Zarr non prise en charge ({object} : {value}).",
        "This form of Zarr is not supported ({object}: {value}).",
    ),
    (
        "zarr-shape",
        "La taille du tableau Zarr est impossible ({object} : {value}).",
        "The size of the Zarr array is impossible ({object}: {value}).",
    ),
    (
        "zarr-chunk",
        "Le bloc {object} a une longueur inattendue : {value} octets.",
        "The chunk {object} has an unexpected length: {value} bytes.",
    ),
    // Search
    (
        "search-format",
        "Ce n'est pas un fichier de l'index de recherche ({object}).",
        "This is no file of the search index ({object}).",
    ),
    (
        "search-version",
        "L'index de recherche a la version {value}, inconnue ici : mettez Jumeau à jour ou refaites l'import.",
        "The search index has version {value}, unknown here: update Jumeau or import again.",
    ),
    (
        "search-too-large",
        "Un fichier de l'index de recherche dépasse la limite ({object} : {value} octets).",
        "A file of the search index is beyond the limit ({object}: {value} bytes).",
    ),
    (
        "search-broken",
        "L'index de recherche est endommagé ({object}) : refaites l'import.",
        "The search index is damaged ({object}): import again.",
    ),
    (
        "search-link",
        "L'index de recherche nomme ce qui n'existe pas ({object} : {value}).",
        "The search index names what does not exist ({object}: {value}).",
    ),
    (
        "search-count",
        "L'index de recherche n'a pas le nombre d'éléments annoncé ({object} : {value}).",
        "The search index does not hold as much as it states ({object}: {value}).",
    ),
];
