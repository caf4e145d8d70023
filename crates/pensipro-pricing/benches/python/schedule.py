#!/usr/bin/env python3
"""The annuity rules of the schedule engine in plain decimal arithmetic.

Makes the loans of benches/engine.rs (18.1 % a year, 180 months, instalments rounded up to Rp 100,
interest to Rp 1, the last row takes the difference), prints rows per second and the checksum that the
Rust benchmark prints for the same rows.
"""

import time
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext

LOANS = 1000
TENOR = 180
RATE = Decimal("18.1")
UNITS = [Decimal(1000), Decimal(500), Decimal(100), Decimal(1), Decimal("0.01")]
UNIT = Decimal(100)
INTEREST_UNIT = Decimal(1)
FIFTEEN_PLACES = Decimal("1e-15")

getcontext().prec = 34


def multiple(amount, unit, rounding):
    return (amount / unit).to_integral_value(rounding) * unit


def instalment(principal, rate, tenor):
    if rate == 0:
        return principal / tenor
    monthly = rate / 1200
    exact = principal * monthly / (1 - (1 + monthly) ** -tenor)
    return exact.quantize(FIFTEEN_PLACES, ROUND_HALF_EVEN)


def rows(principal, rate, tenor, payment):
    """Rows of (principal, interest, balance); None where the balance runs out too early."""
    balance = principal
    made = []
    for number in range(1, tenor + 1):
        # One division: a twelfth of the rate has no end, and would miss exact halves.
        interest = multiple(balance * rate / 1200, INTEREST_UNIT, ROUND_HALF_UP)
        repaid = balance if number == tenor else payment - interest
        balance -= repaid
        if repaid <= 0 or (balance <= 0 and number < tenor):
            return None
        made.append((repaid, interest, balance))
    return made


def schedule(principal, rate, tenor, unit):
    exact = instalment(principal, rate, tenor)
    for finer in UNITS[UNITS.index(unit):]:
        made = rows(principal, rate, tenor, multiple(exact, finer, ROUND_CEILING))
        if made is not None:
            return made
    raise ValueError(f"{principal} cannot be repaid in {tenor} rows")


def main():
    began = time.perf_counter()
    schedules = [
        schedule(Decimal(50_000_000 + loan * 123_456), RATE, TENOR, UNIT) for loan in range(LOANS)
    ]
    seconds = time.perf_counter() - began
    checksum = 0
    for made in schedules:
        for row in made:
            for amount in row:
                checksum = (checksum * 31 + int(amount * 100)) % 2**64
    print(f"checksum {checksum}")
    print(f"{LOANS * TENOR / seconds:,.0f} rows per second")


if __name__ == "__main__":
    main()
