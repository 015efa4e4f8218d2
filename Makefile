PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# what may differ on another Python; executors, checks and the simulated kernel are arithmetic
DIFFERING = tests/language tests/views tests/errors tests/completions tests/commands tests/session tests/shell tests/transaction \
  tests/test_structure.py tests/test_new_section.py
OTHER = $(firstword $(wildcard $(HOME)/.pyenv/versions/$*.*/bin/python) $(shell command -v python$*))

.PHONY: demo test lint campaign benchmark benchmark-short clean

demo: $(BIN)/esosh
	@$(BIN)/python examples/demo.py

# boxes under test are many small files
test test-%: export TMPDIR := $(shell [ -w /dev/shm ] && echo /dev/shm || echo /tmp)

test: lint
	$(BIN)/python -m pytest -n auto
	@$(MAKE) --no-print-directory test-3.9

lint: $(BIN)/pytest
	$(BIN)/ruff check esosh tests setup.py examples benchmarks
	$(BIN)/mypy

test-%:
	@if [ -n "$(OTHER)" ]; then \
	  [ -x $(VENV)-$*/bin/pytest ] || ($(OTHER) -m venv $(VENV)-$* && $(VENV)-$*/bin/pip install -q -e '.[dev]'); \
	  $(VENV)-$*/bin/python -m pytest -n auto $(DIFFERING); \
	else echo "no Python $* here: the suite ran on $$($(BIN)/python -V) alone"; fi

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(BIN)/esosh: $(BIN)/python pyproject.toml setup.py esosh/grammar.lark
	$(BIN)/pip install -q -e .
	@touch $@

$(BIN)/pytest: $(BIN)/python pyproject.toml setup.py esosh/grammar.lark
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@ $(BIN)/esosh

campaign: export PYTHONPATH = tests/support:tests/campaigns
campaign: $(BIN)/pytest
	$(BIN)/python tests/campaigns/campaign.py
	$(BIN)/python tests/campaigns/guarded.py
	$(BIN)/python tests/campaigns/damaged.py
	$(BIN)/python tests/campaigns/two_faults.py
	$(BIN)/python tests/campaigns/rivals.py
	$(BIN)/python tests/campaigns/fuzz.py
	$(BIN)/python tests/campaigns/net_operations.py

benchmark: $(BIN)/esosh
	$(BIN)/python -m benchmarks.run

benchmark-short: $(BIN)/esosh
	$(BIN)/python -m benchmarks.run --short

clean:
	rm -rf $(VENV) $(VENV)-3.* build *.egg-info
