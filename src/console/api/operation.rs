use std::collections::BTreeMap;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_RANGE, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::answer::json;
use super::call::Call;
use super::problem::Problem;
use super::unread;
use crate::app::App;
use crate::body;
use crate::diag::{Lang, text};
use crate::gate::Need;
use crate::who::Who;

/// Schemas by name, as they are gathered for the description.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// How a type is described, and all that it is made of.
pub(super) type Described = fn(&mut Schemas) -> (String, Value);

pub(super) fn described<T: ToSchema>(schemas: &mut Schemas) -> (String, Value) {
    T::schemas(schemas);
    let (name, schema) = (T::name().into_owned(), T::schema());
    let own = serde_json::to_value(&schema).unwrap_or_default();
    schemas.push((name.clone(), schema));
    (name, own)
}

/// How a type alone is described.
fn own<T: ToSchema>() -> Value {
    described::<T>(&mut Schemas::new()).1
}

/// What an operation is given beside its path.
#[derive(Clone, Copy)]
pub(super) enum GivenKind {
    /// In the query, a value for each name.
    Query(Described),
    /// As JSON in the body.
    Body(Described),
    /// Bytes in the body, and what is asked in the query.
    Bytes(Described),
}

/// What it answers with when it was done.
#[derive(Clone, Copy)]
pub(super) enum AnswerKind {
    Json(Described),
    File(&'static [&'static str]),
}

/// Something that a program can ask.
pub struct Operation {
    /// What it is called.
    pub id: &'static str,
    /// How it is asked.
    pub method: Method,
    /// Its path below [`BASE`](super::BASE), as axum writes it.
    pub path: &'static str,
    /// What it needs of the one who asks.
    pub need: Need,
    /// What it does: Vietnamese, a bar, English.
    pub words: &'static str,
    pub(super) status: StatusCode,
    pub(super) input: GivenKind,
    pub(super) output: AnswerKind,
    pub(super) answers: MethodRouter<App>,
}

type Places = Result<Option<Path<BTreeMap<String, String>>>, PathRejection>;

fn places(places: Places) -> Result<BTreeMap<String, String>, Problem> {
    Ok(places.map_err(|_| Problem::gone())?.map(|Path(places)| places).unwrap_or_default())
}

fn filter(method: &Method) -> MethodFilter {
    MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET)
}

fn queried<Q: DeserializeOwned + ToSchema>(request: &Request) -> Result<Q, Problem> {
    // A name without a value is a variable that was never set, most likely: it is not understood as everything.
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    if let Some((name, _)) = pairs.iter().flat_map(|Query(pairs)| pairs).find(|(_, value)| value.is_empty()) {
        return Err(Problem::misread(unread::empty(name)));
    }
    let read = Query::<Q>::try_from_uri(request.uri());
    read.map(|Query(given)| given).map_err(|error| {
        let (pairs, schema) = (pairs.map(|Query(pairs)| pairs).unwrap_or_default(), own::<Q>());
        Problem::misread(unread::given(&unread::asked(pairs, &schema), &schema, &error.body_text()))
    })
}

/// What is only asked, by its query.
fn looked_at<Q: DeserializeOwned + ToSchema>(
    app: App,
    who: Who,
    found: Places,
    request: &Request,
) -> Result<Call<Q>, Problem> {
    Ok(Call { app, who, places: places(found)?, given: queried(request)?, headers: request.headers().clone() })
}

async fn sent<B: DeserializeOwned + ToSchema>(request: Request) -> Result<B, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    let has_kind = !kind.is_empty();
    if request.uri().query().is_some_and(|query| !query.is_empty()) {
        return Err(Problem::misread(text!(
            "yêu cầu này gửi mọi thứ trong phần thân, không ghi gì sau dấu «?»",
            "this request has everything in its body, and nothing behind the \"?\""
        )));
    }
    let (parts, content) = request.into_parts();
    let read = body::whole(&parts.extensions, content).await;
    let bytes = read.map_err(Problem::unread)?;
    if bytes.is_empty() && !has_kind {
        return serde_json::from_str("{}").map_err(|error| Problem::misread(unread::words(&error.to_string())));
    }
    if !is_json {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            text!("phần gửi lên không phải JSON", "what was sent is not called JSON"),
            text!("gửi kèm dòng «Content-Type: application/json»", "send \"Content-Type: application/json\" with it"),
        ));
    }
    // A list would be read as the values of the keys in their order.
    let object: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|error| {
        Problem::misread(if error.is_data() { unread::no_object() } else { unread::words(&error.to_string()) })
    })?;
    let object: Map<String, Value> = object.into_iter().map(|(name, value)| (name, whole(value))).collect();
    B::deserialize(&object).map_err(|error| Problem::misread(unread::given(&object, &own::<B>(), &error.to_string())))
}

/// `2.0` is the integer 2, as JSON Schema counts; larger ones than a double holds exactly are left as they are.
fn whole(value: Value) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value.as_f64().filter(|number| value.is_f64() && number.fract() == 0.0 && number.abs() < EXACT) {
        Some(number) => Value::from(number as i64),
        None => value,
    }
}

/// A part of a file that is not there is told with how long the file is.
fn in_words(mut response: Response, lang: Lang) -> Response {
    if response.status() != StatusCode::RANGE_NOT_SATISFIABLE {
        return response;
    }
    let why = text!("tệp ngắn hơn đoạn được hỏi", "the file is shorter than where the part that is asked for begins");
    let cure = text!("xem dòng «Content-Range»", "see the line \"Content-Range\"");
    let mut told = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "no_such_part", why, cure).told(lang);
    if let Some(length) = response.headers_mut().remove(CONTENT_RANGE) {
        told.headers_mut().insert(CONTENT_RANGE, length);
    }
    told
}

impl Operation {
    /// What is looked at.
    pub(super) fn get<Q, A, F, R>(id: &'static str, path: &'static str, need: Need, answer: F) -> Self
    where
        Q: DeserializeOwned + ToSchema + Send + 'static,
        A: Serialize + ToSchema,
        F: Fn(Call<Q>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<A, Problem>> + Send,
    {
        let handle = move |app: App, who: Who, found: Places, request: Request| {
            let answer = answer.clone();
            async move {
                let call = looked_at::<Q>(app, who, found, &request)?;
                json(&answer(call).await?)
            }
        };
        let output = AnswerKind::Json(described::<A>);
        Self::made(id, Method::GET, path, need, (GivenKind::Query(described::<Q>), output), handle)
    }

    /// What is done with what is sent.
    pub(super) fn does<B, A, F, R>(id: &'static str, method: Method, path: &'static str, need: Need, answer: F) -> Self
    where
        B: DeserializeOwned + ToSchema + Send + 'static,
        A: Serialize + ToSchema,
        F: Fn(Call<B>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<A, Problem>> + Send,
    {
        let handle = move |app: App, who: Who, found: Places, request: Request| {
            let answer = answer.clone();
            async move {
                let (places, headers) = (places(found)?, request.headers().clone());
                let call = Call { app, who, places, given: sent::<B>(request).await?, headers };
                json(&answer(call).await?)
            }
        };
        let output = AnswerKind::Json(described::<A>);
        Self::made(id, method, path, need, (GivenKind::Body(described::<B>), output), handle)
    }

    /// What is done with bytes, which the answer reads itself.
    pub(super) fn takes<Q, A, F, R>(id: &'static str, method: Method, path: &'static str, need: Need, answer: F) -> Self
    where
        Q: DeserializeOwned + ToSchema + Send + 'static,
        A: Serialize + ToSchema,
        F: Fn(Call<(Q, Request)>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<A, Problem>> + Send,
    {
        let handle = move |app: App, who: Who, found: Places, request: Request| {
            let answer = answer.clone();
            async move {
                let (places, headers) = (places(found)?, request.headers().clone());
                let asked = queried::<Q>(&request)?;
                let call = Call { app, who, places, given: (asked, request), headers };
                json(&answer(call).await?)
            }
        };
        let output = AnswerKind::Json(described::<A>);
        Self::made(id, method, path, need, (GivenKind::Bytes(described::<Q>), output), handle)
    }

    /// A file of one of these kinds.
    pub(super) fn file<Q, F, R>(
        id: &'static str,
        method: Method,
        path: &'static str,
        (need, kinds): (Need, &'static [&'static str]),
        answer: F,
    ) -> Self
    where
        Q: DeserializeOwned + ToSchema + Send + 'static,
        F: Fn(Call<Q>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Response, Problem>> + Send,
    {
        let handle = move |app: App, who: Who, found: Places, request: Request| {
            let answer = answer.clone();
            async move {
                let lang = who.lang;
                let call = looked_at::<Q>(app, who, found, &request)?;
                Ok(in_words(answer(call).await?, lang))
            }
        };
        Self::made(id, method, path, need, (GivenKind::Query(described::<Q>), AnswerKind::File(kinds)), handle)
    }

    fn made<H, R>(
        id: &'static str,
        method: Method,
        path: &'static str,
        need: Need,
        (input, output): (GivenKind, AnswerKind),
        handle: H,
    ) -> Self
    where
        H: Fn(App, Who, Places, Request) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Result<Response, Problem>> + Send,
    {
        let answers = on(filter(&method), move |State(app): State<App>, who: Who, found: Places, request: Request| {
            let handle = handle.clone();
            async move {
                let lang = who.lang;
                handle(app, who, found, request).await.unwrap_or_else(|problem| problem.told(lang))
            }
        });
        Self { id, method, path, need, words: "", status: StatusCode::OK, input, output, answers }
    }

    /// What it does: Vietnamese, a bar, English.
    pub(super) fn says(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    /// What is answered when it was done.
    pub(super) fn gives(self, status: StatusCode) -> Self {
        let answers = self.answers.layer(axum::middleware::map_response(move |mut response: Response| async move {
            if response.status() == StatusCode::OK {
                *response.status_mut() = status;
            }
            response
        }));
        Self { status, answers, ..self }
    }
}
