use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use loa_core::diag::{Text, shown, system, text};
use loa_core::signature::Locality;
use loa_site::{Folder, LINK_SEED, Site};
use qrcode::render::unicode;
use qrcode::{EcLevel, QrCode};
use serde_json::json;

use super::collect::read;
use super::{CentreExit, CentreGround, Failed, Screen};
use crate::fleet::{FleetError, FleetKey, JoinCode, JoinRequest, KeyKind};

/// Where a box keeps its own key until the centre's paper comes, and both together behind that.
const CREDENTIALS: &str = "link.creds";

#[derive(Args, Debug)]
pub(super) struct JoinArgs {
    /// Nơi ghi trên phiếu. | The place on the slip.
    #[arg(value_name = "PLACE", value_parser = locality, required_unless_present = "paper")]
    path: Option<Locality>,
    /// Mã ghi trên phiếu. | The code on the slip.
    #[arg(value_name = "CODE", required_unless_present = "paper")]
    code: Option<String>,
    /// Giấy mà trung tâm đã cấp. | The paper that the centre has issued.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "code"])]
    paper: Option<PathBuf>,
    /// Làm khóa mới; giấy đã cấp và yêu cầu đang chờ của khóa cũ không dùng được nữa. | Make a new key; what was issued to the old one, or waits for it, is of no use any more.
    #[arg(long, conflicts_with = "paper")]
    new_key: bool,
}

pub(super) fn locality(written: &str) -> Result<Locality, String> {
    Locality::read(written).ok_or_else(|| {
        "chữ thường, số, dấu chấm giữa các cấp, như p01.c003.h00077 | small letters and digits, with points between"
            .to_owned()
    })
}

/// At the box: its key is made there and never leaves it.
pub(super) fn join(ground: &CentreGround, args: &JoinArgs) -> Result<(), Failed> {
    let site = Site::new(&ground.dir);
    if ![site.station(), site.schedules()].iter().any(|path| path.exists()) {
        let dir = std::path::absolute(&ground.dir).unwrap_or_else(|_| ground.dir.clone());
        let dir = shown(&dir.to_string_lossy());
        let said = text!(
            "«{dir}» không phải thư mục của đài: ở đó không có loa.toml, cũng không có schedules/; hãy chỉ ra: loa --dir THƯ-MỤC fleet join …",
            "\"{dir}\" is no station: there is neither loa.toml nor schedules/ in it; name it: loa --dir DIR fleet join …"
        );
        return Err(Failed::new(CentreExit::Configuration, said));
    }
    let state = site.state();
    let failed = |error: std::io::Error| Failed::new(CentreExit::Io, system(&error));
    let folder = Folder::make(&state, loa_site::OWN_DIR_MODE).map_err(failed)?;
    let line = |said: Text| Screen::line(said.get(ground.lang));
    if let Some(paper) = &args.paper {
        let (token, seed) = (read(paper)?, read(&state.join(LINK_SEED))?);
        let key = FleetKey::read(&seed)?;
        let text = crate::fleet::joined(token.trim(), &key)?;
        // The link runs as another member of the station's group, whoever has typed this.
        let mut draft = folder.draft_for_group(CREDENTIALS).map_err(failed)?;
        draft.file().write_all(text.as_bytes()).and_then(|()| draft.place()).map_err(failed)?;
        line(text!(
            "Xong: máy nối bằng state/{CREDENTIALS}; viết vào [link] của loa.toml: credentials = \"state/{CREDENTIALS}\"",
            "Done: the box connects with state/{CREDENTIALS}; write into [link] of loa.toml: credentials = \"state/{CREDENTIALS}\""
        ));
        return Ok(());
    }
    let (Some(path), Some(code)) = (&args.path, &args.code) else { return Err(FleetError::NoRequest.into()) };
    let code = JoinCode::read(code).ok_or_else(|| {
        let said = text!(
            "mã có mười hai chữ và số, như 7K3M-9QXA-T2WB: xem lại trên phiếu",
            "a code has twelve letters and digits, such as 7K3M-9QXA-T2WB: look at the slip again"
        );
        Failed::new(CentreExit::Usage, said)
    })?;
    let key = own_key(&folder, args.new_key, ground)?;
    let request = JoinRequest::of(path.clone(), &key, &code);
    let (written, letters) = (request.to_string(), crate::fleet::letters(&key.public()));
    if ground.json {
        Screen::data(format!("{}\n", json!({ "request": written, "letters": letters })));
        return Ok(());
    }
    if let Ok(picture) = QrCode::with_error_correction_level(written.as_bytes(), EcLevel::L) {
        Screen::data(picture.render::<unicode::Dense1x2>().build() + "\n");
    }
    line(text!(
        "Gửi dòng này về trung tâm (không có bí mật trong đó):",
        "Send this line to the centre (it holds no secret):"
    ));
    Screen::line(&written);
    line(text!("Tám chữ của máy này: {letters}", "The eight letters of this box: {letters}"));
    Ok(())
}

/// The key that this box asks with: the one that it has, whatever code is typed. The first request may be on its way, and a paper that was issued is of
/// no use with another key. A new one is made on purpose: the old one may be revoked. A link that runs has its own in its credentials.
fn own_key(folder: &Folder, is_new: bool, ground: &CentreGround) -> Result<FleetKey, Failed> {
    let failed = |error: std::io::Error| Failed::new(CentreExit::Io, system(&error));
    match folder.read(LINK_SEED, 1024) {
        Ok(_) if is_new => {}
        Ok(seed) => {
            let Ok(key) = FleetKey::read(&String::from_utf8_lossy(&seed)) else {
                let said = text!(
                    "state/{LINK_SEED} không phải khóa: gõ lại, thêm --new-key để làm khóa mới",
                    "state/{LINK_SEED} holds no key: type it again with --new-key, which makes one"
                );
                return Err(Failed::new(CentreExit::Io, said));
            };
            let said = text!(
                "Máy dùng lại khóa đã có. Khóa ấy đã bị thu hay bị lộ thì gõ lại, thêm --new-key: giấy đã cấp và yêu cầu đang chờ của khóa cũ khi ấy không dùng được nữa.",
                "The box asks with the key that it has. Where that one was revoked, or is known to others, type it again with --new-key: what was issued to the old one, or waits for it, is of no use then."
            );
            Screen::aside(said.get(ground.lang));
            return Ok(key);
        }
        // One that is there and cannot be read is not written over.
        Err(why) if !why.is_absent() => {
            let Text { vi, en } = why.text();
            let said = text!("không dùng được state/{LINK_SEED}: {vi}", "state/{LINK_SEED} cannot be used: {en}");
            return Err(Failed::new(CentreExit::Io, said));
        }
        Err(_) => {}
    }
    let key = FleetKey::make(KeyKind::User)?;
    put(folder, LINK_SEED, &(key.seed()? + "\n")).map_err(failed)?;
    Ok(key)
}

/// A file that nobody else reads.
fn put(folder: &Folder, name: &str, said: &str) -> std::io::Result<()> {
    let mut draft = folder.draft(name, 0o600)?;
    draft.file().write_all(said.as_bytes())?;
    draft.place()
}
