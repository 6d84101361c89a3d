//! Tokens out of files and commands.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rejoin::api::Orchestrator;
use rejoin::api::client::Client;
use rejoin::api::http::Http;

use crate::https::{Result, serve};
use crate::{Log, Place, beside, nodes, unauthorised};

/// A client with these lines of `[targets.cloud]`, of an API that takes this token only.
async fn client(
    place: &Place,
    toml: &str,
    takes: Rc<RefCell<String>>,
) -> Result<(Client<Http>, Log)> {
    let log = Log::default();
    let asked = Rc::clone(&log);
    let acceptor = place.authority.certify("localhost", false)?;
    let port = serve(acceptor, move |request| {
        let good = request.bearer == *takes.borrow();
        asked.borrow_mut().push(request);
        async move { if good { nodes() } else { unauthorised() } }
    })
    .await?;
    let access = place.access(toml, "")?;
    let http = Http::with(&format!("https://localhost:{port}"), &access, "")?;
    Ok((Client::new(http), log))
}

#[test]
fn a_file_is_read_again_when_its_token_is_refused() -> Result {
    beside(async {
        let place = Place::new()?;
        std::fs::write(place.path("token"), "first-token\n")?;
        let takes = Rc::new(RefCell::new("first-token".to_owned()));
        let (client, log) = client(&place, "token_file = \"token\"", Rc::clone(&takes)).await?;
        client.nodes().await?;
        *takes.borrow_mut() = "second-token".to_owned();
        std::fs::write(place.path("token"), "second-token")?;
        client.nodes().await?;
        assert_eq!(log.borrow().len(), 3, "one was refused");
        std::fs::write(place.path("token"), " \n")?;
        *takes.borrow_mut() = "third-token".to_owned();
        let error = client.nodes().await.err().ok_or("taken")?.to_string();
        assert!(error.contains("token holds no token"), "{error}");
        Ok(())
    })
}

#[test]
fn a_command_prints_it_or_says_why_not() -> Result {
    beside(async {
        let place = Place::new()?;
        let takes = || Rc::new(RefCell::new("printed-token".to_owned()));
        let toml = |script: &str| format!("token_command = [\"sh\", \"-c\", \"{script}\"]");
        let (good, _) = client(&place, &toml("echo printed-token"), takes()).await?;
        good.nodes().await?;
        for (script, words) in [
            (
                "echo printed-token; echo locked: printed-token >&2; exit 3",
                "exit status: 3: locked: ***",
            ),
            ("true", "holds no token"),
            ("exec sleep 60", "not ended within 10 s"),
        ] {
            let began = Instant::now();
            let (client, log) = client(&place, &toml(script), takes()).await?;
            let error = client.nodes().await.err().ok_or("taken")?.to_string();
            assert!(
                error.contains("command sh") && error.contains(words),
                "{error}"
            );
            assert!(!error.contains("printed-token"), "{error}");
            assert!(log.borrow().is_empty(), "nothing is asked without a token");
            assert!(
                began.elapsed().as_secs() < 15,
                "it is not run again and again"
            );
        }
        let (missing, _) = client(&place, "token_command = [\"./no-such\"]", takes()).await?;
        let error = missing.nodes().await.err().ok_or("taken")?.to_string();
        assert!(error.contains("no-such: No such file"), "{error}");
        Ok(())
    })
}

#[test]
fn a_command_that_takes_longer_than_a_try_is_run_once() -> Result {
    beside(async {
        let place = Place::new()?;
        let toml =
            "token_command = [\"sh\", \"-c\", \"echo run >> runs; sleep 1; echo printed-token\"]";
        let takes = Rc::new(RefCell::new("printed-token".to_owned()));
        let (client, _) = client(&place, toml, takes).await?;
        let client = client.with_heartbeat(Duration::from_millis(100)); // half a second for one try
        client.nodes().await?;
        assert_eq!(std::fs::read_to_string(place.path("runs"))?, "run\n");
        Ok(())
    })
}

#[test]
fn a_token_that_is_the_same_when_it_is_read_again_is_not_sent_again() -> Result {
    beside(async {
        let place = Place::new()?;
        std::fs::write(place.path("token"), "only-token")?;
        let takes = Rc::new(RefCell::new("another-token".to_owned()));
        let (client, log) = client(&place, "token_file = \"token\"", takes).await?;
        let error = client.nodes().await.err().ok_or("taken")?.to_string();
        assert!(error.contains("401"), "{error}");
        assert_eq!(log.borrow().len(), 1);
        Ok(())
    })
}
