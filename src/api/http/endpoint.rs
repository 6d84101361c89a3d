//! The address of an orchestrator, as people write it.

use std::net::IpAddr;
use std::path::PathBuf;

use reqwest::Url;

/// Why an endpoint cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is not a URL with a host.
    #[error(
        "the endpoint `{endpoint}` is not a URL: {reason}; write it like http://127.0.0.1:9010 or https://HOST:9010"
    )]
    NotAUrl {
        /// As given.
        endpoint: String,
        /// What is wrong.
        reason: String,
    },
    /// The file of certificates is of no use.
    #[error("--ca-file {}: {reason}; it takes certificates in PEM form", file.display())]
    CaFile {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// It holds a user name or password, which would end up in messages.
    #[error(
        "the endpoint holds credentials; remove them from the URL and name the variable that holds the token in `token_env`"
    )]
    Credentials,
    /// The token has bytes that no header can carry.
    #[error(
        "the API token holds characters that an HTTP header cannot carry; check the variable it comes from"
    )]
    BadToken,
    /// The HTTP client could not be made.
    #[error("no HTTP client could be made: {0}")]
    NoClient(String),
}

/// The base that every path is appended to; adds `/api/v1` where it is missing.
pub(super) fn base(endpoint: &str) -> Result<String, EndpointError> {
    let url = checked(endpoint)?;
    let text = url.as_str().trim_end_matches('/');
    let root = text.strip_suffix("/api/v1").unwrap_or(text);
    Ok(format!("{root}/api/v1"))
}

/// An address that requests can be sent to.
pub(super) fn checked(endpoint: &str) -> Result<Url, EndpointError> {
    let not_a_url = |reason: String| {
        // What is no address as a whole must not be shown with the password that it may hold.
        if endpoint.contains('@') {
            return EndpointError::Credentials;
        }
        EndpointError::NotAUrl {
            endpoint: endpoint.to_owned(),
            reason,
        }
    };
    let url = Url::parse(endpoint).map_err(|error| not_a_url(error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::Credentials);
    }
    if !matches!(url.scheme(), "http" | "https") {
        let reason = format!("the scheme `{}` is neither http nor https", url.scheme());
        return Err(not_a_url(reason));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(not_a_url("it has a query or a fragment".to_owned()));
    }
    Ok(url)
}

/// Whether what is sent to the address can be read by others on its way.
pub fn is_in_the_clear(address: &str) -> bool {
    let url = Url::parse(address);
    url.is_ok_and(|url| url.scheme() == "http") && !is_this_machine(address)
}

/// Whether the address is this very machine, which no proxy stands before.
pub fn is_this_machine(base: &str) -> bool {
    let url = Url::parse(base).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return address.to_canonical().is_loopback() || address.is_unspecified();
    }
    let name = host.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests;
