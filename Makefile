# Everything a newcomer types. Each target first does what it needs; unchanged steps are skipped.

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
# Where it is set, every process of the tests would compile all the sources anew.
unexport PYTHONDONTWRITEBYTECODE

# The system's own before the PATH's: what a version manager has compiled is seldom optimised and
# then takes half as long again over everything. 3.11 is the one the locks are made for.
PYTHON ?= $(shell for python in /usr/bin/python3.11 python3.11 python3.12 python3.13 python3 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

NO_PYTHON = TIBIR needs Python 3.11 or newer. Run: sudo apt-get install python3 python3-venv
SETUP = @python="$(PYTHON)"; test -n "$$python" || { echo "$(NO_PYTHON)" >&2; exit 1; }; \
	exec $$python .ci/setup.py

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## what the tests need: Python, front end, translations, Pango, Chromium
	$(SETUP) test

demo: ## start it all on this machine and print its address; PORT=8100 chooses the port
	$(SETUP) demo
	@exec .venv/bin/python manage.py demo $(if $(PORT),--port $(PORT))

# Beside the lint, what each process of the tests would else compile for itself, and what they
# would all wait for. What goes wrong there goes wrong again in the tests, and is said there.
test: setup ## lint, and every test but the long proofs
	@.venv/bin/python -m pytest --collect-only -qq >/dev/null 2>&1 & \
	.venv/bin/python -m tests.databases >/dev/null 2>&1 & \
	sh .ci/lint; lint=$$?; wait; echo; echo "== Tests"; \
	.venv/bin/python -m pytest -n 3 --dist worksteal && exit $$lint

lint: setup ## what machines can see in the code
	@exec sh .ci/lint

prove: ## the long proofs: kill storms, validators, every page
	$(SETUP) prove
	@echo "== Proofs"
	@exec .venv/bin/python -m pytest -m prove -n 2 --dist worksteal

screenshots: setup ## make the pictures again
	@exec .venv/bin/python -m pytest -m screenshots

messages: setup ## gather the texts for people into locale/, to be translated
	@exec sh .ci/messages

bench: setup ## what it costs, as ratios, into benchmarks/RESULTS.md
	@exec .venv/bin/python -m benchmarks

lock: setup ## write requirements*.txt again from pyproject.toml; UPGRADE=--upgrade for newer
	@exec sh .ci/lock $(UPGRADE)

audit: setup ## ask whether known holes are in what is locked (needs the network)
	@exec .venv/bin/python .ci/audit.py

clean: ## remove what setup made; the demo's data in .demo stays
	@rm -rf .venv .node .setup node_modules static/build staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help setup demo test lint prove screenshots messages bench lock audit clean
