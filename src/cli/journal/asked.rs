//! What of the journal is asked for: names as people type them, made into a filter. A name that nobody knows
//! is an error, never an empty answer: that would read as "nothing was played".

use super::{Arguments, TABLE_ROWS, failure};
use crate::cli::{Exit, Failure, when};
use crate::diag::{Text, fold, nearest, shown, text};
use crate::fact::Outcome;
use crate::instant::Wall;
use crate::journal::{Filter, Names, Reader};
use crate::reason::OwnAccounts;
use crate::report;
use crate::schedule::Schedule;
use crate::station::Station;

/// Outcomes as people name them, without accents and blanks.
const OUTCOMES: [(&str, Outcome); 14] = [
    ("đã phát", Outcome::Played),
    ("phát đủ", Outcome::Played),
    ("phát", Outcome::Played),
    ("played", Outcome::Played),
    ("phát một phần", Outcome::Partial),
    ("một phần", Outcome::Partial),
    ("partial", Outcome::Partial),
    ("bị lỡ", Outcome::Missed),
    ("lỡ", Outcome::Missed),
    ("không phát", Outcome::Missed),
    ("missed", Outcome::Missed),
    ("bị từ chối", Outcome::Refused),
    ("từ chối", Outcome::Refused),
    ("refused", Outcome::Refused),
];

/// What names are understood by: the station, and its schedule.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its zones and groups, and its time zone.
    pub station: &'a Station,
    /// Its broadcasts and campaigns.
    pub schedule: &'a Schedule,
    /// Its own accounts.
    pub own: &'a OwnAccounts,
}

impl Known<'_> {
    /// What zones, campaigns and sounds are called.
    pub(in crate::cli) fn names(&self) -> Names {
        report::names(self.station, self.schedule, self.own.clone())
    }

    /// The filter that `arguments` mean, on the journal of `reader`.
    pub(super) fn filter(
        &self,
        arguments: &Arguments,
        json: bool,
        reader: Option<&Reader>,
        now: Wall,
    ) -> Result<Filter, Failure> {
        let everything = json || arguments.csv || arguments.summary || arguments.xlsx.is_some();
        let limit = match arguments.limit {
            Some(0) => None,
            None if everything => None,
            None => Some(TABLE_ROWS),
            limit => limit,
        };
        let (from, to) = self.window(arguments, now)?;
        Ok(Filter {
            from,
            to,
            zones: self.zones(&arguments.zone, reader)?,
            broadcasts: self.broadcasts(arguments.broadcast.as_deref(), reader)?,
            outcome: arguments.outcome.as_deref().map(outcome).transpose()?,
            kind: None,
            orders: arguments.alerts,
            plain: !everything && !arguments.all,
            limit,
        })
    }

    fn window(&self, arguments: &Arguments, now: Wall) -> Result<(Option<Wall>, Option<Wall>), Failure> {
        let tz = &self.station.timezone;
        let read = |written: &Option<String>| match written {
            None => Ok(None),
            Some(written) => when::parse_past(written, now, tz).map(Some).map_err(usage),
        };
        let (from, to) = (read(&arguments.from)?, read(&arguments.to)?);
        let (Some(start), Some(end)) = (from, to) else { return Ok((from, to)) };
        if start < end {
            return Ok((from, to));
        }
        let day = end.zoned(tz);
        let is_midnight = day.time() == jiff::civil::Time::midnight();
        let next = day.date().tomorrow().ok().filter(|_| is_midnight && start == end);
        Err(usage(match next {
            Some(next) => {
                let (vi, en) = (next.strftime("%d/%m/%Y").to_string(), next.to_string());
                text!(
                    "--to không tính cả ngày ấy: muốn xem trọn ngày thì viết --to {vi}",
                    "--to is not included: for the whole day write --to {en}"
                )
            }
            None => text!("--to phải sau --from", "--to must be after --from"),
        }))
    }

    fn zones(&self, written: &[String], reader: Option<&Reader>) -> Result<Vec<String>, Failure> {
        let mut ids = Vec::new();
        for name in written {
            match self.station.find(name) {
                Ok(zones) => {
                    let zones = zones.iter().filter_map(|zone| self.station.zones.get(usize::from(zone.0)));
                    ids.extend(zones.map(|zone| zone.id.clone()));
                }
                // A zone that is gone from loa.toml still has its past.
                Err(unknown) => {
                    let name = name.trim();
                    let known = reader.map_or(Ok(false), |reader| reader.knows_zone(name)).map_err(failure)?;
                    if !known {
                        return Err(usage(unknown.text));
                    }
                    ids.push(name.to_owned());
                }
            }
        }
        Ok(ids)
    }

    fn broadcasts(&self, written: Option<&str>, reader: Option<&Reader>) -> Result<Vec<String>, Failure> {
        let Some(written) = written.map(str::trim) else { return Ok(Vec::new()) };
        let broadcasts = || self.schedule.broadcasts.iter();
        let wanted = fold(written);
        let mut ids: Vec<String> =
            broadcasts().filter(|it| it.id == written || it.title == written).map(|it| it.id.clone()).collect();
        if ids.is_empty() && !wanted.is_empty() {
            let meant = broadcasts().filter(|it| fold(&it.id) == wanted || fold(&it.title) == wanted);
            ids = meant.map(|it| it.id.clone()).collect();
        }
        if let Some(reader) = reader
            && !ids.iter().any(|id| id == written)
            && reader.knows_broadcast(written).map_err(failure)?
        {
            ids.push(written.to_owned());
        }
        if !ids.is_empty() {
            return Ok(ids);
        }
        let old = reader.map_or_else(|| Ok(Vec::new()), Reader::broadcasts).map_err(failure)?;
        let names =
            broadcasts().flat_map(|it| [it.id.as_str(), it.title.as_str()]).chain(old.iter().map(String::as_str));
        let near = nearest(written, names).map(shown);
        let written = shown(written);
        Err(usage(match near {
            Some(near) => text!(
                "không có mục phát «{written}» trong lịch hay trong nhật ký; có phải là «{near}»?",
                "there is no broadcast \"{written}\" in the schedules or in the journal; did you mean \"{near}\"?"
            ),
            None => text!(
                "không có mục phát «{written}» trong lịch hay trong nhật ký; xem tên trong cột «Mục phát» của loa plan",
                "there is no broadcast \"{written}\" in the schedules or in the journal; loa plan shows their names"
            ),
        }))
    }
}

fn usage(text: Text) -> Failure {
    Failure::new(Exit::Usage, text)
}

fn outcome(written: &str) -> Result<Outcome, Failure> {
    let wanted = fold(written);
    if let Some((_, outcome)) = OUTCOMES.iter().find(|(name, _)| fold(name) == wanted) {
        return Ok(*outcome);
    }
    let names = OUTCOMES.iter().map(|(name, _)| *name);
    let vi = nearest(written, names.clone()).map(|near| format!(" có phải là «{near}»?")).unwrap_or_default();
    let english = names.filter(|name| name.is_ascii());
    let en = nearest(written, english).map(|near| format!(" did you mean \"{near}\"?")).unwrap_or_default();
    let written = shown(written);
    Err(usage(text!(
        "không có kết quả «{written}»;{vi} chọn một trong: đã phát, phát một phần, bị lỡ, bị từ chối",
        "there is no outcome \"{written}\";{en} choose one of: played, partial, missed, refused"
    )))
}
