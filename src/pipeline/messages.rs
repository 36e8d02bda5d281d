//! Sentences of the importer's findings and faults, in French and English.
//!
//! `{object}` and `{value}` are replaced by those of the finding. Codes never change meaning.

use crate::base::printable;

/// The formats of sources, as the help and the faults name them.
macro_rules! source_formats {
    (fr) => {
        "GeoPackage, Shapefile, GeoJSON (aussi en séquence), FlatGeobuf, GeoParquet, CityJSON, CityGML, OpenStreetMap (.osm.pbf, .osm), GTFS, EPANET (.inp), GeoTIFF (altitudes ou images), PNG et JPEG géoréférencés, tuiles XYZ, SRTM, BIL, grille ASCII, XYZ, LAS/LAZ, tilesets 3D Tiles 1.0 et 1.1, glTF, sources.json"
    };
    (en) => {
        "GeoPackage, Shapefile, GeoJSON (sequences too), FlatGeobuf, GeoParquet, CityJSON, CityGML, OpenStreetMap (.osm.pbf, .osm), GTFS, EPANET (.inp), GeoTIFF (heights or pictures), georeferenced PNG and JPEG, XYZ tiles, SRTM, BIL, ASCII grid, XYZ, LAS/LAZ, 3D Tiles 1.0 and 1.1, glTF, sources.json"
    };
}

/// The formats of sources in French and in English.
pub const SOURCE_FORMATS: [&str; 2] = [source_formats!(fr), source_formats!(en)];

/// `(code, French, English)`, sorted by code.
const MESSAGES: &[(&str, &str, &str)] = &[
    ("archive-bomb", "{object} : taille démesurée une fois décompressé ({value} octets), écarté", "{object}: grows out of all proportion when unpacked ({value} bytes), refused"),
    ("archive-encrypted", "{object} est chiffré : décompressez l’archive vous-même", "{object} is encrypted: unpack the archive yourself"),
    ("archive-entries", "archive de {value} fichiers : trop, elle n’est pas ouverte", "archive of {value} files: too many, it is not opened"),
    ("archive-entry-unreadable", "{object} ne peut pas être décompressé : {value}", "{object} cannot be unpacked: {value}"),
    ("archive-nested", "archive dans {value} archives : elle n’est pas ouverte", "archive inside {value} archives: it is not opened"),
    ("archive-path", "{object} sortirait du dossier ou y existe déjà ({value}) : écarté", "{object} would leave the folder or exists already ({value}): refused"),
    ("archive-too-large", "{object} : plus de {value} octets une fois décompressé, la suite est écartée", "{object}: more than {value} bytes unpacked, the rest is refused"),
    ("archive-unreadable", "archive illisible ({value}) : tronquée ou endommagée, copiez-la à nouveau", "unreadable archive ({value}): truncated or damaged, copy it again"),
    ("building-ground-assumed", "aucune altitude du sol, ni ici ni alentour : {value} par défaut", "no ground altitude here or nearby: {value} by default"),
    ("building-ground-from-neighbours", "altitude du sol reprise des bâtiments voisins ({value})", "ground altitude taken from the buildings nearby ({value})"),
    ("building-ground-implausible", "altitude du sol invraisemblable ({value}), remplacée par celle du terrain", "implausible ground altitude ({value}), replaced by the terrain's"),
    ("building-height-assumed", "hauteur inconnue, supposée de {value}", "unknown height, assumed to be {value}"),
    ("building-height-contradictory", "hauteur contredite par les altitudes du toit et du sol ({value}) : les altitudes sont retenues", "height contradicted by roof and ground altitudes ({value}): the altitudes are kept"),
    ("building-height-doubtful", "hauteur peu compatible avec le nombre d’étages ({value}), gardée", "height hardly fits the number of storeys ({value}), kept"),
    ("building-height-from-altitudes", "hauteur calculée d’après les altitudes ({value})", "height computed from the altitudes ({value})"),
    ("building-height-from-neighbours", "hauteur médiane des bâtiments voisins ({value})", "median height of the buildings nearby ({value})"),
    ("building-height-from-points", "hauteur absente, tirée des points mesurés ({value})", "no height, taken from measured points ({value})"),
    ("building-height-from-storeys", "hauteur déduite du nombre d’étages, 3 m par étage ({value})", "height from the number of storeys, 3 m each ({value})"),
    ("building-height-implausible", "hauteur invraisemblable ({value}), écartée", "implausible height ({value}), set aside"),
    ("building-height-missing", "hauteur absente de la source", "no height in the source"),
    ("building-not-standing", "bâtiment qui n’existe pas sur place ({value})", "building that does not stand ({value})"),
    ("building-roof-implausible", "faîte incompatible avec l’égout ({value}), toit supposé plat", "ridge does not fit the eave ({value}), roof taken as flat"),
    ("building-roof-limited", "faîte indiqué hors de portée d’un toit sur cette emprise, dessiné plus bas, la valeur indiquée reste dans « ridge_stated_m » ({value})", "stated ridge out of a roof’s reach over this footprint, drawn lower, the stated value stays in “ridge_stated_m” ({value})"),
    ("building-roof-tall", "toit culminant très au-dessus de l’égout ({value}) : tour, clocher ou relevé douteux", "roof reaches far above the eave ({value}): a tower, a spire or a doubtful survey"),
    ("building-without-altitude", "contour sans altitude (Z = {value})", "outline without altitude (Z = {value})"),
    ("building-year-implausible", "année d’apparition illisible ({value})", "unreadable year of appearance ({value})"),
    ("city-implicit-geometry", "géométrie implicite (modèle répété) laissée de côté ({value})", "implicit geometry (a repeated model) left out ({value})"),
    ("city-installation-left-out", "élément extérieur (cheminée, escalier) laissé de côté", "outer installation (chimney, stairs) left out"),
    ("city-object-left-out", "objets « {object} » laissés de côté : {value}", "objects “{object}” left out: {value}"),
    ("city-too-many-faces", "plus de {value} faces : les suivantes sont laissées de côté", "more than {value} faces: the rest is left out"),
    ("city-vertex-missing", "face {value} : sommet inexistant, face laissée de côté", "face {value}: missing vertex, the face is left out"),
    ("city-xlink-unresolved", "lien xlink sans cible ({value}), face laissée de côté", "xlink without a target ({value}), the face is left out"),
    ("coordinates-outside", "coordonnées impossibles à placer ({value})", "coordinates that cannot be placed ({value})"),
    ("crs-assumed", "système de coordonnées non précisé, supposé {value}", "coordinate system not stated, assumed {value}"),
    ("crs-not-projected", "{object} est en degrés ; il faut un système projeté. Essayez --crs {value}.", "{object} is in degrees; a projected system is needed. Try --crs {value}."),
    ("crs-unknown", "système de coordonnées inconnu ({object}). Exemples de systèmes connus : {value}", "unknown coordinate system ({object}). Known systems are for example: {value}"),
    ("dataset-undeclared", "jeu de données « {object} » non décrit dans sources.json : producteur et licence non précisés", "data set “{object}” is not described in sources.json: producer and licence not stated"),
    ("dataset-unknown", "producteur et licence non précisés ; décrivez-les dans un sources.json", "producer and licence not stated; describe them in a sources.json"),
    ("declaration-column-missing", "la colonne « {object} », nommée dans « fields », n’existe pas (colonnes : {value})", "column “{object}”, named in “fields”, does not exist (columns: {value})"),
    ("declaration-mismatch", "ce fichier ne peut pas être une couche « {value} »", "this file cannot be a layer of “{value}”"),
    ("declaration-path-outside", "le chemin sort du dossier des sources", "the path leaves the folder of sources"),
    ("declaration-term-unknown", "terme « {object} » inconnu dans « fields »", "unknown term “{object}” in “fields”"),
    ("declaration-unreadable", "{object} ne peut pas être lu : {value}. Corrigez-le ou retirez-le.", "{object} cannot be read: {value}. Correct or remove it."),
    ("demo-folder-not-empty", "{object} n’est pas vide : choisissez un nouveau dossier.", "{object} is not empty: choose a new folder."),
    ("duplicate-id", "identifiant en double ({object}), les deux objets sont gardés", "duplicate id ({object}), both objects are kept"),
    ("encoding-contradicted", "encodage annoncé démenti par les octets ({value})", "the bytes contradict the stated encoding ({value})"),
    ("encoding-guessed", "encodage non précisé, reconnu à ses octets ({value})", "encoding not stated, told by the bytes ({value})"),
    ("encoding-unknown", "encodage « {value} » inconnu ; les octets décident", "unknown encoding “{value}”; the bytes decide"),
    ("feature-far-away", "objet à {value} de tous les autres, mis de côté : vérifiez ses coordonnées, ou importez-le à part", "object {value} away from all others, set aside: check its coordinates, or import it on its own"),
    ("epanet-limit", "{object} : plus de {value} éléments", "{object}: more than {value} elements"),
    ("epanet-line", "ligne illisible, laissée de côté : {value}", "unreadable line, left out: {value}"),
    ("epanet-network", "réseau EPANET : {value}", "EPANET network: {value}"),
    ("epanet-read", "lecture interrompue : {value}", "reading broke off: {value}"),
    ("feature-not-understood", "objet sans étiquette connue, laissé de côté", "object without a known tag, left out"),
    ("feature-unreadable", "objet illisible : {value}", "unreadable object: {value}"),
    ("file-empty", "{object} est vide (0 octet) : copiez-le ou exportez-le à nouveau.", "{object} is empty (0 bytes): copy or export it again."),
    ("file-is-text", "texte où rien n’est reconnu (« {value} »), laissé de côté", "text in which nothing is recognised (“{value}”), left out"),
    ("file-not-understood", "fichier d’un format non reconnu ({value}), laissé de côté", "file of an unknown format ({value}), left out"),
    ("file-too-large", "fichier trop grand ({value} octets)", "file too large ({value} bytes)"),
    ("folder-is-territory", "dossier d’un territoire, qui n’est pas une source : laissé de côté", "folder of a territory, which is no source: left out"),
    ("folder-too-deep", "dossier à plus de {value} niveaux, laissé de côté", "folder more than {value} levels down, left out"),
    ("folder-too-large", "plus de {value} fichiers : le reste est laissé de côté", "more than {value} files: the rest is left out"),
    ("footprint-degenerate", "contour sans surface", "outline without an area"),
    ("footprint-invalid", "contour invalide qui n’a pas pu être réparé", "invalid outline that could not be repaired"),
    ("footprint-repaired", "contour réparé ({value})", "outline repaired ({value})"),
    ("footprint-sliver", "éclat de découpe trop petit ({value})", "sliver of a cut, too small ({value})"),
    ("footprint-thinned", "contour trop détaillé pour un bâtiment, dessiné avec moins de points (points dans la source, distance entre les points gardés : {value})", "outline too detailed for a building, drawn with fewer points (points in the source, distance between those kept: {value})"),
    ("geoid-approximate", "grille RAF20 absente : hauteurs ellipsoïdales approchées", "no RAF20 grid: ellipsoidal heights are approximate"),
    ("geoid-unreadable", "la grille du géoïde ne peut pas être lue : {value}", "the geoid grid cannot be read: {value}"),
    ("geometry-missing", "objet sans géométrie", "object without a geometry"),
    ("gtfs-licence-unknown", "un GTFS ne dit pas sa licence ; producteur : {value}", "a GTFS feed does not state its licence; producer: {value}"),
    ("gtfs-lines-from-stops", "{value} lignes tracées droit d’arrêt en arrêt, faute de tracés", "{value} lines drawn straight from stop to stop, for lack of shapes"),
    ("gtfs-shapes-missing", "pas de shapes.txt : les lignes sont déduites des arrêts", "no shapes.txt: lines follow from the stops"),
    ("gtfs-stop-twice", "l’arrêt {object} existe deux fois, le premier est gardé", "the stop {object} exists twice, the first is kept"),
    ("gtfs-stop-without-place", "{value} nœuds intérieurs de gares sans position, non dessinés", "{value} inner nodes of stations without a place, not drawn"),
    ("gtfs-table-missing", "{value} manque : les lignes sans tracé ne peuvent pas être dessinées", "{value} is missing: lines without a shape cannot be drawn"),
    ("imagery-bands", "bandes de l’image : {value} prises comme couleurs, les autres laissées de côté", "bands of the picture: {value} taken as colours, the others left out"),
    ("imagery-bounds", "emprise de l’imagerie hors du monde ou vide : {value}", "bounds of the imagery outside the world or empty: {value}"),
    ("imagery-count", "{object} : le manifeste annonce un autre nombre de tuiles que le dossier ({value})", "{object}: the manifest states another number of tiles than the folder has ({value})"),
    ("imagery-deep", "image de plus de 8 bits ramenée à 8 ({value})", "picture of more than 8 bits brought to 8 ({value})"),
    ("imagery-jpeg2000", "{object} est en JPEG 2000, qui n’est pas lu : convertissez-le (gdal_translate -co TILED=YES -co COMPRESS=JPEG image.jp2 image.tif)", "{object} is JPEG 2000, which is not read: convert it (gdal_translate -co TILED=YES -co COMPRESS=JPEG image.jp2 image.tif)"),
    ("imagery-levels", "{object} : niveaux impossibles ({value})", "{object}: impossible levels ({value})"),
    ("imagery-outside", "image hors du domaine de son système de coordonnées ({value}), écartée", "picture outside the area of its coordinate system ({value}), set aside"),
    ("imagery-parent", "tuile {object} de « {value} » : celle du niveau au-dessus manque", "tile {object} of “{value}”: the one a level above is missing"),
    ("imagery-pieces-damaged", "morceaux d’image endommagés, laissés transparents : {value}", "damaged pieces of a picture, left transparent: {value}"),
    ("imagery-stray", "tuile {object} : le modèle d’adresse de « {value} » ne la nomme pas", "tile {object}: the template of “{value}” does not name it"),
    ("imagery-template", "{object} : modèle d’adresse sans …/{z}/{x}/{y}.* ({value})", "{object}: template without …/{z}/{x}/{y}.* ({value})"),
    ("imagery-tile-outside", "tuile {object} hors des niveaux ou de l’emprise de « {value} »", "tile {object} outside the levels or the bounds of “{value}”"),
    ("imagery-tile-size", "tuile {object} de mauvaise taille ({value})", "tile {object} of a wrong size ({value})"),
    ("imagery-tile-unreadable", "tuile {object} illisible : {value}", "unreadable tile {object}: {value}"),
    ("imagery-tilejson", "{object} : le TileJSON annonce d’autres niveaux ou un autre ordre des lignes ({value})", "{object}: the TileJSON states other levels or another order of rows ({value})"),
    ("imagery-tiles-bounds", "emprise annoncée sans aucune tuile ({value}) : celle des tuiles est retenue", "stated bounds hold no tile ({value}): those of the tiles are taken"),
    ("imagery-tiles-empty", "dossier de tuiles sans tuile", "folder of tiles without a tile"),
    ("imagery-tiles-projection", "tuiles dans une autre projection que Web Mercator ({value}) : non lues", "tiles in another projection than Web Mercator ({value}): not read"),
    ("imagery-too-large", "imagerie de plus de {value} morceaux : découpez-la", "imagery of more than {value} parts: cut it up"),
    ("imagery-unreadable", "image illisible : {value}", "unreadable picture: {value}"),
    ("imagery-without-place", "{object} : image sans position (ni GeoTIFF, ni fichier .pgw, .jgw ou .wld, ni .aux.xml), laissée de côté", "{object}: picture without a place (no GeoTIFF, no .pgw, .jgw or .wld file, no .aux.xml), left out"),
    ("imagery-without-tiles", "{object} : aucun fichier à l’adresse {value}", "{object}: no file at {value}"),
    ("import-cancelled", "Import interrompu à votre demande ; rien n’a été écrit.", "Import stopped at your request; nothing was written."),
    ("import-nothing", concat!("Rien d’utilisable dans {object} ({value}). Donnez un dossier, une archive zip ou des fichiers : ", source_formats!(fr), "."), concat!("Nothing usable in {object} ({value}). Give a folder, a zip archive or files: ", source_formats!(en), ".")),
    ("import-nothing-text", concat!("Rien d’utilisable dans {object} : c’est un texte où rien n’est reconnu (« {value} »). Formats lus : ", source_formats!(fr), "."), concat!("Nothing usable in {object}: it is a text in which nothing is recognised (“{value}”). Formats read: ", source_formats!(en), ".")),
    ("indoorgml-refused", "ce fichier est un IndoorGML ({value}) : il décrit des pièces et des parcours, pas des bâtiments à importer", "this file is IndoorGML ({value}): it describes rooms and ways through them, no buildings to import"),
    ("join-column-missing", "la colonne « {object} » n’y est pas (colonnes : {value})", "column “{object}” is not in it (columns: {value})"),
    ("join-id-missing", "ligne sans identifiant, non jointe", "row without an id, not joined"),
    ("join-id-twice", "identifiant en double ({object}) : la première ligne compte", "id that occurs twice ({object}): the first row counts"),
    ("join-layer-missing", "aucune couche « {value} » à laquelle joindre cette table", "no layer of “{value}” to join this table to"),
    ("join-shared", "{value} objets partagent une ligne avec un plus grand ; nombres et quantités vont à celui-ci", "{value} objects share a row with a larger one; counts and amounts go to that one"),
    ("join-too-large", "table de plus de {value} lignes : la suite est laissée de côté", "table of more than {value} rows: the rest is left out"),
    ("join-unmatched", "ligne « {object} » sans objet correspondant", "row “{object}” without an object"),
    ("join-without-row", "{value} objets sans ligne dans la table", "{value} objects without a row in the table"),
    ("layer-empty", "couche sans aucun objet", "layer without any object"),
    ("layer-not-understood", "table « {object} » non comprise (colonnes : {value}) ; décrivez-la dans un sources.json", "table “{object}” not understood (columns: {value}); describe it in a sources.json"),
    ("layer-recognised-by-name", "sans colonne parlante, « {object} » reconnu à son nom ({value})", "no telling column: “{object}” recognised by its name ({value})"),
    ("line-in-parts", "ligne en {value} morceaux, comptés un à un une fois dessinés", "line in {value} parts, each counted once drawn"),
    ("line-underground", "souterrain (niveau {value}) : gardé, mais non dessiné", "underground (level {value}): kept, but not drawn"),
    ("line-degenerate", "ligne sans longueur", "line without a length"),
    ("mapping-unreadable", "Le fichier de correspondance {object} ne peut pas servir : {value}", "The mapping file {object} cannot be used: {value}"),
    ("model-content-skipped", "contenu {value} laissé de côté : seuls les modèles à triangles sont importés", "{value} content left out: only models of triangles are imported"),
    ("model-empty", "aucun contenu utilisable dans ce modèle", "no usable content in this model"),
    ("model-not-placed", "fichier glTF sans emplacement : donnez « place » (lon, lat, height, heading, scale) dans le fichier --map", "glTF file without a place: give “place” (lon, lat, height, heading, scale) in the --map file"),
    ("model-placement", "emplacement invraisemblable, « {object} » : {value}", "implausible placement, “{object}”: {value}"),
    ("model-property-skipped", "attribut {object} sans équivalent dans une table, laissé de côté", "property {object} has no place in a table, left out"),
    ("model-texture-left-out", "textures laissées de côté, couleurs gardées", "textures left out, colours kept"),
    ("model-without-triangles", "contenu sans triangles", "content without triangles"),
    ("network-depth-implausible", "profondeur invraisemblable ({value}), écartée", "implausible depth ({value}), set aside"),
    ("network-diameter-implausible", "diamètre invraisemblable ({value}), écarté", "implausible diameter ({value}), set aside"),
    ("network-not-standing", "ouvrage qui n’existe pas sur place ({value})", "work that does not stand ({value})"),
    ("network-outside", "{object} : {value} objets loin du territoire, non dessinés", "{object}: {value} objects far from the territory, not drawn"),
    ("network-voltage-implausible", "tension invraisemblable ({value}), écartée", "implausible voltage ({value}), set aside"),
    ("osm-blob-compression", "{object} : compression « {value} » non prise en charge, bloc laissé de côté ; réécrivez le fichier en zlib (osmium cat)", "{object}: “{value}” compression is not supported, the block is left out; write the file again with zlib (osmium cat)"),
    ("osm-blob-damaged", "{object} : bloc endommagé ({value}), laissé de côté", "{object}: damaged block ({value}), left out"),
    ("osm-blob-length", "{object} : bloc de {value} octets, plus que le format ne permet", "{object}: block of {value} bytes, more than the format allows"),
    ("osm-count", "{object} : listes de longueurs différentes ({value}), laissé de côté", "{object}: lists of different lengths ({value}), left out"),
    ("osm-feature-required", "le fichier exige « {value} », que cette version ne connaît pas", "the file requires “{value}”, which this version does not know"),
    ("osm-header", "ce fichier ne commence pas comme un fichier OSM ({value})", "this file does not begin like an OSM file ({value})"),
    ("osm-left-out", "{object} : {value} éléments non dessinés", "{object}: {value} elements not drawn"),
    ("osm-limit", "{object} : plus de {value}, la suite est laissée de côté ; découpez le fichier", "{object}: more than {value}, the rest is left out; split the file"),
    ("osm-member-missing", "{object} : chemins membres absents du fichier ({value}), ce qui manque n’est pas dessiné", "{object}: member ways are not in the file ({value}), what is missing is not drawn"),
    ("osm-message", "bloc {object} illisible ({value}), laissé de côté", "unreadable block {object} ({value}), left out"),
    ("osm-node-missing", "{object} : nœuds absents du fichier ({value}), élément coupé par l’extrait", "{object}: nodes are not in the file ({value}), the extract cuts the element"),
    ("osm-number", "{object} : numéro ou position illisible ({value})", "{object}: unreadable number or place ({value})"),
    ("osm-part-alone", "{object} : partie de bâtiment sans bâtiment autour, prise pour un bâtiment", "{object}: part of a building without a building around it, taken for a building"),
    ("osm-place", "{object} : position hors de la Terre ({value})", "{object}: a place beyond the Earth ({value})"),
    ("osm-read", "lecture interrompue : {value}", "reading broke off: {value}"),
    ("osm-ring-open", "{object} : contour ouvert, à partir de {value}", "{object}: the outline does not close, from {value} on"),
    ("osm-text-missing", "bloc {object} : texte inexistant ({value}), bloc laissé de côté", "block {object}: missing text ({value}), the block is left out"),
    ("osm-truncated", "fichier tronqué {object} ({value}) : ce qui précède est gardé", "truncated file {object} ({value}): what comes before is kept"),
    ("osm-xml", "XML défectueux à {object} ({value}) : ce qui précède est gardé", "broken XML at {object} ({value}): what comes before is kept"),
    ("out-exists", "{object} existe déjà et n’est pas un territoire : choisissez un autre dossier.", "{object} exists and is no territory: choose another folder."),
    ("out-has-other-files", "{object} est un territoire, mais contient aussi « {value} », qu’un import effacerait : retirez-le, ou choisissez un autre dossier.", "{object} is a territory, but also holds “{value}”, which an import would erase: remove it, or choose another folder."),
    ("out-leftover", "reste d’un import interrompu, effacé : {object}", "left by an import that was killed, removed: {object}"),
    ("out-restored", "territoire mis de côté par un import interrompu, remis à sa place : {object}", "territory moved aside by an import that was killed, put back: {object}"),
    ("outline-repaired", "contour réparé", "outline repaired"),
    ("plan-document", "table DOC_URBA : {value} document(s) d’urbanisme, dates et états repris", "DOC_URBA table: {value} planning document(s), dates and states taken over"),
    ("plan-outside", "le plan tomberait hors du domaine de {object} ({value}), il n’est pas dessiné : placez-le par « place » dans le fichier --map", "the plan would fall outside the area of {object} ({value}), it is not drawn: place it by “place” in the --map file"),
    ("plan-without-crs", "réseau dessiné sur un plan sans système de coordonnées, non dessiné : dites où il est par --crs (s’il est dans ce système) ou par « place » dans le fichier --map", "network on a plan without a coordinate system, not drawn: say where it is by --crs (when it is in that system) or by “place” in the --map file"),
    ("points-copc", "description de l’octree COPC incohérente ({value}) : les points sont lus sans elle", "inconsistent description of the COPC octree ({value}): the points are read without it"),
    ("points-classes", "points par classe : {value}", "points by class: {value}"),
    ("points-gridded", "points épars ramenés à une grille ({value})", "scattered points brought onto a grid ({value})"),
    ("points-ground-filtered", "nuage non classé : sol reconnu par filtrage des points les plus bas ({value} des mailles)", "cloud without classes: ground told by filtering the lowest points ({value} of the cells)"),
    ("points-implausible", "{value} points du sol à une altitude invraisemblable, écartés", "{value} ground points at an implausible altitude, set aside"),
    ("points-missing", "points annoncés mais absents ou illisibles : {value}", "points announced but missing or unreadable: {value}"),
    ("points-synthetic", "{value} points du sol synthétiques (non mesurés), gardés", "{value} synthetic ground points (not measured), kept"),
    ("points-unreadable", "nuage de points illisible : {value}", "unreadable point cloud: {value}"),
    ("points-virtual", "{value} points virtuels (classe 66), gardés comme sol", "{value} virtual points (class 66), kept as ground"),
    ("points-without-ground", "aucun point classé sol (classes 2, 8, 9 ou 66) : classez le nuage d’abord", "no point is classified as ground (classes 2, 8, 9 or 66): classify the cloud first"),
    ("raster-first-band", "plusieurs bandes : la première est prise comme altitude", "several bands: the first is taken as the altitude"),
    ("raster-lines-unread", "{value} lignes sans trois nombres, laissées de côté", "{value} lines without three numbers, left out"),
    ("raster-rows-missing", "fichier plus court qu’annoncé : {value} lectures de lignes absentes", "file shorter than announced: {value} reads of missing rows"),
    ("raster-scaled", "valeurs mises à l’échelle en mètres ({value})", "values scaled to metres ({value})"),
    ("raster-tiles-damaged", "blocs illisibles, laissés inconnus : {value}", "unreadable blocks, left unknown: {value}"),
    ("plan-unreadable", "{object} : plan d’import illisible ({value}), refaites « jumeau plan »", "{object}: unreadable import plan ({value}), run “jumeau plan” again"),
    ("raster-unreadable", "image illisible : {value}", "unreadable raster: {value}"),
    ("road-altitude-interpolated", "altitudes faussées par une interpolation ({value}) : la ligne suit le terrain", "altitudes spoilt by interpolation ({value}): the line follows the terrain"),
    ("road-altitude-off-terrain", "altitude éloignée du terrain ({value}) : la ligne suit le terrain", "altitude far from the terrain ({value}): the line follows the terrain"),
    ("road-fictive", "tronçon fictif, non dessiné", "fictive segment, not drawn"),
    ("road-is-ferry", "liaison maritime, non dessinée", "ferry, not drawn"),
    ("road-not-built", "tronçon qui n’existe pas sur place ({value})", "segment that is not built ({value})"),
    ("road-width-assumed", "largeur absente, supposée de {value}", "no width, assumed {value}"),
    ("road-without-altitude", "sans altitude (Z = {value}) : la ligne suit le terrain", "without altitude (Z = {value}): the line follows the terrain"),
    ("roof-by-altitudes", "toit d’une forme plausible, entre égout et faîte connus ({value})", "roof of a plausible form between known eave and ridge ({value})"),
    ("roof-by-points", "toit tiré d’un nuage de points ({value})", "roof from a point cloud ({value})"),
    ("roof-by-surface-model", "toit tiré d’un modèle de surface ({value})", "roof from a surface model ({value})"),
    ("roof-by-surfaces", "toit tel que la source le donne, face par face ({value})", "roof as its source has it, face by face ({value})"),
    ("roof-contradicts-heights", "les points donnent un autre faîte que la source ({value}) : les points sont dessinés", "the points show another ridge than the source ({value}): the points are drawn"),
    ("roof-flat", "toit dessiné plat : rien n’en dit la forme, ou aucune ne tient sur cette emprise ({value})", "roof drawn level: nothing tells its form, or none holds over this footprint ({value})"),
    ("roof-points-few", "trop peu de points pour un toit ({value})", "too few points for a roof ({value})"),
    ("roof-points-gaps", "points sur {value} de l’emprise seulement : toit non tiré des points", "points over {value} of the footprint only: roof not taken from points"),
    ("roof-points-outdated", "points plus anciens que le bâtiment ({value}), écartés", "points older than the building ({value}), set aside"),
    ("roof-points-scattered", "points trop éloignés de tout pan (part proche · résidu : {value}) : toit non tiré des points", "points too far from any plane (share near · residual: {value}): roof not taken from points"),
    ("roof-points-shape", "aucune surface fermée et plausible sur les pans trouvés : toit non tiré des points", "no closed and plausible surface over the planes found: roof not taken from points"),
    ("roof-surveyed", "pans de toit tirés du nuage de points par croissance de régions (pans · résidu · part expliquée : {value})", "roof planes from the point cloud by region growing (planes · residual · share explained: {value})"),
    ("shapefile-attributes-differ", "la table .dbf et les formes ne se correspondent pas ({value} lignes)", "the .dbf table and the shapes do not match ({value} rows)"),
    ("shapefile-attributes-missing", "pas de fichier .dbf : des formes sans attributs", "no .dbf file: shapes without attributes"),
    ("shapefile-attributes-unreadable", "le fichier .dbf ne peut pas être lu ({value}) : des formes sans attributs", "the .dbf file cannot be read ({value}): shapes without attributes"),
    ("shapefile-index-ignored", "l’index .shx est faux ({value}) : les formes sont lues dans l’ordre", "the .shx index is wrong ({value}): shapes are read in their order"),
    ("shapefile-truncated", "fichier .shp tronqué ({value} octets) ; copiez-le à nouveau", "truncated .shp file ({value} bytes); copy it again"),
    ("shard-unknown", "pas de lot {object} : le plan en a {value}, numérotés depuis 0", "no shard {object}: the plan has {value}, counted from 0"),
    ("shards-missing", "{object} lots ne sont pas faits ({value}) : lancez « jumeau work » pour chacun", "{object} shards are not done ({value}): run “jumeau work” for each"),
    ("solid-inside-out", "solide à l’envers, retourné (faces : {value})", "solid inside out, turned (faces: {value})"),
    ("solid-not-closed", "solide non fermé, arêtes libres : {value}", "solid not closed, free edges: {value}"),
    ("solar-building-unknown", "Aucun bâtiment « {value} » dans ce territoire. « jumeau solar TERRITOIRE --csv » donne les identifiants.", "No building “{value}” in this territory. “jumeau solar TERRITORY --csv” lists the ids."),
    ("solar-no-buildings", "Ce territoire n’a pas de bâtiments lisibles.", "This territory has no readable buildings."),
    ("solar-roof-none", "{object} : aucun pan de toit reconnu ({value} triangles)", "{object}: no roof plane recognised ({value} triangles)"),
    ("source-missing", "{object} n’existe pas. Vérifiez le chemin.", "{object} does not exist. Check the path."),
    ("source-not-a-file", "{object} n’est pas un fichier ({value} : tube, prise ou périphérique) et n’est pas lu ; enregistrez son contenu dans un fichier.", "{object} is no file ({value}: a pipe, socket or device) and is not read; save its contents to a file."),
    ("source-unreadable", "{object} ne peut pas être lu : {value}", "{object} cannot be read: {value}"),
    ("surface-coordinates", "coordonnées de face illisibles ({value})", "unreadable coordinates of a face ({value})"),
    ("surface-not-planar", "face non plane, écart de {value}", "face not planar, off by {value}"),
    ("surface-orientation", "faces mal orientées, retournées : {value}", "faces the wrong way round, turned: {value}"),
    ("surface-ring-crossing", "contour de face qui se croise : {value}", "ring of a face crosses itself: {value}"),
    ("surface-too-few-points", "face de moins de trois points ({value})", "face of fewer than three points ({value})"),
    ("surface-model-as-terrain", "modèle de surface sans modèle de terrain : il tient lieu de sol, toits et arbres compris", "surface model without a model of the ground: it stands for the ground, roofs and trees included"),
    ("table-missing", "la table « {object} » n’y est pas", "table “{object}” is not in it"),
    ("table-not-named", "{value} tables : dites laquelle avec « table »", "{value} tables: say which with “table”"),
    ("table-without-geometry", "table sans géométrie (colonnes : {value}) ; pour la joindre, décrivez-la dans « join » d’un sources.json", "table without geometry (columns: {value}); to join it, describe it under “join” in a sources.json"),
    ("terrain-coarsened", "terrain trop grand, rééchantillonné ({value})", "terrain too large, resampled ({value})"),
    ("terrain-derived", "terrain absent : déduit des routes et des pieds de bâtiments", "no terrain: derived from roads and the feet of buildings"),
    ("terrain-empty", "aucune altitude connue", "no known altitude"),
    ("terrain-flat", "aucune altitude : terrain supposé plat", "no altitude at all: the ground is taken as flat"),
    ("terrain-holes-filled", "trous du terrain comblés par interpolation et marqués : {value} cellules", "holes of the terrain filled by interpolation and marked: {value} cells"),
    ("terrain-implausible", "{value} altitudes invraisemblables, écartées", "{value} implausible altitudes, set aside"),
    ("terrain-nodata-undeclared", "{value} valeurs prises pour « sans donnée » bien que le fichier n’en déclare pas ou en déclare une autre", "{value} values taken as “no data” although the file states none or another"),
    ("terrain-leaves-coarser", "territoire trop vaste pour le détail habituel : les tuiles les plus fines sont plus grandes ({value})", "territory too vast for the usual detail: the finest tiles are larger ({value})"),
    ("terrain-resampled", "terrain rééchantillonné dans le système du territoire ({value})", "terrain resampled into the territory's system ({value})"),
    ("terrain-share", "{object} couvre {value} du terrain", "{object} covers {value} of the terrain"),
    ("threads-failed", "impossible de lancer le travail en parallèle : {value}", "cannot start parallel work: {value}"),
    ("tile-content", "la couche {object} n’a pas pu être dessinée : {value}", "layer {object} could not be drawn: {value}"),
    ("tile-empty", "Rien à dessiner : aucun bâtiment, ligne ou terrain n’a été gardé.", "Nothing to draw: no building, line or terrain was kept."),
    ("tile-outside-crs", "{value} est hors du domaine de {object} : vérifiez le système de coordonnées.", "{value} is outside the area of {object}: check the coordinate system."),
    ("tileset-content-missing", "contenu introuvable : {value}", "content not found: {value}"),
    ("tileset-not-on-earth", "le tileset n’est pas sur le globe ({value}) : indiquez son système avec --crs ou son emplacement dans --map", "the tileset is not on the globe ({value}): state its system with --crs, or its place in --map"),
    ("tileset-projected", "coordonnées du tileset lues dans {value}", "coordinates of the tileset read in {value}"),
    ("tiling-failed", "Le territoire n’a pas pu être écrit : {value}", "The territory could not be written: {value}"),
    ("tree-height-assumed", "hauteur d’arbre inconnue, supposée de {value}", "unknown tree height, assumed {value}"),
    ("vertical-converted", "altitudes converties : {value}", "altitudes converted: {value}"),
    ("vertical-mixed", "systèmes d’altitude différents sans passage connu, altitudes gardées telles quelles : {value}", "different vertical systems with no known way between them, altitudes kept as they are: {value}"),
    ("water-level-assumed", "niveau de l’eau inconnu, pris sur la rive ({value})", "unknown water level, taken from the bank ({value})"),
    ("water-outline-invalid", "contour d’eau invalide, non dessiné", "invalid water outline, not drawn"),
    ("work-busy", "{object} : un autre import y travaille", "{object}: another import is working there"),
    ("write-failed", "{object} ne peut pas être écrit : {value}", "{object} cannot be written: {value}"),
];

/// Stages of the work as [`super::Progress`] names them: `(key, French, English)`.
const STAGES: &[(&str, &str, &str)] = &[
    ("demo-communes", "Communes fictives", "Fictional communes"),
    ("demo-relief", "Relief fictif", "Fictional relief"),
    ("import-areas", "Contours administratifs", "Administrative outlines"),
    ("import-imagery", "Images aériennes", "Imagery"),
    ("import-drinking-water", "Eau potable", "Drinking water"),
    ("import-electricity", "Électricité", "Electricity"),
    ("import-gas", "Gaz", "Gas"),
    ("import-heat", "Chaleur", "Heat"),
    ("import-lighting", "Éclairage public", "Street lighting"),
    ("import-sewer", "Assainissement", "Sewers"),
    ("import-telecom", "Télécommunications", "Telecommunications"),
    ("import-transit", "Transports en commun", "Public transport"),
    ("import-buildings", "Bâtiments", "Buildings"),
    ("import-flood", "Zones inondables", "Flood zones"),
    ("import-information", "Informations du plan", "Information of the plan"),
    ("import-iris", "IRIS", "IRIS"),
    ("import-land-cover", "Occupation du sol", "Land cover"),
    ("import-models", "Modèles", "Models"),
    ("import-parcels", "Parcelles", "Parcels"),
    ("import-parks", "Parcs et jardins", "Parks and gardens"),
    ("import-prescriptions", "Prescriptions du plan", "Prescriptions of the plan"),
    ("import-servitudes", "Servitudes d’utilité publique", "Public easements"),
    ("import-zones", "Zones du plan", "Zones of the plan"),
    ("import-generate", "Arbres générés", "Generated trees"),
    ("tile-features", "Écriture de la table des objets", "Writing the feature table"),
    ("tile-package", "Assemblage du territoire", "Putting the territory together"),
    ("tile-prepare", "Préparation des tuiles", "Preparing tiles"),
    ("shards-draw", "Bâtiments mis en tuiles", "Buildings tiled"),
    ("plan-shards", "Répartition en lots", "Cutting into shards"),
    ("import-rail", "Voies ferrées", "Railways"),
    ("import-read", "Lecture des sources", "Reading the sources"),
    ("solar-read", "Lecture des tuiles", "Reading the tiles"),
    ("solar-horizon", "Horizons", "Horizons"),
    ("solar-far", "Horizon du relief", "Horizon of the land"),
    ("solar-trees", "Horizons des arbres", "Horizons of trees"),
    ("solar-yield", "Rendements", "Yields"),
    ("import-roads", "Routes et chemins", "Roads and paths"),
    ("import-roofs", "Toits d’après les points", "Roofs from points"),
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
        // Files that the importer opens are judged by the same rules as those that are checked.
        .chain(crate::formats::messages::SENTENCES)
        .find(|(known, ..)| *known == code)
        .map(|(_, fr, en)| (*fr, *en))
}

/// The sentence with its slots filled; the code itself where there is no sentence.
pub fn sentence(code: &str, french: bool, object: &str, value: &str) -> String {
    let (object, value) = (&printable(object), &printable(value));
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
