#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The number of zones, levels of education and occupations is data: made-up countries of 3 zones and of 1,000 run like Kazakhstan, on one and two
# threads with the same digest, and their results can be read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

run() { # ZONES PERSONS MONTHS
    "$QON_BUILD/make_country" "$1" "$2" "$folder/$1" >/dev/null
    scenario=$(find "$folder/$1" -maxdepth 1 -name '*.json' | head -n 1)
    for threads in 1 2; do
        "$QONYS" run "$scenario" --months "$3" --threads "$threads" --out "$folder/out-$1-$threads" --quiet >"$folder/said-$1-$threads"
    done
    one=$(sed -n 's/^state_digest: //p' "$folder/said-$1-1")
    two=$(sed -n 's/^state_digest: //p' "$folder/said-$1-2")
    [ -n "$one" ] && [ "$one" = "$two" ] || { echo "digests differ: '$one' '$two'"; exit 1; }
    zones=$(sqlite3 "$folder/out-$1-1/results.gpkg" "select count(*) from zone")
    [ "$zones" -eq "$1" ] || { echo "$zones zones in the results, expected $1"; exit 1; }
    last=$(sqlite3 "$folder/out-$1-1/results.gpkg" "select count(distinct zone) from series where indicator = 'population' and value > 0")
    [ "$last" -ge "$1" ] || { echo "population of $last zones, expected $1"; exit 1; }
}

run 3 3000 14
run 1000 300000 14
echo "countries of 3 and 1,000 zones run"
