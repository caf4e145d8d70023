//! The recheck of a caller's right.

use pensipro_kernel::{Actor, Authority, AuthorityError, Permission};

use crate::Tx;

impl Authority for Tx<'_> {
    fn recheck(&mut self, actor: &Actor, permission: Permission) -> Result<(), AuthorityError> {
        pensipro_auth::recheck(self, actor, permission)
    }
}
