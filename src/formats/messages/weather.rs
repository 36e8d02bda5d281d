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
        "{value} lignes répètent une heure déjà donnée (la première : {object}) ; elles ne sont pas comptées.",
        "{value} rows repeat an hour that was given already (the first: {object}); they are not counted.",
    ),
    (
        "weather-columns",
        "{object} : aucune colonne de lumière reconnue (« {value} »). Il faut une colonne de temps (time, date, time_utc, time_mid, time_end) et la lumière en W/m² (ghi, ou dni et dhi) ; air : temp_air, vent : wind_speed ; une unité entre parenthèses est lue.",
        "{object}: no column of light understood (“{value}”). It takes a column of time (time, date, time_utc, time_mid, time_end) and the light in W/m² (ghi, or dni and dhi); air: temp_air, wind: wind_speed; a unit in brackets is read.",
    ),
    (
        "weather-unit",
        "{object} : unité « {value} » inconnue. Donnez W/m², kW/m², Wh/m², kWh/m², J/cm², kJ/m² ou MJ/m² pour la lumière, °C, K ou °F pour l’air, m/s, km/h ou kn pour le vent.",
        "{object}: unknown unit “{value}”. Give W/m², kW/m², Wh/m², kWh/m², J/cm², kJ/m² or MJ/m² for light, °C, K or °F for air, m/s, km/h or kn for wind.",
    ),
    (
        "weather-light-shifted",
        "La lumière ne suit pas le soleil du lieu : les heures sont à décaler de {object} h ({value} de la lumière vient quand il est couché). Vérifiez leur fuseau : UTC est attendu, ou un décalage écrit dans chaque heure.",
        "The light does not follow the sun of the place: the hours are to be moved by {object} h ({value} of the light comes while it is down). Check their time zone: UTC is expected, or an offset written in each of them.",
    ),
    (
        "weather-light-by-night",
        "{value} de la lumière vient quand le soleil du lieu est couché : vérifiez le lieu, le fuseau des heures et si ce sont des mesures.",
        "{value} of the light comes while the sun of the place is down: check the place, the time zone of the hours, and whether these are measurements.",
    ),
    (
        "weather-light-above-sun",
        "{value} des heures de plein jour ont plus de lumière qu’il n’en arrive au-dessus de l’atmosphère : vérifiez l’unité (W/m²), le lieu et le fuseau.",
        "{value} of the hours of full day have more light than there is above the atmosphere: check the unit (W/m²), the place and the time zone.",
    ),
    (
        "weather-light-weak",
        "La lumière n’est que {value} de celle au-dessus de l’atmosphère, moins que sous les plus gros nuages : vérifiez l’unité (W/m² et non kW/m² ou MJ/m²).",
        "The light is only {value} of that above the atmosphere, less than below the thickest clouds: check the unit (W/m², not kW/m² or MJ/m²).",
    ),
    (
        "weather-step-coarse",
        "Un pas de {value} h ne dit pas où est le soleil : donnez des heures.",
        "A step of {value} h does not tell where the sun is: give hours.",
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
