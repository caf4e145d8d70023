//! Branches, sales people and what they do.

mod branches;
mod commissions;
mod people;
mod performance;
mod targets;
mod visits;

use pensipro_auth::ModuleCode;

use crate::http::Routes;

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Sales)
        .post("/sales-branches", "Makes a branch", branches::create)
        .get("/sales-branches", "Lists branches", branches::list)
        .get("/sales-branches/{id}", "Shows a branch", branches::show)
        .put("/sales-branches/{id}", "Changes a branch or switches it off", branches::change)
        .get(
            "/sales-branches/{id}/performance",
            "Shows what a branch achieved in a month",
            performance::of_branch,
        )
        .post("/sales-branches/{id}/targets", "Sets a branch's target", targets::set_branch)
        .get("/sales-branches/{id}/targets", "Lists a branch's targets", targets::list_branch)
        .post(
            "/sales-branches/{id}/targets/{target_id}/approve",
            "Approves a branch's target",
            targets::approve_branch,
        )
        .get("/sales-commissions", "Lists commissions across sales people", commissions::list)
        .get("/sales-ranking", "Ranks sales people over some months", performance::rank)
        .post("/sales", "Adds a sales person", people::create)
        .get("/sales", "Lists sales people", people::list)
        .get("/sales/{id}", "Shows a sales person", people::show)
        .put("/sales/{id}", "Changes a sales person or switches him off", people::change)
        .get("/sales/{id}/visits", "Lists a sales person's visits, the latest first", visits::list)
        .post("/sales/{id}/visits", "Records a visit", visits::record)
        .get("/sales/{id}/commissions", "Lists a sales person's commissions", commissions::own)
        .post("/sales/{id}/commissions", "Adds a commission by hand", commissions::add)
        .post(
            "/sales/{id}/commissions/{commission_id}/pay",
            "Marks a commission as paid with a payroll",
            commissions::pay,
        )
        .get("/sales/{id}/targets", "Lists a sales person's targets", targets::list_sales)
        .post("/sales/{id}/targets", "Sets a sales person's target", targets::set_sales)
        .post(
            "/sales/{id}/targets/{target_id}/approve",
            "Approves a sales person's target",
            targets::approve_sales,
        )
        .get(
            "/sales/{id}/performance",
            "Shows what a sales person achieved in a month",
            performance::of_sales,
        )
}
