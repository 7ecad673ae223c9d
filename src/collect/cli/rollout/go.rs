use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use super::super::send::with_server;
use super::super::{CentreGround, Failed, Screen};
use super::carry::carry;
use super::kept::lock;
use super::{GoArgs, open_there, told, which};
use crate::dispatch::CentreTrust;
use crate::fleet::Register;
use crate::ledger::{BookKind, BookPage, Ledger};
use crate::rollout::{RolloutRecord, RolloutState};

/// It is looked so often whether a step can be taken.
const LOOK: Duration = Duration::from_mins(1);

pub(super) fn go(ground: &CentreGround, args: &GoArgs) -> Result<ExitCode, Failed> {
    // What cannot work at all is said before anybody waits.
    Register::read(&ground.dir)?;
    CentreTrust::read(&ground.dir)?;
    if args.stay {
        return stay(ground, args);
    }
    let mut ledger = open_there(ground, &args.which.database)?;
    loop {
        let record = step(ground, args.which.id.as_deref(), &mut *ledger)?;
        let exit = told::status(ground, &mut *ledger, &record)?;
        if record.is_ended() || !args.watch {
            return Ok(if record.state == RolloutState::Running { ExitCode::SUCCESS } else { exit });
        }
        rest(LOOK)?;
    }
}

/// For ever: what is under way is carried on, what goes wrong is told once and tried again, and what is begun later is found.
fn stay(ground: &CentreGround, args: &GoArgs) -> Result<ExitCode, Failed> {
    let (mut known, mut said) = (BTreeMap::new(), None);
    loop {
        let done = open_there(ground, &args.which.database).and_then(|mut ledger| {
            let pages = ledger.pages(BookKind::Rollout, "")?;
            let under_way =
                pages.iter().filter_map(BookPage::read::<RolloutRecord>).filter(|record| !record.is_ended());
            for RolloutRecord { id, .. } in under_way.collect::<Vec<_>>() {
                let record = step(ground, Some(&id), &mut *ledger)?;
                let now = (record.state, record.wave);
                if known.insert(id, now) != Some(now) {
                    told::status(ground, &mut *ledger, &record)?;
                }
            }
            Ok(())
        });
        let why = done.err().map(|failed: Failed| failed.text);
        if why != said {
            if let Some(why) = &why {
                Screen::aside(why.get(ground.lang));
            }
            said = why;
        }
        rest(LOOK)?;
    }
}

/// Whatever can be done now, by the register as it is now.
fn step(ground: &CentreGround, id: Option<&str>, ledger: &mut dyn Ledger) -> Result<RolloutRecord, Failed> {
    let (register, trust) = (Register::read(&ground.dir)?, CentreTrust::read(&ground.dir)?);
    let _lock = lock(ground)?;
    let mut record = which(ledger, id)?;
    with_server(ground, &register, async |dispatcher| {
        carry(ground, &register, &trust, &dispatcher, ledger, &mut record).await
    })?;
    Ok(record)
}

fn rest(time: Duration) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    // Made inside: a sleep asks for the runtime it is in.
    runtime.block_on(async { tokio::time::sleep(time).await });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_two_looks_it_rests() {
        assert!(rest(Duration::from_millis(1)).is_ok());
    }
}
