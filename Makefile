# The commands for developers. Steps longer than a line are scripts in scripts/.

.DEFAULT_GOAL := help
.PHONY: help run check check-python test coverage test-postgres test-stack faults bench bench-full lint format messages lock clean dev
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PYTHON ?= python3.13
export PORT

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: ## set up what is missing and serve Laurel on http://127.0.0.1:8000 (or PORT)
	@scripts/run

check: dev ## lint, types and the tests that need no database or browser: before every commit
	@scripts/check

check-python: ## run the same fast tests with another Python (PYTHON=python3.13)
	@scripts/check-python $(PYTHON)

test: lint ## lint, then run every test on SQLite
	@scripts/test sqlite

coverage: dev ## branch coverage of the tests; fails below the limit in pyproject.toml
	@scripts/test coverage

test-postgres: dev ## run the tests that can depend on the database, on PostgreSQL (DATABASE_URL or a temporary server)
	@scripts/services postgres -- scripts/test postgres

test-stack: dev ## run the browser tests against two workers with PostgreSQL, Redis and an S3 server
	@scripts/services postgres redis s3 -- scripts/test stack

faults: dev ## break servers under load and check that nothing is lost; one or more with FAULTS=redis,disk
	@scripts/faults $(FAULTS)

bench: dev ## measure kept pages and pages made by Django against references, in a few minutes
	@scripts/bench

bench-full: dev ## the same with more rounds, a larger contest and nginx; prints the tables of docs/performance.md
	@scripts/bench full

lint: dev ## check lint, format, templates, imports, types and migrations; changes nothing
	.venv/bin/ruff check --quiet --output-format concise
	.venv/bin/ruff format --check --quiet --output-format concise
	@scripts/templates --check
	@.venv/bin/lint-imports --no-logo --no-cache >.venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	.venv/bin/mypy --no-error-summary
	DATABASE_URL=sqlite://:memory: .venv/bin/python manage.py makemigrations --check --dry-run

format: dev ## fix and format code and templates
	.venv/bin/ruff check --fix --quiet
	.venv/bin/ruff format --quiet
	@scripts/templates

messages: dev ## update the translation catalogs in locale/ from the source
	@DATABASE_URL=sqlite://:memory: .venv/bin/python manage.py translations

lock: dev ## pin the dependencies in pyproject.toml (ARGS=--upgrade: to their newest versions)
	@scripts/lock $(ARGS)

clean: ## remove .venv and temporary files; keeps the data in var/ and .env
	rm -rf .venv tests/browser/validator/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis staticfiles .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

dev:
	@scripts/environment dev
