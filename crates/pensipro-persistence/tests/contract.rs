//! The contract of storage, on each database alike: one program, so that it is linked once.

#[path = "contract/auth.rs"]
mod auth;
#[path = "contract/billing.rs"]
mod billing;
#[path = "contract/deliveries.rs"]
mod deliveries;
#[path = "contract/exports.rs"]
mod exports;
#[path = "contract/fixtures.rs"]
mod fixtures;
#[path = "contract/imports.rs"]
mod imports;
#[path = "contract/intakes.rs"]
mod intakes;
#[path = "contract/lending.rs"]
mod lending;
#[path = "contract/members.rs"]
mod members;
#[path = "contract/notifications.rs"]
mod notifications;
#[path = "contract/origination.rs"]
mod origination;
#[path = "contract/periods.rs"]
mod periods;
#[path = "contract/personal.rs"]
mod personal;
#[path = "contract/pricing.rs"]
mod pricing;
#[path = "contract/restructures.rs"]
mod restructures;
#[path = "contract/sales.rs"]
mod sales;
#[path = "contract/sales_figures.rs"]
mod sales_figures;
#[path = "contract/schema.rs"]
mod schema;
#[path = "contract/seals.rs"]
mod seals;
#[path = "contract/servicing.rs"]
mod servicing;
#[path = "contract/standing.rs"]
mod standing;
#[path = "contract/store.rs"]
mod store;
