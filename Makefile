# Everything is done in .venv, which the first target that needs it makes. A second run is instant.
.DELETE_ON_ERROR:
.PHONY: help demo run test fuzz desktops check style types types-win32 types-darwin types-of-tests imports bench example \
  share words voice pictures constraints clean

PYTHON ?= python3
PY := .venv/bin/python
FOR_RUNNING := .venv/.for-running
FOR_TESTING := .venv/.for-testing
export PYTHON

# A venv holds absolute paths: in a folder that was moved or copied it is made again.
MADE_IN := $(shell cat .venv/.made-in 2>/dev/null)
ifneq ($(MADE_IN),$(realpath $(CURDIR)))
.PHONY: $(FOR_RUNNING) $(FOR_TESTING)
endif

help:
	@echo "make demo    a generated working day in about 20 seconds; needs no display and no root"
	@echo "make run     the daemon in this terminal"
	@echo "make test    all tests; ARGS='-k name' for some of them"
	@echo "make fuzz    the tests that make up their own input, with much more of it, at random"
	@echo "make desktops    what is seen on real GNOME, Plasma and sway, in a Debian of their own (root)"
	@echo "make check   formatting, types and the direction of imports"
	@echo "make bench   what it costs, measured here"
	@echo "make clean   remove .venv and everything else that was made"

demo: $(FOR_RUNNING)
	@$(PY) -m unhunch demo

run: $(FOR_RUNNING)
	@$(PY) -m unhunch run

test: $(FOR_TESTING)
	@$(PY) -m pytest $(ARGS)

TIMES ?= 20
fuzz: $(FOR_TESTING)  # before a release, and after changing what such a test is about
	@UNHUNCH_FUZZ=$(TIMES) $(PY) -m pytest -m hypothesis $(ARGS)

desktops: $(FOR_TESTING)  # needs root; ARGS='--help' says which there are
	@$(PY) -m tools.desktops $(ARGS)

# The lives that the tests of days are told by, and what is told by them in types so far.
TYPED_TESTS = $(addprefix tests/days/,world.py lives.py people.py counted.py test_ask.py test_clocks.py \
  test_counted_once.py test_desk_month.py test_desks.py test_forget.py test_holes.py test_hooks.py test_jumps.py \
  test_killed_at_random.py test_kills.py test_languages.py test_locked_input.py test_no_words_in_facts.py \
  test_pauses.py test_people.py test_programme.py test_programme_promises.py test_promises.py test_prompts.py \
  test_records.py test_same_answer.py test_seen.py test_session_once.py test_sighting.py test_sitting.py \
  test_soak.py test_stops.py test_told.py test_week.py test_week_notice.py)

check: style types types-win32 types-darwin types-of-tests imports  # two at a time: make -j2 -O check

style: $(FOR_TESTING)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

# Each with a cache of its own: one of another platform, or of other roots, would be thrown away.
types: $(FOR_TESTING)
	$(PY) -m mypy

types-win32 types-darwin: $(FOR_TESTING)
	$(PY) -m mypy --platform $(@:types-%=%) --cache-dir .mypy_cache/$(@:types-%=%)

types-of-tests: $(FOR_TESTING)
	$(PY) -m mypy --explicit-package-bases --cache-dir .mypy_cache/tests $(TYPED_TESTS)

imports: $(FOR_TESTING)
	.venv/bin/lint-imports --no-cache

bench: $(FOR_TESTING)
	@$(PY) -m benchmarks $(ARGS)

example: $(FOR_TESTING)  # after changing an option in core/settings.py
	$(PY) -c "from unhunch.config.example import example; print(example(), end='')" > config.example.toml

share: $(FOR_TESTING)  # after changing a command's words, options or examples
	$(PY) -m tools.share

words: $(FOR_TESTING)  # after changing what a person reads, or a translation of it
	$(PY) -m tools.catalogues

voice: $(FOR_TESTING)  # after changing a spoken sentence; needs libttspico-utils (Debian non-free), espeak-ng, opus-tools
	$(PY) -m tools.voice

pictures: $(FOR_TESTING)  # after changing how a notice, a session or a week looks
	UNHUNCH_PICTURES=1 $(PY) -m pytest -q tests/desktop/test_pictures.py

constraints: $(FOR_TESTING)  # after changing a dependency in pyproject.toml
	$(PYTHON) -m venv build/pip-tools
	build/pip-tools/bin/pip install -q pip-tools
	CUSTOM_COMPILE_COMMAND="make constraints" build/pip-tools/bin/pip-compile -q --upgrade --generate-hashes \
	  --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate \
	  --extra test --extra pynput --build-deps-for editable -o constraints.txt pyproject.toml

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(FOR_RUNNING): pyproject.toml tools/venv.sh
	@sh tools/venv.sh run
	@touch $@

$(FOR_TESTING): pyproject.toml constraints.txt tools/venv.sh
	@sh tools/venv.sh test
	@touch $@ $(FOR_RUNNING)
