//! Passwords: bcrypt on its own few places, so that a storm of sign-ins cannot stall the rest.

use std::{sync::Arc, time::Duration};

use pensipro_auth::{
    Account, CheckedPassword, Password, PasswordHash, PasswordHasher, check_password,
};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use super::App;
use crate::http::{Problem, codes};

/// How long a password may wait for its turn.
const WAIT: Duration = Duration::from_secs(5);

/// Hashes with a cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bcrypt {
    cost: u32,
}

impl Bcrypt {
    /// With this cost: each step doubles the work.
    pub(crate) fn new(cost: u32) -> Self {
        Self { cost }
    }

    /// A hash of nothing anybody knows, for accounts that are not there.
    fn nobody(self) -> String {
        format!("$2b${:02}$PensiProPensiProPensiO{}", self.cost, ".".repeat(31))
    }
}

impl PasswordHasher for Bcrypt {
    type Error = bcrypt::BcryptError;

    fn hash(&self, password: &Password) -> Result<PasswordHash, bcrypt::BcryptError> {
        bcrypt::non_truncating_hash(password.reveal(), self.cost).map(PasswordHash::new)
    }

    fn matches(&self, text: &str, hash: Option<&PasswordHash>) -> bool {
        let nobody = self.nobody();
        let compared = hash.map_or(nobody.as_str(), PasswordHash::as_str);
        bcrypt::non_truncating_verify(text, compared).unwrap_or(false) && hash.is_some()
    }

    fn renewed(&self, text: &str, hash: &PasswordHash) -> Option<PasswordHash> {
        let made_at: bcrypt::HashParts = hash.as_str().parse().ok()?;
        if made_at.get_cost() == self.cost {
            return None;
        }
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

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Bcrypt) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let Ok(Ok(place)) = timeout(WAIT, Arc::clone(&self.places).acquire_owned()).await else {
            let problem = Problem::new(codes::OVERLOADED, "too many sign-ins at once; try again");
            return Err(problem.retry_after(2));
        };
        let bcrypt = self.bcrypt;
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
        let hashed = self.hashing.run(move |bcrypt| bcrypt.hash(&password)).await?;
        hashed.map_err(|error| Problem::internal(format!("a password cannot be hashed: {error}")))
    }

    /// A password compared with an account's, or with nothing in the same time.
    pub async fn check_password(
        &self,
        account: Option<Account>,
        password: String,
    ) -> Result<CheckedPassword, Problem> {
        self.hashing.run(move |bcrypt| check_password(&bcrypt, account, &password)).await
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
        let nobody = Bcrypt::new(4).nobody();
        assert!(bcrypt::non_truncating_verify("anything", &nobody).is_ok());
        assert!(!Bcrypt::new(4).matches("anything", None));
    }
}
