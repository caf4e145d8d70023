//! What is sent by HTTP: to where it may go, without following anybody elsewhere, within a time.

use std::{error::Error, time::Duration};

use pensipro_notifications::Attempt;
use reqwest::{Client, redirect::Policy};

use super::receivers::{ReceiverFault, Receivers};

/// How much of an answer is read; none of it is kept.
const ANSWER: usize = 65_536;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Connections to one server that are kept.
const KEPT: usize = 64;

/// What is sent.
pub(super) struct Request<'a> {
    pub(super) url: &'a str,
    pub(super) headers: &'a [(&'static str, &'a str)],
    pub(super) body: String,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PostFault {
    Receiver(ReceiverFault),
    TimedOut,
    NoConnection,
    /// The connection broke, or what came was no answer.
    NoAnswer,
}

#[derive(Clone)]
pub(super) struct Poster {
    client: Client,
    receivers: Receivers,
}

impl Poster {
    pub(super) fn new(receivers: Receivers, patience: Duration) -> Result<Self, String> {
        let client = Client::builder()
            .dns_resolver(receivers)
            .redirect(Policy::none())
            .no_proxy()
            .timeout(patience)
            .connect_timeout(CONNECT.min(patience))
            .pool_max_idle_per_host(KEPT)
            .user_agent("PensiPro")
            .build();
        Ok(Self { client: client.map_err(|error| error.to_string())?, receivers })
    }

    /// Sends JSON; gives the answer's status.
    pub(super) async fn post(&self, request: Request<'_>) -> Result<u16, PostFault> {
        let url = self.receivers.judge(request.url).map_err(PostFault::Receiver)?;
        let mut post = self.client.post(url).header("content-type", "application/json");
        for (name, value) in request.headers {
            post = post.header(*name, *value);
        }
        let mut answer = post.body(request.body).send().await.map_err(|error| fault(&error))?;
        let status = answer.status().as_u16();
        // A connection is kept only once its answer was read.
        let mut read = 0;
        while let Ok(Some(part)) = answer.chunk().await {
            read += part.len();
            if read > ANSWER {
                break;
            }
        }
        Ok(status)
    }
}

fn fault(error: &reqwest::Error) -> PostFault {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(inner) = cause {
        if let Some(fault) = inner.downcast_ref::<ReceiverFault>() {
            return PostFault::Receiver(*fault);
        }
        cause = inner.source();
    }
    match error {
        error if error.is_timeout() => PostFault::TimedOut,
        error if error.is_connect() => PostFault::NoConnection,
        _ => PostFault::NoAnswer,
    }
}

/// What an answer says of a message.
pub(super) fn attempt(answered: Result<u16, PostFault>) -> Attempt {
    match answered {
        Ok(200..=299) => Attempt::Sent,
        Ok(status) => Attempt::Failed(format!("status {status}")),
        // A name that is not found may be found later; one that leads inside is somebody's doing.
        Err(PostFault::Receiver(ReceiverFault::Unresolved)) => {
            Attempt::Failed(ReceiverFault::Unresolved.code().to_owned())
        }
        Err(PostFault::Receiver(fault)) => Attempt::Refused(fault.code().to_owned()),
        Err(PostFault::TimedOut) => Attempt::Failed("timed out".to_owned()),
        Err(PostFault::NoConnection) => Attempt::Failed("no connection".to_owned()),
        Err(PostFault::NoAnswer) => Attempt::Failed("no answer".to_owned()),
    }
}
