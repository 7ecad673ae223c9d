use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use loa_core::bundle::{Endorsed, PublicKey, SecretKey};
use loa_core::diag::{Text, shown, text};
use serde_json::json;

use super::clock::ServerClockArgs;
use super::collect::{DatabaseArgs, open, read};
use super::{CentreExit, CentreGround, Failed, Screen};
use crate::dispatch::{
    CentreTrust, Dispatcher, LetterOrder, OutgoingBundle, SentRecord, send_letters, send_sounds, targets,
};
use crate::fleet::Register;
use crate::ledger::{BookKind, BookPage};
use crate::rollout::RolloutRecord;
use crate::watch;

/// A list of two thousand keys.
const PAPER_MOST: u64 = 8 << 20;

/// `loa fleet roots`.
#[derive(Args, Debug)]
pub(super) struct RootsArgs {
    /// Khóa gốc (.pub) ghi ở [bundle] roots của các đài. | The roots that stand in every box's loa.toml.
    #[arg(value_name = "ROOT.pub", required = true)]
    roots: Vec<PathBuf>,
    /// Mấy khóa gốc ký là đủ; không ghi thì 2. | So many of them sign; else 2.
    #[arg(long, value_name = "N", default_value_t = 2)]
    needed: u8,
    /// Danh sách khóa mà các gốc đã ký. | Lists of keys that the roots have signed.
    #[arg(long, value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// Giấy thu hồi khóa. | Revoked keys.
    #[arg(long, value_name = "FILE")]
    revoked: Option<PathBuf>,
}

/// `loa fleet send`.
#[derive(Args, Debug)]
pub(super) struct SendArgs {
    /// Gói tin đã ký, do loa bundle make lập. | A signed bundle, as loa bundle make makes it.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Gửi cho nơi hay nhóm nào; ghi nhiều lần. | For which place or group; several times.
    #[arg(long, value_name = "PLACE", required = true, num_args = 1..)]
    to: Vec<String>,
    /// Thay lịch số này của người khác, hay của đợt triển khai, đã hỏi họ; ghi nhiều lần. | It takes the place of this number, which is another's or is rolled out; several times.
    #[arg(long, value_name = "N")]
    after: Vec<u64>,
    /// Ai gửi; không ghi thì theo chữ ký. | Who sends; else whoever signed.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    #[command(flatten)]
    clock: ServerClockArgs,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) fn roots(ground: &CentreGround, args: &RootsArgs) -> Result<ExitCode, Failed> {
    Register::read(&ground.dir)?;
    let roots = args.roots.iter().map(|path| {
        PublicKey::read(&read(path)?).ok_or_else(|| {
            let path = shown(&path.to_string_lossy());
            let said =
                text!("«{path}» không phải khóa công khai (.pub) của loa", "\"{path}\" is no public key of loa's");
            Failed::new(CentreExit::Findings, said)
        })
    });
    let roots: Vec<PublicKey> = roots.collect::<Result<_, _>>()?;
    if let Some(twice) = named_twice(&roots) {
        let path = shown(&args.roots[twice].to_string_lossy());
        let said = text!(
            "«{path}» là khóa đã ghi trước đó: mỗi khóa gốc ghi một lần, xem lại các tệp .pub",
            "\"{path}\" is a key that was named before: name each root once, look at the .pub files again"
        );
        return Err(Failed::new(CentreExit::Usage, said));
    }
    if args.needed < 2 || usize::from(args.needed) > roots.len() {
        let said = text!(
            "--needed phải từ 2 đến số khóa gốc: một mình ai cũng không đủ",
            "--needed is 2 or more, and not more than there are roots: nobody is enough alone"
        );
        return Err(Failed::new(CentreExit::Usage, said));
    }
    let paper = |path: &Path| {
        let read = loa_site::read(path, PAPER_MOST).ok().and_then(|bytes| Endorsed::read(&bytes));
        read.ok_or_else(|| {
            let path = shown(&path.to_string_lossy());
            let said = text!("«{path}» không phải giấy đã ký của loa", "\"{path}\" is no signed paper of loa's");
            Failed::new(CentreExit::Findings, said)
        })
    };
    let keys: Vec<Endorsed> = args.keys.iter().map(|path| paper(path)).collect::<Result<_, _>>()?;
    let revoked = args.revoked.as_deref().map(paper).transpose()?;
    let known = CentreTrust::read(&ground.dir).unwrap_or_else(|_| CentreTrust::of(roots.clone(), args.needed));
    let is_known = known.roots == roots && known.needed == args.needed;
    let trust = known.under(roots, args.needed, &keys, revoked.as_ref()).map_err(|why| {
        if keys.is_empty() && revoked.is_none() && !is_known {
            let said = text!(
                "không đổi gì: danh sách khóa mà trung tâm đang giữ không do các khóa gốc này ký. Xem lại các tệp .pub; nếu đã đổi khóa gốc thật thì thêm --keys với danh sách mới mà các gốc ấy đã ký",
                "nothing is changed: the list of keys that the centre has is not signed by these roots. Look at the .pub files again; where the roots did change, add --keys with the new list that those have signed"
            );
            return Failed::new(CentreExit::Findings, said);
        }
        CentreTrust::refusal("keys.json", &why, &ground.tz).into()
    })?;
    trust.write(&ground.dir)?;
    let (count, needed, lists) = (trust.roots.len(), trust.needed, trust.keys.len());
    let said = if lists == 0 {
        text!(
            "Trung tâm biết {count} khóa gốc (cần {needed} khóa ký), chưa có danh sách khóa nào: thêm --keys DANH-SÁCH.json, nếu không thì gói nào cũng phải tự mang danh sách theo.",
            "The centre knows {count} roots (of which {needed} sign), and no list of keys yet: add --keys LIST.json, or else each bundle has to bring one."
        )
    } else {
        text!(
            "Trung tâm biết {count} khóa gốc (cần {needed} khóa ký) và {lists} danh sách khóa; từ nay xét mỗi gói tin như một đài xét.",
            "The centre knows {count} roots (of which {needed} sign) and lists of keys: {lists}; from now on it judges every bundle as a box does."
        )
    };
    Screen::line(said.get(ground.lang));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn send(ground: &CentreGround, args: &SendArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let trust = CentreTrust::read(&ground.dir)?;
    let targets = targets(&register, &args.to)?;
    let bundle = OutgoingBundle::open(&args.bundle, &ground.tz)?;
    let now = watch::now();
    let mut signers = Vec::new();
    for target in &targets {
        signers = bundle.judge(&trust, target, now, &ground.tz)?;
    }
    let by =
        args.by.clone().unwrap_or_else(|| signers.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", "));
    let mut ledger = open(ground, &args.database)?;
    let pages = ledger.pages(BookKind::Rollout, "")?;
    let mut running = pages.iter().filter_map(BookPage::read::<RolloutRecord>);
    let is_passed_by = |record: &RolloutRecord| {
        targets.iter().any(|target| record.is_passed_by(&bundle.manifest, &bundle.sha256, target))
    };
    if let Some(record) = running.find(|record| is_passed_by(record) && !args.after.contains(&record.version)) {
        return Err(under_way(&record));
    }
    let lang = ground.lang;
    let sent: Vec<SentRecord> = with_server(ground, &register, async |dispatcher| {
        args.clock.compare(ground, &dispatcher, now).await?;
        let mut tell = |place: usize, of: usize, file: &_, fate: crate::dispatch::SoundFate| {
            Screen::aside(fate.text(place, of, file).get(lang));
        };
        send_sounds(&dispatcher, &bundle, &mut tell).await?;
        let order =
            LetterOrder { bundle: &bundle, targets: &targets, after: &args.after, by: &by, now, tz: &ground.tz };
        Ok(send_letters(&dispatcher, &mut *ledger, &trust, &order).await?)
    })?;
    // What came along with it is known from now on.
    trust.with(&bundle.freight.keys, bundle.freight.revoked.as_ref()).write(&ground.dir)?;
    if ground.json {
        Screen::data(format!("{:#}\n", json!(sent)));
        return Ok(ExitCode::SUCCESS);
    }
    let title = shown(&bundle.manifest.title);
    for target in &targets {
        let (place, count, version) = (&target.place, target.stations.len(), bundle.manifest.version);
        let said = if sent.iter().any(|sent| sent.place == *place) {
            text!(
                "Đã gửi «{title}» số {version} đến {place}: {count} đài sẽ tự nhận khi có mạng. Xem ai đã nhận: loa fleet held",
                "\"{title}\", number {version}, is sent to {place}: stations that take it when they have a network: {count}. Who has it: loa fleet held"
            )
        } else {
            text!(
                "{place} đã có «{title}» này rồi, không gửi lại.",
                "{place} has this \"{title}\" already; it is not sent again."
            )
        };
        Screen::line(said.get(lang));
    }
    Ok(ExitCode::SUCCESS)
}

/// Which of these keys stands there a second time.
fn named_twice(roots: &[PublicKey]) -> Option<usize> {
    (1..roots.len()).find(|at| roots[..*at].contains(&roots[*at]))
}

fn under_way(record: &RolloutRecord) -> Failed {
    let (id, title, place, version) = (&record.id, shown(&record.title), &record.place, record.version);
    let said = text!(
        "đợt triển khai {id} («{title}», số {version}) đang đi từng đợt đến {place}: gửi thẳng là vượt qua các đợt. Xem: loa fleet rollout status {id}; dừng: loa fleet rollout stop {id}; vẫn gửi thì thêm --after {version}",
        "the roll-out {id} (\"{title}\", number {version}) goes to {place} in waves, and this would go around them. See it: loa fleet rollout status {id}; stop it: loa fleet rollout stop {id}; to send nevertheless, add --after {version}"
    );
    Failed::new(CentreExit::Findings, said)
}

/// With a connection to the servers of the register.
pub(super) fn with_server<T>(
    ground: &CentreGround,
    register: &Register,
    work: impl AsyncFnOnce(Dispatcher) -> Result<T, Failed>,
) -> Result<T, Failed> {
    let credentials = read(&ground.dir.join("creds").join("dispatcher.creds"))?;
    let ca = register.tls.then(|| ground.dir.join("ca.crt"));
    let servers = register.addresses();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        let dispatcher = Dispatcher::connect(&servers, &credentials, ca.as_deref()).await?;
        work(dispatcher).await
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    done
}

/// Secret keys, as their files have them.
pub(super) fn secrets(paths: &[PathBuf]) -> Result<Vec<SecretKey>, Failed> {
    let one = |path: &PathBuf| {
        let written = read(path)?;
        SecretKey::read(&written).ok_or_else(|| {
            let path = shown(&path.to_string_lossy());
            let said: Text =
                text!("«{path}» không phải khóa bí mật (.key) của loa", "\"{path}\" is no secret key of loa's");
            Failed::new(CentreExit::Findings, said)
        })
    };
    paths.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_that_is_named_twice_is_found() {
        let key = |letter: u8| SecretKey::of([letter; 32]).public();
        assert_eq!(named_twice(&[key(1), key(2), key(1)]), Some(2));
        assert_eq!(named_twice(&[key(1), key(2), key(3)]), None);
    }
}
