use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::answer::shaped;
use super::call::Call;
use super::operation::Operation;
use super::problem::Problem;
use crate::act::{self, Undone};
use crate::daemon::receipt::Receipt;
use crate::diag::{Lang, text};
use crate::gate::Need;
use crate::receipts::Again;
use crate::role::Right;

/// Letters of a reason: what fits into a row of the journal and is read.
pub(super) const WHY_MOST: usize = 300;

/// Play a sound now.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SayAsked {
    /// As `play` would name it.
    #[schema(max_length = 200)]
    name: String,
    /// Zones by id, one at least: nothing sounds everywhere by being left out.
    #[schema(min_items = 1)]
    zones: Vec<String>,
    /// Although it is the sound of an alarm or a drill.
    #[serde(default)]
    sure: bool,
}

/// Silence now.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StopAsked {
    /// Zones by id; none: every zone of the token.
    #[serde(default)]
    zones: Vec<String>,
    /// Ids of orders, one at least: only those end, and what they have interrupted goes on as it says. Left out: everything.
    #[schema(min_items = 1)]
    orders: Option<Vec<String>>,
}

/// Play a sound at once, over anything, at any hour.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlertAsked {
    /// As `play` would name it.
    #[schema(max_length = 200)]
    name: String,
    /// Zones by id, one at least.
    #[schema(min_items = 1)]
    zones: Vec<String>,
    /// Why.
    #[schema(min_length = 1, max_length = 300)]
    why: String,
    /// How many times it is heard.
    #[serde(default = "once")]
    #[schema(minimum = 1, maximum = 20)]
    times: u32,
}

const fn once() -> u32 {
    1
}

/// What came of an order, zone by zone.
#[derive(Serialize, Deserialize, ToSchema)]
struct ReceiptAnswer {
    receipt: ReceiptShown,
    /// The same in words, a sentence for all zones of which the same is to be said.
    said: Vec<String>,
    /// What a stop has ended and can be heard from its beginning, by saying it.
    again: Vec<AgainShown>,
}

/// The station's answer. Further keys are those that `loa say --json` has.
#[derive(Serialize, Deserialize, ToSchema)]
struct ReceiptShown {
    /// The order's id: its rows in the journal carry it.
    order: String,
    /// `alert`, `say`, `stop`.
    kind: String,
    /// When it was taken.
    at: String,
    /// Each zone, with what really sounds there, or why not.
    zones: Vec<ZoneReceiptShown>,
    /// Of a stop of some orders, those that it has not ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left: Vec<LeftShown>,
    #[serde(flatten)]
    further: BTreeMap<String, Value>,
}

/// An order that a stop has not ended.
#[derive(Serialize, Deserialize, ToSchema)]
struct LeftShown {
    /// Its id, as it was named.
    order: String,
    /// Why: its `code` is `order_unknown`, `order_over` or `order_elsewhere`.
    why: BTreeMap<String, Value>,
}

/// What became of an order in one zone.
#[derive(Serialize, Deserialize, ToSchema)]
struct ZoneReceiptShown {
    /// Its id.
    zone: String,
    title: String,
    /// `accepted`, `sounding`, `unheard`, `sounded`, `waits`, `silent`, `stopped` (nothing that was to be ended sounds there).
    state: String,
    /// What a stop has ended there, by title; none where nothing of it was sounding.
    #[serde(default)]
    ended: Vec<String>,
    /// When its first sample was heard, as measured.
    started: Option<String>,
    #[serde(flatten)]
    further: BTreeMap<String, Value>,
}

/// Something that can be said again.
#[derive(Serialize, Deserialize, ToSchema)]
struct AgainShown {
    /// Its sound.
    name: String,
    title: String,
    /// Ids.
    zones: Vec<String>,
}

pub(super) fn operations() -> Vec<Operation> {
    let does = Method::POST;
    vec![
        Operation::does("say", does.clone(), "/orders/say", Need::Right(Right::Say), say)
            .says("Phát ngay một bản ghi, trong giờ được phép, đến lượt | Play a sound now, in its turn and within the hours"),
        Operation::does("stop", does.clone(), "/orders/stop", Need::Right(Right::Stop), stop)
            .says("Dừng loa ngay; các mục sau vẫn phát theo lịch | Silence now; what is scheduled later plays"),
        Operation::does("alert", does, "/orders/alert", Need::Right(Right::Alert), alert)
            .says("Báo khẩn cấp: phát ngay, đè lên mọi mục, giờ nào cũng phát | An emergency: at once, over anything, at any hour"),
    ]
}

fn told(lang: Lang, receipt: Receipt, again: Vec<Again>) -> Result<ReceiptAnswer, Problem> {
    let again = again.into_iter().map(|Again { name, title, zones }| AgainShown { name, title, zones });
    let said = receipt.lines().iter().map(|line| line.get(lang).to_owned()).collect();
    Ok(ReceiptAnswer { receipt: shaped(receipt)?, said, again: again.collect() })
}

async fn say(call: Call<SayAsked>) -> Result<ReceiptAnswer, Problem> {
    let SayAsked { name, zones, sure } = &call.given;
    told(call.who.lang, act::say(&call.app, &call.who, (name, *sure), zones.clone()).await?, Vec::new())
}

async fn stop(call: Call<StopAsked>) -> Result<ReceiptAnswer, Problem> {
    let StopAsked { zones, orders } = &call.given;
    if orders.as_ref().is_some_and(Vec::is_empty) {
        // A list that came out empty is not everything.
        return Err(Problem::misread(text!(
            "«orders» là danh sách trống: ghi mã lệnh cần dừng, hoặc bỏ hẳn «orders» để dừng mọi thứ",
            "\"orders\" is an empty list: name the orders to stop, or leave \"orders\" out to stop everything"
        )));
    }
    let (receipt, again) = act::stop(&call.app, &call.who, zones.clone(), orders.clone().unwrap_or_default()).await?;
    told(call.who.lang, receipt, again)
}

async fn alert(call: Call<AlertAsked>) -> Result<ReceiptAnswer, Problem> {
    let AlertAsked { name, zones, why, times } = &call.given;
    if why.trim().is_empty() || why.chars().count() > WHY_MOST {
        let most = WHY_MOST;
        let said = text!("xin ghi lý do, nhiều nhất {most} chữ", "say why, in {most} letters at most");
        return Err(Undone::Wrong(said).into());
    }
    told(call.who.lang, act::alert(&call.app, &call.who, (name, why, *times), zones.clone()).await?, Vec::new())
}
