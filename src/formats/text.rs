//! Text in the encodings that tables come in: UTF-8, the Windows and ISO pages, and the DOS pages of old dBASE files.
//!
//! Statements about an encoding are often wrong or old; [`settle`] weighs them against the bytes themselves.

use encoding_rs::{UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// How bytes become letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Encoding {
    Utf8,
    /// Windows-1252, which holds ISO 8859-1.
    Western,
    /// Any other page of the Encoding Standard.
    Page(Page),
    /// DOS Western Europe, code page 850.
    Dos850,
    /// DOS United States, code page 437.
    Dos437,
}

/// A page with how it is read: by a pointer that only the search for labels sets. The browser, which never looks for one, is built without the
/// tables of all pages, a thirtieth of its download.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    page: &'static encoding_rs::Encoding,
    decode: for<'a> fn(&'static encoding_rs::Encoding, &'a [u8]) -> Cow<'a, str>,
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        self.page == other.page
    }
}

/// What differs between Windows-1252 and ISO 8859-1, from byte 128 on, as the Encoding Standard has it.
const WESTERN: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
/// The upper half of code page 850, as Unicode's own mapping table (`CP850.TXT`) has it.
const DOS_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
/// The upper half of code page 437 (`CP437.TXT`).
const DOS_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

impl Encoding {
    /// What `.cpg` files and people write: `UTF-8`, `1252`, `ANSI 1252`, `ISO 88591`, `cp850`, `LDID/87`.
    pub fn from_label(label: &str) -> Option<Self> {
        let label = label
            .trim()
            .trim_matches(['\u{feff}', '\0', '"', '\''])
            .to_ascii_lowercase();
        if let Some(number) = label.strip_prefix("ldid/") {
            return Self::from_dbase(number.trim().parse().ok()?);
        }
        let plain: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
        let number = plain.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        if let Some(part) = plain.strip_prefix("iso8859") {
            return page(&format!("iso-8859-{part}"));
        }
        match number {
            "65001" => return Some(Self::Utf8),
            "850" => return Some(Self::Dos850),
            "437" => return Some(Self::Dos437),
            "10000" => return page("macintosh"),
            "874" | "1250" | "1251" | "1252" | "1253" | "1254" | "1255" | "1256" | "1257"
            | "1258" => {
                return page(&format!("windows-{number}"));
            }
            "932" => return page("shift_jis"),
            "936" => return page("gbk"),
            "949" => return page("euc-kr"),
            "950" => return page("big5"),
            part if plain == number && part.starts_with("8859") => {
                return page(&format!("iso-8859-{}", part.get(4..)?));
            }
            _ => {}
        }
        page(&label)
    }

    /// The language byte of a dBASE header; 0 says nothing.
    pub fn from_dbase(language: u8) -> Option<Self> {
        Some(match language {
            0x01 | 0x09 | 0x0B | 0x0D | 0x0F | 0x11 | 0x15 | 0x18 | 0x19 | 0x1B => Self::Dos437,
            0x02 | 0x08 | 0x0A | 0x0E | 0x10 | 0x12 | 0x14 | 0x16 | 0x1A | 0x1D | 0x25 | 0x37 => {
                Self::Dos850
            }
            0x03 | 0x57 | 0x58 | 0x59 => Self::Western,
            0x04 => page("macintosh")?,
            0x26 | 0x65 => page("ibm866")?,
            0xC8 => page("windows-1250")?,
            0xC9 => page("windows-1251")?,
            0xCA => page("windows-1254")?,
            0xCB => page("windows-1253")?,
            0x13 | 0x7B => page("shift_jis")?,
            0x4D | 0x7A => page("gbk")?,
            0x4E | 0x79 => page("euc-kr")?,
            0x4F | 0x78 => page("big5")?,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Western => "windows-1252",
            Self::Page(page) => page.page.name(),
            Self::Dos850 => "CP850",
            Self::Dos437 => "CP437",
        }
    }

    /// Never fails: what does not exist in the encoding becomes `\u{FFFD}`.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Western => upper_half(bytes, WESTERN),
            Self::Page(Page { page, decode }) => decode(page, bytes),
            Self::Dos850 => upper_half(bytes, DOS_850),
            Self::Dos437 => upper_half(bytes, DOS_437),
        }
    }
}

fn page(label: &str) -> Option<Encoding> {
    let page = encoding_rs::Encoding::for_label(label.as_bytes())?;
    Some(if page == UTF_8 {
        Encoding::Utf8
    } else if page == WINDOWS_1252 {
        Encoding::Western
    } else {
        Encoding::Page(Page { page, decode: |page, bytes| page.decode_without_bom_handling(bytes).0 })
    })
}

/// A page whose bytes from 128 on have letters of their own, as far as these go; all others are Unicode's first.
fn upper_half<'a>(bytes: &'a [u8], upper: &str) -> Cow<'a, str> {
    if bytes.is_ascii() {
        return String::from_utf8_lossy(bytes);
    }
    let upper: Vec<char> = upper.chars().collect();
    bytes
        .iter()
        .map(|byte| {
            let own = byte.checked_sub(128).and_then(|at| upper.get(usize::from(at)));
            own.copied().unwrap_or(char::from(*byte))
        })
        .collect::<String>()
        .into()
}

/// What the bytes of many texts say about their encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Texts with letters beyond ASCII that are valid UTF-8.
    pub utf8: usize,
    /// Texts with such letters that are not.
    pub other: usize,
}

impl Evidence {
    /// Looks at one text; a letter cut off at the end of a field of fixed width is no proof against UTF-8.
    pub fn add(&mut self, text: &[u8]) {
        if text.is_ascii() {
            return;
        }
        match std::str::from_utf8(text) {
            Ok(_) => self.utf8 += 1,
            // A single byte beyond ASCII at the very end says nothing, unless whole letters come before it.
            Err(fault) if fault.error_len().is_none() => {
                self.utf8 += usize::from(
                    text.get(..fault.valid_up_to())
                        .is_some_and(|head| !head.is_ascii()),
                );
            }
            Err(_) => self.other += 1,
        }
    }
}

/// The encoding that was chosen, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Settled {
    /// As stated, or nothing but ASCII.
    Stated(Encoding),
    /// Nothing was stated; the bytes told.
    Guessed(Encoding),
    /// The bytes contradict the statement.
    Contradicted { stated: Encoding, found: Encoding },
}

impl Settled {
    pub fn encoding(self) -> Encoding {
        match self {
            Self::Stated(encoding)
            | Self::Guessed(encoding)
            | Self::Contradicted {
                found: encoding, ..
            } => encoding,
        }
    }
}

/// Weighs a statement against the bytes.
///
/// Words in a Windows or DOS page are practically never valid UTF-8, so UTF-8 that is valid throughout is believed whatever is stated, and UTF-8 that is mostly not is disbelieved.
pub fn settle(stated: Option<Encoding>, evidence: Evidence) -> Settled {
    let Evidence { utf8, other } = evidence;
    match stated {
        _ if utf8 == 0 && other == 0 => Settled::Stated(stated.unwrap_or(Encoding::Utf8)),
        // One damaged text among many does not make another encoding.
        Some(Encoding::Utf8) if other > utf8 => Settled::Contradicted {
            stated: Encoding::Utf8,
            found: Encoding::Western,
        },
        Some(Encoding::Utf8) => Settled::Stated(Encoding::Utf8),
        Some(stated @ (Encoding::Western | Encoding::Dos437 | Encoding::Dos850)) if other == 0 => {
            Settled::Contradicted {
                stated,
                found: Encoding::Utf8,
            }
        }
        // Two-byte pages may look like UTF-8 by chance; one-byte pages do not.
        Some(stated @ Encoding::Page(page)) if other == 0 && page.page.is_single_byte() => {
            Settled::Contradicted {
                stated,
                found: Encoding::Utf8,
            }
        }
        Some(stated) => Settled::Stated(stated),
        None if utf8 >= other => Settled::Guessed(Encoding::Utf8),
        None => Settled::Guessed(Encoding::Western),
    }
}
