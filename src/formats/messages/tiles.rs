//! Of tilesets: their documents, what streaming meets, styles and metadata.

use super::Sentence;

pub const SENTENCES: &[Sentence] = &[
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
    // 3D Tiles 1.0
    (
        "legacy-content",
        "Contenu {object} de 3D Tiles 1.0 : seul l'en-tête est vérifié.",
        "{object} content of 3D Tiles 1.0: only its header is checked.",
    ),
    (
        "tileset-schema-unread",
        "Le schéma des métadonnées n’est pas lu ({value}) : ce que le tileset dit de ses tuiles peut manquer.",
        "The schema of the metadata is not read ({value}): what the tileset says of its tiles may be missing.",
    ),
    (
        "content-packed",
        "Le fichier est compressé (gzip) et ne se décompresse pas : {value}. Recopiez-le, ou publiez-le sans compression.",
        "The file is packed with gzip and cannot be unpacked: {value}. Copy it again, or publish it unpacked.",
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
