//! What a form sends: names and values, in order, a name as often as it was chosen.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;

use super::body;

/// The field that holds the word of a form, by which it is known when it is sent again ([`super::once`]).
pub(super) const ONCE: &str = "once";

/// A form as it was sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// From `a=1&b=2`. The form's own word is nothing that anybody typed.
    pub(super) fn read(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().filter(|(name, _)| name != ONCE).collect())
    }

    /// Of names and values that something else than a form has sent.
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// The first value of this name, without the spaces around it; empty where it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.trim())
    }

    /// Everything that was sent, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a box of this name was ticked.
    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = StatusCode;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let (parts, body) = request.into_parts();
        Ok(Self::read(&body::whole(&parts.extensions, body).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_come_more_than_once_and_what_was_not_sent_is_empty() {
        let fields = Fields::read("zone=thon-1&zone=thon-2&title=+Tin+s%C3%A1ng+".as_bytes());
        assert_eq!(fields.all("zone").collect::<Vec<_>>(), ["thon-1", "thon-2"]);
        assert_eq!((fields.get("title"), fields.get("none")), ("Tin sáng", ""));
        assert!(fields.is_ticked("zone") && !fields.is_ticked("none"));
    }
}
