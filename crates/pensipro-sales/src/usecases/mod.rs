//! What is done with branches and sales people. Each use case runs in the transaction it is given and
//! writes its audit entry there.

mod branches;
mod commissions;
mod people;
mod performance;
mod targets;
mod visits;

pub use branches::{create_branch, get_branch, list_branches, update_branch};
pub use commissions::{
    add_commission, earn_commission, list_commissions, note_payroll_file, pay_commission,
    undo_commission,
};
pub use people::{create_sales_person, get_sales_person, list_sales_people, update_sales_person};
pub use performance::{performance, ranking};
pub use targets::{approve_target, list_targets, set_target};
pub use visits::{list_visits, record_visit};
