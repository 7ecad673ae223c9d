//! The machine: clock, cards, amplifiers, journal, disk and files, each with what was found and what cures it; and the word
//! of a person that the clock is right.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::app::App;
use crate::checkup::Words;
use crate::checkup::{Finding, ProofSaid};
use crate::daemon::protocol::Command;
use crate::diag::{Lang, Severity, Text, figure, text};
use crate::disk;
use crate::fields::Fields;
use crate::gate::{Need, Who, go_to};
use crate::instant::Wall;
use crate::journal;
use crate::plan::weekday_name;
use crate::reason::Reason;
use crate::role::Right;
use crate::routes::{Ask, Route, route};
use crate::sentence::{capital, sentence};
use crate::shell::{self, Page};
use crate::status::{Status, ZoneStatus};

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/machine", Need::Right(Right::Machine), || get(machine)),
    route(Ask::Post, "/machine/clock", Need::Right(Right::Machine), || post(confirm)),
];

/// A page that is still read; the rest is told by `loa check`.
const FINDINGS_MOST: usize = 40;

async fn machine(State(app): State<App>, who: Who) -> Response {
    let lang = who.lang;
    let look = app.look().await;
    let (status, age) = (app.door().status(), app.door().age(app.now().mono));
    // Of a station that hangs the page tells what it said last, and when.
    let now = app.now().wall - age.0;
    let tz = &look.world.station.timezone;
    let body = html! {
        @match &status {
            None => div.said.bad role="alert" {
                p { (text!(
                    "Đài không chạy: không có gì phát. Xin người quản trị khởi động lại: sudo systemctl restart loa",
                    "The station is not running: nothing plays. Ask the administrator to start it: sudo systemctl restart loa"
                ).get(lang)) }
            },
            Some(_) if age.is_old() => div.said.bad role="alert" {
                @let (at, seconds) = (now.zoned(tz).strftime("%H:%M:%S").to_string(), age.0.as_secs());
                p { (text!(
                    "Đài không trả lời từ lúc {at}, đã {seconds} giây. Dưới đây là lần cuối nghe được. Nếu vẫn vậy, xin người quản trị khởi động lại: sudo systemctl restart loa",
                    "The station has not answered since {at}, for {seconds} s. Below is what was heard last. If it stays so, ask the administrator to start it: sudo systemctl restart loa"
                ).get(lang)) }
            },
            Some(status) => p { span.pill.ready { (text!("Đài đang chạy", "The station runs").get(lang)) } " "
                span.hint { @let (broadcasts, sounds) = (status.broadcasts, status.sounds);
                    (text!("{broadcasts} mục phát, {sounds} bản ghi.", "{broadcasts} broadcasts, {sounds} recordings.").get(lang)) } },
        }
        (clock(status.as_deref(), now, tz, lang))
        @if let Some(status) = &status {
            (cards(status, lang))
            (journal(status, journal::public_key(app.site()).as_deref(), lang))
        }
        (disks(&app, lang))
        (findings(status.as_deref(), lang))
        @let found: Vec<_> = look.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
        section.card #files {
            h2 { (text!("Tệp của đài", "The station's files").get(lang)) }
            @if found.is_empty() { p { (text!("Không tệp nào hỏng.", "No file is broken.").get(lang)) } }
            ul.list {
                @for one in found.iter().take(FINDINGS_MOST) {
                    li.bad {
                        @let (file, line) = (&one.file, one.line);
                        p { @if line > 0 { (text!("Tệp {file}, dòng {line}: ", "{file}, line {line}: ").get(lang)) } @else { (file) ": " }
                            (sentence(one.message.get(lang))) }
                        @if let Some(help) = &one.help { (cure(help.get(lang), lang)) }
                    }
                }
            }
        }
    };
    shell::page(&app, &who, Page::of(text!("Máy", "Machine")), &body)
}

fn clock(status: Option<&Status>, now: Wall, tz: &TimeZone, lang: Lang) -> Markup {
    let time = now.zoned(tz).strftime("%H:%M:%S").to_string();
    let (day, date) = (weekday_name(now, tz), figure::date(now, tz));
    let zone = tz.iana_name().unwrap_or("?");
    let clock = status.map(|status| &status.clock);
    html! {
        section.card #clock {
            h2 { (text!("Đồng hồ", "Clock").get(lang)) }
            p.clock { strong { (time) } " " (day.get(lang)) ", " (date.get(lang)) " " span.hint { "(" (zone) ")" } }
            @match clock {
                Some(clock) if clock.trusted => p {
                    @let because = clock.because.as_ref().map(|because| Reason::from(format!("clock_trusted: {because}")).words());
                    @match because {
                        Some(because) => { (capital(because.get(lang))) "." },
                        None => (text!("Đồng hồ đáng tin.", "The clock is trusted.").get(lang)),
                    }
                },
                Some(clock) => {
                    @let why = clock.why.as_deref().map(|why| Reason::from(why).words());
                    div.said.bad role="alert" {
                        p { (text!("Đồng hồ chưa đáng tin: tạm không phát theo lịch", "The clock is not trusted: nothing scheduled plays").get(lang))
                            @if let Some(why) = &why { " (" (why.get(lang)) ")" } "." }
                    }
                    (question(&time, &day, &date, lang))
                },
                None => {}
            }
            @if let Some(drift) = clock.and_then(|clock| clock.drift.as_deref()) { p.hint { (Reason::from(drift).words().get(lang)) "." } }
        }
    }
}

/// Asked so that it cannot be answered without looking: the time stands in it.
fn question(time: &str, day: &Text, date: &Text, lang: Lang) -> Markup {
    let (day_vi, day_en, date_vi, date_en) = (&day.vi, &day.en, &date.vi, &date.en);
    html! {
        p { (text!(
            "Xin so với đồng hồ của điện thoại. Máy này đang nghĩ là {time}, {day_vi}, {date_vi}. Giờ, thứ, ngày, tháng và năm có đúng cả không?",
            "Compare it with a telephone. This machine takes it to be {time}, {day_en}, {date_en}. Are hour, weekday and date all right?"
        ).get(lang)) }
        form.narrow method="post" action="/machine/clock" {
            label.tick { input type="checkbox" name="right" required; (text!("Đã so, đúng cả", "Compared, all of it is right").get(lang)) }
            button.main { (text!("Xác nhận giờ đúng", "Confirm the clock").get(lang)) }
        }
        p.hint { (text!(
            "Nếu sai: xin người quản trị chỉnh giờ trước (sudo timedatectl set-time \"2026-12-01 05:30\"), rồi xem lại trang này.",
            "If it is wrong: ask the administrator to set it first (sudo timedatectl set-time \"2026-12-01 05:30\"), then look here again."
        ).get(lang)) }
    }
}

async fn confirm(State(app): State<App>, who: Who, fields: Fields) -> Response {
    if !fields.is_ticked("right") {
        let why = text!(
            "xin so đồng hồ trước, rồi đánh dấu «Đã so, đúng cả»",
            "compare the clock first, then tick \"Compared\""
        );
        return shell::refused(&app, &who, &why);
    }
    let command = Command::Confirm { by: who.person().name.clone() };
    match app.door().ask(&command).await {
        Ok(_) => go_to("/machine#clock"),
        Err(why) => shell::refused(&app, &who, &why),
    }
}

fn title(zone: &ZoneStatus) -> &str {
    zone.title.as_deref().unwrap_or(&zone.zone)
}

fn cards(status: &Status, lang: Lang) -> Markup {
    let well = |zone: &&ZoneStatus| zone.trouble.is_none() && zone.tried != Some(false) && !zone.no_horn;
    let fine = status.zones.iter().filter(well).count();
    html! {
        section.card #cards {
            h2 { (text!("Card âm thanh và loa", "Cards and horns").get(lang)) }
            @if fine > 0 { p { (text!("{fine} cụm loa: không thấy trục trặc gì.", "{fine} zones: nothing is known to be wrong.").get(lang)) } }
            ul.list {
                @for zone in &status.zones {
                    @if let Some(trouble) = &zone.trouble {
                        li.bad { strong { (title(zone)) } ": " (if lang == Lang::En { &trouble.why.en } else { &trouble.why.vi }) "." }
                    }
                }
                @let quiet = |which: &dyn Fn(&ZoneStatus) -> bool| -> Vec<&str> {
                    status.zones.iter().filter(|zone| zone.trouble.is_none() && which(zone)).map(title).collect()
                };
                @let hornless = quiet(&|zone| zone.no_horn);
                @if !hornless.is_empty() {
                    li { strong { (hornless.join(", ")) } ": " (text!("chưa nối với loa nào, phát ở đó thì không ai nghe.", "connected to no horn: nobody hears what plays there.").get(lang)) }
                }
                @let untried = quiet(&|zone| !zone.no_horn && zone.tried == Some(false));
                @if !untried.is_empty() {
                    li { strong { (untried.join(", ")) } ": " (text!("chưa dùng tới từ khi khởi động, chưa biết có kêu được không.", "not used since the start, so it is not known whether it can sound.").get(lang)) }
                }
                @for zone in status.zones.iter().filter(|zone| zone.underruns > 0) {
                    @let (title, times) = (title(zone), zone.underruns);
                    li { (text!("{title}: tiếng bị ngắt quãng {times} lần từ khi loa chạy (máy quá bận hoặc ổ đĩa chậm).", "{title}: {times} gaps in the sound since loa started (the machine is too busy, or the disk slow).").get(lang)) }
                }
                @for proof in &status.standing.proof {
                    li.bad[proof.said == ProofSaid::NotHeard] { (proof.words().get(lang)) "." }
                }
                @for power in &status.standing.amplifiers {
                    @let (zones, Text { vi, en }) = (power.named(), power.state());
                    li.bad[power.why.is_some()] {
                        (text!("Tăng âm của {zones}: {vi}", "Amplifier of {zones}: {en}").get(lang))
                        @if let Some(why) = &power.why { " (" (if lang == Lang::En { &why.en } else { &why.vi }) ")" } "."
                    }
                }
            }
        }
    }
}

fn journal(status: &Status, key: Option<&str>, lang: Lang) -> Markup {
    let journal = &status.journal;
    html! {
        section.card #journal {
            h2 { (text!("Nhật ký", "Journal").get(lang)) }
            @match (&journal.why, journal.writes) {
                (Some(why), Some(false)) => p.said.bad {
                    @let (vi, en, waiting) = (&why.vi, &why.en, journal.waiting);
                    (text!("Chưa ghi được: {vi} ({waiting} dòng đang chờ).", "It cannot be written: {en} ({waiting} rows wait).").get(lang))
                },
                _ => p { (text!("Đang ghi bình thường.", "It is being written.").get(lang)) },
            }
            @if let Some(key) = key {
                @let name = journal::key_name(key);
                p { (text!("Khóa công khai của đài, để kiểm chữ ký trên sổ in: {name}", "The station's public key, which signatures on printed books are checked with: {name}").get(lang)) }
                details { summary { (text!("Cả khóa", "The whole key").get(lang)) } p.code { (key) } }
            }
            @if let Some(aside) = &journal.set_aside {
                @let (file, vi, en) = (&aside.file, &aside.why.vi, &aside.why.en);
                p.said { (text!(
                    "Nhật ký cũ bị hỏng ({vi}), đã cất vào state/{file}: hãy chép sang nơi khác làm bằng chứng.",
                    "The old journal was damaged ({en}) and is now state/{file}: copy it elsewhere as evidence."
                ).get(lang)) }
            }
            @if let Some(Words { vi, en }) = &journal.misfit {
                p.said.bad { (text!(
                    "Lúc đài mở lại, nhật ký không còn như lúc đài ghi. {vi}. Hãy chép thư mục state/ sang nơi khác làm bằng chứng.",
                    "When the station opened it, the journal was not as it had been left. {en}. Copy state/ elsewhere as evidence."
                ).get(lang)) }
            }
            @if let Some(restored) = journal.restored {
                p.said { (if restored.whole {
                    text!("Tệp nhật ký đã bị lấy đi khi loa đang chạy; đã lập lại đủ mọi dòng.", "The journal's file was taken away while loa runs; it was put back with all its rows.")
                } else {
                    text!("Tệp nhật ký đã bị lấy đi khi loa đang chạy; đã bắt đầu nhật ký mới.", "The journal's file was taken away while loa runs; a new one was begun.")
                }.get(lang)) }
            }
        }
    }
}

fn disks(app: &App, lang: Lang) -> Markup {
    let disks = disk::space::disks(app.site());
    html! {
        section.card #disk {
            h2 { (text!("Ổ đĩa", "Disk").get(lang)) }
            @if disks.is_empty() { p { (text!("Không xem được ổ đĩa.", "The disk cannot be looked at.").get(lang)) } }
            @for disk in &disks {
                @let (place, left) = (disk.place, figure::bytes(disk.left.bytes));
                p { (if disks.len() == 1 {
                    text!(left = left; "Còn {left}.", "{left} left.")
                } else {
                    text!(left = left; "Ổ đĩa của {place} còn {left}.", "The disk of {place} has {left} left.")
                }.get(lang)) }
            }
            (list(&disk::space::short(&disks), lang))
        }
    }
}

/// What cures it on the machine itself: for whoever sits there.
fn cure(help: &str, lang: Lang) -> Markup {
    html! {
        @if !help.is_empty() {
            details { summary { (text!("Cách sửa trên máy", "The cure on the machine").get(lang)) } p { (sentence(help)) } }
        }
    }
}

fn findings(status: Option<&Status>, lang: Lang) -> Markup {
    let found = status.map(|status| status.standing.findings()).unwrap_or_default();
    html! {
        @if !found.is_empty() {
            section.card #found { h2 { (text!("Cần xem", "To look at").get(lang)) } (list(&found, lang)) }
        }
    }
}

fn list(found: &[Finding], lang: Lang) -> Markup {
    html! {
        ul.list {
            @for one in found.iter().take(FINDINGS_MOST) {
                li.bad[one.is_error()] {
                    p { (sentence(if lang == Lang::En { &one.message.en } else { &one.message.vi })) }
                    (cure(if lang == Lang::En { &one.help.en } else { &one.help.vi }, lang))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkup::{ProofStanding, Standing};

    #[test]
    fn a_microphone_that_did_not_hear_the_horns_stands_there_in_red() {
        let said = |said| {
            let proof = ProofStanding {
                zone: "thon-1".to_owned(),
                title: "Thôn 1".to_owned(),
                input: "Sân xã".to_owned(),
                learnt: true,
                said,
                airing: "Bản tin sáng".to_owned(),
                since: "2026-12-01T05:30:00.000+07:00".to_owned(),
                ..ProofStanding::default()
            };
            let standing = Standing { proof: vec![proof], ..Standing::default() };
            let status = Status { standing, ..Status::default() };
            (cards(&status, Lang::Vi).into_string(), findings(Some(&status), Lang::Vi).into_string())
        };
        let (cards, found) = said(ProofSaid::NotHeard);
        let line =
            "<li class=\"bad\">Thôn 1: micro «Sân xã» KHÔNG nghe thấy loa, «Bản tin sáng» lúc 05:30 01/12/2026.</li>";
        assert!(cards.contains(line), "{cards}");
        assert!(found.contains("KHÔNG nghe thấy loa") && found.contains("Cách sửa trên máy"), "{found}");
        let (cards, found) = said(ProofSaid::Heard);
        assert!(cards.contains("nghe thấy loa, «Bản tin sáng»") && !cards.contains("class=\"bad\""), "{cards}");
        assert!(!found.contains("nghe thấy loa"), "{found}");
    }
}
