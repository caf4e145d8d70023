//! A job that is seen through, with a bar that follows it.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::{MissedTickBehavior, interval};

use crate::{App, http::Problem, jobs::Job};

/// How often the bar looks where the job is.
const LOOK: Duration = Duration::from_millis(500);

/// Works on a job until it is done, whoever works on it; `at` tells how many lines are done. Of so
/// many; none known, the bar counts.
pub(super) async fn see_through<F>(
    app: &App,
    job: Job,
    lines: Option<u32>,
    at: impl Fn(App) -> F,
) -> Result<(), Problem>
where
    F: Future<Output = Result<u32, Problem>>,
{
    let bar = bar(lines);
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let work = app.see_through(job);
    tokio::pin!(work);
    let worked = loop {
        tokio::select! {
            worked = &mut work => break worked,
            _ = looks.tick() => bar.set_position(at(app.clone()).await?.into()),
        }
    };
    bar.finish_and_clear();
    worked
}

fn bar(lines: Option<u32>) -> ProgressBar {
    let (bar, template) = match lines {
        Some(lines) => (ProgressBar::new(lines.into()), "{bar:40} {pos}/{len} lines, {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {pos} lines, {elapsed}"),
    };
    let style = ProgressStyle::with_template(template);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
