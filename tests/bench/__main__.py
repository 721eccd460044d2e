"""`uv run python -m tests.bench`: every benchmark, as one table. Exit 1 when a target is missed."""

from __future__ import annotations

import sys
from itertools import chain

from tests.bench import bench_decode, bench_modulus, bench_route
from tests.bench.measure import show

sys.exit(0 if show(chain(bench_decode.measures(), bench_modulus.measures(), bench_route.measures())) else 1)
