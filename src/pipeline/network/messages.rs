//! Sentences of the findings on networks and their profiles, in French and English.
//!
//! `{object}` and `{value}` are replaced by those of the finding. Codes never change meaning.

use crate::base::{Finding, printable};

/// `(code, French, English)`, sorted by code.
#[rustfmt::skip]
pub const SENTENCES: &[(&str, &str, &str)] = &[
    ("dispatch-json", "Le cas de stockage est illisible ({object}) : {value}", "The storage case cannot be read ({object}): {value}"),
    ("dispatch-unserved", "Le raccordement ne suffit pas, même avec la batterie : {value} MWh de consommation ne sont pas servis, en {object} pas. Relevez la limite de soutirage ou la batterie.", "The connection does not suffice, even with the battery: {value} MWh of consumption are not served, in {object} steps. Raise the import limit or the battery."),
    ("grid-axis-uneven", "Les profils des charges vont par pas inégaux (axe « {value} » : mois, ou jours de 23 et 25 heures) : une année du réseau se calcule à pas fixe. Importez-les heure par heure, avec leur fuseau", "The profiles of the loads go by uneven steps (axis “{value}”: months, or days of 23 and 25 hours): a year of the network is computed at a fixed step. Import them hour by hour, with their time zone"),
    ("grid-branch-short", "{object} a ses deux extrémités au même nœud {value}", "{object} has both ends at bus {value}"),
    ("grid-bus-unknown", "{object} nomme le nœud « {value} », qui n’existe pas", "{object} names bus “{value}”, which does not exist"),
    ("grid-capacity", "La capacité d’accueil ne peut pas être calculée : {value}", "The hosting capacity cannot be computed: {value}"),
    ("grid-dangling", "{object} désigne un nœud absent ({value})", "{object} points to a bus that is not there ({value})"),
    ("grid-element-unsupported", "{object} n’est pas modélisé ({value}) et manque au calcul", "{object} is not modelled ({value}) and is left out"),
    ("grid-id-doubled", "{object} : l’identifiant « {value} » est utilisé deux fois", "{object}: the id “{value}” is used twice"),
    ("grid-impedance-implausible", "{object} : impédance invraisemblable de {value} (mètres pour kilomètres, milliohms pour ohms ?)", "{object}: implausible impedance of {value} (metres for kilometres, milliohms for ohms?)"),
    ("grid-island", "Îlot sans source : {object} ({value} nœuds), ni tension ni flux", "Island without a source: {object} ({value} buses), no voltage and no flow"),
    ("grid-no-source", "Aucune source en service : rien ne fixe la tension", "No source in service: nothing holds the voltage"),
    ("grid-not-converged", "Le calcul n’aboutit pas ; le plus grand écart est à {object} ({value})", "The flow does not converge; the largest mismatch is at {object} ({value})"),
    ("grid-number", "{object} : valeur absente ou impossible ({value})", "{object}: missing or impossible value ({value})"),
    ("grid-outages", "Les pannes ne peuvent pas être étudiées : {value}", "The outages cannot be studied: {value}"),
    ("grid-phases-balanced", "{value} charges monophasées comptées comme équilibrées : calcul en séquence directe", "{value} single-phase loads taken as balanced: the flow is of positive sequence"),
    ("grid-place-missing", "Nœuds sans coordonnées géographiques : {value}", "Buses without geographic coordinates: {value}"),
    ("grid-power-implausible", "{object} : puissance invraisemblable pour sa tension ({value}) ; W ou kW pour MW ?", "{object}: implausible power for its voltage ({value}); W or kW for MW?"),
    ("grid-profiles-assumed", "Sans profils, les {value} charges suivent une année type dont les puissances du fichier sont les pointes : c’est une hypothèse", "Without profiles the {value} loads follow a typical year whose peaks are the powers of the file: an assumption"),
    ("grid-record", "L’année des branches ne peut pas être gardée : {value}", "The year of the branches cannot be kept: {value}"),
    ("grid-reference-chosen", "Aucun nœud de référence : {object} en tient lieu", "No reference bus: {object} takes its place"),
    ("grid-reinforcement", "Aucun renforcement ne peut être comparé : {value}", "No reinforcement can be compared: {value}"),
    ("grid-setpoints-differ", "{object} : deux consignes de tension au même nœud ({value}), la première compte", "{object}: two voltage setpoints at one node ({value}), the first counts"),
    ("grid-shares-mean", "{object} : les parts à courant et à impédance constants de {value} éléments sont la moyenne de celles des charges du nœud, comme dans pandapower", "{object}: the constant-current and constant-impedance shares of {value} elements are the mean of those of the bus’s loads, as in pandapower"),
    ("grid-store", "L’année ne peut pas être écrite dans {object} : {value}", "The year cannot be written to {object}: {value}"),
    ("grid-territory-none", "Le territoire « {value} » n’a pas de réseau calculable : l’importer avec « networks » dans « generate »", "Territory “{value}” has no network to compute: import it with “networks” in “generate”"),
    ("grid-territory-profiles", "Aucun profil horaire du territoire ne correspond aux charges du réseau « {value} »", "No hourly profile of the territory fits the loads of network “{value}”"),
    ("grid-too-large", "Le réseau dépasse la taille prévue", "The network is larger than foreseen"),
    ("grid-transformer", "{object} : valeurs de plaque impossibles ({value})", "{object}: impossible rating-plate values ({value})"),
    ("grid-type-unknown", "{object} : type « {value} » inconnu du fichier", "{object}: type “{value}” unknown to the file"),
    ("grid-voltage-assumed", "{object} : tension nominale non précisée, supposée de {value}", "{object}: nominal voltage not stated, assumed {value}"),
    ("grid-voltage-implausible", "{object} : tension invraisemblable de {value} ; V pour kV ?", "{object}: implausible voltage of {value}; V for kV?"),
    ("grid-voltages-differ", "{object} relie deux tensions nominales différentes ({value})", "{object} joins two different nominal voltages ({value})"),
    ("grid-zero-impedance-loop", "{object} ferme une boucle sans impédance ({value}) : le courant n’y est pas déterminé", "{object} closes a loop without impedance ({value}): its current is not determined"),
    ("load-profile-columns", "La colonne « {object} » manque au fichier de profils (colonnes : {value})", "The profile file lacks the column “{object}” (columns: {value})"),
    ("load-profile-empty", "Le fichier de profils de charge ne contient aucune ligne utilisable ({object} : {value})", "The file of load profiles holds no usable row ({object}: {value})"),
    ("load-profile-limit", "Le fichier de profils dépasse une limite ({object} : {value})", "The profile file exceeds a limit ({object}: {value})"),
    ("matpower-matrix", "{object} : matrice absente ou lignes inégales ({value})", "{object}: matrix missing or rows of unequal length ({value})"),
    ("matpower-number", "{object} : « {value} » n’est pas un nombre", "{object}: “{value}” is not a number"),
    ("matpower-statement", "{object} : instruction non exécutée « {value} », le cas peut en être faussé", "{object}: statement not carried out “{value}”, the case may be wrong without it"),
    ("network-batch", "Le fichier n’est pas un réseau mais un lot ({object} : {value})", "The file is no network but a batch ({object}: {value})"),
    ("network-json", "Le JSON du réseau est illisible ({object}) : {value}", "The network’s JSON cannot be read ({object}): {value}"),
    ("network-limit", "Le fichier dépasse une limite ({object} : {value})", "The file exceeds a limit ({object}: {value})"),
    ("network-table", "La table {object} est incomplète ou mal formée : {value}", "The table {object} is incomplete or malformed: {value}"),
    ("network-unknown", "Le fichier n’est pas un réseau connu (power-grid-model, MATPOWER, pandapower, roseau-load-flow) : « {value} »", "The file is no known network (power-grid-model, MATPOWER, pandapower, roseau-load-flow): “{value}”"),
    ("profiles-element-unknown", "Profil sans élément : « {value} » n’existe pas dans le réseau", "Profile without an element: the network has no “{value}”"),
    ("profiles-empty", "Le fichier de profils est vide ou sans colonne utilisable", "The profile file is empty or has no usable column"),
    ("profiles-row", "{object} : trop de cellules ({value})", "{object}: too many cells ({value})"),
    ("profiles-value", "{object} : « {value} » n’est pas un nombre", "{object}: “{value}” is not a number"),
    ("roseau-version", "Version {value} de roseau-load-flow non vérifiée (4 et 5 le sont)", "Version {value} of roseau-load-flow not verified (4 and 5 are)"),
    ("series-store", "Les séries n’ont pas pu être ajoutées au territoire ({object}) : {value}", "The series could not be added to the territory ({object}): {value}"),
    ("wind-direction", "La série de vent n’a pas de direction : les sillages d’un parc en dépendent", "The wind series has no direction: the wakes of a park depend on it"),
    ("wind-park", "Le fichier n’est pas un parc éolien lisible ({object} : {value})", "The file is no readable wind park ({object}: {value})"),
    ("wind-series", "La série de vent est illisible ({object}) : {value}", "The wind series cannot be read ({object}): {value}"),
    ("wind-turbine", "Éolienne « {object} » : valeur impossible ou absente ({value})", "Turbine “{object}”: a value is impossible or missing ({value})"),
];

/// The French and English sentence of a finding of this room.
pub fn message(finding: &Finding) -> Option<(String, String)> {
    let (_, french, english) = SENTENCES.iter().find(|(code, ..)| *code == finding.code)?;
    let fill = |sentence: &str| {
        sentence
            .replace("{object}", &printable(&finding.object))
            .replace("{value}", &printable(&finding.value))
    };
    Some((fill(french), fill(english)))
}

/// The sentence in one language; the finding's bare parts where there is none.
pub fn sentence(finding: &Finding, english: bool) -> String {
    match message(finding) {
        Some((_, text)) if english => text,
        Some((text, _)) => text,
        None => format!("{} {} {}", finding.code, finding.object, finding.value),
    }
}
