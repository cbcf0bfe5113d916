# Everything a stranger needs is two words: `make run` and `make test`.
.POSIX:
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STATIC := src/rangkul/look/static/rangkul
AREAS := src/rangkul/reference/data/areas

.PHONY: help run test check bench security matrix wheel setup front areas messages clean lock format

help:
	@echo "make run    start the demonstration on http://127.0.0.1:$(PORT)/ (EMPTY=1: an empty system)"
	@echo "make test   run the whole suite"
	@echo "make check  format, lint, types, import order, migrations, translations"
	@echo "make bench  measure the pages on a synthetic country"
	@echo "make security  hold every promise of docs/security.md against its check, and write the page"
	@echo "make matrix    who is answered what: every role, relation, state, route and method"
	@echo "make wheel  build a wheel that needs no Node, make or git"

run: setup
	@PORT=$(PORT) EMPTY=$(EMPTY) exec $(BIN)/rangkul run

test: setup
	@$(BIN)/python ops/browser_hint.py
	@$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

check: setup
	$(BIN)/ruff format --check src tests bench ops stubs
	$(BIN)/ruff check src tests bench ops stubs
	RANGKUL_CHECK=1 $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r src -ll
	RANGKUL_CHECK=1 $(BIN)/python -W ignore -m django makemigrations --check --dry-run --settings rangkul.config.settings
	RANGKUL_CHECK=1 $(BIN)/djlint --lint --quiet src/rangkul
	$(BIN)/rangkul messages
	$(BIN)/rangkul openapi --check

bench: setup
	@$(BIN)/python -m bench $(ARGS)

security: setup
	@$(BIN)/pytest -n 2 --dist loadgroup -m "promise or planted" --promises=docs/security.json
	@$(BIN)/python ops/security_page.py

matrix: setup
	@$(BIN)/pytest -n 2 --dist loadgroup --promises=/dev/stdout tests/walls \
	  tests/contracts/test_permissions.py tests/contracts/test_foreign_agency.py \
	  tests/contracts/test_walls_of_sql.py tests/domain/test_policy_within_row_security.py

wheel: setup
	@rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

setup: $(VENV)/.synced front areas messages

$(VENV)/.synced: requirements/uv.lock requirements/dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

front: $(STATIC)/manifest.json

$(STATIC)/manifest.json: $(VENV)/.synced frontend/package-lock.json frontend/icons.txt frontend/portal-icons.txt frontend/vite.config.ts frontend/vite.frame.config.ts $(shell find frontend/src frontend/build -type f 2>/dev/null)
	@PATH="$$($(BIN)/python ops/find_node.py):$$PATH"; export PATH; cd frontend && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error && npm run --silent build
	@$(BIN)/python -m whitenoise.compress --quiet $(STATIC)
	@touch $@

areas: $(AREAS)/regencies.csv.gz

$(AREAS)/regencies.csv.gz: $(STATIC)/manifest.json
	@$(BIN)/python -m rangkul.reference.areas_build frontend/node_modules/idn-area-data/data $(AREAS)
	@touch $@

messages: $(VENV)/.synced
	@$(BIN)/rangkul messages --quiet

format: setup
	$(BIN)/ruff format src tests bench ops stubs
	$(BIN)/ruff check --fix src tests bench ops stubs

lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements/uv.in -o requirements/uv.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements/run.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock

clean:
	rm -rf $(VENV) .node dist build frontend/node_modules $(STATIC) $(AREAS)
