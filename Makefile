# `make help` lists what there is to type. Everything is made in .venv and build/, which git ignores.
SHELL := /bin/sh
.DEFAULT_GOAL := help
EVENT ?= sample
READING ?= on
SINCE ?=
EVERY ?=
JOBS ?=
AGAIN ?=
YES ?=
FILES ?=
PADS ?=
LINKS ?=
EVENTS ?=
CODEBOOK ?=
BASE ?=
DATA ?= ../shared
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
INSTALL := -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all:
PIP := $(BIN)/python $(INSTALL)

.PHONY: help analyze stream report across read curate event fetch watch etherpad test test-reading test-wiki test-cluster fuzz bench bench-quality bench-reading lint train-encoder export-encoder train-tagger messages lock clean
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/python:
	@test -n "$(PYTHON)" || { echo "Padharvest needs Python 3.11 or later; none was found on this machine."; exit 2; }
	@echo "Setting up .venv with $(PYTHON) (once)"
	@$(PYTHON) -m venv --clear .venv || { echo "Python's venv module is missing: on Debian or Ubuntu, 'apt install python3-venv'."; exit 2; }
	@touch $@

.venv/run: requirements.txt | .venv/python
	@echo "Installing what the analysis needs (once, about a minute)"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt | .venv/python
	@echo "Installing what the tests need (once, about a minute)"
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/run

analyze: .venv/run ## analyse EVENT (default: the sample) and print where its report is (SINCE=…: docs/changes.md)
	@$(BIN)/python -m pipeline analyze $(EVENT) $(if $(filter off,$(READING)),--no-reading) $(if $(SINCE),--since '$(SINCE)') \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(AGAIN),--again)

stream: .venv/run ## read EVENT of thousands of pads part by part, into lines, names and vectors (docs/performance.md)
	@$(BIN)/python -m pipeline stream $(EVENT)

read: .venv/run ## have a language model of yours read EVENT (CODEBOOK=…: docs/reading.md); then run make analyze
	@$(BIN)/python -m pipeline read $(EVENT) $(if $(YES),--yes) $(if $(CODEBOOK),--codebook $(CODEBOOK))

report: .venv/run ## render EVENT's report again from its saved analysis
	@$(BIN)/python -m pipeline report $(EVENT)

# NAME, TITLE and LANGUAGE count on the command line only: some systems have environment variables of these names.
given = $(if $(filter command line,$(origin $1)),--$2 '$($1)')
across: .venv/run ## say what came back across EVENTS="day1 day2", from their analyses (NAME, TITLE, LANGUAGE: docs/across.md)
	@test -n "$(EVENTS)" || { echo 'Name two events or more, each once: make across EVENTS="day1 day2".'; exit 2; }
	@$(BIN)/python -m pipeline across $(EVENTS) $(call given,NAME,name) $(call given,TITLE,title) \
		$(call given,LANGUAGE,language)

curate: .venv/run ## open a local page to decide about EVENT's concerns and quotes; then run make analyze
	@$(BIN)/python -m pipeline curate $(EVENT)

event: .venv/run ## begin corpus/EVENT with PADS="https://…/p/one https://…" or LINKS=a wiki page or file that links to pads
	@test "$(EVENT)" != sample || { echo "Name your event: make event EVENT=spring LINKS=https://wiki.example.org/Spring"; exit 2; }
	@$(BIN)/python -m fetch new $(EVENT) $(PADS) $(if $(LINKS),--links '$(LINKS)')

fetch: .venv/run ## fetch the pads of corpus/EVENT/event.toml, or copy FILES="notes/*.txt" into the event
	@$(BIN)/python -m fetch $(if $(FILES),add $(EVENT) $(FILES),pull $(EVENT))

watch: .venv/run ## fetch and analyse EVENT again and again while it is on, on a local page (EVERY=seconds; docs/watch.md)
	@$(BIN)/python -m pipeline watch $(EVENT) $(if $(EVERY),--every '$(EVERY)') $(if $(filter off,$(READING)),--no-reading)

etherpad: $(if $(BASE),.venv/dev,.venv/run) ## start a local Etherpad with the sample's pads (needs node), or check the one in BASE
	@$(BIN)/python -m tests.support.try_etherpad $(if $(BASE),'$(BASE)')

test: .venv/dev ## set up and run all tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

READING_SERVER := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/padharvest/reading
$(READING_SERVER)/ready: requirements-reading.txt | .venv/dev
	@echo "Building llama.cpp's chat server into $(READING_SERVER) (once, about ten minutes on two cores)"
	@mkdir -p $(dir $(READING_SERVER))
	@$(BIN)/python -m venv --clear $(READING_SERVER)
	@CMAKE_ARGS=-DLLAVA_BUILD=OFF $(READING_SERVER)/bin/python -m pip --disable-pip-version-check install \
		--require-hashes --prefer-binary -r requirements-reading.txt > $(READING_SERVER)/build.log 2>&1 && touch $@ \
		|| echo "It could not be built, so its tests are skipped; $(READING_SERVER)/build.log says why."

test-reading: .venv/dev $(READING_SERVER)/ready ## run the tests with llama.cpp's chat server and a small model (needs cmake and a C++ compiler)
	@READING_SERVER=$(READING_SERVER) $(BIN)/python -m pytest -m reading_server

MEDIAWIKI ?= /usr/share/mediawiki
test-wiki: .venv/dev ## run the tests with MediaWiki (on Debian: apt install mediawiki php-cli php-sqlite3)
	@MEDIAWIKI=$(MEDIAWIKI) $(BIN)/python -m pytest -m mediawiki

.venv/cluster: requirements-cluster.txt | .venv/dev
	@echo "Installing Dask (once)"
	@$(PIP) -r requirements-cluster.txt
	@touch $@

test-cluster: .venv/cluster ## run the tests with a Dask cluster of two workers on this machine (docs/cluster.md)
	@$(BIN)/python -m pytest -m cluster

MINUTES ?= 10
SEED ?=
fuzz: .venv/dev ## try parsers and escapes with hostile files for MINUTES (10); SEED=… repeats a run (docs/security.md)
	@$(BIN)/python -m tests.support.fuzz $(MINUTES) $(SEED)

.bench/ready: requirements-bench.txt | .venv/python
	@echo "Installing what the benchmark compares with into .bench: torch, on Linux 6 GB with its GPU libraries (once)"
	@$(PYTHON) -m venv --clear .bench
	@.bench/bin/python $(INSTALL) -r requirements-bench.txt
	@touch $@

bench: .venv/run .bench/ready ## compare speed, memory and start-up with BERTopic, spaCy and MiniLM (docs/performance.md)
	@$(BIN)/python -m benchmarks.speed .bench/bin/python
	@$(BIN)/python -m benchmarks.speed.end_to_end .bench/bin/python
	@$(BIN)/python -m benchmarks.speed.steps

bench-quality: .venv/run .bench/ready ## compare concerns with BERTopic, k-means and a second reader (docs/quality.md)
	@$(BIN)/python -m benchmarks.quality .bench/bin/python

bench-reading: .venv/run ## score what a large language model answered on labelled events (docs/quality.md)
	@$(BIN)/python -m benchmarks.readings

lint: .venv/dev ## check style, types and architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.train/ready: requirements-train.txt | .venv/python
	@echo "Installing what training needs into .train: torch, on Linux 6 GB with its GPU libraries (once, several minutes)"
	@$(PYTHON) -m venv --clear .train
	@.train/bin/python $(INSTALL) -r requirements-train.txt
	@touch $@

train-encoder: .train/ready ## tune the encoder on the labelled events in DATA/events (about 10 minutes; docs in its card)
	@.train/bin/python -m pipeline.models.train.train_encoder --events $(DATA)/events --out build/encoder

export-encoder: .train/ready ## write the tuned encoder as the bundled 8-bit model, and compare the two
	@.train/bin/python -m pipeline.models.train.onnx_export --events $(DATA)/events --weights build/encoder

train-tagger: .train/ready ## train the tagger on DATA/data/ner and DATA/events, above the tuned encoder (about 40 minutes)
	@.train/bin/python -m pipeline.models.train.train_tagger --corpora $(DATA)/data/ner --events $(DATA)/events \
		--encoder build/encoder --out pipeline/models/tagger

messages: .venv/run ## update templates/locale from the code; LANGUAGE=xx begins a translation (docs/translating.md)
	@$(BIN)/python -m tests.support.messages $(LANGUAGE)

LOCKED := requirements requirements-dev requirements-bench requirements-train requirements-reading requirements-cluster
lock: ## pin requirements*.in with hashes (needs uv: pip install uv)
	@for name in $(LOCKED); do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url $$name.in --output-file $$name.txt || exit; done

clean: ## remove all that was made here: environments, build/ and caches (never corpus/)
	rm -rf .venv .bench .train build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
