PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
OTHER = $(firstword $(wildcard $(HOME)/.pyenv/versions/$*.*/bin/python) $(shell command -v python$*))

.PHONY: demo test lint campaign benchmark clean

demo: $(BIN)/esosh
	@$(BIN)/python examples/demo.py

test: lint
	$(BIN)/python -m pytest -n auto
	@$(MAKE) --no-print-directory test-3.9

lint: $(BIN)/pytest
	$(BIN)/ruff check esosh tests setup.py examples benchmarks
	$(BIN)/mypy

test-%:
	@if [ -n "$(OTHER)" ]; then \
	  [ -x $(VENV)-$*/bin/pytest ] || ($(OTHER) -m venv $(VENV)-$* && $(VENV)-$*/bin/pip install -q -e '.[dev]'); \
	  $(VENV)-$*/bin/python -m pytest -n auto; \
	else echo "no Python $* here: the suite ran on $$($(BIN)/python -V) alone"; fi

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(BIN)/esosh: $(BIN)/python pyproject.toml setup.py esosh/grammar.lark
	$(BIN)/pip install -q -e .
	@touch $@

$(BIN)/pytest: $(BIN)/python pyproject.toml setup.py esosh/grammar.lark
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@ $(BIN)/esosh

campaign: $(BIN)/pytest
	$(BIN)/python tests/campaign.py
	$(BIN)/python tests/guarded.py
	$(BIN)/python tests/rivals.py

benchmark: $(BIN)/esosh
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) $(VENV)-3.* build *.egg-info
