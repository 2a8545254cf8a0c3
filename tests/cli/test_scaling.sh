#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The script that measures what sim/cluster/SCALING.md calculates with: it runs, here at the smallest size, and prints a row for each number
# of ranks in the form of that file's table.
set -uo pipefail
. "$(dirname "$0")/common.sh"
over_ranks || {
    echo "skipped: Open MPI is not installed (packages openmpi-bin, libopenmpi-dev)"
    exit 77
}
cd "$QON_SOURCE" || exit 1
code=0
sim/cluster/measure-scaling --persons 1e5 --ranks "1 2" --rounds 1 >"$work/stdout" 2>"$work/stderr" || code=$?
[ $code -eq 0 ] || complain "exit code $code: $(cat "$work/stderr")"
head=$(grep -m 1 '^| persons | ranks | CPU' sim/cluster/SCALING.md)
grep -qxF "$head" "$work/stdout" || complain "the table has other columns than that of SCALING.md"
grep -qE '^\| [0-9,]+ \| 1 \| [0-9.]+ \| \| \| [0-9]+ \|$' "$work/stdout" || complain "no row of one rank: $(cat "$work/stdout")"
grep -qE '^\| \| 2 \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \| [0-9]+ \|$' "$work/stdout" || complain "no row of two ranks: $(cat "$work/stdout")"
grep -qE '^- 1e5 persons: a checkpoint after a year [0-9.]+ bytes a person; after a month [0-9.]+, .* [1-9][0-9]* ns' "$work/stdout" ||
    complain "nothing of checkpoints: $(cat "$work/stdout")"
code=0
sim/cluster/measure-scaling --persons 3 >"$work/stdout" 2>"$work/stderr" || code=$?
[ $code -eq 2 ] || complain "exit code $code instead of 2 for a size that there is not"
exit $failed
