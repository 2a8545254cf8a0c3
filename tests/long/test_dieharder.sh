#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Keyed draws, read in three orders, pass a set of dieharder's tests; the obvious scheme does not. About fifteen minutes.
# Among a hundred p-values a few are WEAK by chance; FAILED (p below 1e-6) is none's luck.
set -uo pipefail
command -v dieharder >/dev/null || { echo "dieharder is not installed" >&2; exit 1; }
tests=${QON_DIEHARDER_TESTS:-"0 2 8 15 100 101 102 200,4 202,5 203,3 207 209"}

assess() { # ORDER: prints dieharder's lines
    local test number choice
    for test in $tests; do
        number=${test%,*}
        choice=()
        [ "$number" != "$test" ] && choice=(-n "${test#*,}")
        "$QON_BUILD/long_keyed_stream" "$1" | dieharder -g 200 -d "$number" "${choice[@]}" 2>/dev/null | grep -E 'PASSED|WEAK|FAILED' | sed "s/^/$1 /"
    done
}

failed=0
for order in agent month alternative; do
    lines=$(assess $order)
    echo "$lines"
    all=$(echo "$lines" | grep -c .)
    weak=$(echo "$lines" | grep -c WEAK)
    bad=$(echo "$lines" | grep -c FAILED)
    echo "$order: $all p-values, $weak weak, $bad failed"
    if [ "$all" -lt 12 ] && [ -z "${QON_DIEHARDER_TESTS:-}" ] || [ "$all" -eq 0 ] || [ "$bad" -gt 0 ] || [ $((weak * 20)) -gt $((all + 40)) ]; then
        failed=1
    fi
done
tests="2 15 200,4"
lines=$(assess naive)
echo "$lines"
if ! echo "$lines" | grep -q FAILED; then
    echo "the obvious scheme passed: these tests are blind" >&2
    failed=1
fi
exit $failed
