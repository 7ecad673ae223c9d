use serde::{Deserialize, Serialize};

use crate::bundle::UtcSecond;
use crate::diag::{Text, text};

/// Why a box has no contact with its centre, the most telling first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkHindrance {
    /// The file of credentials is not there, or holds none.
    NoCredentials,
    /// The centre's certificate is not there.
    NoAuthority,
    /// The server is let in nowhere by this certificate.
    WrongAuthority,
    /// A certificate is not good yet, or no more: mostly it is the clock of the box.
    Clock,
    /// The centre does not know this paper, or has called it back.
    Denied,
    /// The paper is whole, but for another place.
    OtherPlace,
    /// Something answers there that is no server of a centre, or not in the way `[link]` says.
    Foreign,
    /// The machine is there and no server runs on it.
    Refused,
    /// Nothing answers: the network, or the name.
    Unreachable,
}

/// Why, and since when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HinderedAt {
    /// Why.
    pub why: LinkHindrance,
    /// Since when.
    pub at: UtcSecond,
}

impl LinkHindrance {
    /// By what the client says of an attempt: it has no finer words for a program.
    pub(super) fn of(said: &str) -> Self {
        let said = said.to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| said.contains(part));
        if has(&["notvalidyet", "not valid yet", "expired"]) {
            Self::Clock
        } else if has(&["authorization", "authentication", "signing nonce"]) {
            Self::Denied
        } else if has(&["certificate", "unknownissuer"]) {
            Self::WrongAuthority
        } else if has(&["connection refused"]) {
            Self::Refused
        } else if has(&["tls error", "expected info", "corrupt message"]) {
            Self::Foreign
        } else {
            Self::Unreachable
        }
    }

    /// Whether a server has said that this paper may not speak for the place `own`. Only for what every box of that place may say or hear: another
    /// denial is another matter.
    pub(super) fn is_other_place(said: &str, own: &str) -> bool {
        let said = said.to_lowercase();
        let subjects = ["loa.log.", "loa.hb.", "_inbox."].map(|front| format!("{front}{own}"));
        said.contains("permissions violation") && subjects.iter().any(|subject| said.contains(subject))
    }

    /// Why, and what to do; without its full stop.
    pub fn text(self) -> Text {
        match self {
            Self::NoCredentials => text!(
                "tệp giấy vào mạng ghi ở [link] credentials không có hoặc không dùng được: chép lại tệp mà trung tâm đã cấp",
                "the file of credentials that [link] names is missing or cannot be used: copy the one that the centre issued"
            ),
            Self::NoAuthority => text!(
                "chứng nhận của trung tâm ghi ở [link] ca không có hoặc không đọc được: chép lại tệp mà trung tâm đã giao",
                "the centre's certificate that [link] ca names is missing or cannot be read: copy the one that the centre gave out"
            ),
            Self::WrongAuthority => text!(
                "máy chủ không có chứng nhận của trung tâm này: xem lại địa chỉ ở [link] servers và tệp ở [link] ca",
                "the server has no certificate of this centre: look at the addresses of [link] servers and at the file of [link] ca"
            ),
            Self::Clock => text!(
                "chứng nhận hay giấy vào mạng chưa tới ngày hoặc hết hạn theo đồng hồ: xem đồng hồ của máy trước, rồi báo trung tâm",
                "a certificate or the credentials are not good yet or no more by the clock: look at the clock of this box first, then tell the centre"
            ),
            Self::Denied => text!(
                "trung tâm không nhận giấy vào mạng của đài này (giấy của mạng khác, hay đã bị thu): báo trung tâm, xin giấy mới; nhận giấy mới rồi thì tự nối lại",
                "the centre does not take this station's credentials (another fleet's, or called back): tell the centre, ask for new ones; with those it connects by itself"
            ),
            Self::OtherPlace => text!(
                "trung tâm không nhận giấy vào mạng này cho nơi này: giấy cấp cho nơi khác, hoặc [bundle] place ghi sai; xem lại rồi chép đúng giấy",
                "the centre denies these credentials for this place: they were issued for another one, or [bundle] place is wrong; look, and copy the right file"
            ),
            Self::Foreign => text!(
                "nơi ghi ở [link] servers có trả lời nhưng không phải máy chủ của trung tâm, hoặc không mã hóa như [link] ca đòi",
                "what answers at [link] servers is no server of a centre, or does not encrypt as [link] ca asks"
            ),
            Self::Refused => text!(
                "máy của trung tâm có đó nhưng máy chủ chuyển tin không chạy, hoặc sai cổng ở [link] servers",
                "the centre's machine is there but no server runs on it, or the port in [link] servers is wrong"
            ),
            Self::Unreachable => text!(
                "không thấy máy chủ nào của trung tâm: xem mạng của hộp và địa chỉ ở [link] servers",
                "no server of the centre can be reached: look at the network of this box and the addresses of [link] servers"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_says_is_told_apart() {
        for (said, why) in [
            ("IO error: invalid peer certificate: UnknownIssuer", LinkHindrance::WrongAuthority),
            ("IO error: invalid peer certificate: NotValidYet", LinkHindrance::Clock),
            ("IO error: invalid peer certificate: certificate expired: verification time 5", LinkHindrance::Clock),
            ("authorization violation: nats: authorization violation", LinkHindrance::Denied),
            ("IO error: nats: User Authentication Expired", LinkHindrance::Clock),
            ("IO error: Connection refused (os error 111)", LinkHindrance::Refused),
            ("IO error: expected INFO, got nothing", LinkHindrance::Foreign),
            ("DNS error: failed to lookup address information", LinkHindrance::Unreachable),
            ("timed out", LinkHindrance::Unreachable),
        ] {
            assert_eq!(LinkHindrance::of(said), why, "{said}");
        }
        let denied = "nats: Permissions Violation for Publish to \"loa.hb.p01.c003.h1\"";
        assert!(LinkHindrance::is_other_place(denied, "p01.c003.h1"));
        assert!(!LinkHindrance::is_other_place("nats: Permissions Violation for Publish to \"x\"", "p01.c003.h1"));
    }
}
