//! Many people at one loan at once: what may happen once happens once, and the books always balance.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::ScopedJoinHandle,
};

use serde_json::{Value, json};

use crate::{
    support::{
        Client, Response,
        lending::{Lending, id, rows},
        on_each_backend,
    },
    verify::assert_proved,
};

const PAYERS: usize = 100;
const REVERSERS: usize = 50;

/// The random mix: so many clients do so much each, to so many loans. `MIX_CLIENTS` and
/// `MIX_OPERATIONS` ask for more.
const CLIENTS: usize = 8;
const OPERATIONS: usize = 20;
const LOANS: usize = 4;
const SEED: u64 = 20_260_711;

/// The day of the mix: the first instalment is late by ten days.
const TODAY: &str = "2026-07-11";

#[expect(clippy::disallowed_methods, reason = "a longer run is asked for by the environment")]
fn asked_for(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().map_or(usual, |text| text.parse().expect("a number"))
}

/// All send at the same moment; gives their answers.
fn at_once(count: usize, send: impl Fn(usize) -> Response + Sync) -> Vec<Response> {
    let gate = Barrier::new(count);
    std::thread::scope(|scope| {
        let (gate, send) = (&gate, &send);
        let tries: Vec<_> = (0..count)
            .map(|number| {
                scope.spawn(move || {
                    gate.wait();
                    definite(|| send(number))
                })
            })
            .collect();
        tries.into_iter().map(|each| each.join().expect("no panic")).collect()
    })
}

/// Sends until the answer is not merely that there is too much to do.
fn definite(send: impl Fn() -> Response) -> Response {
    let is_busy = |answer: &Response| {
        let code = answer.body()["code"].as_str().unwrap_or_default().to_owned();
        matches!(code.as_str(), "overloaded" | "timed_out" | "database_busy")
    };
    let mut answers = std::iter::repeat_with(send).take(1_000);
    answers.find(|answer| !is_busy(answer)).expect("it is answered in the end")
}

/// How many were answered with this status; all others were refused with that code.
#[track_caller]
fn accepted(answers: Vec<Response>, status: u16, refusal: (u16, &str)) -> usize {
    let (accepted, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == status);
    for answer in refused {
        answer.refused(refusal.0, refusal.1);
    }
    accepted.len()
}

fn get(lending: &Lending, path: &str) -> Value {
    definite(|| lending.staff.auditor.get(path)).expect(200)
}

fn payments(lending: &Lending, loan: i64) -> Vec<Value> {
    rows(&get(lending, &format!("/loans/{loan}/payments"))).to_vec()
}

fn sen(amount: &Value) -> i64 {
    amount.as_str().expect("an amount").replace('.', "").parse().expect("digits")
}

fn sum(of: &Value, fields: &[&str]) -> i64 {
    fields.iter().map(|field| sen(&of[*field])).sum()
}

/// A small loan whose instalments are all due.
fn all_due(lending: &Lending) -> i64 {
    let small = json!({"plafon": "10000000", "tenor": 6});
    let application = lending.draft(lending.member(), &small);
    lending.submit(application);
    lending.analyse(application);
    let loan = lending.approve(application);
    lending.disburse(loan);
    loan
}

#[test]
fn of_a_hundred_payments_of_all_that_is_owed_one_is_taken() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = all_due(&lending);
        house.set_today("2026-12-01");
        let owed = get(&lending, &format!("/loans/{loan}/outstanding"))["total_due"].clone();
        let path = format!("/loans/{loan}/payments");
        let body = json!({"paid_on": "2026-12-01", "amount": owed, "channel": "tunai"});
        let answers = at_once(PAYERS, |number| {
            let key = format!("kwitansi {number}");
            lending.staff.finance.post_with(&path, &[("Idempotency-Key", &key)], &body)
        });
        assert_eq!(accepted(answers, 201, (409, "loan_not_open")), 1);
        let payments = payments(&lending, loan);
        assert_eq!(payments.len(), 1);
        assert_eq!((&payments[0]["amount"], sen(&payments[0]["excess_amount"])), (&owed, 0));
        let after = get(&lending, &format!("/loans/{loan}/outstanding"));
        let left = ["principal", "total_due", "excess"];
        assert_eq!(sum(&after, &left), 0, "{after}");
        assert_eq!(lending.loan(loan)["status"], "closed");
    });
}

#[test]
fn of_fifty_reversals_of_one_payment_one_is_done() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-01");
        let books = || {
            let outstanding = get(&lending, &format!("/loans/{loan}/outstanding"));
            (outstanding, get(&lending, &format!("/loans/{loan}/schedules")))
        };
        let before = books();
        let payment = lending.pay(loan, "2026-07-01", "1660716");
        let path = format!("/loans/{loan}/payments/{}/reverse", id(&payment));
        let answers = at_once(REVERSERS, |number| {
            let key = format!("batal {number}");
            let why = json!({"reason": "cek kosong"});
            lending.staff.finance.post_with(&path, &[("Idempotency-Key", &key)], &why)
        });
        assert_eq!(accepted(answers, 200, (409, "already_reversed")), 1);
        let transactions = get(&lending, &format!("/loans/{loan}/transactions"));
        let kinds: Vec<_> = rows(&transactions).iter().map(|row| row["kind"].clone()).collect();
        assert_eq!(kinds, ["disbursement", "payment", "reversal"]);
        let payments = payments(&lending, loan);
        assert_eq!(payments.len(), 1);
        assert_eq!(payments[0]["reversed_by"], rows(&transactions)[2]["id"]);
        assert_eq!(books(), before);
    });
}

/// Counts what was accepted of each kind.
#[derive(Debug, Default)]
struct Tally {
    paid: AtomicU32,
    reversed: AtomicU32,
    settled: AtomicU32,
    restructured: AtomicU32,
}

/// Somebody who does this and that to a few loans, always in the same order.
struct Visitor<'a> {
    lending: &'a Lending,
    loans: &'a [i64],
    tally: &'a Tally,
    chance: fastrand::Rng,
}

impl Visitor<'_> {
    fn visit(&mut self) {
        // First a payment each, while nothing can stand in its way.
        self.pay(self.loans[0]);
        for _ in 1..asked_for("MIX_OPERATIONS", OPERATIONS) {
            let loan = self.loans[self.chance.usize(..LOANS)];
            match self.chance.u8(..10) {
                0..=3 => self.pay(loan),
                4..=6 => self.reverse(loan),
                7 => self.settle(loan),
                _ => self.restructure(loan),
            }
        }
    }

    fn pay(&mut self, loan: i64) {
        let day = ["2026-06-20", "2026-07-01", "2026-07-05", TODAY][self.chance.usize(..4)];
        let amount = self.chance.u32(50_000..4_000_000).to_string();
        let body = json!({"paid_on": day, "amount": amount, "channel": "tunai"});
        let finance = &self.lending.staff.finance;
        if post(finance, &format!("/loans/{loan}/payments"), &body).is_some() {
            self.tally.paid.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes back any payment, a settlement's and one that was reversed among them.
    fn reverse(&mut self, loan: i64) {
        let payments = payments(self.lending, loan);
        let Some(payment) = self.chance.choice(&payments) else { return };
        let path = format!("/loans/{loan}/payments/{}/reverse", id(payment));
        let why = json!({"reason": "cek kosong"});
        if post(&self.lending.staff.finance, &path, &why).is_some() {
            self.tally.reversed.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn settle(&self, loan: i64) {
        let path = format!("/loans/{loan}/settlement-quote");
        let Some(quote) = answered(definite(|| self.lending.staff.auditor.get(&path))) else {
            return;
        };
        let body = json!({"settled_on": TODAY, "amount": quote["total"], "channel": "tunai"});
        let finance = &self.lending.staff.finance;
        if post(finance, &format!("/loans/{loan}/settlements"), &body).is_some() {
            self.tally.settled.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Asks, and has another decide.
    fn restructure(&mut self, loan: i64) {
        let path = format!("/loans/{loan}/restructures");
        let body = json!({"effective_on": TODAY, "extra_months": 1, "arrears": "capitalise",
            "reason": "pensiun dipotong bank lain"});
        let Some(request) = post(&self.lending.staff.finance, &path, &body) else { return };
        let decision = ["approve", "approve", "reject"][self.chance.usize(..3)];
        let decide = format!("{path}/{}/decide", id(&request));
        let body = json!({"decision": decision, "notes": "sesuai rapat"});
        if post(&self.lending.staff.manager, &decide, &body).is_some() {
            self.tally.restructured.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn post(by: &Client, path: &str, body: &Value) -> Option<Value> {
    answered(definite(|| by.post(path, body)))
}

/// What was done; `None` if it was refused. Nothing fails within.
fn answered(answer: Response) -> Option<Value> {
    assert!(answer.status < 500, "{}", answer.text());
    (answer.status < 400).then(|| answer.body())
}

/// Each answer of its own fits together, whatever is done meanwhile.
fn assert_balanced(lending: &Lending, loan: i64) {
    let of_loan = get(lending, &format!("/loans/{loan}"));
    let owed = &of_loan["outstanding"];
    let parts = ["principal", "interest", "fee", "penalty"];
    assert_eq!(sum(owed, &parts), sen(&owed["total"]), "{owed}");
    assert!(parts.iter().all(|part| sen(&owed[*part]) >= 0), "{owed}");

    let owed = get(lending, &format!("/loans/{loan}/outstanding"));
    let due = sum(&owed, &["interest_due", "penalty", "due_from_member"]);
    let most = due + sum(&owed, &["principal", "fee"]);
    assert!((due..=most).contains(&sen(&owed["total_due"])), "{owed}");

    for payment in payments(lending, loan) {
        let parts = payment["allocations"].as_array().expect("parts");
        let given: i64 = parts.iter().map(|part| sen(&part["amount"])).sum();
        let stands = payment["reversed_by"].is_null();
        assert_eq!(given, if stands { sen(&payment["amount"]) } else { 0 }, "{payment}");
    }
}

/// The loan, its rows and its payments tell the same, now that nobody changes them.
fn assert_consistent(lending: &Lending, loan: i64) {
    assert_balanced(lending, loan);
    let of_loan = get(lending, &format!("/loans/{loan}"));
    let owed = get(lending, &format!("/loans/{loan}/outstanding"));
    let standing = get(lending, &format!("/loans/{loan}/schedules?superseded=false"));
    let left: i64 = rows(&standing)
        .iter()
        .map(|row| sen(&row["principal"]) - sen(&row["principal_paid"]))
        .sum();
    assert_eq!(sen(&of_loan["outstanding"]["principal"]), left, "{of_loan} {standing}");
    assert_eq!(sen(&owed["principal"]), left, "{owed} {standing}");

    let all = get(lending, &format!("/loans/{loan}/schedules"));
    let paid: i64 = rows(&all).iter().map(|row| sen(&row["principal_paid"])).sum();
    // A restructure and a settlement set interest that was paid ahead against principal besides.
    assert!(allocated_to_principal(lending, loan) <= paid, "{all}");
    let is_closed = of_loan["status"] == "closed";
    assert!(!is_closed || sen(&of_loan["outstanding"]["total"]) == 0, "{of_loan}");
}

fn allocated_to_principal(lending: &Lending, loan: i64) -> i64 {
    let payments = payments(lending, loan);
    let parts =
        payments.iter().flat_map(|payment| payment["allocations"].as_array().expect("parts"));
    parts.filter(|part| part["component"] == "principal").map(|part| sen(&part["amount"])).sum()
}

/// Looks at the loans over and over until the others are done, at least once.
fn watch(lending: &Lending, loans: &[i64], are_done: &AtomicBool) {
    loop {
        let is_last = are_done.load(Ordering::Acquire);
        loans.iter().for_each(|loan| assert_balanced(lending, *loan));
        if is_last {
            return;
        }
    }
}

/// Everybody does his part while somebody watches.
fn mix(lending: &Lending, loans: &[i64], tally: &Tally) {
    let are_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(lending, loans, &are_done));
        let visitors: Vec<_> = (SEED..)
            .take(asked_for("MIX_CLIENTS", CLIENTS))
            .map(|seed| {
                let chance = fastrand::Rng::with_seed(seed);
                let mut visitor = Visitor { lending, loans, tally, chance };
                scope.spawn(move || visitor.visit())
            })
            .collect();
        let ends: Vec<_> = visitors.into_iter().map(ScopedJoinHandle::join).collect();
        // The watcher ends even if a visitor did not come through.
        are_done.store(true, Ordering::Release);
        ends.into_iter().for_each(|end| end.expect("a visitor comes through"));
        watcher.join().expect("all reads balance");
    });
}

#[test]
fn whatever_is_done_to_a_loan_at_once_its_books_balance() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loans: Vec<i64> = (0..LOANS).map(|_| lending.disbursed()).collect();
        house.set_today(TODAY);
        let tally = Tally::default();
        mix(&lending, &loans, &tally);
        eprintln!("{tally:?}");
        assert!(tally.paid.load(Ordering::Relaxed) > 0);
        loans.iter().for_each(|loan| assert_consistent(&lending, *loan));
        assert_proved(house);
    });
}
