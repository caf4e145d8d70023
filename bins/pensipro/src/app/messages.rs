//! Messages leave the house: told of in transactions, sent between them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use pensipro_adapters::{Outgoing, ReceiverFault};
use pensipro_auth::ModuleCode;
use pensipro_flows::{Tried, record_deliveries};
use pensipro_kernel::{Faults, FieldFault, NotificationChannel};
use pensipro_notifications::{
    Attempt, Claim, DeliveryChannel, DeliveryQueue, Lane, OutboxQueue, Posting, Reached, Ready,
    usecases::{Delivered, deliver_events},
};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{App, Stop};
use crate::http::Problem;

/// How often the outbox and the lanes are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Events that are told of in one transaction.
const TOLD_AT_ONCE: u32 = 500;

/// Messages of a lane that are held at once.
const HELD: u32 = 128;

/// Messages of a lane that are on the way at once.
const UNDER_WAY: usize = 32;

/// Messages and events each that are forgotten at once.
const FORGOTTEN_AT_ONCE: u32 = 2_000;

/// What a claim lasts beyond the time that all its messages may take.
const MARGIN: TimeDelta = TimeDelta::seconds(30);

impl App {
    /// The channels of notices that are set up.
    pub fn open_channels(&self) -> Vec<NotificationChannel> {
        self.messenger.open_channels()
    }

    /// The same with when what is ready may go.
    pub(crate) fn with_posting<T>(
        &self,
        now: DateTime<Utc>,
        work: impl FnOnce(&Posting<'_>) -> T,
    ) -> T {
        let open = self.open_channels();
        let file_payments = self.policies().messages.file_payments;
        let members_from = self.released(now);
        work(&Posting { open: &open, now, members_from, file_payments })
    }

    /// When what is ready for a member may go: at once, or at the end of the quiet hours.
    fn released(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let Some(quiet) = self.policies().messages.quiet else { return now };
        let local = now.with_timezone(&self.config.timezone).naive_local();
        // The house's zones know no summer time, so that their clocks and time pass alike.
        now + (quiet.release(local) - local)
    }

    /// Proves that another system's URL leads where messages may go.
    pub(crate) async fn check_receiver(&self, url: &str) -> Result<(), Problem> {
        let fault = |fault: ReceiverFault| FieldFault::new("url", fault.code(), fault.to_string());
        let checked = self.messenger.check_receiver(url).await.map_err(fault);
        let mut faults = Faults::new();
        let checked = faults.take(checked);
        Ok(faults.finish(checked)?)
    }

    /// Tells people of the oldest events that nobody was told of; gives how many those are. Instances
    /// share the work. Where there is nothing to tell, nothing is written.
    pub async fn deliver_events(&self) -> Result<usize, Problem> {
        if self.state().is_disabled(ModuleCode::Notification.code())
            || !self.load(|tx, _| Ok(tx.is_anything_to_tell()?)).await?
        {
            return Ok(0);
        }
        let app = self.clone();
        let told = self.change("deliver_events", move |tx, at| {
            Ok(app.with_posting(at.now, |posting| deliver_events(tx, TOLD_AT_ONCE, posting))?)
        });
        let Delivered { events, messages } = told.await?;
        if messages > 0 {
            self.lanes.wake.notify_one();
        }
        Ok(events)
    }

    /// Tells people of what happened, about every second until asked to stop.
    pub(super) async fn keep_delivering(self, mut stop: Stop) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.deliver_all(&stop).await,
                () = stop.asked() => return,
            }
        }
    }

    async fn deliver_all(&self, stop: &Stop) {
        while !stop.is_asked() {
            let delivered = self.deliver_events().await;
            self.chore_ended("notifications.outbox", &delivered);
            if matches!(delivered, Ok(0) | Err(_)) {
                return;
            }
        }
    }

    /// Sends what may go, whenever something may, until asked to stop; then what is under way is seen
    /// through.
    pub(super) async fn keep_sending(self, mut stop: Stop) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut working = JoinSet::new();
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.lanes.wake.notified() => {}
                Some(_) = working.join_next() => continue,
                () = stop.asked() => break,
            }
            let lanes = self.busy_lanes().await;
            self.chore_ended("notifications.lanes", &lanes);
            for lane in lanes.unwrap_or_default() {
                working.spawn(self.clone().work_lane(lane, stop.clone()));
            }
        }
        while working.join_next().await.is_some() {}
    }

    /// The lanes in which something may go now.
    async fn busy_lanes(&self) -> Result<Vec<Lane>, Problem> {
        if self.state().is_disabled(ModuleCode::Notification.code()) {
            return Ok(Vec::new());
        }
        let mut open: Vec<DeliveryChannel> =
            self.open_channels().into_iter().filter_map(DeliveryChannel::of).collect();
        open.push(DeliveryChannel::Webhook);
        self.load(move |tx, _| Ok(tx.busy_lanes(&open)?)).await
    }

    async fn work_lane(self, lane: Lane, stop: Stop) {
        let sent = self.send_lane(lane, || stop.is_asked()).await;
        // Where nothing was to go, or another task is at it, nothing ended well.
        if !matches!(sent, Ok(0)) {
            self.part_ended("notifications.send", lane.to_string(), &sent);
        }
    }

    /// Sends what may go in any lane, and gives how many messages were tried.
    pub async fn send_due(&self) -> Result<usize, Problem> {
        let mut sent = 0;
        for lane in self.busy_lanes().await? {
            sent += self.send_lane(lane, || false).await?;
        }
        Ok(sent)
    }

    /// Sends what may go in a lane, batch by batch, as long as its rate lets it.
    async fn send_lane(
        &self,
        lane: Lane,
        is_over: impl Fn() -> bool + Send + Sync,
    ) -> Result<usize, Problem> {
        let Some(_busy) = self.lanes.take(lane) else { return Ok(0) };
        let mut sent = 0;
        while !is_over() {
            match self.send_batch(lane).await? {
                0 => break,
                some => sent += some,
            }
        }
        Ok(sent)
    }

    /// Holds a batch, sends it outside of any transaction, and stores what came of it.
    async fn send_batch(&self, lane: Lane) -> Result<usize, Problem> {
        let per_minute = self.policies().messages.per_minute(lane.channel);
        let permits = self.lanes.permits(lane, per_minute, HELD);
        if permits == 0 {
            return Ok(0);
        }
        let number = self.random();
        let lasts = self.longest_batch();
        let held = self.change("claim_deliveries", move |tx, at| {
            let claim = Claim { number, until: at.now + lasts };
            Ok((tx.claim_deliveries(lane, permits, claim)?, claim))
        });
        let held = held.await;
        let count = held.as_ref().map_or(0, |(ids, _)| u32::try_from(ids.len()).unwrap_or(permits));
        self.lanes.give_back(lane, permits.saturating_sub(count));
        let (ids, claim) = held?;
        if ids.is_empty() {
            return Ok(0);
        }
        let ready = self.load(move |tx, _| Ok(tx.ready_deliveries(&ids)?)).await?;
        let sending = futures_util::stream::iter(ready).map(|ready| self.send_one(ready));
        let tried: Vec<Tried> = sending.buffer_unordered(UNDER_WAY).collect().await;
        let retry = self.policies().messages.retry;
        self.change("record_deliveries", move |tx, at| {
            Ok(record_deliveries(tx, claim, &tried, &retry, at.now)?)
        })
        .await
    }

    async fn send_one(&self, ready: Ready) -> Tried {
        let now = self.clock.now();
        let Ready { id, channel, tries, .. } = ready;
        let free_from = match ready.reaches {
            Reached::Member => self.released(now),
            Reached::Other => now,
        };
        let attempt = if free_from > now {
            Attempt::Held(free_from)
        } else {
            let outgoing = Outgoing { ready, key: self.lanes.key(id), now: now.timestamp() };
            self.messenger.send(outgoing).await
        };
        self.metrics.tried(channel.code(), end_of(&attempt));
        let chance = u16::try_from(self.random() & 0xffff).unwrap_or_default();
        Tried { id, channel, tries, attempt, chance }
    }

    /// Removes messages that went out, and events of which everybody was told, once they are old; gives how
    /// many went. Of many the oldest go first, the others at the next calls.
    pub async fn forget_messages(&self) -> Result<usize, Problem> {
        let kept = self.policies().messages.kept;
        self.change("forget_messages", move |tx, at| {
            Ok(tx.forget_messages(at.now - kept, FORGOTTEN_AT_ONCE)?)
        })
        .await
    }

    /// How long a batch takes at most.
    fn longest_batch(&self) -> TimeDelta {
        let rounds = HELD.div_ceil(u32::try_from(UNDER_WAY).unwrap_or(1));
        let longest = self.messenger.patience().saturating_mul(rounds);
        TimeDelta::from_std(longest).unwrap_or(TimeDelta::minutes(10)) + MARGIN
    }

    fn random(&self) -> i64 {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        i64::from_le_bytes(bytes)
    }
}

const fn end_of(attempt: &Attempt) -> &'static str {
    match attempt {
        Attempt::Sent => "sent",
        Attempt::Refused(_) => "refused",
        Attempt::Failed(_) => "failed",
        Attempt::Nobody => "nobody",
        Attempt::Held(_) => "held",
    }
}
