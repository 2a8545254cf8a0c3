#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# exp, log, pow, the normal quantile and draws have the same bits with either compiler, any optimisation and any instruction set, and
# those bits are the ones written here, so that two machines agree too.
set -euo pipefail
cd "$QON_SOURCE"
want=9fad6f25bdff35a9
flags=(-std=gnu11 -D_GNU_SOURCE -Iinclude -ffp-contract=off -fno-math-errno -fno-trapping-math)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
runs=0

try() { # COMPILER FLAG...
    "$@" "${flags[@]}" tests/invariance/explog_bits.c sim/base/random.c -lm -o "$folder/bits"
    local got
    got=$("$folder/bits")
    runs=$((runs + 1))
    echo "$got  $*"
    if [ "$got" != "$want" ]; then
        echo "expected $want: $*" >&2
        failed=1
    fi
}

machine=$(uname -m)
for compiler in gcc clang; do
    try $compiler -O0
    try $compiler -O3
    try $compiler -O3 -fsanitize=undefined
    if [ "$machine" = x86_64 ]; then
        if grep -q -w avx2 /proc/cpuinfo && grep -q -w fma /proc/cpuinfo; then
            try $compiler -O3 -march=x86-64-v3
            # The comparison sees last bits: with contracted operations it must differ.
            $compiler "${flags[@]}" -ffp-contract=fast -O3 -march=x86-64-v3 tests/invariance/explog_bits.c sim/base/random.c -lm \
                -o "$folder/bits"
            if [ "$("$folder/bits")" = "$want" ]; then
                echo "contraction changed nothing: this test is blind" >&2
                failed=1
            fi
        fi
        if grep -q -w avx512f /proc/cpuinfo && grep -q -w avx512dq /proc/cpuinfo; then
            try $compiler -O3 -march=x86-64-v4 -mprefer-vector-width=512
        fi
    fi
done
echo "$runs builds"
[ $failed -eq 0 ] && [ $runs -ge 6 ]
