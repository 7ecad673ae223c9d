use std::collections::BTreeSet;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{place, public, unfit, until, wrong};
use crate::bundle::{
    Endorsed, FORMAT, Freight, KeyList, KnownKey, Parcel, PublicKey, Purpose, Revocations, RevokedKey, SecretKey,
    Signing, Unpacked, UtcSecond, repack,
};
use crate::cli::page::Page;
use crate::cli::{Context, Exit, Failure};
use crate::courier::{MadeKey, Unfit, make_key, secret_of};
use crate::diag::{shown, system, text};
use crate::instant::Wall;
use crate::site::Folder;

/// A paper of the roots: a list of two thousand keys.
const PAPER_MOST: u64 = 8 << 20;

/// `loa bundle key`.
#[derive(Args, Debug)]
pub(in crate::cli) struct KeyArgs {
    /// Tên tệp, không có đuôi. | The files' name, without an ending.
    #[arg(value_name = "NAME")]
    name: PathBuf,
}

/// `loa bundle keys`.
#[derive(Args, Debug)]
pub(in crate::cli) struct KeysArgs {
    /// Tệp ghi danh sách. | Where the list is written.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Danh sách dùng cho các máy ở nơi này. | For the boxes in this place.
    #[arg(long, value_name = "PLACE")]
    place: String,
    /// Khóa gốc (tệp .pub); ghi nhiều lần. | A root (its .pub); several times.
    #[arg(long, value_name = "KEY", required = true)]
    root: Vec<String>,
    /// Cần mấy khóa gốc cùng ký. | So many roots sign.
    #[arg(long, value_name = "N", default_value_t = 2)]
    needed: u8,
    /// Một khóa: TÊN=tệp.pub=schedule,rules=NƠI; ghi nhiều lần. | A key: NAME=its.pub=PURPOSES=PLACE; several times.
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    /// Giờ được phép phát phải có mấy người ký. | So many keys sign the lawful hours.
    #[arg(long, value_name = "N", default_value_t = 1)]
    rules_needed: u8,
    /// Dùng đến hết ngày này. | Good until this day.
    #[arg(long, value_name = "DAY")]
    until: String,
    /// Số của danh sách; không ghi thì theo giờ máy. | Its number; else after the clock.
    #[arg(long, value_name = "N")]
    number: Option<u64>,
}

/// `loa bundle revoke`.
#[derive(Args, Debug)]
pub(in crate::cli) struct RevokeArgs {
    /// Tệp ghi giấy thu hồi. | Where the paper is written.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Dùng cho các máy ở nơi này. | For the boxes in this place.
    #[arg(long, value_name = "PLACE")]
    place: String,
    /// Khóa bị thu hồi (tệp .pub hay 64 chữ số); ghi nhiều lần. | A key (its .pub, or its digits); several times.
    #[arg(long, value_name = "KEY", required = true)]
    key: Vec<String>,
    /// Vì sao. | Why.
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    /// Số của giấy; không ghi thì theo giờ máy. | Its number; else after the clock.
    #[arg(long, value_name = "N")]
    number: Option<u64>,
}

/// `loa bundle sign`.
#[derive(Args, Debug)]
pub(in crate::cli) struct SignArgs {
    /// Gói tin, danh sách khóa hay giấy thu hồi. | The bundle, or the list of keys.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Tệp khóa bí mật (.key). | The secret key (.key).
    #[arg(long, value_name = "KEY", required = true)]
    with: Vec<PathBuf>,
}

pub(super) fn key(context: &Context, args: &KeyArgs) -> anyhow::Result<ExitCode> {
    let shown = shown(&args.name.to_string_lossy());
    let MadeKey { public: key, is_closed } = make_key(&args.name).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return Failure::new(
                Exit::Usage,
                text!(
                    "đã có khóa tên «{shown}»: chọn tên khác",
                    "there is a key \"{shown}\" already: take another name"
                ),
            );
        }
        Failure::new(
            Exit::Io,
            text!(error = system(&error); "không ghi được khóa: {error}", "the key cannot be written: {error}"),
        )
    })?;
    if !is_closed {
        let said = text!(
            "«{shown}.key» nằm ở nơi không phân quyền đọc (như USB): ai cầm được là đọc được khóa, cất cho kỹ.",
            "\"{shown}.key\" lies where files have no owners (on a stick): whoever holds it reads the key, so keep it safe."
        );
        Page::aside(said.get(context.lang));
    }
    if context.json {
        Page::line(json!({ "key": key.as_str(), "name": key.name() }));
        return Ok(ExitCode::SUCCESS);
    }
    let (name, digits) = (key.name(), key.as_str());
    let said = text!(
        "Đã tạo khóa {name}.\n{shown}.key: khóa bí mật; chép ra USB cất trong két, rồi xóa khỏi máy. Ai có tệp này thì ký được như mình.\n{shown}.pub: khóa công khai, gửi cho ai cũng được:\n{digits}",
        "Made the key {name}.\n{shown}.key: the secret; copy it to a stick that goes into a safe, and delete it here. Whoever has this file signs as you.\n{shown}.pub: the public half, for everybody:\n{digits}"
    );
    Page::line(said.get(context.lang));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn keys(context: &Context, now: Wall, args: &KeysArgs) -> anyhow::Result<ExitCode> {
    let of = place(&args.place)?;
    let list = KeyList {
        format: FORMAT,
        kind: "keys".to_owned(),
        version: args.number.unwrap_or_else(|| number(now)),
        made: UtcSecond::of(now),
        not_after: until(context, now, &args.until)?,
        roots: args.root.iter().map(|key| public(key)).collect::<anyhow::Result<Vec<PublicKey>>>()?,
        needed: args.needed,
        signers: [(Purpose::Rules, args.rules_needed)].into_iter().filter(|(_, needed)| *needed > 1).collect(),
        keys: args.key.iter().map(|written| known(written)).collect::<anyhow::Result<_>>()?,
        place: of,
    };
    let text = serde_json::to_string(&list)?;
    KeyList::read(&text).map_err(|_| {
        wrong(text!(
            "danh sách khóa chưa được: cần ít nhất hai khóa gốc khác nhau, khóa gốc không được ký việc hằng ngày, và mỗi khóa phải ký cho nơi nằm trong --place",
            "the list of keys will not do: at least two different roots, no root among the keys, and each key for a place in --place"
        ))
    })?;
    write(&args.file, Endorsed::new(text).line().as_bytes())?;
    say_unsigned(context, &args.file, args.needed);
    Ok(ExitCode::SUCCESS)
}

/// `TÊN=tệp.pub=schedule,rules=NƠI,NƠI`.
fn known(written: &str) -> anyhow::Result<KnownKey> {
    let parts: Vec<&str> = written.split('=').collect();
    let [name, key, may, scope] = parts[..] else {
        let written = shown(written);
        return Err(wrong(text!(
            "không hiểu «{written}»: viết TÊN=tệp.pub=schedule,rules,emergency=NƠI",
            "cannot read \"{written}\": write NAME=its.pub=schedule,rules,emergency=PLACE"
        )));
    };
    let purpose = |word: &str| {
        Purpose::of(word.trim()).ok_or_else(|| {
            let (word, all) = (shown(word), Purpose::ALL.map(Purpose::word).join(", "));
            wrong(text!(
                "không có việc «{word}»; chọn trong: {all}",
                "there is no purpose \"{word}\"; it is one of {all}"
            ))
        })
    };
    Ok(KnownKey {
        name: name.trim().to_owned(),
        key: public(key.trim())?,
        may: may.split(',').map(purpose).collect::<anyhow::Result<BTreeSet<_>>>()?,
        scope: scope.split(',').map(|written| place(written.trim())).collect::<anyhow::Result<_>>()?,
        not_after: None,
    })
}

pub(super) fn revoke(context: &Context, now: Wall, args: &RevokeArgs) -> anyhow::Result<ExitCode> {
    let keys = args.key.iter().map(|key| Ok(RevokedKey { key: public(key)?, why: args.why.clone() }));
    let paper = Revocations {
        format: FORMAT,
        kind: "revoked".to_owned(),
        place: place(&args.place)?,
        version: args.number.unwrap_or_else(|| number(now)),
        made: UtcSecond::of(now),
        keys: keys.collect::<anyhow::Result<_>>()?,
    };
    write(&args.file, Endorsed::new(serde_json::to_string(&paper)?).line().as_bytes())?;
    say_unsigned(context, &args.file, 2);
    Ok(ExitCode::SUCCESS)
}

fn say_unsigned(context: &Context, file: &Path, needed: u8) {
    let name = shown(&file.to_string_lossy());
    if context.json {
        Page::line(json!({ "file": file.to_string_lossy(), "signatures": 0 }));
        return;
    }
    let said = text!(
        "Đã ghi {name}, chưa có chữ ký. Cần {needed} khóa gốc cùng ký: loa bundle sign {name} --with GỐC.key",
        "Wrote {name}, not signed yet. It needs {needed} roots: loa bundle sign {name} --with ROOT.key"
    );
    Page::line(said.get(context.lang));
}

pub(super) fn sign(context: &Context, args: &SignArgs) -> anyhow::Result<ExitCode> {
    let keys: Vec<SecretKey> =
        args.with.iter().map(|path| secret_of(path).map_err(wrong)).collect::<anyhow::Result<_>>()?;
    let signed = match paper(&args.file)? {
        Some((mut paper, of)) => {
            for key in &keys {
                paper.sign(of, key);
            }
            write(&args.file, paper.line().as_bytes())?;
            paper.signers(of).len()
        }
        None => sign_bundle(context, &args.file, &keys)?,
    };
    if context.json {
        Page::line(json!({ "file": args.file.to_string_lossy(), "signatures": signed }));
    } else {
        let name = shown(&args.file.to_string_lossy());
        Page::line(
            text!("Đã ký {name}: nay có {signed} chữ ký.", "Signed {name}: signatures on it now: {signed}.")
                .get(context.lang),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// A paper of the roots, and what it is; none where the file is something else.
pub(super) fn paper(path: &Path) -> anyhow::Result<Option<(Endorsed, Signing)>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    open(path)?.take(PAPER_MOST).read_to_end(&mut bytes)?;
    let Some(paper) = Endorsed::read(&bytes) else { return Ok(None) };
    if KeyList::read(&paper.text).is_ok() {
        return Ok(Some((paper, Signing::Keys)));
    }
    Ok(Revocations::read(&paper.text).is_ok().then_some((paper, Signing::Revoked)))
}

fn sign_bundle(context: &Context, path: &Path, keys: &[SecretKey]) -> anyhow::Result<usize> {
    let refused = |why| unfit(context, &Unfit::Bundle(why));
    let (freight, mut parcel) = Parcel::open(BufReader::new(open(path)?)).map_err(refused)?;
    let mut freight: Freight = freight;
    for key in keys {
        freight.manifest.sign(Signing::Manifest, key);
    }
    let count = freight.manifest.signers(Signing::Manifest).len();
    replace(path, |mut out| {
        repack(&mut out, &freight, &mut parcel).map_err(|why| match why {
            Unpacked::Bundle(why) => unfit(context, &Unfit::Bundle(why)).into(),
            Unpacked::Disk(error) => anyhow::Error::new(error),
        })
    })?;
    Ok(count)
}

/// The file that somebody named.
pub(super) fn open(path: &Path) -> anyhow::Result<impl std::io::Read + use<>> {
    crate::site::open(path).map_err(|refused| {
        let name = shown(&path.to_string_lossy());
        let exit = if refused.is_forbidden() { Exit::Permission } else { Exit::Io };
        Failure::new(
            exit,
            text!(why = refused.text(); "không đọc được «{name}»: {why}", "cannot read \"{name}\": {why}"),
        )
        .into()
    })
}

/// A file that is a person's, whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    replace(path, |out| Ok(out.write_all(bytes)?))
}

pub(super) fn replace(
    path: &Path,
    fill: impl FnOnce(&mut dyn std::io::Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: &std::io::Error| {
        let name = shown(&path.to_string_lossy());
        Failure::new(
            Exit::Io,
            text!(error = system(error); "không ghi được {name}: {error}", "cannot write {name}: {error}"),
        )
    };
    let folder = Folder::open(above).map_err(|error| failed(&error))?;
    let name = path.file_name().ok_or_else(|| failed(&std::io::ErrorKind::InvalidInput.into()))?;
    let mut draft = folder.draft_of_a_person(name).map_err(|error| failed(&error))?;
    let mut out = std::io::BufWriter::new(draft.file());
    fill(&mut out)?;
    out.flush().map_err(|error| failed(&error))?;
    drop(out);
    Ok(draft.place().map_err(|error| failed(&error))?)
}

/// A number that rises by itself: the seconds since 1970.
pub(super) fn number(now: Wall) -> u64 {
    u64::try_from(UtcSecond::of(now).seconds()).unwrap_or(1).max(1)
}
