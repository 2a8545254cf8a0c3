#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Small runs take as many instructions as bench/instructions.txt says, within 3 %. Time on shared machines varies; this count does not.
#   tests/perf/test_instructions.sh                  compares
#   tests/perf/test_instructions.sh --write REASON   measures anew and writes the figures with the reason for their change
set -euo pipefail
export LC_ALL=C OMP_WAIT_POLICY=passive QONYS_ISA=v3 # valgrind knows no AVX-512
source_folder=${QON_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
qonys=${QONYS:-$source_folder/build/qonys}
stored=$source_folder/bench/instructions.txt
cd "$source_folder"

field() { sed -n "s/^$1: //p"; }

if ! command -v valgrind >/dev/null || [ ! -x "$qonys" ]; then
    echo "needs valgrind and $qonys" >&2
    exit 77
fi
about=$("$qonys" bench relocation --persons 1000 --threads 1 --alone)
if [ "$(field isa <<<"$about")" != v3 ]; then
    echo "this machine has no x86-64-v3" >&2
    exit 77
fi
if nm "$qonys" | grep -qE '__asan_init|__tsan_init|__gcov_'; then
    echo "this build has sanitizers or counts coverage" >&2
    exit 77
fi
compiler=$(field compiler <<<"$about" | tr ' ' _)

names=(relocation full)
arguments_relocation=(bench relocation --persons 200000 --threads 1 --repeats 1 --alone)
arguments_full=(bench full --scenario scenarios/baseline.json --scale 1000 --months 12 --threads 1 --alone)

count() { # NAME: instructions of its run
    local -n arguments=arguments_$1
    local log
    log=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$qonys" "${arguments[@]}" 2>&1 >/dev/null)
    sed -n 's/^==[0-9]*== Collected : \([0-9]*\).*/\1/p' <<<"$log" | grep . || { echo "$log" >&2; return 1; }
}

if [ "${1:-}" = --write ]; then
    : "${2:?the reason for the change}"
    {
        echo "# Instructions of small runs on x86-64-v3 under callgrind, held within 3 % by tests/perf/test_instructions.sh, which writes this"
        echo "# file too: name, count, compiler. Reason for the last change: $2"
        for name in "${names[@]}"; do
            echo "$name $(count "$name") $compiler"
        done
    } >"$stored.part"
    mv "$stored.part" "$stored"
    cat "$stored"
    exit 0
fi

failed=0
compared=0
for name in "${names[@]}"; do
    read -r want with < <(awk -v name="$name" '$1 == name {print $2, $3}' "$stored") || { echo "$name: not in $stored" >&2; exit 1; }
    if [ "$with" != "$compiler" ]; then
        echo "$name: the figure is for $with, this is $compiler" >&2
        continue
    fi
    got=$(count "$name")
    compared=$((compared + 1))
    awk -v name="$name" -v got="$got" -v want="$want" 'BEGIN {
        change = 100 * (got / want - 1)
        printf "%s: %d instructions, stored %d, %+.2f %%\n", name, got, want, change
        exit !(change < 3 && change > -3)
    }' || failed=1
done
if [ "$failed" -ne 0 ]; then
    echo "If this is meant: tests/perf/test_instructions.sh --write 'the reason'" >&2
    exit 1
fi
[ "$compared" -gt 0 ] || exit 77
