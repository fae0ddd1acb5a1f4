"""Who may import whom, and where which words may stand."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("finmo_qbo", "integrations", "contacts", "receivables", "payables")
DOMAIN = ("contacts", "receivables", "payables")
HIDDEN_FROM_DOMAIN = ("integrations.qbo", "integrations.sync", "integrations.tasks", "integrations.simulator")
# The engine learns of them from the registry.
ENTITIES = {f"{name}{s}" for name in ("customer", "invoice", "bill", "vendor") for s in ("", "s")}
ENTITIES |= {"beneficiary", "beneficiaries"}
WITHOUT_ENTITIES = ("integrations/sync", "integrations/qbo", "integrations/management/commands")


def sources(*folders: str, without: str = "migrations") -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if without not in path.parts)


def imports(path: Path, source: str | None = None) -> Iterator[str]:
    """Every module that a file imports, as an absolute name, with the name that is taken from it."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(source or path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *filter(None, [node.module])))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def offences(paths: list[Path], *forbidden: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imports(path)
        if any(name == banned or name.startswith(f"{banned}.") for banned in forbidden)
    ]


def test_integrations_imports_no_domain_app():
    assert not offences(sources("integrations"), *DOMAIN, "finmo_qbo")


def test_contacts_import_no_documents_and_the_two_kinds_of_document_do_not_know_each_other():
    assert not offences(sources("contacts"), "receivables", "payables", "finmo_qbo")
    assert not offences(sources("receivables"), "payables", "finmo_qbo")
    assert not offences(sources("payables"), "receivables", "finmo_qbo")


def test_domain_apps_use_neither_the_client_nor_the_engine():
    assert not offences(sources(*DOMAIN), *HIDDEN_FROM_DOMAIN)


def test_only_the_client_imports_requests():
    others = [path for path in sources(*OURS) if not path.is_relative_to(ROOT / "integrations/qbo")]
    assert not offences(others, "requests", "requests_oauthlib", "urllib3", "oauthlib")


def test_models_import_no_service_mapper_or_client():
    models = [path for path in sources(*OURS) if "models" in (path.stem, path.parent.name)]
    above = (
        "services",
        "connecting",
        "mapping",
        "mappers",
        "documents",
        "qbo",
        "sync",
        "tasks",
        "api",
        "admin",
    )
    assert not offences(models, *(f"{app}.{name}" for app in OURS for name in above))


def test_the_simulator_and_the_product_do_not_import_each_other():
    simulator = ROOT / "integrations/simulator"
    ours = [path for path in sources(*OURS) if not path.is_relative_to(simulator)]
    assert not offences(ours, "integrations.simulator")
    outward = offences(sources("integrations/simulator"), *OURS)
    assert not [each for each in outward if " imports integrations.simulator" not in each]


@pytest.mark.parametrize("folder", WITHOUT_ENTITIES)
def test_no_entity_is_named_in(folder):
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno} says “{word}”"
        for path in sources(folder)
        for node in ast.walk(ast.parse(path.read_text()))
        for word in words(node)
        if word.lower() in ENTITIES
    ]
    assert not named


def words(node: ast.AST) -> Iterator[str]:
    """Names, attributes, and strings of one word: sentences and docstrings may speak of invoices."""
    for name in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "value", None)):
        if isinstance(name, str) and name.isidentifier():
            yield name


def test_the_rules_see_every_way_of_importing():
    source = "import payables.models\nfrom contacts import models\nfrom ..simulator import seed\nfrom .. import qbo"
    names = list(imports(ROOT / "integrations/sync/push.py", source))
    assert names == ["payables.models", "contacts.models", "integrations.simulator.seed", "integrations.qbo"]


def test_no_file_hides_a_name_that_its_package_hands_on():
    """A file is an attribute of its package, too, once it is imported."""
    from integrations import mapping

    files = {path.stem for path in sources("integrations/mapping")}
    assert not files & set(mapping.__all__)


def test_the_engines_map_names_every_file_of_it():
    told = set(re.findall(r"\w+", (ROOT / "integrations/sync/__init__.py").read_text()))
    assert {path.stem for path in sources("integrations/sync")} - {"__init__"} <= told
