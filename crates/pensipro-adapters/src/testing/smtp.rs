//! A mail server that keeps what it is sent.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

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
}

/// A running mail server, until it is dropped.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// Starts it.
    ///
    /// # Panics
    /// Where the machine has no port to give.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if served.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let served = Arc::clone(&served);
                // A client that goes away in the middle ends its own conversation alone.
                thread::spawn(move || stream.and_then(|stream| converse(&stream, &served)));
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

/// Speaks SMTP as RFC 5321 has it, as far as a client of letters needs.
fn converse(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let say = |line: &str| (&*stream).write_all(format!("{line}\r\n").as_bytes());
    let mut lines = BufReader::new(stream).lines();
    let (mut from, mut to) = (String::new(), Vec::new());
    say("220 mail.example.id ESMTP")?;
    while let Some(line) = lines.next().transpose()? {
        let command = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        match command.as_str() {
            "EHLO" => say("250-mail.example.id\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")?,
            "HELO" | "RSET" | "NOOP" => say("250 fine")?,
            "AUTH" => say("235 welcome")?,
            "MAIL" => {
                (from, to) = (address(&line), Vec::new());
                say("250 fine")?;
            }
            "RCPT" => match refusal(shared, &address(&line)) {
                Some(code) => say(&format!("{code} <{}> is not served", address(&line)))?,
                None => {
                    to.push(address(&line));
                    say("250 fine")?;
                }
            },
            "DATA" => {
                say("354 go on")?;
                let text = letter_text(&mut lines)?;
                let letter = Letter { from: from.clone(), to: std::mem::take(&mut to), text };
                shared.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
                shared.came.notify_all();
                say("250 taken")?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("500 what?")?,
        }
    }
    Ok(())
}

fn letter_text(
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
) -> std::io::Result<String> {
    let mut text = String::new();
    for line in lines {
        let line = line?;
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
