//! How the French write names, and what is the same for all that: accents, apostrophes, hyphens, abbreviations.

/// `ch`, `ave` … and the word they stand for. What follows a number or begins a query may also be one of [`FIRST`].
const SHORT: [(&str, &str); 62] = [
    ("all", "allee"), ("allees", "allee"), ("ave", "avenue"), ("av", "avenue"), ("bd", "boulevard"), ("bld", "boulevard"), ("blvd", "boulevard"),
    ("boul", "boulevard"), ("bvd", "boulevard"), ("che", "chemin"), ("chem", "chemin"), ("chm", "chemin"), ("ch", "chemin"), ("crs", "cours"),
    ("esp", "esplanade"), ("fbg", "faubourg"), ("fg", "faubourg"), ("imp", "impasse"), ("lot", "lotissement"), ("pass", "passage"),
    ("pas", "passage"), ("psg", "passage"), ("pl", "place"), ("plc", "place"), ("prom", "promenade"), ("qu", "quai"), ("qrt", "quartier"),
    ("quart", "quartier"), ("res", "residence"), ("rpt", "rond-point"), ("rdpt", "rond-point"), ("rte", "route"), ("sent", "sentier"),
    ("sq", "square"), ("trav", "traverse"), ("vla", "villa"), ("za", "zone"), ("st", "saint"), ("ste", "sainte"), ("sts", "saints"),
    ("adm", "admiral"), ("amir", "amiral"), ("cdt", "commandant"), ("cmdt", "commandant"), ("col", "colonel"), ("cap", "capitaine"),
    ("capt", "capitaine"), ("cne", "capitaine"), ("dr", "docteur"), ("gal", "general"), ("gen", "general"), ("lt", "lieutenant"),
    ("mal", "marechal"), ("mar", "marechal"), ("mgr", "monseigneur"), ("pdt", "president"), ("pres", "president"), ("pr", "professeur"),
    ("prof", "professeur"), ("sgt", "sergent"), ("nd", "notre"), ("mlle", "mademoiselle"),
];
/// Letters that are words only where a street begins.
const FIRST: [(&str, &str); 3] = [("r", "rue"), ("q", "quai"), ("a", "allee")];

/// What streets are called before their own name.
const TYPES: [&str; 46] = [
    "allee", "avenue", "boulevard", "carrefour", "chaussee", "chemin", "cite", "clos", "corniche", "cote", "cour", "cours", "degre", "descente",
    "domaine", "escalier", "esplanade", "faubourg", "galerie", "hameau", "impasse", "jardin", "levee", "lotissement", "mail", "montee", "parvis",
    "passage", "passerelle", "place", "placette", "pont", "porte", "promenade", "quai", "residence", "rocade", "rond", "route", "rue", "ruelle",
    "sentier", "square", "traverse", "venelle", "villa",
];

/// Words that say nothing of their own.
const SMALL: [&str; 20] = ["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "sous", "sur", "un", "une", "s", "of", "the"];

/// Small letters without accents.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => plain.push('a'),
            'ç' => plain.push('c'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'î' | 'ï' | 'í' | 'ì' => plain.push('i'),
            'ñ' => plain.push('n'),
            'ô' | 'ö' | 'ó' | 'õ' | 'ò' => plain.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => plain.push('u'),
            'ÿ' | 'ý' => plain.push('y'),
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            // Accents written as letters of their own.
            '\u{300}'..='\u{36f}' => {}
            other => plain.push(other),
        }
    }
    plain
}

/// The words of a text as they were written, plain.
pub fn pieces(text: &str) -> Vec<String> {
    plain(text).split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The word that an abbreviation stands for; `begins` where a street's name may begin.
pub fn spelled_out(word: &str, begins: bool) -> Option<&'static str> {
    let of = |list: &[(&str, &'static str)]| list.iter().find(|(short, _)| *short == word).map(|(_, long)| *long);
    of(&SHORT).or_else(|| if begins { of(&FIRST) } else { None }).map(|long| long.split('-').next().unwrap_or(long))
}

/// The words of a name, abbreviations spelled out.
pub fn words(name: &str) -> Vec<String> {
    let pieces = pieces(name);
    pieces.iter().enumerate().map(|(at, word)| spelled_out(word, at == 0 && pieces.len() > 1).map_or_else(|| word.clone(), str::to_owned)).collect()
}

/// Words that an apostrophe or a hyphen ties together, written as one, with the places of their parts: `guisthau`, `saintjean`, `d113`.
pub fn tied(name: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let (mut tied, mut at) = (Vec::new(), 0);
    let plain = plain(name);
    let chunks: Vec<Vec<&str>> = plain.split_whitespace().map(|chunk| chunk.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect()).collect();
    let mut before: Option<&str> = None;
    for parts in &chunks {
        if parts.len() > 1 {
            tied.push((parts.concat(), at..at + parts.len()));
        }
        // The number of a road is often written close to its letter.
        if let ([number], Some(letter)) = (parts.as_slice(), before)
            && letter.len() == 1
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            tied.push((format!("{letter}{number}"), at - 1..at + 1));
        }
        at += parts.len();
        before = parts.last().copied();
    }
    tied
}

pub fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

pub fn is_type(word: &str) -> bool {
    TYPES.contains(&word)
}

/// The words by which a name is found: those that say something, or all where none does.
pub fn telling(words: &[String]) -> Vec<&str> {
    let says = |word: &&str| !is_small(word) && !is_type(word);
    let mut telling: Vec<&str> = words.iter().map(String::as_str).filter(says).collect();
    if telling.is_empty() {
        telling = words.iter().map(String::as_str).collect();
    }
    telling.sort_unstable();
    telling.dedup();
    telling
}

/// A name without small words, for telling whether two are the same.
pub fn same_name(name: &str) -> String {
    let words = words(name);
    let says: Vec<&str> = words.iter().map(String::as_str).filter(|word| !is_small(word)).collect();
    if says.is_empty() { words.join(" ") } else { says.join(" ") }
}

/// A name as people write it: one all in capitals gets small letters, its first word spelled out where it is short for a kind of street.
pub fn written(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().any(char::is_lowercase) || !name.chars().any(char::is_alphabetic) {
        return name;
    }
    let mut out = String::with_capacity(name.len());
    let small = name.to_lowercase();
    for (at, word) in small.split(' ').enumerate() {
        let (first, word) = (at == 0, spelled_out(&plain(word), at == 0).filter(|long| at == 0 && is_type(long)).unwrap_or(word));
        if !first {
            out.push(' ');
        }
        let parts = word.split_inclusive(['-', '\'', '’']).map(|part| part.trim_end_matches(['-', '\'', '’']).len());
        let mut start = 0;
        for (part, letters) in word.split_inclusive(['-', '\'', '’']).zip(parts) {
            let bare = part.get(..letters).unwrap_or(part);
            let article = is_small(&plain(bare)) && !(first && start == 0);
            let mut letters = part.chars();
            match letters.next() {
                Some(letter) if !article => out.extend(letter.to_uppercase().chain(letters)),
                Some(letter) => out.extend(std::iter::once(letter).chain(letters)),
                None => {}
            }
            start += part.len();
        }
    }
    out
}

/// Whether one letter changed, added, left out or swapped with the next makes one word of the other; the same word too.
pub fn nearly(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    match (a, b) {
        ([], []) => true,
        ([], [_]) | ([_], []) => true,
        ([x, rest @ ..], [y, others @ ..]) => {
            let swapped = match (rest, others) {
                ([x2, rest @ ..], [y2, others @ ..]) => x == y2 && y == x2 && rest == others,
                _ => false,
            };
            rest == others || rest == b || a == others || swapped
        }
        _ => false,
    }
}

/// Whether a word begins with nearly these letters.
pub fn nearly_begins(letters: &str, word: &str) -> bool {
    let count = letters.chars().count();
    let start = |most: usize| word.char_indices().nth(most).map_or(word, |(at, _)| word.get(..at).unwrap_or(word));
    (count.saturating_sub(1)..=count + 1).any(|most| nearly(letters, start(most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_however_they_are_written() {
        for [a, b] in [
            ["Rue de l’Église", "R DE L'EGLISE"], ["Boulevard Saint-Michel", "BD ST MICHEL"], ["Avenue du Général Leclerc", "av gal leclerc"],
            ["Place de la République", "Pl. République"], ["Chemin du Bœuf", "che du boeuf"], ["Impasse Sainte-Anne", "imp. ste anne"],
        ] {
            assert_eq!(same_name(a), same_name(b), "{a} {b}");
        }
        assert_ne!(same_name("Rue des Lilas"), same_name("Avenue des Lilas"));
        assert_eq!(words("R. Poincaré"), ["rue", "poincare"]);
        assert_eq!(words("R"), ["r"], "a letter alone is no street");
    }

    #[test]
    fn tied_words_are_one_word_too() {
        assert_eq!(tied("Boulevard Gabriel Guist’hau"), [("guisthau".to_owned(), 2..4)]);
        assert_eq!(tied("Rue Saint-Jean"), [("saintjean".to_owned(), 1..3)]);
        assert_eq!(tied("D 113"), [("d113".to_owned(), 0..2)]);
        assert!(tied("Rue des Lilas").is_empty());
    }

    #[test]
    fn capitals_become_a_name() {
        for (loud, said) in [
            ("R DE L'EGLISE", "Rue de l'Eglise"), ("BD SAINT-MICHEL", "Boulevard Saint-Michel"), ("LE MOULIN DE LA ROCHE", "Le Moulin de la Roche"),
            ("Rue  des Lilas", "Rue des Lilas"), ("ALLEE JEAN DE LA FONTAINE", "Allee Jean de la Fontaine"), ("D 113", "D 113"), ("A83", "A83"),
        ] {
            assert_eq!(written(loud), said);
        }
    }

    #[test]
    fn one_slip_is_forgiven() {
        for (a, b, near) in [
            ("lilas", "lilas", true), ("lylas", "lilas", true), ("lias", "lilas", true), ("lillas", "lilas", true), ("lials", "lilas", true),
            ("lyla", "lilas", false), ("", "a", true), ("", "ab", false), ("ab", "ba", true), ("abc", "bac", true), ("abcd", "badc", false),
        ] {
            assert_eq!(nearly(a, b), near, "{a} {b}");
            assert_eq!(nearly(b, a), near, "{b} {a}");
        }
        assert!(nearly_begins("plugu", "plouguin") && nearly_begins("plougui", "plouguin") && !nearly_begins("blugu", "plouguin"));
    }
}
