//! Loan products, fees, penalty rules; the amortization engine; simulation.
