//! Funders, their contracts, their shares of loans, and what is settled with them.

mod portfolio;
mod settlements;

use pensipro_auth::ModuleCode;
use pensipro_flows::{AllocateLoan, allocate_loan, list_allocations};
use pensipro_funding::{
    Contract, ContractDetails, Funder, FunderDetails, FunderFilter, RawContractChange,
    RawFunderChange,
    usecases::{
        add_contract, contract_document, create_funder, get_funder, list_contracts, list_funders,
        update_contract, update_funder,
    },
};
use pensipro_kernel::{ContractId, FunderId, LoanId};
use pensipro_members::StoredFile;
use pensipro_persistence::Tx;

use crate::{
    App,
    bodies::funders::{
        AllocateBody, AllocationsBody, ContractBody, ContractChangeBody, FunderAllocationBody,
        FunderBody, FunderChangeBody, FunderQuery, NewContractBody, NewFunderBody,
    },
    http::{
        Allowed, Answered, Attachment, Created, Id, IfMatch, List, Listing, MaybeFile, Reply,
        Routes, Sent, Shown, UploadLimits, Valid,
        right::{AllocateFunder, EditFunder, ViewFunder},
    },
};

pub(super) fn routes() -> Routes {
    let routes = Routes::of(ModuleCode::Funder)
        .post("/funders", "Enters a funder", create)
        .get("/funders", "Lists funders by code", list)
        .get("/funders/{id}", "Shows a funder", show)
        .put("/funders/{id}", "Changes a funder or switches it off", change)
        .post("/funders/{id}/contracts", "Enters a contract, with its paper or without", contract)
        .get("/funders/{id}/contracts", "Lists a funder's contracts by first day", contracts)
        .get("/funders/{id}/contracts/{contract_id}/document", "Sends a contract's paper", document)
        .put(
            "/funders/{id}/contracts/{contract_id}",
            "Changes a contract's limit or last day",
            change_contract,
        )
        .post(
            "/loans/{id}/allocate-funder",
            "Gives a funder a share of a loan from a day on, or buys all shares back",
            allocate,
        )
        .get("/loans/{id}/allocations", "Lists who held which share of a loan", allocations);
    settlements::routes(portfolio::routes(routes))
}

async fn create(
    app: App,
    by: Allowed<EditFunder>,
    body: Valid<NewFunderBody>,
) -> Reply<Created<FunderBody>> {
    let (once, body) = body.split();
    let details = FunderDetails::check(body.into())?;
    app.post("create_funder", once, move |tx, _| {
        let funder = create_funder(tx, &by, &details)?;
        let (id, version) = (funder.id, funder.version);
        Ok(Created::new(format!("/funders/{id}"), FunderBody::from(funder)).at(version))
    })
    .await
}

async fn list(
    app: App,
    by: Allowed<ViewFunder>,
    listing: Listing<FunderQuery>,
) -> Reply<List<FunderBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = FunderFilter::from(filter);
    app.read(move |tx, _| Ok(pager.list(list_funders(tx, &by, &filter, &page)?, FunderBody::from)))
        .await
}

async fn show(app: App, by: Allowed<ViewFunder>, id: Id<FunderId>) -> Reply<Shown<FunderBody>> {
    app.read(move |tx, _| Ok(shown(get_funder(tx, &by, *id)?))).await
}

async fn change(
    app: App,
    by: Allowed<EditFunder>,
    id: Id<FunderId>,
    expected: IfMatch,
    body: Valid<FunderChangeBody>,
) -> Reply<Shown<FunderBody>> {
    let change = RawFunderChange::from(body.into_inner());
    app.write("update_funder", move |tx, at| {
        Ok(shown(update_funder(tx, &by, *id, expected.0, change.clone(), at)?))
    })
    .await
}

async fn contract(
    app: App,
    by: Allowed<EditFunder>,
    funder: Id<FunderId>,
    body: MaybeFile<NewContractBody>,
) -> Reply<Created<ContractBody>> {
    let limits = UploadLimits { file_bytes: app.settings().upload_max_bytes };
    let (body, sent) = body.read(limits).await?;
    let (details, funder) = (ContractDetails::check(body.into())?, *funder);
    let asker = by.clone();
    let add = move |tx: &mut Tx<'_>, file: Option<&StoredFile>| {
        let contract = add_contract(tx, &by, funder, &details, file)?;
        let version = contract.version;
        let location = format!("/funders/{funder}/contracts");
        Ok(Created::new(location, ContractBody::from(contract)).at(version))
    };
    match sent {
        Sent::Alone(once) => app.post("add_contract", once, move |tx, _| add(tx, None)).await,
        Sent::WithFile(received) => {
            let owner = move |tx: &mut Tx<'_>| {
                get_funder(tx, &asker, funder)?;
                Ok(None)
            };
            let names = ("funders", "add_contract");
            app.record_file(names, received, owner, move |tx, file| add(tx, Some(file))).await
        }
    }
}

async fn document(
    app: App,
    by: Allowed<ViewFunder>,
    ids: Id<(FunderId, ContractId)>,
) -> Reply<Attachment> {
    let (asker, (_, id)) = (by.clone(), *ids);
    let file = app.load(move |tx, _| Ok(contract_document(tx, &by, *ids)?)).await?;
    let reading = (None, "contract.document.read");
    Answered::fresh(app.attachment(&asker, reading, file, format!("kontrak-{id}")).await?)
}

async fn contracts(
    app: App,
    by: Allowed<ViewFunder>,
    funder: Id<FunderId>,
) -> Reply<List<ContractBody>> {
    app.read_snapshot(move |tx, _| {
        Ok(List::whole(list_contracts(tx, &by, *funder)?, ContractBody::from))
    })
    .await
}

async fn change_contract(
    app: App,
    by: Allowed<EditFunder>,
    ids: Id<(FunderId, ContractId)>,
    expected: IfMatch,
    body: Valid<ContractChangeBody>,
) -> Reply<Shown<ContractBody>> {
    let change = RawContractChange::from(body.into_inner());
    app.write("update_contract", move |tx, at| {
        let contract = update_contract(tx, &by, *ids, expected.0, change.clone(), at)?;
        let Contract { version, .. } = contract;
        Ok(Shown::new(ContractBody::from(contract)).at(version))
    })
    .await
}

async fn allocate(
    app: App,
    by: Allowed<AllocateFunder>,
    id: Id<LoanId>,
    body: Valid<AllocateBody>,
) -> Reply<Shown<AllocationsBody>> {
    let (once, body) = body.split();
    let command = AllocateLoan::check(body.into(), app.clock.today())?;
    let policies = app.policies();
    app.post("allocate_loan", once, move |tx, _| {
        let (held, plafon) = allocate_loan(tx, &by, *id, command, &policies.servicing)?;
        let body = |allocation| FunderAllocationBody::new(allocation, plafon);
        let allocations = held.into_iter().map(body).collect();
        Ok(Shown::new(AllocationsBody { allocations }))
    })
    .await
}

async fn allocations(
    app: App,
    by: Allowed<ViewFunder>,
    id: Id<LoanId>,
) -> Reply<List<FunderAllocationBody>> {
    app.read_snapshot(move |tx, _| {
        let (held, plafon) = list_allocations(tx, &by, *id)?;
        Ok(List::whole(held, |allocation| FunderAllocationBody::new(allocation, plafon)))
    })
    .await
}

fn shown(funder: Funder) -> Shown<FunderBody> {
    let version = funder.version;
    Shown::new(FunderBody::from(funder)).at(version)
}
