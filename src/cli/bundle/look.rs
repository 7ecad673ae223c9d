use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::papers::open;
use super::unfit;
use crate::bundle::{Manifest, Parcel, PublicKey, Signing};
use crate::cli::page::Page;
use crate::cli::{Context, Exit, Failure, courier, files};
use crate::clock::Clock;
use crate::courier::{BundleFate, Delivery, Unfit, through};
use crate::diag::figure::{bytes, date};
use crate::diag::{Text, plain, shown, text};
use crate::usage::typed;

/// `loa bundle show`, `verify`, `install`.
#[derive(Args, Debug)]
pub(in crate::cli) struct FileArgs {
    /// Tệp gói tin. | The bundle.
    #[arg(value_name = "F.loa")]
    file: PathBuf,
}

pub(super) fn show(context: &Context, args: &FileArgs) -> anyhow::Result<ExitCode> {
    let refused = |why| unfit(context, &Unfit::Bundle(why));
    let (freight, parcel) = Parcel::open(BufReader::new(open(&args.file)?)).map_err(refused)?;
    let manifest = Manifest::read(&freight.manifest.text).map_err(refused)?;
    through(&manifest, parcel).map_err(|why| unfit(context, &why))?;
    let signers: Vec<String> = freight.manifest.signers(Signing::Manifest).into_iter().map(PublicKey::name).collect();
    if context.json {
        let manifest: serde_json::Value = serde_json::from_str(&freight.manifest.text)?;
        let said = json!({
            "manifest": manifest, "signed_by": signers, "keys": freight.keys.len(), "revoked": freight.revoked.is_some(),
        });
        Page::data(serde_json::to_string_pretty(&said)? + "\n");
        return Ok(ExitCode::SUCCESS);
    }
    let tz = crate::disk::station::load(&context.dir).0.timezone;
    let (title, from, number) = (shown(&manifest.title), &manifest.place, manifest.version);
    let scope = manifest.scope.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (made, end) = (date(manifest.made.wall(), &tz), date(manifest.not_after.wall(), &tz));
    let (made_vi, made_en, end_vi, end_en) = (made.vi, made.en, end.vi, end.en);
    let said = text!(
        "«{title}», số {number}\nNơi gửi: {from}; dành cho: {scope}\nLập {made_vi}, nhận đến {end_vi}",
        "\"{title}\", number {number}\nFrom: {from}; for: {scope}\nMade {made_en}, to be taken until {end_en}"
    );
    Page::line(said.get(context.lang));
    let (vi, en): (Vec<_>, Vec<_>) =
        manifest.purposes.iter().map(|one| one.text()).map(|text| (text.vi, text.en)).unzip();
    let (vi, en) = (vi.join(", "), en.join(", "));
    Page::line(text!("Mang theo: {vi}", "Brings: {en}").get(context.lang));
    let signed = if signers.is_empty() {
        text!("chưa ai ký", "nobody")
    } else {
        let all = signers.join(", ");
        text!("{all}", "{all}")
    };
    Page::line(text!(signed = signed; "Người ký: {signed}", "Signed by: {signed}").get(context.lang));
    for file in &manifest.files {
        let size = bytes(file.bytes);
        Page::line(format_args!("  {}  {}", plain(&file.path), size.get(context.lang)));
    }
    let file = typed(&args.file.to_string_lossy());
    let said = text!(
        "Cả gói còn nguyên. Đài này có nhận không: loa bundle verify {file}",
        "It is whole. Whether this station would take it: loa bundle verify {file}"
    );
    Page::line(context.told(&said).get(context.lang));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify(context: &Context, clock: &dyn Clock, args: &FileArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let desk = courier::CourierDesk::open(context, clock)?;
    let seen = desk
        .installer(context, &crate::courier::whole)
        .look_through(BufReader::new(open(&args.file)?))
        .map_err(|why| unfit(context, &why))?;
    let by = seen.admitted.signed_by();
    if context.json {
        Page::line(
            json!({ "would_take": true, "again": seen.admitted.again, "signed_by": by, "number": seen.admitted.manifest.version }),
        );
        return Ok(ExitCode::SUCCESS);
    }
    let (title, by) = (shown(&seen.admitted.manifest.title), shown(&by));
    let file = typed(&args.file.to_string_lossy());
    let said = if seen.admitted.again {
        text!("Đài đã nhận gói «{title}» này rồi ({by} ký).", "The station has \"{title}\" already (signed by {by}).")
    } else {
        text!(
            "Chữ ký, nơi nhận, hạn và số của «{title}» đều đúng ({by} ký). Lịch bên trong được kiểm tra khi cài: loa bundle install {file}",
            "Signatures, place, date and number of \"{title}\" are right (signed by {by}). What is in it is checked when it is installed: loa bundle install {file}"
        )
    };
    Page::line(context.told(&said).get(context.lang));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn install(context: &Context, clock: &dyn Clock, args: &FileArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    let desk = courier::CourierDesk::open(context, clock)?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = open(&args.file)?;
    let installed = desk.installer(context, &crate::courier::whole).install(BufReader::new(file), &name);
    courier::tell_journal(context, clock);
    let delivery = installed.map_err(|why| unfit(context, &why))?;
    said(context, &delivery)
}

/// What became of one, and the exit code for it.
pub(in crate::cli) fn said(context: &Context, delivery: &Delivery) -> anyhow::Result<ExitCode> {
    let good = matches!(delivery.fate, BundleFate::Installed | BundleFate::Again);
    if context.json {
        Page::data(serde_json::to_string_pretty(delivery)? + "\n");
        return Ok(if good { ExitCode::SUCCESS } else { Exit::Findings.into() });
    }
    let Text { vi, en } = delivery.text();
    if good {
        Page::line(text!("{vi}.", "{en}.").get(context.lang));
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::new(Exit::Findings, text!("{vi}", "{en}")).into())
}
