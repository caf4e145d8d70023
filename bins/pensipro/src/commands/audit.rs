//! `pensipro audit`.

use std::io::Write;

use clap::Subcommand;
use pensipro_audit::seal::{Head, Part, Place, Proof, Request, SealRepository, TrailFault};
use pensipro_kernel::Clock;
use pensipro_persistence::{Migrate, Store, sha256};

use super::print;
use crate::{
    Config,
    app::{StartError, clock, open_store},
};

/// Seals between two lines of progress.
const TOLD_EVERY: u64 = 100;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Order {
    /// Proves that the trail is as it was sealed; tells what is not first, and fails then. It reads
    /// alone and locks nothing: it runs beside a server at work.
    Verify {
        /// A head that was kept elsewhere, which the chain must hold.
        #[arg(long)]
        head: Option<Head>,
        /// From this seal.
        #[arg(long)]
        from: Option<i64>,
        /// To this seal.
        #[arg(long)]
        to: Option<i64>,
    },
    /// Prints the newest seal's number and root, to be kept elsewhere.
    Head,
}

pub(super) fn run(config: &Config, order: &Order) -> Result<(), StartError> {
    let store = open_store(config, Migrate::Refuse)?;
    match order {
        Order::Head => match store.read(|tx| tx.last_seal())? {
            Some(seal) => print(&format!("{}\n", seal.head())),
            None => Err(StartError::Other("nothing is sealed yet".into())),
        },
        Order::Verify { head, from, to } => {
            let request = Request { part: Part { from: *from, to: *to }, head: *head, place: None };
            let proof = proved(&store, clock(config).as_ref(), request, &mut std::io::stderr())?;
            tell(&store, &proof)
        }
    }
}

/// A whole proof; tells `progress` how far it is.
pub(super) fn proved(
    store: &Store,
    clock: &dyn Clock,
    request: Request,
    progress: &mut impl Write,
) -> Result<Proof, StartError> {
    let mut proof = Proof::new(request);
    let mut told = 0;
    while let Some(place) = proof.place() {
        store.read(|tx| proof.step(tx, clock.now(), sha256))?;
        if proof.seals >= told + TOLD_EVERY {
            told = proof.seals;
            progressed(&proof, place, progress);
        }
    }
    Ok(proof)
}

fn progressed(proof: &Proof, place: Place, progress: &mut impl Write) {
    // Who cannot be told of progress is told of the end.
    let _ = writeln!(progress, "{place}: {} rows are as they were sealed", proof.rows);
}

fn tell(store: &Store, proof: &Proof) -> Result<(), StartError> {
    let (rows, seals) = (proof.rows, proof.seals);
    if let Some(fault) = proof.fault() {
        return Err(StartError::Other(words(fault)));
    }
    let head = store.read(|tx| tx.last_seal())?;
    let head = head.map_or_else(|| "none".to_owned(), |seal| seal.head().to_string());
    print(&format!("{rows} rows in {seals} seals are as they were sealed; head {head}\n"))
}

fn words(fault: TrailFault) -> String {
    format!("the audit trail is not as it was sealed: {}: {fault}", fault.kind())
}
