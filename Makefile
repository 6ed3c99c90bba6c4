# Tomoni: `make run` starts it, `make test` proves it. Everything goes into .venv and var/.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
export PORT
unexport PYTHONDONTWRITEBYTECODE  # compiled modules are kept: 0.7 s of every start

.DEFAULT_GOAL := help

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

run: setup ## Start Tomoni on 127.0.0.1:$(PORT); without LINE's keys, with the chat simulator
	$(BIN)/gunicorn --config gunicorn.conf.py 'app:create_app()'

test: setup-dev ## Run every test; three processes, since many wait
	$(BIN)/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

lint: setup-dev ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict app.py bot handlers

check: setup ## Check everything that staff edit
	$(BIN)/flask bot check

setup: .venv/installed ## Install what running needs

setup-dev: .venv/installed-dev ## Install what testing needs too

pins: ## Renew the pinned versions (needs uv)
	uv pip compile --quiet --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.txt

.venv/installed: requirements.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@bash tests/install_browser.sh
	@bash tests/install_postgres.sh
	touch $@

.PHONY: help run test lint check setup setup-dev pins
