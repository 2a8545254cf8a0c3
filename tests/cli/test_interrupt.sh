#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A signal ends a run after its month with exit code 130; nothing is written.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 6 60000

interrupt() { # SIGNAL
    local code=0 pid
    "$QONYS" run land/scenario.json --months 1200 --out out >stdout 2>stderr &
    pid=$!
    for _ in $(seq 200); do
        grep -q "2017-12" stderr && break
        sleep 0.05
    done
    kill "-$1" $pid
    wait $pid || code=$?
    [ $code -eq 130 ] || complain "exit code $code after SIG$1"
    says stderr "interrupted after 20"
    says stderr "no results were written"
    [ ! -s stdout ] || complain "a summary was printed"
    absent out
}
interrupt TERM
# Background processes of a script ignore SIGINT unless job control is on.
set -m
interrupt INT
exit $failed
