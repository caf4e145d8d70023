//! Messages that leave the house: by a mail server, by a gateway of WhatsApp and text messages, to other
//! systems.

mod gateway;
mod mail;
mod post;
mod receivers;
mod webhook;

use std::{fmt, future::Future, sync::OnceLock, time::Duration};

use pensipro_kernel::NotificationChannel;
use pensipro_notifications::{Attempt, Destination, Ready, with_id};
use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};

pub use gateway::GatewaySettings;
pub use mail::{MailSecurity, MailSettings, MailSettingsError};
pub use receivers::{ReceiverFault, Receivers};
pub use webhook::sign;

use self::{mail::Mailer, post::Poster};

/// By what and to whom messages may leave.
#[derive(Debug, Clone)]
pub struct MessengerSettings {
    /// The mail server.
    pub mail: Option<MailSettings>,
    /// The gateway.
    pub gateway: Option<GatewaySettings>,
    /// Where gateway and other systems may listen.
    pub receivers: Receivers,
    /// How long a server has to take a message.
    pub patience: Duration,
}

/// Sends messages. What it needs of the network is set up when the first one goes.
pub struct Messenger {
    settings: MessengerSettings,
    line: OnceLock<Result<Line, String>>,
}

/// The way out. Messages go on a runtime of their own, so that whoever waits for one may be any thread.
struct Line {
    poster: Poster,
    mailer: Option<Mailer>,
    runtime: Option<Runtime>,
}

/// A message with what marks it as the same one, should it be sent twice.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// What is sent, and to whom.
    pub ready: Ready,
    /// Its key, the same at each try, of letters, digits and dashes.
    pub key: String,
    /// The time, in seconds since 1970.
    pub now: i64,
}

impl Messenger {
    /// One that sends by these settings.
    pub fn new(settings: MessengerSettings) -> Self {
        Self { settings, line: OnceLock::new() }
    }

    /// The channels of notices that are set up; the application's own list always is.
    pub fn open_channels(&self) -> Vec<NotificationChannel> {
        let mut open = vec![NotificationChannel::InApp];
        open.extend(self.settings.mail.as_ref().map(|_| NotificationChannel::Email));
        open.extend(self.settings.gateway.iter().flat_map(|gateway| gateway.channels.clone()));
        open
    }

    /// How long a server has to take a message.
    pub fn patience(&self) -> Duration {
        self.settings.patience
    }

    /// Sends a message, and waits until it was taken or failed: no longer than the settings say.
    pub async fn send(&self, outgoing: Outgoing) -> Attempt {
        let Some(to) = outgoing.ready.to.clone() else { return Attempt::Nobody };
        let line = match self.line() {
            Ok(line) => line,
            Err(fault) => {
                log::error!("no message can be sent: {fault}");
                return Attempt::Failed("not set up".to_owned());
            }
        };
        let sending = line.sending(&self.settings, outgoing, to);
        let patience = self.settings.patience;
        let Some(runtime) = &line.runtime else { return Attempt::Failed("stopped".to_owned()) };
        match runtime.spawn(async move { timeout(patience, sending).await }).await {
            Ok(Ok(attempt)) => attempt,
            Ok(Err(_)) => Attempt::Failed("timed out".to_owned()),
            Err(_) => Attempt::Failed("stopped".to_owned()),
        }
    }

    /// Proves that a URL of another system leads where messages may go, as its name resolves now. It is
    /// proved again whenever something is sent.
    pub async fn check_receiver(&self, url: &str) -> Result<(), ReceiverFault> {
        let MessengerSettings { receivers, patience, .. } = self.settings;
        let url = url.to_owned();
        let line = self.line().map_err(|_| ReceiverFault::Unresolved)?;
        let Some(runtime) = &line.runtime else { return Err(ReceiverFault::Unresolved) };
        let checking = async move { timeout(patience, receivers.check(&url)).await };
        runtime
            .spawn(checking)
            .await
            .ok()
            .and_then(Result::ok)
            .unwrap_or(Err(ReceiverFault::Unresolved))
    }

    fn line(&self) -> Result<&Line, &str> {
        let line = self.line.get_or_init(|| Line::open(&self.settings));
        line.as_ref().map_err(String::as_str)
    }
}

impl Line {
    fn open(settings: &MessengerSettings) -> Result<Self, String> {
        let poster = Poster::new(settings.receivers, settings.patience)?;
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).thread_name("messages").enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let mailer = {
            // The pool of connections begins on the runtime that they live on.
            let _inside = runtime.enter();
            settings.mail.as_ref().map(|mail| Mailer::new(mail, settings.patience)).transpose()?
        };
        Ok(Self { poster, mailer, runtime: Some(runtime) })
    }

    fn sending(
        &self,
        settings: &MessengerSettings,
        outgoing: Outgoing,
        to: Destination,
    ) -> impl Future<Output = Attempt> + Send + use<> {
        let (poster, mailer) = (self.poster.clone(), self.mailer.clone());
        let gateway = settings.gateway.clone();
        let Outgoing { ready, key, now } = outgoing;
        async move {
            match (to, mailer, gateway) {
                (Destination::Email(to), Some(mailer), _) => {
                    mailer.send(&to, &ready.text, &key).await
                }
                (Destination::Phone(to), _, Some(gateway)) => {
                    gateway.send(&poster, ready.channel, &to, &ready.text, &key).await
                }
                (Destination::Webhook { url, secrets }, ..) => {
                    let body = with_id(&ready.text.body, &key);
                    webhook::send(&poster, &url, &secrets, (&key, now), body).await
                }
                (Destination::Email(_) | Destination::Phone(_), ..) => {
                    Attempt::Failed("not set up".to_owned())
                }
            }
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            {
                // The pool of connections says goodbye where they live.
                let _inside = runtime.enter();
                self.mailer = None;
            }
            // A runtime that waits for its threads may not be dropped on another's.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Messenger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Messenger").field(&self.settings).finish()
    }
}
