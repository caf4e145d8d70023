//! A system that listens by HTTP and keeps what it is sent.

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

/// How long a test waits for a request.
const DEADLINE: Duration = Duration::from_secs(60);

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The path.
    pub path: String,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Posted {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// With this status.
    Status(u16),
    /// To look elsewhere, at this port of the machine.
    Elsewhere(u16),
    /// Never.
    Silence,
}

#[derive(Debug)]
struct Shared {
    posted: Mutex<Vec<Posted>>,
    came: Condvar,
    answering: Mutex<Answering>,
    stopped: AtomicBool,
}

/// A system that listens, until it is dropped.
#[derive(Debug)]
pub struct HttpReceiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl HttpReceiver {
    /// Starts one that answers so.
    ///
    /// # Panics
    /// Where the machine has no port to give.
    pub fn start(answering: Answering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            posted: Mutex::default(),
            came: Condvar::new(),
            answering: Mutex::new(answering),
            stopped: AtomicBool::new(false),
        });
        let served = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if served.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let served = Arc::clone(&served);
                thread::spawn(move || stream.and_then(|stream| serve(&stream, &served)));
            }
        });
        Self { address, shared, thread: Some(thread) }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Its port on this machine.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers so from now on.
    pub fn answer(&self, answering: Answering) {
        *self.shared.answering.lock().unwrap_or_else(PoisonError::into_inner) = answering;
    }

    /// What it was sent so far.
    pub fn posted(&self) -> Vec<Posted> {
        self.shared.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it was sent, once there are so many.
    ///
    /// # Panics
    /// Where they do not come.
    pub fn wait_for(&self, count: usize) -> Vec<Posted> {
        let posted = self.shared.posted.lock().unwrap_or_else(PoisonError::into_inner);
        let few = |posted: &mut Vec<Posted>| posted.len() < count;
        let waited = self.shared.came.wait_timeout_while(posted, DEADLINE, few);
        let (posted, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "{} of {count} requests came", posted.len());
        posted.clone()
    }
}

impl Drop for HttpReceiver {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Answers the requests of one connection.
fn serve(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(posted) = request(&mut reader)? {
        shared.posted.lock().unwrap_or_else(PoisonError::into_inner).push(posted);
        shared.came.notify_all();
        let answering = *shared.answering.lock().unwrap_or_else(PoisonError::into_inner);
        let head = match answering {
            Answering::Status(status) => format!("HTTP/1.1 {status} x\r\n"),
            Answering::Elsewhere(port) => {
                format!("HTTP/1.1 307 x\r\nlocation: http://127.0.0.1:{port}/elsewhere\r\n")
            }
            Answering::Silence => {
                // Until the other side gives up.
                let _ = reader.read(&mut [0]);
                return Ok(());
            }
        };
        (&*stream).write_all(format!("{head}content-length: 2\r\n\r\nok").as_bytes())?;
    }
    Ok(())
}

fn request(reader: &mut impl BufRead) -> std::io::Result<Option<Posted>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or_default();
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Posted { path, headers, body: String::from_utf8_lossy(&body).into_owned() }))
}
