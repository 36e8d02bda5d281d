//! The sentence of each finding of this folder, in French and English.
//!
//! `{object}` and `{value}` stand for the finding's own. The keys of [`crate::i18n`] are `finding-CODE`; the sentences here are what they say by default.

use crate::base::{Finding, printable};

/// `(code, French, English)`, by subject.
pub const SENTENCES: &[(&str, &str, &str)] = &[
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
        "Le contenu n'est ni un territoire, ni un tileset, ni un subtree, ni un glTF (début : « {value} »).",
        "The content is no territory, tileset, subtree or glTF (it begins with “{value}”).",
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
        "series-json",
        "Ce document SensorThings ne peut pas être lu ({object} {value}).",
        "This SensorThings document cannot be read ({object} {value}).",
    ),
    (
        "series-labels",
        "Les noms des lignes de {object} manquent ou ne sont pas aussi nombreux ({value}).",
        "The names of the rows of {object} are missing or not as many ({value}).",
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
    // Tileset
    (
        "tileset-json",
        "Le tileset est illisible : {value}.",
        "The tileset cannot be read: {value}.",
    ),
    (
        "tileset-limit",
        "Le tileset est trop grand ({object} : {value}).",
        "The tileset is too large ({object}: {value}).",
    ),
    (
        "tileset-missing",
        "Il manque {object}.",
        "{object} is missing.",
    ),
    (
        "tileset-type",
        "{object} n'a pas le bon type : {value}.",
        "{object} has the wrong type: {value}.",
    ),
    (
        "tileset-version",
        "Version {value} de 3D Tiles inconnue (1.0 et 1.1 sont connues).",
        "Unknown version {value} of 3D Tiles (1.0 and 1.1 are known).",
    ),
    (
        "tileset-extension",
        "L'extension requise {value} n'est pas prise en charge.",
        "The required extension {value} is not supported.",
    ),
    (
        "tileset-geometric-error",
        "L'erreur géométrique {object} doit être un nombre positif ou nul : {value}.",
        "The geometric error {object} must be a number, zero or more: {value}.",
    ),
    (
        "tileset-error-order",
        "L'erreur géométrique {object} dépasse celle du parent : {value}.",
        "The geometric error {object} is larger than the parent's: {value}.",
    ),
    (
        "tileset-refine-missing",
        "La tuile racine doit dire comment elle se raffine (refine).",
        "The root tile must say how it is refined (refine).",
    ),
    (
        "tileset-refine",
        "{object} doit valoir ADD ou REPLACE : {value}.",
        "{object} must be ADD or REPLACE: {value}.",
    ),
    (
        "tileset-transform",
        "{object} n'est pas une transformation affine réversible : {value}.",
        "{object} is not a reversible affine transform: {value}.",
    ),
    (
        "tileset-volume",
        "Le volume englobant {object} est impossible : {value}.",
        "The bounding volume {object} is impossible: {value}.",
    ),
    (
        "tileset-volume-length",
        "{object} n'a pas le bon nombre de valeurs : {value}.",
        "{object} has the wrong number of values: {value}.",
    ),
    (
        "tileset-child-outside",
        "{object} sort du volume du parent.",
        "{object} reaches out of the parent's volume.",
    ),
    (
        "tileset-content-outside",
        "{object} sort du volume de la tuile.",
        "{object} reaches out of the tile's volume.",
    ),
    (
        "tileset-content-twice",
        "{object} a à la fois « content » et « contents ».",
        "{object} has both “content” and “contents”.",
    ),
    (
        "tileset-cycle",
        "{object} mène par d'autres tilesets à lui-même : {value}.",
        "{object} leads through other tilesets to itself: {value}.",
    ),
    (
        "tileset-depth",
        "{object} : plus de {value} tilesets imbriqués, la suite n'est pas vérifiée.",
        "{object}: more than {value} nested tilesets, the rest is not checked.",
    ),
    // Implicit tiling
    (
        "implicit-tiling",
        "Le découpage implicite {object} est illisible : {value}.",
        "The implicit tiling {object} cannot be read: {value}.",
    ),
    (
        "implicit-levels",
        "{object} est hors limites : {value}.",
        "{object} is out of range: {value}.",
    ),
    (
        "implicit-template",
        "{object} doit contenir {{level}}, {{x}} et {{y}} : {value}.",
        "{object} must contain {{level}}, {{x}} and {{y}}: {value}.",
    ),
    (
        "implicit-sphere",
        "{object} : une sphère ne se découpe pas.",
        "{object}: a sphere cannot be divided.",
    ),
    (
        "implicit-octree",
        "{object} : le contenu d'un octree n'est pas vérifié.",
        "{object}: what an octree holds is not checked.",
    ),
    (
        "implicit-children",
        "{object} : la racine d'un découpage implicite n'a pas d'enfants explicites.",
        "{object}: the root of an implicit tiling has no explicit children.",
    ),
    (
        "implicit-beyond-levels",
        "La tuile {object} est plus profonde que les {value} niveaux annoncés.",
        "The tile {object} is deeper than the {value} levels stated.",
    ),
    (
        "implicit-coordinate",
        "La tuile {value} n'existe pas à son niveau.",
        "The tile {value} does not exist at its level.",
    ),
    // Subtree
    (
        "subtree-json",
        "Le JSON du subtree est illisible : {value}.",
        "The subtree's JSON cannot be read: {value}.",
    ),
    (
        "subtree-limit",
        "Le subtree est trop grand : {value} octets.",
        "The subtree is too large: {value} bytes.",
    ),
    (
        "subtree-magic",
        "Ce n'est pas un subtree (début : « {value} »).",
        "This is no subtree (it begins with “{value}”).",
    ),
    (
        "subtree-truncated",
        "Le subtree est tronqué : {value} octets.",
        "The subtree is truncated: {value} bytes.",
    ),
    (
        "subtree-buffer",
        "Les octets de {object} sont introuvables : {value}.",
        "The bytes of {object} cannot be found: {value}.",
    ),
    (
        "subtree-metadata",
        "Les métadonnées de tuiles du subtree sont incomplètes, {object} : {value}.",
        "The metadata of tiles in the subtree are incomplete, {object}: {value}.",
    ),
    (
        "subtree-availability",
        "{object} n'a ni « bitstream » ni « constant » valable : {value}.",
        "{object} has neither a “bitstream” nor a valid “constant”: {value}.",
    ),
    (
        "subtree-bits",
        "{object} n'a pas le bon nombre de bits : {value}.",
        "{object} has the wrong number of bits: {value}.",
    ),
    (
        "subtree-count",
        "Le nombre annoncé par {object} est faux : {value}.",
        "The count stated by {object} is wrong: {value}.",
    ),
    (
        "subtree-empty",
        "Le subtree ne contient rien.",
        "The subtree holds nothing.",
    ),
    (
        "subtree-orphan",
        "La tuile {object} existe sans son parent.",
        "The tile {object} exists without its parent.",
    ),
    (
        "subtree-content-without-tile",
        "La tuile {object} a un contenu mais n'existe pas.",
        "The tile {object} has content but does not exist.",
    ),
    (
        "subtree-child-without-tile",
        "Le subtree enfant {object} n'a pas de tuile au-dessus de lui.",
        "The child subtree {object} has no tile above it.",
    ),
    // While streaming
    (
        "tile-fetch-failed",
        "Le fichier n’est pas arrivé : {value}.",
        "The file did not come: {value}.",
    ),
    (
        "tile-unusable",
        "Le contenu de la tuile est inutilisable : {value}.",
        "The tile's content cannot be used: {value}.",
    ),
    (
        "tile-answer-of-wrong-kind",
        "La réponse n’est pas de la nature demandée.",
        "The answer is not of the kind that was asked for.",
    ),
    (
        "tile-path-refused",
        "L’adresse « {value} » sort du jeu de tuiles ; elle n’est pas suivie.",
        "The address “{value}” leaves the tileset; it is not followed.",
    ),
    (
        "tile-volume-unsound",
        "Le volume de la tuile {object} est impossible : {value} ; celui de son parent est pris.",
        "The volume of the tile {object} is impossible: {value}; its parent's is taken.",
    ),
    (
        "tile-error-unsound",
        "L’erreur géométrique de la tuile {object} est impossible : {value} ; zéro est pris.",
        "The geometric error of the tile {object} is impossible: {value}; zero is taken.",
    ),
    (
        "tile-transform-unsound",
        "La transformation de la tuile {object} est impossible : {value} ; elle et ce qui est dessous ne sont pas dessinés.",
        "The transform of the tile {object} is impossible: {value}; it and what is below it are not drawn.",
    ),
    (
        "tileset-extension-unknown",
        "Le tileset demande l’extension {value}, qui est inconnue ; il est lu sans elle.",
        "The tileset requires the extension {value}, which is unknown; it is read without it.",
    ),
    (
        "tileset-too-large",
        "Le tileset est trop grand : {value} octets.",
        "The tileset is too large: {value} bytes.",
    ),
    (
        "tileset-too-many-tiles",
        "Le tileset a plus de tuiles qu’il n’en est gardé à la fois ; les autres ne sont pas montrées.",
        "The tileset has more tiles than are kept at once; the others are not shown.",
    ),
    (
        "tileset-nested-too-deep",
        "Les tilesets sont imbriqués trop profondément, peut-être en rond.",
        "Tilesets are nested too deep, perhaps in a ring.",
    ),
    (
        "tileset-subtree-levels",
        "Les subtrees auraient {value} niveaux, ce qui est hors limites.",
        "Subtrees would have {value} levels, which is out of range.",
    ),
    (
        "tileset-implicit-volume",
        "Ce volume ne se découpe pas : {value}.",
        "This volume cannot be divided: {value}.",
    ),
    (
        "subtree-too-large",
        "Le subtree est trop grand : {value} octets.",
        "The subtree is too large: {value} bytes.",
    ),
    // Styles
    (
        "style-json",
        "Le style est illisible : {value}.",
        "The style cannot be read: {value}.",
    ),
    (
        "style-limit",
        "Le style dépasse une limite ({object} : {value}).",
        "The style exceeds a limit ({object}: {value}).",
    ),
    (
        "style-rule",
        "{object} n’est ni une expression ni une liste de conditions : {value}.",
        "{object} is neither an expression nor a list of conditions: {value}.",
    ),
    (
        "style-syntax",
        "L’expression de {object} est illisible à partir de « {value} ».",
        "The expression of {object} cannot be read from “{value}” on.",
    ),
    (
        "style-unknown",
        "L’expression de {object} utilise « {value} », qui n’existe pas.",
        "The expression of {object} uses “{value}”, which does not exist.",
    ),
    (
        "style-unsupported",
        "L’expression de {object} utilise « {value} », qui n’est pas pris en charge.",
        "The expression of {object} uses “{value}”, which is not supported.",
    ),
    (
        "style-arguments",
        "{object} : « {value} » n’a pas le bon nombre d’arguments.",
        "{object}: “{value}” has the wrong number of arguments.",
    ),
    (
        "style-type",
        "{object} : ces valeurs ne vont pas avec l’opération : {value}.",
        "{object}: these values do not suit the operation: {value}.",
    ),
    (
        "style-colour",
        "{object} : « {value} » n’est pas une couleur.",
        "{object}: “{value}” is no colour.",
    ),
    (
        "style-pattern",
        "{object} : cette expression régulière est fausse ou n’est pas prise en charge : « {value} ».",
        "{object}: this regular expression is wrong or not supported: “{value}”.",
    ),
    // Ground and vectors in tiles
    (
        "quantized-mesh-packed",
        "La compression de la tuile de terrain est défectueuse : {value}.",
        "The terrain tile's compression is broken: {value}.",
    ),
    (
        "quantized-mesh-short",
        "La tuile de terrain s’arrête avant la fin de {object} ({value}).",
        "The terrain tile ends before the end of {object} ({value}).",
    ),
    (
        "quantized-mesh-limit",
        "La tuile de terrain est trop grande ({object} : {value}).",
        "The terrain tile is too large ({object}: {value}).",
    ),
    (
        "quantized-mesh-number",
        "La tuile de terrain contient un nombre impossible ({object} : {value}).",
        "The terrain tile has an impossible number ({object}: {value}).",
    ),
    (
        "quantized-mesh-index",
        "{object} désigne un sommet qui n’existe pas : {value}.",
        "{object} points to a vertex that does not exist: {value}.",
    ),
    (
        "terrain-layer-json",
        "La description du terrain ({object}) est illisible : {value}.",
        "The terrain's description ({object}) cannot be read: {value}.",
    ),
    (
        "terrain-layer-limit",
        "La description du terrain est trop grande ({object} : {value}).",
        "The terrain's description is too large ({object}: {value}).",
    ),
    (
        "terrain-layer-format",
        "Le terrain est au format « {value} », qui n’est pas pris en charge (quantized-mesh 1.x est attendu).",
        "The terrain is in the format “{value}”, which is not supported (quantized-mesh 1.x is expected).",
    ),
    (
        "terrain-layer-scheme",
        "Ordre de tuiles « {value} » inconnu (tms et slippyMap sont connus).",
        "Unknown order of tiles “{value}” (tms and slippyMap are known).",
    ),
    (
        "terrain-layer-projection",
        "Projection « {value} » du terrain non prise en charge (EPSG:4326 et EPSG:3857 le sont).",
        "The terrain's projection “{value}” is not supported (EPSG:4326 and EPSG:3857 are).",
    ),
    (
        "terrain-layer-tiles",
        "La description du terrain ne dit pas où sont ses tuiles.",
        "The terrain's description does not say where its tiles are.",
    ),
    (
        "terrain-rgb-picture",
        "L’image d’altitudes est illisible : {value}.",
        "The picture of heights cannot be read: {value}.",
    ),
    (
        "terrain-rgb-size",
        "L’image d’altitudes n’a pas une taille de tuile : {value}.",
        "The picture of heights has not the size of a tile: {value}.",
    ),
    (
        "terrain-rgb-lossy",
        "L’image d’altitudes est compressée avec perte ({value}) : ses altitudes ne veulent plus rien dire.",
        "The picture of heights is compressed with loss ({value}): its heights mean nothing any more.",
    ),
    (
        "tiles-description-json",
        "La description des tuiles est illisible : {value}.",
        "The description of the tiles cannot be read: {value}.",
    ),
    (
        "tiles-description-limit",
        "La description des tuiles est trop grande ({value} octets).",
        "The description of the tiles is too large ({value} bytes).",
    ),
    (
        "tiles-description-unknown",
        "La description des tuiles n’est pas prise en charge ({object} : « {value} »).",
        "The description of the tiles is not supported ({object}: “{value}”).",
    ),
    (
        "ground-matter",
        "Ces tuiles ne sont ni un sol ni des vecteurs ({object} : {value}) : des images se posent sur le sol d’un territoire (« imagery »), et des altitudes en couleurs disent leur code (« encoding » : mapbox ou terrarium).",
        "These tiles are neither ground nor vectors ({object}: {value}): pictures are laid on a territory’s ground (“imagery”), and heights in colours say their code (“encoding”: mapbox or terrarium).",
    ),
    (
        "ground-empty",
        "La tuile de sol est vide.",
        "The tile of ground is empty.",
    ),
    (
        "vectors-too-many",
        "La tuile vectorielle a trop d’objets : {value} ne sont pas dessinés.",
        "The vector tile has too many features: {value} are not drawn.",
    ),
    (
        "mvt-packed",
        "La compression de la tuile vectorielle est défectueuse : {value}.",
        "The vector tile's compression is broken: {value}.",
    ),
    (
        "mvt-limit",
        "La tuile vectorielle est trop grande : {value} octets.",
        "The vector tile is too large: {value} bytes.",
    ),
    (
        "mvt-broken",
        "Ce n’est pas une tuile vectorielle MVT, ou elle est tronquée : {value}.",
        "This is no MVT vector tile, or it is cut short: {value}.",
    ),
    (
        "mvt-layer",
        "{object} est illisible et laissée de côté : {value}.",
        "{object} cannot be read and is left out: {value}.",
    ),
    (
        "mvt-feature",
        "{object} est illisible et laissé de côté : {value}.",
        "{object} cannot be read and is left out: {value}.",
    ),
    (
        "mvt-version",
        "{object} est de la version {value}, qui est inconnue ; elle est lue comme la version 2.",
        "{object} is of version {value}, which is unknown; it is read as version 2.",
    ),
    (
        "pmtiles-magic",
        "Ce n’est pas une archive PMTiles (début : « {value} »).",
        "This is no PMTiles archive (it begins with “{value}”).",
    ),
    (
        "pmtiles-version",
        "Version {value} de PMTiles non prise en charge (3 est attendue).",
        "Version {value} of PMTiles is not supported (3 is expected).",
    ),
    (
        "pmtiles-short",
        "L’archive PMTiles s’arrête avant {object} ({value}).",
        "The PMTiles archive ends before {object} ({value}).",
    ),
    (
        "pmtiles-range",
        "{object} sort de l’archive PMTiles : {value}.",
        "{object} reaches out of the PMTiles archive: {value}.",
    ),
    (
        "pmtiles-compression",
        "Compression {value} de l’archive PMTiles non prise en charge.",
        "The PMTiles archive's compression {value} is not supported.",
    ),
    (
        "pmtiles-packed",
        "La compression de l’archive PMTiles est défectueuse : {value}.",
        "The PMTiles archive's compression is broken: {value}.",
    ),
    (
        "pmtiles-directory",
        "Un répertoire de l’archive PMTiles est défectueux ({object} : {value}).",
        "A directory of the PMTiles archive is broken ({object}: {value}).",
    ),
    (
        "pmtiles-limit",
        "L’archive PMTiles dépasse une limite ({object} : {value}).",
        "The PMTiles archive exceeds a limit ({object}: {value}).",
    ),
    (
        "pmtiles-depth",
        "Les répertoires de l’archive PMTiles mènent à eux-mêmes (tuile {object}).",
        "The directories of the PMTiles archive lead to themselves (tile {object}).",
    ),
    // glTF
    (
        "glb-magic",
        "Ce n'est pas un GLB (début : « {value} »).",
        "This is no GLB (it begins with “{value}”).",
    ),
    (
        "glb-version",
        "Version {value} du conteneur GLB inconnue.",
        "Unknown version {value} of the GLB container.",
    ),
    (
        "glb-truncated",
        "Le GLB est tronqué ({object} de {value}) ; copiez-le ou produisez-le à nouveau.",
        "The GLB is truncated ({object} of {value}); copy or produce it again.",
    ),
    (
        "glb-length",
        "La longueur annoncée du GLB est fausse : {value}.",
        "The length stated in the GLB is wrong: {value}.",
    ),
    (
        "glb-chunk",
        "Le premier bloc du GLB n'est pas du JSON ({object}).",
        "The GLB's first chunk is not JSON ({object}).",
    ),
    (
        "glb-mesh",
        "Le maillage ne peut pas être écrit ({object} : {value}).",
        "The mesh cannot be written ({object}: {value}).",
    ),
    (
        "glb-table",
        "La table ne peut pas être écrite ({object} : {value}).",
        "The table cannot be written ({object}: {value}).",
    ),
    (
        "gltf-json",
        "Le JSON du glTF est illisible : {value}.",
        "The glTF's JSON cannot be read: {value}.",
    ),
    (
        "gltf-version",
        "Version « {value} » de glTF non prise en charge (2.0 attendue).",
        "glTF version “{value}” is not supported (2.0 is expected).",
    ),
    (
        "gltf-limit",
        "Le glTF dépasse une limite ({object} : {value}).",
        "The glTF exceeds a limit ({object}: {value}).",
    ),
    (
        "gltf-buffer-short",
        "{object} est plus court qu'annoncé : {value} octets.",
        "{object} is shorter than stated: {value} bytes.",
    ),
    (
        "gltf-buffer-missing",
        "Les octets de {object} sont introuvables : « {value} ».",
        "The bytes of {object} cannot be found: “{value}”.",
    ),
    (
        "gltf-index",
        "{object} désigne un élément qui n'existe pas. {value}",
        "{object} points to an element that does not exist. {value}",
    ),
    (
        "gltf-view-range",
        "{object} sort de son tampon : {value}.",
        "{object} reaches out of its buffer: {value}.",
    ),
    (
        "gltf-accessor-range",
        "{object} sort de sa vue : {value}.",
        "{object} reaches out of its view: {value}.",
    ),
    (
        "gltf-accessor-type",
        "{object} a un type inattendu : {value}.",
        "{object} has an unexpected type: {value}.",
    ),
    (
        "gltf-sparse",
        "{object} : les accesseurs creux (sparse) ne sont pas pris en charge.",
        "{object}: sparse accessors are not supported.",
    ),
    (
        "gltf-meshopt",
        "La compression meshopt est défectueuse ({object} : {value}).",
        "The meshopt compression is broken ({object}: {value}).",
    ),
    (
        "gltf-draco-broken",
        "La compression Draco est défectueuse ({object} : {value}).",
        "The Draco compression is broken ({object}: {value}).",
    ),
    (
        "gltf-picture-codec",
        "Une image de surface n’est pas montrée ({object}) : sa compression {value} n’est pas prise en charge. Convertissez-la en JPEG, PNG ou WebP.",
        "A picture of a surface is not shown ({object}): its compression {value} is not supported. Convert it to JPEG, PNG or WebP.",
    ),
    (
        "gltf-picture-missing",
        "Une image de surface n’est pas montrée ({object}) : son fichier « {value} » manque.",
        "A picture of a surface is not shown ({object}): its file “{value}” is missing.",
    ),
    (
        "gltf-picture-unreadable",
        "Une image de surface n’est pas montrée ({object}) : elle est illisible ({value}).",
        "A picture of a surface is not shown ({object}): it cannot be read ({value}).",
    ),
    (
        "content-empty",
        "Le contenu ne contient rien qui se dessine.",
        "The content holds nothing that can be drawn.",
    ),
    (
        "legacy-draco",
        "Le nuage de points n’est pas montré : sa compression Draco est défectueuse ({value}).",
        "The point cloud is not shown: its Draco compression is broken ({value}).",
    ),
    (
        "gltf-extension-unsupported",
        "L'extension requise {value} n'est pas prise en charge.",
        "The required extension {value} is not supported.",
    ),
    (
        "gltf-node-depth",
        "{object} : la hiérarchie des nœuds est trop profonde ou se boucle.",
        "{object}: the hierarchy of nodes is too deep or a cycle.",
    ),
    (
        "gltf-transform",
        "{object} : la transformation n'est pas finie.",
        "{object}: the transform is not finite.",
    ),
    (
        "gltf-attribute-count",
        "{object} : les attributs n'ont pas la même longueur ({value}).",
        "{object}: the attributes differ in length ({value}).",
    ),
    (
        "gltf-vertex-index",
        "{object} : un indice désigne un sommet qui n'existe pas ({value}).",
        "{object}: an index points to a vertex that does not exist ({value}).",
    ),
    (
        "gltf-position",
        "{object} : une position n'est pas un nombre fini.",
        "{object}: a position is not a finite number.",
    ),
    (
        "gltf-feature-attribute",
        "{object} cite l'attribut {value}, absent.",
        "{object} cites the attribute {value}, which is missing.",
    ),
    (
        "gltf-feature-count",
        "{object} : plus d'objets qu'annoncé ({value}).",
        "{object}: more features than stated ({value}).",
    ),
    (
        "gltf-feature-range",
        "{object} : un identifiant dépasse sa table ({value}).",
        "{object}: an id lies beyond its table ({value}).",
    ),
    (
        "gltf-feature-table",
        "{object} cite la table {value}, absente.",
        "{object} cites the table {value}, which is missing.",
    ),
    (
        "gltf-metadata-schema",
        "Les métadonnées n'ont pas de schéma.",
        "The metadata have no schema.",
    ),
    (
        "gltf-metadata-class",
        "{object} cite la classe « {value} », absente du schéma.",
        "{object} cites the class “{value}”, which the schema lacks.",
    ),
    (
        "gltf-metadata-property",
        "{object} n'est pas une propriété de sa classe.",
        "{object} is no property of its class.",
    ),
    (
        "gltf-metadata-required",
        "{object} : il manque la propriété obligatoire « {value} ».",
        "{object}: the required property “{value}” is missing.",
    ),
    (
        "gltf-metadata-count",
        "{object} n'a aucune ligne.",
        "{object} has no row.",
    ),
    (
        "gltf-metadata-range",
        "{object} n'a pas assez d'octets : {value}.",
        "{object} does not have enough bytes: {value}.",
    ),
    (
        "gltf-metadata-text",
        "{object} : un texte n'est pas de l'UTF-8 ({value}).",
        "{object}: a text is not UTF-8 ({value}).",
    ),
    (
        "gltf-metadata-texture",
        "{object} : ce type de valeur ne tient pas dans une texture ({value}).",
        "{object}: this type of value does not fit a texture ({value}).",
    ),
    (
        "content-outside",
        "Le contenu ({object}) sort de son volume englobant de {value} m.",
        "The content ({object}) reaches out of its bounding volume by {value} m.",
    ),
    // 3D Tiles 1.0
    (
        "legacy-content",
        "Contenu {object} de 3D Tiles 1.0 : seul l'en-tête est vérifié.",
        "{object} content of 3D Tiles 1.0: only its header is checked.",
    ),
    (
        "legacy-version",
        "Version {value} de {object} inconnue (1 attendue).",
        "Unknown version {value} of {object} (1 is expected).",
    ),
    (
        "legacy-gltf",
        "Le modèle contient un glTF {value}, que rien ne lit plus : convertissez-le en glTF 2.0.",
        "The model holds glTF {value}, which nothing reads any more: convert it to glTF 2.0.",
    ),
    (
        "legacy-batch-id",
        "Un sommet porte un numéro d'objet hors de la table : {value}.",
        "A vertex has a feature number beyond the table: {value}.",
    ),
    (
        "legacy-table",
        "La table {object} d'un contenu 3D Tiles 1.0 est illisible : {value}.",
        "The table {object} of a 3D Tiles 1.0 content cannot be read: {value}.",
    ),
    (
        "legacy-length",
        "La longueur annoncée de {object} est fausse : {value}.",
        "The length stated in {object} is wrong: {value}.",
    ),
    // Weather
    (
        "weather-limit",
        "Le fichier météo est trop grand : {value}.",
        "The weather file is too large: {value}.",
    ),
    (
        "weather-empty",
        "Le fichier météo ne contient aucune heure utilisable. Donnez un EPW, un CSV ou JSON de PVGIS, ou un CSV avec time et ghi.",
        "The weather file holds no usable hour. Give an EPW, a CSV or JSON of PVGIS, or a CSV with time and ghi.",
    ),
    (
        "weather-header",
        "L’en-tête météo est illisible ({object} : « {value} »).",
        "The weather header cannot be read ({object}: “{value}”).",
    ),
    (
        "weather-json",
        "Ce JSON n’est pas une réponse horaire de PVGIS ({object} : {value}).",
        "This JSON is no hourly answer of PVGIS ({object}: {value}).",
    ),
    (
        "weather-tilted",
        "Cette série de PVGIS est celle d’un plan incliné ({value}) ; demandez le plan horizontal (slope 0) ou une année typique (TMY).",
        "This PVGIS series is of a tilted plane ({value}); ask for the horizontal one (slope 0) or a typical year (TMY).",
    ),
    (
        "weather-row-unreadable",
        "{object} : ligne illisible (« {value} »), laissée de côté.",
        "{object}: unreadable row (“{value}”), left out.",
    ),
    (
        "weather-value-implausible",
        "{object} : valeur invraisemblable {value}, écartée.",
        "{object}: implausible value {value}, set aside.",
    ),
    (
        "weather-hour-missing",
        "{object} : aucun rayonnement pour l’heure {value} ; elle n’est pas comptée.",
        "{object}: no irradiance for the hour {value}; it is not counted.",
    ),
    (
        "weather-gap",
        "Il manque {value} heures après {object} ; elles ne sont pas comptées.",
        "{value} hours are missing after {object}; they are not counted.",
    ),
    (
        "weather-month-missing",
        "Il manque {object} mois à la météo ({value}) : les sommes de l’année sont sans eux.",
        "{object} months are missing from the weather ({value}): the sums of the year are without them.",
    ),
    (
        "weather-hour-twice",
        "L’heure {object} existe deux fois ; les deux sont gardées.",
        "The hour {object} exists twice; both are kept.",
    ),
    (
        "weather-no-temperature",
        "Pas de température dans le fichier : 12 °C partout.",
        "No temperature in the file: 12 °C throughout.",
    ),
    (
        "weather-offset-unknown",
        "Le fichier ne dit pas à quelle minute de l’heure il a été mesuré : le soleil est pris à l’heure pile.",
        "The file does not say at which minute of the hour it was measured: the sun is taken on the hour.",
    ),
    (
        "weather-far",
        "La météo vient d’un lieu éloigné ({value}).",
        "The weather comes from a distant place ({value}).",
    ),
    (
        "turbidity-assumed",
        "Pas de trouble de Linke connu à {value} : 3 toute l’année.",
        "No Linke turbidity known at {value}: 3 throughout the year.",
    ),
    // Metadata schema
    (
        "schema-id",
        "{object} n'est pas un identifiant valable : {value}.",
        "{object} is no valid identifier: {value}.",
    ),
    (
        "schema-type",
        "{object} a un type inconnu : « {value} ».",
        "{object} has an unknown type: “{value}”.",
    ),
    (
        "schema-component-type",
        "{object} a un type de nombre impossible : « {value} ».",
        "{object} has an impossible number type: “{value}”.",
    ),
    (
        "schema-enum-unknown",
        "{object} cite l'énumération « {value} », absente du schéma.",
        "{object} cites the enumeration “{value}”, which the schema lacks.",
    ),
    (
        "schema-enum-values",
        "{object} n'a pas de valeurs, ou en a une deux fois : {value}.",
        "{object} has no values, or one of them twice: {value}.",
    ),
];

/// The finding as a sentence, French and English. A code that is not of this folder gives its own parts.
pub fn message(finding: &Finding) -> (String, String) {
    match SENTENCES.iter().find(|(code, _, _)| *code == finding.code) {
        Some((_, fr, en)) => (fill(fr, finding), fill(en, finding)),
        None => {
            let plain = printable(&format!("{} {} {}", finding.code, finding.object, finding.value));
            (plain.trim_end().to_owned(), plain.trim_end().to_owned())
        }
    }
}

/// Longest value shown; a finding may carry a whole matrix.
const MAX_VALUE: usize = 160;

fn fill(sentence: &str, finding: &Finding) -> String {
    let mut value: String = finding.value.chars().take(MAX_VALUE).collect();
    let cut = value.len() < finding.value.len();
    value = printable(&value);
    let object = printable(&finding.object);
    if cut {
        value.push('…');
    }
    // Braces that stay are doubled in the sentence; they are set aside while names are filled in, so that a value with braces stays as it is.
    let mut out = String::with_capacity(sentence.len() + value.len());
    let mut rest = sentence;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (text, length) = [
            ("{{", "{"),
            ("}}", "}"),
            ("{object}", object.as_str()),
            ("{value}", value.as_str()),
        ]
        .into_iter()
        .find(|(mark, _)| rest.starts_with(mark))
        .map_or(("", 1), |(mark, text)| (text, mark.len()));
        out.push_str(text);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}
