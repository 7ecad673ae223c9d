//! `loa journal seal`: the station's signature on a row, for whoever keeps it elsewhere.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use qrcode::render::unicode;
use qrcode::{EcLevel, QrCode};

use super::{Known, SealArguments, failure, no_journal};
use crate::cli::{Context, Exit, Failure, report};
use crate::diag::text;
use crate::instant::Wall;
use crate::journal::{NoKey, Reader, key_name, public_key, seal as code};
use crate::site::Site;

/// Sign the row that is asked for, or show the key.
pub(super) fn run(
    context: &Context,
    path: &Path,
    asked: SealArguments,
    now: Wall,
    known: &Known<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let (site, lang) = (Site::new(&context.dir), context.lang);
    if asked.key {
        return key(context, &site, out);
    }
    let Some(reader) = Reader::open(path).map_err(failure)? else {
        return Err(Failure::new(Exit::Findings, no_journal()).into());
    };
    let (rows, _) = reader.head().map_err(failure)?;
    let row = asked.row.unwrap_or(rows);
    if row == 0 || row > rows {
        let none =
            text!("nhật ký chỉ có {rows} dòng, không có dòng {row}", "the journal has {rows} rows, and no row {row}");
        return Err(Failure::new(Exit::Usage, none).into());
    }
    let signed = report::sign(context, &site, row, now, &known.station.timezone)
        .map_err(|why| Failure::new(Exit::Findings, text!(why = why; "chưa ký được: {why}", "not signed: {why}")))?;
    let short = code(row, &signed.hash.to_ascii_lowercase());
    if context.json {
        let told = serde_json::json!({
            "seal": signed.to_string(), "row": row, "code": short, "hash": signed.hash.to_ascii_lowercase(),
            "time": signed.time, "key": signed.key, "epoch": signed.epoch.to_ascii_lowercase(),
        });
        writeln!(out, "{told}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let (time, name) = (signed.time.replace('T', " "), signed.key_name());
    let said = text!(
        "Đài ký dòng {row} của nhật ký lúc {time}, khóa {name}. Mã để chép vào sổ: {short}\n\
         Cất dòng dưới đây ở nơi khác (chụp ảnh ô vuông, gửi thư); về sau đối chiếu: loa journal verify --against \"…\"",
        "The station signs row {row} of its journal at {time}, key {name}. The code for the book: {short}\n\
         Keep the line below elsewhere (a photograph of the picture, a mail); compare later: loa journal verify --against \"…\""
    );
    writeln!(out, "{}\n\n{signed}\n", said.get(lang))?;
    if let Ok(picture) = QrCode::with_error_correction_level(signed.to_string(), EcLevel::L) {
        let (dark, light) = (unicode::Dense1x2::Light, unicode::Dense1x2::Dark);
        writeln!(out, "{}", picture.render::<unicode::Dense1x2>().dark_color(dark).light_color(light).build())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn key(context: &Context, site: &Site, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Some(key) = public_key(site) else {
        return Err(Failure::new(Exit::Findings, NoKey::Absent.text()).into());
    };
    let name = key_name(&key);
    if context.json {
        writeln!(out, "{}", serde_json::json!({"key": key, "name": name}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let said = text!(
        "Khóa công khai của đài (Ed25519), gọi tắt {name}:\n  {key}\n\
         Chép vào hồ sơ của đài: chữ ký trên sổ in được kiểm bằng khóa này. Phần bí mật ở state/seal.key: ai có bản sao\n\
         của tệp ấy (kể cả trong một bản sao lưu cả thư mục state/) thì ký thay đài được; mất nó thì đài làm khóa mới.",
        "The station's public key (Ed25519), called {name}:\n  {key}\n\
         Put it on file: the signatures on printed books are checked with it. The secret half is state/seal.key: who has a\n\
         copy of that file (in a backup of the whole of state/ too) can sign as this station; lost, it is made anew."
    );
    writeln!(out, "{}", said.get(context.lang))?;
    Ok(ExitCode::SUCCESS)
}
