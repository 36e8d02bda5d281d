//! The language of what is said, as all commands take it.

use jumeau::base::Language;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    #[default]
    Fr,
    En,
}

impl Lang {
    pub fn english(self) -> bool {
        self == Self::En
    }

    /// The sentence of this language.
    pub fn of<T>(self, fr: T, en: T) -> T {
        if self.english() { en } else { fr }
    }
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        lang.of(Self::Fr, Self::En)
    }
}
