"""`uv run python -m tests.bench`: every benchmark, as one table. Exit 1 when a target is missed."""

from __future__ import annotations

import sys

from tests.bench import bench_decode
from tests.bench.measure import show

sys.exit(0 if show(bench_decode.measures()) else 1)
