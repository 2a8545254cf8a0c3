#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Help, version, and mistakes on the command line.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

expect 0 --version
says stdout "qonys "
expect 0 --help
for verb in run check describe view report; do
    says stdout "  $verb"
done
expect 2
says stderr "usage: qonys VERB"
for verb in run check describe; do
    expect 0 $verb --help
    says stdout "usage: qonys $verb"
    says stdout "--help"
done
for option in --seed --threads --scale --months --out --set --lang --quiet --json --profile; do
    "$QONYS" run --help | grep -q -- "^  $option" || complain "run --help lacks $option"
done

expect 2 rum
says stderr "rum: unknown verb (did you mean run?)"
expect 2 xyzzy
says stderr "qonys --help"
expect 2 run
says stderr "expected SCENARIO"
expect 2 run a.json b.json
says stderr "too many operands"

# bad ARGUMENT... : refused before anything is read, with the option's name; nothing is written
bad() {
    local text=$1
    shift
    expect 2 run absent.json "$@"
    says stderr "$text"
    absent out
}
bad "--sed: unknown option of qonys run (did you mean --seed?)" --sed 1
bad '--seed: "x" is not a whole number' --seed x
bad '--seed: "-1" is not a whole number' --seed -1
bad '--seed: "18446744073709551616" is not a whole number' --seed 18446744073709551616
bad '--months: "0" is not a whole number from 1 to 1200' --months 0
bad '--months: "1201"' --months=1201
bad '--scale: "0.5"' --scale 0.5
bad '--scale: ""' --scale ""
bad '--threads: "0"' --threads 0
bad "--threads: expected N after it" --threads
bad '--set: "choice" is not of the form PATH=VALUE' --set choice
bad '--lang: "de" is not a language' --lang de
bad "--quiet: takes no value" --quiet=yes
bad "--out: expected DIR, found nothing" --out ""
# all mistakes at once
expect 2 run absent.json --seed x --months 0 --lang de
[ "$(wc -l <"$work/stderr")" -eq 3 ] || complain "three mistakes should give three lines"

# a disk that is full behind standard output
"$QONYS" --help >/dev/full 2>"$work/stderr"
[ $? -eq 3 ] || complain "--help to a full disk should fail with 3"
says stderr "standard output"
exit $failed
