use loa_core::diag::{Text, shown, text};

/// Why a document is not what somebody whose alarms count has signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Untrusted {
    /// It is longer than any document that is read.
    Long,
    /// It is no XML that is read here.
    NotXml(BadXml),
    /// Elements are nested deeper than any alarm has them.
    Deep,
    /// It has more name spaces or attributes than any alarm.
    Crowded,
    /// It is XML, and no `alert` of CAP 1.2.
    NotCap,
    /// It has no signature.
    Unsigned,
    /// It has several signatures, or one that is not right below `alert`.
    Signatures,
    /// The signature is made in a way that is not taken: which part of it.
    Way(&'static str),
    /// The text is not what was signed.
    Changed,
    /// None of the keys that count has signed it.
    Stranger,
    /// Its key has signed it, and does not count any more since this day.
    KeyOver(String),
    /// It names another sender than the one whose key has signed it.
    Sender(String),
    /// It names one whose alarms count by another key than the one that has signed it: the name, and what people call him
    /// whose key it is.
    Borrowed(String, String),
    /// It is signed, and something that it has to say is missing or wrong.
    Bad(BadCap),
}

/// Why bytes are no XML that is read here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadXml {
    /// It is not UTF-8, from this byte on.
    Utf8(usize),
    /// It has a document type, which no alarm needs.
    Dtd,
    /// It ends before its end.
    Cut,
    /// It cannot be read on: line, column.
    At(u32, u32),
}

/// What is wrong with an alarm that somebody has signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BadCap {
    /// An element is missing, or stands twice: where.
    Missing(&'static str),
    /// An element says what it cannot say: which, and what.
    Value(&'static str, String),
    /// There are more of them than is read: which, and how many are.
    Many(&'static str, usize),
}

impl Untrusted {
    /// A word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Long => "too_long",
            Self::NotXml(_) => "not_xml",
            Self::Deep => "too_deep",
            Self::Crowded => "too_crowded",
            Self::NotCap => "not_cap",
            Self::Unsigned => "unsigned",
            Self::Signatures => "signatures",
            Self::Way(_) => "signature_way",
            Self::Changed => "changed",
            Self::Stranger => "stranger",
            Self::KeyOver(_) => "key_over",
            Self::Sender(_) => "other_sender",
            Self::Borrowed(..) => "borrowed_name",
            Self::Bad(_) => "bad_cap",
        }
    }

    /// Why, as a sentence without its full stop.
    pub fn text(&self) -> Text {
        match self {
            Self::Long => text!("bản tin dài quá 1 MiB", "the document is longer than 1 MiB"),
            Self::NotXml(why) => {
                let Text { vi, en } = why.text();
                text!("không đọc được như XML: {vi}", "it cannot be read as XML: {en}")
            }
            Self::Deep => text!("các phần lồng nhau quá sâu", "its elements are nested too deep"),
            Self::Crowded => text!(
                "có nhiều không gian tên hay thuộc tính hơn mọi báo động",
                "it has more name spaces or attributes than any alarm"
            ),
            Self::NotCap => text!("không phải báo động CAP 1.2", "it is no alarm of CAP 1.2"),
            Self::Unsigned => text!("không có chữ ký", "it is not signed"),
            Self::Signatures => {
                text!(
                    "chữ ký không đứng một mình ngay dưới alert",
                    "its signature is not the only one right below alert"
                )
            }
            Self::Way(part) => text!(
                "ký theo cách không được nhận ({part}); cần: enveloped + C14N, SHA-256, RSA hoặc ECDSA P-256",
                "it is signed in a way that is not taken ({part}); needed: enveloped + C14N, SHA-256, RSA or ECDSA P-256"
            ),
            Self::Changed => text!("nội dung không khớp với chữ ký", "the text is not what was signed"),
            Self::Stranger => text!("không phải do ai trong [cap.senders] ký", "nobody in [cap.senders] has signed it"),
            Self::KeyOver(day) => text!(
                "ký bằng khóa đã hết hạn từ {day} (not_after): xin bên gửi khóa mới",
                "signed by a key that is over since {day} (not_after): ask the sender for the new one"
            ),
            Self::Sender(named) => {
                let named = shown(named);
                text!(
                    "khóa đúng nhưng bản tin mang tên người gửi «{named}»; nếu đúng là họ, ghi: sender = \"{named}\"",
                    "the key is right, but it names the sender \"{named}\"; if that is them, write: sender = \"{named}\""
                )
            }
            // Whoever would write the name beside that key would let one office speak for the other.
            Self::Borrowed(named, signer) => {
                let (named, signer) = (shown(named), shown(signer));
                text!(
                    "bản tin mang tên «{named}» mà do khóa của «{signer}» ký, có thể là giả: gọi hỏi cả hai nơi",
                    "it names \"{named}\", and the key of \"{signer}\" has signed it, so it may be false: call both of them"
                )
            }
            Self::Bad(bad) => bad.text(),
        }
    }
}

impl BadXml {
    /// Why, as a sentence without its full stop.
    fn text(self) -> Text {
        match self {
            Self::Utf8(at) => text!("không phải UTF-8, từ byte {at}", "it is not UTF-8, from byte {at} on"),
            Self::Dtd => text!("có DOCTYPE, báo động không được có", "it has a DOCTYPE, which no alarm may have"),
            Self::Cut => text!(
                "bị cắt ngang, thiếu phần cuối: chép lại, hoặc xin gửi lại",
                "it is cut off, its end is missing: copy it again, or ask for it again"
            ),
            Self::At(line, column) => {
                text!("hỏng ở dòng {line}, cột {column}", "it is broken in line {line}, column {column}")
            }
        }
    }
}

impl BadCap {
    /// The element that it is about.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Missing(name) | Self::Value(name, _) | Self::Many(name, _) => name,
        }
    }

    /// What is wrong, as a sentence without its full stop.
    pub fn text(&self) -> Text {
        match self {
            Self::Missing(name) => {
                text!("thiếu phần «{name}», hoặc ghi hai lần", "`{name}` is missing, or stands twice")
            }
            Self::Value(name, said) => {
                let said = shown(said);
                text!("«{name}» không thể là «{said}»", "`{name}` cannot be \"{said}\"")
            }
            Self::Many(name, most) => text!("quá {most} phần «{name}»", "more than {most} of `{name}`"),
        }
    }
}
