# `make demo` and `make test` do all set-up by themselves; `make help` lists the rest.
.PHONY: demo test bundle lint types imports client pytest wheel format lock translations help
.DEFAULT_GOAL := help
VENV := .venv/bin
WORKERS ?= 2
OUT ?= out/demo

demo: ## set up, then drive one evaluation through the whole system into $(OUT)
	@./setup.sh runtime
	@./client.sh bundle
	@$(VENV)/evalsvc demo --dir $(OUT)

test: ## set up, then run every check and every test
	@./setup.sh development
	@./client.sh bundle
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint types imports client
	@$(MAKE) --no-print-directory pytest

bundle: ## set up, then build the enumerator's application, which the service serves below /app/
	@./setup.sh runtime
	@./client.sh bundle

lint:
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .

types:
	$(VENV)/mypy

imports:
	$(VENV)/lint-imports

client: ## check the enumerator's application: types, form, tests
	./client.sh check

pytest:
	$(VENV)/pytest -n $(WORKERS)

format: ## bring the code into the house's form
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .
	./client.sh format

wheel: ## build the package into dist/, the enumerator's application in it
	@./setup.sh runtime
	@./client.sh bundle
	@$(VENV)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

translations: ## collect the users' words and show what English lacks
	$(VENV)/pybabel extract -F babel.cfg -o evalsvc/translations/messages.pot .
	$(VENV)/pybabel update -i evalsvc/translations/messages.pot -d evalsvc/translations --no-fuzzy-matching

lock: ## resolve the dependencies anew, with hashes and without addresses
	$(VENV)/uv pip compile setup.cfg --extra dev --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements/development.txt
	$(VENV)/uv pip compile setup.cfg --constraint requirements/development.txt --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements/runtime.txt
	$(VENV)/uv pip compile requirements/client.in --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements/client.txt

help:
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16
