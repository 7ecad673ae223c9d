//! The form of a broadcast, drawn: every field with what is wrong with it beside it, and below it what would come of it.
//! Works without script; every button of it keeps what was typed.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maud::{Markup, html};

use super::draft::Typed;
use super::faults::Wrong;
use super::rousing;
use crate::diag::{Lang, Text, text};
use crate::edit::{self, Field};
use crate::plan::without_ending;
use crate::player::World;

/// A list of names to choose a sound from: a phone draws no more.
const SOUNDS_MOST: usize = 400;

/// What is drawn.
pub(super) struct Form<'a> {
    pub(super) lang: Lang,
    pub(super) world: &'a World,
    pub(super) today: Date,
    pub(super) draft: &'a Typed,
    pub(super) held: &'a [Field],
    pub(super) wrong: &'a [Wrong],
    /// What goes back as it came: which entry, and how it was read.
    pub(super) hidden: Vec<(String, String)>,
    /// Of which field one more empty box was asked for.
    pub(super) more: &'a str,
    /// What would come of it.
    pub(super) trial: Markup,
    /// What somebody has to say that he means.
    pub(super) doubt: Option<Text>,
}

impl Form<'_> {
    pub(super) fn say(&self, text: &Text) -> String {
        text.get(self.lang).to_owned()
    }

    pub(super) fn wrong(&self, field: &str) -> Markup {
        html! {
            @for wrong in self.wrong.iter().filter(|wrong| wrong.field == field) {
                p.said.bad role="alert" { (self.say(&wrong.said)) }
            }
        }
    }

    pub(super) fn is_held(&self, key: &str) -> bool {
        self.held.iter().any(|field| field.key == key)
    }

    pub(super) fn draw(&self) -> Markup {
        html! {
            form.broadcast method="post" action="/schedule/save" data-try="/schedule/try" {
                // Enter in a box looks before it writes.
                button.unseen name="do" value="try" tabindex="-1" { (self.say(&text!("Xem trước", "Preview"))) }
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
                @if let Some(doubt) = &self.doubt { (rousing::tick(doubt, self.lang)) }
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

    pub(super) fn blanks(&self, name: &str) -> usize {
        usize::from(self.more == name)
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
                            span.unseen { (self.say(&text!("Bản ghi", "Sound"))) }
                            input name="play" value=(name) list="sounds";
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
        let is_urgent = self.draft.class == "emergency";
        let classes = [
            ("normal", text!("Thông thường", "Normal")),
            ("priority", text!("Ưu tiên: được phát trước", "Priority: goes first")),
            (
                "emergency",
                text!(
                    "Khẩn cấp theo lịch: kêu cả ngoài giờ được phép",
                    "Scheduled emergency: sounds outside the hours too"
                ),
            ),
        ];
        html! {
            fieldset {
                legend { (self.say(&text!("Loại bản tin", "Class"))) }
                @if !self.is_held("class") { (self.choice("class", &self.draft.class, &classes)) }
                p.hint { (self.say(&text!(
                    "Mục khẩn cấp kêu ở mọi giờ, cắt ngang mọi mục khác và không chờ duyệt. Diễn tập thì dùng trang Diễn tập.",
                    "An emergency sounds at any hour, cuts into everything and waits for no approval. For a drill there is the page Drill."
                ))) }
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
