# Entry points: make run · make test · make lint · make bench
# Everything else here is a file that one of them needs, made again only when what it is made from changed.

SHELL := /bin/sh
.DEFAULT_GOAL := run
.PHONY: run test lint bench
.DELETE_ON_ERROR:
.SUFFIXES:

BIN := .venv/bin
# Certificates of the system's store too: companies put their own authority there.
UV := UV_SYSTEM_CERTS=1 UV_PROJECT_ENVIRONMENT=.venv VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv --quiet
# What the developers' tools need includes what the product needs: once they are in, they stay.
PYTHON_READY := $(if $(wildcard .venv/.synced-dev .venv/bin/pytest),.venv/.synced-dev,.venv/.synced)
BUNDLE := src/ponte/ui/static/ponte/manifest.json
BUNDLE_FROM := package.json package-lock.json vite.config.ts tsconfig.json $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard src/ponte/*/locale/*/LC_MESSAGES/*.po))
SAY := printf '%s\n'

run: $(PYTHON_READY) $(BUNDLE) $(CATALOGUES)
	@exec $(BIN)/ponte up --demo

test: .venv/.synced-dev $(BUNDLE) $(CATALOGUES)
	@.ci/require-chromium
	$(BIN)/pytest -n 2 --dist loadscope --no-loadscope-reorder --rerun-show-tracebacks $(PYTEST)

lint: .venv/.synced-dev node_modules/.synced
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ponte manage makemigrations --check --dry-run
	npm run --silent check

bench: .venv/.synced-dev $(BUNDLE) $(CATALOGUES)
	$(BIN)/python -m bench $(BENCH)

.venv/.synced: .venv/.made requirements.lock pyproject.toml
	@$(SAY) "Python packages (requirements.lock) …"
	@$(UV) pip sync --require-hashes requirements.lock
	@$(UV) pip install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.synced-dev: .venv/.made requirements-dev.lock pyproject.toml
	@$(SAY) "Python packages (requirements-dev.lock) …"
	@$(UV) pip sync --require-hashes requirements-dev.lock
	@$(UV) pip install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.made:
	@.ci/make-venv .venv

node_modules/.synced: package.json package-lock.json
	@.ci/require-node
	@$(SAY) "Front-end packages (package-lock.json) …"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUNDLE): node_modules/.synced $(BUNDLE_FROM)
	@$(SAY) "Front end …"
	@said=$$(npm run --silent build 2>&1) || { $(SAY) "$$said"; exit 1; }
	@touch $@

%.mo: %.po $(PYTHON_READY)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))
