# One command, one truth: `make check` is what CI runs.
# A target that needs Python makes .venv first, once, from the hash-locked requirements (tools/setup.py).

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
AUDIT  := 2.10.1
CFN_LINT := 1.58.0
SHARP  := 0.35.5
THUMBOR := 7.8.0
MUTMUT := 3.8.1
LOCK   := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url
EVERY  := --universal --python-version 3.11
# What Lambda runs; another target platform takes the same locks, which hold every platform's hashes.
LAMBDA := --python-version 3.13 --python-platform aarch64-manylinux_2_34

# Where this is set, every process would compile the libraries that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help help-lab setup up test check fmt lint types imports policies plan bench package engine golden simulate drill load lock docs screens audit faults soak verdicts mutate cfn

help: ## List the daily targets.
	@awk -F ': .*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

help-lab: ## List the targets that measure and experiment (lab/README.md, docs/performance.md).
	@awk -F ': .*#lab ' '/^[a-z-]+:.*#lab / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv from the hash-locked requirements (every other target does so when needed).
	@echo "setup: $(VENV) is as the locks say"

$(READY): requirements/installer.lock requirements/dev.lock requirements/emulator.lock tools/setup.py
	@$(PYTHON) tools/setup.py --venv $(VENV)

up: $(READY) ## Run the whole stack on this machine (ARGS="--persist DIR" keeps its state; docs/local.md).
	@$(BIN)/darkroom up $(ARGS)

test: $(READY) ## Run every test (ARGS=--cov measures coverage, as `make check` does).
	$(BIN)/python -m pytest --numprocesses auto $(ARGS)

check: override ARGS += --cov
check: $(READY) lint types imports policies test ## Format, lint, types, import contracts, policies, tests with coverage.

fmt: $(READY) ## Format the code and fix what can be fixed.
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

lint: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/deptry --no-ansi .
	@$(BIN)/python -m tools.lint
	@$(BIN)/zizmor --offline --persona=auditor --quiet .github
	@if command -v go >/dev/null; then go -C tools/actionlint tool actionlint $(CURDIR)/.github/workflows/*.yml; else echo "lint: actionlint skipped, it needs Go"; fi

types: $(READY)
	$(BIN)/basedpyright

imports: $(READY)
	$(BIN)/lint-imports --no-logo

policies: $(READY) ## Check what the Pulumi program declares against the policies.
	@$(BIN)/python -m tools.policies

plan: $(READY) ## Write what each stack declares to tests/golden (ARGS=dev prints one stack instead).
	@$(BIN)/python -m tools.plan $(or $(ARGS),--update)

bench: $(READY) #lab Measure side by side against the peers (ARGS are passed on).
	@if command -v npm >/dev/null && [ ! -d out/bench/node_modules/sharp ]; then mkdir -p out/bench && npm install --silent --no-fund --no-audit --prefix out/bench sharp@$(SHARP) || echo "sharp could not be installed: it is reported as missing"; fi
	@if [ ! -x out/bench/thumbor/bin/python ]; then mkdir -p out/bench && $(BIN)/python -m venv out/bench/thumbor.new && out/bench/thumbor.new/bin/python -m pip install --quiet --disable-pip-version-check thumbor==$(THUMBOR) >out/bench/thumbor.log 2>&1 && mv out/bench/thumbor.new out/bench/thumbor || { rm -rf out/bench/thumbor.new; echo "thumbor could not be installed: it is reported as missing"; }; fi
	$(if $(ARGS),,@$(BIN)/python -m bench.edit_api --json out/bench/edit_api.json)
	@$(BIN)/python -m bench $(or $(ARGS),--json out/bench/run.json --svg docs/pictures/bench-24mp.svg)
	$(if $(ARGS),,@$(BIN)/python -m bench.memory --json out/bench/memory.json --svg docs/pictures/bench-memory.svg || test $$? -eq 2)
	$(if $(ARGS),,@$(BIN)/python -m bench.page out/bench)

audit: $(READY) ## Check the locked dependencies against the OSV database, where it can be reached.
	@if $(BIN)/python -c "import socket; socket.create_connection(('api.osv.dev', 443), 10)" 2>/dev/null; then \
		$(BIN)/uv tool run pip-audit@$(AUDIT) --vulnerability-service osv --disable-pip --require-hashes --requirement requirements/dev.lock; \
	else \
		echo "audit: skipped, api.osv.dev cannot be reached from here"; \
	fi

cfn: $(READY) ## Check with cfn-lint what of the recorded plans maps to CloudFormation (ADR 36).
	@$(BIN)/python -m tools.cloudformation out/cfn
	@$(BIN)/uv tool run cfn-lint@$(CFN_LINT) -- out/cfn/*.json

faults: $(READY) #lab Run the tests of the thirty faults (ARGS="--times 20": twenty times).
	@$(BIN)/python -m lab.faults $(ARGS)

soak: $(READY) #lab Upload, edit, break and kill for half an hour, then check every record and object (ARGS=--help).
	@$(BIN)/python -m lab.soak $(ARGS)

verdicts: $(READY) #lab Render hostile files and write docs/verdicts.md (ARGS=FOLDER adds the files of a folder).
	@$(BIN)/python -m lab.verdicts --docs $(ARGS)

mutate: $(READY) #lab Find changes to a module that no test notices (ARGS="processor.keys*": one module).
	@if [ ! -d out/mutmut ]; then $(BIN)/uv pip install --quiet --python $(BIN)/python --target out/mutmut.new mutmut==$(MUTMUT) && mv out/mutmut.new out/mutmut; fi
	@PYTHONPATH=$(CURDIR)/out/mutmut $(BIN)/python -m mutmut run $(ARGS)
	@PYTHONPATH=$(CURDIR)/out/mutmut $(BIN)/python -m mutmut results | grep -v ": not checked" || true

package: $(READY) ## Build the layers, and the function, into dist/ (ARGS="--arch x86_64" for Intel).
	@$(BIN)/python -m tools.package $(ARGS)

engine: ## Build Pulumi's command line and the Lambda Web Adapter, for tests, into the user's cache (needs Go and cargo).
	@engine/pulumi.sh
	@$(PYTHON) -m tools.web_adapter

golden: $(READY) ## Compare renditions with the recorded figures (ARGS=--update records them).
	@$(BIN)/python -m tools.golden $(ARGS)

simulate: $(READY) #lab Simulate a million photos through both lanes; draws docs/pictures/backfill.svg (ARGS=--help).
	@$(BIN)/python -m lab.simulate $(ARGS)

drill: $(READY) #lab Rehearse operations on an embedded stack: backfill, repairs, releases, deletion (ARGS=--help).
	@$(BIN)/python -m lab.drill $(ARGS)

load: $(READY) #lab Load an edit API and follow every session to its end (ARGS="--host … --token …", or --help).
	@$(BIN)/python -m bench.load $(ARGS)

lock: $(READY) ## Pin every dependency again, by hash (ARGS=--upgrade for newer versions).
	@# Production first and by itself. Both layers are unpacked into one folder, so they agree on versions.
	$(LOCK) $(LAMBDA) --group layer-runtime --output-file requirements/runtime.lock $(ARGS)
	$(LOCK) $(LAMBDA) --group layer-imaging --constraints requirements/runtime.lock --output-file requirements/imaging.lock $(ARGS)
	@# Tests run what production runs, on production's Python: some packages have no release as new for an older one.
	@sed -n 's/^\([a-z0-9.-]*==[^ ;]*\).*/\1; python_version >= "3.13"/p' requirements/runtime.lock requirements/imaging.lock > requirements/layers.in
	$(LOCK) $(EVERY) --extra stack --extra dev --group installer --constraints requirements/layers.in pyproject.toml --output-file requirements/dev.lock $(ARGS)
	@rm requirements/layers.in
	$(LOCK) $(EVERY) --constraints requirements/dev.lock --group installer --output-file requirements/installer.lock $(ARGS)
	@# What `pulumi install` takes, by plain pip: the program alone.
	$(LOCK) $(EVERY) --constraints requirements/dev.lock --group program --output-file requirements.txt $(ARGS)
	@# The emulator, which pins botocore, has an environment of its own.
	$(LOCK) $(EVERY) --group emulator --output-file requirements/emulator.lock $(ARGS)
	$(BIN)/python -m tools.third_party

docs: $(READY) ## Write docs/settings.md, docs/operations-reference.md with its pictures, and the guides' costs in docs/cost.md.
	$(BIN)/python -m tools.settings_docs > docs/settings.md
	$(BIN)/python -m tools.operations_docs
	$(BIN)/python -m tools.guide_costs

screens: $(READY) ## Take pictures of the page into out/screens (ARGS="--photos DIR" shows other photos).
	@$(BIN)/python -m tools.screens $(ARGS)
