# What people do here. Needs Python 3.11 or newer, make and git; everything else goes into .venv.

# The distribution's Python comes first: it is compiled with profiles of real programs, and needs a fifth to a third less
# time for everything here than one that was compiled on the machine (pyenv). Where it is too old or cannot make a
# .venv, it is python3. `make PYTHON=…` chooses another.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo /usr/bin/python3 || echo python3)
python := .venv/bin/python
# Settings that a deploy could have; nothing is sent to any of these.
production := ENV_FILE=/dev/null SECRET_KEY=check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ \
	FIELD_ENCRYPTION_KEYS=check ALLOWED_HOSTS=finmo.example DEBUG=0 DATABASE_URL=sqlite://:memory: REDIS_URL= \
	FINMO_ENVIRONMENT=production QBO_ENVIRONMENT=production QBO_CLIENT_ID=check QBO_CLIENT_SECRET=check \
	QBO_WEBHOOK_VERIFIER_TOKEN=check
# Compiled sources are kept, whatever the machine says: the tests alone start Python sixty times.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo run test check audit bench proof

# .venv with everything in requirements.txt; wheels only, so that no compiler is needed.
setup: .venv/installed

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(python) -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements.txt
	@touch $@

# The product with content and an embedded QuickBooks; Ctrl-C ends it. PORT=9000 make demo moves it.
demo: setup
	@$(python) -m finmo_qbo.demo

# Web and worker with the settings in .env.
run: setup
	$(python) manage.py migrate --noinput
	$(python) manage.py collectstatic --noinput --verbosity 0
	$(python) manage.py setup_schedules
	@$(python) manage.py serve

# Every test that this machine can run, on two cores; the skipped ones are listed with the reason.
test: setup
	$(python) -m pytest -n 2 --dist loadgroup

# Style, migrations, deploy settings, architecture, known vulnerabilities.
check: setup
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(production) QBO_ENVIRONMENT=simulator $(python) manage.py makemigrations --check --dry-run
	$(production) $(python) manage.py check --deploy --fail-level WARNING
	$(python) -m pytest -q tests/test_architecture.py
	@$(MAKE) --no-print-directory audit

audit: setup
	@$(python) .ci/audit.py

# The benchmarks, as a table and as bench.json; takes some minutes.
bench: setup
	$(python) -m tests.bench

# The crash and fault matrix, as a table.
proof: setup
	$(python) -m tests.proof
