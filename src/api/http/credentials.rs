//! The token that every request carries: had once, used by all, and had anew before it runs out or after it
//! was refused.
//!
//! It is had by a task of its own: a request that gives up waiting, as one does whose time is over, does not
//! break off what the next one needs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::Instant;

use super::EndpointError;
use super::bearer::Bearer;
use super::exchange::{Denied, Exchange, Granted};
use super::source;
use crate::api::transport::TransportError;
use crate::settings::{Access, Token, TokenSource};

/// A token is had anew so long before it runs out; of one that is good for less, at half its time.
const MARGIN: Duration = Duration::from_secs(60);
/// What was refused is not asked for again at once: every look of a run would be a request more, and a
/// place of exchange may lock a key that is tried too often.
const REST: Duration = Duration::from_secs(10);
/// A place of exchange is left alone for no longer than this, whatever it asks for.
const LONGEST_REST: Duration = Duration::from_secs(60);

/// How a token was had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// There is none.
    None,
    /// It is what the settings name.
    AsItIs,
    /// An API key was exchanged for it.
    Exchanged,
}

type Had = Result<Option<Bearer>, TransportError>;

/// Who has the token.
#[derive(Debug)]
pub(super) struct Credentials {
    /// `None`: it is the one that stands in the state, for ever.
    access: Option<Arc<Access>>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    bearer: Option<Bearer>,
    /// When to have another; `None`: never by itself.
    until: Option<Instant>,
    /// When it has run out.
    end: Option<Instant>,
    /// Since when it is had because the one before was refused, and was not accepted yet.
    doubted: Option<Instant>,
    /// How many there were.
    number: u64,
    /// Why there is none, and until when it is not tried again.
    failed: Option<(Instant, TransportError)>,
    /// The one that is being had.
    coming: Option<Shared<BoxFuture<'static, Had>>>,
    exchange: Option<Arc<Exchange>>,
}

impl Credentials {
    /// Always this token, or none.
    pub(super) fn fixed(token: Option<Token>) -> Result<Self, EndpointError> {
        let bearer = token.map(|token| Bearer::of(&token, 0, false).ok_or(EndpointError::BadToken));
        let state = State {
            bearer: bearer.transpose()?,
            ..State::default()
        };
        Ok(Self {
            access: None,
            state: Arc::new(Mutex::new(state)),
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
                access: Some(Arc::new(access.clone())),
                state: Arc::default(),
            }),
        }
    }

    /// The token for a request. Who comes while another one is being had waits for that.
    pub(super) async fn bearer(&self) -> Had {
        let coming = {
            let mut state = lock(&self.state);
            let Some(access) = &self.access else {
                return Ok(state.bearer.clone());
            };
            let now = Instant::now();
            let fresh = state.until.is_none_or(|until| now < until);
            if let Some(bearer) = state.bearer.as_ref().filter(|_| fresh) {
                return Ok(Some(bearer.clone()));
            }
            if let Some((_, error)) = state.failed.as_ref().filter(|(until, _)| now < *until) {
                return Err(error.clone());
            }
            let begin = || begin(Arc::clone(access), Arc::clone(&self.state));
            state.coming.get_or_insert_with(begin).clone()
        };
        let had = coming.clone().await;
        let mut state = lock(&self.state);
        if state.coming.as_ref().is_some_and(|it| it.ptr_eq(&coming)) {
            state.coming = None; // it was broken off and could not say so itself
        }
        had
    }

    /// The server took this one.
    pub(super) fn accepted(&self, bearer: &Bearer) {
        let mut state = lock(&self.state);
        if state.number == bearer.number {
            state.doubted = None;
        }
    }

    /// The server refused this one: another one, if there can be one. Once only: where what came instead
    /// is refused as well, that is the answer.
    pub(super) async fn instead_of(&self, refused: &Bearer) -> Had {
        {
            let mut state = lock(&self.state);
            let just_had = state.doubted.is_some_and(|since| since.elapsed() < REST);
            // Else somebody has had another one meanwhile, or is about to.
            let newest = state.number == refused.number && state.bearer.is_some();
            if self.access.is_none() || (newest && just_had) {
                return Ok(None);
            }
            if newest {
                (state.bearer, state.end) = (None, None);
                state.doubted = Some(Instant::now());
            }
        }
        let bearer = self.bearer().await?;
        Ok(bearer.filter(|bearer| !bearer.says_the_same_as(refused)))
    }
}

/// Nothing that is done under the lock can leave a half-made state.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to have a token.
fn begin(access: Arc<Access>, state: Arc<Mutex<State>>) -> Shared<BoxFuture<'static, Had>> {
    let task = tokio::spawn(async move {
        let had = have(&access, &state).await;
        let mut state = lock(&state);
        state.coming = None;
        state.take(had)
    });
    let had = task.map(|ended| {
        ended.unwrap_or_else(|error| {
            let reason = format!("the token was not had: {error}");
            Err(TransportError::NotSent(reason))
        })
    });
    had.boxed().shared()
}

/// A token, and for how long it is good, where that is known.
async fn have(
    access: &Access,
    state: &Mutex<State>,
) -> Result<Option<(Bearer, Option<Duration>)>, Denied> {
    let Some(secret) = source::read(&access.token)
        .await
        .map_err(TransportError::NoToken)?
    else {
        return Ok(None);
    };
    let number = lock(state).number + 1;
    let from = access.token.words();
    let (token, good_for) = if access.exchanges(&secret) {
        let exchange = exchange(access, state)?;
        let Granted { token, good_for } = exchange.token(&secret, &from).await?;
        (token, Some(good_for))
    } else {
        (secret, None)
    };
    let bearer = Bearer::of(&token, number, good_for.is_some()).ok_or_else(|| {
        TransportError::NoToken(format!(
            "the token from {from} holds characters that an HTTP header cannot carry"
        ))
    })?;
    Ok(Some((bearer, good_for)))
}

/// The place of exchange, made once: its client reads the system's certificates.
fn exchange(access: &Access, state: &Mutex<State>) -> Result<Arc<Exchange>, TransportError> {
    let mut state = lock(state);
    if let Some(exchange) = &state.exchange {
        return Ok(Arc::clone(exchange));
    }
    let made = Exchange::at(&access.auth_url, access.ca_file.as_deref());
    let made = made.map_err(|error| {
        TransportError::NoToken(format!("where API keys are exchanged (auth_url): {error}"))
    })?;
    Ok(Arc::clone(state.exchange.insert(Arc::new(made))))
}

impl State {
    /// Takes what was had, or why nothing was; what is to be used now.
    fn take(&mut self, had: Result<Option<(Bearer, Option<Duration>)>, Denied>) -> Had {
        let now = Instant::now();
        match had {
            Ok(Some((bearer, good_for))) => {
                let margin = |good_for: Duration| MARGIN.min(good_for / 2);
                self.until = good_for.map(|it| now + it.saturating_sub(margin(it)));
                self.end = good_for.map(|it| now + it);
                self.number = bearer.number;
                self.failed = None;
                self.bearer = Some(bearer.clone());
                Ok(Some(bearer))
            }
            Ok(None) => Ok(None),
            Err(Denied { error, rest }) => {
                // The one that there is does for as long as it lasts.
                if self.end.is_some_and(|end| now < end) && self.bearer.is_some() {
                    let soon = now + MARGIN / 10;
                    self.until = Some(self.end.map_or(soon, |end| end.min(soon)));
                    return Ok(self.bearer.clone());
                }
                self.bearer = None;
                let hopeless = matches!(error, TransportError::NoToken(_));
                let rest = rest.map(|rest| rest.min(LONGEST_REST));
                if let Some(rest) = rest.or(hopeless.then_some(REST)) {
                    self.failed = Some((now + rest, error.clone()));
                }
                Err(error)
            }
        }
    }
}
