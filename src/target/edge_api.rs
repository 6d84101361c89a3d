//! Asking edges themselves what they run, over the network.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{TargetError, Truth};
use crate::api::client::Client;
use crate::api::http::{EndpointError, Http};
use crate::api::transport::{Method, Request, Transport};
use crate::api::{ApiError, Orchestrator};

/// Clients for the APIs of edges, by address.
#[derive(Debug, Default)]
pub(super) struct EdgeApis {
    clients: RefCell<BTreeMap<String, Rc<Client<Http>>>>,
}

impl EdgeApis {
    /// What the edge at this address (`127.0.0.1:9011`) says it runs.
    pub(super) async fn ask(&self, address: &str) -> Result<Truth, TargetError> {
        match self.client(address)?.executions(None).await {
            Ok(executions) => Ok(Truth::Runs(executions)),
            Err(ApiError::Refused { status: 404, .. }) => Ok(Truth::Silent),
            Err(ApiError::Malformed { .. }) if !speaks_json(address).await? => Ok(Truth::Silent),
            Err(error) => Err(error.into()),
        }
    }

    fn client(&self, address: &str) -> Result<Rc<Client<Http>>, EndpointError> {
        let mut clients = self.clients.borrow_mut();
        if let Some(known) = clients.get(address) {
            return Ok(Rc::clone(known));
        }
        let client = Rc::new(Client::new(http(address)?));
        clients.insert(address.to_owned(), Rc::clone(&client));
        Ok(client)
    }
}

/// Whether an API is there at all: a web page for people answers every path with itself.
async fn speaks_json(address: &str) -> Result<bool, EndpointError> {
    let request = Request {
        method: Method::Get,
        path_and_query: "/executions?limit=1".to_owned(),
        body: None,
    };
    let answer = http(address)?.send(request).await;
    let body = answer.map(|answer| answer.body).unwrap_or_default();
    Ok(serde_json::from_slice::<serde_json::Value>(&body).is_ok())
}

fn http(address: &str) -> Result<Http, EndpointError> {
    let hint = "does the edge serve its API on this port?";
    Http::new(&format!("http://{address}"), None, hint)
}

#[cfg(test)]
mod tests;
