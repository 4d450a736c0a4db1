"""What every file keeps to."""

import ast
import re
import sys

import pytest

from tests.architecture.layers import SOURCE, functions, modules

FILES = list(modules())
CLOCK = SOURCE / "core" / "clock.py"
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


def _imported(tree: ast.Module) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_engine_imports_the_standard_library_alone() -> None:
    foreign = {
        f"{path.name}: {name}"
        for path, tree in FILES
        if SOURCE / "engine" in path.parents
        for name in _imported(tree)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("orderly.engine")
    }
    assert foreign == set()


def test_time_is_read_in_one_place() -> None:
    """`now` is an argument; only core.clock asks the system for it."""
    readers = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path, tree in FILES
        if path != CLOCK
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        if ast.unparse(node.func) in {"datetime.now", "timezone.now", "date.today", "datetime.today", "datetime.utcnow"}
    ]
    assert readers == []


def test_no_sql_asks_the_database_for_the_time() -> None:
    asking = [
        str(path.relative_to(SOURCE))
        for path, _ in FILES
        if any(word in path.read_text() for word in ("CURRENT_TIMESTAMP", "functions import Now", "SELECT now()"))
    ]
    assert asking == []


@pytest.mark.parametrize(("path", "tree"), FILES, ids=[str(path.relative_to(SOURCE)) for path, _ in FILES])
def test_files_and_functions_stay_small(path, tree) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE
    long = [one.name for one in functions(tree) if (one.end_lineno or 0) - one.lineno + 1 > LONGEST_FUNCTION]
    assert long == []


def test_what_decides_and_what_writes_says_what_it_means() -> None:
    """Public functions of the engine and of actions have a docstring."""
    silent = [
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path, tree in FILES
        if SOURCE / "engine" in path.parents or "actions" in path.parts or path.name == "actions.py"
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_nothing_is_left_of_a_merge() -> None:
    texts = (path for path in SOURCE.rglob("*") if path.suffix in {".py", ".html", ".js", ".css", ".po"})
    assert [path.name for path in texts if re.search("^(<{7}|>{7}) ", path.read_text(), re.MULTILINE)] == []
