#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every figure in scenarios/ has a source; and the check itself sees a figure without one.
set -euo pipefail
cd "$QON_SOURCE"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

expect() { # CODE NAME CONTENT: one file, alone in a folder
    rm -rf "$folder/one"
    mkdir "$folder/one"
    printf '%s\n' "$3" >"$folder/one/$2"
    local code=0
    python3 tests/tidy/sources.py "$folder/one" >/dev/null 2>&1 || code=$?
    if [ $code -ne "$1" ]; then
        echo "the check gave $code, expected $1, for: $3" >&2
        exit 1
    fi
}
expect 0 a.json '{"qonys": 1, "seed": "7", "choice": {"home_premium": {"value": 1.5, "source": "x"}}}'
expect 1 a.json '{"choice": {"home_premium": 1.5}}'
expect 1 a.json '{"choice": {"home_premium": {"value": 1.5, "source": " "}}}'
expect 1 a.json '{"programmes": [{"name": "x", "quota": [1]}]}'
expect 0 a.csv $'id,x,provenance,source\na,1,own,b'
expect 1 a.csv $'id,x,provenance,source\na,1,own,'
expect 1 a.csv $'id,x,source\na,1,b'

if [ -z "$(find scenarios -name '*.json' 2>/dev/null)" ]; then
    echo "there are no scenarios" >&2
    exit 77
fi
python3 tests/tidy/sources.py scenarios
