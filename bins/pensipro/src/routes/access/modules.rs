//! Modules, and their switches.

use pensipro_auth::{Module, NewModule, add_module, get_module, list_modules, switch_module};
use pensipro_kernel::ModuleId;

use super::table;
use crate::{
    App,
    bodies::access::modules::{ModuleBody, NewModuleBody, SwitchBody},
    http::{
        Allowed, Created, Id, IfMatch, List, Listing, NoFilter, Reply, Routes, Shown, Valid,
        right::ManageModule,
    },
};

pub(super) fn routes() -> Routes {
    table()
        .post("/modules", "Adds a module, switched on", create)
        .get("/modules", "Lists modules by code", list)
        .get("/modules/{id}", "Shows a module", show)
        .put("/modules/{id}/status", "Switches a module on or off", switch)
}

async fn create(
    app: App,
    by: Allowed<ManageModule>,
    body: Valid<NewModuleBody>,
) -> Reply<Created<ModuleBody>> {
    let (once, NewModuleBody { module_code, name }) = body.split();
    let new = NewModule::check(&module_code, &name)?;
    app.post("add_module", once, move |tx, _| {
        let module = add_module(tx, &by, new.clone())?;
        let (id, version) = (module.id, module.version);
        Ok(Created::new(format!("/modules/{id}"), module.into()).at(version))
    })
    .await
}

async fn list(
    app: App,
    _by: Allowed<ManageModule>,
    listing: Listing<NoFilter>,
) -> Reply<List<ModuleBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read(move |tx, _| Ok(pager.list(list_modules(tx, &page)?, ModuleBody::from))).await
}

async fn show(app: App, _by: Allowed<ManageModule>, id: Id<ModuleId>) -> Reply<Shown<ModuleBody>> {
    app.read(move |tx, _| Ok(shown(get_module(tx, *id)?))).await
}

async fn switch(
    app: App,
    by: Allowed<ManageModule>,
    id: Id<ModuleId>,
    expected: IfMatch,
    body: Valid<SwitchBody>,
) -> Reply<Shown<ModuleBody>> {
    let is_active = body.into_inner().is_active;
    app.write_at_once("switch_module", move |tx, _| {
        Ok(shown(switch_module(tx, &by, *id, is_active, expected.0)?))
    })
    .await
}

fn shown(module: Module) -> Shown<ModuleBody> {
    let version = module.version;
    Shown::new(ModuleBody::from(module)).at(version)
}
