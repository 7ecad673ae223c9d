use jiff::tz::TimeZone;

use super::{Locality, Purpose, UtcSecond};
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;

/// Why a bundle is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rejection {
    /// It does not begin as one.
    NoBundle,
    /// It is of a form that this version of loa does not know.
    NewForm(u32),
    /// It ends before its end.
    Truncated,
    /// Something in it is not as it must be; in whose name.
    Foreign(String),
    /// A file is not the one that was signed.
    Damaged(String),
    /// It says of itself more than a bundle holds.
    TooLarge,
    /// `loa.toml` names no roots, so that nothing is believed.
    NoRoots,
    /// No list of keys has come yet.
    NoKeys,
    /// A list of keys, or of revoked ones, lacks the signatures of the roots.
    RootsUnsigned,
    /// Two papers of one number that say different things.
    TwiceNumbered(u64),
    /// No signature on it is true.
    Unsigned,
    /// It is signed, by a key that is in no list: the key's beginning.
    UnknownKey(String),
    /// It is signed by a key that was revoked: whose.
    RevokedKey(String),
    /// The key's own time is over: whose.
    ExpiredKey(String),
    /// The key may not sign this: whose, and what.
    WrongPurpose(String, Purpose),
    /// The key is for other places: whose.
    WrongScope(String),
    /// Signed by some, but not by as many as this needs.
    TooFew(Purpose, usize),
    /// It is for other places.
    OtherPlace(Vec<Locality>),
    /// Its time is over: since when, and what time it is here.
    Expired(UtcSecond, UtcSecond),
    /// The list of keys is too old to take anything by.
    OldKeys(UtcSecond),
    /// The box has had a newer one of the same key: that one's number, and this one's.
    Older(u64, u64),
    /// It brings what it does not say: emergencies, or the law of the place.
    Unsaid(Purpose),
    /// It brings what this version cannot install.
    NotHere(Purpose),
}

impl Rejection {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoBundle => "bundle_none",
            Self::NewForm(_) => "bundle_new_form",
            Self::Truncated => "bundle_truncated",
            Self::Foreign(_) => "bundle_foreign",
            Self::Damaged(_) => "bundle_damaged",
            Self::TooLarge => "bundle_too_large",
            Self::NoRoots => "bundle_no_roots",
            Self::NoKeys => "bundle_no_keys",
            Self::RootsUnsigned => "bundle_roots_unsigned",
            Self::TwiceNumbered(_) => "bundle_twice_numbered",
            Self::Unsigned => "bundle_unsigned",
            Self::UnknownKey(_) => "bundle_unknown_key",
            Self::RevokedKey(_) => "bundle_revoked_key",
            Self::ExpiredKey(_) => "bundle_expired_key",
            Self::WrongPurpose(..) => "bundle_wrong_purpose",
            Self::WrongScope(_) => "bundle_wrong_scope",
            Self::TooFew(..) => "bundle_too_few",
            Self::OtherPlace(_) => "bundle_other_place",
            Self::Expired(..) => "bundle_expired",
            Self::OldKeys(_) => "bundle_old_keys",
            Self::Older(..) => "bundle_older",
            Self::Unsaid(_) => "bundle_unsaid",
            Self::NotHere(_) => "bundle_not_here",
        }
    }

    /// Why, and what to do, for people, by the clock of this place; without its full stop.
    pub fn text(&self, tz: &TimeZone) -> Text {
        match self {
            Self::NoBundle => text!("tệp này không phải gói tin của loa", "this file is no bundle of loa's"),
            Self::NewForm(_) => text!(
                "gói tin theo dạng mới mà bản loa này chưa biết: hãy cập nhật loa",
                "the bundle has a newer form than this loa knows: update loa"
            ),
            Self::Truncated => text!(
                "gói tin bị cụt, có lẽ rút USB khi chưa chép xong: hãy chép lại",
                "the bundle is cut off, perhaps the stick was pulled out too soon: copy it again"
            ),
            Self::Foreign(name) => {
                let name = shown(name);
                text!(
                    "gói tin có chỗ không gói nào của loa có («{name}»): không lấy gì từ nó; hãy xin nơi gửi gói khác",
                    "the bundle has something that no bundle has (\"{name}\"): nothing is taken from it; ask its sender for another"
                )
            }
            Self::Damaged(name) => {
                let name = shown(name);
                text!(
                    "gói tin bị hỏng hay bị sửa ở «{name}»: không lấy gì từ nó; hãy chép lại",
                    "the bundle is damaged or was changed at \"{name}\": nothing is taken from it; copy it again"
                )
            }
            Self::TooLarge => text!(
                "gói tin lớn hơn mức cho phép (5.000 tệp, 4,2 GB): nơi gửi cần chia nhỏ",
                "the bundle is larger than allowed (5,000 files, 4.2 GB): its sender has to send less"
            ),
            Self::NoRoots => text!(
                "đài chưa biết tin khóa gốc nào: người quản trị cần ghi [bundle] vào loa.toml",
                "the station does not know which roots to trust: the administrator has to write [bundle] into loa.toml"
            ),
            Self::NoKeys => text!(
                "đài chưa có danh sách khóa, mà gói tin này không mang theo: hãy xin gói có danh sách khóa",
                "the station has no list of keys yet, and this bundle brings none: ask for one that does"
            ),
            Self::RootsUnsigned => text!(
                "danh sách khóa trong gói tin thiếu chữ ký của khóa gốc, hoặc đài đã lỡ một lần đổi khóa gốc: hãy báo nơi gửi",
                "the list of keys in the bundle lacks signatures of the roots, or the station has missed a change of roots: tell its sender"
            ),
            Self::TwiceNumbered(number) => text!(
                "đài đã nhận một bản khác mang cùng số {number}: có thể khóa đã lộ; hãy báo nơi gửi",
                "the station has had another one with the same number {number}: the key may have leaked; tell its sender"
            ),
            Self::Unsigned => text!(
                "gói tin không có chữ ký đúng nào: không lấy gì từ nó",
                "no signature on the bundle is true: nothing is taken from it"
            ),
            Self::UnknownKey(key) => text!(
                "gói tin được ký bằng khóa {key}, khóa này không có trong danh sách của đài",
                "the bundle is signed with the key {key}, which is not in the station's list"
            ),
            other => other.of_its_time_and_place(tz),
        }
    }

    /// The same of a key or a bundle that is true, and not for here or now.
    fn of_its_time_and_place(&self, tz: &TimeZone) -> Text {
        let moment = |at: UtcSecond| figure::moment(at.wall(), tz);
        match self {
            Self::RevokedKey(name) => {
                let name = shown(name);
                text!(
                    "gói tin được ký bằng khóa đã bị thu hồi («{name}»): không lấy gì từ nó; hãy báo nơi gửi",
                    "the bundle is signed with a key that was revoked (\"{name}\"): nothing is taken from it; tell its sender"
                )
            }
            Self::ExpiredKey(name) => {
                let name = shown(name);
                text!("khóa «{name}» đã hết hạn", "the key \"{name}\" has expired")
            }
            Self::WrongPurpose(name, purpose) => {
                let (name, Text { vi, en }) = (shown(name), purpose.text());
                text!("khóa «{name}» không được ký {vi}", "the key \"{name}\" may not sign {en}")
            }
            Self::WrongScope(name) => {
                let name = shown(name);
                text!(
                    "khóa «{name}» không được ký cho những nơi ghi trong gói tin",
                    "the key \"{name}\" may not sign for the places that the bundle names"
                )
            }
            Self::TooFew(purpose, needed) => {
                let Text { vi, en } = purpose.text();
                text!(
                    "gói tin có {vi}, cần {needed} người ký mà chưa đủ",
                    "the bundle brings {en}, which needs {needed} signatures, and has fewer"
                )
            }
            Self::OtherPlace(places) => {
                let places = places.iter().map(Locality::as_str).collect::<Vec<_>>().join(", ");
                text!("gói tin dành cho nơi khác ({places})", "the bundle is for other places ({places})")
            }
            Self::Expired(until, now) => {
                let (Text { vi: until_vi, en: until_en }, Text { vi, en }) = (moment(*until), moment(*now));
                text!(
                    "gói tin chỉ nhận đến {until_vi}, giờ ở đài là {vi}: hãy xin gói mới, hoặc xem giờ của đài có đúng không",
                    "the bundle may be taken until {until_en}, and it is {en} here: ask for a newer one, or look whether the station's clock is right"
                )
            }
            Self::OldKeys(until) => {
                let Text { vi, en } = moment(*until);
                text!(
                    "danh sách khóa của đài chỉ dùng đến {vi}: hãy xin gói có danh sách khóa mới",
                    "the station's list of keys is good until {en}: ask for a bundle with a new list"
                )
            }
            Self::Older(held, version) => {
                let next = held.saturating_add(1);
                let (held, version) = (numbered(*held, tz), numbered(*version, tz));
                let (Text { vi: held_vi, en: held_en }, Text { vi, en }) = (held, version);
                text!(
                    "đài đã nhận gói số {held_vi} của cùng khóa ký, gói này là số {vi}, cũ hơn, nên không cài gói này và vẫn dùng những gì đang có; vẫn muốn dùng gói này thì nơi gửi đóng gói lại bằng --number {next} hay hơn",
                    "the station has had number {held_en} of the same key, and this is number {en}, an older one: it is left out on purpose, and what is in use stays; if this one is wanted after all, its sender makes it again with --number {next} or more"
                )
            }
            Self::Unsaid(purpose) => {
                let Text { vi, en } = purpose.text();
                text!(
                    "trong gói tin có {vi} mà gói không ghi điều đó: không lấy gì từ nó",
                    "the bundle brings {en} and does not say so: nothing is taken from it"
                )
            }
            Self::NotHere(purpose) => {
                let Text { vi, en } = purpose.text();
                text!("bản loa này chưa cài được {vi} từ gói tin", "this loa does not install {en} from a bundle yet")
            }
            // Said above.
            _ => text!("gói tin không được nhận", "the bundle is not taken"),
        }
    }
}

/// A number of a bundle; one that is a time is shown as one.
fn numbered(version: u64, tz: &TimeZone) -> Text {
    match i64::try_from(version) {
        Ok(seconds) if (1_500_000_000..4_000_000_000).contains(&seconds) => {
            let Text { vi, en } = figure::moment(Wall::from_secs(seconds), tz);
            text!("{version}, {vi}", "{version}, {en}")
        }
        _ => text!("{version}", "{version}"),
    }
}
