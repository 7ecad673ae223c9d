use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use loa_core::bundle::{
    Admitted, BundleFile, Endorsement, Freight, Manifest, Parcel, PublicKey, Purpose, Rejection, Unpacked, letter,
    texts,
};
use loa_core::diag::{Text, figure, shown, text};
use loa_core::digest::sha256;
use loa_core::instant::Wall;
use loa_core::signature::{Endorsed, Locality};

use super::targets::place_of;
use super::{Addressee, CentreTrust, DispatchError};

/// What a server takes in one message, with room for its head.
pub(super) const LETTER_MOST: usize = 1024 * 1024 - 4096;
/// So far ahead may the clock be by which a bundle was made.
const AHEAD_MOST: Duration = Duration::from_hours(24);

/// A bundle that is to be sent, every byte of it looked at.
#[derive(Clone, Debug)]
pub struct OutgoingBundle {
    path: PathBuf,
    /// Its papers.
    pub freight: Freight,
    /// What it holds.
    pub manifest: Manifest,
    /// Of the very text that was signed: by this it is known.
    pub sha256: String,
    /// What goes into a stream: without the sounds.
    pub letter: Vec<u8>,
}

impl OutgoingBundle {
    /// Read it whole: a digest that does not fit is found here and not at three thousand boxes.
    pub fn open(path: &Path, tz: &TimeZone) -> Result<Self, DispatchError> {
        let name = path.to_string_lossy().into_owned();
        let refused = |why: &Rejection| CentreTrust::refusal(&name, why, tz);
        let (freight, mut parcel) = Parcel::open(open(path)?).map_err(|why| refused(&why))?;
        let manifest = Manifest::read(&freight.manifest.text).map_err(|why| refused(&why))?;
        let mut out = Vec::new();
        letter(&mut out, &freight, &mut parcel).map_err(|why| match why {
            Unpacked::Bundle(why) => refused(&why),
            Unpacked::Disk(error) => unread(&name, &loa_core::diag::system(&error)),
        })?;
        parcel.end().map_err(|why| refused(&why))?;
        if out.len() > LETTER_MOST {
            let name = shown(&name);
            return Err(DispatchError::Refused(text!(
                "lịch và giấy tờ trong «{name}» lớn hơn 1 MB, không gửi qua mạng được: bớt lịch, hay gửi bằng USB",
                "the schedules and papers of \"{name}\" are larger than 1 MB and go over no network: send less, or by stick"
            )));
        }
        let sha256 = sha256(freight.manifest.text.as_bytes());
        Ok(Self { path: path.to_owned(), freight, manifest, sha256, letter: out })
    }

    /// One whose sounds are at the servers already: as it was kept when it was read.
    pub fn of_letter(path: &Path, tz: &TimeZone) -> Result<Self, DispatchError> {
        let name = path.to_string_lossy().into_owned();
        let refused = |why: &Rejection| CentreTrust::refusal(&name, why, tz);
        let letter = loa_site::read(path, LETTER_MOST as u64).map_err(|why| unread(&name, &why.text()))?;
        let (freight, parcel) = Parcel::open(letter.as_slice()).map_err(|why| refused(&why))?;
        let manifest = Manifest::read(&freight.manifest.text).map_err(|why| refused(&why))?;
        texts(&manifest, parcel).map_err(|why| refused(&why))?;
        let sha256 = sha256(freight.manifest.text.as_bytes());
        Ok(Self { path: path.to_owned(), freight, manifest, sha256, letter })
    }

    /// The sounds that it names, each once.
    pub fn sounds(&self) -> impl Iterator<Item = &BundleFile> {
        self.manifest.contents().filter(|file| file.sound.is_some())
    }

    /// Its contents once more, to be sent.
    pub(super) fn parcel(&self) -> Result<Parcel<Box<dyn Read + Send>>, DispatchError> {
        let (freight, parcel) = Parcel::open(open(&self.path)?).map_err(|_| self.changed())?;
        if freight == self.freight { Ok(parcel) } else { Err(self.changed()) }
    }

    /// The file was changed while it was being sent.
    pub(super) fn changed(&self) -> DispatchError {
        let name = shown(&self.path.to_string_lossy());
        DispatchError::File(text!(
            "tệp «{name}» thay đổi trong khi gửi: chạy lại",
            "the file \"{name}\" has changed while it was sent: run it again"
        ))
    }

    /// Whether every box that hears this place would take it by its papers; whose signatures count.
    pub fn judge(
        &self,
        trust: &CentreTrust,
        target: &Addressee,
        now: Wall,
        tz: &TimeZone,
    ) -> Result<Vec<(PublicKey, String)>, DispatchError> {
        let refused = |why: &Rejection| CentreTrust::refusal(&self.manifest.title, why, tz);
        self.is_rooted()?;
        self.is_of_today(now, tz)?;
        let mut by = Vec::new();
        for path in &target.stations {
            let own = place_of(path);
            // What differs from box to box is where it stands; the rest is asked once.
            if !by.is_empty() && self.reaches(&own) {
                continue;
            }
            by = self.admitted_at(trust, &own, now).map_err(|why| refused(&why))?.by;
        }
        if let Some(one) = target.stations.iter().find(|path| !self.reaches(&place_of(path))) {
            let place = &target.place;
            return Err(DispatchError::Refused(text!(
                "gói tin không dành cho {one}, là nơi nghe {place}: đóng gói lại với --for {place}",
                "the bundle is not for {one}, which hears {place}: make it again with --for {place}"
            )));
        }
        self.needs_two(&by, trust, target)?;
        Ok(by)
    }

    /// Its places begin with the country, as those of all boxes do.
    fn is_rooted(&self) -> Result<(), DispatchError> {
        let mut places = std::iter::once(&self.manifest.place).chain(&self.manifest.scope);
        let Some(stray) = places.find(|place| place.as_str() != "vn" && !place.as_str().starts_with("vn.")) else {
            return Ok(());
        };
        Err(DispatchError::Refused(text!(
            "gói tin ghi nơi «{stray}», mà nơi của mọi đài bắt đầu bằng «vn.»: thiếu «vn.» ở đầu? Đóng gói lại với vn.{stray} ở --place (và ở --for nếu có)",
            "the bundle names the place \"{stray}\", and every box's place begins with \"vn.\": is \"vn.\" missing in front? Make it again with vn.{stray} for --place (and for --for, where it was given)"
        )))
    }

    /// It was not made by a clock that is ahead: every later one would be older than it.
    fn is_of_today(&self, now: Wall, tz: &TimeZone) -> Result<(), DispatchError> {
        let made = self.manifest.made.wall();
        if made <= now + AHEAD_MOST {
            return Ok(());
        }
        Err(DispatchError::Refused(text!(
            made = figure::moment(made, tz), now = figure::moment(now, tz);
            "gói tin ghi là lập lúc {made}, mà ở đây mới là {now}: gửi đi thì đài từ chối mọi gói sau nó. Sửa đồng hồ của máy sai giờ rồi đóng gói lại; đã lỡ gửi gói có số lớn thì sau đó đóng gói bằng --number N, N lớn hơn số ấy",
            "the bundle says that it was made at {made}, and it is {now} here: once it is sent, boxes refuse every later one. Mend the clock that is wrong and make it again; where one with a high number was sent already, make the next ones with --number N, above that number"
        )))
    }

    fn reaches(&self, own: &Locality) -> bool {
        self.manifest.scope.iter().any(|place| place.covers(own))
    }

    fn admitted_at(&self, trust: &CentreTrust, own: &Locality, now: Wall) -> Result<Admitted, Rejection> {
        let trusted = trust.trusted_at(own, Some(&self.freight))?;
        trusted.admit(&trust.roots_at(own), &self.freight.manifest, Some(now))
    }

    /// The lawful hours, and who may sign what, are two persons' affair.
    fn needs_two(
        &self,
        by: &[(PublicKey, String)],
        trust: &CentreTrust,
        target: &Addressee,
    ) -> Result<(), DispatchError> {
        if !self.manifest.purposes.contains(&Purpose::Rules) {
            return Ok(());
        }
        let own = target.stations.first().map(place_of);
        let list = own.and_then(|own| trust.trusted_at(&own, Some(&self.freight)).ok()).and_then(|known| known.list());
        let may = |key: &PublicKey| {
            let known = list.as_ref().and_then(|list| list.find(key));
            known.is_some_and(|known| known.may.contains(&Purpose::Rules))
        };
        if by.iter().filter(|(key, _)| may(key)).count() >= 2 {
            return Ok(());
        }
        Err(DispatchError::Refused(text!(
            "gói tin đổi giờ được phép phát, ngày nghỉ hay ngày lễ: cần chữ ký của hai người. Người thứ hai ký: loa bundle sign GÓI.loa --with KHÓA.key",
            "the bundle changes the lawful hours, days of rest or holidays: two persons sign that. The second one: loa bundle sign F.loa --with KEY.key"
        )))
    }

    /// Whose keys are on it, as far as their signatures are true.
    pub fn keys(&self) -> Vec<PublicKey> {
        keys_of(&self.freight.manifest)
    }
}

/// Whose signatures on a manifest are true.
pub(super) fn keys_of(paper: &Endorsed) -> Vec<PublicKey> {
    let signers = paper.signers(loa_core::signature::Signing::Manifest);
    let is_true = |one: &&Endorsement| signers.contains(&one.key);
    paper.signatures.iter().filter(is_true).map(|one| one.key.clone()).collect()
}

fn open(path: &Path) -> Result<Box<dyn Read + Send>, DispatchError> {
    let file = loa_site::open(path).map_err(|why| unread(&path.to_string_lossy(), &why.text()))?;
    Ok(Box::new(BufReader::with_capacity(128 * 1024, file)))
}

fn unread(name: &str, why: &Text) -> DispatchError {
    let (name, Text { vi, en }) = (shown(name), why);
    DispatchError::File(text!("không đọc được «{name}»: {vi}", "\"{name}\" cannot be read: {en}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use loa_core::bundle::{FORMAT, UtcSecond};

    use super::*;

    const NOW: Wall = Wall::from_secs(1_796_000_000);

    fn made(place: &str, at: Wall) -> OutgoingBundle {
        let place = Locality::read(place).unwrap();
        let manifest = Manifest {
            format: FORMAT,
            kind: "bundle".to_owned(),
            title: "Lịch".to_owned(),
            scope: vec![place.clone()],
            place,
            purposes: BTreeSet::from([Purpose::Schedule]),
            version: 1,
            made: UtcSecond::of(at),
            not_after: UtcSecond::of(at + Duration::from_hours(24)),
            files: Vec::new(),
        };
        let paper = Endorsed::new(serde_json::to_string(&manifest).unwrap());
        let freight = Freight { manifest: paper, keys: Vec::new(), revoked: None };
        OutgoingBundle { path: PathBuf::new(), freight, manifest, sha256: String::new(), letter: Vec::new() }
    }

    #[test]
    fn a_bundle_of_a_day_to_come_or_of_no_country_is_told_with_its_cure() {
        let ahead = made("vn.p01", NOW + Duration::from_hours(40 * 24)).is_of_today(NOW, &TimeZone::UTC);
        assert!(ahead.unwrap_err().text().vi.contains("--number"));
        assert!(made("vn.p01", NOW + Duration::from_hours(23)).is_of_today(NOW, &TimeZone::UTC).is_ok());
        let stray = made("p01.c003", NOW).is_rooted().unwrap_err();
        assert!(stray.text().vi.contains("vn.p01.c003"), "{stray}");
        for fine in ["vn", "vn.p01.c003"] {
            assert!(made(fine, NOW).is_rooted().is_ok(), "{fine}");
        }
    }
}
