//! The places of the register: all of them, and one that was a mistake taken out again.

use clap::Args;
use loa_core::diag::{Text, figure, shown, text};
use loa_core::signature::{Locality, UtcSecond};
use serde_json::json;

use super::collect::{DatabaseArgs, is_there, open};
use super::join::locality;
use super::stand::stand;
use super::{CentreGround, Failed, Screen};
use crate::fleet::{Desk, Register};
use crate::watch;

/// `loa fleet remove`.
#[derive(Args, Debug)]
pub(super) struct RemoveArgs {
    /// Nơi. | The place.
    #[arg(value_name = "PLACE", value_parser = locality)]
    path: Locality,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) fn remove(ground: &CentreGround, desk: &mut Desk, args: &RemoveArgs) -> Result<(), Failed> {
    let path = &args.path;
    let has_come = if is_there(ground, &args.database) {
        let journals = open(ground, &args.database)?.journals()?;
        journals.iter().any(|journal| journal.station == path.as_str())
    } else {
        false
    };
    desk.remove(path, has_come)?;
    let said = text!("Đã bỏ {path} khỏi sổ.", "{path} is taken out of the register.");
    Screen::line(said.get(ground.lang));
    Ok(())
}

pub(super) fn status(ground: &CentreGround) -> Result<(), Failed> {
    let register = Register::read(&ground.dir)?;
    let now = UtcSecond::of(watch::now());
    if ground.json {
        // Without what codes are checked with.
        let place = |place: &crate::fleet::FleetPlace| {
            json!({
                "title": place.title,
                "call": place.call,
                "zones": place.zones,
                "holder": place.holder,
                "old_paper": place.old_paper,
                "waiting": place.waiting,
                "invited_until": place.invitation.as_ref().map(|invitation| invitation.until),
                "invitation_over": place.invitation.as_ref().is_some_and(|invitation| invitation.until < now),
                "former": place.former,
            })
        };
        let places: serde_json::Map<String, serde_json::Value> =
            register.places.iter().map(|(path, known)| (path.to_string(), place(known))).collect();
        let said = json!({
            "name": register.name, "province": register.province, "servers": register.addresses(), "places": places,
        });
        Screen::data(format!("{said:#}\n"));
        return Ok(());
    }
    // How the boxes stand, by the same rule as the district's page; where nothing was collected yet there is nothing to tell.
    if let Some(said) = stand(ground)? {
        Screen::line(said);
    }
    let (name, places) = (shown(&register.name), register.stations().count());
    let held = register.places.values().filter(|place| place.holder.is_some()).count();
    let waiting = register.places.values().filter(|place| place.waiting.is_some()).count();
    let said = text!(
        "{name}: {places} nơi, {held} có máy giữ, {waiting} máy đang chờ duyệt.",
        "{name}: places: {places}, held: {held}, boxes that wait: {waiting}."
    );
    Screen::line(said.get(ground.lang));
    for (path, place) in &register.places {
        let letters = |holder: &crate::fleet::PlaceHolder| crate::fleet::letters(&holder.key);
        let state = match (&place.holder, &place.waiting, &place.invitation) {
            (Some(holder), ..) => {
                let (letters, since) = (letters(holder), figure::date(holder.since.wall(), &ground.tz));
                text!(since = since; "máy {letters} giữ từ {since}", "box {letters} since {since}")
            }
            // What it has to be compared with stands on the box.
            (None, Some(_), _) => text!("một máy đang chờ duyệt", "a box waits to be let in"),
            (None, None, Some(invitation)) => {
                let until = figure::moment(invitation.until.wall(), &ground.tz);
                if invitation.until < now {
                    text!(
                        until = until;
                        "mã đã hết hạn lúc {until}: cấp lại bằng loa fleet invite {path}",
                        "its code is over since {until}: give another one by loa fleet invite {path}"
                    )
                } else {
                    text!(until = until; "đã cấp mã, dùng được đến {until}", "a code is out, good until {until}")
                }
            }
            (None, None, None) => text!("chưa có máy", "no box"),
        };
        let lost = place.former.iter().filter(|former| former.lost).count();
        let lost = if lost > 0 {
            text!("; {lost} máy đã báo mất", "; boxes told to be stolen: {lost}")
        } else {
            text!("", "")
        };
        let title = shown(&place.title);
        let (state, lost) = (state.get(ground.lang), lost.get(ground.lang));
        Screen::line(format_args!("{path} {title}: {state}{lost}"));
        if place.old_paper {
            Screen::line(format_args!("  {}", needs_paper(path).get(ground.lang)));
        }
    }
    Ok(())
}

/// What a box hears stands in its paper, which it has.
pub(super) fn needs_paper(place: &Locality) -> Text {
    text!(
        "Máy ở {place} đang dùng giấy cũ, chưa nghe nhóm mới ghi. Máy đã tự xin vào thì so tám chữ, gõ loa fleet accept {place} --letters TÁM-CHỮ --paper TỆP, mang giấy về máy và gõ ở đó: loa fleet join --paper TỆP. Máy được cấp khóa (--creds) thì gõ loa fleet revoke {place}, rồi loa fleet issue {place} --creds TỆP và mang về máy",
        "The box at {place} goes by its old paper and does not hear the new group yet. Where it joined by itself, compare the eight letters, type loa fleet accept {place} --letters LETTERS --paper FILE, carry the paper to the box and type there: loa fleet join --paper FILE. Where it was given its key (--creds), type loa fleet revoke {place}, then loa fleet issue {place} --creds FILE and carry it to the box"
    )
}
