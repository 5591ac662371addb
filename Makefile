# `make` shows what there is. It needs GNU make, bash, git and Python 3.11 or newer; the rest comes from the locks.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
MODERN := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c '$(MODERN)' >/dev/null 2>&1 && echo $(name))))
RUNTIME := .venv/.installed-runtime
DEV := .venv/.installed-dev
# Each worker has a database, a Valkey and often a browser: more than four gain nothing.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$(( cores > 4 ? 4 : cores )))
TEMPLATES = $(wildcard templates */templates platform/*/templates platform/*/*/templates)
# For tools that read the settings without using them; nothing listens there.
SETTINGS_ONLY = SWITCHBOARD_ENV=test DATABASE_POOL=0 SECRET_KEY=$(FILLER) MASTER_KEY=$(FILLER) \
	DATABASE_URL=postgresql://nobody@127.0.0.1:1/nothing REDIS_URL=redis://127.0.0.1:1/0
FILLER := only-so-that-the-settings-can-be-read

.PHONY: help install demo test long check bench lock format clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(RUNTIME) ## make the environment in .venv and nothing else

demo: $(RUNTIME) ## run everything on this machine: http://127.0.0.1:8000 (PORT=… changes it, Ctrl-C ends it)
	@exec $(BIN)/python -m demo.launch

test: $(DEV) ## run all tests against real throw-away servers (ARGS="-k words" narrows, WORKERS=n)
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

long: $(DEV) ## run the long tests: recorded tasks under faults, servers taken away under load (some minutes)
	@$(BIN)/python -m pytest -m long $(ARGS)

# One step a line, by name; the first that fails ends it.
define step
@printf '== %s\n' '$(1)'; $(2) || { printf '\nmake check stopped at: %s\n' '$(1)' >&2; exit 1; }
endef

check: $(DEV) ## what CI runs: format, lint, types, arrows, missing migrations, tests
	$(call step,format,$(BIN)/ruff format --check --quiet .)
	$(call step,lint,$(BIN)/ruff check --quiet .)
	$(call step,templates,$(BIN)/djlint $(TEMPLATES) --lint --quiet)
	$(call step,spelling,$(BIN)/codespell)
	$(call step,types,$(SETTINGS_ONLY) $(BIN)/mypy .)
	$(call step,arrows,$(BIN)/lint-imports --no-cache)
	$(call step,missing migrations,$(SETTINGS_ONLY) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run)
	$(call step,tests,$(BIN)/python -m pytest -n $(WORKERS) $(ARGS))
	@echo 'make check: all passed'

bench: $(DEV) ## run the bounded paired loads on loopback and print the table
	@exec $(BIN)/python -m bench $(ARGS)

format: $(DEV) ## put the code into shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

LOCKING = env -u PIP_FIND_LINKS -u UV_FIND_LINKS uv pip compile --quiet --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --override requirements/overrides.txt --universal --python-version 3.11

lock: ## compile the locks anew from requirements/*.in (needs uv)
	@command -v uv >/dev/null || { echo 'make lock needs uv: see https://docs.astral.sh/uv/' >&2; exit 1; }
	$(LOCKING) requirements/runtime.in -o requirements/runtime.lock
	$(LOCKING) requirements/dev.in -c requirements/runtime.lock -o requirements/dev.lock

clean: ## remove .venv and the tools' caches; the demo's data in var/ stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .hypothesis .pytest_cache .import_linter_cache ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -d var ]; then echo "The demo's data stays: rm -r var removes it."; fi

# Counts what pip says, so that minutes of work are seen to move.
define pip_install
echo "Installing $(1) ($$(grep -c '^[a-z0-9].*==' $(1)) packages; the first time takes some minutes)"
$(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
	--no-deps --require-hashes -r $(1) | awk ' \
	/^(Collecting|Requirement already satisfied)/ { count++; if (count % 10 == 0) { print "  " count " found"; fflush() } } \
	/^Installing collected packages/ { print "  writing them to .venv"; fflush() } \
	/^Successfully/ { print "  done"; fflush() } \
	/^ERROR|^error/ { print; fflush() }'
$(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps --no-build-isolation -e .
endef

$(BIN)/python:
	@if [ -z '$(PYTHON)' ]; then \
		echo "Switchboard needs Python 3.11 or newer, and this machine has $$(python3 --version 2>&1 || echo none): install one, or give PYTHON=/path/to/python3" >&2; exit 1; fi
	@$(PYTHON) -c '$(MODERN)' || { echo '$(PYTHON) is older than Python 3.11: install a newer one, or give PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '$(PYTHON) cannot make environments: install its venv module (Debian, Ubuntu: apt-get install python3-venv)' >&2; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv

$(RUNTIME): requirements/runtime.lock | $(BIN)/python
	@$(call pip_install,requirements/runtime.lock)
	@touch $@

# The lock for development holds every pin of the runtime lock.
$(DEV): requirements/dev.lock requirements/runtime.lock | $(BIN)/python
	@$(call pip_install,requirements/dev.lock)
	@touch $(RUNTIME) $@
