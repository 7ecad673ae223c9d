//! What waits, said to people and to programs.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::approval::{Lack, Said};
use crate::daemon::receipt::{OrderKind, Receipt};
use crate::diag::{Lang, Text, figure, shown, text};
use crate::pending::Pending;
use crate::plan;

/// Each name once, in order.
fn once_each(names: &mut Vec<&str>) {
    let mut known: Vec<&str> = Vec::new();
    names.retain(|name| {
        let is_new = !known.contains(name);
        known.push(name);
        is_new
    });
}

/// Everything that waits.
pub(super) fn list(items: &[Pending], tz: &TimeZone, lang: Lang) -> String {
    let Some(first) = items.first() else {
        return text!("Không có mục nào chờ duyệt.\n", "Nothing waits for approval.\n").get(lang).to_owned();
    };
    let mut out = String::new();
    for item in items {
        let _ = writeln!(out, "{}", head(item, tz).get(lang));
        for line in about(item, tz) {
            let _ = writeln!(out, "    {}", line.get(lang));
        }
    }
    let id = &first.broadcast.id;
    let how = text!(
        "\nNghe thử: loa listen TÊN. Duyệt: loa approve {id} --by \"TÊN\". Trả lại: thêm --return \"LỜI GHI\".",
        "\nTo hear it: loa listen NAME. To approve: loa approve {id} --by \"NAME\". To give it back: add --return \"NOTE\"."
    );
    let _ = writeln!(out, "{}", how.get(lang));
    out
}

/// `ban-tin  «Bản tin»: cần duyệt trước 05:30 ngày 01/12/2026`.
fn head(item: &Pending, tz: &TimeZone) -> Text {
    let (id, title, Text { vi, en }) = (&item.broadcast.id, shown(&item.broadcast.title), item.deadline(tz));
    text!("{id}  «{title}»: {vi}", "{id}  \"{title}\": {en}")
}

/// Why it waits, what changed, what there is to hear.
fn about(item: &Pending, tz: &TimeZone) -> Vec<Text> {
    let mut lines = vec![plan::undecided(&item.lack, tz)];
    if let Some(Text { vi, en }) = joined(&item.changes) {
        lines.push(text!("khác bản đã duyệt: {vi}", "since it was approved: {en}"));
    }
    let sounds: Vec<String> = item.what.sounds.iter().map(|(file, _)| shown(file)).collect();
    let sounds = sounds.join(", ");
    if !sounds.is_empty() {
        lines.push(text!("bản ghi: {sounds}", "sounds: {sounds}"));
    }
    let missing = item.what.missing.join(", ");
    if !missing.is_empty() {
        lines.push(text!(
            "chưa duyệt được: chưa có bản ghi {missing}",
            "cannot be approved yet: there is no sound {missing}"
        ));
    }
    let who = changed_by(item);
    if !who.is_empty() {
        lines.push(text!("người đã sửa, không tự duyệt được: {who}", "changed by, who cannot approve it: {who}"));
    }
    let digest = item.what.digest.short();
    lines.push(text!("mã {digest}", "digest {digest}"));
    lines
}

pub(super) fn changed_by(item: &Pending) -> String {
    let mut who: Vec<&str> = item.touches.iter().map(|touch| touch.who.as_str()).collect();
    once_each(&mut who);
    who.join(", ")
}

pub(super) fn joined(parts: &[Text]) -> Option<Text> {
    let join = |lang: Lang| parts.iter().map(|part| part.get(lang)).collect::<Vec<_>>().join(", ");
    (!parts.is_empty()).then(|| Text { vi: join(Lang::Vi), en: join(Lang::En) })
}

/// What was decided.
pub(super) fn decided(item: &Pending, receipt: &Receipt, tz: &TimeZone, lang: Lang) -> String {
    let mut out = String::new();
    if let Some(head) = receipt.head() {
        let _ = writeln!(out, "{}", head.get(lang));
    }
    let digest = item.what.digest.short();
    let _ = writeln!(out, "{}", text!("Mã {digest}.", "Digest {digest}.").get(lang));
    if let Some(next) = item.next.filter(|_| receipt.kind == OrderKind::Approve) {
        let Text { vi, en } = figure::moment(next, tz);
        let _ = writeln!(out, "{}", text!("Lần phát tới: {vi}.", "Next: {en}.").get(lang));
    }
    out
}

/// For programs.
pub(super) fn json(item: &Pending, tz: &TimeZone) -> Value {
    let reason = match &item.lack {
        Lack::Never | Lack::Void => "never",
        Lack::Changed(_) => "changed",
        Lack::Sound(_) => "sound",
        Lack::Returned(_) => "returned",
    };
    let note = item.lack.decision().and_then(|decision| match &decision.said {
        Said::Returned { note } => Some(note.clone()),
        Said::Approved { .. } => None,
    });
    let why = plan::undecided(&item.lack, tz);
    let changes: Vec<Value> = item.changes.iter().map(|change| json!({"vi": change.vi, "en": change.en})).collect();
    let sounds: Vec<Value> =
        item.what.sounds.iter().map(|(file, sha256)| json!({"file": file, "sha256": sha256})).collect();
    let mut who: Vec<&str> = item.touches.iter().map(|touch| touch.who.as_str()).collect();
    once_each(&mut who);
    json!({
        "broadcast": item.broadcast.id,
        "title": item.broadcast.title,
        "reason": reason,
        "why": {"vi": why.vi, "en": why.en},
        "note": note,
        "next": item.next.map(|next| next.rfc3339(tz)),
        "digest": item.what.digest.as_str(),
        "short": item.what.digest.short(),
        "changes": changes,
        "sounds": sounds,
        "missing": item.what.missing,
        "changed_by": who,
    })
}
