# make demo: see the whole procedure on loopback. make test: everything that is checked.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# Where a machine sets it, each of the many processes that tests start would compile all of our modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test bench fuzz mails lock clean

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
	$(RUN) -m pytest -n 2 --dist loadfile tests/unit tests/mail tests/world tests/fuzz
	$(RUN) -m pytest -n 3 --dist loadfile tests/lab
	$(RUN) -m pytest tests/crash
	tests/other-pythons $(VENV)

# Ten minutes each; what is found stands in fuzz-out/, what is new for the corpus in fuzz-out/TARGET/.
fuzz: $(VENV)/ready-dev
	for target in received parts forms explain; do \
		mkdir -p fuzz-out/$$target && \
		$(RUN) tests/fuzz/fuzz.py $$target -max_total_time=600 -max_len=50000 -dict=tests/fuzz/mail.dict \
			-artifact_prefix=fuzz-out/ fuzz-out/$$target tests/fuzz/corpus/$$target tests/mail || exit 1; \
	done

# How fast a full mailbox is worked through, how much memory a large message takes, and the relay tests against nmap's;
# some minutes each.
bench: $(VENV)/ready-dev
	tests/lab/prepare
	$(RUN) tests/bench/bench.py

mails: $(VENV)/ready-dev
	$(RUN) -m notices.samples mails-out

# Pinned with hashes, without the address of any index.
lock: $(VENV)/ready-dev
	$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml --output-file requirements.txt
	$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
		--extra dev pyproject.toml --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) demo/out mails-out fuzz-out .mypy_cache .ruff_cache .pytest_cache .hypothesis
