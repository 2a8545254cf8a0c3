#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every symbol that sim/ shows to the linker begins with qon_, and below sim/app nothing at file level changes.
set -uo pipefail
export LC_ALL=C
failed=0
count=0

# The two that may change, for tests only: failing memory on purpose.
allowed='^takes_left$'

while read -r object; do
    count=$((count + 1))
    source=${object#*.dir/}
    foreign=$(nm --defined-only --extern-only "$object" | awk '$2 ~ /[TDBRVWC]/ {print $3}' | grep -vE '^(qon_|__asan_|__odr_asan|__llvm|__gcov|main$)' || true)
    if [ -n "$foreign" ]; then
        echo "$source: without the prefix qon_ and not static: $foreign" >&2
        failed=1
    fi
    # objdump's columns differ with flags: the section stands before the tab, the name at the end.
    changing=$(objdump -t "$object" | awk -F'\t' '$1 ~ / O \.(data|bss|tdata|tbss)[^ ]*$/ && $1 !~ /\.data\.rel\.ro/ {n = split($2, p, " "); print p[n]}' |
        sed -E 's/\.[0-9]+$//' | grep -vE "$allowed|^__(asan|odr|gcov|llvm)" || true)
    common=$(nm "$object" | awk '$2 == "C" {print $3}')
    if [ -n "$changing$common" ]; then
        echo "$source: changing variables at file level: $changing $common" >&2
        failed=1
    fi
done < <(find "$QON_BUILD"/CMakeFiles -path '*/qon_*.dir/sim/*' -name '*.o' 2>/dev/null)

if [ $count -eq 0 ]; then
    echo "no objects under $QON_BUILD" >&2
    exit 1
fi
echo "$count objects"
exit $failed
