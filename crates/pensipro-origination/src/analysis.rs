//! The credit analysis that an application needs before it meets the committee.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    AnalysisId, ApplicationId, AuditValue, Faults, FieldFault, Money, Rate, UserId, clean_text,
    codes, read_code,
};

use crate::{Score, request::positive};

codes! {
    /// What the analyst advises.
    pub enum Recommendation {
        /// To grant it.
        Approve = "approve",
        /// To turn it down.
        Reject = "reject",
        /// To grant it on conditions.
        Conditional = "conditional",
    }
}

/// A risk score: 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RiskScore(u8);

/// What an analyst found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Income a month as the analyst established it.
    pub income: Money,
    /// Other obligations a month as the analyst established them.
    pub other_obligations: Money,
    /// The score.
    pub risk_score: RiskScore,
    /// The advice.
    pub recommendation: Recommendation,
    /// The grounds.
    pub notes: String,
}

/// The fields of an analysis as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of Findings, unchecked")]
pub struct RawFindings {
    pub income: Option<Money>,
    pub other_obligations: Option<Money>,
    pub risk_score: Option<i64>,
    pub recommendation: Option<String>,
    pub notes: Option<String>,
}

/// What storage inserts of an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAnalysis {
    /// What was analysed.
    pub application_id: ApplicationId,
    /// What was found.
    pub findings: Findings,
    /// New and running instalments and other obligations over the monthly benefit; `None` past any
    /// meaning.
    pub dsr: Option<Rate>,
    /// What the scorecard gave, if there was one.
    pub score: Option<Score>,
    /// Who analysed; does not sit on the committee.
    pub analysed_by: Option<UserId>,
}

/// An analysis as stored; a later one replaces an earlier one in weight, not in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// Its id.
    pub id: AnalysisId,
    /// What was inserted.
    pub content: NewAnalysis,
    /// When.
    pub analysed_at: DateTime<Utc>,
}

impl RiskScore {
    /// The score, if it is 0 to 100.
    pub fn new(score: i64) -> Option<Self> {
        u8::try_from(score).ok().filter(|score| *score <= 100).map(Self)
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Findings {
    /// Checks the fields of a body.
    pub fn check(raw: RawFindings) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let income = faults.take(positive("income", raw.income));
        let other_obligations = faults
            .take(raw.other_obligations.ok_or_else(|| FieldFault::required("other_obligations")));
        let fits = other_obligations
            .is_none_or(|amount| !amount.is_negative() && amount <= Money::MAX_INPUT);
        faults.require(fits, "other_obligations", "negative", "is zero or more");
        let score = raw.risk_score.ok_or_else(|| FieldFault::required("risk_score"));
        let risk_score = faults.take(score.and_then(|score| {
            let fault = || FieldFault::new("risk_score", "out_of_range", "is 0 to 100");
            RiskScore::new(score).ok_or_else(fault)
        }));
        let advice = raw.recommendation.ok_or_else(|| FieldFault::required("recommendation"));
        let recommendation =
            faults.take(advice.and_then(|code| read_code("recommendation", &code)));
        let notes = faults.take(long_text("notes", raw.notes.as_deref().unwrap_or_default()));
        let findings = || {
            Some(Self {
                income: income?,
                other_obligations: other_obligations?,
                risk_score: risk_score?,
                recommendation: recommendation?,
                notes: notes?,
            })
        };
        faults.finish(findings())
    }
}

/// A text of several lines; each is kept, white space around them is not.
pub(crate) fn long_text(field: &str, text: &str) -> Result<String, FieldFault> {
    const MAX: usize = 4000;
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    let filled = lines.iter().filter(|line| !line.is_empty());
    filled.map(|line| clean_text(field, line, MAX)).collect::<Result<Vec<_>, _>>()?;
    let text = lines.join("\n");
    match text.chars().count() {
        0 => Err(FieldFault::required(field)),
        1..=MAX => Ok(text),
        _ => Err(FieldFault::new(field, "too_long", format!("has at most {MAX} characters"))),
    }
}

impl NewAnalysis {
    pub(crate) fn audit_view(&self) -> AuditValue {
        let Findings { income, other_obligations, risk_score, recommendation, notes } =
            &self.findings;
        AuditValue::new()
            .personal("income", income.to_string())
            .personal("other_obligations", other_obligations.to_string())
            .with("dsr", self.dsr.map(|dsr| dsr.to_string()))
            .with("risk_score", risk_score.get())
            .with("score", self.score.as_ref().map(|score| score.total))
            .with("recommendation", recommendation.code())
            .personal("notes", notes.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawFindings {
        RawFindings {
            income: Money::from_rupiah(5_000_000),
            other_obligations: Some(Money::ZERO),
            risk_score: Some(100),
            recommendation: Some("approve".into()),
            notes: Some(" Pensiun tetap.\r\n\r\nRumah sendiri. ".into()),
        }
    }

    #[test]
    fn findings_are_checked_together() {
        let findings = Findings::check(raw()).unwrap();
        assert_eq!(findings.notes, "Pensiun tetap.\n\nRumah sendiri.");
        let bad = RawFindings {
            income: Some(Money::ZERO),
            other_obligations: Some(Money::from_sen(-1)),
            risk_score: Some(101),
            recommendation: Some("maybe".into()),
            notes: Some("a\u{0}b".into()),
        };
        assert_eq!(Findings::check(bad).unwrap_err().list().len(), 5);
        assert_eq!(Findings::check(RawFindings::default()).unwrap_err().list().len(), 5);
        assert!(RiskScore::new(-1).is_none() && RiskScore::new(256).is_none());
    }
}
