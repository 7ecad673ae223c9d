use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::tz::TimeZone;
use serde_json::json;

use super::papers::{number, paper, replace};
use super::{place, until, wrong};
use crate::bundle::{
    BundleFile, Endorsed, FORMAT, Freight, Locality, Manifest, Purpose, Rejection, SecretKey, Signing, SoundFacts,
    UtcSecond, VALID_MOST, is_audio, is_schedule, own_name, pack,
};
use crate::cli::files::Gathered;
use crate::cli::page::Page;
use crate::cli::{Context, Exit, Failure, files};
use crate::clock::Clock;
use crate::courier::{BundleState, purposes, secret_of};
use crate::diag::figure::bytes;
use crate::diag::{Diagnostic, Text, plain, shown, text};
use crate::digest::sha256;
use crate::instant::Wall;
use crate::plan::{self, Library, Wanted};
use crate::schedule::{self, Reading};
use crate::site::Site;

/// How far the check looks ahead, as `loa check` does.
const AHEAD: Duration = Duration::from_hours(90 * 24);
/// So many schedules are named in a sentence.
const NAMED_MOST: usize = 8;

/// `loa bundle make`.
#[derive(Args, Debug)]
pub(in crate::cli) struct MakeArgs {
    /// Tệp gói tin, ví dụ xa-dong-giang.loa. | The bundle, such as commune.loa.
    #[arg(value_name = "F.loa")]
    file: PathBuf,
    /// Tệp lịch đưa vào gói; không ghi thì mọi tệp trong schedules/. | The schedules; else all of schedules/.
    #[arg(value_name = "SCHEDULE")]
    schedules: Vec<String>,
    /// Bản ghi trong audio/ mà không lịch nào phát, như bản ghi báo động; ghi nhiều lần. | A sound of audio/ that no schedule plays, such as an alarm's; several times.
    #[arg(long = "sound", value_name = "SOUND")]
    sounds: Vec<String>,
    /// Chỉ gói những bản ghi ấy, không gói lịch. | Those sounds alone, and no schedule.
    #[arg(long, requires = "sounds", conflicts_with = "schedules")]
    only_sounds: bool,
    /// Gói không có lịch, để xóa lịch đã gửi. | No schedule: what was sent before is taken off.
    #[arg(long, conflicts_with_all = ["schedules", "only_sounds"])]
    empty: bool,
    /// Nơi gửi. | The place that sends it.
    #[arg(long, value_name = "PLACE")]
    place: String,
    /// Nơi nhận; không ghi thì mọi máy ở nơi gửi; ghi nhiều lần. | Who takes it; else every box of the place.
    #[arg(long = "for", value_name = "PLACE")]
    scope: Vec<String>,
    /// Tên gói để mọi người gọi. | What people call it.
    #[arg(long, value_name = "TEXT", default_value = "")]
    title: String,
    /// Chỉ nhận đến hết ngày này. | It may be taken until this day.
    #[arg(long, value_name = "DAY")]
    until: String,
    /// Số của gói; không ghi thì theo giờ máy. | Its number; else after the clock.
    #[arg(long, value_name = "N")]
    number: Option<u64>,
    /// Ký bằng khóa bí mật này (.key). | Sign it with this secret key.
    #[arg(long, value_name = "KEY")]
    with: Vec<PathBuf>,
    /// Kèm danh sách khóa, cho máy chưa có; cũ trước, mới sau. | Lists of keys, the oldest first.
    #[arg(long, value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// Kèm giấy thu hồi khóa. | Revoked keys.
    #[arg(long, value_name = "FILE")]
    revoked: Option<PathBuf>,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &MakeArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let now = clock.wall();
    let sender = place(&args.place)?;
    let scope: Vec<Locality> = match args.scope.as_slice() {
        [] => vec![sender.clone()],
        places => places.iter().map(|written| place(written)).collect::<anyhow::Result<_>>()?,
    };
    let keys: Vec<SecretKey> =
        args.with.iter().map(|path| secret_of(path).map_err(wrong)).collect::<anyhow::Result<_>>()?;
    let gathered = files::gather(context, now);
    let station = &gathered.station;
    let mut texts: BTreeMap<String, String> = gathered
        .sources
        .iter()
        .filter(|source| is_schedule(&source.path) && !args.only_sounds && !args.empty)
        .map(|source| (source.path.clone(), source.text.clone()))
        .collect();
    if !args.schedules.is_empty() {
        choose(context, &args.schedules, &mut texts)?;
    }
    brings_some(context, args, &texts)?;
    let everything = Wanted::new(&gathered.loaded.schedule, station);
    let library = files::sounds(context, clock, &everything);
    let along = sounds_along(context, &library, &args.sounds)?;
    is_right(context, &gathered, &library, &texts, now)?;
    let today = now.zoned(&station.timezone).date();
    let sources: Vec<_> = gathered.sources.iter().filter(|source| texts.contains_key(&source.path)).cloned().collect();
    let wanted = Wanted::new(&schedule::check(&sources, station, Reading { today }).0, station);
    let mut of_bundle: Vec<BundleFile> = texts
        .iter()
        .map(|(path, text)| BundleFile {
            path: path.clone(),
            bytes: text.len() as u64,
            sha256: sha256(text.as_bytes()),
            sound: None,
        })
        .collect();
    let site = Site::new(&context.dir);
    for (name, sound) in
        library.sounds.iter().filter(|(name, _)| wanted.has_itself(name) || wanted.has(name) || along.contains(*name))
    {
        let Ok(facts) = &sound.facts else { continue };
        let path = format!("audio/{name}");
        if !is_audio(&path) {
            let name = shown(name);
            return Err(Failure::new(
                Exit::Findings,
                context.told(&text!(
                    "tên «{name}» không gửi đi được: đặt tên khác (loa load --as)",
                    "the name \"{name}\" cannot be sent: give it another one (loa load --as)"
                )),
            )
            .into());
        }
        let bytes = crate::site::open_here(&site.audio().join(name)).map_err(std::io::Error::from)?.metadata()?.len();
        of_bundle.push(BundleFile { path, bytes, sha256: facts.sha256.clone(), sound: Some(SoundFacts::of(facts)) });
    }
    let sounds: Vec<&str> =
        of_bundle.iter().filter(|file| file.sound.is_some()).map(|file| own_name(&file.path)).collect();
    let brings: BTreeSet<Purpose> = purposes(&texts, sounds, station, today);
    let title = if args.title.trim().is_empty() { station.name.clone() } else { args.title.trim().to_owned() };
    let manifest = Manifest {
        format: FORMAT,
        kind: "bundle".to_owned(),
        title,
        place: sender,
        scope,
        purposes: brings.clone(),
        version: numbered(context, now, args, &keys)?,
        made: UtcSecond::of(now),
        not_after: until(context, now, &args.until)?,
        files: of_bundle,
    };
    let text = serde_json::to_string(&manifest)?;
    Manifest::read(&text).map_err(|why| unmade(&manifest, &why, &station.timezone))?;
    let mut freight = Freight { manifest: Endorsed::new(text), keys: Vec::new(), revoked: None };
    for key in &keys {
        freight.manifest.sign(Signing::Manifest, key);
    }
    add_papers(&mut freight, args)?;
    replace(&args.file, |mut out| {
        Ok(pack(&mut out, &freight, |file| -> std::io::Result<Box<dyn std::io::Read>> {
            Ok(match texts.get(&file.path) {
                Some(text) => Box::new(std::io::Cursor::new(text.clone().into_bytes())),
                None => Box::new(crate::site::open_here(&site.dir().join(&file.path))?),
            })
        })?)
    })?;
    say(context, args, &manifest, keys.len());
    Ok(ExitCode::SUCCESS)
}

/// Leave the schedules that were named. One that is none is told, with where it was looked for and what is there.
fn choose(context: &Context, named: &[String], texts: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
    let path = |written: &String| format!("schedules/{}", own_name(written));
    if let Some(absent) = named.iter().find(|written| !texts.contains_key(&path(written))) {
        let (absent, dir) = (shown(absent), schedules_of(context));
        let mut there: Vec<String> = texts.keys().take(NAMED_MOST).map(|path| shown(own_name(path))).collect();
        there.extend((texts.len() > NAMED_MOST).then(|| "…".to_owned()));
        let there = there.join(", ");
        return Err(wrong(if there.is_empty() {
            text!(
                "không có tệp lịch nào là «{absent}»: trong {dir} không có tệp lịch nào",
                "no schedule is \"{absent}\": there is none in {dir}"
            )
        } else {
            text!(
                "không có tệp lịch nào là «{absent}» trong {dir}; ở đó có: {there}",
                "no schedule is \"{absent}\" in {dir}; there are: {there}"
            )
        }));
    }
    let wanted: BTreeSet<String> = named.iter().map(path).collect();
    texts.retain(|path, _| wanted.contains(path));
    Ok(())
}

/// Where the station's schedules lie, from the root on.
fn schedules_of(context: &Context) -> String {
    let dir = Site::new(&context.dir).schedules();
    let whole = std::path::absolute(&dir).unwrap_or(dir);
    plain(&whole.to_string_lossy()).into_owned()
}

/// A bundle without a schedule takes what its sender sent before off the boxes: never by mistake.
fn brings_some(context: &Context, args: &MakeArgs, texts: &BTreeMap<String, String>) -> anyhow::Result<()> {
    if !texts.is_empty() || args.only_sounds || args.empty {
        return Ok(());
    }
    let dir = schedules_of(context);
    Err(wrong(text!(
        "thư mục {dir} không có tệp lịch nào (*.toml), gửi gói này đi sẽ xóa lịch của các đài nhận: kiểm tra --dir có đúng đài không. Chỉ gửi bản ghi thì thêm --only-sounds; thật muốn xóa lịch đã gửi thì thêm --empty",
        "there is no schedule (*.toml) in {dir}, and this bundle would take the schedules off the stations that get it: see whether --dir names the right station. To send sounds alone, add --only-sounds; to take the schedules off on purpose, add --empty"
    )))
}

/// Its number: as it was written, else after the clock, unless this station knows one of the same key that is not below that.
fn numbered(context: &Context, now: Wall, args: &MakeArgs, keys: &[SecretKey]) -> anyhow::Result<u64> {
    if let Some(written) = args.number {
        return Ok(written);
    }
    let own = number(now);
    // A state that cannot be read keeps nobody from packing.
    let state = BundleState::read(&Site::new(&context.dir)).unwrap_or_default();
    let of_these = state.trusted.versions().filter(|(key, _)| keys.iter().any(|secret| secret.public() == **key));
    match of_these.map(|(_, known)| known).max() {
        Some(known) if known >= own => {
            let next = known.saturating_add(1);
            Err(wrong(text!(
                "số theo giờ máy là {own}, mà khóa này đã ký một gói số {known}, đài sẽ không nhận: thêm --number {next}, và xem giờ của máy có đúng không",
                "the number after the clock is {own}, and this key has signed one with number {known}, so that no station would take it: add --number {next}, and see whether the clock is right"
            )))
        }
        _ => Ok(own),
    }
}

/// The sounds that are to come along though no schedule plays them, by name with its ending or without, in every language. One that is not there, or
/// cannot be played, is told.
fn sounds_along(context: &Context, library: &Library, written: &[String]) -> anyhow::Result<BTreeSet<String>> {
    let mut along = BTreeSet::new();
    for written in written {
        let wanted = Wanted::only(own_name(written));
        let found: Vec<_> = library.sounds.iter().filter(|(name, _)| wanted.has(name)).collect();
        let name = shown(written);
        if found.is_empty() {
            return Err(wrong(context.told(&text!(
                "chưa có bản ghi «{name}» trong thư mục audio/: chép vào đó (loa load), hay sửa tên ở --sound",
                "there is no sound \"{name}\" in audio/: put it there (loa load), or mend the name of --sound"
            ))));
        }
        for (file, sound) in found {
            if let Err(fault) = &sound.facts {
                let (file, Text { vi, en }) = (shown(file), &fault.message);
                return Err(wrong(text!("audio/{file}: {vi}", "audio/{file}: {en}")));
            }
            along.insert(file.clone());
        }
    }
    Ok(along)
}

/// Why nobody would take it, for whoever makes it: which option to change.
fn unmade(manifest: &Manifest, why: &Rejection, tz: &TimeZone) -> anyhow::Error {
    let sender = &manifest.place;
    if let Some(stray) = manifest.scope.iter().find(|place| !sender.covers(place)) {
        return wrong(text!(
            "--for {stray} không nằm trong --place {sender}: đổi một trong hai",
            "--for {stray} does not lie in --place {sender}: change one of the two"
        ));
    }
    if manifest.not_after.wall().since(manifest.made.wall()).unsigned_abs() > VALID_MOST {
        return wrong(text!(
            "ngày ở --until xa quá: gói tin dùng được nhiều nhất 400 ngày, ghi ngày gần hơn",
            "the day of --until is too far: a bundle is good for 400 days at most, write an earlier one"
        ));
    }
    match why {
        Rejection::Foreign(name) if name == "manifest.json" => wrong(text!(
            "tên gói ở --title dài quá, hay --number không dùng được: ghi lại hai mục ấy",
            "the --title is too long, or the --number will not do: write them anew"
        )),
        Rejection::Foreign(name) => {
            let name = shown(name);
            wrong(text!("«{name}» không gửi đi được: đặt tên khác", "\"{name}\" cannot be sent: give it another name"))
        }
        why => {
            let Text { vi, en } = why.text(tz);
            wrong(text!("gói tin không lập được: {vi}", "the bundle cannot be made: {en}"))
        }
    }
}

/// What is refused there is refused here first.
fn is_right(
    context: &Context,
    gathered: &Gathered,
    library: &Library,
    texts: &BTreeMap<String, String>,
    now: Wall,
) -> Result<(), Failure> {
    let station = &gathered.station;
    let ahead = plan::findings(&gathered.loaded.schedule, station, library, now, now + AHEAD);
    let errors = gathered.diagnostics.iter().chain(&ahead).filter(|found| found.is_error() && found.file != "loa.toml");
    let of_these: Vec<&Diagnostic> = errors.filter(|found| texts.contains_key(&found.file)).collect();
    if let Some(first) = of_these.first() {
        let (count, line, file, Text { vi, en }) = (of_these.len(), first.line, shown(&first.file), &first.message);
        return Err(Failure::new(
            Exit::Findings,
            context.told(&text!(
                "lịch còn {count} lỗi, đài nhận sẽ không chấp nhận: {file}:{line}: {vi}; xem hết bằng «loa check»",
                "errors in the schedules: {count}, and no station would take them: {file}:{line}: {en}; see all with \"loa check\""
            )),
        ));
    }
    Ok(())
}

/// What the roots have signed, for boxes that do not know it yet.
fn add_papers(freight: &mut Freight, args: &MakeArgs) -> anyhow::Result<()> {
    for path in &args.keys {
        freight.keys.push(of_kind(path, Signing::Keys)?);
    }
    if let Some(path) = &args.revoked {
        freight.revoked = Some(of_kind(path, Signing::Revoked)?);
    }
    Ok(())
}

/// A paper of the roots that comes along.
fn of_kind(path: &std::path::Path, wanted: Signing) -> anyhow::Result<Endorsed> {
    match paper(path)? {
        Some((paper, of)) if of == wanted => Ok(paper),
        _ => {
            let name = shown(&path.to_string_lossy());
            Err(wrong(text!("«{name}» không phải giấy ấy", "\"{name}\" is no such paper")))
        }
    }
}

fn say(context: &Context, args: &MakeArgs, manifest: &Manifest, signatures: usize) {
    let sounds = manifest.files.iter().filter(|file| file.sound.is_some()).count();
    let schedules = manifest.files.len() - sounds;
    if context.json {
        Page::line(json!({
            "file": args.file.to_string_lossy(), "number": manifest.version, "schedules": schedules, "sounds": sounds,
            "bytes": manifest.bytes(), "purposes": manifest.purposes, "signatures": signatures,
        }));
        return;
    }
    let (name, number, Text { vi, en }) =
        (shown(&args.file.to_string_lossy()), manifest.version, bytes(manifest.bytes()));
    let said = text!(
        "Đã gói {schedules} tệp lịch, {sounds} âm thanh ({vi}) vào {name}, số {number}.",
        "Packed into {name}: schedules {schedules}, sounds {sounds} ({en}), number {number}."
    );
    Page::line(said.get(context.lang));
    if manifest.purposes.contains(&Purpose::Rules) || manifest.purposes.contains(&Purpose::Emergency) {
        let (vi, en): (Vec<_>, Vec<_>) =
            manifest.purposes.iter().map(|one| one.text()).map(|text| (text.vi, text.en)).unzip();
        let (vi, en) = (vi.join(", "), en.join(", "));
        Page::line(
            text!(
                "Gói có: {vi}. Khóa ký phải được phép ký tất cả.",
                "It brings: {en}. Its keys must be allowed all of that."
            )
            .get(context.lang),
        );
    }
    if signatures == 0 {
        Page::line(
            text!(
                "Chưa có chữ ký: loa bundle sign {name} --with KHÓA.key",
                "Not signed yet: loa bundle sign {name} --with KEY.key"
            )
            .get(context.lang),
        );
    }
}
