# What people type. Each step that is more than a line is a script in scripts/.

.DEFAULT_GOAL := help
.PHONY: help run check test coverage test-postgres lint format messages lock clean dev
MAKEFLAGS += --no-print-directory

PORT ?= 8000
export PORT

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: ## serve Laurel on http://127.0.0.1:8000 (or PORT), setting up what is missing
	@scripts/run

check: dev ## lint, types, and the tests that need no database or browser: before every commit
	@scripts/check

test: lint ## lint, types, migrations and every test, on SQLite
	@scripts/test sqlite

coverage: dev ## how much of the code the tests run, branch by branch; less than pyproject.toml asks for is an error
	@scripts/test coverage

test-postgres: dev ## the tests that can depend on the database, on PostgreSQL: DATABASE_URL, or a throw-away server
	@scripts/services postgres -- scripts/test postgres

lint: dev ## lint, format, templates, types, migrations: checked, nothing changed
	.venv/bin/ruff check --quiet --output-format concise
	.venv/bin/ruff format --check --quiet --output-format concise
	@scripts/templates --check
	.venv/bin/mypy --no-error-summary
	DATABASE_URL=sqlite://:memory: .venv/bin/python manage.py makemigrations --check --dry-run

format: dev ## rewrite code and templates as lint wants them
	.venv/bin/ruff check --fix --quiet
	.venv/bin/ruff format --quiet
	@scripts/templates

messages: dev ## bring the catalogs of messages in locale/ up to date with the source
	@DATABASE_URL=sqlite://:memory: .venv/bin/python manage.py translations

lock: dev ## pin what pyproject.toml asks for (ARGS=--upgrade: its newest)
	@scripts/lock $(ARGS)

clean: ## remove .venv and what the tools left; data in var/ and .env stay
	rm -rf .venv tests/browser/validator/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis staticfiles .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

dev:
	@scripts/environment dev
