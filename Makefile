# make run    start the desk on sample mails, nothing else needed
# make demo   watch one complaint from first mail to outcome
# make test   all tests, with real mail and database servers
# make check  everything CI checks: format, lint, types, imports, tests
PYTHON ?= python3
BIN := .venv/bin
# One thread for sums: our texts are small, and more threads only wait for each other.
export OPENBLAS_NUM_THREADS = 1
.PHONY: setup run demo fmt lint test check servers

setup: .venv/ready

.venv/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 setup")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

run: setup
	$(BIN)/python run.py

demo: setup
	$(BIN)/python run.py demo

fmt: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Dovecot and PostgreSQL for the live tests: installed where that is allowed, named where not.
servers:
	@sh tests/live/servers.sh

# First all that may run side by side, then what measures time.
test: setup servers
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not alone"
	$(BIN)/python -m pytest -m alone

check: lint test
