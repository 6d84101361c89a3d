//! One page of a list.

use serde::{Deserialize, Deserializer};

use super::unknown::Rest;
use super::{Wire, made};

/// One page of a list.
pub(in crate::api) struct Page<R> {
    /// The records, in the server's order.
    pub(in crate::api) records: Vec<R>,
    /// Where the next page begins; `None` on the last one.
    pub(in crate::api) next: Option<String>,
}

#[derive(Deserialize)]
#[serde(bound = "F: Deserialize<'de>")]
struct PageForm<F> {
    #[serde(default, deserialize_with = "there")]
    items: Option<Vec<F>>,
    next_token: Option<String>,
    #[serde(flatten)]
    rest: Rest,
}

impl<R: Wire> Page<R> {
    /// Reads a page. An object that has no `items` but other things is no empty list: it would say of
    /// everything that it is gone. The last page is the one without a token, or without a record.
    pub(in crate::api) fn read(body: &[u8]) -> Result<Self, String> {
        let form: PageForm<R::Form> =
            serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if let (None, Some((name, _))) = (&form.items, form.rest.first_key_value()) {
            return Err(format!("no list: it has `{name}`, and no `items`"));
        }
        let items = form.items.unwrap_or_default();
        let records = items.into_iter().map(made).collect::<Result<Vec<R>, _>>()?;
        let token = form.next_token.filter(|token| !token.is_empty());
        Ok(Self {
            next: token.filter(|_| !records.is_empty()),
            records,
        })
    }
}

/// `null` is an empty list; only where the field is missing is there none.
fn there<'de, D, F>(deserializer: D) -> Result<Option<Vec<F>>, D::Error>
where
    D: Deserializer<'de>,
    F: Deserialize<'de>,
{
    let items = Option::<Vec<F>>::deserialize(deserializer)?;
    Ok(Some(items.unwrap_or_default()))
}
