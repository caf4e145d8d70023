//! Origination where it refuses: facts that changed, bounds, steps that a state does not have.

mod bounds;
mod desks;
mod levels;
mod papers;
mod rechecks;
mod scores;
mod takeovers;
mod topups;
mod transitions;

use serde_json::Value;

/// The verdict of a rule of a pre-check.
fn verdict<'a>(precheck: &'a Value, rule: &str) -> &'a Value {
    let rules = precheck["rules"].as_array().expect("rules");
    rules.iter().find(|found| found["rule"] == rule).expect("the rule is judged")
}

/// The rules of a pre-check that do not hold.
fn failing(precheck: &Value) -> Vec<&str> {
    let rules = precheck["rules"].as_array().expect("rules").iter();
    let failing = rules.filter(|rule| rule["passed"] == false);
    failing.map(|rule| rule["rule"].as_str().expect("a code")).collect()
}
