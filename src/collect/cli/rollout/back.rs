use std::path::Path;
use std::process::ExitCode;

use loa_core::bundle::{Endorsed, Freight, Manifest, Parcel, Signing, Unpacked, repack};
use loa_core::diag::{shown, text};

use super::super::put::{FileReaders, put_new};
use super::super::send::secrets;
use super::super::{CentreExit, CentreGround, Failed, Screen};
use super::BackArgs;
use crate::dispatch::OutgoingBundle;

/// The old content under a number above the new one's, signed in advance, so that to go back waits for nobody's key.
pub(super) fn back(ground: &CentreGround, args: &BackArgs) -> Result<ExitCode, Failed> {
    let keys = secrets(&args.with)?;
    let (old, new) = (OutgoingBundle::open(&args.old, &ground.tz)?, OutgoingBundle::open(&args.over, &ground.tz)?);
    if old.manifest.place != new.manifest.place {
        return Err(Failed::new(
            CentreExit::Findings,
            text!("hai gói không cùng nơi gửi", "the two bundles are not of one sender"),
        ));
    }
    let title = format!("{} (lùi)", old.manifest.title);
    let manifest = Manifest {
        version: new.manifest.version + 1,
        made: new.manifest.made,
        not_after: new.manifest.not_after,
        scope: new.manifest.scope.clone(),
        title,
        ..old.manifest.clone()
    };
    let mut paper = Endorsed::new(serde_json::to_string(&manifest).unwrap_or_default());
    for key in &keys {
        paper.sign(Signing::Manifest, key);
    }
    let freight = Freight { manifest: paper, keys: new.freight.keys.clone(), revoked: new.freight.revoked.clone() };
    put_new(&args.out, "--out", FileReaders::Habit, |out| write_bundle(&args.old, out, &freight))?;
    let (path, version): (String, u64) = (shown(&args.out.to_string_lossy()), manifest.version);
    let said = text!(
        "Đã lập {path}, số {version}: nội dung cũ, để lùi khi cần.",
        "{path} is made, number {version}: the old content, to go back with."
    );
    Screen::line(said.get(ground.lang));
    Ok(ExitCode::SUCCESS)
}

fn write_bundle(old: &Path, mut out: &mut dyn std::io::Write, freight: &Freight) -> std::io::Result<()> {
    let file = loa_site::open(old).map_err(std::io::Error::from)?;
    let (_, mut parcel) =
        Parcel::open(std::io::BufReader::new(file)).map_err(|why| std::io::Error::other(why.code()))?;
    repack(&mut out, freight, &mut parcel).map_err(|why| match why {
        Unpacked::Disk(error) => error,
        Unpacked::Bundle(why) => std::io::Error::other(why.code()),
    })
}
