// The keyboard's table, written from src/view/shortcuts.rs and assets/i18n by tests/it/view.rs (JUMEAU_WRITE_DOCS=1); not by hand.

export const THEMES = ["none","demand","construction-year"];

export const SHORTCUTS = [
  {"key":"ArrowLeft","name":{"fr":"Gauche","en":"Left"},"text":{"fr":"Aller à gauche","en":"Move left"},"ask":{"ask":"pan","right":-0.1,"forward":0.0}},
  {"key":"ArrowRight","name":{"fr":"Droite","en":"Right"},"text":{"fr":"Aller à droite","en":"Move right"},"ask":{"ask":"pan","right":0.1,"forward":0.0}},
  {"key":"ArrowUp","name":{"fr":"Haut","en":"Up"},"text":{"fr":"Avancer","en":"Move forward"},"ask":{"ask":"pan","right":0.0,"forward":0.1}},
  {"key":"ArrowDown","name":{"fr":"Bas","en":"Down"},"text":{"fr":"Reculer","en":"Move back"},"ask":{"ask":"pan","right":0.0,"forward":-0.1}},
  {"key":"q","name":{"fr":"Q","en":"Q"},"text":{"fr":"Tourner à gauche","en":"Turn left"},"ask":{"ask":"orbit","heading_deg":-10.0,"pitch_deg":0.0}},
  {"key":"e","name":{"fr":"E","en":"E"},"text":{"fr":"Tourner à droite","en":"Turn right"},"ask":{"ask":"orbit","heading_deg":10.0,"pitch_deg":0.0}},
  {"key":"PageUp","name":{"fr":"Page préc.","en":"Page up"},"text":{"fr":"Relever le regard","en":"Look up"},"ask":{"ask":"orbit","heading_deg":0.0,"pitch_deg":5.0}},
  {"key":"PageDown","name":{"fr":"Page suiv.","en":"Page down"},"text":{"fr":"Baisser le regard","en":"Look down"},"ask":{"ask":"orbit","heading_deg":0.0,"pitch_deg":-5.0}},
  {"key":"+","name":{"fr":"+","en":"+"},"text":{"fr":"Approcher","en":"Come closer"},"ask":{"ask":"zoom","factor":0.8}},
  {"key":"-","name":{"fr":"-","en":"-"},"text":{"fr":"S’éloigner","en":"Go farther"},"ask":{"ask":"zoom","factor":1.25}},
  {"key":"Home","name":{"fr":"Début","en":"Home"},"text":{"fr":"Revenir à la vue d’ensemble","en":"Back to the whole view"},"ask":{"ask":"home"}},
  {"key":"n","name":{"fr":"N","en":"N"},"text":{"fr":"Mettre le nord en haut","en":"North up"},"ask":{"ask":"north"}},
  {"key":" ","name":{"fr":"Espace","en":"Space"},"text":{"fr":"Lancer ou arrêter le temps","en":"Start or stop time"},"ask":{"ask":"play-pause"}},
  {"key":"f","name":{"fr":"F","en":"F"},"text":{"fr":"Accélérer le temps","en":"Faster"},"ask":{"ask":"speed","factor":2.0}},
  {"key":"s","name":{"fr":"S","en":"S"},"text":{"fr":"Ralentir le temps","en":"Slower"},"ask":{"ask":"speed","factor":0.5}},
  {"key":".","name":{"fr":".","en":"."},"text":{"fr":"Une heure plus tard","en":"An hour later"},"ask":{"ask":"step","seconds":3600}},
  {"key":",","name":{"fr":",","en":","},"text":{"fr":"Une heure plus tôt","en":"An hour earlier"},"ask":{"ask":"step","seconds":-3600}},
  {"key":">","name":{"fr":">","en":">"},"text":{"fr":"Un jour plus tard","en":"A day later"},"ask":{"ask":"step","seconds":86400}},
  {"key":"<","name":{"fr":"<","en":"<"},"text":{"fr":"Un jour plus tôt","en":"A day earlier"},"ask":{"ask":"step","seconds":-86400}},
  {"key":")","name":{"fr":")","en":")"},"text":{"fr":"Dix ans plus tard","en":"Ten years later"},"ask":{"ask":"year","years":10}},
  {"key":"(","name":{"fr":"(","en":"("},"text":{"fr":"Dix ans plus tôt","en":"Ten years earlier"},"ask":{"ask":"year","years":-10}},
  {"key":"t","name":{"fr":"T","en":"T"},"text":{"fr":"Changer ce que montrent les couleurs","en":"Change what the colours mean"},"ask":{"ask":"next-theme"}},
  {"key":"l","name":{"fr":"L","en":"L"},"text":{"fr":"Changer de langue","en":"Change the language"},"ask":{"ask":"next-language"}},
  {"key":"r","name":{"fr":"R","en":"R"},"text":{"fr":"Redemander ce qui n’a pas pu être chargé","en":"Ask again for what could not be loaded"},"ask":{"ask":"try-again"}},
  {"key":"c","name":{"fr":"C","en":"C"},"text":{"fr":"Copier un lien vers cette vue","en":"Copy a link to this view"},"action":"copy-link"},
  {"key":"?","name":{"fr":"?","en":"?"},"text":{"fr":"Ouvrir ou fermer l’aide","en":"Open or close the help"},"action":"help"},
  {"key":"h","name":{"fr":"H","en":"H"},"text":{"fr":"Ouvrir ou fermer l’aide","en":"Open or close the help"},"action":"help"},
  {"key":"Escape","name":{"fr":"Échap","en":"Esc"},"text":{"fr":"Revenir d’un pas","en":"One step back"},"ask":{"ask":"deselect"}},
];
