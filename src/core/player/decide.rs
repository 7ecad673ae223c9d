//! A person's decision on a broadcast. It is taken only for what the files say at this moment: whoever decides has seen a
//! digest, and what has changed since is another thing.

use std::sync::Arc;

use super::event::{Action, DecisionOrder, World};
use super::machine::Player;
use super::open_orders::One;
use super::record;
use crate::approval::{Decision, Said};
use crate::diag::{Text, text};
use crate::fact::AudioRef;
use crate::instant::{Now, Wall};
use crate::plan::{self, Approvable, Library};
use crate::reason::{Approved, Reason, Returned};
use crate::schedule::Broadcast;
use crate::station::Approval;

impl Player {
    /// Take a decision, or say why not.
    pub(super) fn decide(&mut self, now: Now, ruling: &DecisionOrder, actions: &mut Vec<Action>) {
        let number = self.next_order();
        let id = self.id_of(now.wall, number);
        let mut one = One::of(ruling.ticket, id, ruling.broadcast.clone(), now.wall);
        match self.examine(ruling) {
            Err(refused) => one.refused = Some(refused),
            // The same once more is the same.
            Ok((broadcast, what)) if !self.is_decided(&broadcast, &what, &ruling.said) => {
                self.note_decision(now.wall, &one.id, (&broadcast, what), ruling, actions);
            }
            Ok(_) => {}
        }
        self.asked.push(one);
    }

    /// What is decided on, as it is now; or why it cannot be.
    fn examine(&self, ruling: &DecisionOrder) -> Result<(Arc<Broadcast>, Approvable), Text> {
        let World { station, schedule, library } = &self.world;
        let id = crate::diag::shown(&ruling.broadcast);
        if self.ending {
            return Err(text!("loa đang tắt: hãy thử lại khi loa chạy lại", "loa is ending: try again once it runs"));
        }
        if station.approval != Approval::Required {
            return Err(text!(
                "đài này không cần duyệt: trong loa.toml không có approval = \"required\"",
                "this station asks for no approvals: loa.toml has no approval = \"required\""
            ));
        }
        let known = schedule.broadcasts.iter().find(|broadcast| broadcast.id == ruling.broadcast);
        let broadcast = known.ok_or_else(|| {
            text!("trong lịch không có mục phát «{id}»", "there is no broadcast \"{id}\" in the schedules")
        })?;
        let what = plan::approvable_in(broadcast, schedule, station, library);
        if let (Said::Approved { .. }, Some(name)) = (&ruling.said, what.missing.first()) {
            let name = crate::diag::shown(name);
            return Err(text!(
                "chưa duyệt được «{id}»: chưa có bản ghi «{name}», hoặc đài còn đang kiểm tra bản ghi ấy: thử lại sau vài giây",
                "\"{id}\" cannot be approved yet: there is no sound \"{name}\", or the station is still examining it: try again in some seconds"
            ));
        }
        if what.digest != ruling.digest {
            return Err(text!(
                "«{id}» đã thay đổi từ lúc xem: hãy xem lại rồi quyết định",
                "\"{id}\" has changed since it was looked at: look again, then decide"
            ));
        }
        Ok((Arc::clone(broadcast), what))
    }

    fn is_decided(&self, broadcast: &Broadcast, what: &Approvable, said: &Said) -> bool {
        let newest = self.world.library.approvals.newest(&broadcast.id);
        newest.is_some_and(|newest| newest.digest == what.digest && newest.said == *said)
    }

    fn note_decision(
        &mut self,
        now: Wall,
        order: &str,
        (broadcast, what): (&Broadcast, Approvable),
        ruling: &DecisionOrder,
        actions: &mut Vec<Action>,
    ) {
        let (digest, by, title) = (what.digest.to_string(), ruling.by.clone(), &broadcast.title);
        let (reason, said) = match &ruling.said {
            Said::Approved { entered_by } => {
                (Reason::Approved(Approved { digest, by, entered_by: entered_by.clone() }), format!("duyệt «{title}»"))
            }
            Said::Returned { note } => {
                (Reason::Returned(Returned { digest, by, note: note.clone() }), format!("trả lại «{title}»"))
            }
        };
        let is_approval = matches!(reason, Reason::Approved(_));
        let mut note = record::note(now, reason, said);
        note.broadcast = Some(broadcast.id.clone());
        note.class = Some(broadcast.class);
        note.campaign.clone_from(&broadcast.campaign);
        note.order = Some(order.to_owned());
        note.approved_by = is_approval.then(|| ruling.by.clone());
        let sound = |(file, sha256): &(String, String)| AudioRef { file: file.clone(), sha256: sha256.clone() };
        note.audio = what.sounds.iter().map(sound).collect();
        actions.push(record::noted(note));
        self.decisions += 1;
        let decision = Decision {
            digest: what.digest,
            said: ruling.said.clone(),
            by: ruling.by.clone(),
            at: now,
            // The journal gives its number later; it is behind all that are known.
            row: i64::MAX as u64 + self.decisions,
            sounds: what.sounds,
        };
        let mut library = Library::clone(&self.world.library);
        library.approvals.add(&broadcast.id, decision);
        library.prepare();
        let world = World { library: Arc::new(library), ..self.world.clone() };
        self.change(now, world, actions);
    }

    /// The files were read again; who has let what sound is known here.
    pub(super) fn with_approvals(&self, mut world: World) -> World {
        if world.library.approvals != self.world.library.approvals {
            let library = Arc::make_mut(&mut world.library);
            library.approvals = self.world.library.approvals.clone();
            library.prepare();
        }
        world
    }
}
