# Everything is set up in .venv, from pyproject.toml alone.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
STAMP   = $(VENV)/.installed
JOBS   ?= auto

.PHONY: demo test check lint bench clean
.DEFAULT_GOAL := test

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "desk needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@git --version >/dev/null || { echo "desk needs git 2.39 or newer" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing desk and its tools into $(VENV) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/desk demo

test: $(STAMP)
	$(BIN)/python -m pytest -n $(JOBS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache

bench: $(STAMP)
	$(BIN)/python -m bench.run
