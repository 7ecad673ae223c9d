use jiff::tz::TimeZone;

use super::book::Book;
use super::cell::{day_and_month, full_date, month, time};
use super::happening::HappeningKind;
use super::paper::{Block, GridRow, PaperHead, PrintedPaper, Section, Signature};
use super::period::Period;
use super::stamp::BookStamp;
use super::table;
use crate::station::Letterhead;

/// Dots for what is written by hand.
const DOTS: &str = "……………";
/// Lines for what the official recommends.
const BLANKS: usize = 4;

/// The paper of a book: the log of a week, or the report of a month.
pub(super) fn paper(book: &Book) -> PrintedPaper {
    match book.period {
        Period::Week { .. } => week(book),
        Period::Month { .. } => report(book),
    }
}

fn week(book: &Book) -> PrintedPaper {
    let mut blocks = vec![
        Block::Head(head(&book.letterhead, false, None)),
        Block::Title {
            title: "SỔ NHẬT KÝ PHÁT THANH".to_owned(),
            subject: subjects(book, from_to(book)),
            ruled: false,
        },
    ];
    blocks.extend(unheard(book));
    blocks.extend([
        Block::Grid(table::days(book)),
        Block::Heading("Tổng hợp trong tuần".to_owned()),
        Block::Text(summed(book)),
        Block::Grid(table::zones(book, true)),
    ]);
    if let Some(campaigns) = table::campaigns(book, true) {
        blocks.push(Block::Text(CAMPAIGNS.to_owned()));
        blocks.push(Block::Grid(campaigns));
    }
    blocks.extend(book.stamp.as_ref().map(|stamp| foot(stamp, &book.tz)));
    let head = &book.letterhead;
    blocks.push(Block::Signatures(vec![
        signature(&["NGƯỜI TRỰC"], &head.keeper),
        signature(&["NGƯỜI KIỂM TRA"], &head.checker),
        signature(&[&head.authority, &head.post], &head.signer),
    ]));
    let name = format!("so-nhat-ky-{}", book.period.code());
    PrintedPaper { name, sections: vec![Section { across: true, blocks }] }
}

const CAMPAIGNS: &str = "Đợt tuyên truyền. Cột «Đạt» đếm lượt phát đủ ở ít nhất một cụm loa, phát cùng lúc ở nhiều cụm tính một lần; \
                         «Cần đạt» là mục tiêu tính cho những ngày đã qua.";

fn report(book: &Book) -> PrintedPaper {
    let Period::Month { year, month: number } = book.period else { return week(book) };
    let head = &book.letterhead;
    let named = format!("tháng {} năm {year}", month(number));
    let place = if head.place.is_empty() { DOTS } else { &head.place };
    let dated = format!("{place}, {}", stamped_day(book));
    let about = format!("Kết quả hoạt động của {} {named}", lower_first(&book.station));
    let mut blocks = vec![
        Block::Head(self::head(head, true, Some(dated))),
        Block::Title { title: "BÁO CÁO".to_owned(), subject: subjects(book, about), ruled: true },
        Block::Address(head.to.clone()),
        Block::Text(format!(
            "{} báo cáo kết quả hoạt động {named} ({}), lập từ nhật ký máy, như sau:",
            upper_first(&book.station),
            lower_first(&from_to(book))
        )),
    ];
    blocks.extend(unheard(book));
    blocks.extend([
        Block::Heading("I. KẾT QUẢ PHÁT THANH".to_owned()),
        Block::Text(summed(book)),
        Block::Grid(table::zones(book, false)),
        Block::Heading("II. ĐỢT TUYÊN TRUYỀN".to_owned()),
    ]);
    if let Some(campaigns) = table::campaigns(book, false) {
        blocks.push(Block::Text(CAMPAIGNS.trim_start_matches("Đợt tuyên truyền. ").to_owned()));
        blocks.push(Block::Grid(campaigns));
    } else {
        blocks.push(Block::Text("Trong tháng không có đợt tuyên truyền nào.".to_owned()));
    }
    blocks.push(Block::Heading("III. SỰ CỐ".to_owned()));
    match table::happenings("Sự cố", book.of_kind(HappeningKind::is_trouble), &book.tz) {
        Some(troubles) => blocks.push(Block::Grid(troubles)),
        None => blocks.push(Block::Text("Trong tháng nhật ký máy không ghi lần nào mất điện, đài tắt, thiết bị âm thanh hỏng, tiếng bị ngắt quãng, không nghe thấy loa, đồng hồ sai, nhật ký hay tệp lịch hỏng.".to_owned())),
    }
    blocks.push(Block::Heading("IV. PHÁT KHẨN CẤP, DIỄN TẬP".to_owned()));
    let (is_alarm, is_drill) = (|kind| kind == HappeningKind::Alarm, |kind| kind == HappeningKind::Drill);
    let both = book.of_kind(|kind| is_alarm(kind) || is_drill(kind));
    blocks.extend(table::happenings("Khẩn cấp, diễn tập", both, &book.tz).map(Block::Grid));
    if book.of_kind(is_alarm).all(|happening| happening.is_shown) {
        blocks.push(Block::Text("Nhật ký máy không ghi lệnh phát khẩn cấp nào trong tháng.".to_owned()));
    }
    if book.of_kind(is_drill).next().is_none() {
        blocks.push(Block::Text("Nhật ký máy không ghi buổi diễn tập nào trong tháng.".to_owned()));
    }
    blocks.push(Block::Heading("V. KIẾN NGHỊ".to_owned()));
    blocks.extend(std::iter::repeat_n(Block::Blank, BLANKS));
    blocks.push(Block::Closing {
        recipients: head.recipients.clone(),
        signature: signature(&[&head.authority, &head.post], &head.signer),
    });
    blocks.extend(book.stamp.as_ref().map(|stamp| foot(stamp, &book.tz)));
    let mut sections = vec![Section { across: false, blocks }];
    let annex = |number: &str, about: &str, grid| Section {
        across: true,
        blocks: vec![
            Block::Title {
                title: format!("Phụ lục {number}"),
                subject: vec![
                    about.to_owned(),
                    format!("(Kèm theo Báo cáo {named} của {})", lower_first(&book.station)),
                ],
                ruled: false,
            },
            Block::Grid(grid),
        ],
    };
    sections.push(annex("I", "TỔNG HỢP THEO NGÀY", table::by_day(book)));
    let failed = table::failed(book);
    if failed.rows.iter().any(|row| matches!(row, GridRow::Cells(_))) {
        sections.push(annex("II", "CÁC LƯỢT KHÔNG PHÁT ĐỦ", failed));
    }
    PrintedPaper { name: format!("bao-cao-{}", book.period.code()), sections }
}

/// Above all that was heard: that nobody heard it.
fn unheard(book: &Book) -> Option<Block> {
    book.unheard().map(|said| Block::Text(said.vi))
}

fn head(letterhead: &Letterhead, is_numbered: bool, dated: Option<String>) -> PaperHead {
    let Letterhead { superior, issuer, symbol, .. } = letterhead;
    let number = is_numbered.then(|| format!("Số: ……/{symbol}"));
    PaperHead { superior: superior.clone(), issuer: issuer.clone(), number, dated }
}

/// The day of a report is the registry's to write, unless it is printed now.
fn stamped_day(book: &Book) -> String {
    full_date(book.stamp.as_ref().map_or_else(|| book.made.zoned(&book.tz).date(), |stamp| stamp.day))
}

/// `Từ ngày 07 tháng 12 đến ngày 13 tháng 12 năm 2026`
fn from_to(book: &Book) -> String {
    let (first, last) = (book.period.first(), book.period.last());
    if first.year() == last.year() {
        format!("Từ {} đến {}", day_and_month(first), full_date(last))
    } else {
        format!("Từ {} đến {}", full_date(first), full_date(last))
    }
}

/// What it is about; that it was made early, and that it is a reprint.
fn subjects(book: &Book, about: String) -> Vec<String> {
    let mut subject = vec![about];
    if book.is_early() {
        let at = time(book.made, &book.tz, false);
        let day = full_date(book.made.zoned(&book.tz).date());
        subject.push(format!("(Lập lúc {at} {day}, khi kỳ này chưa hết: việc xảy ra sau đó không có ở đây)"));
    }
    subject.extend(book.stamp.as_ref().and_then(reprint).map(|said| format!("({said})")));
    subject
}

/// `Bản in lại lần 2, ngày 07 tháng 12 năm 2026`
pub(super) fn reprint(stamp: &BookStamp) -> Option<String> {
    (stamp.print > 1).then(|| format!("Bản in lại lần {}, {}", stamp.print, full_date(stamp.day)))
}

/// What the numbers below count.
fn summed(book: &Book) -> String {
    let mut said =
        "Một lượt là một mục phát ở một cụm loa, kể cả lượt phát theo lệnh. Thời gian cộng của mọi cụm loa, mỗi lượt tính tròn giây."
            .to_owned();
    for caveat in [book.counted_only(), book.not_counted()].into_iter().flatten() {
        said.push(' ');
        said.push_str(&caveat.vi);
    }
    said
}

/// What ties the paper to the journal.
fn foot(stamp: &BookStamp, tz: &TimeZone) -> Block {
    let (first, last) = (stamp.first, stamp.last);
    let mut said = vec![format!("Lập từ nhật ký máy, dòng {first} đến {last}, mã kiểm tra {}.", stamp.code)];
    said.push(format!("Đối chiếu về sau: loa journal verify --against {}", stamp.code));
    match (&stamp.signed, &stamp.unsigned) {
        (Some(signed), _) => said.push(format!(
            "Ô vuông bên cạnh có đủ mã băm và chữ ký của đài (khóa {}), ký lúc {}.",
            signed.key_name(),
            signed_at(&signed.time, tz)
        )),
        (None, Some(why)) => said.push(format!("Chưa có chữ ký của đài: {}.", why.vi)),
        (None, None) => said.push("Chưa có chữ ký của đài.".to_owned()),
    }
    said.push("Cột Nguồn và Soạn chỉ có điều máy biết: bản ghi nộp qua trang của đài. Chỗ trống ghi tay.".to_owned());
    said.extend(reprint(stamp));
    Block::Foot { said, picture: stamp.picture() }
}

/// `03:19:58 ngày 29 tháng 11 năm 2026`, by the station's time.
fn signed_at(written: &str, tz: &TimeZone) -> String {
    written.parse::<jiff::Timestamp>().map_or_else(
        |_| written.to_owned(),
        |at| format!("{} {}", time(at.into(), tz, true), full_date(at.to_zoned(tz.clone()).date())),
    )
}

fn signature(lines: &[&str], name: &str) -> Signature {
    let lines = lines.iter().filter(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect();
    Signature { lines, name: name.to_owned() }
}

fn lower_first(text: &str) -> String {
    changed(text, |first| first.to_lowercase().collect())
}

fn upper_first(text: &str) -> String {
    changed(text, |first| first.to_uppercase().collect())
}

fn changed(text: &str, change: impl Fn(char) -> String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| change(first) + chars.as_str())
}
