//! A target whose orchestrator is reached over the hostile network, in real time.

use rejoin::api::client::Client;
use rejoin::api::http::Http;

use crate::Result;
use crate::server::Server;
use crate::through::Through;
use crate::trouble::Dice;

/// A simulation behind a hostile network.
pub(crate) struct Remote {
    pub(crate) target: Through<Http>,
    pub(crate) server: Server,
}

impl Remote {
    pub(crate) async fn start(variant: &str, dice: Dice) -> Result<Self> {
        let mut started = None;
        let target = Through::start(variant, "tiny", false, async |orchestrator| {
            let server = Server::before(orchestrator, dice).await?;
            let http = Http::new(&format!("http://127.0.0.1:{}", server.port), None, "")?;
            started = Some(server);
            Ok(Client::new(http))
        });
        let target = target.await?;
        let server = started.ok_or("no server")?;
        Ok(Self { target, server })
    }
}
