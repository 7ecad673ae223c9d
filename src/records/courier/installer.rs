use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write as _};
use std::time::Duration;

use super::content::{purposes, purposes_of};
use super::staged::{DIR_MODE, SOUND_MODE, clear, digest, waiting};
use super::state::{BundleState, HeldBundle, Underway};
use super::steps::Steps;
use super::underway::{finished, lock, roll};
use super::{BundleFate, Delivery, TakenName, Unfit};
use crate::audio::name::{is_version_of, same_stem};
use crate::bundle::{
    Admitted, BundleFile, Freight, Parcel, Purpose, Rejection, Unpacked, UtcSecond, is_audio, own_name,
};
use crate::diag::{Diagnostic, Text};
use crate::edit::{Editor, Surroundings, Tried, WholeFiles};
use crate::instant::Wall;
use crate::plan::{Library, Sound, Wanted};
use crate::site::{Folder, ReadRefused, Site};
use crate::station::Station;

/// The lock of `audio/`, as for loading a sound.
const AUDIO_WAIT: Duration = Duration::from_secs(10);
/// Left free on the disk: what else is written there meanwhile.
const SPARE: u64 = 64 << 20;
/// Schedules of one bundle together: they are held in memory until all is read.
const SCHEDULES_MOST: u64 = 32 << 20;
/// Names in `audio/` that are looked through for another sound of the same stem.
const NAMES_MOST: usize = 200_000;

/// Installs bundles on one station.
pub struct Installer<'a> {
    /// Where.
    pub site: &'a Site,
    /// What stands in `loa.toml`.
    pub station: &'a Station,
    /// The sounds that are there.
    pub library: &'a Library,
    /// By the machine's clock.
    pub now: Wall,
    /// Whether that clock is believed.
    pub believed: bool,
    /// Asked before each write.
    pub steps: &'a Steps<'a>,
}

/// What its files become.
struct Plan {
    schedules: WholeFiles,
    sounds: Vec<(String, String)>,
    gone: Vec<(String, String)>,
    /// Words of alarms that its sender brought before and does not name any more: they stay, and are its own still.
    kept: Vec<(String, String)>,
}

impl Installer<'_> {
    /// Install it, whole or not at all; what came of it is remembered too.
    pub fn install(&self, from: impl Read, file: &str) -> Result<Delivery, Unfit> {
        let lock = lock(self.site)?;
        let mut state = finished(self.site, &lock, self.steps)?;
        let mut delivery = self.unknown(file);
        let done = self.steps_of(from, &mut state, &mut delivery);
        self.close(delivery, done, &mut state)
    }

    /// Remember what came of one.
    pub(super) fn close(
        &self,
        mut delivery: Delivery,
        done: Result<(), Unfit>,
        state: &mut BundleState,
    ) -> Result<Delivery, Unfit> {
        match done {
            Ok(()) => {}
            // What no bundle can help is told by whoever asked, and is no word about this bundle.
            Err(why @ (Unfit::Disk(_) | Unfit::Schedules(_) | Unfit::Busy | Unfit::State | Unfit::Unfinished(_))) => {
                return Err(why);
            }
            Err(why) => {
                let Text { vi, en } = why.text(&self.station.timezone);
                let elsewhere = matches!(why, Unfit::Bundle(Rejection::OtherPlace(_)));
                delivery.fate = if elsewhere { BundleFate::Elsewhere } else { BundleFate::Refused };
                (delivery.code, delivery.vi, delivery.en) = (why.code().to_owned(), vi, en);
            }
        }
        if matches!(delivery.fate, BundleFate::Refused | BundleFate::Again) {
            state.told(delivery.clone());
            state.write(self.site, self.steps)?;
        }
        Ok(delivery)
    }

    pub(super) fn time(&self) -> Option<Wall> {
        self.believed.then_some(self.now)
    }

    /// One of which nothing is known yet but its file.
    pub(super) fn unknown(&self, file: &str) -> Delivery {
        Delivery {
            at: UtcSecond::of(self.now),
            file: file.to_owned(),
            title: String::new(),
            place: String::new(),
            version: 0,
            sha256: String::new(),
            signed_by: String::new(),
            fate: BundleFate::Refused,
            code: String::new(),
            vi: String::new(),
            en: String::new(),
        }
    }

    fn steps_of(&self, from: impl Read, state: &mut BundleState, delivery: &mut Delivery) -> Result<(), Unfit> {
        let (freight, parcel) = Parcel::open(from)?;
        let admitted = self.believe(&freight, state)?;
        let manifest = &admitted.manifest;
        delivery.title.clone_from(&manifest.title);
        delivery.place = manifest.place.to_string();
        (delivery.version, delivery.sha256) = (manifest.version, admitted.sha256.clone());
        delivery.signed_by = admitted.signed_by();
        let audio = Folder::make(self.site.audio(), DIR_MODE)?;
        // Two who write there come one after the other; one who was stopped keeps nobody out for ever.
        let _alone = audio.lock_itself(AUDIO_WAIT);
        self.free_names(&admitted, state, &audio)?;
        let plan = self.unpack(&admitted, state, &audio, parcel);
        let planned = plan.and_then(|plan| self.judge(&admitted, plan));
        let plan = match planned {
            Ok(plan) => plan,
            Err(why) => {
                // What waits in vain goes, unless the disk is what refuses; then the next start clears it.
                let _ = clear(&audio, self.steps);
                return Err(why);
            }
        };
        if plan.schedules.is_empty() && plan.sounds.is_empty() && plan.gone.is_empty() && admitted.again {
            delivery.fate = BundleFate::Again;
            return Ok(());
        }
        delivery.fate = BundleFate::Installed;
        let mut trusted = state.trusted.clone();
        trusted.took(&admitted);
        let held = HeldBundle {
            title: manifest.title.clone(),
            version: manifest.version,
            sha256: admitted.sha256.clone(),
            signed_by: admitted.signed_by(),
            made: manifest.made,
            not_after: Some(manifest.not_after),
            at: UtcSecond::of(self.now),
            files: (manifest.files.iter())
                .map(|file| (file.path.clone(), file.sha256.clone()))
                .chain(plan.kept.iter().map(|(name, sha256)| (format!("audio/{name}"), sha256.clone())))
                .collect(),
        };
        let Plan { schedules, sounds, gone, .. } = plan;
        let place = manifest.place.clone();
        state.underway = Some(Underway { place, held, trusted, schedules, sounds, gone, delivery: delivery.clone() });
        // From here on it is installed, whatever happens.
        state.write(self.site, self.steps)?;
        roll(self.site, state, &audio, self.steps)?;
        if let Some(told) = state.deliveries.first() {
            delivery.clone_from(told);
        }
        Ok(())
    }

    /// What its papers come to. What the roots have said is remembered, also where the bundle itself is no good.
    fn believe(&self, freight: &Freight, state: &mut BundleState) -> Result<Admitted, Unfit> {
        let roots = &self.station.bundle;
        let trusted = state.trusted.learn(roots, &freight.keys, freight.revoked.as_ref())?;
        if trusted != state.trusted {
            state.trusted = trusted;
            state.write(self.site, self.steps)?;
        }
        Ok(state.trusted.admit(roots, &freight.manifest, self.time())?)
    }

    /// It may take the place of what its sender has brought, and of nothing else.
    fn free_names(&self, admitted: &Admitted, state: &BundleState, audio: &Folder) -> Result<(), Unfit> {
        let manifest = &admitted.manifest;
        let own = state.held.get(&manifest.place);
        let is_own = |path: &str| own.is_some_and(|held| held.files.contains_key(path));
        let others = state.held.iter().filter(|(place, _)| **place != manifest.place);
        let others: BTreeMap<String, &crate::bundle::Locality> =
            others.flat_map(|(place, held)| held.files.keys().map(move |path| (path.to_lowercase(), place))).collect();
        let schedules = Folder::make(self.site.schedules(), DIR_MODE)?;
        let names = |folder: &Folder| -> Result<Vec<String>, Unfit> {
            let entries = folder.entries(NAMES_MOST)?;
            Ok(entries.into_iter().map(|entry| entry.name.to_string_lossy().into_owned()).collect())
        };
        let (in_schedules, in_audio) = (names(&schedules)?, names(audio)?);
        let taken_by = |file: &BundleFile| -> Option<TakenName> {
            if let Some(other) = others.get(&file.path.to_lowercase()) {
                return Some(TakenName { path: file.path.clone(), by: Some((*other).clone()) });
            }
            let (name, sound) = (own_name(&file.path), is_audio(&file.path));
            let (folder, there, begins) =
                if sound { (audio, &in_audio, "audio/") } else { (&schedules, &in_schedules, "schedules/") };
            if matches!(folder.file(name), Err(ReadRefused::Directory)) {
                return Some(TakenName { path: file.path.clone(), by: None });
            }
            // A version in a language, or of another ending, would be heard instead.
            let shadowed =
                others.iter().find(|(path, _)| sound && is_audio(path) && is_version_of(name, own_name(path)));
            if let Some((path, other)) = shadowed {
                return Some(TakenName { path: path.clone(), by: Some((*other).clone()) });
            }
            let mut rivals = there.iter().filter(|other| {
                let alike =
                    if sound { is_version_of(name, other) } else { other.to_lowercase() == name.to_lowercase() };
                alike && !is_own(&format!("{begins}{other}"))
            });
            // The very same file is as good as its own, and a version that lies there already takes nothing's place.
            let is_in_the_way = |rival: &&String| {
                let may_be_there = *rival == name || !same_stem(rival, name);
                !may_be_there || digest(folder, name).as_ref() != Some(&file.sha256)
            };
            rivals.find(is_in_the_way).map(|rival| TakenName { path: format!("{begins}{rival}"), by: None })
        };
        let taken: Vec<TakenName> = manifest.files.iter().filter_map(taken_by).collect();
        if taken.is_empty() { Ok(()) } else { Err(Unfit::Taken(taken)) }
    }

    /// Read all of it; the sounds that are new wait beside their places.
    fn unpack(
        &self,
        admitted: &Admitted,
        state: &BundleState,
        audio: &Folder,
        mut parcel: Parcel<impl Read>,
    ) -> Result<Plan, Unfit> {
        let manifest = &admitted.manifest;
        clear(audio, self.steps)?;
        // Of one that was taken before only what is missing is put back: what people have changed since stays.
        let is_new = |folder: &Folder, file: &BundleFile| {
            let name = own_name(&file.path);
            if admitted.again {
                folder.file(name).is_err()
            } else {
                digest(folder, name).as_ref() != Some(&file.sha256)
            }
        };
        let sounds = manifest.files.iter().filter(|file| file.sound.is_some() && is_new(audio, file));
        let sounds: Vec<(String, String)> =
            sounds.map(|file| (own_name(&file.path).to_owned(), file.sha256.clone())).collect();
        let new: BTreeSet<&String> = sounds.iter().map(|(_, sha256)| sha256).collect();
        let needed: u64 = manifest.contents().filter(|file| new.contains(&file.sha256)).map(|file| file.bytes).sum();
        let left = crate::site::room(audio.path()).unwrap_or(u64::MAX);
        if needed.saturating_add(SPARE) > left && needed > 0 {
            return Err(Unfit::NoRoom(needed.saturating_add(SPARE), left));
        }
        let texts: u64 = manifest.files.iter().filter(|file| file.sound.is_none()).map(|file| file.bytes).sum();
        if texts > SCHEDULES_MOST {
            return Err(Rejection::TooLarge.into());
        }
        let written: BTreeSet<&String> =
            manifest.files.iter().filter(|file| file.sound.is_none()).map(|file| &file.sha256).collect();
        let mut read: BTreeMap<String, String> = BTreeMap::new();
        for file in manifest.contents() {
            if written.contains(&file.sha256) {
                let mut bytes = Vec::new();
                unpacked(parcel.take(file, &mut bytes))?;
                let text = String::from_utf8(bytes).map_err(|_| Rejection::Foreign(file.path.clone()))?;
                read.insert(file.sha256.clone(), text);
            } else if new.contains(&file.sha256) {
                (self.steps)("audio: begin")?;
                let mut draft = audio.draft(waiting(&file.sha256), SOUND_MODE)?;
                unpacked(parcel.take(file, draft.file()))?;
                draft.file().flush()?;
                (self.steps)("audio: place")?;
                draft.place()?;
            } else {
                unpacked(parcel.take(file, &mut io::sink()))?;
            }
        }
        parcel.end()?;
        let schedules = Folder::make(self.site.schedules(), DIR_MODE)?;
        let files = manifest.files.iter().filter(|file| file.sound.is_none() && is_new(&schedules, file));
        let mut schedules: WholeFiles =
            files.map(|file| (file.path.clone(), read.get(&file.sha256).cloned())).collect();
        let mut gone = Vec::new();
        let kept: BTreeSet<&String> = manifest.files.iter().map(|file| &file.path).collect();
        if let Some(own) = state.held.get(&manifest.place).filter(|_| !admitted.again) {
            for (path, sha256) in own.files.iter().filter(|(path, _)| !kept.contains(path)) {
                if is_audio(path) {
                    gone.push((own_name(path).to_owned(), sha256.clone()));
                } else {
                    schedules.insert(path.clone(), None);
                }
            }
        }
        self.is_said(admitted, &read)?;
        Ok(Plan { schedules, sounds, gone, kept: Vec::new() })
    }

    /// It brings no more than it says, and than its keys may sign.
    fn is_said(&self, admitted: &Admitted, read: &BTreeMap<String, String>) -> Result<(), Unfit> {
        let manifest = &admitted.manifest;
        let texts: BTreeMap<String, String> = manifest
            .files
            .iter()
            .filter_map(|file| Some((file.path.clone(), read.get(&file.sha256)?.clone())))
            .collect();
        let today = self.now.zoned(&self.station.timezone).date();
        let sounds = manifest.files.iter().filter(|file| file.sound.is_some()).map(|file| own_name(&file.path));
        let unsaid =
            purposes(&texts, sounds, self.station, today).into_iter().find(|one| !manifest.purposes.contains(one));
        unsaid.map_or(Ok(()), |purpose| Err(Rejection::Unsaid(purpose).into()))
    }

    /// What `loa check` says of the station as it would be. What it says already is no fault of the bundle.
    fn judge(&self, admitted: &Admitted, mut plan: Plan) -> Result<Plan, Unfit> {
        let mut library = self.library.clone();
        for file in &admitted.manifest.files {
            if let Some(sound) = &file.sound {
                let name = own_name(&file.path);
                let facts = Ok(sound.facts(&file.sha256));
                library.sounds.insert(name.to_owned(), Sound { file: name.to_owned(), facts });
            }
        }
        let editor = Editor::new(self.site.clone());
        let world = Surroundings { station: self.station, library: &library, now: self.now };
        let unread = |refusal: crate::edit::Refusal| Unfit::Schedules(refusal.message);
        let Tried { was, schedule: after, mut new } = editor.try_files(&plan.schedules, &world).map_err(unread)?;
        // A sound that somebody else plays by now stays, and is the station's.
        let wanted = Wanted::new(&after, self.station);
        plan.gone.retain(|(name, _)| !wanted.has(name));
        // A week's schedules take no words of an alarm away, and need not name them.
        if !admitted.manifest.purposes.contains(&Purpose::Emergency) {
            let urgent = Wanted::urgent(&after, self.station);
            (plan.kept, plan.gone) = std::mem::take(&mut plan.gone).into_iter().partition(|(name, _)| urgent.has(name));
        }
        if !plan.gone.is_empty() {
            for (name, _) in &plan.gone {
                library.sounds.remove(name);
            }
            let world = Surroundings { station: self.station, library: &library, now: self.now };
            new = editor.try_files(&plan.schedules, &world).map_err(unread)?.new;
        }
        let errors: Vec<&Diagnostic> = new.iter().filter(|found| found.is_error()).collect();
        let brings = |file: &str| admitted.manifest.files.iter().any(|one| one.path == file);
        let sounds = plan.sounds.iter().chain(&plan.gone).map(|(name, _)| name.as_str());
        let brought = purposes_of([&was, &after], self.station, brings, sounds);
        if let Some(purpose) = brought.into_iter().find(|one| !admitted.manifest.purposes.contains(one)) {
            return Err(Rejection::Unsaid(purpose).into());
        }
        // What would be in the way of writing is found before anything is promised; and what hands have changed is kept.
        editor.notice(self.now).map_err(unread)?;
        match errors.first() {
            Some(first) => Err(Unfit::Checked(Box::new((*first).clone()), errors.len())),
            None => Ok(plan),
        }
    }
}

pub(super) fn unpacked(done: Result<(), Unpacked>) -> Result<(), Unfit> {
    done.map_err(|why| match why {
        Unpacked::Bundle(why) => Unfit::Bundle(why),
        Unpacked::Disk(error) => Unfit::Disk(error),
    })
}
