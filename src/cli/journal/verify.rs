//! `loa journal verify`: whether anybody has touched the record.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::{failure, warn_stale};
use crate::cli::{Context, Exit, Failure};
use crate::diag::{Lang, Text, plain, text};
use crate::instant::Wall;
use crate::journal::{Breach, Outside, Reader, Sealed, Verified, seal};
use crate::site::{DAEMON_LOCK, LAST_GOOD};

/// What the daemon leaves behind in `state/`, whatever becomes of the journal.
const TRACES: [&str; 2] = [DAEMON_LOCK, LAST_GOOD];

/// Follow the journal at `path` and say what was found.
pub(super) fn verify(
    context: &Context,
    path: &Path,
    against: &[String],
    now: Wall,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let usage = |text| Failure::new(Exit::Usage, text);
    let against = against.iter().map(|written| Sealed::parse(written)).collect::<Result<Vec<_>, _>>().map_err(usage)?;
    let reader = match Reader::open(path) {
        Err(error) if error.is_damage() => {
            let verified = unread(path, &error.text());
            return tell(context, path, &verified, &against, "", false, out);
        }
        reader => reader.map_err(failure)?,
    };
    let Some(reader) = reader else {
        if let Some(verified) = gone(path, &against) {
            return tell(context, path, &verified, &against, "", false, out);
        }
        none_yet(context, out)?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut verified = reader.verify_against(now, &against).map_err(failure)?;
    if Outside::is_gone(path) {
        let what = text!(
            "state/journal.head, nơi đài ghi riêng dòng cuối, đã bị xóa hoặc không còn đọc được: không biết nhật ký có bị cắt bớt ở cuối không; đối chiếu với mã trong sổ giấy: loa journal verify --against MÃ",
            "state/journal.head, where the station keeps which row is the last, was deleted or cannot be read: the end may have been cut off; compare with the code in the paper book: loa journal verify --against CODE"
        );
        verified.breaches.push(Breach::new(verified.rows, what));
    }
    let epoch = reader.epoch().unwrap_or_default();
    tell(context, path, &verified, &against, &epoch, reader.is_stale(), out)
}

fn nothing_read(breaches: Vec<Breach>) -> Verified {
    Verified { rows: 0, head: "0".repeat(64), marks: 0, breaches }
}

/// A file that cannot be read as a journal at all.
fn unread(path: &Path, why: &Text) -> Verified {
    let mut breaches = vec![Breach::new(0, why.clone())];
    breaches.extend(Outside::read(path).map(|kept| Breach::new(0, kept.gone())));
    nothing_read(breaches)
}

/// Where there is no journal: what says that there was one, if anything does.
fn gone(path: &Path, against: &[Sealed]) -> Option<Verified> {
    let kept = Outside::read(path).filter(|kept| kept.rows + kept.marks > 0);
    let ran = TRACES.iter().find(|trace| path.with_file_name(trace).exists());
    let what = match (&kept, ran) {
        (Some(kept), _) => kept.gone(),
        (None, Some(trace)) => text!(
            "Không còn nhật ký, dù đài này đã từng chạy (trong state/ có {trace}): nhật ký đã bị xóa hoặc chuyển đi",
            "There is no journal, though this station has run (there is {trace} in state/): it was deleted or moved"
        ),
        (None, None) if !against.is_empty() => text!(
            "Không có nhật ký nào để đối chiếu với mã trong sổ",
            "There is no journal to compare with what was written down"
        ),
        (None, None) => return None,
    };
    Some(nothing_read(vec![Breach::new(0, what)]))
}

fn none_yet(context: &Context, out: &mut dyn Write) -> std::io::Result<()> {
    if context.json {
        return writeln!(out, r#"{{"rows":0,"marks":0,"head":null,"epoch":null,"stale":false,"breaches":[]}}"#);
    }
    writeln!(out, "{}", super::no_journal().get(context.lang))
}

fn tell(
    context: &Context,
    path: &Path,
    verified: &Verified,
    against: &[Sealed],
    epoch: &str,
    stale: bool,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let lang = context.lang;
    let kept = Outside::read(path);
    if context.json {
        let breaches: Vec<_> =
            verified.breaches.iter().map(|breach| json!({"seq": breach.seq, "what": breach.what.get(lang)})).collect();
        let found = json!({
            "rows": verified.rows, "marks": verified.marks, "head": verified.head, "epoch": epoch,
            "stale": stale, "breaches": breaches, "seal": seal(verified.rows, &verified.head),
            "outside": kept.map(|kept| json!({"rows": kept.rows, "head": kept.head, "written": kept.written})),
        });
        writeln!(out, "{found}")?;
    } else {
        if stale {
            warn_stale(lang);
        }
        words(lang, path, verified, epoch, kept.as_ref(), out)?;
        for sealed in against.iter().filter(|sealed| verified.breaches.iter().all(|breach| breach.seq != sealed.number))
        {
            writeln!(out, "{}", fits(sealed).get(lang))?;
        }
    }
    Ok(if verified.is_sound() { ExitCode::SUCCESS } else { Exit::Findings.into() })
}

fn words(
    lang: Lang,
    path: &Path,
    verified: &Verified,
    epoch: &str,
    kept: Option<&Outside>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let Verified { rows, head, breaches, .. } = verified;
    let shown = path.display();
    if breaches.is_empty() {
        let last = seal(*rows, head);
        let sound = text!(
            "Nhật ký {shown} nguyên vẹn: {rows} dòng, không có dòng nào bị sửa, xóa hay đổi chỗ.\n\
             Mã nhật ký: {epoch}\nDòng cuối, để chép vào sổ giấy: {last}\nMã băm đầy đủ của dòng ấy:\n  {head}",
            "The journal {shown} is whole: {rows} entries, nothing changed, removed or moved.\n\
             Journal id: {epoch}\nThe last row, for the paper log book: {last}\nThe whole hash of that row:\n  {head}"
        );
        writeln!(out, "{}", sound.get(lang))?;
        let outside = match kept {
            Some(_) => text!(
                "Khớp với mã đài cất riêng trong state/journal.head.",
                "It fits the head that the station keeps in state/journal.head."
            ),
            None => text!(
                "Ở đây không có state/journal.head để đối chiếu phần cuối; chỉ mã trong sổ giấy mới cho biết có bị cắt bớt không.",
                "There is no state/journal.head here to compare the end with; only the paper book tells whether it was cut."
            ),
        };
        writeln!(out, "{}", outside.get(lang))?;
        let book = text!(
            "Ai có quyền quản trị máy này có thể viết lại cả nhật ký, tệp journal.head, và ký lại bằng khóa của đài: kiểm tra trên máy không thấy được.\n\
             Giấy thì thấy: từ dòng đã in hay đã chép mã trở về trước, sửa một chữ là mã và chữ ký trên giấy không khớp nữa. Dòng viết sau tờ giấy cuối thì không có gì giữ.\n\
             Vì vậy mỗi tuần hãy in sổ (loa report --last-week) hay chép mã; về sau đối chiếu: loa journal verify --against {last}",
            "Who administers this machine could write the journal and journal.head anew and sign it again with the station's key: no check on the machine shows that.\n\
             Paper does: up to the row that was printed or written down, changing one letter makes code and signature on the paper fit no more. Rows behind the last paper are held by nothing.\n\
             So print the book (loa report --last-week) or copy the code each week; compare later: loa journal verify --against {last}"
        );
        return writeln!(out, "{}", book.get(lang));
    }
    let chain = breaches.iter().filter(|breach| !breach.is_of_paper).count();
    if chain == 0 {
        let misfit = text!(
            "Mã đưa vào KHÔNG khớp với nhật ký {shown}. Tự nhật ký thì liền mạch: {rows} dòng, không thấy dòng nào bị sửa, xóa hay đổi chỗ.",
            "What was given does NOT fit the journal {shown}. The journal itself holds together: {rows} entries, nothing seen changed, removed or moved."
        );
        writeln!(out, "{}", misfit.get(lang))?;
        list(breaches, lang, out)?;
        let cure = text!(
            "Hãy xem lại giấy rồi gõ lại. Nếu giấy đúng như đã gõ: nhật ký đã bị làm lại; giữ nguyên tệp làm bằng chứng, chép cả thư mục state/ sang nơi khác và báo cho người quản lý.",
            "Look at the paper and type it again. If the paper says just that, the journal was made anew: keep the file as evidence, copy the whole of state/ elsewhere, and tell whoever is in charge."
        );
        return writeln!(out, "{}", cure.get(lang));
    }
    let count = breaches.len();
    let broken = text!(
        "Nhật ký {shown} KHÔNG còn nguyên vẹn: {count} chỗ.",
        "The journal {shown} is NOT whole: {count} findings."
    );
    writeln!(out, "{}", broken.get(lang))?;
    list(breaches, lang, out)?;
    let cure = text!(
        "Hãy giữ nguyên tệp làm bằng chứng, chép cả thư mục state/ sang nơi khác và báo cho người quản lý.",
        "Keep the file as evidence, copy the whole of state/ elsewhere, and tell whoever is in charge."
    );
    writeln!(out, "{}", cure.get(lang))
}

fn list(breaches: &[Breach], lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    breaches.iter().try_for_each(|breach| writeln!(out, "  - {}", plain(breach.what.get(lang))))
}

/// What was written down, and fits.
fn fits(sealed: &Sealed) -> Text {
    let code = seal(sealed.number, &sealed.begins);
    match &sealed.signed {
        Some(signed) => {
            let (name, time) = (signed.key_name(), signed.time.replace('T', " "));
            text!(
                "Khớp với giấy: {code}, chữ ký của đài đúng (khóa {name}, ký lúc {time}).",
                "It fits the paper: {code}, and the station's signature holds (key {name}, signed at {time})."
            )
        }
        None => text!("Khớp với sổ: {code}.", "It fits the book: {code}."),
    }
}
