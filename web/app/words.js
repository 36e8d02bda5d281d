// Every sentence of the shell in French and English, and how numbers and dates are written.

const WORDS = {
  fr: {
    skip: "Aller aux commandes",
    layers: "Couches", share: "Partager", help: "Aide",
    "share-tip": "Copier un lien vers cette vue", "help-tip": "Raccourcis et explications (?)",
    language: "Read in English",
    scene: "Vue 3D du territoire",
    "scene-hint": "Flèches pour se déplacer, plus et moins pour s'approcher, Q et E pour tourner, Entrée pour choisir ce qui est au centre, Début pour revenir.",
    camera: "Caméra", closer: "S'approcher", farther: "S'éloigner", north: "Vers le nord", home: "Vue d'ouverture",
    close: "Fermer", retry: "Réessayer", reload: "Recharger la page", details: "Détails", loading: "Chargement",
    "loading-viewer": "Chargement du moteur 3D…",
    "loading-viewer-of": "Chargement du moteur 3D : {done} sur {all}",
    "loading-start": "Préparation de la 3D…",
    "loading-tiles": "Arrivée des premières tuiles…",
    "loading-hint": "Les commandes sont déjà utilisables : vos choix s'appliqueront à l'image.",
    tiles: "{waiting} tuiles en chemin",
    "what-to-see": "Que voir ?", colours: "Couleurs des bâtiments",
    "theme-none": "Carte", "theme-demand": "Demande d'électricité", "theme-construction-year": "Année d'apparition",
    names: "Noms sur l'image", picture: "Image", underground: "Voir sous le sol", quality: "Qualité", "quality-now": "Choisie pour cette machine : {name}",
    "quality-auto": "Automatique", "quality-mobile": "Économe", "quality-laptop": "Portable", "quality-desktop": "Bureau", "quality-presentation": "Présentation",
    views: "Vues enregistrées", "view-name": "Nom", "view-keep": "Enregistrer cette vue", "view-kept": "Vue enregistrée : {name}", "view-full": "{count} vues sont déjà enregistrées : oubliez-en une d’abord.", "view-refused": "Ce navigateur n’a plus de place, ou refuse d’enregistrer : la vue n’est pas gardée. Un lien la garde aussi.", "view-opened": "Vue : {name}", "view-remove": "Oublier la vue {name}",
    "theme-attribute": "Attribut", attributes: "Attributs et filtres", "attribute-colours": "Couleurs d'après", "attribute-none": "Aucun attribut",
    filters: "Filtrer", "filter-add": "Ajouter un filtre…", "filter-added": "Filtre ajouté : {name}", "filter-from": "De", "filter-to": "à",
    "filter-remove": "Retirer", "filter-remove-of": "Retirer le filtre {name}", "legend-others": "Autres",
    "theme-series": "Série du territoire", curves: "Courbes du territoire",
    "values-wait": "Les valeurs de cet instant arrivent…", "values-outside": "La série ne va pas jusqu'à cet instant.",
    "legend-counts": "{known} objets en vue avec une valeur, {without} sans", "legend-class": "{low} à {high}",
    "legend-beyond": "Bandes noires et blanches : plus de {most} {unit}", "legend-outside-band": "Bandes noires et blanches : hors de {least} à {most}",
    "accounts-show": "Bilan des sources et des usages", "accounts-title": "Bilan du territoire", "accounts-of-selection": "Bilan de la sélection", "accounts-too-long": "Trop de valeurs pour un bilan : choisissez sur la règle du temps une partie plus courte.", "accounts-extremes": "Usages au plus haut : {high} ({at}) ; au plus bas : {low} ({then}).", "accounts-mean-day": "Moyenne du jour", "accounts-mean-month": "Moyenne du mois", "accounts-mean-year": "Moyenne de l'année", "accounts-none": "Aucune série d'énergie à cet endroit.", "accounts-omitted": "Hors du bilan, faute de mêmes pas de temps, de côté connu ou d'en couvrir la moitié, par hypothèse seulement, ou parce que la demande estimée des bâtiments les contient : {names}", "accounts-help": "Au-dessus de la ligne les sources, en dessous les usages. Chaque valeur est en wattheures entiers : à chaque pas de temps la somme des sources est celle des usages. Le gris passe la frontière du territoire.", "accounts-picture": "Bilan : sources au-dessus, usages en dessous ; le tableau dit les mêmes nombres", "accounts-sources": "Sources", "accounts-uses": "Usages", "accounts-now": "À cet instant", "accounts-all": "Sur la durée tracée", "accounts-open": "{count} pas de temps où une ligne est absente ne sont pas comptés dans les sommes.", "accounts-imported": "Importé", "accounts-exported": "Exporté",
    "chart-typical-days": "Jours types : moyenne de chaque heure, par saison", "chart-typical-nature": "statistique : moyennes de la série affichée ; les jours fériés comptent comme leur jour de semaine", "chart-typical-name": "{season}, {part} ({days} jours)", "chart-weekday": "semaine", "chart-weekend": "fin de semaine", "season-winter": "hiver", "season-spring": "printemps", "season-summer": "été", "season-autumn": "automne", "chart-over-mean": "Sur l'intervalle en boucle : moyenne {value} ; valeurs : {known}, absentes : {absent}", "chart-over-sum": "soit {value}", "chart-typical-table": "Les jours types en nombres",
    "gantt-title": "Ce qui change ici de {first} à {last}", "gantt-none": "Rien ne change ici de {first} à {last}", "gantt-more": "et {count} autres changements",
    "gantt-works": "travaux dès {year}", "gantt-from": "en service en {year}", "gantt-to": "retiré en {year}", "legend-works": "Magenta : en travaux",
    "legend-raise": "Élever selon la valeur", "legend-raise-key": "Hauteur : 10\u00a0m pour {value}\u00a0{unit}",
    "legend-arrows": "Flèches : le sens de la puissance", "chart-beyond": "{count} pas de temps hors limites", "chart-worst": "Pires moments",
    scale: "Changer l'échelle", "scale-palette": "Couleurs", "scale-breaks": "Classes", "scale-count": "Nombre de classes",
    "scale-ends": "Limites, séparées par des points-virgules",
    "scale-said-classes": "De 2 à {most} classes : au-delà, on ne les distingue plus.", "scale-said-ends": "De 1 à {ends} limites, de la plus petite à la plus grande, séparées par des points-virgules.", "scale-said-fewer": "{count} classes seulement : il n’y a pas plus de valeurs différentes.",
    "area-title": "Zone dessinée", "area-help": "Entourez des bâtiments sur l’image : bilan, courbes et flux deviennent les leurs et suivent l’horloge.",
    "area-draw": "Dessiner une zone", "area-draw-again": "Dessiner une autre zone", "area-close": "Terminer", "area-corner-here": "Coin au centre de l’image", "area-back": "Retirer le dernier coin", "area-remove": "Effacer la zone", "area-save": "Télécharger en GeoJSON", "area-open": "Ouvrir un polygone GeoJSON",
    "area-drawing": "{count} coins. Cliquez dans l’image pour en ajouter ; cliquez sur le premier ou le dernier pour terminer, Échap pour abandonner.", "area-inside": "{buildings} bâtiments, {homes} logements.", "area-size": "{hectares}\u00a0ha.", "area-unknown": "Ce territoire ne dit pas où sont ses bâtiments : ce que la zone contient n’est pas compté.", "area-secret": "Moins de dix logements dans la zone : leur demande n’est pas montrée. Agrandissez-la.", "area-too-large": "Ce fichier est trop grand : 4\u00a0Mo au plus.", "accounts-of-area": "Bilan de la zone dessinée",
    "picture-keep": "Enregistrer l’image", "picture-failed": "Ce navigateur n’a pas rendu l’image : faites une capture d’écran.",
    mean: "Moyenne de l'intervalle", "mean-over": "moyenne du {from} au {to}", "mean-too-long": "Cet intervalle est trop long pour que sa moyenne soit calculée ici : choisissez-en un plus court.",
    "legend-by-distance": "Selon la distance", "legend-by-distance-help": "De près chaque bâtiment, de loin son quartier",
    "legend-by-building": "Par bâtiment", "legend-by-district": "Par quartier", "legend-by-iris": "Par IRIS", "legend-far": "D’aussi loin les bâtiments sont des points : les quartiers se lisent mieux.",
    "filters-full": "Quatre filtres au plus : retirez-en un pour en ajouter un autre.", "filter-values-full": "{most} valeurs au plus par filtre : décochez-en une pour en choisir une autre.",
    "palette-cividis": "Bleu à jaune", "palette-blues": "Bleus", "palette-blue-orange": "Bleu et orange", "palette-okabe-ito": "Couleurs distinctes",
    "breaks-smooth": "Continu", "breaks-equal": "Classes égales", "breaks-quantiles": "Quantiles", "breaks-jenks": "Jenks", "breaks-manual": "Limites choisies",
    scopes: "Ce que montre la règle du temps", "scope-day": "Jour", "scope-month": "Mois", "scope-year": "Année", "scope-decade": "Décennie", "lanes-all": "Ce qu'il y a de chaque série dans le temps", "lanes-more": "Séries ({count})", "lane-of": " : du {from} au {to}{gaps}", "lane-gaps": ", lacunes : {count}", "scope-all": "Tout",
    "scope-announce": "La règle va du {from} au {to}", span: "Lire en boucle",
    "month-back": "− 1 mois", "month-next": "+ 1 mois", "year-back": "− 1 an", "year-next": "+ 1 an",
    sunrise: "Lever du soleil", sunset: "Coucher du soleil", peak: "Maximum du jour",
    chart: "Courbe", "chart-of": "Courbe : {title}.", "chart-announce": "Courbe : {title}", "chart-none": "Pas de donnée ce jour-là.", "chart-without": "Pas de donnée : cette série n'en a pas pour cet objet.",
    "chart-typical": "Année type : ses dates ne sont pas celles des mesures.",
    "chart-duration": "Courbe monotone : part du temps où la valeur est au moins celle-ci",
    "chart-counts": "Valeurs : {known}, absentes : {absent}", "chart-peak": "Maximum : {value}, {instant}", "chart-trough": "Minimum : {value}, {instant}",
    "chart-calendar": "L'année heure par heure", "chart-calendar-of": "Calendrier : {title}, jour par jour et heure par heure, de {low} à {high}",
    "chart-months": "Les mois en nombres", "chart-month": "Mois", "chart-lowest": "Minimum", "chart-mean": "Moyenne", "chart-highest": "Maximum",
    "chart-png": "Enregistrer l'image (PNG)", "chart-png-failed": "L'image n'a pas pu être faite.", "save-of-curves": "les courbes", "save-of-duration": "la courbe monotone", "save-of-calendar": "l'année heure par heure", "save-of-balance": "le bilan", "save-of-flows": "les flux", "chart-total": "Somme", "chart-more": "et {count} autres, non tracées",
    "flows-title": "Flux d’énergie", "flows-none": "Aucun flux à cet instant.", "flows-absent": "Sans valeur à cet instant : {names}", "flows-table": "Voir les flux en nombres",
    "flows-equipped": "Part des toits que l’on suppose équipés", "flows-equipped-help": "Une hypothèse, sans ombres ni permis : aucun de ces toits n’est déclaré équipé. La scène montre leurs modules, qui luisent selon ce qu’ils produiraient à l’instant.",
    "made-up": "généré, non réel", "summer-time": "heure d’été", "winter-time": "heure d’hiver", "made-up-help": "Inventé par des règles de planification là où les données se taisent : rien de cela n’a été levé sur place.", "flows-absent-over": "Sans valeur sur cette durée : {names}", "flows-over": "Durée", "flows-over-hour": "Instant", "flows-over-hour-help": "La puissance à l’instant choisi", "flows-over-day": "Jour", "flows-over-day-help": "L’énergie du jour choisi, de minuit à minuit", "flows-over-year": "Année", "flows-over-year-help": "L’énergie de l’année choisie", "flows-known": "Somme de {known} pas de temps sur {steps} : dans les autres, une des parts est inconnue.", "flows-none-over": "Aucun flux sur cette durée.", "flows-energy": "Énergie",
    "flows-assumed": "Hypothèse : {percent} % des toits sont supposés équipés", "flows-said": "Flux d’énergie. Sources : {sources}. Usages : {uses}.", "flows-from": "De", "flows-to": "Vers", "flows-power": "Puissance",
    "chart-table": "Voir les nombres", "chart-csv": "Télécharger en CSV", "chart-parquet": "Télécharger en Parquet", "chart-instant": "Instant", "chart-value": "Valeur",
    year: "Montrer ce qui existait en", "year-announce": "Année {year}",
    search: "Chercher", "search-label": "Chercher une adresse, une rue, un lieu", "search-hint": "12 rue des Lilas", "search-clear": "Effacer la recherche", "search-list": "Réponses",
    "search-waiting": "Recherche…", "search-soon": "La recherche répondra dès que l'image sera là.",
    "search-no-index": "Ce territoire n'a pas d'index de recherche : il faut l'importer à nouveau.",
    "search-nothing": "Aucune adresse ni aucun lieu « {query} » dans ce territoire ; essayez la rue sans numéro, ou le nom de la commune.",
    "search-partial": "Une partie de l'index n'est pas arrivée : il peut y avoir d'autres réponses.", "search-local": "Rien de ce que vous tapez ne quitte cet appareil.",
    "search-one": "1 réponse", "search-many": "{count} réponses",
    "search-number-unknown": "numéro inconnu, voici la rue", "search-other-suffix": "même numéro, autre indice",
    "search-address": "adresse", "search-commune": "commune", "search-quarter": "quartier ou lieu-dit", "search-street": "rue", "search-place": "lieu",
    "search-building": "bâtiment", "search-stop": "arrêt", "search-line": "ligne", "search-water": "eau",
    "proposal-title": "Proposer", "proposal-help": "Posez une éolienne, une centrale solaire, une batterie, des bornes ou une ligne, et voyez ce que cela change.", "proposal-turbine": "Éolienne", "proposal-solar": "Solaire", "proposal-battery": "Batterie", "proposal-hub": "Bornes de recharge", "proposal-feeder": "Ligne nouvelle", "proposal-put": "Poser", "proposal-click": "Un clic dans l'image la pose", "proposal-here": "au centre de l'image", "proposal-now": "Cliquez dans l'image pour poser : {tool}", "proposal-none": "Rien n'est proposé.", "proposal-remove": "Enlever {name}", "proposal-clear": "Tout enlever", "proposal-field-hub_m": "Hauteur du moyeu", "proposal-field-kwp": "Puissance", "proposal-field-tilt_deg": "Inclinaison", "proposal-field-azimuth_deg": "Orientation", "proposal-field-kwh": "Énergie", "proposal-field-kw": "Puissance", "proposal-field-points": "Points", "proposal-field-model": "Modèle", "proposal-field-mount": "Sur", "proposal-mount-roof": "un toit", "proposal-mount-car-park": "un parking", "proposal-mount-ground": "le sol", "proposal-move": "Déplacer de 25 m", "proposal-end": "Déplacer l'autre bout", "proposal-north": "nord", "proposal-south": "sud", "proposal-west": "ouest", "proposal-east": "est", "proposal-whole": "Raccordement", "proposal-limit": "Limite", "proposal-limit-none": "sans limite", "proposal-use": "Batterie", "proposal-use-connection": "contre l'écrêtement", "proposal-use-own-use": "pour l'autoconsommation", "proposal-wind": "Vent moyen à 100 m (hypothèse)", "proposal-save": "Enregistrer (GeoJSON)", "proposal-open": "Ouvrir un projet", "proposal-large": "Ce fichier est trop grand.", "proposal-waiting": "Le bilan arrive…", "proposal-failed": "Le bilan ne peut pas être calculé : {value}", "proposal-hour": "Heure", "proposal-day": "Jour", "proposal-year": "Année", "proposal-before": "avant", "proposal-bare": "sans batterie", "proposal-after": "avec", "proposal-money": "Argent", "proposal-dated": "Un prix a dépassé sa validité : à vérifier.", "proposal-connect": "Où raccorder", "proposal-no-book": "Ce territoire n'a pas de livre des postes et des lignes.", "proposal-draw": "Soutirage du jour", "proposal-day-label": "Soutirage du jour, de {low} à {high} kW ; négatif = injection ; avant, sans batterie, avec le projet",
    "roof-title": "Mon toit", "roof-waiting": "Le calcul du toit arrive…", "roof-absent": "Ce toit n'a pas été calculé.", "roof-empty": "Aucun module ne tient sur ce toit.", "roof-failed": "Le toit n'a pas pu être lu.",
    "roof-announce": "Mon toit : {kwh} kilowattheures par an avec {kwp} kilowatts-crête", "roof-kwh-year": "kWh/an", "roof-range": "entre {low} et {high}, neuf années sur dix au moins {low}",
    "roof-power": "Puissance", "roof-area": "Surface utile", "roof-modules": "Modules", "roof-module": "modules", "roof-own": "Consommé sur place", "roof-payback": "Remboursé en", "roof-years": "{count} ans", "roof-never": "jamais", "roof-unknown": "inconnu", "roof-payback-bare": "Remboursé en (sans la batterie)",
    "roof-honest": "calculé d'après la forme du toit, l'ombre et le climat", "roof-months": "Production mois par mois",
    "roof-months-label": "Production mois par mois : le plus en {best}, {high} kWh ; le moins en {least}, {low} kWh", "roof-planes": "Les pans du toit",
    "roof-light": "kWh/m²/an", "roof-shade": "{share} % perdus par l'ombre", "roof-reset": "Revenir à la proposition",
    "roof-layout": "Pose des modules", "roof-lay": "Modules", "roof-lay-best": "au mieux", "roof-lay-portrait": "debout", "roof-lay-landscape": "couchés", "roof-margin": "Marge aux bords (m)",
    "roof-plan": "Plan du toit, nord en haut", "roof-plan-help": "Touchez un module pour le retirer ou le remettre.", "roof-module-at": "Module {place} du pan {plane}",
    "roof-trees": "Arbres qui font de l'ombre", "roof-trees-try": "Essayer", "roof-trees-stand": "comme ils sont", "roof-trees-without": "sans : {tree}", "roof-trees-all": "sans aucun de ces arbres",
    "roof-trees-help": "Un clic sur un arbre dans l'image fait de même. L'essai ne dit pas que l'abattage est permis.", "roof-bare": "Essayer sans le relief entre le toit et le monument",
    "roof-use": "Ma consommation", "roof-load": "Profil", "roof-load-household": "Foyer", "roof-load-farm": "Ferme", "roof-load-school": "École", "roof-load-meter": "Mon compteur",
    "roof-kwh": "Consommation, kWh par an", "roof-battery": "Batterie :", "roof-sell-all": "Tout vendre au réseau",
    "roof-heat-pump": "Chauffage par pompe à chaleur", "roof-heat": "Chaleur à fournir, kWh par an", "roof-heat-drawn": "Elle prendrait {kwh} kWh d'électricité par an.",
    "roof-heat-pump-help": "Air-eau, à la température de chaque heure ; elle remplace le chauffage du profil d'un foyer, ou s'ajoute à la consommation donnée.",
    "roof-amounts": "Mes montants", "roof-amounts-help": "Votre devis, votre contrat : chaque montant remplace le fait daté, et le résultat le dit. Vide : le fait daté.", "roof-own-cost": "Coût du devis hors taxes", "roof-own-power-price": "Électricité achetée",
    "roof-own-surplus-tariff": "Vente du surplus", "roof-own-total-tariff": "Vente totale", "roof-own-premium": "Prime", "roof-own-vat": "TVA", "roof-euro": "€", "roof-euro-kwh": "€/kWh", "roof-euro-kwp": "€/kWc", "roof-percent": "%",
    "roof-meter": "Fichier de mon compteur (CSV)", "roof-meter-forget": "Oublier ce fichier",
    "roof-meter-large": "Ce fichier est trop grand pour être celui d'un compteur.", "roof-use-result": "{own} % de la production consommés sur place ; {need} % des besoins couverts.", "roof-stays": "Le fichier reste sur cet appareil.",
    "roof-figures": "Tous les chiffres et leur origine", "roof-steps": "Démarches", "roof-step-needed": "à faire", "roof-step-known": "connu", "roof-step-to-verify": "à vérifier",
    "roof-since": "depuis le {date}", "roof-from-to": "du {from} au {to}", "roof-past": "Cette information a dépassé sa date de validité : vérifiez-la.", "roof-not-yet": "Pas encore en vigueur.",
    "roof-listed": "{name} : ce bâtiment est lui-même ce monument, ses travaux ont leur propre autorisation.", "roof-monument": "Monument historique", "roof-read-source": "lire la source",
    "roof-covisible": "Visible avec {name}, à {distance} : l'accord de l'architecte des Bâtiments de France est requis.", "roof-not-covisible": "Pas visible avec {name}, à {distance}.", "roof-covisible-unknown": "{name}, à {distance} : covisibilité à vérifier.",
    "roof-money": "Argent", "roof-cost": "Coût", "roof-premium": "Prime", "roof-savings": "Économies par an", "roof-sale-year": "Vente par an", "roof-facts": "Tarifs, dates et sources",
    "roof-dated": "Un tarif utilisé a dépassé sa date de validité : les montants sont à vérifier.", "roof-co2": "CO₂ évité, selon trois méthodes", "roof-kg": "{kg} kg par an", "roof-dossier": "Dossier à joindre (PDF)", "roof-print": "Imprimer cette fiche", "file-saved": "{name} est dans vos téléchargements.",
    "no-data": "Pas de donnée", "layers-wait": "La liste arrive…", "layer-count": "{count} objets",
    "no-layer": "Ce territoire n'a pas de couche : importez des données avec jumeau import.",
    sources: "Sources et licences",
    "plan-open": "Plan solaire", "plan-tip": "Les grands toits et parkings de la commune", "plan-title": "Plan solaire communal", "plan-waiting": "Le plan solaire arrive…", "plan-filters": "Ne montrer que",
    "plan-announce": "Plan solaire : {count} toits et parkings, {energy} gigawattheures par an", "plan-total": "{count} toits et parkings · {power} MWc · {energy} GWh/an (9 années sur 10 : au moins {sure})",
    "plan-coverage": "Consommation estimée {demand} GWh/an : {covered} % couverts à l'heure même, {hours} heures sur {of} entièrement ; {used} % de la production consommés aussitôt.",
    "plan-no-demand": "Consommation du territoire inconnue.", "plan-sizes-title": "Nombre par puissance, kWc", "plan-day-title": "Jour moyen (heure locale) : production jaune, consommation bleue", "plan-sizes": "Nombre par puissance en kWc : {list}", "plan-day": "Jour moyen de l'année, heure locale : production en jaune, consommation en bleu",
    "plan-only-roofs": "Toits", "plan-only-car-parks": "Parkings", "plan-only-public": "Publics", "plan-only-heritage": "Patrimoine", "plan-only-over-100-kwp": "Plus de 100 kWc", "plan-only-kept": "Hors exclusions",
    "plan-unknown": "Les données de ce territoire ne le disent pas.", "plan-empty": "Rien ne répond à ces filtres.", "plan-more": "et {count} autres", "plan-go": "Y aller", "plan-public": "public", "plan-car-park": "parking (hypothèse)",
    "plan-exclusions": "Exclus par la loi : {list}", "plan-excluded": "exclu : {why}", "plan-column-name": "Toit ou parking", "plan-column-usage": "Usage", "plan-column-area": "m²", "plan-column-power": "kWc", "plan-column-energy": "MWh/an",
    "plan-column-shade": "Ombre", "plan-column-useful-share": "Utile", "plan-column-protection": "Périmètre",
    "plan-help-name": "Trier par nom", "plan-help-usage": "Trier par usage", "plan-help-area": "Surface de tous les pans, ou du parking", "plan-help-power": "Puissance des modules qui tiennent", "plan-help-energy": "Production simulée d'une année",
    "plan-help-shade": "Part de la production que l'ombre prend", "plan-help-useful-share": "Utilité pour le réseau local : part de la production à des heures où le territoire la consomme, si tout ce qui est listé est construit", "plan-help-protection": "Périmètres qui couvrent le lieu",
    "plan-canopies": "Parkings, hypothèse : ombrières sur {share} % de la surface (loi APER, art. 40), inclinées de {tilt}°, azimut {azimuth}°.", "plan-csv": "Télécharger en CSV", "plan-geopackage": "GeoPackage", "plan-geoparquet": "GeoParquet", "plan-file-help": "Télécharge le plan entier avec ses contours et ses sources, pour un SIG",
    "usage-residential": "Habitation", "usage-commercial": "Commerces et services", "usage-industrial": "Industrie", "usage-agricultural": "Agriculture", "usage-religious": "Lieu de culte", "usage-sport": "Sport",
    "usage-annex": "Annexe", "usage-unknown": "Non précisé",
    measured: "mesuré", statistical: "statistique", simulated: "simulé", declared: "déclaré", made: "schématique",
    "sheet-title": "Bâtiment", "sheet-object": "Objet sélectionné",
    "sheet-empty": "Aucune donnée n'est connue pour cet objet.", "sheet-wait": "Les données de cet objet arrivent…",
    source: "Source", method: "Méthode", uncertainty: "Incertitude", why: "D'où vient ce chiffre ?",
    copy: "Copier", copied: "Copié", "link-copied": "Lien copié : il rouvre exactement cette vue.",
    "link-manual": "Copiez l'adresse de la page : elle rouvre exactement cette vue.",
    "selected": "Sélection : {name}", "unselected": "Plus rien n'est sélectionné",
    time: "Temps", steps: "Avancer et reculer",
    "day-back": "Un jour avant", "hour-back": "Une heure avant", "hour-next": "Une heure après", "day-next": "Un jour après",
    play: "Lecture", pause: "Pause", playing: "Le temps avance", paused: "Le temps est arrêté",
    speed: "Vitesse", "speed-600": "10 min par seconde", "speed-3600": "1 h par seconde", "speed-21600": "6 h par seconde",
    "speed-86400": "1 jour par seconde", "speed-604800": "1 semaine par seconde",
    "unit-kwp": "kWc", "speed-seconds": "{count} s par seconde", "speed-minutes": "{count} min par seconde", "speed-hours": "{count} h par seconde", "speed-days": "{count} jours par seconde",
    "date-unread": "Cette date n'a pas été comprise : {pattern}.",
    "date-round": "L'année montrée est {year}, la plus proche de celles du territoire.", "legend-approximate": "Classes approchées : trouvées sur une partie des valeurs.",
    date: "Date et heure locale", hour: "Règle du temps",
    "view-announce": "Vue vers {direction}, à {distance}, inclinée de {pitch} degrés",
    directions: ["le nord", "le nord-est", "l'est", "le sud-est", "le sud", "le sud-ouest", "l'ouest", "le nord-ouest"],
    "help-title": "Se déplacer et regarder",
    "help-pointer": "À la souris : glissez pour déplacer la carte, glissez avec le bouton droit pour tourner, molette pour s'approcher. Au doigt : un doigt déplace, deux doigts tournent et zooment. Touchez un bâtiment pour lire sa fiche.",
    "help-keys": "Au clavier, quand la vue 3D est active :",
    "help-honest": "Les arbres et les plans d'eau marqués « schématique » sont dessinés par nous, faute de donnée. Les consommations sont simulées, jamais mesurées.",
    "fault-title": "L'image 3D ne peut pas s'afficher",
    "fault-territory-title": "Le territoire n'a pas pu être lu",
    "fault-offline-title": "Pas de connexion",
    "fault-webgl": "Votre navigateur ne propose pas WebGL 2, dont la 3D a besoin. Activez l'accélération graphique dans ses réglages, ou ouvrez cette page dans une version récente de Firefox, Chrome, Edge ou Safari.",
    "fault-wasm": "Votre navigateur n'exécute pas WebAssembly, dont la 3D a besoin. Mettez-le à jour, ou ouvrez cette page dans une version récente de Firefox, Chrome, Edge ou Safari.",
    "fault-viewer": "Le moteur 3D n'a pas pu être chargé. Vérifiez votre connexion, puis réessayez.",
    "fault-start": "Le moteur 3D n'a pas pu démarrer. Rechargez la page ; si cela se reproduit, fermez d'autres onglets pour libérer de la mémoire.",
    "fault-stopped": "Le moteur 3D s'est arrêté. Rechargez la page : vous retrouverez la même vue.",
    "fault-context": "Votre carte graphique a interrompu la 3D. Rechargez la page : vous retrouverez la même vue.",
    "fault-territory": "Les données du territoire ne sont pas à cette adresse, ou sont abîmées. Réessayez, ou prévenez la personne qui tient ce site.",
    "fault-offline": "Vous êtes hors ligne. Ce qui est déjà chargé reste utilisable ; le reste arrivera avec la connexion.",
  },
  en: {
    skip: "Skip to controls",
    layers: "Layers", share: "Share", help: "Help",
    "share-tip": "Copy a link to this view", "help-tip": "Shortcuts and explanations (?)",
    language: "Lire en français",
    scene: "3D view of the territory",
    "scene-hint": "Arrows to move, plus and minus to zoom, Q and E to turn, Enter to choose what is in the middle, Home to return.",
    camera: "Camera", closer: "Closer", farther: "Farther", north: "Face north", home: "Opening view",
    close: "Close", retry: "Try again", reload: "Reload the page", details: "Details", loading: "Loading",
    "loading-viewer": "Loading the 3D engine…",
    "loading-viewer-of": "Loading the 3D engine: {done} of {all}",
    "loading-start": "Preparing 3D…",
    "loading-tiles": "First tiles on their way…",
    "loading-hint": "The controls already work: your choices will apply to the picture.",
    tiles: "{waiting} tiles on their way",
    "what-to-see": "What to see", colours: "Colour of buildings",
    "theme-none": "Map", "theme-demand": "Electricity demand", "theme-construction-year": "Year of appearance",
    names: "Names on the picture", picture: "Picture", underground: "See under the ground", quality: "Quality", "quality-now": "Picked for this machine: {name}",
    "quality-auto": "Automatic", "quality-mobile": "Frugal", "quality-laptop": "Laptop", "quality-desktop": "Desktop", "quality-presentation": "Presentation",
    views: "Saved views", "view-name": "Name", "view-keep": "Save this view", "view-kept": "View saved: {name}", "view-full": "{count} views are saved already: forget one first.", "view-refused": "This browser is full or refuses to save: the view is not kept. A link keeps it too.", "view-opened": "View: {name}", "view-remove": "Forget the view {name}",
    "theme-attribute": "Attribute", attributes: "Attributes and filters", "attribute-colours": "Colours by", "attribute-none": "No attribute",
    filters: "Filter", "filter-add": "Add a filter…", "filter-added": "Filter added: {name}", "filter-from": "From", "filter-to": "to",
    "filter-remove": "Remove", "filter-remove-of": "Remove the filter {name}", "legend-others": "Others",
    "theme-series": "Series of the territory", curves: "Curves of the territory",
    "values-wait": "Values of this instant are on their way…", "values-outside": "The series does not reach this instant.",
    "legend-counts": "{known} objects in view with a value, {without} without", "legend-class": "{low} to {high}",
    "legend-beyond": "Black and white bands: more than {most} {unit}", "legend-outside-band": "Black and white bands: outside {least} to {most}",
    "accounts-show": "Balance of sources and uses", "accounts-title": "Balance of the territory", "accounts-of-selection": "Balance of the selection", "accounts-too-long": "Too many values for a balance: choose a shorter part on the ruler of time.", "accounts-extremes": "Uses at their highest: {high} ({at}); at their lowest: {low} ({then}).", "accounts-mean-day": "Mean of the day", "accounts-mean-month": "Mean of the month", "accounts-mean-year": "Mean of the year", "accounts-none": "No series of energy here.", "accounts-omitted": "Not in the balance, for want of the same steps, of a known side or of values over half of it, as a mere possibility, or because the estimated demand of buildings holds them: {names}", "accounts-help": "Above the line the sources, below it the uses. Every value is a whole number of watt-hours: at each step the sum of sources is that of uses. Grey passes the border of the territory.", "accounts-picture": "Balance: sources above, uses below; the table says the same numbers", "accounts-sources": "Sources", "accounts-uses": "Uses", "accounts-now": "At this instant", "accounts-all": "Over what is drawn", "accounts-open": "{count} steps in which a line is absent are not counted in the sums.", "accounts-imported": "Imported", "accounts-exported": "Exported",
    "chart-typical-days": "Typical days: mean of each hour, by season", "chart-typical-nature": "statistical: means of the series shown; public holidays count as their day of the week", "chart-typical-name": "{season}, {part} ({days} days)", "chart-weekday": "weekdays", "chart-weekend": "weekend", "season-winter": "winter", "season-spring": "spring", "season-summer": "summer", "season-autumn": "autumn", "chart-over-mean": "Over the looped interval: mean {value}; values: {known}, absent: {absent}", "chart-over-sum": "that is {value}", "chart-typical-table": "Typical days in numbers",
    "gantt-title": "What changes here from {first} to {last}", "gantt-none": "Nothing changes here from {first} to {last}", "gantt-more": "and {count} more changes",
    "gantt-works": "works from {year}", "gantt-from": "in service in {year}", "gantt-to": "removed in {year}", "legend-works": "Magenta: under works",
    "legend-raise": "Raise by value", "legend-raise-key": "Height: 10\u00a0m for {value}\u00a0{unit}",
    "legend-arrows": "Arrows: the way that power runs", "chart-beyond": "{count} steps out of bounds", "chart-worst": "Worst moments",
    scale: "Change the scale", "scale-palette": "Colours", "scale-breaks": "Classes", "scale-count": "Number of classes",
    "scale-ends": "Ends, separated by semicolons",
    "scale-said-classes": "From 2 to {most} classes: more cannot be told apart.", "scale-said-ends": "From 1 to {ends} ends, from the smallest to the largest, separated by semicolons.", "scale-said-fewer": "Only {count} classes: there are no more different values.",
    "area-title": "Drawn area", "area-help": "Surround buildings on the picture: balance, curves and flows become theirs and follow the clock.",
    "area-draw": "Draw an area", "area-draw-again": "Draw another area", "area-close": "Finish", "area-corner-here": "Corner in the middle of the picture", "area-back": "Take the last corner back", "area-remove": "Remove the area", "area-save": "Download as GeoJSON", "area-open": "Open a GeoJSON polygon",
    "area-drawing": "{count} corners. Click in the picture to add more; click the first or the last one to finish, Escape to give up.", "area-inside": "{buildings} buildings, {homes} homes.", "area-size": "{hectares}\u00a0ha.", "area-unknown": "This territory does not say where its buildings are: what the area holds is not counted.", "area-secret": "Fewer than ten homes in the area: their demand is not shown. Make it larger.", "area-too-large": "This file is too large: 4\u00a0MB at most.", "accounts-of-area": "Balance of the drawn area",
    "picture-keep": "Keep the picture", "picture-failed": "This browser did not give the picture back: take a screenshot.",
    mean: "Mean of the interval", "mean-over": "mean from {from} to {to}", "mean-too-long": "This interval is too long for its mean to be computed here: choose a shorter one.",
    "legend-by-distance": "By distance", "legend-by-distance-help": "Near by each building, from far away its district",
    "legend-by-building": "By building", "legend-by-district": "By district", "legend-by-iris": "By IRIS", "legend-far": "From so far away buildings are dots: districts read better.",
    "filters-full": "Four filters at most: remove one to add another.", "filter-values-full": "{most} values at most in a filter: untick one to choose another.",
    "palette-cividis": "Blue to yellow", "palette-blues": "Blues", "palette-blue-orange": "Blue and orange", "palette-okabe-ito": "Distinct colours",
    "breaks-smooth": "Continuous", "breaks-equal": "Equal classes", "breaks-quantiles": "Quantiles", "breaks-jenks": "Jenks", "breaks-manual": "Ends of your choice",
    scopes: "What the time ruler shows", "scope-day": "Day", "scope-month": "Month", "scope-year": "Year", "scope-decade": "Decade", "lanes-all": "What there is of each series in time", "lanes-more": "Series ({count})", "lane-of": ": from {from} to {to}{gaps}", "lane-gaps": ", gaps: {count}", "scope-all": "All",
    "scope-announce": "The ruler goes from {from} to {to}", span: "Play over and over",
    "month-back": "− 1 month", "month-next": "+ 1 month", "year-back": "− 1 year", "year-next": "+ 1 year",
    sunrise: "Sunrise", sunset: "Sunset", peak: "Peak of the day",
    chart: "Curve", "chart-of": "Curve: {title}.", "chart-announce": "Curve: {title}", "chart-none": "No data on that day.", "chart-without": "No data: this series has none for this object.",
    "chart-typical": "Typical year: its dates are not those of the measurements.",
    "chart-duration": "Load-duration curve: share of time with at least this value",
    "chart-counts": "Values in all: {known}, absent: {absent}", "chart-peak": "Highest: {value}, {instant}", "chart-trough": "Lowest: {value}, {instant}",
    "chart-calendar": "The year hour by hour", "chart-calendar-of": "Calendar: {title}, day by day and hour by hour, from {low} to {high}",
    "chart-months": "The months in numbers", "chart-month": "Month", "chart-lowest": "Lowest", "chart-mean": "Mean", "chart-highest": "Highest",
    "chart-png": "Save the picture (PNG)", "chart-png-failed": "The picture could not be made.", "save-of-curves": "the curves", "save-of-duration": "the load-duration curve", "save-of-calendar": "the year hour by hour", "save-of-balance": "the balance", "save-of-flows": "the flows", "chart-total": "Sum", "chart-more": "and {count} more, not drawn",
    "flows-title": "Energy flows", "flows-none": "Nothing flows at this instant.", "flows-absent": "No value at this instant: {names}", "flows-table": "See the flows as numbers",
    "flows-equipped": "Share of the roofs taken to be equipped", "flows-equipped-help": "An assumption, without shade or permits: none of these roofs is declared to be equipped. The scene shows their modules, which glow with what they would make at the instant.",
    "made-up": "generated, not real", "summer-time": "summer time", "winter-time": "winter time", "made-up-help": "Made up by rules of planning where the data say nothing: none of it was surveyed.", "flows-absent-over": "Without a value over this time: {names}", "flows-over": "Over", "flows-over-hour": "Instant", "flows-over-hour-help": "The power at the chosen instant", "flows-over-day": "Day", "flows-over-day-help": "The energy of the chosen day, from midnight to midnight", "flows-over-year": "Year", "flows-over-year-help": "The energy of the chosen year", "flows-known": "Sum of {known} steps of {steps}: in the others one of the parts is not known.", "flows-none-over": "No flow over this time.", "flows-energy": "Energy",
    "flows-assumed": "Assumption: {percent}% of the roofs are taken to be equipped", "flows-said": "Energy flows. Sources: {sources}. Uses: {uses}.", "flows-from": "From", "flows-to": "To", "flows-power": "Power",
    "chart-table": "See the numbers", "chart-csv": "Download as CSV", "chart-parquet": "Download as Parquet", "chart-instant": "Instant", "chart-value": "Value",
    year: "Show what existed in", "year-announce": "Year {year}",
    search: "Search", "search-label": "Search for an address, a street, a place", "search-hint": "12 rue des Lilas", "search-clear": "Clear the search", "search-list": "Answers",
    "search-waiting": "Searching…", "search-soon": "Answers come as soon as the picture is there.",
    "search-no-index": "This territory has no search index: it must be imported again.",
    "search-nothing": "No address and no place “{query}” in this territory; try the street without a number, or the name of the commune.",
    "search-partial": "A part of the index did not arrive: there may be more answers.", "search-local": "Nothing you type leaves this device.",
    "search-one": "1 answer", "search-many": "{count} answers",
    "search-number-unknown": "unknown number, here is the street", "search-other-suffix": "same number, another suffix",
    "search-address": "address", "search-commune": "commune", "search-quarter": "quarter or hamlet", "search-street": "street", "search-place": "place",
    "search-building": "building", "search-stop": "stop", "search-line": "line", "search-water": "water",
    "proposal-title": "Propose", "proposal-help": "Put down a turbine, a solar plant, a battery, chargers or a line, and see what changes.", "proposal-turbine": "Wind turbine", "proposal-solar": "Solar plant", "proposal-battery": "Battery", "proposal-hub": "Charging hub", "proposal-feeder": "New line", "proposal-put": "Put down", "proposal-click": "A click in the picture puts it down", "proposal-here": "in the middle of the picture", "proposal-now": "Click in the picture to put down: {tool}", "proposal-none": "Nothing is proposed.", "proposal-remove": "Take away {name}", "proposal-clear": "Take everything away", "proposal-field-hub_m": "Hub height", "proposal-field-kwp": "Power", "proposal-field-tilt_deg": "Tilt", "proposal-field-azimuth_deg": "Orientation", "proposal-field-kwh": "Energy", "proposal-field-kw": "Power", "proposal-field-points": "Points", "proposal-field-model": "Model", "proposal-field-mount": "On", "proposal-mount-roof": "a roof", "proposal-mount-car-park": "a car park", "proposal-mount-ground": "the ground", "proposal-move": "Move by 25 m", "proposal-end": "Move the other end", "proposal-north": "north", "proposal-south": "south", "proposal-west": "west", "proposal-east": "east", "proposal-whole": "Connection", "proposal-limit": "Limit", "proposal-limit-none": "no limit", "proposal-use": "Battery", "proposal-use-connection": "against curtailment", "proposal-use-own-use": "for self-consumption", "proposal-wind": "Mean wind at 100 m (an assumption)", "proposal-save": "Save (GeoJSON)", "proposal-open": "Open a proposal", "proposal-large": "This file is too large.", "proposal-waiting": "The balance is on its way…", "proposal-failed": "The balance cannot be worked out: {value}", "proposal-hour": "Hour", "proposal-day": "Day", "proposal-year": "Year", "proposal-before": "before", "proposal-bare": "without battery", "proposal-after": "with", "proposal-money": "Money", "proposal-dated": "A price is past its validity: to be checked.", "proposal-connect": "Where to connect", "proposal-no-book": "This territory has no book of posts and lines.", "proposal-draw": "Draw of the day", "proposal-day-label": "Draw of the day, from {low} to {high} kW; negative is feeding in; before, without battery, with the proposal",
    "roof-title": "My roof", "roof-waiting": "The roof is being computed…", "roof-absent": "This roof has not been computed.", "roof-empty": "No module fits on this roof.", "roof-failed": "The roof could not be read.",
    "roof-announce": "My roof: {kwh} kilowatt-hours a year with {kwp} kilowatts peak", "roof-kwh-year": "kWh/year", "roof-range": "between {low} and {high}, in nine years of ten at least {low}",
    "roof-power": "Power", "roof-area": "Usable area", "roof-modules": "Modules", "roof-module": "modules", "roof-own": "Used on the spot", "roof-payback": "Paid back in", "roof-years": "{count} years", "roof-never": "never", "roof-unknown": "unknown", "roof-payback-bare": "Paid back in (without the battery)",
    "roof-honest": "computed from the roof's shape, shade and climate", "roof-months": "Production month by month",
    "roof-months-label": "Production month by month: most in {best}, {high} kWh; least in {least}, {low} kWh", "roof-planes": "Planes of the roof",
    "roof-light": "kWh/m²/year", "roof-shade": "{share} % lost to shade", "roof-reset": "Back to the proposal",
    "roof-layout": "Laying of the modules", "roof-lay": "Modules", "roof-lay-best": "as best fits", "roof-lay-portrait": "upright", "roof-lay-landscape": "sideways", "roof-margin": "Margin to edges (m)",
    "roof-plan": "Plan of the roof, north up", "roof-plan-help": "Touch a module to take it out or put it back.", "roof-module-at": "Module {place} of plane {plane}",
    "roof-trees": "Trees that cast a shade", "roof-trees-try": "Try", "roof-trees-stand": "as they are", "roof-trees-without": "without: {tree}", "roof-trees-all": "without any of these trees",
    "roof-trees-help": "A click on a tree in the picture does the same. The trial does not say that felling is allowed.", "roof-bare": "Try without the terrain between roof and monument",
    "roof-use": "My consumption", "roof-load": "Profile", "roof-load-household": "Household", "roof-load-farm": "Farm", "roof-load-school": "School", "roof-load-meter": "My meter",
    "roof-kwh": "Consumption, kWh a year", "roof-battery": "Battery:", "roof-sell-all": "Sell everything to the grid",
    "roof-heat-pump": "Heated by a heat pump", "roof-heat": "Heat to be given, kWh a year", "roof-heat-drawn": "It would take {kwh} kWh of electricity a year.",
    "roof-heat-pump-help": "Air to water, at the temperature of each hour; it stands in for the heating of a household's profile, or comes beside the demand as given.",
    "roof-amounts": "My amounts", "roof-amounts-help": "Your quotation, your contract: each amount stands in for the dated fact, and the result says so. Empty: the dated fact.", "roof-own-cost": "Cost of the quotation before tax", "roof-own-power-price": "Bought power",
    "roof-own-surplus-tariff": "Sale of surplus", "roof-own-total-tariff": "Total sale", "roof-own-premium": "Premium", "roof-own-vat": "VAT", "roof-euro": "€", "roof-euro-kwh": "€/kWh", "roof-euro-kwp": "€/kWp", "roof-percent": "%",
    "roof-meter": "My meter's file (CSV)", "roof-meter-forget": "Forget this file",
    "roof-meter-large": "This file is too large to be a meter's.", "roof-use-result": "{own} % of the production is used on the spot; {need} % of the need is met.", "roof-stays": "The file stays on this device.",
    "roof-figures": "All figures and their origin", "roof-steps": "What to do", "roof-step-needed": "to do", "roof-step-known": "known", "roof-step-to-verify": "to verify",
    "roof-since": "since {date}", "roof-from-to": "from {from} to {to}", "roof-past": "This is past its validity: verify it.", "roof-not-yet": "Not yet in force.",
    "roof-listed": "{name}: this building is the monument itself, works on it need their own permission.", "roof-monument": "Protected monument", "roof-read-source": "read the source",
    "roof-covisible": "Seen together with {name}, {distance} away: the heritage architect's consent is required.", "roof-not-covisible": "Not seen together with {name}, {distance} away.", "roof-covisible-unknown": "{name}, {distance} away: covisibility to be verified.",
    "roof-money": "Money", "roof-cost": "Cost", "roof-premium": "Premium", "roof-savings": "Savings a year", "roof-sale-year": "Sale a year", "roof-facts": "Tariffs, dates and sources",
    "roof-dated": "A tariff used here is past its validity: verify the amounts.", "roof-co2": "CO₂ avoided, by three methods", "roof-kg": "{kg} kg a year", "roof-dossier": "Dossier to hand in (PDF)", "roof-print": "Print this card", "file-saved": "{name} is in your downloads.",
    "no-data": "No data", "layers-wait": "The list is on its way…", "layer-count": "{count} objects",
    "no-layer": "This territory has no layer: import data with jumeau import.",
    sources: "Sources and licences",
    "plan-open": "Solar plan", "plan-tip": "The large roofs and car parks of the commune", "plan-title": "Solar plan of the commune", "plan-waiting": "The solar plan is on its way…", "plan-filters": "Show only",
    "plan-announce": "Solar plan: {count} roofs and car parks, {energy} gigawatt-hours a year", "plan-total": "{count} roofs and car parks · {power} MWp · {energy} GWh/year (9 years of 10: at least {sure})",
    "plan-coverage": "Estimated demand {demand} GWh/year: {covered} % met in the same hour, {hours} hours of {of} entirely; {used} % of the production used at once.",
    "plan-no-demand": "The demand of the territory is unknown.", "plan-sizes-title": "Number by power, kWp", "plan-day-title": "Mean day (local time): production yellow, demand blue", "plan-sizes": "Number by power in kWp: {list}", "plan-day": "Mean day of the year, local time: production yellow, demand blue",
    "plan-only-roofs": "Roofs", "plan-only-car-parks": "Car parks", "plan-only-public": "Public", "plan-only-heritage": "Heritage", "plan-only-over-100-kwp": "Over 100 kWp", "plan-only-kept": "Without excluded",
    "plan-unknown": "The data of this territory do not tell.", "plan-empty": "Nothing answers to these filters.", "plan-more": "and {count} more", "plan-go": "Go there", "plan-public": "public", "plan-car-park": "car park (assumed)",
    "plan-exclusions": "Kept free by law: {list}", "plan-excluded": "excluded: {why}", "plan-column-name": "Roof or car park", "plan-column-usage": "Use", "plan-column-area": "m²", "plan-column-power": "kWp", "plan-column-energy": "MWh/year",
    "plan-column-shade": "Shade", "plan-column-useful-share": "Useful", "plan-column-protection": "Perimeter",
    "plan-help-name": "Sort by name", "plan-help-usage": "Sort by use", "plan-help-area": "Area of all planes, or of the car park", "plan-help-power": "Power of the modules that fit", "plan-help-energy": "Simulated production of a year",
    "plan-help-shade": "Share of the production that shade takes", "plan-help-useful-share": "Usefulness to the local grid: share of the production at hours when the territory draws it, if all that is listed is built", "plan-help-protection": "Perimeters that cover the place",
    "plan-canopies": "Car parks, assumption: canopies over {share} % of the area (APER law, art. 40), tilted by {tilt}°, azimuth {azimuth}°.", "plan-csv": "Download as CSV", "plan-geopackage": "GeoPackage", "plan-geoparquet": "GeoParquet", "plan-file-help": "Downloads the whole plan with its outlines and sources, for a GIS",
    "usage-residential": "Dwelling", "usage-commercial": "Shops and services", "usage-industrial": "Industry", "usage-agricultural": "Farming", "usage-religious": "Place of worship", "usage-sport": "Sport",
    "usage-annex": "Annex", "usage-unknown": "Not stated",
    measured: "measured", statistical: "statistical", simulated: "simulated", declared: "declared", made: "schematic",
    "sheet-title": "Building", "sheet-object": "Selected object",
    "sheet-empty": "Nothing is known about this object.", "sheet-wait": "The data of this object are on their way…",
    source: "Source", method: "Method", uncertainty: "Uncertainty", why: "Where does this come from?",
    copy: "Copy", copied: "Copied", "link-copied": "Link copied: it opens exactly this view.",
    "link-manual": "Copy the address of this page: it opens exactly this view.",
    "selected": "Selected: {name}", "unselected": "Nothing is selected any more",
    time: "Time", steps: "Forward and back",
    "day-back": "One day back", "hour-back": "One hour back", "hour-next": "One hour on", "day-next": "One day on",
    play: "Play", pause: "Pause", playing: "Time is running", paused: "Time is stopped",
    speed: "Speed", "speed-600": "10 min per second", "speed-3600": "1 h per second", "speed-21600": "6 h per second",
    "speed-86400": "1 day per second", "speed-604800": "1 week per second",
    "unit-kwp": "kWp", "speed-seconds": "{count} s per second", "speed-minutes": "{count} min per second", "speed-hours": "{count} h per second", "speed-days": "{count} days per second",
    "date-unread": "This date was not understood: {pattern}.",
    "date-round": "The year shown is {year}, the nearest one that the territory has.", "legend-approximate": "Approximate classes: found from some of the values.",
    date: "Local date and time", hour: "Time ruler",
    "view-announce": "Looking {direction} from {distance}, tilted {pitch} degrees",
    directions: ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"],
    "help-title": "Moving and looking",
    "help-pointer": "With a mouse: drag to move the map, drag with the right button to turn, wheel to zoom. With fingers: one moves, two turn and zoom. Tap a building to read its sheet.",
    "help-keys": "With the keyboard, while the 3D view is active:",
    "help-honest": "Trees and water marked “schematic” are drawn by us where data are missing. Consumption is simulated, never measured.",
    "fault-title": "The 3D picture cannot be shown",
    "fault-territory-title": "The territory could not be read",
    "fault-offline-title": "No connection",
    "fault-webgl": "Your browser does not offer WebGL 2, which 3D needs. Turn on graphics acceleration in its settings, or open this page in a recent Firefox, Chrome, Edge or Safari.",
    "fault-wasm": "Your browser does not run WebAssembly, which 3D needs. Update it, or open this page in a recent Firefox, Chrome, Edge or Safari.",
    "fault-viewer": "The 3D engine could not be loaded. Check your connection, then try again.",
    "fault-start": "The 3D engine could not start. Reload the page; if it happens again, close other tabs to free memory.",
    "fault-stopped": "The 3D engine has stopped. Reload the page: you will be back at the same view.",
    "fault-context": "Your graphics card interrupted the 3D. Reload the page: you will be back at the same view.",
    "fault-territory": "The territory's data are not at this address, or are damaged. Try again, or tell whoever runs this site.",
    "fault-offline": "You are offline. What is already loaded still works; the rest will come with the connection.",
  },
};

let language = "fr";

export function currentLanguage() {
  return language;
}

/** The sentence of a key, with `{name}` replaced. */
export function t(key, values = {}) {
  const text = WORDS[language][key] ?? WORDS.fr[key] ?? key;
  if (typeof text !== "string") return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function has(key) {
  return key in WORDS[language];
}

/** Changes the language and rewrites everything that carries `data-t` (text), `data-label` or `data-tip`. */
export function speak(next) {
  language = next === "en" ? "en" : "fr";
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
    if (element.matches("button")) element.title = t(element.dataset.label);
  }
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = t(element.dataset.hint);
  for (const element of document.querySelectorAll("[data-tip]")) element.title = t(element.dataset.tip);
}

/** A name of the manifest, `{fr, en}`, in the language spoken. */
export function named(name) {
  if (name && typeof name === "object") return name[language] ?? name.fr ?? "";
  return name ?? "";
}

const forms = new Map();

/** A formatter of `Intl`; making one costs more than a hundred uses, so they are kept. */
export function form(kind, locale, options) {
  const key = [kind, locale, ...Object.entries(options)].join();
  if (!forms.has(key)) forms.set(key, new Intl[kind](locale, options));
  return forms.get(key);
}

export function number(value, digits = 1) {
  return form("NumberFormat", language, { maximumFractionDigits: digits }).format(value);
}

export function bytes(count) {
  const unit = language === "fr" ? "Mo" : "MB";
  return `${number(count / 1e6)}\u00a0${unit}`;
}

export function metres(value) {
  return value < 1000 ? `${number(value, 0)}\u00a0m` : `${number(value / 1000)}\u00a0km`;
}

/** `21 juin 2026, 15 h 30` and `21 June 2026, 15:30`, on the territory's clock. */
export function dateText(milliseconds, timezone) {
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  const date = form("DateTimeFormat", locale, { timeZone: timezone, day: "numeric", month: "long", year: "numeric" });
  const wall = clock(milliseconds, timezone);
  const hour = language === "fr" ? `${Number(wall.hour)}\u00a0h\u00a0${wall.minute}` : `${wall.hour}:${wall.minute}`;
  // French counts the first of a month, Intl does not.
  const day = date.format(milliseconds).replace(/^1 /, language === "fr" ? "1er " : "1 ");
  // When the clock goes back an hour comes twice.
  const again = (hours) => {
    const other = clock(milliseconds + 3_600_000 * hours, timezone);
    return other.hour === wall.hour && other.minute === wall.minute;
  };
  const season = again(1) ? ` (${t("summer-time")})` : again(-1) ? ` (${t("winter-time")})` : "";
  return `${day}, ${hour}${season}`;
}

/** The parts of the local time at an instant, as two-digit text. */
export function clock(milliseconds, timezone) {
  const parts = form("DateTimeFormat", "en-CA", { timeZone: timezone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
  return Object.fromEntries(parts.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
}

/** `2026-06-21T15:30` on the territory's clock. */
export function localText(milliseconds, timezone) {
  const { year, month, day, hour, minute } = clock(milliseconds, timezone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** The instant of a local text; NaN when it is none. The skipped hour of spring moves forward, as the viewer does it. */
export function instantOf(text, timezone) {
  // Some browsers add seconds to what was typed.
  const guess = Date.parse(`${text.slice(0, 16)}:00Z`);
  if (!Number.isFinite(guess)) return NaN;
  // The offset at the guess may differ from the offset at the answer; twice is enough to settle.
  let instant = guess;
  for (let round = 0; round < 2; round += 1) {
    const shown = Date.parse(`${localText(instant, timezone)}:00Z`);
    instant += guess - shown;
  }
  return instant;
}

export function rfc3339(milliseconds) {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
