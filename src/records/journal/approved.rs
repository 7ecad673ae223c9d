use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _};

use super::decisions::{NEWEST, number};
use super::error::JournalError;
use super::select;
use crate::approval::{ApprovalDigest, Approvals, Decision, Said};
use crate::digest::sha256;
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::reason::Reason;

/// Decisions that are looked through, the newest first: thirty a day for nine years.
const MOST: i64 = 100_000;

pub(super) const ROW: &str = "SELECT seq, body, hash FROM entry WHERE seq = ?1";

/// The newest decision on each broadcast. What it costs is a matter of the decisions, and of no other row.
pub(super) fn gather(conn: &Connection) -> Result<Approvals, JournalError> {
    let mut approvals = Approvals::default();
    // Whether the newest decision on each was an approval; where it was not, the last approval is looked for too.
    let mut seen: BTreeMap<String, bool> = BTreeMap::new();
    let mut statement = conn.prepare(NEWEST)?;
    let mut rows = statement.query([MOST])?;
    let mut is_void = false;
    while let Some(row) = rows.next()? {
        let (key, broadcast): (String, String) = (row.get(0)?, row.get(1)?);
        is_void = is_void || broadcast.is_empty();
        if is_void {
            if !broadcast.is_empty() {
                approvals.void(&broadcast);
            }
            continue;
        }
        let is_first = !seen.contains_key(&broadcast);
        if seen.get(&broadcast) == Some(&true) {
            continue;
        }
        let found = number(&key).and_then(|seq| decision(conn, seq, &broadcast).transpose()).transpose()?;
        // A row that is not what it was lets nothing sound, and no older one takes its place.
        seen.insert(broadcast.clone(), found.as_ref().is_none_or(Decision::is_approval));
        if let Some(decision) = found.filter(|decision| is_first || decision.is_approval()) {
            approvals.add(&broadcast, decision);
        }
    }
    Ok(approvals)
}

/// The approval by which an airing was let sound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetSound {
    /// When it was written down.
    pub at: Wall,
    /// Who entered it, where it was signed on paper.
    pub entered_by: Option<String>,
}

/// By which approval each of these airings was let sound, by its number: the last one before it in its person's name.
/// What it costs is a matter of the decisions, as with [`gather`].
pub(super) fn of_airings(conn: &Connection, airings: &[Entry]) -> Result<BTreeMap<u64, LetSound>, JournalError> {
    let mut waiting: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for row in airings.iter().filter(|row| row.kind == EntryKind::Airing && row.approved_by.is_some()) {
        waiting.entry(row.broadcast.as_deref().unwrap_or_default()).or_default().push(row);
    }
    let mut found = BTreeMap::new();
    let mut statement = conn.prepare(NEWEST)?;
    let mut rows = statement.query([MOST])?;
    while let Some(row) = rows.next()?.filter(|_| !waiting.is_empty()) {
        let (key, broadcast): (String, String) = (row.get(0)?, row.get(1)?);
        let (Some(left), Some(seq)) = (waiting.get_mut(broadcast.as_str()), number(&key)) else { continue };
        let Some(Decision { said: Said::Approved { entered_by }, by, at, .. }) = decision(conn, seq, &broadcast)?
        else {
            continue;
        };
        let let_sound = LetSound { at, entered_by };
        left.retain(|airing| {
            let is_by = airing.seq > seq && airing.approved_by.as_ref() == Some(&by);
            if is_by {
                found.insert(airing.seq, let_sound.clone());
            }
            !is_by
        });
        if left.is_empty() {
            waiting.remove(broadcast.as_str());
        }
    }
    Ok(found)
}

fn decision(conn: &Connection, seq: u64, broadcast: &str) -> Result<Option<Decision>, JournalError> {
    let mut statement = conn.prepare_cached(ROW)?;
    let whole = |row: &rusqlite::Row<'_>| {
        Ok((sha256(row.get::<_, String>(1)?.as_bytes()) == row.get::<_, String>(2)?, select::read(row)))
    };
    let found = statement.query_row([i64::try_from(seq).unwrap_or(0)], whole).optional()?;
    let entry = found.filter(|(whole, _)| *whole).and_then(|(_, entry)| entry.ok());
    Ok(entry.filter(|entry| entry.broadcast.as_deref() == Some(broadcast)).and_then(|entry| read(&entry)))
}

/// The decision that a row tells of.
fn read(entry: &Entry) -> Option<Decision> {
    let (digest, by, said) = match entry.reason.as_ref().filter(|_| entry.kind == EntryKind::Note)? {
        Reason::Approved(approved) => {
            let said = Said::Approved { entered_by: approved.entered_by.clone() };
            (&approved.digest, &approved.by, said)
        }
        Reason::Returned(returned) => (&returned.digest, &returned.by, Said::Returned { note: returned.note.clone() }),
        _ => return None,
    };
    Some(Decision {
        digest: ApprovalDigest::read(digest)?,
        said,
        by: by.clone(),
        at: entry.written,
        row: entry.seq,
        sounds: entry.audio.iter().map(|audio| (audio.file.clone(), audio.sha256.clone())).collect(),
    })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use rusqlite::StatementStatus;

    use super::super::Journal;
    use super::*;
    use crate::approval::Clearance;
    use crate::fact::AudioRef;
    use crate::schedule::Class;

    const NOW: Wall = Wall::from_secs(1_796_000_000);

    #[test]
    fn what_was_decided_is_found_in_as_many_steps_whatever_else_stands_in_the_journal() {
        let steps = |others: u32| {
            let mut journal = journal(&[approved("a", "a"), approved("b", "b")]);
            let other = Entry { written: NOW, title: "x".into(), reason: Some("started".into()), ..Entry::default() };
            for at in 0..others {
                let written = NOW + std::time::Duration::from_secs(u64::from(at));
                journal.note(&Entry { written, ..other.clone() }).unwrap();
            }
            journal.note(&approved("a", "c")).unwrap();
            assert_eq!(letter(&journal, "a"), Some(format!("approved c row {} 1", others + 3)));
            let conn = journal.connection();
            let mut statements = [conn.prepare(NEWEST).unwrap(), conn.prepare(ROW).unwrap()];
            statements.each_mut().map(|statement| {
                let mut rows = statement.query([3]).unwrap();
                while rows.next().unwrap().is_some() {}
                drop(rows);
                (statement.get_status(StatementStatus::VmStep), statement.get_status(StatementStatus::FullscanStep))
            })
        };
        assert_eq!(steps(3), steps(2_000));
    }

    fn digest_of(letter: &str) -> String {
        format!("v1:{}-{}", letter.repeat(64), "0".repeat(64))
    }

    fn row(broadcast: &str, reason: &str) -> Entry {
        let audio = vec![AudioRef { file: "a.mp3".into(), sha256: "00".into() }];
        let (broadcast, reason) = (Some(broadcast.to_owned()).filter(|id| !id.is_empty()), Some(reason.into()));
        Entry { written: NOW, broadcast, title: "x".into(), reason, audio, ..Entry::default() }
    }

    fn approved(broadcast: &str, letter: &str) -> Entry {
        row(broadcast, &format!("approved: {}: Bà Hai (hoa)", digest_of(letter)))
    }

    fn journal(rows: &[Entry]) -> Journal {
        let mut journal = Journal::in_memory(NOW, &TimeZone::UTC).unwrap();
        for row in rows {
            journal.note(row).unwrap();
        }
        journal
    }

    fn letter(journal: &Journal, broadcast: &str) -> Option<String> {
        let approvals = journal.approvals().unwrap();
        let newest = approvals.newest(broadcast)?;
        let standing = approvals.standing(broadcast, Class::Normal, &newest.digest);
        let kind = if matches!(standing, Clearance::Approved(_)) { "approved" } else { "returned" };
        Some(format!("{kind} {} row {} {}", &newest.digest.as_str()[3..4], newest.row, newest.sounds.len()))
    }

    #[test]
    fn the_newest_decision_on_each_broadcast_is_found_whatever_stands_between() {
        let returned = row("b/c", &format!("returned: {}: Bà Hai: chậm: hơn", digest_of("b")));
        let none = row("a", "alert: Bà Hai: approved");
        let journal = journal(&[approved("a", "a"), approved("b/c", "a"), none, approved("a", "b"), returned]);
        assert_eq!(letter(&journal, "a").as_deref(), Some("approved b row 4 1"));
        assert_eq!(letter(&journal, "b/c").as_deref(), Some("returned b row 5 1"));
        assert_eq!(journal.approvals().unwrap().last_approval("b/c").unwrap().row, 2);
        assert_eq!(letter(&journal, "c"), None);
        assert!(journal.verify().unwrap().is_sound());
    }

    #[test]
    fn each_airing_is_held_to_the_approval_that_let_it_sound() {
        let airing =
            |by: &str| Entry { kind: EntryKind::Airing, approved_by: Some(by.to_owned()), ..row("a", "waits: b") };
        let returned = row("a", &format!("returned: {}: Bà Hai (hoa): chậm hơn", digest_of("a")));
        let paper = row("a", &format!("approved: {}: Ông Năm: paper: Anh Nam (hoa)", digest_of("a")));
        // It sounded while it was returned, and has its row behind that.
        let rows =
            [airing("Bà Hai (hoa)"), approved("a", "a"), returned, airing("Bà Hai (hoa)"), paper, airing("Ông Năm")];
        let journal = journal(&rows);
        let all = journal.select(&super::super::Filter::default()).unwrap();
        let found = of_airings(journal.connection(), &all).unwrap();
        let told: Vec<(u64, Option<&str>)> =
            found.iter().map(|(airing, by)| (*airing, by.entered_by.as_deref())).collect();
        assert_eq!(told, [(4, None), (6, Some("Anh Nam (hoa)"))]);
    }

    #[test]
    fn what_was_decided_in_a_journal_that_is_another_now_is_void() {
        for reason in
            ["journal_altered: shorter: kept 873 4f2a: found 870", "journal_gone: kept 873 4f2a", "journal_renewed: x"]
        {
            let journal = journal(&[approved("a", "a"), approved("b", "a"), row("", reason), approved("b", "b")]);
            assert_eq!(letter(&journal, "a"), None, "{reason}");
            let standing = journal.approvals().unwrap().standing(
                "a",
                Class::Normal,
                &ApprovalDigest::read(&digest_of("a")).unwrap(),
            );
            assert_eq!(standing, Clearance::Lacking(crate::approval::Lack::Void), "{reason}");
            let never = journal.approvals().unwrap().standing(
                "c",
                Class::Normal,
                &ApprovalDigest::read(&digest_of("a")).unwrap(),
            );
            assert_eq!(never, Clearance::Lacking(crate::approval::Lack::Never));
            assert_eq!(letter(&journal, "b").as_deref(), Some("approved b row 4 1"));
        }
    }

    #[test]
    fn a_row_that_was_changed_lets_nothing_sound_and_a_list_that_was_changed_is_told() {
        let rows = [approved("a", "a"), approved("a", "b")];
        let change = |sql: &str| {
            let journal = journal(&rows);
            let unlocked = "DROP TRIGGER entry_fixed; DROP TRIGGER meta_kept; DROP TRIGGER meta_fixed;";
            journal.connection().execute_batch(&format!("{unlocked}{sql}")).unwrap();
            let told = journal.verify().unwrap().breaches.iter().any(|breach| breach.what.en.contains("decision"));
            (letter(&journal, "a"), told)
        };
        let forged = change("UPDATE entry SET body = replace(body, 'bbbb', 'cccc') WHERE seq = 2;");
        assert_eq!(forged.0, None);
        // The older one counts again; only the list says so, and it is found out.
        let hidden = change("DELETE FROM meta WHERE key = 'approval/000000000002';");
        assert_eq!((hidden.0.as_deref(), hidden.1), (Some("approved a row 1 1"), true));
        let moved = change("INSERT INTO meta VALUES ('approval/000000000009', 'a');");
        assert_eq!((moved.0, moved.1), (None, true));
    }
}
