//! `pensipro keys`.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use clap::Subcommand;
use pensipro_persistence::{Migrate, Rewrapped, Store};

use crate::{
    Config,
    app::{StartError, open_store},
    config::MasterKeys,
};

/// Running instances look for the next key twice a second, and have two seconds for it.
const UNTIL_ALL_HAVE_LOOKED: Duration = Duration::from_secs(4);

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Order {
    /// Wraps every data key by the next master key, PENSIPRO_MASTER_KEY_NEXT, which every running
    /// instance must hold beside the present one. It can be stopped and run again.
    Rotate,
}

pub(super) fn run(config: &Config, order: &Order) -> Result<(), StartError> {
    let Order::Rotate = order;
    let store = open_store(config, Migrate::Refuse)?;
    if !store.has_next_master_key() {
        let text = "PENSIPRO_MASTER_KEY_NEXT names no key to follow the present one";
        return Err(StartError::Other(text.to_owned()));
    }
    store.begin_rotation()?;
    let begun = Instant::now();
    println!("the installation's own keys are wrapped by the next master key");
    let first = walk(&store)?;
    // Members whom an instance registered before it looked.
    sleep(UNTIL_ALL_HAVE_LOOKED.saturating_sub(begun.elapsed()));
    let last = walk(&store)?;
    println!(
        "{} members' keys were wrapped anew, {} were before",
        first.rewrapped + last.rewrapped,
        first.already
    );
    let kept = MasterKeys::new(config)?.keep_next()?;
    match kept {
        Some(path) => println!("{} holds the new key now", path.display()),
        None => println!("set PENSIPRO_MASTER_KEY to the new key"),
    }
    println!("then take PENSIPRO_MASTER_KEY_NEXT away and restart; older backups need the old key");
    Ok(())
}

fn walk(store: &Store) -> Result<Rewrapped, StartError> {
    let told = |so_far: Rewrapped| {
        log::info!("{} keys wrapped anew, {} were", so_far.rewrapped, so_far.already);
    };
    Ok(store.rewrap_member_keys(told)?)
}
