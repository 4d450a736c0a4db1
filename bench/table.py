"""The figures as people read them."""

import shutil
import textwrap
from collections.abc import Iterable

from bench.measures import Figure

NAME, VALUE, TARGET, VERDICT = 58, 12, 12, 5
INDENT = "      "


def show(title: str, figures: Iterable[Figure]) -> list[Figure]:
    """Print a section, each line as its figure comes; returns those that fall short."""
    print(f"\n{title}", flush=True)
    short = []
    for figure in figures:
        print(line(figure), flush=True)
        if figure.verdict == "SHORT":
            short.append(figure)
    return short


def line(figure: Figure) -> str:
    """The figure beside its target, and what else is to be known of it below."""
    value = "—" if figure.value is None else f"{number(figure.value)} {figure.unit}".strip()
    target = "" if figure.target is None else f"{figure.better} {number(figure.target)}"
    first = f"  {figure.name:<{NAME}} {value:>{VALUE}} {target:>{TARGET}}  {figure.verdict:<{VERDICT}}".rstrip()
    width = max(80, shutil.get_terminal_size().columns)
    below = textwrap.wrap(figure.note, width, initial_indent=INDENT, subsequent_indent=INDENT)
    return "\n".join([first, *below])


def number(value: float) -> str:
    """Three digits that mean something."""
    if value == int(value) and value < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
