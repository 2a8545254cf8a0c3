#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every symbol that sim/ shows to the linker begins with qon_, and below sim/app nothing at file level changes.
set -uo pipefail
export LC_ALL=C
failed=0
count=0

# Those that may change: failing memory on purpose, for tests only; the job of MPI ranks that the process is part of, of which there is one.
allowed='^(takes_left|job)$'

# look OBJECT NAME: 1 when something is wrong with it.
look() {
    local object=$1 name=$2 foreign changing wrong=0
    foreign=$(nm --defined-only --extern-only "$object" | awk '$2 ~ /[TDBRVWC]/ {print $3}' | grep -vE '^(qon_|__asan_|__odr_asan|__llvm|__gcov|main$)')
    if [ -n "$foreign" ]; then
        echo "$name: without the prefix qon_ and not static:" $foreign >&2
        wrong=1
    fi
    # The section stands before the tab, the name at the end; constants with pointers are in .data.rel.ro.
    changing=$(objdump -t "$object" |
        awk -F'\t' '$1 ~ /(\.(data|bss|tdata|tbss)[^ ]*|\*COM\*)$/ && $1 !~ / d / && $1 !~ /\.data\.rel\.ro/ {n = split($2, p, " "); print p[n]}' |
        sed -E 's/\.[0-9]+$//' | grep -vE "$allowed|^__(asan|odr|gcov|llvm)")
    if [ -n "$changing" ] && [[ $name != sim/app/* ]]; then
        echo "$name: changing variables at file level:" $changing >&2
        wrong=1
    fi
    return $wrong
}

# The check sees what it is to see.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sample() { # CODE C-TEXT
    local code=0
    echo "$2" | gcc -O0 -x c -c -o "$folder/sample.o" - || exit 1
    look "$folder/sample.o" sample 2>/dev/null || code=1
    if [ $code -ne "$1" ]; then
        echo "the check gave $code, expected $1, for: $2" >&2
        failed=1
    fi
}
sample 0 'static const char *const names[] = {"a", "b"}; const char *qon_f(int i) { return names[i]; }'
sample 1 'int f(void) { return 1; }'
sample 1 'static int counter; int qon_f(void) { return counter++; }'
sample 1 'int qon_f(void) { static int calls = 3; return calls++; }'
sample 1 'static _Thread_local int counter; int qon_f(void) { return counter++; }'

while read -r object; do
    count=$((count + 1))
    look "$object" "${object#*.dir/}" || failed=1
done < <(find "$QON_BUILD"/CMakeFiles \( -path '*/qon_*.dir/sim/*' -o -path '*/qonys.dir/sim/*' \) -name '*.o' 2>/dev/null)

if [ $count -eq 0 ]; then
    echo "no objects under $QON_BUILD" >&2
    exit 1
fi
echo "$count objects"
exit $failed
