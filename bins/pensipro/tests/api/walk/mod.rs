//! The walk over every route of the OpenAPI document: without a token, without the permission, from
//! another branch, from a funder. A route that `table.rs` does not name fails it.

mod apart;
mod table;
mod trail;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use pensipro_auth::{AUDIENCE, Claims, ISSUER};
use pensipro_kernel::{Permission, SessionId};
use pensipro_server::{openapi, routes};
use serde_json::Value;

use self::{
    table::{Line, Reach, TABLE},
    world::{SHEET, World},
};
use crate::support::{Client, House, Response, on_each_backend, people::pdf};

/// Who may call a route, as the document says.
struct Guard {
    permission: String,
    /// A second permission that opens it too, where its body tells which is needed.
    or: Option<String>,
}

fn guards() -> BTreeMap<String, Guard> {
    let document: Value = serde_json::from_str(&openapi::document_text(&routes::all())).unwrap();
    let mut guards = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let text = |name: &str| operation[name].as_str().map(str::to_owned);
            let permission = text("x-permission").unwrap();
            let guard = Guard { permission, or: text("x-permission-or") };
            guards.insert(format!("{} {path}", method.to_uppercase()), guard);
        }
    }
    guards
}

#[test]
fn every_route_has_its_line() {
    let lines: Vec<&str> = TABLE.iter().map(|(route, _, _)| *route).collect();
    let named: BTreeSet<&str> = lines.iter().copied().collect();
    assert_eq!(named.len(), lines.len(), "a route has two lines");
    let guards = guards();
    let built: BTreeSet<&str> = guards.keys().map(String::as_str).collect();
    let missing: Vec<_> = built.difference(&named).collect();
    assert!(missing.is_empty(), "walk/table.rs has no line for {missing:#?}");
    let gone: Vec<_> = named.difference(&built).collect();
    assert!(gone.is_empty(), "walk/table.rs names what is not there: {gone:#?}");
}

#[test]
fn every_route_asks_for_a_token_and_for_its_permission() {
    on_each_backend(|house| {
        for (route, Guard { permission, or }) in guards() {
            let (method, path) = route.split_once(' ').unwrap();
            if permission == "-" {
                continue;
            }
            let path = filled(path, |_| Some(1));
            let nobody = house.stranger().send(method, &path, &[], None);
            nobody.refused(401, "unauthenticated");
            let Ok(needed) = permission.parse::<Permission>() else { continue };
            let serves = |held: &Permission| {
                *held == needed || or.as_deref().is_some_and(|or| or == held.code())
            };
            let all_others: Vec<Permission> =
                Permission::ALL.iter().copied().filter(|held| !serves(held)).collect();
            let refused = holder(house, &all_others).send(method, &path, &[], None);
            let refused = refused.refused(403, "permission_denied");
            assert_eq!(refused["permission"], permission, "{route}");
        }
    });
}

#[test]
fn nobody_reaches_beyond_his_branch_or_funder() {
    on_each_backend(|house| {
        let world = World::of(house);
        for line in TABLE {
            for stranger in [&world.other_branch, &world.funder] {
                keeps_out(&world, stranger, line);
            }
        }
        // Whom it concerns is served, or the refusals above would prove nothing. Last what removes.
        let (removing, others): (Vec<&Line>, Vec<&Line>) =
            TABLE.iter().partition(|(route, _, _)| route.starts_with("DELETE"));
        for line in others {
            lets_in(&world, line);
        }
        for line in removing {
            lets_in(&world, line);
        }
        trail::every_change_leaves_a_row(house, guards().keys());
        every_event_of_a_member_names_him(house);
    });
}

/// A member's timeline tells what the trail says of him: rows about his things must name him. By now
/// every route has been served.
fn every_event_of_a_member_names_him(house: &House) {
    // Spreadsheets are of many, and refund requests have a source of their own in the timeline.
    let nameless = house.database.texts(
        "SELECT DISTINCT action || ' ' || ref_table AS text FROM audit_trails \
         WHERE subject_id IS NULL AND ref_table <> 'member_intakes' AND action NOT LIKE 'refund.%' \
         AND (ref_table LIKE 'member%' OR ref_table LIKE 'application%' OR ref_table = 'loans' \
         OR ref_table LIKE 'committee%' OR ref_table LIKE 'analys%' OR ref_table LIKE 'loan_pay%' \
         OR ref_table LIKE 'loan_trans%' OR ref_table LIKE 'loan_disb%' \
         OR ref_table LIKE 'loan_restr%' OR ref_table LIKE 'loan_settl%')",
    );
    assert!(nameless.is_empty(), "audit entries without `of_member`: {nameless:#?}");
}

/// What somebody gets who is tied to another branch or to a funder, and holds every permission.
fn keeps_out(world: &World, stranger: &Client, line: &Line) {
    let (route, reach, _) = line;
    if *reach == Reach::Own {
        return;
    }
    let answer = send(world, stranger, line, 1);
    match reach {
        Reach::Own => {}
        Reach::Shared => assert_eq!(answer.status, 200, "{route}: {}", answer.text()),
        Reach::House => assert_eq!(code(&answer), "whole_house_only", "{route}"),
        Reach::Hidden => assert_eq!(code(&answer), "not_found", "{route}"),
        Reach::Listed => assert!(!holds(world, route, answer), "{route} shows another branch's"),
        Reach::Names(field) => {
            assert_eq!(answer.faults(), [((*field).to_owned(), "unknown".to_owned())], "{route}");
        }
    }
}

/// What somebody gets whom the thing belongs to. A rule may refuse him, but he is understood and what
/// he names is there.
fn lets_in(world: &World, line: &Line) {
    let (route, reach, _) = line;
    let whose = if *reach == Reach::House { &world.house } else { &world.own_branch };
    match reach {
        Reach::Own => {}
        Reach::Listed => {
            let answer = send(world, whose, line, 2);
            assert!(holds(world, route, answer), "{route} does not show its own");
        }
        Reach::Shared | Reach::House | Reach::Hidden | Reach::Names(_) => {
            let answer = send(world, whose, line, 2);
            let understood = match answer.status {
                200..300 | 409 => true,
                404 => *reach == Reach::House,
                422 => code(&answer) != "validation_failed",
                _ => false,
            };
            assert!(understood, "{route}: {}", answer.text());
        }
    }
}

/// True if the list shows the thing of the world.
fn holds(world: &World, route: &str, list: Response) -> bool {
    let (_, path) = route.split_once(' ').unwrap();
    let id = world.id(&collection(path)).unwrap_or_else(|| panic!("the world has none of {path}"));
    let list = list.expect(200);
    list["data"].as_array().expect("a list").iter().any(|row| row["id"] == id)
}

fn code(answer: &Response) -> String {
    answer.body()["code"].as_str().unwrap_or_default().to_owned()
}

/// Sends what a line says. `turn` tells one caller's new things from another's.
fn send(world: &World, by: &Client, (route, reach, sent): &Line, turn: u32) -> Response {
    let (method, path) = route.split_once(' ').unwrap();
    // What concerns the whole house is refused before anything is looked for.
    let path = filled(path, |name| world.id(name).or((*reach == Reach::House).then_some(1)));
    let form = |fields: &str, file: (&str, &[u8])| {
        let fields: Vec<(&str, &str)> =
            fields.split('&').map(|field| field.split_once('=').unwrap()).collect();
        by.upload(&path, &[], &fields, file)
    };
    match sent.split_once(' ') {
        Some(("file", fields)) => return form(fields, ("file.pdf", &pdf("file"))),
        Some(("people", fields)) => return form(fields, ("people.csv", SHEET.as_bytes())),
        Some(("sheet", fields)) => return form(fields, ("sheet.csv", b"Usia;120\n18-120;10\n")),
        _ => {}
    }
    match sent.chars().next() {
        None => by.send(method, &path, &[], None),
        Some('?') => by.send(method, &format!("{path}{sent}"), &[], None),
        Some(_) => {
            let body = serde_json::from_str(&resolved(world, sent, turn)).expect("JSON");
            by.json(method, &path, &[], &body)
        }
    }
}

/// `$members` becomes the member's id, a `$` alone the turn.
fn resolved(world: &World, sent: &str, turn: u32) -> String {
    let mut pieces = sent.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let name = |c: char| !(c.is_ascii_lowercase() || "-/".contains(c));
        let (name, rest) = piece.split_at(piece.find(name).unwrap_or(piece.len()));
        let value = world.id(name).unwrap_or(turn.into());
        text.push_str(&format!("{value}{rest}"));
    }
    text
}

/// The path with an id in place of each name, by what the path names there.
fn filled(path: &str, id: impl Fn(&str) -> Option<i64>) -> String {
    let mut filled = String::new();
    let mut before = Vec::new();
    for part in path.split('/').skip(1) {
        if part.starts_with('{') {
            let name = before.join("/");
            let id = id(&name).unwrap_or_else(|| panic!("{path}: the world has none of {name}"));
            filled.push_str(&format!("/{id}"));
        } else {
            before.push(part);
            filled.push_str(&format!("/{part}"));
        }
    }
    filled
}

/// What a list's path names: the path without ids.
fn collection(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty() && !part.starts_with('{'));
    parts.collect::<Vec<_>>().join("/")
}

/// Somebody who holds these permissions, signed in without a word to the database.
fn holder(house: &House, permissions: &[Permission]) -> Client {
    let now = house.app.clock.now().timestamp();
    let claims = Claims {
        sub: "1".into(),
        preferred_username: "walker".into(),
        email: "walker@example.com".into(),
        full_name: "Walker".into(),
        roles: Vec::new(),
        permissions: permissions.iter().map(|permission| permission.code().to_owned()).collect(),
        modules: Vec::new(),
        branch_id: None,
        funder_id: None,
        sid: SessionId::new(i64::MAX),
        jti: "walk".into(),
        iat: now,
        exp: now + 600,
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        authz_version: i64::MAX,
    };
    house.stranger().with_token(&house.app.tokens.sign(&claims).unwrap())
}
