//! A mail server that keeps what it is sent.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

/// The certificate of the authority that signed the server's, which is of `localhost`; PEM.
const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/mail-authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("../../fixtures/mail-server.pem");
const KEY: &[u8] = include_bytes!("../../fixtures/mail-server.key.pem");

/// How long a test waits for a letter.
const DEADLINE: Duration = Duration::from_secs(60);

/// A letter as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Who sent it.
    pub from: String,
    /// Whom it is for.
    pub to: Vec<String>,
    /// Headers and text.
    pub text: String,
    /// How it came.
    pub over: Over,
}

/// How a conversation is read by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// In clear.
    Clear,
    /// Not at all.
    Tls,
}

/// From when on a server speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Never.
    Never,
    /// Once it is asked to.
    StartTls,
    /// From the first byte.
    Always,
}

impl Letter {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.text.lines().take_while(|line| !line.is_empty());
        let mut pairs = lines.filter_map(|line| line.split_once(": "));
        pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

#[derive(Debug, Default)]
struct Shared {
    letters: Mutex<Vec<Letter>>,
    came: Condvar,
    /// Recipients who are not there, and those for whom there is no room now.
    refused: Mutex<Vec<(String, u16)>>,
    stopped: AtomicBool,
    tls: Option<Secured>,
}

#[derive(Debug)]
struct Secured {
    config: Arc<ServerConfig>,
    from: Tls,
}

/// A running mail server, until it is dropped.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// Where the certificate of the authority lies that signed that of [`SmtpServer::with`].
    pub const AUTHORITY: &str = AUTHORITY;

    /// In place of an address: answers who signs in.
    pub const SIGN_IN: &str = "AUTH";

    /// Starts one that speaks in clear.
    pub fn start() -> Self {
        Self::with(Tls::Never)
    }

    /// Starts it; its certificate is of `localhost`.
    ///
    /// # Panics
    /// Where the machine has no port to give.
    pub fn with(tls: Tls) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let tls = (tls != Tls::Never).then(|| Secured { config: config(), from: tls });
        let shared = Arc::new(Shared { tls, ..Shared::default() });
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if served.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let served = Arc::clone(&served);
                // A client that goes away in the middle ends its own conversation alone.
                thread::spawn(move || stream.and_then(|stream| serve(stream, &served)));
            }
        });
        Self { address, shared, thread: Some(thread) }
    }

    /// Its port on this machine.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers letters to this address with a code: 550 for good, 451 for now. Code 250 takes them.
    pub fn answer(&self, to: &str, code: u16) {
        let mut refused = self.shared.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.retain(|(address, _)| address != to);
        refused.push((to.to_owned(), code));
    }

    /// What it was sent so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.shared.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it was sent, once there are so many.
    ///
    /// # Panics
    /// Where they do not come.
    pub fn wait_for(&self, count: usize) -> Vec<Letter> {
        let letters = self.shared.letters.lock().unwrap_or_else(PoisonError::into_inner);
        let few = |letters: &mut Vec<Letter>| letters.len() < count;
        let waited = self.shared.came.wait_timeout_while(letters, DEADLINE, few);
        let (letters, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "{} of {count} letters came", letters.len());
        letters.clone()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn config() -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_slice_iter(CERTIFICATE).collect::<Result<_, _>>();
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(chain.expect("certificates"), key);
    Arc::new(config.expect("a certificate and its key"))
}

fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some(Secured { config, from }) = &shared.tls else {
        return converse(stream, shared, Over::Clear).map(drop);
    };
    let begun = match from {
        Tls::Always => Some(stream),
        Tls::Never | Tls::StartTls => converse(stream, shared, Over::Clear)?,
    };
    let Some(stream) = begun else { return Ok(()) };
    let connection = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    converse(StreamOwned::new(connection, stream), shared, Over::Tls).map(drop)
}

/// Speaks SMTP as RFC 5321 has it, as far as a client of letters needs; gives the connection back on which
/// TLS is to begin (RFC 3207).
fn converse<S: Read + Write>(stream: S, shared: &Shared, over: Over) -> std::io::Result<Option<S>> {
    let mut lines = Lines(BufReader::new(stream));
    let (mut from, mut to) = (String::new(), Vec::new());
    let may_start = over == Over::Clear && shared.tls.is_some();
    // Where TLS has begun in the middle, the client speaks first.
    if over == Over::Clear || shared.tls.as_ref().is_some_and(|tls| tls.from == Tls::Always) {
        lines.say("220 mail.example.id ESMTP")?;
    }
    while let Some(line) = lines.next()? {
        let command = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        match command.as_str() {
            "EHLO" if may_start => lines.say("250-mail.example.id\r\n250 STARTTLS")?,
            "EHLO" => lines.say("250-mail.example.id\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")?,
            "STAR" if may_start => {
                lines.say("220 go on")?;
                return Ok(Some(lines.0.into_inner()));
            }
            "HELO" | "RSET" | "NOOP" => lines.say("250 fine")?,
            "AUTH" => match refusal(shared, SmtpServer::SIGN_IN) {
                Some(code) => lines.say(&format!("{code} not you"))?,
                None => lines.say("235 welcome")?,
            },
            "MAIL" => {
                (from, to) = (address(&line), Vec::new());
                lines.say("250 fine")?;
            }
            "RCPT" => match refusal(shared, &address(&line)) {
                Some(code) => lines.say(&format!("{code} <{}> is not served", address(&line)))?,
                None => {
                    to.push(address(&line));
                    lines.say("250 fine")?;
                }
            },
            "DATA" => {
                lines.say("354 go on")?;
                let text = letter_text(&mut lines)?;
                let letter = Letter { from: from.clone(), to: std::mem::take(&mut to), text, over };
                shared.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
                shared.came.notify_all();
                lines.say("250 taken")?;
            }
            "QUIT" => return lines.say("221 bye").map(|()| None),
            _ => lines.say("500 what?")?,
        }
    }
    Ok(None)
}

/// A conversation, line by line.
struct Lines<S>(BufReader<S>);

impl<S: Read + Write> Lines<S> {
    fn next(&mut self) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn say(&mut self, line: &str) -> std::io::Result<()> {
        let stream = self.0.get_mut();
        stream.write_all(format!("{line}\r\n").as_bytes())?;
        stream.flush()
    }
}

fn letter_text<S: Read + Write>(lines: &mut Lines<S>) -> std::io::Result<String> {
    let mut text = String::new();
    while let Some(line) = lines.next()? {
        if line == "." {
            break;
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push('\n');
    }
    Ok(text)
}

fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

fn refusal(shared: &Shared, to: &str) -> Option<u16> {
    let refused = shared.refused.lock().unwrap_or_else(PoisonError::into_inner);
    let found = refused.iter().find(|(address, _)| address == to);
    found.map(|(_, code)| *code).filter(|code| *code >= 400)
}
