//! An API key is exchanged for a token: once for many, again before it runs out, and once on a refusal.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use rejoin::api::Orchestrator;
use rejoin::api::client::Client;
use rejoin::api::http::Http;

use crate::https::{Answer, Result, serve};
use crate::{Log, Place, beside, nodes, unauthorised};

const KEY: &str = "exp_ak_0123456789";

/// A Cloud: a token endpoint and an API that takes the newest token only.
struct Cloud {
    place: Place,
    /// What the token endpoint and the API were asked.
    auth: Log,
    api: Log,
    /// The number of the token that the API takes.
    valid: Rc<Cell<usize>>,
    /// Whether the API takes no token at all.
    closed: Rc<Cell<bool>>,
    /// What the token endpoint answers instead.
    spoil: Rc<RefCell<Option<Answer>>>,
    client: Client<Http>,
}

impl Cloud {
    /// With tokens that are good for so many seconds; `spoil` may answer in the token endpoint's place.
    async fn new(good_for: &str, spoil: Option<Answer>) -> Result<Self> {
        let place = Place::new()?;
        let (auth, api, valid): (Log, Log, _) = Default::default();
        let _: &Rc<Cell<usize>> = &valid;
        let spoil = Rc::new(RefCell::new(spoil));
        let spoiled = Rc::clone(&spoil);
        let (asked, newest, expires) = (Rc::clone(&auth), Rc::clone(&valid), good_for.to_owned());
        let acceptor = place.authority.certify("localhost", false)?;
        let auth_port = serve(acceptor, move |request| {
            asked.borrow_mut().push(request);
            let answer = spoiled.borrow().clone();
            newest.set(newest.get() + usize::from(answer.is_none()));
            let token = format!("token-number-{}", newest.get());
            let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer"{expires}}}"#);
            let answer = answer.unwrap_or((200, body.into_bytes()));
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                answer
            }
        })
        .await?;
        let (asked, newest) = (Rc::clone(&api), Rc::clone(&valid));
        let closed = Rc::new(Cell::new(false));
        let shut = Rc::clone(&closed);
        let acceptor = place.authority.certify("localhost", false)?;
        let port = serve(acceptor, move |request| {
            let newest = format!("token-number-{}", newest.get());
            let good = request.bearer == newest && !shut.get();
            asked.borrow_mut().push(request);
            async move { if good { nodes() } else { unauthorised() } }
        })
        .await?;
        let toml = format!(
            "auth_url = \"https://localhost:{auth_port}/api/v1/auth/token\"\nendpoint = \"https://localhost:{port}\"\n"
        );
        let access = place.access(&toml, KEY)?;
        let http = Http::with(&format!("https://localhost:{port}"), &access, "")?;
        Ok(Self {
            client: Client::new(http),
            place,
            auth,
            api,
            valid,
            closed,
            spoil,
        })
    }

    fn exchanges(&self) -> usize {
        self.auth.borrow().len()
    }
}

#[test]
fn many_requests_share_one_exchange_and_the_key_goes_nowhere_else() -> Result {
    beside(async {
        let cloud = Cloud::new(r#","expires_in":3600"#, None).await?;
        let asked = join_all((0..5).map(|_| cloud.client.nodes())).await;
        assert!(asked.iter().all(std::result::Result::is_ok), "{asked:?}");
        assert_eq!(cloud.exchanges(), 1);
        let request = cloud.auth.borrow()[0].clone();
        assert_eq!(
            (request.method.as_str(), request.bearer.as_str()),
            ("POST", KEY)
        );
        assert!(request.body.is_empty() && request.path == "/api/v1/auth/token");
        assert!(
            cloud
                .api
                .borrow()
                .iter()
                .all(|it| it.bearer == "token-number-1")
        );
        drop(cloud.place);
        Ok(())
    })
}

#[test]
fn a_token_is_had_anew_before_it_runs_out() -> Result {
    beside(async {
        let cloud = Cloud::new(r#","expires_in":1"#, None).await?;
        cloud.client.nodes().await?;
        tokio::time::sleep(Duration::from_millis(600)).await;
        cloud.client.nodes().await?;
        assert_eq!(cloud.exchanges(), 2);
        assert_eq!(cloud.api.borrow().len(), 2, "none was refused");
        // What the server does not say, or says what cannot be, is no reason to ask every time.
        for said in [
            "",
            r#","expires_in":0"#,
            r#","expires_in":"soon""#,
            r#","expires_in":99999999999999"#,
        ] {
            let cloud = Cloud::new(said, None).await?;
            cloud.client.nodes().await?;
            cloud.client.nodes().await?;
            assert_eq!(cloud.exchanges(), 1, "{said}");
        }
        Ok(())
    })
}

#[test]
fn a_refused_token_is_had_anew_once() -> Result {
    beside(async {
        let cloud = Cloud::new(r#","expires_in":3600"#, None).await?;
        cloud.client.nodes().await?;
        cloud.valid.set(7); // revoked; the next one will be number 8
        let asked = join_all((0..5).map(|_| cloud.client.nodes())).await;
        assert!(asked.iter().all(std::result::Result::is_ok), "{asked:?}");
        assert_eq!(cloud.exchanges(), 2, "one for all");
        cloud.valid.set(20); // revoked once more, soon after
        cloud.client.nodes().await?;
        assert_eq!(cloud.exchanges(), 3);

        let cloud = Cloud::new(r#","expires_in":3600"#, None).await?;
        cloud.closed.set(true);
        let error = cloud.client.nodes().await.err().ok_or("taken")?.to_string();
        assert!(error.contains("401 Invalid or expired API key"), "{error}");
        assert!(error.contains("rejoin doctor"), "{error}");
        assert_eq!((cloud.exchanges(), cloud.api.borrow().len()), (2, 2));
        assert!(cloud.client.nodes().await.is_err());
        assert_eq!(cloud.exchanges(), 2, "not with every request anew");
        Ok(())
    })
}

#[test]
fn a_token_does_for_as_long_as_it_lasts_where_no_other_can_be_had() -> Result {
    beside(async {
        let cloud = Cloud::new(r#","expires_in":4"#, None).await?;
        cloud.client.nodes().await?;
        *cloud.spoil.borrow_mut() = Some((503, b"down".to_vec()));
        tokio::time::sleep(Duration::from_millis(2100)).await;
        cloud.client.nodes().await?;
        assert_eq!(cloud.exchanges(), 2, "another one was wanted");
        Ok(())
    })
}

#[test]
fn a_place_of_exchange_that_asks_for_rest_is_left_alone() -> Result {
    beside(async {
        let cloud = Cloud::new("", Some((429, b"slow down".to_vec()))).await?;
        let error = cloud.client.nodes().await.err().ok_or("taken")?.to_string();
        assert!(error.contains("auth/token: 429"), "{error}");
        assert!(cloud.client.nodes().await.is_err());
        assert_eq!(cloud.exchanges(), 1, "every try was one request more");
        Ok(())
    })
}

#[test]
fn a_key_that_is_refused_is_said_with_where_it_comes_from_and_not_what_it_is() -> Result {
    beside(async {
        let echo = format!(r#"{{"message":"bad key {KEY}"}}"#);
        for (answer, words) in [
            (
                (401, echo.into_bytes()),
                "EXPANSO_CLI_AUTH_API_KEY in the environment",
            ),
            ((500, b"boom".to_vec()), "500"),
            ((200, b"<html>login</html>".to_vec()), "no access_token"),
            ((200, br#"{"access_token":""}"#.to_vec()), "no access_token"),
        ] {
            let cloud = Cloud::new("", Some(answer)).await?;
            let error = cloud.client.nodes().await.err().ok_or("taken")?.to_string();
            assert!(
                error.contains(words) && error.contains("auth/token"),
                "{error}"
            );
            assert!(!error.contains(KEY), "{error}");
            assert!(
                cloud.api.borrow().is_empty(),
                "the API was asked without a token"
            );
            if words.starts_with("EXPANSO") {
                assert!(cloud.client.nodes().await.is_err());
                assert_eq!(
                    cloud.exchanges(),
                    1,
                    "a refused key is not tried with every request"
                );
            }
        }
        Ok(())
    })
}
