use loa_core::diag::{Text, foreign, shown, system, text};
use loa_core::signature::Locality;
use loa_site::ReadRefused;

/// So many places are named in a sentence.
const NAMED_MOST: usize = 5;

/// Why something cannot be done with the fleet.
#[derive(Debug)]
pub enum FleetError {
    /// The directory holds no fleet.
    Absent,
    /// It holds keys of a fleet, and no register.
    Unregistered,
    /// It holds one already.
    There,
    /// A file of it cannot be used.
    File(String, Text),
    /// A key is none.
    Key,
    /// This place is not in the register.
    Unknown(Locality),
    /// It is held by a box already.
    Held(Locality),
    /// Nobody holds it.
    Vacant(Locality),
    /// It lies in another province.
    Elsewhere(Locality, String),
    /// No box can stand there: it is a commune, or more.
    NoStation(Locality),
    /// It is not numbered as the one beside it is.
    Unlike(Locality, String),
    /// It cannot be taken out of the register: it has a history.
    Used(Locality),
    /// It cannot be taken out of the register: boxes stand in it, or stood.
    Inhabited(Locality, Vec<Locality>),
    /// The province is not written as one.
    Province(String),
    /// This is no server's name or address.
    BadServer(String),
    /// A box waits there already.
    Waits(Locality),
    /// Nobody waits to be let in there.
    NobodyWaits(Locality),
    /// The request does not fit the code: mistyped, of another place, or a forgery.
    WrongProof(Locality),
    /// The request is made with a key that was revoked.
    FormerKey(Locality),
    /// The request for the first place is made with the key of the box that holds the second.
    HeldElsewhere(Locality, Locality),
    /// The code's time is over, or it was used.
    CodeOver(Locality),
    /// The letters that were read at the box are others.
    WrongLetters(Locality),
    /// What was handed in is no request.
    NoRequest,
    /// The paper is about another box's key.
    OtherPaper,
    /// What was called is no name of a server, or there are too many.
    Servers,
    /// A certificate cannot be made.
    Certificate(String),
    /// No server has taken the news.
    Push(String),
}

impl FleetError {
    /// A file that cannot be read.
    pub(super) fn unread(name: &str, why: &ReadRefused) -> Self {
        if why.is_absent() { Self::Absent } else { Self::File(name.to_owned(), why.text()) }
    }

    /// A file that cannot be written.
    pub(super) fn unwritten(name: &str, why: &std::io::Error) -> Self {
        Self::File(name.to_owned(), system(why))
    }

    /// For people, with the cure where there is one.
    #[expect(clippy::too_many_lines, reason = "one sentence for each way that it can fail")]
    pub fn text(&self) -> Text {
        match self {
            Self::Absent => text!(
                "thư mục này không phải thư mục của mạng loa (không có fleet.json): hãy vào thư mục của mạng, hay thêm --dir THƯ-MỤC. Chỉ khi tỉnh chưa từng lập mạng loa thì mới gõ loa fleet init",
                "this directory is not the fleet's (it has no fleet.json): go to the fleet's directory, or add --dir DIR. Only where the province has never set a fleet up, type loa fleet init"
            ),
            Self::Unregistered => text!(
                "thư mục này có khóa của một mạng loa mà mất sổ fleet.json: hãy chép fleet.json từ bản cất trong két về đây; không lập mạng mới đè lên. Nếu lần init trước bị ngắt giữa chừng, chưa chép gì sang máy nào: lập ở thư mục trống",
                "this directory holds the keys of a fleet, but its register fleet.json is missing: take fleet.json from the copy in the safe; no new fleet is made over these keys. If an earlier init was cut off here and nothing was copied to any machine: choose an empty directory"
            ),
            Self::There => text!(
                "thư mục này đã có một mạng loa: hãy chọn thư mục trống",
                "this directory holds a fleet already: choose an empty one"
            ),
            Self::File(name, Text { vi, en }) => {
                let name = shown(name);
                text!("không dùng được «{name}»: {vi}", "\"{name}\" cannot be used: {en}")
            }
            Self::Key => text!("không phải khóa của mạng loa", "that is no key of a fleet"),
            Self::Unknown(place) => text!(
                "chưa có nơi «{place}» trong sổ: hãy gõ loa fleet status để xem các nơi",
                "there is no place \"{place}\" in the register: loa fleet status shows those that are"
            ),
            Self::Held(place) => text!(
                "nơi «{place}» đang có máy giữ: máy hỏng thì gõ loa fleet revoke {place}, máy bị lấy mất thì thêm --lost, rồi cấp lại",
                "a box holds \"{place}\" already: if it is dead, type loa fleet revoke {place}, if it is stolen add --lost, then issue again"
            ),
            Self::Vacant(place) => text!("nơi «{place}» chưa có máy nào giữ", "no box holds \"{place}\""),
            Self::Elsewhere(place, province) => text!(
                "nơi «{place}» không thuộc tỉnh «{province}»: tên nơi phải bắt đầu bằng «{province}.»",
                "\"{place}\" does not lie in \"{province}\": the name of a place begins with \"{province}.\""
            ),
            Self::NoStation(place) => text!(
                "«{place}» là xã hay huyện, không phải nơi đặt máy: nơi đặt máy ghi cả thôn, như p01.c003.h00077",
                "\"{place}\" is a commune or a district, where no box stands: a box's place has its hamlet too, such as p01.c003.h00077"
            ),
            Self::Unlike(place, other) => text!(
                "«{place}» thiếu hay thừa một chữ số so với «{other}» đã có trong sổ: viết lại cho cùng kiểu",
                "\"{place}\" has a digit too few or too many beside \"{other}\", which is in the register: write both in one way"
            ),
            Self::Used(place) => text!(
                "không bỏ «{place}» khỏi sổ được: đã có máy ở đó, hay đã có nhật ký của nó",
                "\"{place}\" stays in the register: a box stands or stood there, or its journal has come"
            ),
            Self::Inhabited(place, inner) => {
                let named: Vec<&str> = inner.iter().take(NAMED_MOST).map(Locality::as_str).collect();
                let (count, named) = (inner.len(), named.join(", "));
                let named = if count > NAMED_MOST { format!("{named}, …") } else { named };
                text!(
                    "không bỏ «{place}» khỏi sổ: trong đó có {count} nơi đang có hay đã có máy ({named}). Ghi nhầm tên thì đặt lại: loa fleet place {place} --title TÊN",
                    "\"{place}\" stays in the register: places in it that have, had or await a box: {count} ({named}). Where its name is wrong, write it anew: loa fleet place {place} --title NAME"
                )
            }
            Self::Province(written) => {
                let written = shown(written);
                text!(
                    "«{written}» không phải mã tỉnh: viết một chữ cái rồi số, như p01",
                    "\"{written}\" is no province: write a letter and a number, such as p01"
                )
            }
            Self::BadServer(written) => {
                let written = shown(written);
                text!(
                    "không hiểu máy chủ «{written}»: viết tên hay địa chỉ, thêm :cổng từ 1 đến 62335 nếu khác 4222",
                    "cannot read the server \"{written}\": write a name or an address, with a :port from 1 to 62335 where it is not 4222"
                )
            }
            Self::Waits(place) => text!(
                "một máy ở «{place}» đã gửi yêu cầu và đang chờ: so tám chữ rồi gõ loa fleet accept {place} --letters TÁM-CHỮ --paper TỆP",
                "a box at \"{place}\" has sent its request and waits: compare the eight letters, then loa fleet accept {place} --letters LETTERS --paper FILE"
            ),
            Self::NobodyWaits(place) => {
                text!("không có máy nào chờ nhận ở «{place}»", "no box waits to be let in at \"{place}\"")
            }
            Self::WrongProof(place) => text!(
                "yêu cầu không khớp mã đã cấp cho «{place}»: gõ lại mã trên phiếu ở máy, rồi nhận yêu cầu mới",
                "the request does not fit the code of \"{place}\": type the code of the slip at the box again, and take the new request"
            ),
            Self::FormerKey(place) => text!(
                "yêu cầu vào «{place}» dùng khóa đã bị thu: ở máy ấy gõ lại loa fleet join với mã trên phiếu, thêm --new-key (máy làm khóa mới), rồi nhận yêu cầu mới",
                "the request for \"{place}\" is made with a key that was revoked: at that box type loa fleet join with the code of the slip again, with --new-key (it makes a new key), and take the new request"
            ),
            Self::HeldElsewhere(place, other) => text!(
                "máy xin vào «{place}» dùng khóa của máy đang giữ «{other}» (máy dựng lại từ bản sao lưu, hay máy dời chỗ): thu khóa ở một nơi là cắt cả hai. Ở máy xin vào gõ lại loa fleet join với mã trên phiếu, thêm --new-key (mã đã dùng thì lấy mã mới: loa fleet invite {place}), rồi nhận yêu cầu mới; máy dời hẳn sang thì sau đó gõ loa fleet revoke {other}",
                "the box that asks for \"{place}\" has the key of the one that holds \"{other}\" (it was set up from a backup, or was moved): revoked at one, it is cut off at both. At the box that asks type loa fleet join with the code of the slip again, with --new-key (where the code was used, loa fleet invite {place} makes another), and take the new request; if it was moved for good, type loa fleet revoke {other} then"
            ),
            Self::CodeOver(place) => text!(
                "mã của «{place}» đã dùng rồi hoặc hết hạn: hãy gõ loa fleet invite {place} để có mã mới",
                "the code of \"{place}\" was used or has run out: loa fleet invite {place} makes a new one"
            ),
            Self::WrongLetters(place) => text!(
                "tám chữ đọc ở máy không phải của máy đang chờ ở «{place}»: không nhận; hãy gọi người lắp máy đọc lại",
                "the eight letters are not those of the box that waits at \"{place}\": it is not let in; have them read again"
            ),
            Self::NoRequest => text!(
                "đó không phải yêu cầu vào mạng (dòng bắt đầu bằng LOA-JOIN:1)",
                "that is no request to join (a line that begins with LOA-JOIN:1)"
            ),
            Self::OtherPaper => text!(
                "giấy này cấp cho khóa của máy khác: hãy gửi lại yêu cầu của máy này rồi lấy giấy mới",
                "this paper is for another box's key: send this box's request again and take a new paper"
            ),
            Self::Servers => text!(
                "cần một hoặc ba máy chủ, mỗi máy một tên hay địa chỉ khác nhau",
                "a fleet has one server or three, each with a name or an address of its own"
            ),
            Self::Certificate(why) => text!(
                why = foreign(why);
                "không làm được chứng nhận cho máy chủ: {why}",
                "the servers' certificate cannot be made: {why}"
            ),
            Self::Push(why) => text!(
                why = foreign(why);
                "chưa máy chủ nào nhận được tin thu hồi: {why}; máy ấy CÒN nối được cho đến khi gõ lại loa fleet push",
                "no server has heard of the revocation: {why}; that box can STILL connect until loa fleet push is typed again"
            ),
        }
    }
}
