#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Three small runs give, month by month, the states and figures that are written down in tests/golden. A change of the model changes them:
# then renew with `tests/golden/test_golden.sh --renew BUILD`, look at the difference, and say in the commit, whose subject begins with
# "model:", what it is about. A change that was not meant to touch the model must not touch these files.
set -uo pipefail
golden=$(cd "$(dirname "$0")" && pwd)
renew=no
if [ "${1:-}" = --renew ]; then
    renew=yes
    QON_BUILD=$(cd "${2:?the folder of the build}" && pwd)
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
failed=0

golden_run() { # NAME ZONES PERSONS VALUE...
    local name=$1 zones=$2 persons=$3
    shift 3
    "$QON_BUILD/make_country" "$zones" "$persons" "$work/$name" || exit 1
    "$QON_BUILD/invariance_digest" "$work/$name/scenario.json" 2 "$@" >"$work/$name.txt" || exit 1
    if [ $renew = yes ]; then
        cp "$work/$name.txt" "$golden/$name.txt"
    elif ! diff "$golden/$name.txt" "$work/$name.txt" >"$work/difference"; then
        echo "$name: not what is written down. If the model was meant to change: tests/golden/test_golden.sh --renew BUILD," >&2
        echo "and a commit that begins with \"model:\". Otherwise the change broke something. First lines of the difference:" >&2
        head -n 6 "$work/difference" >&2
        failed=1
    fi
}
golden_run village 3 4000 months=24
golden_run markets_off 12 20000 months=18 feedback.markets=false
golden_run scaled 25 300000 months=14 scale=10 seed=42
exit $failed
