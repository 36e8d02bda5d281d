//! PDF 1.7 documents, written: text in the built-in Helvetica, lines and areas, several pages.
//!
//! No font is embedded: the fourteen standard ones are every reader's own. Text is WinAnsi, which has all letters of French; what it lacks becomes `?`. Streams are not compressed, so that the bytes depend on the content alone and a person can read them.
//! Source: ISO 32000-1:2008; widths of Adobe's font metrics for Helvetica.

use std::fmt::Write;

/// A4, points.
pub const PAGE: [f64; 2] = [595.28, 841.89];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Font {
    Regular,
    Bold,
}

/// Red, green and blue, 0…1.
pub type Colour = [f64; 3];

/// A document under construction.
#[derive(Clone, Debug, Default)]
pub struct Pdf {
    title: String,
    author: String,
    subject: String,
    /// BCP 47: `fr-FR`.
    language: String,
    pages: Vec<String>,
}

impl Pdf {
    pub fn new(title: &str, author: &str, subject: &str, language: &str) -> Self {
        Self { title: title.to_owned(), author: author.to_owned(), subject: subject.to_owned(), language: language.to_owned(), pages: Vec::new() }
    }

    /// Begins a page; what follows is drawn on it.
    pub fn page(&mut self) -> &mut Self {
        self.pages.push(String::new());
        self
    }

    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    fn draw(&mut self, arguments: std::fmt::Arguments) {
        if self.pages.is_empty() {
            self.page();
        }
        if let Some(page) = self.pages.last_mut() {
            // Writing to a text does not fail.
            let _ = page.write_fmt(arguments);
        }
    }

    /// A line of text with its base line's left end at `at`, from the lower left corner of the page.
    pub fn text(&mut self, at: [f64; 2], size: f64, font: Font, colour: Colour, text: &str) {
        let name = if font == Font::Bold { "F2" } else { "F1" };
        let shown = literal(text);
        let ([x, y], size, [r, g, b]) = (at.map(number), number(size), colour.map(number));
        self.draw(format_args!("BT {r} {g} {b} rg /{name} {size} Tf {x} {y} Td {shown} Tj ET\n"));
    }

    /// An open line through points.
    pub fn line(&mut self, points: &[[f64; 2]], width: f64, colour: Colour) {
        if points.len() < 2 {
            return;
        }
        let path = path(points);
        let ([r, g, b], width) = (colour.map(number), number(width));
        self.draw(format_args!("{r} {g} {b} RG {width} w 1 j {path}S\n"));
    }

    /// A dashed line.
    pub fn dashed(&mut self, points: &[[f64; 2]], width: f64, dash: f64, colour: Colour) {
        let dash = number(dash);
        self.draw(format_args!("[{dash} {dash}] 0 d\n"));
        self.line(points, width, colour);
        self.draw(format_args!("[] 0 d\n"));
    }

    /// Rings filled by the even-odd rule, so that inner ones are holes; a border where a width is given.
    pub fn area(&mut self, rings: &[Vec<[f64; 2]>], fill: Option<Colour>, border: Option<(f64, Colour)>) {
        let paths: String = rings.iter().filter(|ring| ring.len() > 2).map(|ring| format!("{}h ", path(ring))).collect();
        if paths.is_empty() {
            return;
        }
        let mut out = String::new();
        if let Some(colour) = fill {
            let [r, g, b] = colour.map(number);
            let _ = write!(out, "{r} {g} {b} rg ");
        }
        if let Some((width, colour)) = border {
            let ([r, g, b], width) = (colour.map(number), number(width));
            let _ = write!(out, "{r} {g} {b} RG {width} w ");
        }
        let paint = match (fill.is_some(), border.is_some()) {
            (true, true) => "B*",
            (true, false) => "f*",
            (false, true) => "S",
            (false, false) => "n",
        };
        self.draw(format_args!("{out}{paths}{paint}\n"));
    }

    /// Keeps what is drawn by `inside` within a rectangle `[left, bottom, width, height]`.
    pub fn clipped(&mut self, rectangle: [f64; 4], inside: impl FnOnce(&mut Self)) {
        let [x, y, width, height] = rectangle.map(number);
        self.draw(format_args!("q {x} {y} {width} {height} re W n\n"));
        inside(self);
        self.draw(format_args!("Q\n"));
    }

    /// The bytes of the document.
    pub fn finish(&self) -> Vec<u8> {
        let blank = [String::new()];
        let pages: &[String] = if self.pages.is_empty() { &blank } else { &self.pages };
        let first_page = 6;
        let kids: Vec<String> = (0..pages.len()).map(|at| format!("{} 0 R", first_page + 2 * at)).collect();
        let font = |name: &str| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>").into_bytes();
        let language = literal(&self.language);
        let mut objects: Vec<Vec<u8>> = vec![
            format!("<< /Type /Catalog /Pages 2 0 R /Lang {language} /ViewerPreferences << /DisplayDocTitle true >> >>").into_bytes(),
            format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" ")).into_bytes(),
            font("Helvetica"),
            font("Helvetica-Bold"),
            format!("<< /Title {} /Author {} /Subject {} /Producer (Jumeau) >>", title(&self.title), title(&self.author), title(&self.subject)).into_bytes(),
        ];
        let [width, height] = PAGE.map(number);
        for (at, page) in pages.iter().enumerate() {
            let content = first_page + 2 * at + 1;
            objects.push(
                format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {content} 0 R >>").into_bytes(),
            );
            let mut stream = format!("<< /Length {} >>\nstream\n", page.len()).into_bytes();
            stream.extend(page.as_bytes());
            stream.extend(b"\nendstream");
            objects.push(stream);
        }
        let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut places = Vec::new();
        for (number, object) in objects.iter().enumerate() {
            places.push(out.len());
            out.extend(format!("{} 0 obj\n", number + 1).as_bytes());
            out.extend(object);
            out.extend(b"\nendobj\n");
        }
        let table = out.len();
        out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
        for place in places {
            out.extend(format!("{place:010} 00000 n \n").as_bytes());
        }
        out.extend(format!("trailer\n<< /Size {} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).as_bytes());
        out
    }
}

/// Numbers of a content stream: no exponent, no noise; what is no number is 0.
fn number(value: f64) -> String {
    let value = if value.is_finite() { value.clamp(-1e6, 1e6) } else { 0.0 };
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn path(points: &[[f64; 2]]) -> String {
    let mut out = String::new();
    for (at, point) in points.iter().enumerate() {
        let [x, y] = point.map(number);
        let _ = write!(out, "{x} {y} {} ", if at == 0 { "m" } else { "l" });
    }
    out
}

/// A string of a content stream in WinAnsi, everything beyond ASCII as octal.
fn literal(text: &str) -> String {
    let mut out = String::from("(");
    // Signs that WinAnsi lacks and that must not change their meaning.
    let text = text.replace('≤', "<=").replace('≥', ">=").replace('→', "->");
    for letter in text.chars() {
        match win_ansi(letter) {
            b @ (b'(' | b')' | b'\\') => {
                out.push('\\');
                out.push(char::from(b));
            }
            b @ 0x20..=0x7e => out.push(char::from(b)),
            b => {
                let _ = write!(out, "\\{b:03o}");
            }
        }
    }
    out.push(')');
    out
}

/// A text string of the document's own data: UTF-16 with its mark, in hexadecimal.
fn title(text: &str) -> String {
    let mut out = String::from("<FEFF");
    for unit in text.encode_utf16() {
        let _ = write!(out, "{unit:04X}");
    }
    out.push('>');
    out
}

/// The letters of Windows-1252 outside Latin-1.
const WINDOWS: [(char, u8); 27] = [
    ('€', 0x80), ('‚', 0x82), ('ƒ', 0x83), ('„', 0x84), ('…', 0x85), ('†', 0x86), ('‡', 0x87), ('ˆ', 0x88), ('‰', 0x89), ('Š', 0x8a), ('‹', 0x8b), ('Œ', 0x8c),
    ('Ž', 0x8e), ('‘', 0x91), ('’', 0x92), ('“', 0x93), ('”', 0x94), ('•', 0x95), ('–', 0x96), ('—', 0x97), ('˜', 0x98), ('™', 0x99), ('š', 0x9a), ('›', 0x9b),
    ('œ', 0x9c), ('ž', 0x9e), ('Ÿ', 0x9f),
];

fn win_ansi(letter: char) -> u8 {
    match letter {
        ' '..='~' => letter as u8,
        '\u{a1}'..='\u{ff}' => letter as u8,
        // Blanks of all widths, and signs that have a near relation.
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' | '\n' | '\r' => b' ',
        '−' | '‑' | '‐' => b'-',
        _ => WINDOWS.iter().find(|(known, _)| *known == letter).map_or(b'?', |(_, byte)| *byte),
    }
}

/// Widths of Helvetica, thousandths of the size, from the space to the tilde.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Width of a line, points. Letters with an accent are as wide as without; bold is a little wider.
pub fn width(text: &str, size: f64, font: Font) -> f64 {
    let of = |letter: char| {
        let plain = match letter {
            'à'..='å' => 'a',
            'ç' => 'c',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ò'..='ö' => 'o',
            'ù'..='ü' => 'u',
            'À'..='Å' => 'A',
            'Ç' => 'C',
            'È'..='Ë' => 'E',
            '’' | '‘' => '\'',
            '\u{a0}' | '\u{202f}' => ' ',
            other => other,
        };
        let wide = match plain {
            'œ' => Some(944),
            'Œ' | '—' | '…' => Some(1000),
            '·' => Some(278),
            '°' => Some(400),
            '²' | '³' => Some(333),
            ' '..='~' => WIDTHS.get(plain as usize - 32).copied(),
            _ => None,
        };
        f64::from(wide.unwrap_or(556))
    };
    let bold = if font == Font::Bold { 1.06 } else { 1.0 };
    text.chars().map(of).sum::<f64>() / 1000.0 * size * bold
}

/// A text in lines no wider than `most`; a word wider than that stands alone.
pub fn wrapped(text: &str, size: f64, font: Font, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, font) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_stand_where_the_table_says() {
        let mut pdf = Pdf::new("Été à Nantes", "Jumeau", "essai", "fr-FR");
        pdf.page().text([50.0, 700.0], 12.0, Font::Bold, [0.0; 3], "Toit (1) : 3 000 €, cœur d’îlot \\ 世");
        pdf.page().area(&[vec![[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]], Some([1.0, 0.5, 0.0]), Some((0.5, [0.0; 3])));
        pdf.line(&[[f64::NAN, 1.0], [2.0, 1e99]], 1.0, [0.0; 3]);
        let bytes = pdf.finish();
        let text = String::from_utf8_lossy(&bytes);
        let table: usize = text.split("startxref\n").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        assert!(bytes[table..].starts_with(b"xref\n"));
        let entries: Vec<usize> = String::from_utf8_lossy(&bytes[table..]).lines().skip(3).map_while(|line| line.strip_suffix(" 00000 n ")?.parse().ok()).collect();
        assert_eq!(entries.len(), 9);
        for (number, at) in entries.iter().enumerate() {
            assert!(bytes[*at..].starts_with(format!("{} 0 obj\n", number + 1).as_bytes()), "{number}");
        }
        for stream in text.split("/Length ").skip(1) {
            let length: usize = stream.split(' ').next().unwrap().parse().unwrap();
            let body = stream.split_once("stream\n").unwrap().1;
            assert!(body[length..].starts_with("\nendstream"));
        }
        // Brackets and backslashes are escaped, letters beyond ASCII are WinAnsi, what WinAnsi lacks is a question mark.
        assert!(text.contains(r"(Toit \(1\) : 3 000 \200, c\234ur d\222\356lot \\ ?)"), "{text}");
        assert!(text.contains("<FEFF00C90074"));
        assert_eq!(bytes, pdf.finish());
    }

    #[test]
    fn lines_are_no_wider_than_asked() {
        let text = "Déclaration préalable : des panneaux sur un toit existant changent l’aspect extérieur";
        for line in wrapped(text, 10.0, Font::Regular, 150.0) {
            assert!(width(&line, 10.0, Font::Regular) <= 150.0, "{line}");
        }
        assert_eq!(wrapped(text, 10.0, Font::Regular, 150.0).join(" "), text);
        // 1 em of Helvetica capital W is 0.944 of its size.
        assert!((width("W", 10.0, Font::Regular) - 9.44).abs() < 1e-9);
    }
}
