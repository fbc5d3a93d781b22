# `make` alone lists what there is. Everything is set up on first use, in folders that git ignores; a second run starts at once.
#
#   PYTHON=/path/to/python3   another Python than the first python3 (3.9 or newer); it gets an environment of its own

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV ?= $(if $(filter python3,$(PYTHON)),.venv,.venv-$(notdir $(PYTHON)))
LINT := .venv-lint
VETTING := .venv-vetting
FUZZ ?= $(if $(filter python3,$(PYTHON)),.venv-fuzz,.venv-fuzz-$(notdir $(PYTHON)))
BENCH ?= $(if $(filter python3,$(PYTHON)),.venv-bench,.venv-bench-$(notdir $(PYTHON)))
VERSIONS := 3.9 3.13

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r target text; do printf '  make %-10s %s\n' "$$target" "$$text"; done

## what a user calls

# EVENTS, HISTORY, FEEDS, AWS_RANGES, ALLOWLIST and OUT reach the demo through its environment, where make puts whatever is
# given on its command line: no quoting that a blank in a path could break.
.PHONY: demo
demo: $(VENV)/ready bin/lib/.vendored ## feeds, baseline and the command over CloudTrail events, on this terminal (EVENTS= HISTORY= FEEDS= AWS_RANGES= ALLOWLIST= OUT=)
	@$(VENV)/bin/python -m demo

.PHONY: test
test: vendor ## run the test suite (ARGS= goes to pytest)
	@$(VENV)/bin/python -m pytest -n auto --dist loadfile $(ARGS)

.PHONY: test-both
test-both: vendor ## run the test suite on Python 3.9 and on 3.13, found or fetched
	@scripts/pythons .pythons $(VERSIONS)
	@set -e; for version in $(VERSIONS); do \
	    PIP_FROM=$(VENV)/bin/python $(MAKE) test PYTHON=.pythons/python$$version VENV=.venv-$$version; done

.PHONY: fuzz
fuzz: $(FUZZ)/ready bin/lib/.vendored ## look for inputs that break a reader; what is found is in build/fuzz (MINUTES=30)
	@$(FUZZ)/bin/python -m tests.fuzz --minutes "$(or $(MINUTES),30)"

# As for the demo, what is given on make's command line reaches it through the environment.
.PHONY: bench
bench: $(BENCH)/ready bin/lib/.vendored ## measure speed side by side with other commands (SIZE=small|medium|full OUT= SEED= ...; SIZE=help explains)
	@$(BENCH)/bin/python -m bench

.PHONY: soak
soak: $(VENV)/ready bin/lib/.vendored ## updates and searches against misbehaving publishers, each answer checked (MINUTES=60 OUT= SEED= LOAD=)
	@$(VENV)/bin/python -m soak

.PHONY: try-feed
try-feed: $(VENV)/ready bin/lib/.vendored ## look at a list before it becomes a feed: what would be kept, what not and why (URL= FORMAT= OUT= SETTINGS=)
	@$(VENV)/bin/python scripts/try_feed.py

.PHONY: lint
lint: $(LINT)/ready bin/lib/.vendored ## check style, types, conf syntax, and that all of it is Python 3.9
	@$(LINT)/bin/python -m ruff check --quiet --output-format concise .
	@$(LINT)/bin/python -m ruff format --check --quiet --output-format concise .
	@$(LINT)/bin/python -m mypy --no-error-summary bin/callerintel scripts/*.py
	@$(LINT)/bin/python -m ksconf check --quiet default/*.conf metadata/default.meta >/dev/null
	@scripts/compile-all bin/*.py bin/callerintel scripts

.PHONY: format
format: $(LINT)/ready ## bring the code into the form that lint asks for
	@$(LINT)/bin/python -m ruff check --silent --fix --unsafe-fixes --select UP . || true
	@$(LINT)/bin/python -m ruff check --silent --fix . || true
	@$(LINT)/bin/python -m ruff format .

.PHONY: package
package: vendor ## build the installable dist/TA-maliciouscaller-<version>.tar.gz
	@$(VENV)/bin/python scripts/package.py

.PHONY: vet
vet: $(VETTING)/ready package ## inspect the package with splunk-appinspect
	@$(VETTING)/bin/python scripts/vet.py

.PHONY: clean
clean: ## remove everything that make made
	rm -rf .venv .venv-* .pythons .hypothesis .mypy_cache .pytest_cache .ruff_cache bin/lib build dist lib node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

## how it gets there

.PHONY: vendor
vendor: $(VENV)/ready ## put the shipped libraries into bin/lib and lib, and again where one was changed
	@$(VENV)/bin/python scripts/vendor.py

bin/lib/.vendored: scripts/vendor.py requirements/splunklib.txt requirements/vendor.txt lib/.vendored | $(VENV)/ready
	@$(VENV)/bin/python scripts/vendor.py

lib/.vendored: | $(VENV)/ready
	@$(VENV)/bin/python scripts/vendor.py

$(VENV)/ready: requirements/dev.txt scripts/environment
	@scripts/environment "$(PYTHON)" "$(VENV)" $<

$(FUZZ)/ready: requirements/fuzz.txt scripts/environment
	@scripts/environment "$(PYTHON)" "$(FUZZ)" $<

$(BENCH)/ready: requirements/bench.txt scripts/environment
	@scripts/environment "$(PYTHON)" "$(BENCH)" $<

$(LINT)/ready: requirements/lint.txt scripts/environment
	@scripts/environment "$(PYTHON)" "$(LINT)" $<

$(VETTING)/ready: requirements/vetting.txt scripts/environment
	@scripts/environment "$(PYTHON)" "$(VETTING)" $<
