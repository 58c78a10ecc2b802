# The commands of this project. The first one that needs it makes .venv from the lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ASK ?=
CHROMIUM ?= /usr/bin/chromium

.PHONY: help sandbox run check-setup test test-browser screenshots check format bench bench-limits lock clean
.DEFAULT_GOAL := help

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

# Debian's, so that nothing is fetched from elsewhere; only root can install it.
$(CHROMIUM):
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { echo "Chromium is needed: apt-get install chromium, or name one with: make CHROMIUM=/path/to/it"; exit 1; }
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-liberation fonts-noto-color-emoji

sandbox: $(READY) ## A local Discord, a local WeryAI and the bot, in a browser and at a prompt; ASK="…" asks once
	@$(BIN)/python -m bot sandbox $(if $(ASK),--ask "$$ASK")

sandbox: export ASK := $(ASK)

run: $(READY) ## The bot for real, from .env
	$(BIN)/python -m bot run

check-setup: $(READY) ## What is missing or wrong before the first run
	$(BIN)/python -m bot check

# More than there are cores: many scenarios wait for a bot to start or for Discord's limits.
test: $(READY) ## Every test but those in a browser
	$(BIN)/python -m pytest -n 4 --dist worksteal

test-browser: $(READY) $(CHROMIUM) ## The sandbox's page in Chromium, which it installs if need be
	CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest -n 2 --dist worksteal tests/browser

screenshots: $(READY) $(CHROMIUM) ## Draw the README's pictures anew: the sandbox's page, the charts
	$(BIN)/python -m tests.charts.pictures
	CHROMIUM=$(CHROMIUM) $(BIN)/python -m tests.browser.screenshots

check: $(READY) ## Format, lint, types, imports, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot migrate --check

format: $(READY) ## Format and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## Measure the streaming engine; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

bench-limits: $(READY) ## Measure limit checks beside running replies; writes benchmarks/LIMITS.md
	$(BIN)/python -m benchmarks.limits

lock: $(READY) ## Pin every dependency anew, with hashes
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra dev -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra postgres -o requirements-runtime.lock pyproject.toml

clean: ## Remove what the commands made
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
