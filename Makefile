# `make run` starts everything; `make test` tests it. Both need python3 (3.11 or newer) and nothing else.

PYTHON ?= python3
VENV := .venv/bin/python
# What pytest is told: by default all tests, in as many processes as there are cores. `make test ARGS=tests/economy` runs some.
ARGS ?= -n auto --maxprocesses 4

.PHONY: run test install install-dev lint format lock bench messages openapi clean

run: install
	@exec $(VENV) -m casino_club.local.run

test: install-dev
	@exec $(VENV) -m pytest $(ARGS)

install:
	@$(PYTHON) casino_club/local/install.py

install-dev:
	@$(PYTHON) casino_club/local/install.py --dev

lint: install-dev
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	.venv/bin/lint-imports
	$(VENV) -m djlint --lint --quiet templates

format: install-dev
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .

# Pins for Python 3.11 and newer, on every platform, each with its hashes.
lock: install-dev
	$(VENV) -m uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	$(VENV) -m uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.txt

# Ways to serve, and the hot path against its peer: seven minutes. The others, up to a quarter of an hour and 3 GB of disk
# each, are started by name; the first lines of each file say what it measures.
bench: install-dev
	$(VENV) -m bench.serving
	$(VENV) -m bench.hot_path.main

# Collects the texts of code and templates into the catalogues, for translation.
messages: install-dev
	$(VENV) manage.py catalogues --update

openapi: install
	$(VENV) manage.py spectacular --file docs/openapi.json --format openapi-json --validate --fail-on-warn

# Removes what `make` made: environment, static files, embedded servers' data. Refuses while they run.
clean:
	@$(PYTHON) -m casino_club.local.clean
