//! A keep-alive HTTP/1.1 client that costs next to nothing: the driver shares its cores with what
//! it measures.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// What stands between the parts of an upload.
const BOUNDARY: &str = "pensipro-load";

/// Why a request brought nothing to measure.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("the connection failed: {0}")]
    Connection(#[from] std::io::Error),
    #[error("the answer is not readable: {0}")]
    Unreadable(String),
    #[error("{request} was answered with {status}: {body}")]
    Refused { request: String, status: u16, body: String },
}

/// A server with a session.
#[derive(Clone)]
pub(crate) struct Server {
    address: String,
    token: String,
}

/// One connection of a session.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    address: String,
    token: String,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// Signs in and keeps the access token.
    pub(crate) fn sign_in(
        address: &str,
        username: &str,
        password: &str,
    ) -> Result<Self, ClientError> {
        let anonymous = Self { address: address.to_owned(), token: String::new() };
        let login = serde_json::json!({ "username": username, "password": password });
        let answer = anonymous.connect()?.json("POST", "/auth/login", Some(&login))?;
        let token = answer["access_token"].as_str().unwrap_or_default().to_owned();
        Ok(Self { address: address.to_owned(), token })
    }

    /// A fresh connection.
    pub(crate) fn connect(&self) -> Result<Connection, ClientError> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream: BufReader::with_capacity(64 * 1024, stream),
            address: self.address.clone(),
            token: self.token.clone(),
        })
    }
}

impl Connection {
    /// Sends a request and reads the whole answer.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> Result<Answer, ClientError> {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            self.token,
            body.len()
        )
        .into_bytes();
        if body.len() < 64 * 1024 {
            request.extend_from_slice(body);
            self.stream.get_mut().write_all(&request)?;
        } else {
            self.stream.get_mut().write_all(&request)?;
            self.stream.get_mut().write_all(body)?;
        }
        self.read_answer()
    }

    /// Sends JSON and reads JSON; any status but 2xx is an error.
    pub(crate) fn json(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, ClientError> {
        let text = body.map(Value::to_string).unwrap_or_default();
        let answer = self.send(method, path, "application/json", text.as_bytes())?;
        answer.accept(&format!("{method} {path}"))?;
        serde_json::from_slice(&answer.body)
            .map_err(|error| ClientError::Unreadable(error.to_string()))
    }

    /// Uploads a file with text fields beside it; any status but 2xx is an error.
    pub(crate) fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: &[u8],
    ) -> Result<Value, ClientError> {
        let mut body = Vec::with_capacity(file.len() + 1024);
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=");
        for (name, value) in fields {
            body.extend_from_slice(format!("{part}\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        let head = format!("{part}\"file\"; filename=\"r.csv\"\r\nContent-Type: text/csv\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let answer = self.send("POST", path, &kind, &body)?;
        answer.accept(&format!("POST {path}"))?;
        serde_json::from_slice(&answer.body)
            .map_err(|error| ClientError::Unreadable(error.to_string()))
    }

    fn read_answer(&mut self) -> Result<Answer, ClientError> {
        let status_line = self.line()?;
        let status = status_line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(|| ClientError::Unreadable(status_line.clone()))?;
        let mut length = None;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse::<usize>().ok();
            }
        }
        let body = match length {
            Some(length) => {
                let mut body = vec![0; length];
                self.stream.read_exact(&mut body)?;
                body
            }
            None if status == 204 => Vec::new(),
            None => self.chunks()?,
        };
        Ok(Answer { status, body })
    }

    fn chunks(&mut self) -> Result<Vec<u8>, ClientError> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            let length = usize::from_str_radix(line.trim(), 16)
                .map_err(|_| ClientError::Unreadable(line.clone()))?;
            let start = body.len();
            body.resize(start + length, 0);
            self.stream.read_exact(&mut body[start..])?;
            self.line()?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn line(&mut self) -> Result<String, ClientError> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(ClientError::Unreadable("the server closed the connection".into()));
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

impl Answer {
    /// Its body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// An error unless the status is 2xx.
    pub(crate) fn accept(&self, request: &str) -> Result<(), ClientError> {
        if (200..300).contains(&self.status) {
            return Ok(());
        }
        Err(ClientError::Refused {
            request: request.to_owned(),
            status: self.status,
            body: String::from_utf8_lossy(&self.body).into_owned(),
        })
    }
}
