"""How fast Orderly is: `python -m bench` measures it and says where a target is missed. See docs/benchmarks.md."""
