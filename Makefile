# make run    start the desk on sample mails, nothing else needed
# make demo   watch one complaint from first mail to outcome
# make test   all tests but those of `make faults`, with real mail and database servers
# make faults crashes, kills, lost answers: nothing lost, nothing twice without a record (12 minutes)
# make audit-dependencies  known weaknesses in what is installed; says so where nobody can be asked
# make mutants spoils the core in three thousand small ways: a test must notice each; once per release
# make check  everything CI checks: format, lint, types, imports, tests
PYTHON ?= python3
BIN := .venv/bin
# One thread for sums: our texts are small, and more threads only wait for each other.
export OPENBLAS_NUM_THREADS = 1
.PHONY: setup run demo fmt lint test check servers faults faults-long mutants audit-dependencies

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
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not alone and not faults"
	$(BIN)/python -m pytest -m "alone and not faults"

# Breaks the desk on purpose and proves what is left; `faults-long` takes hours and prints its account.
# FAULTS_SECONDS bounds each run of kills, FAULTS_PAIRS_S the pairs of crashes.
faults: setup servers
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "faults and not alone" tests/faults
	$(BIN)/python -m pytest -s -m "faults and alone" tests/faults

faults-long: setup servers
	FAULTS=long $(BIN)/python -m pytest -s --timeout=0 -m faults tests/faults

audit-dependencies: setup
	$(BIN)/python tests/dependencies.py

# In a copy under var/, so that no spoilt file ever stands among ours. Which modules and tests:
# [tool.mutmut] in pyproject.toml. `cd var/mutants && ../../.venv/bin/mutmut show NAME` shows one.
mutants: setup
	rm -rf var/mutants
	mkdir -p var/mutants
	cp -R cases classify ingest outbox pipeline routing templates tests run.py config.yaml pyproject.toml var/mutants
	cd var/mutants && $(CURDIR)/$(BIN)/mutmut run && $(CURDIR)/$(BIN)/mutmut results

check: lint test
