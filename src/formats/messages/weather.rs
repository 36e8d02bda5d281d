//! Of weather files.

use super::Sentence;

pub const SENTENCES: &[Sentence] = &[
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
        "pvgis-answer",
        "Ce fichier n’est pas une réponse de PVGIS pour un plan fixe ({object} : « {value} ») ; demandez « Grid connected » (PVcalc) et téléchargez le JSON.",
        "This file is no answer of PVGIS for a fixed plane ({object}: “{value}”); ask for “Grid connected” (PVcalc) and download the JSON.",
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
        "{object} : aucun rayonnement pour l’heure {value} ; elle n’est pas comptée pour le soleil.",
        "{object}: no irradiance for the hour {value}; it is not counted for the sun.",
    ),
    (
        "weather-gap",
        "Il manque {value} heures après {object} ; elles ne sont pas comptées.",
        "{value} hours are missing after {object}; they are not counted.",
    ),
    (
        "weather-not-a-year",
        "Ces {value} heures ne sont pas une année : la production affichée est leur somme, pas un rendement annuel.",
        "These {value} hours are not a year: the output shown is their sum, no yearly yield.",
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
];
