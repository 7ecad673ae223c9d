use std::collections::BTreeSet;

use loa_core::diag::{shown, text};
use loa_core::signature::Locality;

use super::super::{CentreGround, Failed, Screen};
use super::refused;
use crate::dispatch::{Dispatcher, OutgoingBundle, lying, place_of};
use crate::rollout::RolloutRecord;

/// So many places are named in a sentence.
const NAMED_MOST: usize = 5;

/// Nothing newer lies where it is to go, and what goes back is what is in use. Another sender's letter is written over nowhere, unless it was named: a
/// box that has one at its own place gets this one with the last wave, and a test box, or the whole place, is refused. The very same letter is no
/// hindrance: somebody sent it by hand, or the book of what was begun is lost and it is begun again.
pub(super) async fn free(
    dispatcher: &Dispatcher,
    record: &mut RolloutRecord,
    back: Option<&OutgoingBundle>,
    ground: &CentreGround,
) -> Result<(), Failed> {
    let tests: BTreeSet<Locality> =
        (record.waves.iter().filter(|wave| wave.name == "test")).flat_map(|wave| wave.places.iter().cloned()).collect();
    let mut late = BTreeSet::new();
    for place in record.waves.iter().flat_map(|wave| &wave.places) {
        let (_, Some((manifest, sha256))) = lying(dispatcher, place).await? else { continue };
        if sha256 == record.sha256 {
            continue;
        }
        let (title, sender, version) = (shown(&manifest.title), &manifest.place, manifest.version);
        if manifest.place != record.sender {
            if record.after.contains(&version) {
                continue;
            }
            let own = record.waves.iter().flat_map(|wave| &wave.stations).find(|path| place_of(path) == *place);
            match own {
                Some(path) if !tests.contains(place) && *place != record.place => {
                    late.insert(path.clone());
                    continue;
                }
                Some(_) if tests.contains(place) => {
                    return Err(refused(text!(
                        "đài thử {place} đang giữ «{title}» của {sender}, triển khai sẽ đè lên: chọn đài thử khác; hay đã hỏi họ rồi thì thêm --after {version}",
                        "the test box {place} holds \"{title}\" of {sender}, which the roll-out would write over: choose another test box; or once you have asked them, add --after {version}"
                    )));
                }
                _ => {
                    return Err(refused(text!(
                        "nơi {place} đang giữ «{title}» của {sender}, triển khai sẽ đè lên: đã hỏi họ rồi thì thêm --after {version}",
                        "{place} holds \"{title}\" of {sender}, which the roll-out would write over: once you have asked them, add --after {version}"
                    )));
                }
            }
        }
        if version >= record.version {
            let next = version.saturating_add(1);
            return Err(refused(text!(
                "nơi {place} đang có số {version}, không cũ hơn: đóng gói lại bằng --number {next}",
                "{place} has number {version}, which is not older: make the bundle again with --number {next}"
            )));
        }
        if let Some(back) = back
            && *place == record.place
            && back.manifest.files != manifest.files
        {
            let said = text!(
                "gói để lùi không mang nội dung đang dùng ở {place} (số {version}): lập lại bằng loa fleet rollout back",
                "what goes back is not what {place} uses (number {version}): make it again with loa fleet rollout back"
            );
            return Err(refused(said));
        }
    }
    put_off(record, &late, ground);
    Ok(())
}

/// Those that wait for the last wave, and who is told so.
fn put_off(record: &mut RolloutRecord, late: &BTreeSet<Locality>, ground: &CentreGround) {
    if late.is_empty() {
        return;
    }
    record.put_off(late);
    let named: Vec<&str> = late.iter().take(NAMED_MOST).map(Locality::as_str).collect();
    let more = if late.len() > NAMED_MOST { ", …" } else { "" };
    let (count, named) = (late.len(), named.join(", "));
    let said = text!(
        "{count} đài có lịch riêng của nơi gửi khác, không gửi đè: nhận ở đợt cuối ({named}{more}).",
        "Stations that have another sender's letter of their own, which is not written over; they get it with the last wave: {count} ({named}{more})."
    );
    Screen::aside(said.get(ground.lang));
}
