use rusqlite::{Connection, OptionalExtension as _};

use super::error::JournalError;
use super::seal::{DigitSlip, Sealed, seal, slip};
use super::signed::{Signed, key_name};
use crate::diag::{Text, text};

/// The row of a hash that begins so; no index leads to it, and whoever verifies reads all rows anyway.
const BY_HASH: &str = "SELECT seq FROM entry WHERE substr(hash, 1, ?2) = ?1 ORDER BY seq LIMIT 1";
/// With fewer digits another row may have the same ones.
const DIGITS: usize = 8;

/// How the journal is not the one that somebody has written down of, or that was signed, if it is not; each thing that
/// does not fit. `key` is what the station signs with now, where that is known.
pub(super) fn against(
    conn: &Connection,
    sealed: &Sealed,
    epoch: &str,
    key: Option<&str>,
) -> Result<Vec<Text>, JournalError> {
    let mut wrong: Vec<Text> = Vec::new();
    if let Some(signed) = &sealed.signed {
        wrong.extend(signature(signed, epoch, key));
    }
    wrong.extend(row(conn, sealed)?);
    Ok(wrong)
}

fn signature(signed: &Signed, epoch: &str, key: Option<&str>) -> Vec<Text> {
    let mut wrong = Vec::new();
    if !signed.holds() {
        wrong.push(text!(
            "Chữ ký trong ô vuông không đúng: ô vuông không do đài ký, hoặc đọc sai",
            "The signature in the picture does not hold: the station did not sign it, or it was read wrongly"
        ));
    }
    if !epoch.eq_ignore_ascii_case(&signed.epoch) {
        let (paper, now) = (signed.epoch.to_ascii_lowercase(), epoch);
        wrong.push(text!(
            "Giấy ký cho nhật ký có mã {paper}, nhật ký ở đây có mã {now}: đây là nhật ký khác, hoặc đã bắt đầu lại từ đầu",
            "The paper was signed for the journal {paper}, and this one is {now}: another one, or begun anew"
        ));
    }
    if let Some(key) = key.filter(|key| *key != signed.key) {
        let (paper, now) = (signed.key_name(), key_name(key));
        wrong.push(text!(
            "Giấy ký bằng khóa {paper}, khóa của đài bây giờ là {now}: máy đã thay, khóa đã mất, hoặc giấy của đài khác",
            "The paper was signed with the key {paper}, and the station's is {now} now: another machine, a lost key, or the paper of another station"
        ));
    }
    wrong
}

fn row(conn: &Connection, sealed: &Sealed) -> Result<Option<Text>, JournalError> {
    let (number, begins) = (sealed.number, &sealed.begins);
    let numbered = i64::try_from(number).unwrap_or(i64::MAX);
    let hash: Option<String> =
        conn.query_row("SELECT hash FROM entry WHERE seq = ?1", [numbered], |row| row.get(0)).optional()?;
    let written = seal(number, begins);
    if hash.as_ref().is_some_and(|hash| hash.starts_with(begins.as_str())) {
        return Ok(None);
    }
    let elsewhere: Option<i64> = if begins.len() >= DIGITS {
        conn.query_row(BY_HASH, (begins, begins.len() as i64), |row| row.get(0)).optional()?
    } else {
        None
    };
    if let Some(other) = elsewhere {
        return Ok(Some(text!(
            "Mã {written} là của dòng {other}, không phải dòng {number}: có lẽ chép nhầm số dòng, xem lại trong sổ. Nếu sổ đúng như thế thì nhật ký đã bị thêm bớt dòng",
            "The code {written} is that of row {other}, and not of row {number}: the number may be a slip, look at the book again. If the book says so, rows were added or removed"
        )));
    }
    Ok(Some(match hash {
        Some(hash) => {
            let found = seal(number, &hash);
            match slip(begins, &hash) {
                Some(DigitSlip::Swapped(place)) => {
                    let next = place + 1;
                    text!(
                        "Mã {written} chỉ khác nhật ký ({found}) ở chữ thứ {place} và {next}, đổi chỗ cho nhau: có lẽ chép hay gõ nhầm, xem lại trong sổ. Nếu sổ đúng như thế thì nhật ký đã bị sửa",
                        "The code {written} differs from the journal ({found}) at digits {place} and {next} only, which have changed places: it may be a slip, look at the book again. If the book says so, the journal was changed"
                    )
                }
                Some(DigitSlip::Wrong(place)) => text!(
                    "Mã {written} chỉ khác nhật ký ({found}) ở chữ thứ {place}: có lẽ chép hay gõ nhầm, xem lại trong sổ. Nếu sổ đúng như thế thì nhật ký đã bị sửa",
                    "The code {written} differs from the journal ({found}) at digit {place} only: it may be a slip, look at the book again. If the book says so, the journal was changed"
                ),
                None => text!(
                    "Dòng {number} không phải dòng đã chép vào sổ: sổ ghi {written}, nhật ký có {found}: nhật ký đã bị sửa, làm lại hoặc bắt đầu lại từ đầu",
                    "Row {number} is not the one that was written down: the book has {written}, the journal {found}: it was changed, made anew, or begun anew"
                ),
            }
        }
        None => text!(
            "Không còn dòng {number} đã chép vào sổ ({written}): phần cuối nhật ký đã bị cắt, hoặc nhật ký đã bắt đầu lại từ đầu",
            "Row {number}, which was written down ({written}), is not there: the end of the journal was cut off, or it was begun anew"
        ),
    }))
}
