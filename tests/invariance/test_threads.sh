#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The state after every month is the same, bit for bit, for one, two and four threads, for chunks of work handed out in any order, from
# either compiler, and whether results are written or not. On a made-up country of three blocks and on the baseline at scale 50.
# ODD tags M-RANDOM-1, M-STEP-1, M-EXPLOG-1.
set -uo pipefail
. "$(dirname "$0")/../cli/common.sh"
tool=${QON_BUILD:?}/invariance_digest
cd "$work" || exit 1
compared=0

same() { # WHAT FILE FILE
    compared=$((compared + 1))
    cmp -s "$2" "$3" || {
        complain "$1 differs:"
        diff "$2" "$3" | head -n 4 >&2
    }
}

# runs NAME SCENARIO VALUE...: every way of computing it against one thread; leaves NAME.1
runs() {
    local name=$1 scenario=$2 threads shuffle
    shift 2
    "$tool" "$scenario" 1 "$@" >"$name.1" || complain "$name on one thread"
    for threads in 2 4; do
        "$tool" "$scenario" $threads "$@" >"$name.$threads" || complain "$name on $threads threads"
        same "$name on $threads threads" "$name.1" "$name.$threads"
    done
    for shuffle in 1 7; do
        QONYS_PAR_SHUFFLE=$shuffle "$tool" "$scenario" 4 "$@" >"$name.shuffled" || complain "$name shuffled"
        same "$name with chunks in order $shuffle" "$name.1" "$name.shuffled"
    done
}

# command NAME SCENARIO ARGUMENT...: the command, which writes results, ends in the state of the library's last month.
command_ends() {
    local name=$1 scenario=$2 want got
    shift 2
    want=$(tail -n 1 "$name.1" | cut -d ' ' -f 2)
    expect 0 run "$scenario" --quiet --out "$name.out" --threads 2 "$@"
    [ -s "$name.out/results.gpkg" ] || complain "$name: no results were written"
    got=$(sed -n 's/^state_digest: //p' stdout)
    compared=$((compared + 1))
    [ "$got" = "$want" ] || complain "$name: with results $got, without $want"
}

country land 7 150000
runs land land/scenario.json months=14
command_ends land land/scenario.json --months 14

baseline=$QON_SOURCE/scenarios/baseline.json
if [ -f "$baseline" ]; then
    runs baseline "$baseline" months=14 scale=50
    command_ends baseline "$baseline" --months 14 --scale 50
fi

# A later month of the same run is another state: the comparison sees something.
[ "$(cut -d ' ' -f 2 land.1 | sort -u | wc -l)" -eq 15 ] || complain "the digest does not tell months apart"
"$tool" land/scenario.json 1 months=2 seed=5 >other
cmp -s <(head -n 3 land.1) other && complain "the digest does not tell seeds apart"

# The other compiler, when it is built.
for build in build build-clang build-debug; do
    other=$QON_SOURCE/$build/invariance_digest
    if [ -x "$other" ] && [ "$(readlink -f "$other")" != "$(readlink -f "$tool")" ] && [ ! "$other" -ot "$QON_SOURCE/sim/model/step.c" ]; then
        "$other" land/scenario.json 2 months=14 >land.other || complain "$other does not run"
        same "the state from $build" land.1 land.other
    fi
done
echo "$compared comparisons"
exit $failed
