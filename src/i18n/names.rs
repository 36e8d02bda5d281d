//! Names as people write them, from names as registers write them: `R DE LA FOSSE` is `Rue de la Fosse`.

/// Kinds of ways as the land registry and IGN's BD TOPO® abbreviate them at the beginning of a name.
#[rustfmt::skip]
const WAYS: [(&str, &str); 36] = [
    ("ALL", "Allée"), ("AV", "Avenue"), ("BD", "Boulevard"), ("CAR", "Carrefour"), ("CHE", "Chemin"), ("CHS", "Chaussée"),
    ("CITE", "Cité"), ("COR", "Corniche"), ("CRS", "Cours"), ("DOM", "Domaine"), ("DSC", "Descente"), ("ECA", "Écart"),
    ("ESP", "Esplanade"), ("FG", "Faubourg"), ("GR", "Grande Rue"), ("HAM", "Hameau"), ("HLE", "Halle"), ("IMP", "Impasse"),
    ("LD", "Lieu-dit"), ("LOT", "Lotissement"), ("MAR", "Marché"), ("MTE", "Montée"), ("PAS", "Passage"), ("PL", "Place"),
    ("PLE", "Passerelle"), ("PLN", "Plaine"), ("PRO", "Promenade"), ("PRV", "Parvis"), ("QU", "Quai"), ("QUAI", "Quai"),
    ("R", "Rue"), ("RES", "Résidence"), ("RTE", "Route"), ("RPT", "Rond-point"), ("SQ", "Square"), ("VLA", "Villa"),
];

/// Words that stay small inside a name.
const SMALL: [&str; 16] = ["DE", "DU", "DES", "LA", "LE", "LES", "ET", "EN", "AU", "AUX", "SUR", "SOUS", "À", "A", "PAR", "DIT"];

/// A name in capitals in the letters of running text, its first word written out; every other name as it is.
pub fn place_name(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphabetic());
    if name.chars().any(char::is_lowercase) || letters.clone().count() < 2 {
        return name.to_owned();
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (place, word) in words.iter().enumerate() {
        if place > 0 {
            out.push(' ');
        }
        let way = WAYS.iter().find(|(short, _)| place == 0 && words.len() > 1 && short == word);
        match way {
            Some((_, long)) => out.push_str(long),
            None if place > 0 && SMALL.contains(word) => out.push_str(&word.to_lowercase()),
            None => push_word(&mut out, word, place > 0),
        }
    }
    out
}

/// One word: a capital after its beginning, a hyphen or an apostrophe; `d'` and `l'` stay small inside a name.
fn push_word(out: &mut String, word: &str, inside: bool) {
    // Roman numerals and road numbers (`XIV`, `D39`, `2E`) keep their capitals.
    let roman = word.len() > 1 && word.chars().all(|c| "IVXLCM".contains(c));
    if roman || word.chars().any(|c| c.is_ascii_digit()) {
        out.push_str(word);
        return;
    }
    for (place, part) in word.split_inclusive(['-', '\'', '’']).enumerate() {
        let elided = inside && place == 0 && matches!(part, "D'" | "L'" | "D’" | "L’");
        let small = place > 0 && word.contains('-') && SMALL.contains(&part.trim_end_matches('-'));
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if !(elided || small) => {
                out.extend(first.to_uppercase());
                out.push_str(&letters.as_str().to_lowercase());
            }
            _ => out.push_str(&part.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_registers_read_like_names() {
        for (register, written) in [
            ("R DE LA DISTILLERIE", "Rue de la Distillerie"),
            ("QU DE VERSAILLES", "Quai de Versailles"),
            ("ALL DES GENERAUX PATTON ET WOOD", "Allée des Generaux Patton et Wood"),
            ("CRS COMMANDANT D'ESTIENNE D'ORVES", "Cours Commandant d'Estienne d'Orves"),
            ("PAS JEAN-PIERRE KERNEIS", "Passage Jean-Pierre Kerneis"),
            ("R LOUIS XIV", "Rue Louis XIV"),
            ("SAINT-MARTIN-DE-RE", "Saint-Martin-de-Re"),
            ("L'ERDRE", "L'Erdre"),
            ("D39", "D39"),
            ("R", "R"),
            ("La Loire", "La Loire"),
            ("Rue de la Fosse", "Rue de la Fosse"),
            ("ÎLE GLORIETTE", "Île Gloriette"),
            ("", ""),
        ] {
            assert_eq!(place_name(register), written);
        }
    }
}
