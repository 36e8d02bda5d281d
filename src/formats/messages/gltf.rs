//! Of glTF.

use super::Sentence;

pub const SENTENCES: &[Sentence] = &[
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
];
