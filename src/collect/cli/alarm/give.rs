use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::Duration;

use loa_core::bundle::{AlarmPaper, CentreAlarm, Endorsed, SecretKey, Signing};
use loa_core::diag::{Text, figure, shown, text};
use loa_core::digest::sha256;
use loa_core::instant::Wall;
use loa_core::signature::{Locality, UtcSecond};
use loa_core::station::Emergency;
use loa_core::uplink::{ALARM_STREAM, AlarmHeard, alarm_subject};
use serde_json::json;

use super::super::collect::{open, open_there};
use super::super::send::{secrets, with_server};
use super::super::{CentreExit, CentreGround, Failed, Screen, stated};
use super::until::until;
use super::{EndArgs, GiveArgs, book, is_another, known};
use crate::dispatch::{
    Addressee, AlarmChange, AlarmRecord, CentreTrust, DispatchError, Dispatcher, HeardRecord, PutError, admit_paper,
    change_alarms, targets,
};
use crate::fleet::Register;
use crate::ledger::{BookKind, BookPage, Ledger};
use crate::watch;

/// Two persons who give alarms to one place at one instant: the second one takes the first one's along.
const TRIES_MOST: u32 = 8;
/// One person alone gave it to a commune: the other stands by it within a day.
const SECOND_WITHIN: Duration = Duration::from_hours(24);

/// How alarms of a place are changed.
struct Changing<'a> {
    trust: &'a CentreTrust,
    keys: &'a [SecretKey],
    is_again: bool,
    tz: &'a jiff::tz::TimeZone,
}

/// What holds in a place was changed.
struct Given {
    /// Whose signatures count.
    by: Vec<String>,
    /// Why no server has said that it keeps it: who is connected may have heard it, and nobody else.
    unstored: Option<DispatchError>,
}

impl Changing<'_> {
    /// Change what holds in one place, whatever somebody else changes there meanwhile.
    async fn change(
        &self,
        dispatcher: &Dispatcher,
        place: &Locality,
        change: &AlarmChange,
        now: Wall,
    ) -> Result<Given, DispatchError> {
        let subject = alarm_subject(place);
        for _ in 0..TRIES_MOST {
            let stored = dispatcher.newest(ALARM_STREAM, &subject).await?;
            let after = stored.as_ref().map_or(0, |stored| stored.sequence);
            // What is not truly signed is nobody's word: boxes drop it too.
            let lying = stored.and_then(|stored| {
                let paper = Endorsed::read(&stored.payload)?;
                admit_paper(self.trust, &paper, place, None, now, self.tz).ok()?;
                Some((AlarmPaper::read(&paper.text).ok()?, sha256(paper.text.as_bytes())))
            });
            let next =
                change_alarms(lying.as_ref().map(|(paper, _)| paper), place, change, self.is_again, now, self.tz)?;
            let mut paper = Endorsed::new(serde_json::to_string(&next).unwrap_or_default());
            for key in self.keys {
                paper.sign(Signing::Alarms, key);
            }
            let seen = lying.map(|(paper, sha256)| (paper.version, sha256));
            let by = admit_paper(self.trust, &paper, place, seen.as_ref(), now, self.tz)?;
            match dispatcher.put(&subject, paper.line().into_bytes(), after).await {
                Ok(_) => return Ok(Given { by, unstored: None }),
                Err(PutError::Changed) => {}
                Err(error @ PutError::Unstored(_)) => return Ok(Given { by, unstored: Some(error.into()) }),
                Err(error) => return Err(error.into()),
            }
        }
        Err(PutError::Changed.into())
    }
}

pub(super) fn give(ground: &CentreGround, args: &GiveArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let trust = CentreTrust::read(&ground.dir)?;
    let targets = targets(&register, &args.to)?;
    let keys = secrets(&args.with)?;
    let now = watch::now();
    // The line is refused before where one of these is missing.
    let written = |word: &Option<String>| word.clone().unwrap_or_default();
    let (by, why) = (stated("--by", &written(&args.by))?, stated("--why", &written(&args.why))?);
    let expires = expiry(ground, &written(&args.until), now)?;
    let (title, sound) = what(args)?;
    let second_until = persons(args, &targets, &keys, now)?;
    let made = UtcSecond::of(now);
    let alarm = CentreAlarm {
        id: id_of(&title, &targets, now, &ground.tz),
        title,
        sound,
        times: args.times,
        tone: !args.no_tone,
        made,
        expires: UtcSecond::of(expires),
    };
    let stations: BTreeSet<Locality> = targets.iter().flat_map(|target| target.stations.iter().cloned()).collect();
    let why = match &args.alone {
        Some(alone) => format!("{why} (một người: {alone})"),
        None => why,
    };
    // The first person once more, in another spelling, is no second one: somebody can still stand by it.
    let second = args.second.clone().filter(|second| is_another(second, &by)).unwrap_or_default();
    let mut record = AlarmRecord {
        id: alarm.id.clone(),
        places: Vec::new(),
        title: alarm.title.clone(),
        sound: alarm.sound.clone(),
        times: alarm.times,
        tone: alarm.tone,
        made,
        expires: alarm.expires,
        ended: None,
        by,
        second,
        second_until,
        why,
        signed_by: Vec::new(),
        stations: stations.into_iter().collect(),
    };
    let changing = Changing { trust: &trust, keys: &keys, is_again: args.again, tz: &ground.tz };
    let (mut failed, mut unstored) = (Vec::new(), Vec::new());
    let heard = with_server(ground, &register, async |dispatcher| {
        args.clock.compare(ground, &dispatcher, now).await?;
        // First listened, then given: who answers at once is heard.
        let mut answers = dispatcher.listen("loa.ack.>").await?;
        for target in &targets {
            let change = AlarmChange::Give(alarm.clone());
            match changing.change(&dispatcher, &target.place, &change, now).await {
                Ok(given) => {
                    record.signed_by = given.by;
                    record.places.push(target.place.clone());
                    unstored.extend(given.unstored.map(|why| (target.place.clone(), why)));
                }
                Err(why) => failed.push((target.place.clone(), why)),
            }
        }
        if record.places.is_empty() {
            let (_, why) = failed.remove(0);
            return Err(why.into());
        }
        let is_kept = unstored.len() < record.places.len();
        let mut ledger = book(ground, open(ground, &args.database));
        if is_kept {
            given(ground, &record);
            // The boxes know by now; the book is written while they answer.
            write_down(ground, ledger.as_deref_mut(), &[BookPage::of(BookKind::Alarm, &record.id, &record, now)]);
        }
        told_left(ground, &unstored);
        let heard = listen(ground, &register, &record, &mut answers, Duration::from_secs(args.wait)).await;
        if !is_kept && heard.is_empty() {
            return Err(nobody());
        }
        let mut pages = vec![BookPage::of(BookKind::Alarm, &record.id, &record, now)];
        pages.extend(heard.values().map(|one| BookPage::of(BookKind::Heard, one.page_id(), one, watch::now())));
        write_down(ground, ledger.as_deref_mut(), &pages);
        Ok(heard)
    })?;
    told(ground, &register, &record, &heard);
    told_left(ground, &failed);
    let is_whole = failed.is_empty()
        && unstored.is_empty()
        && record.stations.iter().all(|path| heard.get(path).is_some_and(HeardRecord::is_sounding));
    Ok(if is_whole { ExitCode::SUCCESS } else { CentreExit::Findings.into() })
}

fn expiry(ground: &CentreGround, written: &str, now: Wall) -> Result<Wall, Failed> {
    until(written, now, &ground.tz).ok_or_else(|| {
        let written = shown(written);
        let said = text!(
            "không hiểu --until «{written}»: viết như 30m, 2h hay 14:30",
            "cannot read --until \"{written}\": write it like 30m, 2h or 14:30"
        );
        Failed::new(CentreExit::Usage, said)
    })
}

/// Places where it was not given, or that no server keeps it for.
fn told_left(ground: &CentreGround, left: &[(Locality, DispatchError)]) {
    for (place, why) in left {
        let Text { vi, en } = why.text();
        let said = if matches!(why, DispatchError::Unstored(_)) {
            text!("CHƯA CHẮC đến {place}: {vi}", "NOT SURE to reach {place}: {en}")
        } else {
            text!("KHÔNG gửi được đến {place}: {vi}", "NOT given to {place}: {en}")
        };
        Screen::aside(said.get(ground.lang));
    }
}

/// No server keeps it, and no box has answered.
fn nobody() -> Failed {
    let said = text!(
        "không đài nào báo đã nhận báo động: hãy gọi điện cho các đài, và phát lại khi máy chủ trả lời",
        "no station says that it has the alarm: call them, and give it again once a server answers"
    );
    Failed::new(CentreExit::Io, said)
}

/// Which sound, and what it is called.
fn what(args: &GiveArgs) -> Result<(String, String), Failed> {
    if let Some(sound) = &args.sound {
        let title = args.title.clone().unwrap_or_else(|| sound.clone());
        return Ok((title, sound.clone()));
    }
    let wanted = args.preset.as_deref().unwrap_or_default();
    let presets = Emergency::default().presets;
    let found = presets.iter().find(|preset| preset.id == wanted || preset.sound == wanted);
    let preset = found.ok_or_else(|| {
        let (wanted, all) =
            (shown(wanted), presets.iter().map(|preset| preset.id.as_str()).collect::<Vec<_>>().join(", "));
        let said = text!(
            "không có mẫu «{wanted}»: có {all}; bản ghi khác thì dùng --sound",
            "there is no preset \"{wanted}\": there are {all}; for another sound use --sound"
        );
        Failed::new(CentreExit::Usage, said)
    })?;
    Ok((args.title.clone().unwrap_or_else(|| preset.title.vi.clone()), preset.sound.clone()))
}

/// One hamlet alone; a commune with somebody who stands by it within a day; more than that by two persons, or alone with a reason.
fn persons(args: &GiveArgs, targets: &[Addressee], keys: &[SecretKey], now: Wall) -> Result<Option<UtcSecond>, Failed> {
    let hands: BTreeSet<_> = keys.iter().map(SecretKey::public).collect();
    let by = args.by.as_deref().unwrap_or_default();
    let has_second = args.second.as_deref().is_some_and(|second| is_another(second, by));
    let is_two = has_second && hands.len() >= 2;
    let stations: BTreeSet<&Locality> = targets.iter().flat_map(|target| &target.stations).collect();
    let is_wide = targets.iter().any(Addressee::is_wide) || targets.len() > 1 && !is_one_commune(&stations);
    if is_wide && !is_two && args.alone.as_deref().is_none_or(|why| why.trim().is_empty()) {
        let said = text!(
            "báo động cho nhiều xã cần hai người: thêm khóa của người thứ hai (--with KHÓA2.key --second TÊN); không có ai thì ghi lý do: --alone \"…\"",
            "an alarm for several communes takes two persons: add the second one's key (--with KEY2.key --second NAME); where there is nobody, say why: --alone \"…\""
        );
        return Err(Failed::new(CentreExit::Findings, said));
    }
    Ok((!is_two && stations.len() > 1).then(|| UtcSecond::of(now + SECOND_WITHIN)))
}

fn is_one_commune(stations: &BTreeSet<&Locality>) -> bool {
    let communes = stations.iter().map(|path| path.as_str().rsplit_once('.').map_or("", |(commune, _)| commune));
    communes.collect::<BTreeSet<_>>().len() <= 1
}

/// Short enough to be read over a telephone, and no two of one instant alike: `1130-0210-7f3a`.
fn id_of(title: &str, targets: &[Addressee], now: Wall, tz: &jiff::tz::TimeZone) -> String {
    let places: Vec<&str> = targets.iter().map(|target| target.place.as_str()).collect();
    let mark = sha256(format!("{title} {places:?} {} {}", now.nanos(), std::process::id()).as_bytes());
    format!("{}-{}", now.zoned(tz).strftime("%m%d-%H%M"), &mark[..4])
}

fn given(ground: &CentreGround, record: &AlarmRecord) {
    let (title, id, count) = (shown(&record.title), &record.id, record.stations.len());
    let places = record.places.iter().map(Locality::as_str).collect::<Vec<_>>().join(", ");
    let until = figure::moment(record.expires.wall(), &ground.tz);
    let said = text!(
        until = until;
        "Đã gửi báo động «{title}», số {id}, đến {places}: {count} đài, hết hạn {until}. Kết thúc: loa fleet alarm end {id}",
        "The alarm \"{title}\", {id}, is sent to {places}: stations: {count}, over at {until}. To end it: loa fleet alarm end {id}"
    );
    Screen::aside(said.get(ground.lang));
}

fn write_down(ground: &CentreGround, ledger: Option<&mut (dyn Ledger + 'static)>, pages: &[BookPage]) {
    let Some(ledger) = ledger else { return };
    if let Err(error) = ledger.write_pages(pages) {
        Screen::aside(error.text().get(ground.lang));
    }
}

/// What the boxes answer, until all have, or so long.
async fn listen(
    ground: &CentreGround,
    register: &Register,
    record: &AlarmRecord,
    answers: &mut crate::dispatch::AlarmAnswers,
    most: Duration,
) -> BTreeMap<Locality, HeardRecord> {
    let mut heard: BTreeMap<Locality, HeardRecord> = BTreeMap::new();
    let all = async {
        while heard.len() < record.stations.len() || !heard.values().all(HeardRecord::is_sounding) {
            let Some((subject, payload)) = answers.next().await else { return };
            let station = subject.strip_prefix("loa.ack.").and_then(Locality::read);
            let Ok(said) = serde_json::from_slice::<AlarmHeard>(&payload) else { continue };
            let Some(station) = station.filter(|path| record.stations.contains(path)) else { continue };
            if said.alarm != record.id {
                continue;
            }
            let one = HeardRecord { station: station.clone(), came: UtcSecond::of(watch::now()), heard: said };
            let (name, Text { vi, en }) = (name(register, &station), one.text());
            let said = text!("{name}: {vi}", "{name}: {en}");
            Screen::aside(said.get(ground.lang));
            heard.insert(station, one);
        }
    };
    let _ = tokio::time::timeout(most, all).await;
    heard
}

/// `Thôn 7 (p01.c003.h00077)`.
pub(super) fn name(register: &Register, path: &Locality) -> String {
    match register.places.get(path).map(|place| place.title.as_str()).filter(|title| !title.is_empty()) {
        Some(title) => format!("{} ({path})", shown(title)),
        None => path.to_string(),
    }
}

fn told(ground: &CentreGround, register: &Register, record: &AlarmRecord, heard: &BTreeMap<Locality, HeardRecord>) {
    let sounding = record.stations.iter().filter(|path| heard.get(*path).is_some_and(HeardRecord::is_sounding)).count();
    if ground.json {
        Screen::data(format!("{:#}\n", json!({ "alarm": record, "heard": heard.values().collect::<Vec<_>>() })));
        return;
    }
    let (all, id) = (record.stations.len(), &record.id);
    let said = text!(
        "{sounding} trên {all} đài báo đang kêu. Xem tiếp, in danh sách chưa nghe: loa fleet alarm status {id}",
        "Stations that say that it sounds: {sounding} of {all}. To go on looking, and for the list of the others: loa fleet alarm status {id}"
    );
    Screen::line(said.get(ground.lang));
    for path in record.stations.iter().filter(|path| !heard.contains_key(*path)).take(50) {
        let (name, call) = (name(register, path), register.places.get(path).map_or("", |place| place.call.as_str()));
        let call = if call.is_empty() {
            text!("chưa ghi số điện thoại", "no number is written down")
        } else {
            Text { vi: shown(call), en: shown(call) }
        };
        let said = text!(call = call; "  chưa trả lời: {name} — gọi: {call}", "  no answer: {name} — call: {call}");
        Screen::line(said.get(ground.lang));
    }
}

pub(super) fn end(ground: &CentreGround, args: &EndArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let trust = CentreTrust::read(&ground.dir)?;
    let by = stated("--by", &args.by)?;
    let keys = secrets(&args.with)?;
    let now = watch::now();
    let mut ledger = book(ground, open_there(ground, &args.database));
    let mut record = ledger.as_deref_mut().and_then(|ledger| known(ledger, &register, &args.id).ok());
    let places: Vec<Locality> = match (&record, args.to.as_slice()) {
        (Some(record), []) => record.places.clone(),
        (None, []) => {
            let id = shown(&args.id);
            let said = text!(
                "sổ không có báo động số «{id}»: ghi nơi đã gửi bằng --to",
                "the book has no alarm \"{id}\": say where it was given with --to"
            );
            return Err(Failed::new(CentreExit::Findings, said));
        }
        (_, written) => targets(&register, written)?.into_iter().map(|target| target.place).collect(),
    };
    let changing = Changing { trust: &trust, keys: &keys, is_again: false, tz: &ground.tz };
    let mut refused = Vec::new();
    with_server(ground, &register, async |dispatcher| {
        args.clock.compare(ground, &dispatcher, now).await?;
        for place in &places {
            match changing.change(&dispatcher, place, &AlarmChange::End(args.id.clone()), now).await {
                Ok(Given { unstored: None, .. }) => {}
                Ok(Given { unstored: Some(why), .. }) | Err(why) => refused.push((place.clone(), why)),
            }
        }
        Ok(())
    })?;
    if let Some(record) = &mut record
        && refused.len() < places.len()
    {
        record.ended = Some(UtcSecond::of(now));
        let why = std::mem::take(&mut record.why);
        // Who gave it stands in no stream: where the book was lost, its end alone is known.
        let before = if why.is_empty() { why } else { format!("{why}; ") };
        record.why = format!("{before}{by} kết thúc");
        write_down(ground, ledger.as_deref_mut(), &[BookPage::of(BookKind::Alarm, &record.id, record, now)]);
    }
    for (place, why) in &refused {
        let Text { vi, en } = why.text();
        Screen::aside(text!("{place}: {vi}", "{place}: {en}").get(ground.lang));
    }
    if refused.len() == places.len() {
        return Ok(CentreExit::Findings.into());
    }
    let id = shown(&args.id);
    let said = text!(
        "Báo động số {id} đã kết thúc: đài chưa phát sẽ không phát nữa. Cái đang kêu không tự tắt: dừng ở đài, hay phát tin «hết báo động».",
        "The alarm {id} is ended: stations that have not sounded it will not. What sounds already goes on: it is stopped at the station, or by an all-clear."
    );
    Screen::line(said.get(ground.lang));
    Ok(if refused.is_empty() { ExitCode::SUCCESS } else { CentreExit::Findings.into() })
}
