# Everything here needs only python3 (3.11 or newer), make and a network. `make help` lists the targets.

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
ON_SQLITE := env -u ORDERLY_DATABASE_URL
IN_CHROMIUM = chromium=$$($(BIN)/python -m scripts.chromium) && ORDERLY_TEST_CHROMIUM="$$chromium"
RACES = $(sort $(shell grep -rl 'mark\.race' tests --include='test_*.py'))
TWO_SERVERS := tests/browser/test_two_servers.py
ON_ONE := $(patsubst %,tests/%/,__pycache__ engine architecture web api support documents cli browser)
ON_BOTH = $(filter-out $(ON_ONE),$(wildcard tests/*/)) $(patsubst %,tests/api/test_%.py,fuzz lists every_list)
ON_POSTGRES := $(BIN)/python -m scripts.postgres --

# $(call step,what it is,command): says what runs, and what failed
define step
	@printf '\n=== %s\n' '$(1)'
	@$(2) || { printf '\n=== FAILED: %s\n' '$(1)' >&2; exit 1; }
endef

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run test fast bench lint format types imports migrations \
	test-sqlite test-postgres test-browser redis clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv from uv.lock (quick when nothing changed)
	@$(PYTHON) scripts/bootstrap.py

run: setup ## the demo on http://127.0.0.1:8000 (PORT=)
	@$(BIN)/orderly demo --port $(PORT)

# The tests start hundreds of processes: where images for containers forbid it, each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

# The checks and tests import the settings, which refuse to start without a secret.
test fast lint types imports migrations test-sqlite test-postgres test-browser: \
	export ORDERLY_SECRET_KEY = only-for-tests

test: lint types imports migrations test-sqlite test-postgres test-browser ## everything, as CI does

fast: lint types imports ## checks, and the quick tests on SQLite
	$(call step,quick tests on SQLite,$(ON_SQLITE) $(PYTEST) tests -n $(WORKERS) -m "not race and not browser and not slow")

lint: setup ## formatting and ruff's rules
	$(call step,formatting,$(BIN)/ruff format --check .)
	$(call step,ruff,$(BIN)/ruff check .)

format: setup ## format the code and mend what ruff can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

types: setup ## mypy
	$(call step,types,$(ON_SQLITE) $(BIN)/mypy)

imports: setup ## who may import whom
	$(call step,imports,$(BIN)/lint-imports --no-logo)

migrations: setup ## models and migrations agree
	$(call step,migrations,$(ON_SQLITE) $(BIN)/python manage.py makemigrations --check --dry-run)

redis: setup
	@$(BIN)/python -m scripts.redis_server

test-sqlite: setup redis ## tests on SQLite, races included
	$(call step,tests on SQLite,$(ON_SQLITE) $(PYTEST) tests -n $(WORKERS) -m "not race and not browser")
	$(call step,races on SQLite,$(ON_SQLITE) $(PYTEST) $(RACES) -n $(WORKERS) --dist worksteal -m race)

# tests/engine never touches a database; the walks in tests/architecture, the screens and the API ask the same verbs and
# queries of either, which the other folders try on both; what is made up is refused by PostgreSQL in ways of its own
test-postgres: setup redis ## tests on PostgreSQL, races included
	$(call step,tests on PostgreSQL,$(ON_POSTGRES) $(PYTEST) $(ON_BOTH) -n $(WORKERS) -m "not race and not browser")
	$(call step,races on PostgreSQL,$(ON_POSTGRES) $(PYTEST) $(RACES) -m race)

test-browser: setup redis ## tests in Chromium
	$(call step,browser tests,$(IN_CHROMIUM) $(ON_SQLITE) $(PYTEST) tests/browser -n $(WORKERS) --dist worksteal --ignore=$(TWO_SERVERS))
	$(call step,two browsers on PostgreSQL and Redis,$(IN_CHROMIUM) $(ON_POSTGRES) $(PYTEST) $(TWO_SERVERS))

bench: setup ## the benchmarks
	@$(PYTHON) scripts/bootstrap.py bench
	@$(BIN)/python -m bench

clean: ## remove the environment and the caches (var/ stays)
	rm -rf .venv .venv-uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
