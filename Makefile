# Everything a newcomer needs: `make demo` and `make test` set up .venv by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DB ?= accounts.db

.PHONY: demo test lint format check-slow bench mutants catalogues sample bundle clean

$(VENV)/.run: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(VENV)/.run
	$(BIN)/taizhang demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto -m "not slow"

check-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.dev
	$(BIN)/black --check --quiet .
	$(BIN)/flake8
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/black --quiet .

catalogues: $(VENV)/.dev
	$(BIN)/python -m tests.catalogues

bench: $(VENV)/.dev
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable '.[bench]'
	$(BIN)/python -m bench.all $(if $(ONLY),--only $(ONLY))

mutants: $(VENV)/.dev
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable '.[mutants]'
	$(BIN)/python -m tests.mutants

sample: $(VENV)/.dev
	$(BIN)/python -m sample.build

# For a machine without internet: make bundle [PLATFORM=win_amd64] [PYTHON_VERSION=3.11] [EXTRAS=postgres]
bundle: $(VENV)/.dev
	$(BIN)/python -m offline.bundle $(if $(PLATFORM),--platform $(PLATFORM)) $(if $(PYTHON_VERSION),--python-version $(PYTHON_VERSION)) $(foreach extra,$(EXTRAS),--extra $(extra))

clean:
	rm -rf $(VENV) build dist *.egg-info demo-report
