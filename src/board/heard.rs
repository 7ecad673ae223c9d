use rusqlite::params;

use crate::instant::Wall;
use crate::signature::Locality;
use crate::writing::seconds;
use crate::{Board, BoardError};

/// Alarms of the centre that are remembered.
const SENT_MOST: i64 = 200;
/// Answers to alarms that nobody knows.
const STRAY_MOST: i64 = 10_000;

/// An alarm that the centre has sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentAlarm {
    /// Its id.
    pub id: String,
    /// For whom, without the country: everybody in these places; `vn` for all.
    pub places: Vec<Locality>,
    /// What it is called.
    pub title: String,
    /// When it was given.
    pub made: Wall,
    /// Until when it may sound.
    pub expires: Wall,
}

/// What a box has said, or its journal shows, of an alarm.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlarmAnswer {
    /// The alarm's id.
    pub alarm: String,
    /// Which box.
    pub path: Locality,
    /// When that came.
    pub at: Wall,
    /// It was heard in every zone that it was meant for.
    pub sounds: bool,
    /// `ordered`, `refused`, `expired`, `journal`.
    pub fate: String,
    /// Why it was not heard, or not everywhere; empty where it was.
    pub vi: String,
    /// The same in English.
    pub en: String,
}

/// A place that an alarm was meant for, where nobody has said that it was heard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unheard {
    /// The place.
    pub path: Locality,
    /// What people call it.
    pub title: String,
    /// Who is called.
    pub contact: String,
    /// By what number.
    pub phone: String,
    /// What it answered; none where it has not.
    pub answer: Option<AlarmAnswer>,
}

impl Board {
    /// Alarms that the centre has sent.
    pub fn keep_sent(&mut self, sent: &[SentAlarm]) -> Result<(), BoardError> {
        if sent.is_empty() {
            return Ok(());
        }
        let tx = self.db.transaction()?;
        for SentAlarm { id, places, title, made, expires } in sent {
            let places = places.iter().map(Locality::as_str).collect::<Vec<_>>().join(" ");
            tx.execute(
                "INSERT OR REPLACE INTO sent (id, place, title, made, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, places, title, seconds(*made), seconds(*expires)],
            )?;
        }
        let old = "SELECT id FROM sent ORDER BY made DESC LIMIT -1 OFFSET ?1";
        tx.execute(&format!("DELETE FROM answer WHERE alarm IN ({old})"), [SENT_MOST])?;
        tx.execute(&format!("DELETE FROM sent WHERE id IN ({old})"), [SENT_MOST])?;
        Ok(tx.commit()?)
    }

    /// What boxes say of alarms. Of two words of a box the one that it was heard stays; its journal overrules both.
    pub fn keep_answers(&mut self, answers: &[AlarmAnswer]) -> Result<(), BoardError> {
        if answers.is_empty() {
            return Ok(());
        }
        let tx = self.db.transaction()?;
        for AlarmAnswer { alarm, path, at, sounds, fate, vi, en } in answers {
            tx.prepare_cached(
                "INSERT INTO answer (alarm, path, at, sounds, fate, vi, en)
                   SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE true
                 ON CONFLICT (alarm, path) DO UPDATE SET
                   at = excluded.at, sounds = excluded.sounds, fate = excluded.fate, vi = excluded.vi, en = excluded.en
                   WHERE answer.sounds = 0 OR excluded.fate = 'journal'",
            )?
            .execute(params![alarm, path.as_str(), seconds(*at), sounds, fate, vi, en])?;
        }
        // An answer may be read before its alarm; what belongs to none at all is not kept without end.
        let none = "FROM answer WHERE alarm NOT IN (SELECT id FROM sent)";
        tx.execute(
            &format!("DELETE {none} AND (alarm, path) NOT IN (SELECT alarm, path {none} ORDER BY at DESC LIMIT ?1)"),
            [STRAY_MOST],
        )?;
        Ok(tx.commit()?)
    }

    /// The last alarms that were sent, the newest first.
    pub fn sent(&self) -> Result<Vec<SentAlarm>, BoardError> {
        let mut statement =
            self.db.prepare_cached("SELECT id, place, title, made, expires FROM sent ORDER BY made DESC LIMIT 50")?;
        let mut rows = statement.query([])?;
        let mut sent = Vec::new();
        while let Some(row) = rows.next()? {
            let places = row.get::<_, String>(1)?.split(' ').filter_map(Locality::read).collect();
            let (made, expires) = (Wall::from_secs(row.get(3)?), Wall::from_secs(row.get(4)?));
            sent.push(SentAlarm { id: row.get(0)?, places, title: row.get(2)?, made, expires });
        }
        Ok(sent)
    }

    /// Where an alarm was not heard, as far as anybody knows; by place. And at how many places it was.
    pub fn unheard(&self, alarm: &SentAlarm) -> Result<(Vec<Unheard>, usize), BoardError> {
        let mut statement = self.db.prepare_cached(
            "SELECT place.path, title, contact, phone, answer.at, sounds, fate, vi, en FROM place
               LEFT JOIN answer ON answer.path = place.path AND answer.alarm = ?1
             WHERE is_area = 0 ORDER BY place.path",
        )?;
        let mut rows = statement.query([&alarm.id])?;
        let (mut unheard, mut heard) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let Some(path) = Locality::read(&row.get::<_, String>(0)?) else { continue };
            if !alarm.places.iter().any(|place| place.as_str() == "vn" || place.covers(&path)) {
                continue;
            }
            let answer = match row.get::<_, Option<i64>>(4)? {
                None => None,
                Some(_) if row.get::<_, bool>(5)? => {
                    heard += 1;
                    continue;
                }
                Some(at) => Some(AlarmAnswer {
                    alarm: alarm.id.clone(),
                    path: path.clone(),
                    at: Wall::from_secs(at),
                    sounds: false,
                    fate: row.get(6)?,
                    vi: row.get(7)?,
                    en: row.get(8)?,
                }),
            };
            let (title, contact, phone) = (row.get(1)?, row.get(2)?, row.get(3)?);
            unheard.push(Unheard { path, title, contact, phone, answer });
        }
        Ok((unheard, heard))
    }
}
