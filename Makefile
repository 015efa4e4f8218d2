PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
OTHER ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.9.*/bin/python) $(shell command -v python3.9))

.PHONY: demo test test-39 lint campaign benchmark clean

demo: $(BIN)/esosh
	@$(BIN)/python examples/demo.py

test: lint
	$(BIN)/python -m pytest -n auto
	@$(MAKE) --no-print-directory test-39

lint: $(BIN)/pytest
	$(BIN)/ruff check esosh tests setup.py examples benchmarks
	$(BIN)/mypy

test-39:
	@if [ -n "$(OTHER)" ]; then \
	  [ -x $(VENV)-39/bin/pytest ] || ($(OTHER) -m venv $(VENV)-39 && $(VENV)-39/bin/pip install -q -e '.[dev]'); \
	  $(VENV)-39/bin/python -m pytest -n auto; \
	else echo "no Python 3.9 here: the suite ran on $$($(BIN)/python -V) alone"; fi

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

benchmark: $(BIN)/esosh
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) $(VENV)-39 build *.egg-info
