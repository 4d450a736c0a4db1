"""What the API says it takes and gives."""

from collections import Counter
from importlib import import_module
from pkgutil import iter_modules

import orderly.api
from orderly.api.schemas import In, Out


def test_each_shape_has_a_name_of_its_own() -> None:
    """API-1: of two of one name the OpenAPI document would describe one, for both."""
    shapes = {
        value
        for module in iter_modules(orderly.api.__path__, "orderly.api.")
        for value in vars(import_module(module.name)).values()
        if isinstance(value, type) and issubclass(value, In | Out)
    }
    names = Counter(shape.__name__ for shape in shapes if "[" not in shape.__name__)
    assert [name for name, count in names.items() if count > 1] == []
