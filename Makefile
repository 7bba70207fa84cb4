# Everything is made from nothing: `make quickstart` and `make test` are all that a fresh machine needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# bytecode of what is imported is written at the first import; compiling all of torch and the rest takes a minute
PIP := $(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt
# a worker per processor, each with one thread; a file stays on one worker, since its tests share slow fixtures, and
# files keep their order, in which the slow ones are not the last
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses logical --maxprocesses 8 \
	--dist loadfile --no-loadscope-reorder
SPHINX := $(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --doctree-dir docs/_build/doctrees docs
# one mark a set of extras, renewed when the project file or the pinned versions change
MARK := $(VENV)/.installed

.PHONY: quickstart test lint docs linkcheck bench mutation clean

quickstart: $(MARK)-plot
	$(BIN)/python examples/01_quickstart.py

test: $(MARK)-test
	$(PYTEST) $(PYTEST_ARGS)

lint: $(MARK)-test $(MARK)-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml skeletonlearn
	$(BIN)/pip-audit --progress-spinner off --skip-editable > $(VENV)/audit.txt || (cat $(VENV)/audit.txt; false)

# the site in docs/_build/html, from docstrings, pages and examples; needs no network, and no warning is let through.
# `make test` runs the doctests and leaves these tests to this target, which alone installs their packages.
docs: $(MARK)-test $(MARK)-docs
	$(PYTEST) tests/test_docstrings.py tests/test_notebooks.py
	$(SPHINX) docs/_build/html
	$(PYTEST) tests/test_docs_site.py

# addresses outside the site, over the network
linkcheck: $(MARK)-test $(MARK)-docs
	$(SPHINX) -b linkcheck docs/_build/linkcheck

bench: $(MARK)-bench
	$(BIN)/python -m tests.benchmarks.bench_losses
	$(BIN)/python -m tests.benchmarks.bench_training_step
	$(BIN)/python -m tests.benchmarks.ntu

# takes hours; `mutmut results` lists what survived
mutation: $(MARK)-mutation
	$(BIN)/mutmut run

clean:
	rm -rf $(VENV) output build dist mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage \
		docs/_build docs/api docs/auto_examples

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(MARK)-plot: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[plot,progress]'
	touch $@

$(MARK)-test: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test]'
	touch $@

$(MARK)-lint: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test,lint]'
	touch $@

$(MARK)-docs: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test,docs]'
	touch $@

$(MARK)-bench: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test,bench]'
	touch $@

$(MARK)-mutation: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test,mutation]'
	touch $@
