//! Members and what belongs to them.

mod accounts;
mod consents;
mod contacts;
mod documents;
mod history;
mod holdings;
mod intakes;
mod lending;
mod person;
mod personal;
mod preferences;

use pensipro_auth::ModuleCode;

use crate::http::Routes;

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Member)
        .post("/members", "Registers a member", person::register)
        .get("/members", "Lists members", person::list)
        .post("/members/import", "Registers the people of a spreadsheet", intakes::create)
        .get("/members/import", "Lists spreadsheets of members, newest first", intakes::list)
        .get(
            "/members/import/{id}",
            "Shows a spreadsheet of members with a page of its rows",
            intakes::show,
        )
        .get("/members/{id}", "Shows a member", person::show)
        .put("/members/{id}", "Changes a member or his status", person::change)
        .delete("/members/{id}", "Deletes a member who has nothing open", person::delete)
        .get("/members/{id}/loans", "Lists a member's loans", lending::loans)
        .get("/members/{id}/applications", "Lists a member's applications", lending::applications)
        .get(
            "/members/{id}/personal-data",
            "Gives everything that is held of a member as JSON",
            personal::export,
        )
        .post(
            "/members/{id}/anonymise",
            "Destroys what is held of a member, once it need not be kept",
            personal::anonymise,
        )
        .get(
            "/members/{id}/timeline",
            "Lists what happened to a member, newest first",
            history::timeline,
        )
        .get(
            "/members/{id}/rectifications",
            "Lists how what is held of a member was changed, newest first",
            history::rectifications,
        )
        .post("/members/{id}/contacts", "Adds a contact", contacts::add)
        .get("/members/{id}/contacts", "Lists a member's contacts", contacts::list)
        .put("/members/{id}/contacts/{contact_id}", "Changes a contact", contacts::change)
        .delete("/members/{id}/contacts/{contact_id}", "Removes a contact", contacts::remove)
        .get(
            "/members/{id}/notification-preferences",
            "Shows which channels may tell a member of what",
            preferences::show,
        )
        .put(
            "/members/{id}/notification-preferences",
            "Changes which channels may tell a member of what",
            preferences::change,
        )
        .post(
            "/consent-texts",
            "Enters the next version of a text to consent to",
            consents::add_text,
        )
        .get("/consent-texts", "Lists texts to consent to, newest first", consents::texts)
        .post("/members/{id}/consents", "Records a member's consent", consents::give)
        .get("/members/{id}/consents", "Lists a member's consents", consents::list)
        .post(
            "/members/{id}/consents/{consent_id}/withdraw",
            "Records that a member withdrew a consent",
            consents::withdraw,
        )
        .post("/members/{id}/bank-accounts", "Adds a bank account", accounts::add)
        .get("/members/{id}/bank-accounts", "Lists a member's bank accounts", accounts::list)
        .post(
            "/members/{id}/bank-accounts/{account_id}/default",
            "Makes an account the one that loans are disbursed to",
            accounts::make_default,
        )
        .post("/members/{id}/documents", "Uploads a document", documents::upload)
        .get("/members/{id}/documents", "Lists a member's documents", documents::list)
        .get("/members/{id}/documents/{doc_id}/content", "Gives a document", documents::content)
        .put(
            "/members/{id}/documents/{doc_id}/verify",
            "Verifies or rejects a document",
            documents::verify,
        )
}
