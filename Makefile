# Everything a newcomer needs is `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
SAM_VENV ?= .venv-sam
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/$(SAM_VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo test unit property test-sam lint types bench layer layer-size events docs lock clean

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Make the virtual environment with everything pinned.

$(VENV)/.installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(PIP_FLAGS) --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation --editable .
	@touch $@

$(SAM_VENV)/.installed: requirements/sam.txt
	$(PYTHON) -m venv $(SAM_VENV)
	$(SAM_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --require-hashes -r requirements/sam.txt
	@touch $@

demo: setup ## Run the shipped functions on every sample event and on fresh tokens.
	@$(BIN)/authorizers demo

test: setup lint types unit ## Lint, types, the import rule, and all tests but those of the SAM CLI.

# What runs few of our lines, or the same ones very often: at full speed, without coverage.
UNMEASURED := tests/properties tests/sam tests/policy/test_language.py tests/policy/test_exactness.py tests/builder/test_exactness.py
unit: setup ## The tests alone, with coverage by branch where it tells something.
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term --ignore=tests/sam_cli $(addprefix --ignore=,$(UNMEASURED))
	$(BIN)/python -m pytest -n 2 $(UNMEASURED)

property: setup ## The properties of policies on twenty times as many examples, new ones each time.
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -n 2 tests/properties --hypothesis-show-statistics

test-sam: setup $(SAM_VENV)/.installed ## The real SAM CLI: build, invoke on every event, start-api.
	$(BIN)/python -m pytest tests/sam_cli

lint: setup ## ruff, and the import rule.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup ## mypy --strict.
	$(BIN)/mypy

bench: setup layer ## The figures, as ratios within one run.
	@$(BIN)/python -m benchmarks

layer: ## Build the Lambda layer for both architectures, into build/.
	@$(MAKE) --no-print-directory -C layers layer

layer-size: ## Print the layer's size by package, zipped and unzipped.
	@$(MAKE) --no-print-directory -C layers layer-size

events: setup ## Sign the sample events anew, with a key that is then forgotten.
	$(BIN)/python -m authorizers.testing.sample_events events

docs: setup ## Write the generated documents: the configuration reference and the schema.
	$(BIN)/authorizers reference > docs/configuration.md
	$(BIN)/authorizers schema > docs/document.schema.json

lock: ## Pin every requirement again, newest releases, with hashes.
	uv pip compile pyproject.toml --group dev --all-extras $(LOCK_FLAGS) --output-file requirements/dev.txt
	uv pip compile requirements/sam.in $(LOCK_FLAGS) --output-file requirements/sam.txt
	uv pip compile layers/requirements.in $(LOCK_FLAGS) --output-file layers/requirements.txt
LOCK_FLAGS := --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --custom-compile-command "make lock" --quiet

clean: ## Remove what the other targets made.
	rm -rf $(VENV) $(SAM_VENV) .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
