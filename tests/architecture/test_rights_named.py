"""ACC-3: whatever right the program speaks of is in the one table; misspelt it would be a right that nobody has."""

import ast
import re

from orderly.people.permissions import PERMISSIONS
from tests.architecture.layers import modules

RIGHT = re.compile(r"[a-z]+:[a-z_]+")
AREAS = {right.split(":")[0] for right in PERMISSIONS}


def test_every_right_is_in_the_table() -> None:
    named = {
        node.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and RIGHT.fullmatch(node.value)
    }
    assert {one for one in named if one.split(":")[0] in AREAS} <= PERMISSIONS.keys()
