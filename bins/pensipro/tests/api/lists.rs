//! Lists: pages, cursors, filters.

use serde_json::{Value, json};

use crate::support::{
    Client, House, on_each_backend,
    people::{branch, clerk},
};

/// Every row of a list, page by page.
fn all(client: &Client, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut page = client.get(path).expect(200);
    loop {
        rows.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else { return rows };
        page = client.get(&format!("{path}&cursor={cursor}")).expect(200);
    }
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["username"].as_str().unwrap()).collect()
}

fn crowd(house: &House) -> Client {
    let admin = house.admin();
    for _ in 0..6 {
        house.new_user(&admin, &["SALES"]);
    }
    admin
}

#[test]
fn pages_follow_one_another_in_each_order_without_gap_or_repetition() {
    on_each_backend(|house| {
        let admin = crowd(house);
        let by_id = all(&admin, "/users?limit=2");
        let expected = ["admin", "user1", "user2", "user3", "user4", "user5", "user6"];
        assert_eq!(names(&by_id), expected);
        assert_eq!(names(&all(&admin, "/users?limit=3&sort=username")), expected);
        let newest: Vec<&str> = expected.iter().rev().copied().collect();
        assert_eq!(names(&all(&admin, "/users?limit=1&sort=-created_at")), newest);
        let whole = admin.get("/users?count=true&limit=1").expect(200);
        assert_eq!((&whole["total"], whole["data"].as_array().unwrap().len()), (&json!(7), 1));
        assert!(admin.get("/users?limit=1").expect(200).get("total").is_none());
    });
}

#[test]
fn a_page_goes_on_after_its_last_row_whatever_came_meanwhile() {
    on_each_backend(|house| {
        let admin = crowd(house);
        let first = admin.get("/users?limit=3&sort=-created_at").expect(200);
        house.new_user(&admin, &[]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let path = format!("/users?sort=-created_at&limit=3&cursor={cursor}");
        let second = admin.get(&path).expect(200);
        assert_eq!(names(second["data"].as_array().unwrap()), ["user3", "user2", "user1"]);
    });
}

#[test]
fn filters_narrow_a_list() {
    on_each_backend(|house| {
        let admin = crowd(house);
        house.new_user(&admin, &["AUDITOR"]);
        assert_eq!(names(&all(&admin, "/users?role=AUDITOR")), ["user7"]);
        assert_eq!(names(&all(&admin, "/users?q=SER3")), ["user3"]);
        assert_eq!(names(&all(&admin, "/users?q=ADMINI")), ["admin"]);
        for pattern in ["%25", "_", "%5C", "'"] {
            assert!(all(&admin, &format!("/users?q={pattern}")).is_empty(), "{pattern}");
        }
        house.database.execute("UPDATE sys_users SET is_active = FALSE WHERE id = 2").unwrap();
        assert_eq!(names(&all(&admin, "/users?is_active=false")), ["user1"]);
    });
}

#[test]
fn cursors_are_sealed_and_of_one_list() {
    on_each_backend(|house| {
        let admin = crowd(house);
        let page = admin.get("/users?limit=2&sort=username").expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let mut altered = cursor.to_owned().into_bytes();
        altered[20] = if altered[20] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        for path in [
            format!("/users?limit=2&sort=username&cursor={altered}"),
            format!("/users?limit=2&cursor={cursor}"),
            format!("/roles?limit=2&cursor={cursor}"),
            "/users?cursor=".to_owned(),
            "/users?cursor=eyJpZCI6MX0".to_owned(),
        ] {
            admin.get(&path).refused(400, "invalid_cursor");
        }
        // The order of parameters and the page's size may change.
        admin.get(&format!("/users?cursor={cursor}&limit=5&sort=username")).expect(200);
    });
}

#[test]
fn unknown_and_broken_parameters_are_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=x",
            "count=yes",
            "sort=password_hash",
            "sort=username;DROP",
            "is_active=maybe",
            "colour=red",
            "is_active=true&is_active=false",
            "limit=1&limit=2",
            "q=%00",
            "is_active=",
        ] {
            admin.get(&format!("/users?{query}")).refused(400, "invalid_query");
        }
        for query in ["from=yesterday", "ref_id=9999999999999999999", "to=2026-02-30"] {
            admin.get(&format!("/logs/audit-trails?{query}")).refused(400, "invalid_query");
        }
        admin.get("/users?q=%FF%FE").body();
    });
}

#[test]
fn the_trail_is_listed_newest_first_and_by_time() {
    on_each_backend(|house| {
        let admin = crowd(house);
        let rows = all(&admin, "/logs/audit-trails?limit=2");
        let ids: Vec<i64> = rows.iter().map(|row| row["id"].as_i64().unwrap()).collect();
        assert!(ids.len() > 7 && ids.is_sorted_by(|one, next| one > next), "{ids:?}");
        assert!(all(&admin, "/logs/audit-trails?from=2999-01-01").is_empty());
        assert!(all(&admin, "/logs/audit-trails?to=2000-01-01T00:00:00Z").is_empty());
        assert!(all(&admin, "/logs/exceptions?resolved=false&severity=error").is_empty());
    });
}

#[test]
fn the_logs_are_not_for_a_part_of_the_house() {
    on_each_backend(|house| {
        let auditor = clerk(house, branch(house, 1), "AUDITOR");
        for path in ["/logs/audit-trails", "/logs/exceptions"] {
            auditor.get(path).refused(403, "whole_house_only");
        }
        house.user(&["AUDITOR"]).get("/logs/audit-trails").expect(200);
    });
}
