#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A run with all programmes of the concept: its rows by month and region, the same after an interruption, for one and two threads; every scenario
# that is shipped is accepted and runs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$QON_SOURCE"

digest() { # NAME OPTIONS...
    local name=$1
    shift
    "$QONYS" run scenarios/concept-2017.json --scale 100 --months 14 --quiet --out "$folder/$name" "$@" | sed -n 's/^state_digest: //p'
}
rows() { # NAME
    sqlite3 "$folder/$1/results.gpkg" "select month, programme, region, applicants, granted, refused_quota, refused_budget, movers, spent_tiyn,
        clawed_back_tiyn, bound, retained_12 from programme order by 1, 2, 3"
}

whole=$(digest whole --threads 2)
[ -n "$whole" ] && [ "$whole" = "$(digest one --threads 1)" ] || { echo "the digest depends on threads"; exit 1; }
[ "$whole" = "$(digest stopped --checkpoint-every 9)" ] || { echo "the digest depends on checkpoints"; exit 1; }
[ "$whole" = "$(digest resumed --resume "$folder/stopped/checkpoint.qonys")" ] || { echo "the resumed run differs"; exit 1; }
rows whole >"$folder/rows"
[ "$(wc -l <"$folder/rows")" -gt 100 ] || { echo "few rows of programmes"; exit 1; }
rows resumed | cmp - "$folder/rows"
granted=$(sqlite3 "$folder/whole/results.gpkg" "select sum(granted) > 0 and min(spent_tiyn) >= 0 and sum(applicants) >= sum(refused_quota) +
    sum(refused_budget) from programme where programme in ('diploma_to_village', 'voluntary_relocation')")
[ "$granted" = 1 ] || { echo "grants do not add up"; exit 1; }

for scenario in scenarios/*.json; do
    [[ $scenario != scenarios/study-* ]] || continue
    "$QONYS" check "$scenario" >/dev/null
    "$QONYS" run "$scenario" --scale 400 --months 3 --quiet --out "$folder/each" >/dev/null
done
echo "programmes are recorded, resumed, and every scenario runs"
