# Every target does its own set-up and may be run again without harm.

CARGO ?= cargo
OUTPACE = target/release/outpace

.PHONY: help demo test test-grid check bench peers deny setup

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: setup ## Measure the shops that come with outpace; leaves a page and a PDF in reports/
	$(CARGO) build --release --locked
	$(OUTPACE) demo --config targets.toml

test: setup ## All tests, those in a real browser included
	@.ci/setup-axe || echo "the report's contrast is not checked without axe-core" >&2
	$(CARGO) test --locked

test-grid: setup ## Tests against a real Selenium Grid (needs Java and npm, which it brings on Debian)
	@.ci/setup-grid
	$(CARGO) test --locked --test grid -- --ignored --test-threads=1

check: setup ## Format, lints and docs; warnings are errors
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

peers: setup ## The same page by outpace, browsertime and Lighthouse, side by side (npm brings them)
	@.ci/setup-peers
	$(CARGO) bench --locked --bench peers

bench: setup ## What a visit costs, also through a Grid, a thousand sessions, the demo, a release check, a report
	$(CARGO) build --release --locked
	$(CARGO) bench --locked

deny: ## Licences, bans and sources of the dependencies
	command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny
	$(CARGO) deny --config .config/deny.toml check licenses bans sources

setup: ## Install what is missing (Debian, Ubuntu), or name it
	@.ci/setup
