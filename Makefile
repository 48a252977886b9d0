# `make demo` and `make test` do all set-up by themselves; `make help` lists the rest.
.PHONY: demo test lint types imports pytest format lock translations help
.DEFAULT_GOAL := help
VENV := .venv/bin
WORKERS ?= 2
OUT ?= out/demo

demo: ## set up, then drive one evaluation through the whole system into $(OUT)
	@./setup.sh runtime
	@$(VENV)/evalsvc demo --dir $(OUT)

test: ## set up, then run every check and every test
	@./setup.sh development
	@$(MAKE) --no-print-directory lint types imports pytest

lint:
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .

types:
	$(VENV)/mypy

imports:
	$(VENV)/lint-imports

pytest:
	$(VENV)/pytest -n $(WORKERS)

format: ## bring the code into the house's form
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

translations: ## collect the users' words and show what English lacks
	$(VENV)/pybabel extract -F babel.cfg -o evalsvc/translations/messages.pot .
	$(VENV)/pybabel update -i evalsvc/translations/messages.pot -d evalsvc/translations --no-fuzzy-matching

lock: ## resolve the dependencies anew, with hashes and without addresses
	$(VENV)/uv pip compile setup.cfg --extra dev --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements/development.txt
	$(VENV)/uv pip compile setup.cfg --constraint requirements/development.txt --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements/runtime.txt

help:
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16
