# Commands for people; .ci/run uses the same ones. Needs make and Python 3.11 or newer, everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --annotation-style=line

.PHONY: demo test check bench docs lock

demo: .venv/runtime.stamp  ## the example company, from raw tables to a report
	$(BIN)/daogou demo

test: .venv/dev.stamp  ## every promise, tested
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: .venv/dev.stamp  ## style, types and the import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/runtime.stamp .venv-bench/bench.stamp  ## the whole loop beside a script of other libraries
	$(BIN)/python benchmarks/loop.py --peer-python .venv-bench/bin/python

docs: .venv/dev.stamp  ## write the pages that are made from the code
	$(BIN)/python docs/generate.py

lock: .venv/dev.stamp  ## resolve again; give UPGRADE=--upgrade to move to newer versions
	$(COMPILE) $(UPGRADE) pyproject.toml --extra demo --group build --output-file requirements.lock
	$(COMPILE) $(UPGRADE) pyproject.toml --extra demo --extra spark --group build --group dev \
		--constraints requirements.lock --output-file requirements-dev.lock
	$(COMPILE) $(UPGRADE) benchmarks/requirements.in --output-file benchmarks/requirements.lock

# A stamp is younger than what it was made from, so a changed lock installs again and an unchanged one costs nothing.
.venv/runtime.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Daogou needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	@echo "Setting up .venv (once; a few minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/runtime.stamp requirements-dev.lock
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

.venv-bench/bench.stamp: benchmarks/requirements.lock
	@echo "Setting up .venv-bench (once)"
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
