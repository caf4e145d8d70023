# PensiPro: everything a developer or an operator types.
.PHONY: run demo test check bench bench-billing fuzz fmt openapi help

help: ## what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run: need-compiler ## serve on SQLite; prints the address and the first password
	cargo run --locked --release --bin pensipro -- serve

demo: need-compiler ## fill an empty database in ./demo with a portfolio and serve it
	cargo build --locked --release --bin pensipro
	PENSIPRO_DATA_DIR=demo PENSIPRO_DATABASE_URL=sqlite://demo/pensipro.db \
		target/release/pensipro demo --loans 200 --seed 1 --if-empty --password koperasi-sejahtera
	PENSIPRO_DATA_DIR=demo PENSIPRO_DATABASE_URL=sqlite://demo/pensipro.db target/release/pensipro serve

test: need-compiler ## all tests, on SQLite and on a private PostgreSQL
	scripts/test

check: need-compiler ## format, lints, dependency rules, unused dependencies, documentation
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	scripts/check-dependencies
	scripts/check-unused
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet

bench: need-compiler ## measure; the figures go to docs/benchmarks.md
	scripts/bench

bench-billing: need-compiler ## a million pension cuts, out and back; LOANS=100000 for fewer
	LOANS=$${LOANS:-1000000} scripts/bench billing

fuzz: need-compiler ## spoiled realisation files for the parser, for SECONDS_EACH=60 seconds
	cargo run --locked --release -p pensipro-billing --example fuzz-parser -- $${SECONDS_EACH:-60}

fmt: ## format the code
	cargo fmt --all

openapi: ## write the generated documents anew: OpenAPI, the tables of errors and of configuration keys
	cargo build --locked --bin pensipro
	target/debug/pensipro openapi > target/openapi.json && mv target/openapi.json docs/openapi.json
	target/debug/pensipro errors-doc > target/errors.md && mv target/errors.md docs/errors.md
	target/debug/pensipro configuration-doc > target/configuration.md && mv target/configuration.md docs/configuration.md

.PHONY: need-compiler
need-compiler:
	@command -v cargo >/dev/null || { echo "Rust is missing: see https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { echo "a C compiler is missing: apt-get install gcc"; exit 1; }
