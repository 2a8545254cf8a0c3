#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every source file and script says its licence at the top and is not overlong; scripts can be executed.
set -uo pipefail
cd "$QON_SOURCE"
failed=0
count=0
line='SPDX-License-Identifier: GPL-3.0-or-later'
files() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files -co --exclude-standard
    else
        find . -path './build*' -prune -o -type f -print | sed 's|^\./||'
    fi
}
while read -r file; do
    [ -f "$file" ] || continue
    case $file in
    *.c | *.h)
        head -n 1 "$file" | grep -qxF "// $line" || { echo "$file:1: expected // $line" >&2; failed=1; }
        lines=$(wc -l <"$file")
        if [ "$lines" -gt 800 ]; then
            echo "$file: $lines lines; most good files have 150 to 500, none more than 800" >&2
            failed=1
        fi
        ;;
    *.sh | tests/run | tests/coverage | sim/quickstart | sim/install | .ci/run)
        head -n 2 "$file" | tail -n 1 | grep -qF "$line" || { echo "$file:2: expected # $line" >&2; failed=1; }
        [ -x "$file" ] || { echo "$file: cannot be executed" >&2; failed=1; }
        ;;
    *) continue ;;
    esac
    count=$((count + 1))
done < <(files)
[ $count -gt 0 ] || failed=1
echo "$count files"
exit $failed
