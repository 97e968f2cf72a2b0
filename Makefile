# The commands of the house. Needs make and Python 3.11 or newer, nothing else; `make` alone lists them.
# Another interpreter: make install PYTHON=/path/to/python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed.stamp
PAGES := kinds rules rulebook
SCALE ?= 1/500
SEEDS ?= 7,fresh,fresh
ACCEPTANCE := ../shared/acceptance/acceptance.py
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help install demo test check docs docs-check notebook bench alarms chaos mutation acceptance verifier lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

install: $(STAMP) ## Create .venv with the locked dependencies and Suyuan itself

# The stamp is written last: a run that broke off is taken up again, a run with nothing to do costs nothing.
$(STAMP): pyproject.toml requirements-dev.lock
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "No $(PYTHON) found. Suyuan needs Python 3.11 or newer: install it, or name one with make install PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("%s is Python %d.%d; Suyuan needs 3.11 or newer. Install one, or name one with make install PYTHON=python3.12" % (sys.executable, v[0], v[1]))'
	@if [ -d $(VENV) ] && ! $(BIN)/python -m pip --version >/dev/null 2>&1; then echo "The environment in $(VENV) does not work; it is made anew."; rm -rf $(VENV); fi
	@[ -d $(VENV) ] || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python could not make an environment in $(VENV). On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked dependencies into $(VENV); the first time takes about a minute."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: install ## Set up all, load a simulated nation and start the server
	$(BIN)/suyuan demo

test: install ## Set up all and run all tests
	$(BIN)/python -m pytest -n 2

check: install docs-check ## Style, types, the direction of imports, SQL, dead code, undeclared dependencies
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-logo
	$(BIN)/sqlfluff lint src
	$(BIN)/vulture
	$(BIN)/deptry src

docs: install ## Write the reference pages that come from the program
	@for page in $(PAGES); do $(BIN)/suyuan $$page --markdown > docs/reference/$$page.md || exit 1; done

docs-check: install ## Compare those pages with the program
	@for page in $(PAGES); do \
	  $(BIN)/suyuan $$page --markdown | diff -u docs/reference/$$page.md - || { echo 'docs/reference is not what the program says: run "make docs".'; exit 1; }; \
	done

notebook: install ## Run docs/notebooks/first-look.ipynb against a fresh export of the samples
	$(BIN)/python scripts/run_notebook.py

bench: install ## Measure: the canonical benchmark
	$(BIN)/python bench/canonical.py

alarms: install ## Measure: a simulated nation played, its findings held against what is true (an hour; SCALE=1/2000 is quicker)
	$(BIN)/python bench/alarms.py --scale $(SCALE) --seeds $(SEEDS)

chaos: install ## Break things on purpose: sealers killed, the record tampered with, receipts altered (an hour)
	$(BIN)/python bench/chaos.py seal
	$(BIN)/python bench/chaos.py tamper
	$(BIN)/python bench/chaos.py receipts
	$(BIN)/python bench/evidence.py

mutation: install ## Measure: how many changes of the core the tests notice (an hour; FILES="duty agenda" for these)
	@$(PIP) install --require-hashes -r requirements-mutation.lock
	$(BIN)/python bench/mutation.py $(FILES)

acceptance: install ## Run the black-box acceptance scenarios where they are at hand
	@if [ -f $(ACCEPTANCE) ]; then \
	  $(BIN)/python $(ACCEPTANCE) --suyuan $(BIN)/suyuan; \
	else \
	  echo "Skipped: the acceptance scenarios are not at hand ($(ACCEPTANCE) does not exist)."; \
	fi

verifier: install ## Build suyuan-verify, the verifier of receipts as a small package of its own, into dist/
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist packaging/suyuan-verify

# Names no registry: the files hold versions and hashes only, for every platform and Python from 3.11 on.
# Versions already locked stay; LOCK_OPTIONS=--upgrade takes the newest.
lock: ## Write the lock files again after pyproject.toml changed (needs uv)
	@command -v uv >/dev/null 2>&1 || { echo "make lock needs uv (pip install uv)."; exit 1; }
	uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet $(LOCK_OPTIONS) pyproject.toml -o requirements.lock
	uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet $(LOCK_OPTIONS) pyproject.toml --extra documents --extra analysis --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet $(LOCK_OPTIONS) --group pyproject.toml:mutation -c requirements-dev.lock -o requirements-mutation.lock

clean: ## Remove .venv and all caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis mutants
