use std::fmt;

/// The language that messages are shown in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// Vietnamese: the default.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// After `LC_ALL`, `LC_MESSAGES` or `LANG`, the first that is set: English where it asks for
    /// English, Vietnamese for anything else, the bare `C` of a fresh machine included.
    pub fn from_environment() -> Self {
        let asked = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty());
        match asked {
            Some(value) if value.starts_with("en") => Self::En,
            _ => Self::Vi,
        }
    }
}

impl std::str::FromStr for Lang {
    type Err = String;
    fn from_str(written: &str) -> Result<Self, Self::Err> {
        match written {
            "vi" => Ok(Self::Vi),
            "en" => Ok(Self::En),
            _ => Err("vi, en".to_owned()),
        }
    }
}

/// A sentence in both languages, written side by side where it is made (see `text!`), so that
/// neither can be forgotten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The sentence in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// English: what `Debug` prints and logs want.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// `text!("Không có cụm «{id}»", "There is no zone \"{id}\"")`: a [`Text`] from two format strings
/// with captured arguments. What is a [`Text`] itself is named before them, and stands in each in its own language:
/// `text!(why = system(&error); "không mở được ({why})", "cannot be opened ({why})")`.
#[macro_export]
macro_rules! text {
    ($($part:ident = $of:expr),+ ; $vi:literal, $en:literal $(,)?) => {{
        $(let $part = &$of;)+
        $crate::diag::Text {
            vi: {
                $(let $part = &$part.vi;)+
                format!($vi)
            },
            en: {
                $(let $part = &$part.en;)+
                format!($en)
            },
        }
    }};
    ($vi:literal, $en:literal $(,)?) => {
        $crate::diag::Text { vi: format!($vi), en: format!($en) }
    };
}
