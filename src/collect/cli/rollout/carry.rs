use std::process::ExitCode;

use loa_core::bundle::Manifest;
use loa_core::diag::{shown, text};
use loa_core::signature::{Locality, UtcSecond};
use loa_core::uplink::{SCHEDULE_STREAM, schedule_subject};

use super::super::send::with_server;
use super::super::{CentreExit, CentreGround, Failed, Screen};
use super::free::free;
use super::kept::{keep, kept, lock};
use super::{HaltArgs, StartArgs, length, open, open_there, refused, told, which};
use crate::dispatch::{
    Addressee, CentreTrust, DispatchError, Dispatcher, LetterOrder, OutgoingBundle, SentRecord, SoundFate, lying,
    put_letter, send_sounds, targets,
};
use crate::fleet::Register;
use crate::ledger::{BookKind, BookPage, Ledger};
use crate::rollout::{
    RolloutBoxRecord, RolloutRecord, RolloutRules, RolloutState, RolloutStep, RolloutView, next_step, plan_waves,
    unheard,
};
use crate::watch;

pub(super) fn start(ground: &CentreGround, args: &StartArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let trust = CentreTrust::read(&ground.dir)?;
    let target = targets(&register, std::slice::from_ref(&args.to))?.remove(0);
    let bundle = OutgoingBundle::open(&args.bundle, &ground.tz)?;
    let now = watch::now();
    let signed_by = bundle.judge(&trust, &target, now, &ground.tz)?.into_iter().map(|(_, name)| name).collect();
    let back = args.back.as_ref().map(|path| OutgoingBundle::open(path, &ground.tz)).transpose()?;
    if let Some(back) = &back {
        back.judge(&trust, &target, now, &ground.tz)?;
        is_back(&bundle.manifest, &back.manifest)?;
    }
    let until = length(&args.until).ok_or_else(|| {
        let written = shown(&args.until);
        Failed::new(
            CentreExit::Usage,
            text!(
                "không hiểu --until «{written}»: viết như 7d hay 36h",
                "cannot read --until \"{written}\": write it like 7d or 36h"
            ),
        )
    })?;
    if let Some(stray) = args.test.iter().find(|path| !target.stations.contains(path)) {
        let place = &target.place;
        return Err(refused(text!(
            "đài thử {stray} không thuộc {place}",
            "the test box {stray} does not belong to {place}"
        )));
    }
    let commune = args.commune.as_ref().map(|written| targets(&register, std::slice::from_ref(written))).transpose()?;
    let commune = commune.map(|mut all| all.remove(0).place);
    let record = RolloutRecord {
        id: format!("{}-{}", bundle.manifest.place, bundle.manifest.version),
        title: bundle.manifest.title.clone(),
        sender: bundle.manifest.place.clone(),
        place: target.place.clone(),
        version: bundle.manifest.version,
        sha256: bundle.sha256.clone(),
        previous: back.as_ref().map(|back| back.manifest.version),
        state: RolloutState::Running,
        why: String::new(),
        wave: 0,
        waves: plan_waves(&target, &args.test, commune.as_ref(), &bundle.sha256),
        rules: RolloutRules { good: args.good, bad: args.bad, grace: args.grace },
        made: UtcSecond::of(now),
        until: UtcSecond::of(now + until),
        by: args.by.clone(),
        signed_by,
        after: args.after.clone(),
    };
    let mut ledger = open(ground, &args.database)?;
    let _lock = lock(ground)?;
    let older = supersede(&mut *ledger, &record)?;
    let rollout = with_server(ground, &register, async |dispatcher| {
        args.clock.compare(ground, &dispatcher, now).await?;
        let mut record = record;
        free(&dispatcher, &mut record, back.as_ref(), ground).await?;
        // One that is refused has ended nothing.
        ledger.write_pages(&older)?;
        for one in [Some(&bundle), back.as_ref()].into_iter().flatten() {
            let mut tell = |place: usize, of: usize, file: &_, fate: SoundFate| {
                Screen::aside(fate.text(place, of, file).get(ground.lang));
            };
            send_sounds(&dispatcher, one, &mut tell).await?;
        }
        keep(ground, &record, "new.letter", &bundle.letter)?;
        if let Some(back) = &back {
            keep(ground, &record, "back.letter", &back.letter)?;
        }
        carry(ground, &register, &trust, &dispatcher, &mut *ledger, &mut record).await?;
        Ok(record)
    })?;
    trust.with(&bundle.freight.keys, bundle.freight.revoked.as_ref()).write(&ground.dir)?;
    if rollout.previous.is_none() {
        let said = text!(
            "Chưa có gói để lùi: nếu hỏng sẽ phải chờ người giữ khóa ký. Nên lập trước: loa fleet rollout back CŨ.loa --over MỚI.loa --out LÙI.loa --with KHÓA.key",
            "There is nothing to go back with: if it goes wrong, whoever holds the key has to sign first. Make it in advance: loa fleet rollout back OLD.loa --over NEW.loa --out BACK.loa --with KEY.key"
        );
        Screen::aside(said.get(ground.lang));
    }
    told::status(ground, &mut *ledger, &rollout)?;
    Ok(ExitCode::SUCCESS)
}

/// The bundle to go back with is the same sender's, and above the new one.
fn is_back(new: &Manifest, back: &Manifest) -> Result<(), Failed> {
    if back.place == new.place && back.version > new.version && back.files != new.files {
        return Ok(());
    }
    Err(refused(text!(
        "gói để lùi phải cùng nơi gửi, số lớn hơn gói mới và mang nội dung cũ: lập bằng loa fleet rollout back",
        "the bundle to go back with is of the same sender, has a higher number than the new one and the old content: make it with loa fleet rollout back"
    )))
}

/// What is under way to the same boxes ends where it is older, and holds this one up where it is not.
fn supersede(ledger: &mut dyn Ledger, record: &RolloutRecord) -> Result<Vec<BookPage>, Failed> {
    let mut pages = Vec::new();
    for page in ledger.pages(BookKind::Rollout, "")? {
        let Some(mut known) = page.read::<RolloutRecord>() else { continue };
        if known.id == record.id {
            let id = &record.id;
            return Err(refused(text!(
                "đợt triển khai {id} đã có: loa fleet rollout status {id}",
                "the roll-out {id} is there: loa fleet rollout status {id}"
            )));
        }
        let is_near = known.place.covers(&record.place) || record.place.covers(&known.place);
        if known.is_ended() || known.sender != record.sender || !is_near {
            continue;
        }
        if known.version.max(known.previous.unwrap_or(0)) >= record.version {
            let (id, version) = (&known.id, known.version.max(known.previous.unwrap_or(0)));
            let next = version.saturating_add(1);
            return Err(refused(text!(
                "đợt triển khai {id} đang chạy có số {version}, không nhỏ hơn: đóng gói lại bằng --number {next}",
                "the roll-out {id} that is under way has number {version}, which is not below: make the bundle again with --number {next}"
            )));
        }
        known.state = RolloutState::Superseded;
        pages.push(BookPage::of(BookKind::Rollout, known.id.clone(), &known, watch::now()));
    }
    Ok(pages)
}

pub(super) fn stop(ground: &CentreGround, args: &HaltArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let trust = CentreTrust::read(&ground.dir)?;
    let mut ledger = open_there(ground, &args.which.database)?;
    let _lock = lock(ground)?;
    let mut record = which(&mut *ledger, args.which.id.as_deref())?;
    if record.is_ended() {
        let id = &record.id;
        return Err(refused(text!("đợt triển khai {id} đã kết thúc", "the roll-out {id} has ended")));
    }
    let back = args.back.as_ref().map(|path| OutgoingBundle::open(path, &ground.tz)).transpose()?;
    if let Some(back) = &back {
        let new = OutgoingBundle::of_letter(&kept(ground, &record, "new.letter"), &ground.tz)?;
        back.judge(&trust, &Addressee::of(&register, record.place.clone()), watch::now(), &ground.tz)?;
        is_back(&new.manifest, &back.manifest)?;
        record.previous = Some(back.manifest.version);
    }
    record.state = RolloutState::Stopping;
    if record.why.is_empty() {
        record.why = format!("{}: {}", args.by, args.why);
    }
    with_server(ground, &register, async |dispatcher| {
        if let Some(back) = &back {
            let mut tell = |place: usize, of: usize, file: &_, fate: SoundFate| {
                Screen::aside(fate.text(place, of, file).get(ground.lang));
            };
            send_sounds(&dispatcher, back, &mut tell).await?;
            keep(ground, &record, "back.letter", &back.letter)?;
        }
        carry(ground, &register, &trust, &dispatcher, &mut *ledger, &mut record).await
    })?;
    told::status(ground, &mut *ledger, &record)?;
    Ok(if record.is_ended() { ExitCode::SUCCESS } else { CentreExit::Findings.into() })
}

/// Take every step that can be taken now, and write down where it stands. Whatever dies on the way, the next one goes on.
pub(super) async fn carry(
    ground: &CentreGround,
    register: &Register,
    trust: &CentreTrust,
    dispatcher: &Dispatcher,
    ledger: &mut dyn Ledger,
    record: &mut RolloutRecord,
) -> Result<(), Failed> {
    loop {
        let now = watch::now();
        let sent: Vec<SentRecord> = ledger.pages(BookKind::Sent, "")?.iter().filter_map(BookPage::read).collect();
        let is_newer = |letter: &SentRecord| {
            letter.sender == record.sender
                && letter.version > record.version
                && Some(letter.version) != record.previous
                && letter.place.covers(&record.place)
        };
        if !record.is_ended() && sent.iter().any(is_newer) {
            record.state = RolloutState::Superseded;
        }
        let view = RolloutView::gather(ledger, record, now)?;
        let step = next_step(record, &view.facts, UtcSecond::of(now));
        let goes_on = match step {
            RolloutStep::Send(wave) => {
                let letter = OutgoingBundle::of_letter(&kept(ground, record, "new.letter"), &ground.tz)?;
                let places = &record.waves[wave].places;
                put(ground, register, trust, dispatcher, ledger, record, &letter, places).await?;
                record.waves[wave].sent = Some(UtcSecond::of(now));
                record.wave = wave;
                if wave + 1 == record.waves.len() {
                    tidy(dispatcher, record).await?;
                }
                true
            }
            RolloutStep::Stop(why) => {
                record.state = RolloutState::Stopping;
                record.why = why;
                true
            }
            RolloutStep::GoBack(waves) => {
                let letter = OutgoingBundle::of_letter(&kept(ground, record, "back.letter"), &ground.tz)?;
                for wave in waves {
                    let places = &record.waves[wave].places;
                    put(ground, register, trust, dispatcher, ledger, record, &letter, places).await?;
                    record.waves[wave].back = true;
                }
                let places = record.put_by_hand(&sent);
                put(ground, register, trust, dispatcher, ledger, record, &letter, &places).await?;
                record.state = RolloutState::Stopped;
                false
            }
            RolloutStep::NeedsBack(count) => {
                let (id, unheard) = (&record.id, unheard(record, &view.facts));
                let unheard = if unheard > 0 {
                    text!(
                        " (chưa biết {unheard} đài: chưa báo về từ khi gửi)",
                        " (not known of {unheard}, not heard since it was sent)"
                    )
                } else {
                    text!("", "")
                };
                let said = text!(
                    unheard = unheard;
                    "Đã dừng, không gửi thêm. {count} đài đang giữ lịch mới{unheard}; để lùi: loa fleet rollout back CŨ.loa --over MỚI.loa --out LÙI.loa --with KHÓA.key, rồi loa fleet rollout stop {id} --by … --why … --back LÙI.loa",
                    "Stopped, nothing more is sent. Stations that have the new one: {count}{unheard}; to go back: loa fleet rollout back OLD.loa --over NEW.loa --out BACK.loa --with KEY.key, then loa fleet rollout stop {id} --by … --why … --back BACK.loa"
                );
                Screen::aside(said.get(ground.lang));
                false
            }
            RolloutStep::Done => {
                record.state = RolloutState::Done;
                false
            }
            RolloutStep::Over(_) => {
                record.state = RolloutState::Over;
                false
            }
            RolloutStep::Ended if record.state == RolloutState::Stopping => {
                record.state = RolloutState::Stopped;
                false
            }
            RolloutStep::Wait { .. } | RolloutStep::Ended => false,
        };
        let at = UtcSecond::of(now);
        let mut pages: Vec<BookPage> =
            RolloutBoxRecord::of_all(ledger, record, &view, at)?.iter().map(|one| one.page(at)).collect();
        pages.push(BookPage::of(BookKind::Rollout, record.id.clone(), record, now));
        ledger.write_pages(&pages)?;
        if !goes_on {
            return Ok(());
        }
    }
}

/// Put a letter to these places; those that have it already are passed over.
#[expect(clippy::too_many_arguments, reason = "the whole of a step")]
async fn put(
    ground: &CentreGround,
    register: &Register,
    trust: &CentreTrust,
    dispatcher: &Dispatcher,
    ledger: &mut dyn Ledger,
    record: &RolloutRecord,
    letter: &OutgoingBundle,
    places: &[Locality],
) -> Result<(), DispatchError> {
    for place in places {
        let target = Addressee::of(register, place.clone());
        let now = watch::now();
        let (after, there) = lying(dispatcher, place).await?;
        if there.as_ref().is_some_and(|(_, sha256)| *sha256 == letter.sha256) {
            continue;
        }
        let is_anothers =
            |manifest: &Manifest| manifest.place != record.sender && !record.after.contains(&manifest.version);
        if let Some((manifest, _)) = there.filter(|(manifest, _)| is_anothers(manifest)) {
            let (title, sender, version) = (shown(&manifest.title), &manifest.place, manifest.version);
            let (own, number) = (shown(&letter.manifest.title), letter.manifest.version);
            return Err(DispatchError::Refused(text!(
                "nơi {place} vừa nhận «{title}» của {sender}: không gửi đè. Đã hỏi họ rồi thì gõ loa fleet send GÓI.loa --to {place} --after {version} --after {number} (GÓI.loa là gói «{own}»); triển khai tự đi tiếp",
                "{place} was just given \"{title}\" of {sender}: it is not written over. Once you have asked them, type loa fleet send F.loa --to {place} --after {version} --after {number} (F.loa being the bundle \"{own}\"); the roll-out goes on by itself"
            )));
        }
        let by = letter.judge(trust, &target, now, &ground.tz)?;
        let signed_by = by.into_iter().map(|(_, name)| name).collect();
        let order = LetterOrder { bundle: letter, targets: &[], after: &[], by: &record.by, now, tz: &ground.tz };
        put_letter(dispatcher, ledger, trust, &order, &target, after, signed_by).await?;
    }
    Ok(())
}

/// All of it lies at the place itself now: what lay at single boxes for the waves before would only age there.
async fn tidy(dispatcher: &Dispatcher, record: &RolloutRecord) -> Result<(), DispatchError> {
    for place in record.waves.iter().flat_map(|wave| &wave.places).filter(|place| **place != record.place) {
        let (_, there) = lying(dispatcher, place).await?;
        if there.is_some_and(|(_, sha256)| sha256 == record.sha256) {
            dispatcher.clear(SCHEDULE_STREAM, &schedule_subject(place)).await?;
        }
    }
    Ok(())
}
