//! Passwords: bcrypt on its own few places, so that a storm of sign-ins cannot stall the rest.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use pensipro_auth::{
    Account, CheckedPassword, Password, PasswordHash, PasswordHasher, check_password,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use super::App;
use crate::http::{Problem, codes};

/// How long a password may wait for its turn.
const WAIT: Duration = Duration::from_secs(5);

/// Hashes with a cost, and counts its rounds. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Bcrypt {
    cost: u32,
    rounds: Arc<AtomicU64>,
}

impl Bcrypt {
    /// With this cost: each step doubles the work.
    pub(crate) fn new(cost: u32) -> Self {
        Self { cost, rounds: Arc::default() }
    }

    fn count(&self, cost: u32) {
        self.rounds.fetch_add(1 << cost, Ordering::Relaxed);
    }

    /// True if the text is the hash's password. A text that bcrypt cannot take whole is none.
    fn verify(&self, text: &str, hash: &str, cost: u32) -> bool {
        let verified = bcrypt::non_truncating_verify(text, hash);
        if verified.is_ok() {
            self.count(cost);
        }
        verified.unwrap_or(false)
    }
}

/// A hash of nothing anybody knows, for work that must be done all the same.
fn nobody(cost: u32) -> String {
    format!("$2b${cost:02}$PensiProPensiProPensiO{}", ".".repeat(31))
}

fn cost_of(hash: &PasswordHash) -> Option<u32> {
    hash.as_str().parse().ok().map(|parts: bcrypt::HashParts| parts.get_cost())
}

impl PasswordHasher for Bcrypt {
    type Error = bcrypt::BcryptError;

    fn hash(&self, password: &Password) -> Result<PasswordHash, bcrypt::BcryptError> {
        self.count(self.cost);
        bcrypt::non_truncating_hash(password.reveal(), self.cost).map(PasswordHash::new)
    }

    fn matches(&self, text: &str, hash: Option<&PasswordHash>) -> bool {
        let Some((hash, cost)) = hash.and_then(|hash| Some((hash, cost_of(hash)?))) else {
            self.verify(text, &nobody(self.cost), self.cost);
            return false;
        };
        let matches = self.verify(text, hash.as_str(), cost);
        // A hash of a lower cost was compared sooner. Of each cost from there on one more makes up
        // for it: 2^c + 2^c + … + 2^(n-1) = 2^n.
        for cost in cost..self.cost {
            self.verify(text, &nobody(cost), cost);
        }
        matches
    }

    fn renewed(&self, text: &str, hash: &PasswordHash) -> Option<PasswordHash> {
        if cost_of(hash)? == self.cost {
            return None;
        }
        self.count(self.cost);
        // A text that bcrypt cannot take whole keeps its hash.
        bcrypt::non_truncating_hash(text, self.cost).ok().map(PasswordHash::new)
    }
}

/// The places where passwords are hashed.
#[derive(Debug)]
pub(super) struct Hashing {
    places: Arc<Semaphore>,
    bcrypt: Bcrypt,
}

impl Hashing {
    pub(super) fn new(threads: usize, cost: u32) -> Self {
        Self { places: Arc::new(Semaphore::new(threads)), bcrypt: Bcrypt::new(cost) }
    }

    pub(super) fn rounds(&self) -> u64 {
        self.bcrypt.rounds.load(Ordering::Relaxed)
    }

    /// Waits for a place.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let turn = timeout(WAIT, Arc::clone(&self.places).acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| {
            let problem = Problem::new(codes::OVERLOADED, "too many sign-ins at once; try again");
            problem.retry_after(2)
        })
    }

    /// Works at a place, and leaves it.
    async fn run<T: Send + 'static>(
        &self,
        place: OwnedSemaphorePermit,
        work: impl FnOnce(Bcrypt) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let bcrypt = self.bcrypt.clone();
        let task = spawn_blocking(move || {
            let _place = place;
            work(bcrypt)
        });
        task.await.map_err(|panic| Problem::internal(format!("hashing panicked: {panic}")))
    }
}

impl App {
    /// A new password's hash.
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, Problem> {
        let password = password.clone();
        let place = self.hashing.turn().await?;
        let hashed = self.hashing.run(place, move |bcrypt| bcrypt.hash(&password)).await?;
        hashed.map_err(|error| Problem::internal(format!("a password cannot be hashed: {error}")))
    }

    /// A password compared with an account's, or with nothing in the same time; a failure is noted of
    /// the address. The account is looked up when the turn has come, so that a storm of sign-ins does
    /// not crowd the database either; an address that failed too often before its turn is refused, so
    /// that of many tries at once no more are compared than of tries one by one.
    pub async fn check_password(
        &self,
        from: Option<IpAddr>,
        account: impl Future<Output = Result<Option<Account>, Problem>>,
        password: String,
    ) -> Result<CheckedPassword, Problem> {
        let place = self.hashing.turn().await?;
        self.failures.check(from, Instant::now())?;
        let account = account.await?;
        let (app, now) = (self.clone(), self.clock.now());
        let check = move |bcrypt| {
            let checked = check_password(&bcrypt, account, &password, now);
            if !checked.opens() {
                app.failures.note(from, Instant::now());
            }
            checked
        };
        self.hashing.run(place, check).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_its_password_alone() {
        let bcrypt = Bcrypt::new(4);
        let password = Password::parse("password", "rahasia-123").unwrap();
        let hash = bcrypt.hash(&password).unwrap();
        assert!(bcrypt.matches("rahasia-123", Some(&hash)));
        assert!(!bcrypt.matches("rahasia-124", Some(&hash)));
        assert!(!bcrypt.matches(&"x".repeat(100), Some(&hash)));
    }

    #[test]
    fn a_hash_of_another_cost_is_renewed() {
        let password = Password::parse("password", "rahasia-123").unwrap();
        let old = Bcrypt::new(4).hash(&password).unwrap();
        let bcrypt = Bcrypt::new(5);
        assert!(bcrypt.matches("rahasia-123", Some(&old)));
        let new = bcrypt.renewed("rahasia-123", &old).unwrap();
        assert!(new.as_str().starts_with("$2b$05$") && bcrypt.matches("rahasia-123", Some(&new)));
        assert_eq!(bcrypt.renewed("rahasia-123", &new), None);
    }

    #[test]
    fn the_hash_of_nobody_is_a_real_one_so_that_it_takes_as_long() {
        assert!(bcrypt::non_truncating_verify("anything", &nobody(4)).is_ok());
        assert!(!Bcrypt::new(4).matches("anything", None));
    }

    #[test]
    fn a_comparison_is_the_same_work_whatever_the_hash_was_made_at() {
        let password = Password::parse("password", "rahasia-123").unwrap();
        let hashes = [4, 5, 6, 7].map(|cost| Bcrypt::new(cost).hash(&password).unwrap());
        for text in ["rahasia-123", "rahasia-124"] {
            for hash in [None, hashes.first(), hashes.get(1), hashes.get(2), hashes.get(3)] {
                let bcrypt = Bcrypt::new(7);
                assert_eq!(bcrypt.matches(text, hash), hash.is_some() && text == "rahasia-123");
                assert_eq!(bcrypt.rounds.load(Ordering::Relaxed), 1 << 7);
            }
        }
    }
}
