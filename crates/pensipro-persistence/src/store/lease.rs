//! A connection on loan. One that a panic or a failed rollback left in an unknown state is not
//! given back but dropped.

use std::path::Path;

use diesel::connection::TransactionManager;
use pensipro_kernel::StorageError;

use super::{
    pool::Connector,
    queue::FairQueue,
    sqlite::{self, Role},
};
use crate::{
    classify::{Fault, classify},
    connection::{Begin, DbConnection},
};

pub(super) enum Lease<'a> {
    Writer(WriterLease<'a>),
    Pooled(r2d2::PooledConnection<Connector>),
}

pub(super) struct WriterLease<'a> {
    queue: &'a FairQueue<Option<DbConnection>>,
    /// `None` only while it is being given back.
    conn: Option<DbConnection>,
    in_use: bool,
}

impl Drop for WriterLease<'_> {
    fn drop(&mut self) {
        let conn = self.conn.take();
        self.queue.give_back(if self.in_use { None } else { conn });
    }
}

impl<'a> Lease<'a> {
    /// SQLite's writer, opened again if the last holder lost it.
    pub(super) fn writer(
        queue: &'a FairQueue<Option<DbConnection>>,
        conn: Option<DbConnection>,
        path: &Path,
    ) -> Result<Self, StorageError> {
        let conn = match conn {
            Some(conn) => conn,
            None => match sqlite::open(path, Role::Writer) {
                Ok(conn) => DbConnection::Sqlite(conn),
                Err(error) => {
                    queue.give_back(None);
                    return Err(StorageError::Failed(error.to_string()));
                }
            },
        };
        Ok(Self::Writer(WriterLease { queue, conn: Some(conn), in_use: false }))
    }

    pub(super) fn conn(&mut self) -> &mut DbConnection {
        match self {
            Self::Writer(lease) => lease.conn.as_mut().expect("held until it is given back"),
            Self::Pooled(pooled) => &mut pooled.conn,
        }
    }

    /// From here on the connection is dropped unless it is marked clean again.
    pub(super) fn mark_used(&mut self) {
        self.set_in_use(true);
    }

    pub(super) fn mark_clean(&mut self) {
        self.set_in_use(false);
    }

    pub(super) fn is_clean(&self) -> bool {
        match self {
            Self::Writer(lease) => !lease.in_use,
            Self::Pooled(pooled) => !pooled.in_use,
        }
    }

    fn set_in_use(&mut self, in_use: bool) {
        match self {
            Self::Writer(lease) => lease.in_use = in_use,
            Self::Pooled(pooled) => pooled.in_use = in_use,
        }
    }

    pub(super) fn begin(&mut self, begin: Begin) -> Result<(), StorageError> {
        self.conn().begin(&begin).map_err(|error| classify(&error).into())
    }

    pub(super) fn commit(&mut self) -> Result<(), Fault> {
        DbConnection::commit_transaction(self.conn()).map_err(|error| classify(&error))
    }

    pub(super) fn rollback(&mut self) -> Result<(), Fault> {
        DbConnection::rollback_transaction(self.conn()).map_err(|error| classify(&error))
    }
}
