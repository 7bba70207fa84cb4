# Everything is made from nothing: `make quickstart` and `make test` are all that a fresh machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --constraint constraints.txt
# one mark a set of extras, renewed when the project file or the pinned versions change
MARK := $(VENV)/.installed

.PHONY: quickstart test lint docs bench mutation clean

quickstart: $(MARK)-plot
	$(BIN)/python examples/01_quickstart.py

test: $(MARK)-test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(MARK)-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml skeletonlearn
	$(BIN)/pip-audit --progress-spinner off --skip-editable > $(VENV)/audit.txt || (cat $(VENV)/audit.txt; false)

docs: $(MARK)-test
	$(BIN)/python -m pytest tests/test_docstrings.py skeletonlearn

bench: $(MARK)-bench
	$(BIN)/python -m tests.benchmarks.bench_losses
	$(BIN)/python -m tests.benchmarks.bench_training_step
	$(BIN)/python -m tests.benchmarks.ntu

# takes hours; `mutmut results` lists what survived
mutation: $(MARK)-mutation
	$(BIN)/mutmut run

clean:
	rm -rf $(VENV) output build dist mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(MARK)-plot: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[plot,progress]'
	touch $@

$(MARK)-test: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test]'
	touch $@

$(MARK)-bench: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test,bench]'
	touch $@

$(MARK)-mutation: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test,mutation]'
	touch $@
