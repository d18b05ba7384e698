# make demo: see the whole procedure on loopback. make test: everything that is checked.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: demo test mails lock clean

# What `bot.py` needs, and nothing else.
$(VENV)/ready: requirements.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

# The same and the tools for development.
$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

demo: $(VENV)/ready
	$(RUN) bot.py demo

test: $(VENV)/ready-dev
	tests/lab/prepare || test "$(OMRBOT_LAB)" != required
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m pytest -n 2 --dist loadfile tests/unit tests/mail tests/world
	$(RUN) -m pytest tests/lab
	$(RUN) -m pytest tests/crash
	tests/other-pythons $(VENV)

mails: $(VENV)/ready-dev
	$(RUN) -m notices.samples mails-out

# Pinned with hashes, without the address of any index.
lock: $(VENV)/ready-dev
	$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --output-file requirements.txt
	$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--extra dev pyproject.toml --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) demo/out mails-out .mypy_cache .ruff_cache .pytest_cache .hypothesis
