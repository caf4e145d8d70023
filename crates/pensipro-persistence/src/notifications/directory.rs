//! Who is behind an audience.

use std::collections::HashMap;

use diesel::prelude::*;
use pensipro_kernel::{BranchId, FunderId, MemberId, SalesId, Scope, StorageError, UserId};
use pensipro_members::ContactKind;
use pensipro_notifications::{Broadcast, RecipientDirectory, SalesContact, Ways, contact_in};

use crate::{
    Tx,
    convert::code,
    schema::{
        applications, funders, loans, member_contacts, members, sales, sys_roles, sys_user_roles,
        sys_users,
    },
    scope::{seen_members, seen_users},
    sql::{List, one_of},
};

impl RecipientDirectory for Tx<'_> {
    fn sales_of(
        &mut self,
        ref_table: &str,
        ref_id: i64,
    ) -> Result<Option<SalesContact>, StorageError> {
        type Row = (i64, Option<i64>, Option<String>, Option<String>);
        let columns = (sales::id, sales::user_id, sales::email, sales::phone);
        let row: Option<Row> = match ref_table {
            "applications" => {
                let query = applications::table
                    .inner_join(sales::table)
                    .filter(applications::id.eq(ref_id))
                    .select(columns);
                self.run(|conn| query.first(conn).optional())?
            }
            "loans" => {
                let query = loans::table
                    .inner_join(sales::table)
                    .filter(loans::id.eq(ref_id))
                    .select(columns);
                self.run(|conn| query.first(conn).optional())?
            }
            _ => None,
        };
        Ok(row.map(|(id, user, email, phone)| match user {
            Some(user) => SalesContact::User(UserId::new(user)),
            None => SalesContact::Person(SalesId::new(id), ways(email.as_ref(), phone.as_ref())),
        }))
    }

    fn role_holders_of(
        &mut self,
        roles: &[String],
        (ref_table, ref_id): (&str, i64),
    ) -> Result<Vec<UserId>, StorageError> {
        let branch: Option<Option<i64>> = match ref_table {
            "applications" => {
                let query = applications::table.find(ref_id).select(applications::branch_id);
                self.run(|conn| query.first(conn).optional())?
            }
            _ => None,
        };
        let holders = sys_user_roles::table
            .inner_join(sys_roles::table)
            .filter(sys_roles::is_active)
            .filter(sys_roles::role_name.eq_any(roles))
            .select(sys_user_roles::user_id);
        let mut users = sys_users::table
            .filter(sys_users::is_active)
            .filter(sys_users::funder_id.is_null())
            .filter(sys_users::id.eq_any(holders))
            .order(sys_users::id)
            .select(sys_users::id)
            .into_boxed();
        users = match branch.flatten() {
            Some(branch) => users.filter(
                sys_users::branch_id
                    .is_null()
                    .or(sys_users::branch_id.eq(branch).assume_not_null()),
            ),
            None => users.filter(sys_users::branch_id.is_null()),
        };
        let ids: Vec<i64> = self.run(|conn| users.load(conn))?;
        Ok(ids.into_iter().map(UserId::new).collect())
    }

    fn funder_users_of(&mut self, funder: FunderId) -> Result<Vec<UserId>, StorageError> {
        let query = sys_users::table
            .filter(sys_users::is_active)
            .filter(sys_users::funder_id.eq(funder.get()))
            .order(sys_users::id)
            .select(sys_users::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(UserId::new).collect())
    }

    fn funder_contact(&mut self, funder: FunderId) -> Result<Option<Ways>, StorageError> {
        let query = funders::table.find(funder.get()).select(funders::contact);
        let contact: Option<Option<String>> = self.run(|conn| query.first(conn).optional())?;
        Ok(contact.flatten().map(|line| {
            let (email, phone) = contact_in(&line);
            Ways { email: email.is_some(), phone: phone.is_some() }
        }))
    }

    fn user_ways(&mut self, users: &[UserId]) -> Result<HashMap<UserId, Ways>, StorageError> {
        let list = List::numbers(self.backend(), users.iter().map(|user| user.get()));
        let query = sys_users::table.filter(one_of(sys_users::id, list)).select((
            sys_users::id,
            sys_users::email,
            sys_users::phone,
        ));
        let rows: Vec<(i64, String, Option<String>)> = self.run(|conn| query.load(conn))?;
        let reached = |(id, email, phone): (i64, String, Option<String>)| {
            (UserId::new(id), ways(Some(&email), phone.as_ref()))
        };
        Ok(rows.into_iter().map(reached).collect())
    }

    fn member_ways(
        &mut self,
        members: &[MemberId],
    ) -> Result<HashMap<MemberId, Ways>, StorageError> {
        use member_contacts::dsl;
        let list = List::numbers(self.backend(), members.iter().map(|member| member.get()));
        let query = dsl::member_contacts
            .filter(one_of(dsl::member_id, list))
            .filter(dsl::is_primary)
            .select((dsl::member_id, dsl::kind));
        let rows: Vec<(i64, String)> = self.run(|conn| query.load(conn))?;
        let mut reached = HashMap::<MemberId, Ways>::new();
        for (member, kind) in rows {
            let ways = reached.entry(MemberId::new(member)).or_default();
            match code::<ContactKind>("member_contacts.kind", &kind)? {
                ContactKind::Email => ways.email = true,
                ContactKind::Phone => ways.phone = true,
                ContactKind::Address | ContactKind::Heir => {}
            }
        }
        Ok(reached)
    }

    fn users_to_tell(
        &mut self,
        broadcast: &Broadcast,
        scope: Scope,
        limit: u32,
    ) -> Result<Vec<UserId>, StorageError> {
        let Broadcast { role, branch_id, all: _, user_ids, member_ids: _ } = broadcast;
        let mut users = sys_users::table
            .filter(sys_users::is_active)
            .filter(seen_users(scope))
            .order(sys_users::id)
            .limit(limit.into())
            .select(sys_users::id)
            .into_boxed();
        if let Some(branch) = branch_id.map(BranchId::get) {
            users = users.filter(sys_users::branch_id.eq(branch));
        }
        if !user_ids.is_empty() {
            let list = List::numbers(self.backend(), user_ids.iter().map(|user| user.get()));
            users = users.filter(one_of(sys_users::id, list));
        }
        if let Some(role) = role.clone() {
            let holders = sys_user_roles::table
                .inner_join(sys_roles::table)
                .filter(sys_roles::is_active)
                .filter(sys_roles::role_name.eq(role))
                .select(sys_user_roles::user_id);
            users = users.filter(sys_users::id.eq_any(holders));
        }
        let ids: Vec<i64> = self.run(|conn| users.load(conn))?;
        Ok(ids.into_iter().map(UserId::new).collect())
    }

    fn is_user_to_tell(&mut self, user: UserId, scope: Scope) -> Result<bool, StorageError> {
        let found = sys_users::table
            .find(user.get())
            .filter(sys_users::is_active)
            .filter(seen_users(scope))
            .select(sys_users::id);
        let id: Option<i64> = self.run(|conn| found.first(conn).optional())?;
        Ok(id.is_some())
    }

    fn members_to_tell(
        &mut self,
        members: &[MemberId],
        scope: Scope,
    ) -> Result<Vec<MemberId>, StorageError> {
        let list = List::numbers(self.backend(), members.iter().map(|member| member.get()));
        let found = members::table
            .filter(one_of(members::id, list))
            .filter(members::deleted_at.is_null())
            .filter(seen_members(scope))
            .order(members::id)
            .select(members::id);
        let ids: Vec<i64> = self.run(|conn| found.load(conn))?;
        Ok(ids.into_iter().map(MemberId::new).collect())
    }
}

/// An empty text reaches nobody.
fn ways(email: Option<&String>, phone: Option<&String>) -> Ways {
    let is_there = |text: Option<&String>| text.is_some_and(|text| !text.trim().is_empty());
    Ways { email: is_there(email), phone: is_there(phone) }
}
