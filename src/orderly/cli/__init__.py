"""The `orderly` command."""

from orderly.cli.main import main

__all__ = ["main"]
