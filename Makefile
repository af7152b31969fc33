# make demo: a built-in estate, collected and reported on.    make test: everything CI runs.
# make cover: fails unless the components' own tests run every line and branch of them.
# All build .venv first, and again whenever requirements.lock or pyproject.toml has changed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= auto

.PHONY: setup demo test prove cover mutants check golden schema bench build lock
.DELETE_ON_ERROR:

setup: $(READY)

demo: $(READY)
	$(BIN)/vpcreach demo

test: check
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup

# Second opinions, proofs and the fuzzer at length: hours, and no part of `make test`. docs/proof.md tells what they found.
PROOFS := tests/oracle tests/properties/test_metamorphic.py tests/fuzz

prove: $(READY)
	HYPOTHESIS_PROFILE=prove VPCREACH_PROVE=1 VPCREACH_KERNEL_ESTATES=5000 \
		$(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup --show-capture=no $(PROOFS)

# Apart from `make test`, as measuring doubles the time of these tests.
cover: $(READY)
	$(BIN)/pytest --numprocesses $(WORKERS) --cov --cov-report term tests/unit/components

# Breaks the decisions one way at a time and shows what no test noticed: hours, and no part of `make test` either.
# `make mutants ONLY=components/nat_gateway` takes a minute. docs/proof.md tells what survives, and why it may.
mutants: $(READY)
	$(BIN)/python -m tests.mutants $(ONLY)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# Rewrites the expected outputs; `git diff` is then the review. Fails, like the tests, where something else is wrong.
golden: $(READY)
	VPCREACH_GOLDEN=1 $(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup

schema: $(READY)
	$(BIN)/python -m vpcreach.check.schema

bench: $(READY)
	$(BIN)/python -m benchmarks.run

build: $(READY)
	rm -rf dist
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist
	@ls dist

# `make lock ARGS=--upgrade` takes the newest versions; without it what is locked stays where it can.
lock: $(BIN)/uv
	$(BIN)/uv pip compile --quiet --no-config --universal --generate-hashes --no-header --no-annotate \
		--extra demo --group dev pyproject.toml --output-file requirements.lock $(ARGS)

$(READY): requirements.lock pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .
	@touch $@

$(BIN)/uv:
	$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --quiet uv
