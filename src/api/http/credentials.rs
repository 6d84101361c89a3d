//! The token that every request carries: had once, used by all, and had anew before it runs out or after it
//! was refused.

use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::EndpointError;
use super::exchange::{Exchange, Granted};
use super::source;
use crate::api::transport::TransportError;
use crate::settings::{Access, Token, TokenSource};

/// A token is had anew so long before it runs out; of one that is good for less, at half its time.
const MARGIN: Duration = Duration::from_secs(60);
/// Shorter texts are found in an answer by chance.
const SECRET: usize = 8;

/// What a request says of who sends it.
#[derive(Debug, Clone)]
pub(super) struct Bearer {
    pub(super) header: HeaderValue,
    token: Token,
    /// Which of the tokens that there were.
    number: u64,
}

impl Bearer {
    /// `None` where no header can carry it.
    pub(super) fn of(token: &Token, number: u64) -> Option<Self> {
        let mut header = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok()?;
        header.set_sensitive(true); // its Debug form says nothing
        Some(Self {
            header,
            token: token.clone(),
            number,
        })
    }

    /// Makes it unreadable in an answer that holds it.
    pub(super) fn scrub(&self, body: &mut Vec<u8>) {
        let secret = self.token.expose().as_bytes();
        if secret.len() < SECRET {
            return;
        }
        while let Some(at) = body.windows(secret.len()).position(|part| part == secret) {
            body.splice(at..at + secret.len(), *b"***");
        }
    }
}

/// Who has the token.
#[derive(Debug)]
pub(super) struct Credentials {
    access: Option<Access>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    bearer: Option<Bearer>,
    /// When to have another; `None`: never by itself.
    until: Option<Instant>,
    number: u64,
    exchange: Option<Exchange>,
}

impl Credentials {
    /// Always this token, or none.
    pub(super) fn fixed(token: Option<Token>) -> Result<Self, EndpointError> {
        let bearer = token.map(|token| Bearer::of(&token, 0).ok_or(EndpointError::BadToken));
        Ok(Self {
            access: None,
            held: Mutex::new(Held {
                bearer: bearer.transpose()?,
                ..Held::default()
            }),
        })
    }

    /// What the settings say.
    pub(super) fn of(access: &Access) -> Result<Self, EndpointError> {
        match &access.token {
            TokenSource::Variable { token: None, .. } => Self::fixed(None),
            TokenSource::Variable {
                token: Some(token), ..
            } if !access.exchanges(token) => Self::fixed(Some(token.clone())),
            _ => Ok(Self {
                access: Some(access.clone()),
                held: Mutex::default(),
            }),
        }
    }

    /// The token for a request. Who comes while another one is being had waits for that.
    pub(super) async fn bearer(&self) -> Result<Option<Bearer>, TransportError> {
        let mut held = self.held.lock().await;
        let Some(access) = &self.access else {
            return Ok(held.bearer.clone());
        };
        let fresh = held.until.is_none_or(|until| Instant::now() < until);
        if let Some(bearer) = held.bearer.as_ref().filter(|_| fresh) {
            return Ok(Some(bearer.clone()));
        }
        let none = TransportError::NoToken;
        let Some(secret) = source::read(&access.token).await.map_err(none)? else {
            return Ok(None);
        };
        let (token, until) = if access.exchanges(&secret) {
            let Granted { token, good_for } = held.exchanged(access, &secret).await?;
            let margin = MARGIN.min(good_for / 2);
            (
                token,
                Some(Instant::now() + good_for.saturating_sub(margin)),
            )
        } else {
            (secret, None)
        };
        let number = held.number + 1;
        let from = access.token.words();
        let bearer = Bearer::of(&token, number).ok_or_else(|| {
            none(format!(
                "the token from {from} holds characters that an HTTP header cannot carry"
            ))
        })?;
        (held.number, held.until, held.bearer) = (number, until, Some(bearer.clone()));
        Ok(Some(bearer))
    }

    /// The server refused this one; whether there may be another.
    pub(super) async fn renew(&self, refused: &Bearer) -> bool {
        if self.access.is_none() {
            return false;
        }
        let mut held = self.held.lock().await;
        // Somebody may have had another one meanwhile.
        if held.number == refused.number {
            held.bearer = None;
        }
        true
    }
}

impl Held {
    async fn exchanged(&mut self, access: &Access, key: &Token) -> Result<Granted, TransportError> {
        let exchange = if let Some(exchange) = &self.exchange {
            exchange
        } else {
            let made = Exchange::at(&access.auth_url, access.ca_file.as_deref());
            let made = made.map_err(|error| TransportError::NoToken(error.to_string()))?;
            self.exchange.insert(made)
        };
        exchange.token(key, &access.token.words()).await
    }
}
