//! Where messages go. Addresses are in clear only from here to where they are sent, and stored nowhere.

use std::collections::HashMap;

use diesel::prelude::*;
use pensipro_kernel::{DeliveryId, MemberId, PhoneNumber, StorageError};
use pensipro_notifications::{DeliveryChannel, Destination, Reached, Ready, Text, contact_in};

use super::webhooks::open_secrets;
use crate::{
    Tx,
    convert::{code, count, from_time},
    schema::{
        funders, member_contacts, notification_deliveries as deliveries, notifications, sales,
        sys_users, webhooks,
    },
    sql::{List, one_of},
};

/// What a contact's value is sealed for, as the contacts themselves are.
const CONTACT: &str = "member_contacts.value";

#[derive(Queryable)]
struct Row {
    id: i64,
    channel: String,
    lane: i64,
    sales_id: Option<i64>,
    funder_id: Option<i64>,
    tries: i32,
    title: Option<String>,
    body: Option<String>,
    user_id: Option<i64>,
    member_id: Option<i64>,
    notice_title: Option<String>,
    notice_body: Option<String>,
}

/// A webhook, with what signs.
#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
struct Receiver {
    id: i64,
    url: String,
    secret: Option<Vec<u8>>,
    previous_secrets: Option<Vec<u8>>,
}

/// An e-mail address and a telephone number.
#[derive(Default, Clone)]
struct Addresses {
    email: Option<String>,
    phone: Option<String>,
}

/// Of everybody whom a batch is for, by id.
#[derive(Default)]
struct Book {
    users: HashMap<i64, Addresses>,
    members: HashMap<i64, Addresses>,
    sales: HashMap<i64, Addresses>,
    funders: HashMap<i64, Addresses>,
    webhooks: HashMap<i64, Destination>,
}

impl Addresses {
    fn by(&self, channel: DeliveryChannel) -> Option<Destination> {
        match channel {
            DeliveryChannel::Email => self.email.clone().map(Destination::Email),
            DeliveryChannel::WhatsApp | DeliveryChannel::Sms => {
                let phone = self.phone.as_deref()?.parse::<PhoneNumber>().ok()?;
                Some(Destination::Phone(phone))
            }
            DeliveryChannel::Webhook => None,
        }
    }
}

impl Row {
    fn ready(self, book: &Book) -> Result<Ready, StorageError> {
        let channel = code("notification_deliveries.channel", &self.channel)?;
        let found = match (self.lane, self.user_id, self.member_id, self.sales_id, self.funder_id) {
            (0, Some(user), ..) => book.users.get(&user),
            (0, None, Some(member), ..) => book.members.get(&member),
            (0, None, None, Some(sales), _) => book.sales.get(&sales),
            (0, None, None, None, Some(funder)) => book.funders.get(&funder),
            _ => None,
        };
        let to = match channel {
            DeliveryChannel::Webhook => book.webhooks.get(&self.lane).cloned(),
            _ => found.and_then(|addresses| addresses.by(channel)),
        };
        let text = Text {
            title: self.notice_title.or(self.title).unwrap_or_default(),
            body: self.notice_body.or(self.body).unwrap_or_default(),
        };
        Ok(Ready {
            id: DeliveryId::new(self.id),
            channel,
            tries: count("notification_deliveries.tries", self.tries)?,
            text,
            to,
            reaches: if self.member_id.is_some() { Reached::Member } else { Reached::Other },
        })
    }
}

impl Tx<'_> {
    /// What is to be sent, with its addresses: one statement, and one for each kind of recipient.
    pub(super) fn with_addresses(
        &mut self,
        ids: &[DeliveryId],
    ) -> Result<Vec<Ready>, StorageError> {
        let list = List::numbers(self.backend(), ids.iter().map(|id| id.get()));
        let query = deliveries::table
            .left_join(notifications::table)
            .filter(one_of(deliveries::id, list))
            .order(deliveries::id)
            .select((
                deliveries::id,
                deliveries::channel,
                deliveries::lane,
                deliveries::sales_id,
                deliveries::funder_id,
                deliveries::tries,
                deliveries::title,
                deliveries::body,
                notifications::user_id.nullable(),
                notifications::member_id.nullable(),
                notifications::title.nullable(),
                notifications::body.nullable(),
            ));
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let ids = |id: fn(&Row) -> Option<i64>| rows.iter().filter_map(id).collect::<Vec<i64>>();
        let book = Book {
            users: self.user_addresses(ids(|row| row.user_id))?,
            members: self.member_addresses(ids(|row| row.member_id))?,
            sales: self.sales_addresses(ids(|row| row.sales_id))?,
            funders: self.funder_addresses(ids(|row| row.funder_id))?,
            webhooks: self.receivers(ids(|row| Some(row.lane).filter(|lane| *lane > 0)))?,
        };
        rows.into_iter().map(|row| row.ready(&book)).collect()
    }

    fn user_addresses(&mut self, ids: Vec<i64>) -> Result<HashMap<i64, Addresses>, StorageError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let list = List::numbers(self.backend(), ids);
        let query = sys_users::table
            .filter(one_of(sys_users::id, list))
            .filter(sys_users::is_active)
            .select((sys_users::id, sys_users::email, sys_users::phone));
        let rows: Vec<(i64, String, Option<String>)> = self.run(|conn| query.load(conn))?;
        let addresses = |(id, email, phone)| (id, Addresses { email: Some(email), phone });
        Ok(rows.into_iter().map(addresses).collect())
    }

    /// His primary telephone number and e-mail address. Of a member whose key was destroyed there is
    /// nothing.
    fn member_addresses(&mut self, ids: Vec<i64>) -> Result<HashMap<i64, Addresses>, StorageError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let members: Vec<MemberId> = ids.iter().copied().map(MemberId::new).collect();
        let keys = self.readable_member_keys(&members)?;
        let list = List::numbers(self.backend(), ids);
        let query = member_contacts::table
            .filter(one_of(member_contacts::member_id, list))
            .filter(member_contacts::is_primary)
            .filter(member_contacts::kind.eq_any(["email", "phone"]))
            .select((
                member_contacts::member_id,
                member_contacts::kind,
                member_contacts::value_sealed,
            ));
        let rows: Vec<(i64, String, Vec<u8>)> = self.run(|conn| query.load(conn))?;
        let mut found = HashMap::<i64, Addresses>::new();
        for (member, kind, sealed) in rows {
            let Some(key) = keys.get(&MemberId::new(member)) else { continue };
            // One that cannot be opened holds up nobody else's message.
            let Ok(value) = key.open_text(CONTACT, &sealed) else {
                log::error!("a contact of member {member} cannot be opened");
                continue;
            };
            let value = Some(value);
            let addresses = found.entry(member).or_default();
            match kind.as_str() {
                "email" => addresses.email = value,
                _ => addresses.phone = value,
            }
        }
        Ok(found)
    }

    fn sales_addresses(&mut self, ids: Vec<i64>) -> Result<HashMap<i64, Addresses>, StorageError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let list = List::numbers(self.backend(), ids);
        let query = sales::table.filter(one_of(sales::id, list)).filter(sales::is_active).select((
            sales::id,
            sales::email,
            sales::phone,
        ));
        let rows: Vec<(i64, Option<String>, Option<String>)> = self.run(|conn| query.load(conn))?;
        Ok(rows.into_iter().map(|(id, email, phone)| (id, Addresses { email, phone })).collect())
    }

    fn funder_addresses(&mut self, ids: Vec<i64>) -> Result<HashMap<i64, Addresses>, StorageError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let list = List::numbers(self.backend(), ids);
        let query = funders::table
            .filter(one_of(funders::id, list))
            .select((funders::id, funders::contact));
        let rows: Vec<(i64, Option<String>)> = self.run(|conn| query.load(conn))?;
        let addresses = |(id, contact): (i64, Option<String>)| {
            let (email, phone) = contact_in(&contact.unwrap_or_default());
            (id, Addresses { email, phone: phone.map(|phone| phone.as_str().to_owned()) })
        };
        Ok(rows.into_iter().map(addresses).collect())
    }

    fn receivers(&mut self, ids: Vec<i64>) -> Result<HashMap<i64, Destination>, StorageError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let list = List::numbers(self.backend(), ids);
        let query = webhooks::table
            .filter(one_of(webhooks::id, list))
            .filter(webhooks::secret.is_not_null())
            .select(Receiver::as_select());
        let rows: Vec<Receiver> = self.run(|conn| query.load(conn))?;
        let (key, now) = (self.keys().installation(), from_time(self.now()));
        let receiver = |row: Receiver| {
            let Receiver { id, url, secret, previous_secrets } = row;
            let opened = open_secrets(&key, &secret?, previous_secrets.as_deref());
            let tell = |_: &_| log::error!("the secrets of webhook {id} cannot be opened");
            let (secret, previous) = opened.inspect_err(tell).ok()?;
            let previous = previous.into_iter().filter(|previous| previous.until > now);
            let previous = previous.map(|previous| previous.secret);
            let secrets = std::iter::once(secret).chain(previous).collect();
            Some((id, Destination::Webhook { url, secrets }))
        };
        Ok(rows.into_iter().filter_map(receiver).collect())
    }
}
