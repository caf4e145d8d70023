//! Active, inactive, deceased.

use serde_json::json;

use crate::support::{on_each_backend, people::registered};

#[test]
fn each_kind_of_field_needs_its_own_right() {
    on_each_backend(|house| {
        let (sales, manager) = (house.user(&["SALES"]), house.user(&["MANAGER"]));
        let path = registered(&sales, 1);
        let status = json!({"status": "nonaktif", "reason": "pindah"});
        let name = json!({"name": "Suparman Hadi"});
        let both = json!({"name": "Suparman Hadi", "status": "nonaktif"});
        let lacks = |refused: serde_json::Value| refused["permission"].clone();
        assert_eq!(
            lacks(sales.put(&path, &status).refused(403, "permission_denied")),
            "CHANGE_MEMBER_STATUS"
        );
        assert_eq!(
            lacks(sales.put(&path, &both).refused(403, "permission_denied")),
            "CHANGE_MEMBER_STATUS"
        );
        assert_eq!(
            lacks(manager.put(&path, &name).refused(403, "permission_denied")),
            "EDIT_MEMBER"
        );
        assert_eq!(
            lacks(manager.put(&path, &both).refused(403, "permission_denied")),
            "EDIT_MEMBER"
        );
        let auditor = house.user(&["AUDITOR"]);
        assert_eq!(
            lacks(auditor.put(&path, &status).refused(403, "permission_denied")),
            "EDIT_MEMBER"
        );
        assert_eq!(manager.put(&path, &status).expect(200)["status"], "nonaktif");
        assert_eq!(sales.put(&path, &name).expect(200)["name"], "Suparman Hadi");
        let supervisor = house.user(&["SUPERVISOR"]);
        let back = json!({"name": "Suparman", "status": "aktif"});
        assert_eq!(supervisor.put(&path, &back).expect(200)["status"], "aktif");
    });
}

#[test]
fn a_death_has_a_day_and_is_corrected_by_somebody_else() {
    on_each_backend(|house| {
        let (one, other) = (house.user(&["MANAGER"]), house.user(&["MANAGER"]));
        let path = registered(&house.admin(), 1);
        let field = |body| one.put(&path, &body).faults()[0].0.clone();
        assert_eq!(field(json!({"status": "meninggal"})), "deceased_on");
        assert_eq!(
            field(json!({"status": "meninggal", "deceased_on": "2026-06-16"})),
            "deceased_on"
        );
        assert_eq!(
            field(json!({"status": "meninggal", "deceased_on": "1957-08-16"})),
            "deceased_on"
        );
        assert_eq!(
            field(json!({"status": "nonaktif", "deceased_on": "2026-06-01"})),
            "deceased_on"
        );
        let died = one
            .put(&path, &json!({"status": "meninggal", "deceased_on": "2026-06-01"}))
            .expect(200);
        assert_eq!(
            (&died["status"], &died["deceased_on"]),
            (&json!("meninggal"), &json!("2026-06-01"))
        );
        let back = json!({"status": "aktif", "reason": "salah orang"});
        one.put(&path, &back).refused(422, "same_person");
        assert_eq!(other.put(&path, &json!({"status": "aktif"})).faults()[0].0, "reason");
        let lives = other.put(&path, &back).expect(200);
        assert_eq!((&lives["status"], &lives["deceased_on"]), (&json!("aktif"), &json!(null)));
        let trail =
            house.admin().get("/logs/audit-trails?action=member.update&count=true").expect(200);
        assert_eq!(trail["total"], 2);
    });
}
