//! The variables of Expanso: which this program reads, and which nobody does.
//!
//! Apart because the real command ignores names that look as if they did something, without a word
//! (skills and examples of Expanso name them, its command's help does not).

use super::{Access, Endpoint, Environment, TokenSource, secrets};

/// The API's address, as the real command reads it.
pub const CLI_ENDPOINT: &str = "EXPANSO_CLI_ENDPOINT";
/// The same, as the issue's own procedure and its `.env` call it; the real command ignores it.
pub const ENDPOINT: &str = "EXPANSO_ENDPOINT";
/// The API key, as the real command reads it.
pub const API_KEY: &str = "EXPANSO_CLI_AUTH_API_KEY";
/// The token with which a new edge registers itself.
pub const BOOTSTRAP_TOKEN: &str = "EXPANSO_EDGE_BOOTSTRAP_TOKEN";
/// How API keys of Expanso Cloud begin.
pub(super) const KEY_PREFIX: &str = "exp_ak_";

const IGNORED: [&str; 5] = [
    "EXPANSO_API_KEY",
    "EXPANSO_CLI_API_KEY",
    "EXPANSO_CLI_APIKEY",
    "EXPANSO_AUTH_API_KEY",
    "EXPANSO_API_TOKEN",
];
const TLS_INSECURE: &str = "EXPANSO_CLI_TLS_INSECURE";

/// What edges of Expanso Cloud need to register themselves, as the environment has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Whether there is a bootstrap token.
    pub has_token: bool,
    /// `EDGE_IMAGE`; `None` leaves it to the compose file.
    pub image: Option<String>,
}

impl Enrolment {
    pub(super) fn of(environment: &Environment) -> Self {
        let token = environment.get(BOOTSTRAP_TOKEN);
        token.into_iter().for_each(secrets::hold);
        Self {
            has_token: token.is_some(),
            image: environment.get("EDGE_IMAGE").map(str::to_owned),
        }
    }

    /// Whether a new edge can become a node: with a token, or because it is a stand-in, which needs none.
    /// A stand-in is told by its image's name (`rejoin/standin-edge:dev`).
    pub fn is_possible(&self) -> bool {
        let standin = |image: &String| image.to_ascii_lowercase().contains("standin");
        self.has_token || self.image.as_ref().is_some_and(standin)
    }
}

/// The endpoint that the variables say.
pub(super) fn endpoint(environment: &Environment) -> Endpoint {
    let said = [CLI_ENDPOINT, ENDPOINT]
        .into_iter()
        .find_map(|name| Some((name, environment.get(name)?)));
    match said {
        Some((name, url)) => Endpoint {
            url: Some(url.trim().to_owned()),
            from: format!("{name} in {}", environment.origin(name)),
        },
        None => Endpoint {
            url: None,
            from: format!("{CLI_ENDPOINT} or {ENDPOINT}"),
        },
    }
}

/// What the variables say that is not heard. Names only: an address may hold a password.
pub(super) fn warnings(access: &Access, environment: &Environment) -> Vec<String> {
    let by_endpoint = access.endpoint.from.starts_with("EXPANSO_");
    let by_token =
        matches!(&access.token, TokenSource::Variable { name, .. } if name.starts_with("EXPANSO_"));
    if !by_endpoint && !by_token {
        return Vec::new();
    }
    let mut warnings = contrary(access, environment);
    let ignored = IGNORED.into_iter().filter(|name| {
        let asked =
            matches!(&access.token, TokenSource::Variable { name: asked, .. } if asked == name);
        environment.get(name).is_some() && !asked
    });
    warnings.extend(ignored.map(|name| {
        format!("{name} is set, but neither expanso-cli nor rejoin reads it; the API key belongs into {API_KEY}")
    }));
    let off = ["0", "f", "false", "no", "off"];
    if environment
        .get(TLS_INSECURE)
        .is_some_and(|value| !off.contains(&value.to_ascii_lowercase().as_str()))
    {
        warnings.push(format!(
            "{TLS_INSECURE} is set, but rejoin always verifies certificates; to trust one of your own: --ca-file FILE"
        ));
    }
    warnings
}

/// The endpoints that are said and differ from the one that is used.
fn contrary(access: &Access, environment: &Environment) -> Vec<String> {
    let from = &access.endpoint.from;
    let plain = |url: &str| url.trim().trim_end_matches('/').to_owned();
    let used = access.endpoint.url.as_deref().map(plain);
    [CLI_ENDPOINT, ENDPOINT]
        .into_iter()
        .filter(|name| {
            environment
                .get(name)
                .map(plain)
                .is_some_and(|said| Some(said) != used)
        })
        .map(|name| {
            format!(
                "{name} in {} says another endpoint than {from}, which wins",
                environment.origin(name)
            )
        })
        .collect()
}
