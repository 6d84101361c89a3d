//! The transport over the network: HTTP, with or without TLS, with or without a token.
//!
//! The only user of reqwest among the eyes, so that time limits, size limits and the handling of the token
//! are in one place: `link` makes the client and says what went wrong with a connection, `credentials` has
//! the token (a `bearer`), `reading` reads an answer, `exchange` gets one for an API key, `source` reads what a person configured.

mod bearer;
mod credentials;
mod endpoint;
mod exchange;
mod link;
mod reading;
mod source;

use reqwest::Client;

pub use credentials::Held;
pub use endpoint::{EndpointError, is_in_the_clear, is_this_machine};

use super::transport::{Method, Request, Response, Transport, TransportError};
use crate::settings::{Access, Token};
use bearer::Bearer;
use credentials::Credentials;
use endpoint::base;
use reading::read;

/// Requests over HTTP to one endpoint.
#[derive(Debug)]
pub struct Http {
    client: Client,
    base: String,
    credentials: Credentials,
    hint: String,
}

impl Http {
    /// A transport to `endpoint` (`http://host:port`, with or without `/api/v1`).
    ///
    /// `token` is sent as bearer token and appears in no message; `hint` is what to do when nobody
    /// answers, such as "is the stack up? rejoin up --target local".
    pub fn new(endpoint: &str, token: Option<&str>, hint: &str) -> Result<Self, EndpointError> {
        let base = base(endpoint)?;
        Ok(Self {
            client: link::client(&base, None)?,
            credentials: Credentials::fixed(token.map(Token::new))?,
            base,
            hint: hint.to_owned(),
        })
    }

    /// The same as the settings say: `endpoint` with the token, the exchange and the certificates of
    /// `access`.
    pub fn with(endpoint: &str, access: &Access, hint: &str) -> Result<Self, EndpointError> {
        let base = base(endpoint)?;
        Ok(Self {
            client: link::client(&base, access.ca_file.as_deref())?,
            credentials: Credentials::of(access)?,
            base,
            hint: hint.to_owned(),
        })
    }

    /// How the token is had, which is tried; the error is why it cannot be.
    pub async fn token(&self) -> Result<Held, TransportError> {
        let bearer = self.credentials.bearer().await?;
        Ok(match bearer {
            None => Held::None,
            Some(bearer) if bearer.exchanged => Held::Exchanged,
            Some(_) => Held::AsItIs,
        })
    }

    async fn once(
        &self,
        request: &Request,
        bearer: Option<&Bearer>,
    ) -> Result<Response, TransportError> {
        let url = format!("{}{}", self.base, request.path_and_query);
        let mut builder = self.client.request(method(request.method), url);
        if let Some(bearer) = bearer {
            builder = builder.header(reqwest::header::AUTHORIZATION, bearer.header.clone());
        }
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        let trouble = |error| link::trouble(&error, &self.hint);
        let answer = builder.send().await.map_err(trouble)?;
        let mut response = read(answer).await?;
        // A server that says what it was sent must not get the token into a message or a record.
        if let Some(bearer) = bearer {
            bearer.scrub_all(&mut response);
        }
        Ok(response)
    }
}

impl Transport for Http {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let bearer = self.credentials.bearer().await?;
        let response = self.once(&request, bearer.as_ref()).await?;
        let Some(bearer) = bearer else {
            return Ok(response);
        };
        if response.status != 401 {
            self.credentials.accepted(&bearer);
            return Ok(response);
        }
        // It may have run out or been exchanged meanwhile: once more with a new one, if there can be one.
        let Some(bearer) = self.credentials.instead_of(&bearer).await? else {
            return Ok(response);
        };
        let response = self.once(&request, Some(&bearer)).await?;
        if response.status != 401 {
            self.credentials.accepted(&bearer);
        }
        Ok(response)
    }

    fn base(&self) -> &str {
        &self.base
    }
}

const fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Put => reqwest::Method::PUT,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_in_no_debug_output() {
        let http =
            Http::new("http://127.0.0.1:1", Some("hush-hush"), "").map_err(|e| e.to_string());
        assert!(!format!("{http:?}").contains("hush-hush"));
        assert!(matches!(
            Http::new("http://x", Some("a\nb"), ""),
            Err(EndpointError::BadToken)
        ));
    }
}
