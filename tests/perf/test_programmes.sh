#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# All instruments of the concept at once take at most 1.25 times the instructions of the months of the baseline. Time on shared machines varies;
# this count does not.
set -euo pipefail
export LC_ALL=C OMP_WAIT_POLICY=passive QONYS_ISA=v3 # valgrind knows no AVX-512
source_folder=${QON_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
qonys=${QONYS:-$source_folder/build/qonys}
if ! command -v valgrind >/dev/null || [ ! -x "$qonys" ]; then
    echo "needs valgrind and $qonys" >&2
    exit 77
fi
if nm "$qonys" | grep -qE '__asan_init|__tsan_init|__gcov_'; then
    echo "this build has sanitizers or counts coverage" >&2
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() { # SCENARIO: instructions of its months
    local log
    log=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no --toggle-collect=qon_step \
        "$qonys" run "$source_folder/scenarios/$1.json" --scale 100 --months 12 --threads 1 --quiet --out "$work/$1" 2>&1 >/dev/null)
    sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' <<<"$log" | grep . || { echo "$log" >&2; return 1; }
}

baseline=$(count baseline)
concept=$(count concept-2017)
awk -v a="$baseline" -v b="$concept" 'BEGIN {printf "baseline %d, concept %d instructions: ratio %.3f, at most 1.25\n", a, b, b / a; exit !(a > 0 && b <= 1.25 * a)}'
