//! Of ground, vectors and clouds of points in tiles.

use super::Sentence;

pub const SENTENCES: &[Sentence] = &[
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
        "terrain-layer-parent",
        "Le terrain qui devait compléter celui-ci n’a pas pu être lu ({value}) : le terrain est affiché sans lui.",
        "The terrain that was to fill in for this one could not be read ({value}): the terrain is shown without it.",
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
    // Clouds of points
    (
        "copc-header",
        "Ce n’est pas un nuage de points LAS ou LAZ lisible : {value}.",
        "This is no readable LAS or LAZ point cloud: {value}.",
    ),
    (
        "copc-missing",
        "Le nuage de points n’a pas d’octree : il s’importe (« jumeau import »), ou se convertit en COPC (par exemple « pdal translate nuage.laz nuage.copc.laz »).",
        "The point cloud has no octree: import it (“jumeau import”), or convert it to COPC (for example “pdal translate cloud.laz cloud.copc.laz”).",
    ),
    (
        "copc-octree",
        "La description de l’octree est incohérente : {value}.",
        "The description of the octree is inconsistent: {value}.",
    ),
    (
        "copc-page",
        "Une page de l’octree est inutilisable ({object} : {value}).",
        "A page of the octree is unusable ({object}: {value}).",
    ),
    (
        "copc-crs",
        "Le système de coordonnées du nuage de points est inconnu ({value}) : indiquez-le avec --crs, par exemple --crs EPSG:2154.",
        "The reference system of the point cloud is unknown ({value}): state it with --crs, for example --crs EPSG:2154.",
    ),
    (
        "copc-place",
        "Le nuage de points n’a pas de place dans son système de coordonnées ({object}{value}).",
        "The point cloud has no place in its reference system ({object}{value}).",
    ),
    (
        "laz-items",
        "La compression des points n’est pas celle de COPC ({object} : {value}).",
        "The compression of the points is not that of COPC ({object}: {value}).",
    ),
    (
        "laz-limit",
        "Trop de points dans un bloc ({object} : {value}).",
        "Too many points in one chunk ({object}: {value}).",
    ),
    (
        "laz-count",
        "Un bloc n’a pas autant de points que l’octree le dit ({object} : {value}).",
        "A chunk has not as many points as the octree says ({object}: {value}).",
    ),
    (
        "laz-short",
        "Un bloc de points est tronqué ({object} : {value} octets).",
        "A chunk of points is cut short ({object}: {value} bytes).",
    ),
    (
        "laz-damaged",
        "Un bloc de points est défectueux ({object}).",
        "A chunk of points is broken ({object}).",
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
    (
        "pmtiles-root",
        "Le répertoire racine finit à l’octet {value} : il doit tenir dans les 16 384 premiers, que tout lecteur demande d’un coup.",
        "The root directory ends at byte {value}: it has to lie in the first 16,384, which every reader asks for at once.",
    ),
    (
        "pmtiles-levels",
        "Les niveaux de l’archive PMTiles sont impossibles : {value}.",
        "The levels of the PMTiles archive are impossible: {value}.",
    ),
    (
        "pmtiles-level",
        "La tuile {object} est hors des niveaux que l’archive annonce ({value}) : un lecteur ne la demandera pas.",
        "Tile {object} is outside the levels that the archive states ({value}): no reader will ask for it.",
    ),
    (
        "pmtiles-bounds",
        "L’emprise que l’archive annonce n’est pas un rectangle du monde : {value}.",
        "The bounds that the archive states are no rectangle of the world: {value}.",
    ),
    (
        "pmtiles-unsaid",
        "L’archive ne dit pas {object} : les lecteurs doivent deviner.",
        "The archive does not say its {object}: readers have to guess.",
    ),
    (
        "pmtiles-metadata",
        "Les métadonnées de l’archive ne sont pas celles de PMTiles : {value} (un objet JSON, avec « vector_layers » pour des vecteurs).",
        "The archive’s metadata are not those of PMTiles: {value} (a JSON object, with “vector_layers” for vectors).",
    ),
    (
        "pmtiles-overlap",
        "La tuile {object} vient après une autre qui la contient déjà, ou dans le désordre : l’une des deux ne sera jamais lue.",
        "Tile {object} follows another that holds it already, or comes out of order: one of the two will never be read.",
    ),
    (
        "pmtiles-order",
        "L’archive se dit rangée dans l’ordre des tuiles, mais le contenu de {object} est ailleurs (octet {value}).",
        "The archive says that it lies in the order of its tiles, but the content of {object} is elsewhere (byte {value}).",
    ),
    (
        "pmtiles-count",
        "L’archive annonce un autre nombre de {object} que ses répertoires : {value}.",
        "The archive states another number of {object} than its directories hold: {value}.",
    ),
];
