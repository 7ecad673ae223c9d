//! The form of a broadcast, drawn: every field with what is wrong with it beside it, and below it what would come of it.
//! Works without script; every button of it keeps what was typed.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::{Markup, html};

use super::draft::{Draft, On, Wrong, day_names};
use super::said;
use crate::calendar::lunar_of;
use crate::diag::{Lang, Text, text};
use crate::edit::{self, Field};
use crate::plan::without_ending;
use crate::player::World;

/// So many months of days to choose from are drawn.
const MONTHS: i32 = 3;
/// A list of names to choose a sound from: a phone draws no more.
const SOUNDS_MOST: usize = 400;

/// What is drawn.
pub(super) struct Form<'a> {
    pub(super) lang: Lang,
    pub(super) world: &'a World,
    pub(super) today: Date,
    pub(super) draft: &'a Draft,
    pub(super) held: &'a [Field],
    pub(super) wrong: &'a [Wrong],
    /// What goes back as it came: which entry, and how it was read.
    pub(super) hidden: Vec<(&'static str, String)>,
    /// Of which field one more empty box was asked for.
    pub(super) more: &'a str,
    /// What would come of it.
    pub(super) trial: Markup,
}

impl Form<'_> {
    fn say(&self, text: &Text) -> String {
        text.get(self.lang).to_owned()
    }

    fn wrong(&self, field: &str) -> Markup {
        html! {
            @for wrong in self.wrong.iter().filter(|wrong| wrong.field == field) {
                p.said.bad role="alert" { (self.say(&wrong.said)) }
            }
        }
    }

    fn is_held(&self, key: &str) -> bool {
        self.held.iter().any(|field| field.key == key)
    }

    pub(super) fn draw(&self) -> Markup {
        html! {
            form.broadcast method="post" action="/schedule/save" data-try="/schedule/try" {
                // Enter in a box looks before it writes.
                button.skip name="do" value="try" tabindex="-1" { (self.say(&text!("Xem trước", "Preview"))) }
                @for (name, value) in &self.hidden { input type="hidden" name=(name) value=(value); }
                (self.title())
                (self.zones())
                (self.times())
                (self.days())
                (self.sounds())
                (self.class())
                (self.more())
                (self.by_hand())
                div #trial aria-live="polite" { (self.trial) }
                p.actions {
                    button.main name="do" value="save" { (self.say(&text!("Lưu", "Save"))) }
                    button name="do" value="try" { (self.say(&text!("Xem trước", "Preview"))) }
                }
            }
        }
    }

    fn line(&self, key: &'static str, label: &Text, hint: Option<&Text>) -> Markup {
        html! {
            @if !self.is_held(key) {
                label { (self.say(label))
                    input name=(key) value=(self.draft.line(key)) maxlength="200";
                    @if let Some(hint) = hint { span.hint { (self.say(hint)) } }
                }
            }
        }
    }

    fn title(&self) -> Markup {
        let chosen = self.draft.line("campaign");
        let campaigns = &self.world.schedule.campaigns;
        html! {
            (self.wrong("title"))
            (self.line("title", &text!("Tên mục phát", "Title"), None))
            @if !self.is_held("campaign") && (!campaigns.is_empty() || !chosen.is_empty()) {
                label { (self.say(&text!("Đợt tuyên truyền", "Campaign")))
                    select name="campaign" {
                        option value="" selected[chosen.is_empty()] { (self.say(&text!("không thuộc đợt nào", "none"))) }
                        @for (id, campaign) in campaigns {
                            option value=(id) selected[chosen == id] { (campaign.title) }
                        }
                        @if !chosen.is_empty() && !campaigns.contains_key(chosen) { option value=(chosen) selected { (chosen) } }
                    }
                }
            }
        }
    }

    fn zones(&self) -> Markup {
        if self.is_held("zones") {
            return html! {};
        }
        let station = &self.world.station;
        let draft = self.draft;
        let is_known =
            |name: &&String| !station.zones.iter().any(|zone| zone.id == **name) && !station.groups.contains_key(*name);
        let zone = |id: &str, title: &str| {
            let is_chosen = draft.zones.iter().any(|one| one == id);
            html! { label.chip { input type="checkbox" name="zone" value=(id) checked[is_chosen]; (title) } }
        };
        html! {
            fieldset {
                legend { (self.say(&text!("Phát ở đâu", "Where"))) }
                (self.wrong("zones"))
                label.chip { input type="radio" name="for" value="all" checked[draft.all]; (self.say(&text!("Tất cả các cụm loa", "All zones"))) }
                label.chip { input type="radio" name="for" value="some" checked[!draft.all]; (self.say(&text!("Chỉ những cụm loa đánh dấu dưới đây", "Only those ticked below"))) }
                div.chips {
                    @for one in &station.zones { (zone(&one.id, &one.title)) }
                    @for group in station.groups.keys() { (zone(group, &self.say(&text!("nhóm {group}", "group {group}")))) }
                    @for other in draft.zones.iter().filter(is_known) { (zone(other, other)) }
                }
            }
        }
    }

    fn times(&self) -> Markup {
        if self.is_held("at") || self.is_held("cron") {
            return html! {};
        }
        let blank = if self.draft.at.is_empty() { 1 } else { 0 };
        let times = self.draft.at.iter().map(String::as_str).chain(std::iter::repeat_n("", blank + self.blanks("at")));
        html! {
            fieldset {
                legend { (self.say(&text!("Giờ phát", "Time"))) }
                (self.wrong("at"))
                @for (at, time) in times.enumerate() {
                    label.time {
                        span.skip { (self.say(&text!("Giờ phát", "Time"))) }
                        input name="at" value=(time) inputmode="text" autocomplete="off" placeholder="05:30" size="8" id=[(at == 0).then_some("at")];
                        @if !time.is_empty() {
                            @match said::read_back(time) {
                                Ok(words) => span.hint { (self.say(&words)) },
                                Err(bad) => span.hint.bad { (self.say(&bad)) },
                            }
                        }
                    }
                }
                p.hint { (self.say(&text!("Ghi tự do: 5h30, 530, 17h. Bỏ một giờ: xóa chữ trong ô.", "Any way: 5h30, 530, 17h. To drop a time, empty its box."))) }
                button name="do" value="more:at" { (self.say(&text!("+ giờ nữa", "+ another time"))) }
            }
        }
    }

    fn blanks(&self, name: &str) -> usize {
        usize::from(self.more == name)
    }

    fn days(&self) -> Markup {
        if ["days", "dates", "lunar", "cron"].iter().any(|key| self.is_held(key)) {
            return self.span();
        }
        let draft = self.draft;
        let on = |value: &'static str, on: On, label: &Text| {
            html! { label.chip { input type="radio" name="on" value=(value) checked[draft.on == on]; (self.say(label)) } }
        };
        let others: Vec<&str> =
            draft.lunar.iter().map(String::as_str).filter(|one| !["1", "15"].contains(one)).collect();
        html! {
            fieldset {
                legend { (self.say(&text!("Ngày phát", "Days"))) }
                (self.wrong("days"))
                (on("week", On::Week, &text!("Theo ngày trong tuần", "Days of the week")))
                div.chips {
                    @for (at, (name, short)) in day_names().iter().enumerate() {
                        label.chip { input type="checkbox" name="day" value=(name) checked[draft.days & (1 << at) != 0]; (self.say(short)) }
                    }
                    button name="do" value="days:31" { (self.say(&text!("Thứ Hai đến thứ Sáu", "Monday to Friday"))) }
                    button name="do" value="days:127" { (self.say(&text!("Mọi ngày", "Every day"))) }
                }
                (on("dates", On::Dates, &text!("Những ngày đã chọn", "Chosen dates")))
                (self.months())
                (on("lunar", On::Lunar, &text!("Theo ngày âm lịch", "Lunar days")))
                div.chips {
                    @for (value, label) in [("1", text!("Mùng 1", "1st")), ("15", text!("Rằm", "15th"))] {
                        label.chip { input type="checkbox" name="lunar" value=(value) checked[draft.lunar.iter().any(|one| one == value)]; (self.say(&label)) }
                    }
                    label { (self.say(&text!("Ngày âm khác", "Other lunar days")))
                        input name="lunar_more" value=(others.join(", ")) placeholder="10/3";
                    }
                }
            }
            (self.span())
        }
    }

    /// A grid of each of the next months, with the day of the moon in each cell.
    fn months(&self) -> Markup {
        let first = self.today.first_of_month();
        let chosen: BTreeSet<&str> = self.draft.dates.iter().map(String::as_str).collect();
        let end = first.saturating_add(MONTHS.months());
        let outside =
            |one: &&&str| !said::date_of(one, self.today).is_some_and(|date| date >= self.today && date < end);
        let others: Vec<&str> = chosen.iter().filter(outside).copied().collect();
        html! {
            details open[self.draft.on == On::Dates] {
                summary { (self.say(&text!("Chọn ngày trên lịch", "Choose on a calendar"))) }
                @for month in 0..MONTHS {
                    @let start = first.saturating_add(month.months());
                    p.month { strong { (start.strftime("%m/%Y").to_string()) } }
                    div.month {
                        @for _ in 0..start.weekday().to_monday_zero_offset() { span {} }
                        @for day in 0..i32::from(start.days_in_month()) {
                            @let date = start.saturating_add(day.days());
                            @let moon = lunar_of(date);
                            @if date < self.today { span.old { (date.day()) } } @else {
                                label.cell.moon[[1, 15].contains(&moon.day)] {
                                    input type="checkbox" name="date" value=(date) checked[chosen.contains(said::date(date).as_str())];
                                    (date.day()) small { (moon.short().get(self.lang)) }
                                }
                            }
                        }
                    }
                }
            }
            label { (self.say(&text!("Ngày khác, cách nhau dấu phẩy", "Other dates, with commas")))
                input name="dates" value=(others.join(", ")) placeholder="20/12/2026, 24/12/2026..26/12/2026";
            }
        }
    }

    /// From, until, and what is left out.
    fn span(&self) -> Markup {
        let draft = self.draft;
        let date = |name: &'static str, label: &Text, value: &str| {
            html! { @if !self.is_held(name) {
                (self.wrong(name))
                label { (self.say(label)) input name=(name) value=(value) placeholder="05/12/2026"; }
            } }
        };
        html! {
            details open[!draft.from.is_empty() || !draft.until.is_empty() || draft.holidays || !draft.except.is_empty() || !draft.except_at.is_empty() || !draft.also.is_empty()] {
                summary { (self.say(&text!("Từ ngày, đến ngày, trừ ngày", "From, until, except"))) }
                (date("from", &text!("Từ ngày", "From"), &draft.from))
                (date("until", &text!("Đến hết ngày", "Until, inclusive"), &draft.until))
                @if !self.is_held("except") {
                    label.chip { input type="checkbox" name="holidays" value="yes" checked[draft.holidays]; (self.say(&text!("Trừ ngày lễ", "Not on holidays"))) }
                    label { (self.say(&text!("Trừ những ngày, cách nhau dấu phẩy", "Not on these days, with commas")))
                        input name="except" value=(draft.except.join(", ")) placeholder="24/12/2026";
                    }
                }
                (self.moments("except_at", &draft.except_at, &text!("Bỏ riêng lần", "Called off once")))
                (self.moments("also", &draft.also, &text!("Phát thêm lần", "Played once more")))
            }
        }
    }

    fn moments(&self, name: &'static str, moments: &[String], label: &Text) -> Markup {
        let shown = |at: &String| {
            let at = at.parse::<jiff::civil::DateTime>();
            at.map_or_else(|_| String::new(), |at| at.strftime("%H:%M %d/%m/%Y").to_string())
        };
        html! { @for at in moments {
            label.chip { input type="checkbox" name=(name) value=(at) checked; (self.say(label)) " " (shown(at)) }
        } }
    }

    fn sounds(&self) -> Markup {
        if self.is_held("play") {
            return html! {};
        }
        let draft = self.draft;
        let blank = usize::from(draft.play.is_empty()) + self.blanks("play");
        let last = draft.play.len();
        html! {
            fieldset {
                legend { (self.say(&text!("Nội dung, phát lần lượt", "Sounds, one after the other"))) }
                (self.wrong("play"))
                @for (at, name) in draft.play.iter().map(String::as_str).chain(std::iter::repeat_n("", blank)).enumerate() {
                    div.sound {
                        label {
                            span.skip { (self.say(&text!("Bản ghi", "Sound"))) }
                            input name="play" value=(name) list="sounds" autocomplete="off";
                        }
                        @if at > 0 && at < last {
                            button name="do" value={ "up:" (at) } aria-label=(self.say(&text!("Đưa lên trước: {name}", "Move up: {name}"))) { "↑" }
                        }
                    }
                }
                p.hint { (self.say(&text!(
                    "Chọn bản ghi trong danh sách, hoặc ghi tên bản ghi sẽ nộp sau. chime là tiếng chuông, pause 2s là nghỉ hai giây.",
                    "Choose a sound, or name one that is still to be handed in. chime is the bell, pause 2s two seconds of silence."
                ))) }
                button name="do" value="more:play" { (self.say(&text!("+ bản ghi nữa", "+ another sound"))) }
                datalist id="sounds" {
                    option value="chime" {}
                    option value="pause 2s" {}
                    @for name in sounds(self.world) { option value=(name) {} }
                }
            }
        }
    }

    fn choice(&self, name: &'static str, chosen: &str, choices: &[(&str, Text)]) -> Markup {
        html! { @for (value, label) in choices {
            label.chip { input type="radio" name=(name) value=(value) checked[chosen == *value]; (self.say(label)) }
        } }
    }

    fn class(&self) -> Markup {
        if self.is_held("class") {
            return html! {};
        }
        let is_urgent = self.draft.class == "emergency";
        let classes = [
            ("normal", text!("Thông thường", "Normal")),
            ("priority", text!("Ưu tiên: được phát trước", "Priority: goes first")),
            ("emergency", text!("Khẩn cấp theo lịch, như diễn tập", "Scheduled emergency, such as a drill")),
        ];
        html! {
            fieldset {
                legend { (self.say(&text!("Loại bản tin", "Class"))) }
                (self.choice("class", &self.draft.class, &classes))
                details open[is_urgent || !self.draft.line("by").is_empty()] {
                    summary { (self.say(&text!("Mục khẩn cấp cần người ra lệnh, lý do và ngày kết thúc", "An emergency needs who ordered it, why, and a last day"))) }
                    (self.line("by", &text!("Người ra lệnh", "Ordered by"), None))
                    (self.line("why", &text!("Lý do", "Why"), None))
                }
            }
        }
    }

    fn more(&self) -> Markup {
        let draft = self.draft;
        html! {
            (self.wrong("more"))
            details {
                summary { (self.say(&text!("Khi bị lỡ, bị cắt ngang, lặp lại, nhạc nền", "When missed, interrupted, repeats, bed"))) }
                @if !self.is_held("if_missed") { fieldset {
                    legend { (self.say(&text!("Khi bị lỡ (mất điện, máy tắt)", "When missed"))) }
                    (self.choice("if_missed", &draft.if_missed, &[
                        ("skip", text!("bỏ lần ấy", "leave it")),
                        ("late", text!("phát trễ, nếu chưa quá", "play it late, within")),
                        ("join", text!("vào giữa chừng", "join in the middle")),
                    ]))
                    label { (self.say(&text!("Trễ nhất bao lâu (10 là 10 phút)", "Latest (10 is 10 minutes)"))) input name="late" value=(draft.late) placeholder="10"; }
                } }
                @if !self.is_held("if_interrupted") { fieldset {
                    legend { (self.say(&text!("Khi bị cắt ngang", "When interrupted"))) }
                    (self.choice("if_interrupted", &draft.if_interrupted, &[
                        ("resume", text!("phát tiếp từ chỗ bị cắt", "go on")),
                        ("restart", text!("phát lại từ đầu", "begin again")),
                        ("drop", text!("thôi", "leave it")),
                    ]))
                } }
                @if !self.is_held("wait") {
                    label { (self.say(&text!("Chờ mục khác tối đa (10 là 10 phút)", "Longest wait (10 is 10 minutes)"))) input name="wait" value=(draft.wait) placeholder="10"; }
                }
                @if !self.is_held("repeat") {
                    label { (self.say(&text!("Số lần lặp", "Repeats"))) input name="repeat" value=(draft.repeat) inputmode="numeric" placeholder="1"; }
                }
                (self.line("gap", &text!("Khoảng nghỉ giữa hai lần (5s là 5 giây)", "Gap (5s is 5 seconds)"), None))
                (self.line("chime", &text!("Bản ghi thay tiếng chuông", "Sound in place of the bell"), None))
                (self.line("bed", &text!("Nhạc nền", "Bed"), None))
                @if !self.is_held("kind") {
                    label.chip { input type="checkbox" name="music" value="yes" checked[draft.music]; (self.say(&text!("Là âm nhạc (im trong ngày để tang)", "It is music (silent in mourning)"))) }
                }
            }
        }
    }

    /// What the form cannot show: as it is written, and left so.
    fn by_hand(&self) -> Markup {
        html! { @if !self.held.is_empty() {
            section.card.held {
                p.hint { (self.say(&text!("Viết tay trong tệp, giữ nguyên", "Written by hand in the file, kept"))) }
                @for field in self.held {
                    p.hint { (self.say(&edit::name(&field.key))) ": " code { (field.key) " = " (field.written) } }
                }
            }
        } }
    }
}

/// The names of the sounds that are there, without ending and language.
pub(super) fn sounds(world: &World) -> Vec<String> {
    let languages: BTreeSet<&str> =
        world.station.zones.iter().flat_map(|zone| &zone.languages).map(String::as_str).collect();
    let stem = |file: &String| {
        let stem = without_ending(file).unwrap_or(file);
        match stem.rsplit_once('.') {
            Some((name, language)) if languages.contains(language) => name.to_owned(),
            _ => stem.to_owned(),
        }
    };
    let names: BTreeSet<String> = world.library.sounds.keys().map(stem).collect();
    names.into_iter().take(SOUNDS_MOST).collect()
}
