# French. Write plainly, to "vous", with verbs first. The no-break spaces before units and : ; ? ! » are real ones.
# Keys are the same as in en.ftl; a test compares them.

## Numbers, units, dates

unit-metre = m
unit-kilometre = km
unit-square-metre = m²
unit-watt = W
unit-kilowatt = kW
unit-megawatt = MW
unit-kwh = kWh
unit-mwh = MWh
unit-gwh = GWh
unit-kwh-year = kWh par an
unit-mwh-year = MWh par an
unit-gwh-year = GWh par an
unit-watt-per-square-metre = W/m²
unit-volt = V
unit-kilovolt = kV
unit-degree = °
unit-percent = %
unit-year = année
percent-whole = { $percent } %
range-between = entre { $low } et { $high }
amount-absent = non renseigné
amount-about = environ { $value }
speed-seconds = { $amount } s par seconde
speed-minutes = { $amount } min par seconde
speed-hours = { $amount } h par seconde
speed-days = { $amount } j par seconde
date = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
date-month = { $month } { $year }
date-time = { $date }, { $time }
time-of-day = { $hour } h { $minute }
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

## Where numbers come from

nature-measured = mesuré
nature-measured-help = Relevé sur l’objet lui-même.
nature-statistical = statistique
nature-statistical-help = Une estimation, tirée d’un ensemble d’objets semblables.
nature-simulated = simulé
nature-simulated-help = Une estimation, calculée par un modèle.
nature-declared = déclaré
nature-declared-help = Indiqué par le producteur des données ou par une administration.
nature-made = schématique
nature-made-help = Dessiné par Jumeau là où les données se taisent.
source-line = { $title }, { $producer }, { $date }, { $licence }
source-unknown = Source non indiquée

## Figures

figure-id = Identifiant dans la source
figure-rnb = Identifiant RNB
figure-usage = Usage
figure-second-usage = Second usage
figure-height = Hauteur
figure-ridge-height = Hauteur du faîtage
figure-storeys = Étages
figure-dwellings = Logements
figure-year = Année d’apparition
figure-footprint = Emprise au sol
figure-floor-area = Surface de plancher
figure-demand-now = Demande d’électricité à cet instant
figure-demand-year = Demande d’électricité
figure-road-name = Nom de la voie
figure-road-width = Largeur
figure-class = Nature de la voie
figure-name = Nom
figure-utility-class = Genre
figure-utility-kind = Pose ou équipement
figure-accuracy = Classe de précision
figure-material = Matériau
figure-depth = Profondeur
figure-height-above = Hauteur au-dessus du sol
figure-diameter = Diamètre
figure-voltage = Tension
figure-area-code = Code
figure-area = Superficie

usage-residential = Habitation
usage-commercial = Commerces et services
usage-industrial = Industrie
usage-agricultural = Agriculture
usage-religious = Lieu de culte
usage-sport = Sport
usage-annex = Annexe (garage, abri)
usage-unknown = Non précisé
class-major-road = Grand axe
class-road = Rue ou route principale
class-minor-road = Rue
class-path = Chemin, escalier ou piste cyclable
class-tram = Tramway
class-rail = Voie ferrée
utility-kind-ground = Au sol
utility-kind-underground = Enterrée
utility-kind-overhead = Aérienne
utility-kind-tower = Pylône
utility-kind-pole = Poteau
utility-kind-substation = Poste
utility-kind-plant = Installation de production
utility-kind-stop = Arrêt
utility-kind-lamp = Éclairage
utility-kind-valve = Vanne
utility-kind-pump = Pompe
utility-kind-tank = Réservoir
utility-kind-node = Nœud
accuracy-A = A (au plus 40 cm)
accuracy-B = B (au plus 1,5 m)
accuracy-C = C (plus de 1,5 m)
accuracy-schematic = tracé schématique
accuracy-unstated = non précisée

method-height-other-altitudes = La source ne donne pas de hauteur cohérente : c’est la différence entre l’altitude du toit et celle du sol.
method-height-storeys = Calculée à partir du nombre d’étages.
method-height-neighbours = Reprise des bâtiments voisins.
method-height-assumed = Rien n’est connu : une hauteur modeste est dessinée.
method-footprint = Aire de l’emprise dessinée par la source.
method-floor-area = Emprise au sol multipliée par le nombre d’étages, connu ou estimé d’après la hauteur.
method-year = Année de première apparition dans les données de la source ; elle peut suivre la construction de plusieurs années.
method-demand-year = Surface de plancher et logements multipliés par une consommation typique de l’usage. Aucun compteur n’est lu : ce bâtiment-ci peut consommer tout autrement.
method-demand-now = Demande annuelle répartie heure par heure selon un profil typique de l’usage.

## Themes and legend

theme-none = Carte seule
theme-none-help = Aucune donnée en couleur : seulement le territoire.
theme-demand = Demande d’électricité
theme-demand-help = Demande de chaque bâtiment à l’instant choisi, par mètre carré de plancher. C’est une estimation.
theme-construction-year = Année d’apparition
theme-construction-year-help = Les bâtiments apparaissent l’année où la source les mentionne pour la première fois.
theme-series = Série du territoire
theme-series-help = Les valeurs d’une série importée, à l’instant choisi.
legend-no-data = pas de donnée
legend-at = le { $instant }
legend-in-year = en { $year }
legend-waiting = Les valeurs de cet instant arrivent…
legend-outside = La série ne va pas jusqu’à cet instant.
legend-class = { $low } à { $high }
legend-histogram = { $known } objets en vue avec une valeur, { $without } sans
legend-scale-show = Changer l’échelle
legend-scale-hide = Replier l’échelle
legend-palette-cividis = Bleu à jaune
legend-palette-blues = Bleus
legend-palette-blue-orange = Bleu et orange
legend-palette-okabe-ito = Couleurs distinctes
legend-breaks-smooth = Continu
legend-breaks-smooth-help = Les couleurs se fondent l’une dans l’autre.
legend-breaks-equal = Classes égales
legend-breaks-equal-help = Toutes les classes ont la même largeur.
legend-breaks-quantiles = Quantiles
legend-breaks-quantiles-help = Toutes les classes ont le même nombre de valeurs.
legend-breaks-jenks = Jenks
legend-breaks-jenks-help = Les limites tombent là où les valeurs sont rares.
legend-breaks-manual = Limites choisies
legend-breaks-manual-hint = 10; 25,5; 40
legend-classes = { $count } classes
legend-classes-fewer = Une classe de moins
legend-classes-more = Une classe de plus
legend-arrows = Flèches : le sens de la puissance
legend-outside-band = Bandes noires et blanches : hors de { $least } à { $most }
legend-beyond = Bandes noires et blanches : plus de { $most } { $unit }

## Curves

legend-raise = Élever selon la valeur
legend-raise-key = Hauteur : 10 m pour { $value } { $unit }
gantt-title = Ce qui change ici de { $first } à { $last }
gantt-none = Rien ne change ici de { $first } à { $last }
gantt-more = et { $count } autres changements
gantt-works = travaux dès { $year }
gantt-from = en service en { $year }
gantt-to = retiré en { $year }
legend-works = Magenta : en travaux
accounts-show = Bilan des sources et des usages
accounts-title = Bilan du territoire
accounts-of-selection = Bilan de la sélection
accounts-none = Aucune série d’énergie à cet endroit.
accounts-omitted = Hors du bilan, faute de mêmes pas de temps ou de côté connu : { $names }
accounts-help = Au-dessus de la ligne les sources, en dessous les usages. Chaque valeur est en wattheures entiers : à chaque pas de temps la somme des sources est celle des usages. Le gris passe la frontière du territoire.
accounts-picture = Bilan : sources au-dessus, usages en dessous ; le tableau dit les mêmes nombres
accounts-sources = Sources
accounts-uses = Usages
accounts-now = À cet instant
accounts-all = Sur la durée tracée
accounts-open = { $count } pas de temps où une ligne est absente ne sont pas comptés dans les sommes.
accounts-imported = Importé
accounts-exported = Exporté
chart-typical-days = Jours types : moyenne de chaque heure, par saison
chart-typical-nature = statistique : moyennes de la série affichée ; les jours fériés comptent comme leur jour de semaine
chart-typical-name = { $season }, { $part } ({ $days } jours)
chart-weekday = semaine
chart-weekend = fin de semaine
season-winter = hiver
season-spring = printemps
season-summer = été
season-autumn = automne
chart-over-mean = Sur l’intervalle en boucle : moyenne { $value }, { $known } valeurs, { $absent } absentes
chart-over-sum = soit { $value }
chart-territory = Courbe du territoire
chart-of = Courbe : { $title }
chart-none = Pas de donnée ce jour-là.
chart-typical = année type : ses dates ne sont pas celles des mesures
chart-duration = Courbe monotone : part du temps où la valeur est au moins celle-ci
chart-counts = { $known } valeurs, { $absent } absentes
chart-peak = Maximum : { $value }, { $instant }
chart-worst = Pires moments
chart-beyond = { $count } pas de temps hors limites
chart-peak-help = Aller à cet instant
chart-total = Somme
chart-more = et { $count } autres, non tracées
chart-instant = Instant
chart-table-show = Voir les nombres
chart-table-hide = Replier les nombres
chart-csv = Copier en CSV
chart-csv-help = Copier les valeurs tracées, avec leur source
ruler-day = { $day } { $month }
month-short-1 = janv.
month-short-2 = févr.
month-short-3 = mars
month-short-4 = avr.
month-short-5 = mai
month-short-6 = juin
month-short-7 = juil.
month-short-8 = août
month-short-9 = sept.
month-short-10 = oct.
month-short-11 = nov.
month-short-12 = déc.

## The panels

ui-app = Jumeau
ui-language = Langue
ui-language-help = Passer à l’anglais
ui-language-name-fr = Français
ui-language-name-en = English
ui-theme-light = Interface claire
ui-theme-dark = Interface sombre
ui-help = Aide
ui-help-title = Raccourcis clavier
ui-help-mouse-title = À la souris
ui-help-mouse-pan = Glissez pour déplacer la carte
ui-help-mouse-orbit = Glissez avec le bouton droit pour tourner
ui-help-mouse-zoom = Roulez la molette pour approcher
ui-help-mouse-pick = Cliquez sur un bâtiment pour ouvrir sa fiche
ui-close = Fermer
ui-share = Copier le lien
ui-share-help = Copier un lien vers cette vue
ui-share-done = Lien copié
ui-home = Vue d’ensemble
ui-north = Nord en haut
ui-zoom-in = Approcher
ui-zoom-out = Reculer
ui-layers = Que voir ?
ui-layers-hide = Replier ce panneau
ui-layers-show = Déplier ce panneau
ui-group-ground = Le sol, l’eau et les arbres
ui-group-built = Les bâtiments
ui-group-networks = Les voies et les réseaux
ui-group-imagery = Les vues du ciel
ui-group-areas = Les zones et les parcelles
ui-layer-help = Afficher ou masquer « { $name } »
ui-colours = Que montrent les couleurs ?
ui-legend = Légende
ui-source = Source : { $source }
ui-nature = Nature : { $nature }
ui-sheet-building = Bâtiment
ui-sheet-none = Ces données ne disent rien de cet objet.
ui-sheet-loading = Lecture de la fiche…
ui-why = D’où vient ce chiffre ?
ui-why-of = D’où vient « { $name } » ?
ui-why-method = Méthode : { $method }
ui-why-uncertainty = Incertitude : { $uncertainty }
ui-copy = Copier
ui-copy-of = Copier « { $name } »
ui-copied = Copié
ui-time = Règle du temps
ui-time-help = Cliquez pour choisir l’instant, tournez la molette pour approcher, double-cliquez pour entrer, Maj et glissez pour choisir ce qui est lu
ui-hour = Heure du jour
ui-hour-help = Choisir l’heure
ui-year = Année
ui-year-help = Choisir l’année affichée
ui-play = Lire
ui-pause = Pause
ui-play-help = Faire défiler le temps
ui-speed = Vitesse
ui-speed-help = Vitesse du temps
ui-hour-earlier = Une heure plus tôt
ui-hour-later = Une heure plus tard
ui-day-earlier = Un jour plus tôt
ui-day-later = Un jour plus tard
ui-sunrise = Lever du soleil
ui-noon = Midi solaire
ui-sunset = Coucher du soleil
ui-month-earlier = Un mois plus tôt
ui-month-later = Un mois plus tard
ui-year-earlier = Un an plus tôt
ui-year-later = Un an plus tard
ui-peak = Maximum du jour
ui-date = Date et heure
ui-date-hint = 21 juin 2026 15 h 30
ui-date-help = Tapez une date, puis Entrée
ui-date-wrong = Cette date ne se lit pas : essayez 21/06/2026 15:30
ui-scope-day = Jour
ui-scope-month = Mois
ui-scope-year = Année
ui-scope-all = Tout
ui-scope-help = Ce que montre la règle du temps
ui-span-shown = Lire en boucle ce que montre la règle
ui-span-none = Lire tout le temps
ui-span-help = Choisir ce qui est lu en boucle
ui-series-features = Séries des objets
ui-series-territory = Courbes du territoire
ui-series-extent = du { $from } au { $to }, en { $unit }
ui-local-time = heure locale
ui-attribution = Données : { $sources }
ui-progress = { $count ->
    [one] Encore { $count } morceau à charger…
   *[other] Encore { $count } morceaux à charger…
}
ui-opening = Ouverture du territoire…
ui-fault-more = { $count ->
    [one] et { $count } autre message
   *[other] et { $count } autres messages
}
ui-fault-hide = Masquer ce message
ui-tooltip-key = { $text } ({ $key })

## How the picture is drawn

ui-picture = L’image
ui-underground = Voir sous le sol
ui-underground-help = Le sol devient transparent : on voit les réseaux enterrés
ui-quality = Qualité
ui-quality-help = Ce que l’image peut coûter à cette machine
quality-auto = Automatique
quality-auto-now = Automatique ({ $now })
quality-mobile = Économe
quality-laptop = Portable
quality-desktop = Bureau
quality-presentation = Présentation

## The keyboard

key-pan-left = Aller à gauche
key-pan-right = Aller à droite
key-pan-forward = Avancer
key-pan-back = Reculer
key-turn-left = Tourner à gauche
key-turn-right = Tourner à droite
key-tilt-up = Relever le regard
key-tilt-down = Baisser le regard
key-zoom-in = Approcher
key-zoom-out = S’éloigner
key-home = Revenir à la vue d’ensemble
key-north = Mettre le nord en haut
key-select-centre = Choisir ce qui est au centre de l’image
key-play = Lancer ou arrêter le temps
key-faster = Accélérer le temps
key-slower = Ralentir le temps
key-hour-later = Une heure plus tard
key-hour-earlier = Une heure plus tôt
key-day-later = Un jour plus tard
key-day-earlier = Un jour plus tôt
key-month-later = Un mois plus tard
key-month-earlier = Un mois plus tôt
key-year-later = Un an plus tard
key-year-earlier = Un an plus tôt
key-sunrise = Aller au lever du soleil
key-noon = Aller au midi solaire
key-sunset = Aller au coucher du soleil
key-peak = Aller au maximum du jour
key-series-next = Montrer la série suivante
key-series-before = Montrer la série précédente
key-span-none = Lire tout le temps
key-decade-later = Dix ans plus tard
key-decade-earlier = Dix ans plus tôt
key-theme = Changer ce que montrent les couleurs
key-underground = Voir sous le sol, ou ne plus y voir
key-language = Changer de langue
key-try-again = Redemander ce qui n’a pas pu être chargé
key-link = Copier un lien vers cette vue
key-search = Chercher une adresse, une rue, un lieu
key-help = Ouvrir ou fermer l’aide
key-help-letter = Ouvrir ou fermer l’aide
key-escape = Revenir d’un pas
key-name-space = Espace
key-name-escape = Échap
key-name-enter = Entrée
key-name-home = Début
key-name-page-up = Page préc.
key-name-page-down = Page suiv.
key-name-left = Flèche gauche
key-name-right = Flèche droite
key-name-up = Flèche haut
key-name-down = Flèche bas

## Links

link-too-long = Ce lien est trop long pour être un lien de Jumeau. Copiez-le à nouveau depuis sa source.
link-unreadable = Ce lien ne se lit pas : « { $value } » n’en est pas une partie. Copiez-le à nouveau en entier.
link-version = Ce lien vient d’une version plus récente de Jumeau (version { $value }). Mettez Jumeau à jour pour l’ouvrir.
link-value = Une partie de ce lien n’a pas de sens : « { $part } » ne peut pas être « { $value } ». Copiez-le à nouveau en entier.

## Errors: what, why, what now

error-territory-unreachable = Le territoire ne s’ouvre pas : son fichier territory.json est introuvable ou hors d’atteinte ({ $value }). Vérifiez le chemin ou la connexion, puis réessayez.
error-manifest-unreadable = Le territoire ne s’ouvre pas : son fichier territory.json est abîmé ({ $value }). Importez-le à nouveau.
error-manifest-version = Le territoire ne s’ouvre pas : il a été préparé pour une autre version de Jumeau ({ $value }). Importez-le à nouveau avec celle-ci.
error-link = Le lien n’a pas pu être lu : la vue d’ensemble est affichée. Copiez-le à nouveau en entier.
error-link-territory = Ce lien montre un autre territoire : la vue d’ensemble de celui-ci est affichée. Ouvrez l’autre territoire pour le suivre.
error-tile-unreadable = Une partie du territoire manque : un de ses fichiers est abîmé ou hors d’atteinte ({ $value }). Le reste s’affiche ; importez le territoire à nouveau pour la retrouver.
error-tile-part = Quelque chose n’est pas montré : { $value } Le reste s’affiche.
error-tileset-unreadable = Le tileset ne s’ouvre pas ({ $value }). Vérifiez le fichier ou l’adresse.
error-tileset-empty = Il n’y a rien à voir : « { $value } » ne contient rien qui se dessine ici.
error-style = Une partie du style n’est pas appliquée ({ $value }).
error-crs-argument = « { $value } » n’est pas un système projeté connu. Écrivez par exemple --crs EPSG:2154.
error-connection = Les données ne répondent pas : l’image est incomplète. Ce qui manque est redemandé de lui-même ; la touche R le redemande tout de suite.
error-series-unreachable = La série ne s’affiche pas : ses valeurs sont hors d’atteinte ({ $value }). Vérifiez la connexion, puis appuyez sur R.
error-series-too-large = La série ne s’affiche pas : la série est trop grande pour cette carte graphique ({ $value }). Importez le territoire avec une série par profil.
error-series-unreadable = La série ne s’affiche pas : ses valeurs sont abîmées ({ $value }). Importez le territoire à nouveau.
error-imagery-grid = La vue aérienne n’est pas affichée : sa grille de tuiles est « { $value } ». Seule la grille de Web Mercator (EPSG:3857, « PM ») se pose sur le sol.
error-territory-missing = Le territoire ne s’ouvre pas : il n’y a pas de fichier territory.json dans « { $value } ». Vérifiez le chemin, ou importez un territoire à cet endroit.
error-no-default-territory = Aucun territoire à ouvrir : celui de Nantes n’est pas encore dans « { $value } ». Lancez « cargo xtask demo », ou donnez le chemin d’un territoire.
error-no-display = La fenêtre ne s’ouvre pas : aucun écran n’est relié à cette session. Lancez « jumeau serve » et ouvrez le navigateur, ou faites une image avec « jumeau snapshot ».
error-display-silent = La fenêtre ne s’ouvre pas : l’écran « { $value } » que cette session nomme (DISPLAY ou WAYLAND_DISPLAY) ne répond pas. Corrigez la variable, lancez « jumeau serve » et ouvrez le navigateur, ou faites une image avec « jumeau snapshot ».
error-graphics-lost = La carte graphique a cessé de répondre : { $value }. Si cela revient, mettez son pilote à jour ou demandez moins d’elle (--memory 512).
graphics-lost-again = La carte graphique a cessé de répondre ; la vue est rouverte au même endroit.
error-no-graphics = Rien ne peut être dessiné : aucun pilote graphique n’a été trouvé. Installez celui de votre carte, ou un pilote logiciel (mesa-vulkan-drivers sous Debian et Ubuntu).
error-command = Une page a demandé ce que Jumeau ne connaît pas ({ $value }). Rien n’a changé ; mettez la page à jour.
error-picture-write = L’image n’a pas été enregistrée ({ $value }). Vérifiez le dossier et la place qui y reste.
error-picture-empty = Rien n’a pu être dessiné : les fichiers du territoire sont abîmés ou hors d’atteinte ({ $value }). Vérifiez-le avec « jumeau check », ou importez-le à nouveau.
error-picture-incomplete = L’image n’est pas complète : des parties du territoire ne sont pas arrivées à temps. Réessayez en laissant plus de temps.
error-picture-size = L’image n’a pas été faite : cette taille dépasse ce que la carte graphique permet. Demandez une image plus petite.

## Findings that no format explains itself

finding-without-text = Constat « { $code } » : { $value }
finding-terrain-derived = Aucun relief n’est fourni : il est déduit des altitudes des objets posés au sol.
finding-terrain-flat = Aucun relief n’est fourni et aucun objet n’a d’altitude : le sol est plat.
finding-geoid-approximate = Les hauteurs sont converties avec une valeur approchée du géoïde.
finding-water-outline-invalid = Le contour de l’eau « { $object } » se croise lui-même : il est laissé de côté.
finding-manifest-unreadable = Le fichier territory.json est abîmé : { $value }
finding-manifest-version = Le fichier territory.json est d’une version inconnue : { $value }

# Attributs et filtres
theme-attribute = Attribut
theme-attribute-help = Ce que la source dit de chaque objet.
attribute-usage2 = Usage secondaire
attribute-ridge = Hauteur du faîte
attribute-ridge-stated = Hauteur du faîte selon la source
attribute-roof = Forme du toit
attribute-roof-method = Origine du toit
attribute-height-origin = Origine de la hauteur
attribute-class = Nature
ui-attributes = Couleurs d’après un attribut
ui-attribute-none = Aucun
ui-filters = Filtres
ui-filter-add = Ajouter un filtre…
ui-filter-remove = Retirer le filtre « { $name } »
ui-filter-from = de
ui-filter-to = à
legend-others = Autres

# Courbes du territoire et calendrier
chart-demand-territory = Demande d’électricité du territoire, par usage
chart-trough = Minimum : { $value }, { $instant }
chart-calendar = L’année heure par heure
chart-calendar-of = Calendrier : { $title }, jour par jour et heure par heure, de { $low } à { $high }
chart-hour = { $hour } h
demand-class-residential = Logements
demand-class-services = Commerces et services
demand-class-public = Équipements publics
demand-class-sport = Sport
demand-class-religious = Lieux de culte
demand-class-industrial = Industrie
demand-class-agricultural = Agriculture
demand-class-annex = Annexes
demand-class-unknown = Usage inconnu

# Vues enregistrées
ui-views = Vues enregistrées
ui-view-name = Nom de la vue
ui-view-keep = Enregistrer cette vue
ui-view-keep-help = Garde la caméra, le moment, les couleurs et les filtres sous ce nom
ui-view-open = Revenir à cette vue
ui-view-remove = Oublier la vue « { $name } »

## Search

search-label = Chercher une adresse, une rue, un lieu
search-hint = 12 rue des Lilas
search-open = Chercher
search-clear = Effacer la recherche
search-waiting = Recherche…
search-no-index = Ce territoire n’a pas d’index de recherche : importez-le à nouveau pour chercher des adresses et des rues.
search-nothing = Aucune adresse ni aucun lieu « { $query } » dans ce territoire ; essayez la rue sans numéro, ou le nom de la commune.
search-partial = Une partie de l’index n’est pas arrivée : il peut y avoir d’autres réponses.
search-local = Rien de ce que vous tapez ne quitte cet appareil.
search-remark-number-unknown = numéro inconnu, voici la rue
search-remark-other-suffix = même numéro, autre indice
search-kind-address = adresse
search-kind-commune = commune
search-kind-quarter = quartier ou lieu-dit
search-kind-street = rue
search-kind-place = lieu
search-kind-building = bâtiment
search-kind-stop = arrêt
search-kind-line = ligne
search-kind-water = eau
search-results = { $count ->
    [one] { $count } réponse
   *[other] { $count } réponses
}
search-tip = Chercher une adresse (/ ou Ctrl+K)
error-search = La recherche ne marche pas : son index est abîmé ({ $value }). Importez le territoire à nouveau.

roof-title = Mon toit
roof-waiting = Le toit arrive…
roof-absent = Ce bâtiment n’est pas dans le livre des toits du territoire.
roof-empty = Aucun module ne tient sur ce toit, ou tous sont retirés.
roof-failed = Le toit n’a pas pu être calculé : { $value }
roof-meter-unread = Le fichier de compteur manque ou ne peut pas être lu ; le profil d’un foyer le remplace. { $value }
roof-dated = Un fait daté a dépassé sa validité : à vérifier.
roof-months = Production mois par mois, kWh
roof-day = Jour moyen de { $month }, heure par heure, kW
roof-hours = Heures du jour moyen
roof-hour = { $hour } h : production { $made } kW, consommation { $drawn } kW
roof-made = production
roof-drawn = consommation
roof-load = Consommateur
roof-load-household = Foyer
roof-load-farm = Ferme
roof-load-school = École
roof-load-meter = Mon compteur
roof-load-help = Le profil de consommation, heure par heure, que le toit rencontre.
roof-demand = Consommation annuelle
roof-demand-known = estimée
roof-demand-help = Votre consommation en kWh par an ; sinon une estimation pour ce bâtiment ou une valeur usuelle.
roof-battery = batterie
roof-battery-help = Une batterie au lithium à côté du compteur, qui se vide en deux heures, 90 % aller et retour. Son prix n’est pas compté.
roof-sell-all = Tout vendre
roof-meter-drop = Déposez ici la courbe de charge de votre compteur (CSV) : elle reste sur cet appareil.
roof-meter-forget = Oublier ce fichier
roof-planes = Pans du toit
roof-plane = { $light } kWh/m²/an, { $modules } / { $places } modules
roof-plane-help = { $area } m² dont { $usable } m² utiles ; l’ombre prend { $shade } % ; { $sky } % du ciel vu. Valeurs simulées.
roof-key = Couleurs des pans : lumière reçue en un an
roof-key-ends = { $low } – { $high } kWh/m²/an
roof-reset = Proposition initiale
roof-reset-help = Remet les pans et les modules proposés.
roof-figures = Chiffres et leurs sources
roof-carbon = CO₂ par trois méthodes
roof-carbon-help = Trois manières de compter, jamais un seul chiffre.
roof-formalities = Formalités ({ $months } mois d’instruction)
roof-covisible = Covisible avec un monument, d’après les lignes de vue : accord de l’architecte des Bâtiments de France.
roof-not-covisible = Non covisible d’après les lignes de vue ; l’architecte des Bâtiments de France en juge.
roof-covisible-unknown = Monuments historiques : rien à moins de 500 m dans les données, ou non calculable ; à vérifier.
roof-step-needed = à faire
roof-step-known = à savoir
roof-step-to-verify = à vérifier
roof-facts = Faits datés

# Séries calculées
series-demand-areas = Demande par quartier
series-demand-iris = Demande par IRIS
series-demand-of-buildings = Demande des bâtiments
series-pv-if-equipped = Production solaire, toits équipés
series-lighting = Éclairage public
series-tram = Tramway
series-flow-loading = Charge des lignes
series-flow-voltage = Tension
series-wind-power = Production éolienne
series-wind-speed = Vent au moyeu
series-wind-direction = Direction du vent
series-wind-park = Parc éolien, avec et sans sillages
series-battery-production = Production du parc
series-battery-export = Injection au réseau
series-battery-curtailed = Écrêtement
series-battery-stored = Énergie stockée
series-battery-charge = État de charge
series-solar-months = Production solaire par mois
series-solar-hours = Production solaire heure par heure
series-loads = Profils de charge
