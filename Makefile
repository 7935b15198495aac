# One command, one truth: `make check` is what CI runs.
# A target that needs Python makes .venv first, once, from the hash-locked requirements.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
AUDIT  := 2.10.1
SHARP  := 0.35.5
THUMBOR := 7.8.0
LOCK   := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url
# What Lambda runs; another target platform takes the same locks, which hold every platform's hashes.
LAMBDA := --python-version 3.13 --python-platform aarch64-manylinux_2_34 --constraints requirements/dev.lock

.DEFAULT_GOAL := help
.PHONY: help up test check fmt lint types imports policies plan bench package golden simulate drill load lock docs screens audit faults soak verdicts mutate engine

help: ## List the targets.
	@awk -F ': .*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements/dev.lock
	@$(PYTHON) -c 'import sys; ok = sys.version_info >= (3, 11); sys.exit(None if ok else "expected Python 3.11 or newer, found " + sys.version.split()[0] + ": run make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.lock
	@touch $@

up: $(READY) ## Run the whole stack on this machine (ARGS="--persist DIR" keeps its state; docs/local.md).
	@$(BIN)/python -m local up $(ARGS)

test: $(READY) ## Run every test, with coverage.
	$(BIN)/python -m pytest --numprocesses auto --cov $(ARGS)

check: $(READY) lint types imports policies test ## Format, lint, types, import contracts, policies, tests.

fmt: $(READY) ## Format the code and fix what can be fixed.
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

lint: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: $(READY)
	$(BIN)/basedpyright

imports: $(READY)
	$(BIN)/lint-imports --no-logo

policies: $(READY) ## Hold what the Pulumi program declares against the policies.
	@$(BIN)/python -m tools.policies

plan: $(READY) ## Write what each stack declares to tests/golden (ARGS=dev prints one stack instead).
	@$(BIN)/python -m tools.plan $(or $(ARGS),--update)

bench: $(READY) ## Measure side by side against the peers (ARGS are passed on).
	@if command -v npm >/dev/null && [ ! -d out/bench/node_modules/sharp ]; then mkdir -p out/bench && npm install --silent --no-fund --no-audit --prefix out/bench sharp@$(SHARP) || echo "sharp could not be installed: it is reported as missing"; fi
	@if [ ! -x out/bench/thumbor/bin/python ]; then mkdir -p out/bench && $(BIN)/python -m venv out/bench/thumbor.new && out/bench/thumbor.new/bin/python -m pip install --quiet --disable-pip-version-check thumbor==$(THUMBOR) >out/bench/thumbor.log 2>&1 && mv out/bench/thumbor.new out/bench/thumbor || { rm -rf out/bench/thumbor.new; echo "thumbor could not be installed: it is reported as missing"; }; fi
	$(if $(ARGS),,@$(BIN)/python -m bench.edit_api --json out/bench/edit_api.json)
	@$(BIN)/python -m bench $(or $(ARGS),--json out/bench/run.json --svg docs/pictures/bench-24mp.svg)
	$(if $(ARGS),,@$(BIN)/python -m bench.memory --json out/bench/memory.json --svg docs/pictures/bench-memory.svg || test $$? -eq 2)
	$(if $(ARGS),,@$(BIN)/python -m bench.page out/bench)

audit: $(READY) ## Hold the locked dependencies against the OSV database of vulnerabilities, where it can be reached.
	@if $(BIN)/python -c "import socket; socket.create_connection(('api.osv.dev', 443), 10)" 2>/dev/null; then \
		$(BIN)/uv tool run pip-audit@$(AUDIT) --vulnerability-service osv --disable-pip --require-hashes --requirement requirements/dev.lock; \
	else \
		echo "audit: skipped, api.osv.dev cannot be reached from here"; \
	fi

faults: $(READY) ## Run the tests of the thirty faults (ARGS="--times 20": twenty times in a row).
	@$(BIN)/python -m tools.faults $(ARGS)

soak: $(READY) ## Half an hour of uploads, edits, outages and random kills, then everything is looked at (ARGS=--help).
	@$(BIN)/python -m tools.soak $(ARGS)

verdicts: $(READY) ## Judge hostile files and write docs/verdicts.md (ARGS=FOLDER judges its files as well).
	@$(BIN)/python -m tools.verdicts --docs $(ARGS)

mutate: $(READY) ## Find what could be wrong without a test that notices (ARGS=processor/keys.py: one module).
	@$(BIN)/python -m tools.mutate $(ARGS)

package: $(READY) ## Build the layers, and the function, into dist/ (ARGS="--arch x86_64" for Intel).
	@$(BIN)/python -m tools.package $(ARGS)

engine: ## Build Pulumi's command line for tests/engine into the user's cache (four minutes, once per machine).
	@engine/pulumi.sh

golden: $(READY) ## Compare renditions with the recorded figures (ARGS=--update records them).
	@$(BIN)/python -m tools.golden $(ARGS)

simulate: $(READY) ## Simulate a million photos through both lanes; draws docs/pictures/backfill.svg (ARGS=--help).
	@$(BIN)/python -m tools.simulate $(ARGS)

drill: $(READY) ## Rehearse operations on an embedded stack: backfill, repairs, releases, deletion (ARGS=--help).
	@$(BIN)/python -m tools.drill $(ARGS)

load: $(READY) ## Load an edit API and follow every session to its end (ARGS="--host … --token …", or --help).
	@$(BIN)/python -m bench.load $(ARGS)

lock: $(READY) ## Pin every dependency again, by hash (ARGS=--upgrade for newer versions).
	$(LOCK) --universal --python-version 3.11 --all-extras pyproject.toml --output-file requirements/dev.lock $(ARGS)
	$(LOCK) --universal --python-version 3.11 --constraints requirements/dev.lock --extra infrastructure pyproject.toml --output-file requirements.txt $(ARGS)
	$(LOCK) $(LAMBDA) --extra imaging pyproject.toml --output-file requirements/imaging.lock $(ARGS)
	$(LOCK) $(LAMBDA) --extra runtime pyproject.toml --output-file requirements/runtime.lock $(ARGS)

docs: $(READY) ## Write docs/settings.md and docs/operations-reference.md, with its pictures, from the models.
	$(BIN)/python -m tools.settings_docs > docs/settings.md
	$(BIN)/python -m tools.operations_docs

screens: $(READY) ## Take pictures of the page into out/screens (ARGS="--photos DIR" shows other photos).
	@$(BIN)/python -m tools.screens $(ARGS)
