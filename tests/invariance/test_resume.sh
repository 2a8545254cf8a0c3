#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A run killed twenty times at random moments, resumed each time from its last checkpoint on another number of threads, ends in the same
# state as one that nobody disturbed, with no row lost or doubled.
set -uo pipefail
. "$(dirname "$0")/../cli/common.sh"
cd "$work" || exit 1
country land 6 40000
RANDOM=${QON_TEST_SEED:-20170101}
months=240
expect 0 run land/scenario.json --months $months --quiet --out whole
whole=$(sed -n 's/^state_digest: //p' stdout)
tables() {
    query "$1" "SELECT * FROM series ORDER BY 1, 2, 3, 4" && query "$1" "SELECT * FROM flow ORDER BY 1, 2, 3, 4, 5, 6"
}
ended() { # compares a run that came to its end
    local got
    got=$(sed -n 's/^state_digest: //p' part.stdout)
    [ "$got" = "$whole" ] || complain "after $kills kills: state $got instead of $whole"
    [ "$(tables part/results.gpkg)" = "$(tables whole/results.gpkg)" ] || complain "after $kills kills: rows are lost or doubled"
    [ "$(ls part)" = "$(printf 'checkpoint.qonys\nresults.gpkg')" ] || complain "left: $(ls part)"
    rm -r part
}

kills=0
resumed=0
ends=0
while [ $kills -lt 20 ] || [ -d part ]; do
    arguments=(run land/scenario.json --months $months --out part --checkpoint-every 1 --threads $((1 + RANDOM % 3)) --quiet)
    if [ -f part/checkpoint.qonys ]; then
        arguments+=(--resume part/checkpoint.qonys)
        resumed=$((resumed + 1))
    fi
    "$QONYS" "${arguments[@]}" >part.stdout 2>part.stderr &
    pid=$!
    if [ $kills -lt 20 ]; then
        sleep "0.$(printf '%03d' $((50 + RANDOM % 450)))"
        kill -KILL $pid 2>/dev/null
    fi
    code=0
    wait $pid 2>/dev/null || code=$?
    if [ $code -eq 137 ]; then
        kills=$((kills + 1))
    elif [ $code -eq 0 ]; then
        ends=$((ends + 1))
        ended
    else
        complain "exit code $code: $(cat part.stderr)"
        break
    fi
done
[ $resumed -ge 10 ] || complain "only $resumed resumptions"
[ $ends -ge 1 ] || complain "no run came to its end"
echo "$kills kills, $resumed resumptions, $ends runs to their end"
exit $failed
