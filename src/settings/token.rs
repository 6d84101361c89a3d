//! A secret that can be handed on and never be shown.
//!
//! Apart so that no `Debug` of the settings, no journal and no error can print it by accident.

use std::fmt;

use super::secrets;

/// A bearer token.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Keeps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        let secret = secret.into();
        secrets::hold(&secret);
        Self(secret)
    }

    /// The secret itself, for the header that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(...)")
    }
}
