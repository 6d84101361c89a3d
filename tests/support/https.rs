//! A small server over TLS with a private authority, whose answers a test decides.

use std::rc::Rc;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// An authority that nobody trusts by itself.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate, for `--ca-file`.
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    /// What a server of this name shows; one that has run out, where that is wanted.
    pub(crate) fn certify(&self, name: &str, expired: bool) -> Result<TlsAcceptor> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![name.to_owned()])?;
        if expired {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        }
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The bearer token that came along.
    pub(crate) bearer: String,
    pub(crate) body: Vec<u8>,
}

/// What is answered: status and body.
pub(crate) type Answer = (u16, Vec<u8>);

/// Serves on a port of its own as long as the runtime lasts; must be called inside a `LocalSet`.
pub(crate) async fn serve<F>(
    acceptor: TlsAcceptor,
    answer: impl Fn(Asked) -> F + 'static,
) -> Result<u16>
where
    F: Future<Output = Answer> + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let answer = Rc::new(answer);
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), Rc::clone(&answer));
            tokio::task::spawn_local(async move {
                // A client that does not trust us hangs up; that is its business.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                while let Ok(Some(asked)) = read(&mut stream).await {
                    let (status, body) = answer(asked).await;
                    // Who is asked too often says for how long to stay away.
                    let rest = if status == 429 {
                        "Retry-After: 30\r\n"
                    } else {
                        ""
                    };
                    let head = format!(
                        "HTTP/1.1 {status} X\r\n{rest}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                        body.len()
                    );
                    let whole = [head.as_bytes(), &body].concat();
                    if stream.write_all(&whole).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok(port)
}

async fn read(stream: &mut (impl AsyncReadExt + Unpin)) -> Result<Option<Asked>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec())?;
    let field = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted)
                .then(|| value.trim().to_owned())
        })
    };
    let length: usize = field("content-length")
        .unwrap_or_default()
        .parse()
        .unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    let mut words = head.split_whitespace();
    let bearer = field("authorization").unwrap_or_default();
    Ok(Some(Asked {
        method: words.next().unwrap_or_default().to_owned(),
        path: words.next().unwrap_or_default().to_owned(),
        bearer: bearer.trim_start_matches("Bearer ").to_owned(),
        body: bytes[end..end + length].to_vec(),
    }))
}
