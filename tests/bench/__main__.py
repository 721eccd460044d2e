"""`uv run python -m tests.bench`: every benchmark, as one table. Exit 1 when a target is missed."""

from __future__ import annotations

import sys
from itertools import chain

from tests.bench import bench_clock, bench_decode, bench_ledger, bench_modulus, bench_nfi, bench_route
from tests.bench.measure import show

found = (bench_decode, bench_ledger, bench_modulus, bench_nfi, bench_route, bench_clock)
sys.exit(0 if show(chain.from_iterable(bench.measures() for bench in found)) else 1)
