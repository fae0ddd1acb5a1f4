"""What an operator is told about settings."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = (ROOT / ".env.example").read_text()


def test_the_example_names_every_setting_that_the_project_reads():
    settings = (ROOT / "finmo_qbo/settings.py").read_text()
    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings))
    listed = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert read == listed


def test_the_example_holds_no_secret():
    secrets = re.findall(r"^\w*(?:SECRET|KEYS|TOKEN)\w*=(.*)$", EXAMPLE, re.MULTILINE)
    assert not any(secrets)
