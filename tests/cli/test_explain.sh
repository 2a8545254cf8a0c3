#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# qonys explain: the month that differs, the month asked for, sums that add up in JSON, words for those who are not there, mistakes.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$QON_SOURCE" || exit 1
base=scenarios/baseline.json
village=scenarios/diploma-to-village.json

# json EXPRESSION EXPECTED: of the JSON of the last command.
json() {
    local found
    found=$(sqlite3 :memory: "SELECT $1 FROM (SELECT readfile('$work/stdout') AS j)")
    [ "$found" = "$2" ] || complain "$1 gives '$found', expected '$2'"
}

# Somebody who moves in one world only: who, is found by asking heads of households one after another where all consider a move.
cat >"$work/all.json" <<END
{"qonys": 1, "extends": "$QON_SOURCE/$base", "name": "all", "scale": 4000, "months": 6, "trigger": {"hazard_scale_month": 8}}
END
cat >"$work/pay.json" <<'END'
{"qonys": 1, "extends": "all.json", "name": "pay", "programmes": [{"name": "gift", "title": {"en": "A gift"}, "eligible": {"destination": {"kind": "rural"}},
 "benefits": [{"kind": "grant", "amount_mci": 3000}], "awareness": {"start_share": 1, "considered_share": 1}}]}
END
found=
for person in $(seq 0 25 4400); do
    expect 0 explain "$work/all.json" "$work/pay.json" --person "$person" --quiet --json
    reason=$(sqlite3 :memory: "SELECT json_extract(readfile('$work/stdout'), '\$.reason')")
    if [ "$reason" = place ] && grep -q '"granted": \["gift"\]' "$work/stdout"; then
        found=$person
        break
    fi
done
[ -n "$found" ] || { complain "nobody moves for a gift"; exit 1; }
json "json_extract(j, '\$.base.zone_after') <> json_extract(j, '\$.alternative.zone_after')" 1
json "json_extract(j, '\$.base.applications')" "[]"
json "json_extract(j, '\$.alternative.applications[0].outcome')" granted
places="json_each(j, '\$.alternative.own_decision.places')"
grep -q '"own_decision": {"person"' "$work/stdout" || complain "no decision"
json "(SELECT count(*) > 3 FROM $places)" 1
json "(SELECT max(abs(json_extract(o.value, '\$.total') - json_extract(o.value, '\$.gumbel') - (SELECT sum(p.value) FROM json_each(o.value, '\$.parts') p))) < 1e-9 FROM $places o)" 1
month=$(sqlite3 :memory: "SELECT json_extract(readfile('$work/stdout'), '\$.month')")

expect 0 explain "$work/all.json" "$work/pay.json" --person "$found" --quiet
says stdout "Person $found ("
says stdout "$month: the first month after which the person lives elsewhere"
says stdout "Considers a move"
says stdout "Luck (frozen)"
says stdout "Total with support"
says stdout "; gift"
says stdout "known and open to this person"
cp "$work/stdout" "$work/decimal"
expect 0 explain "$work/all.json" "$work/pay.json" --person "$(printf '0x%x' "$found")" --quiet --threads 1
cmp -s "$work/stdout" "$work/decimal" || complain "a hexadecimal id, or one thread, gives another answer"
expect 0 explain "$work/all.json" "$work/pay.json" --person "$found" --month "$month" --quiet --json
json "json_extract(j, '\$.reason')" asked
expect 0 explain "$work/all.json" "$work/pay.json" --person "$found" --quiet --lang ru
says stdout "Обдумывает переезд"
says stdout "глава"
expect 0 explain "$work/all.json" "$work/pay.json" --person "$found" --quiet --lang kk
says stdout "Көшуді ойластырады"

# The same scenario twice: nothing differs. Few months: a child of a family that does not consider one.
expect 0 explain "$work/all.json" "$work/all.json" --person "$found" --quiet --json
json "json_extract(j, '\$.reason') in ('considered', 'never')" 1
expect 0 explain $base $village --scale 4000 --months 1 --set trigger.hazard_scale_month=0 --person 7 --quiet
says stdout "no move was considered in these months"

# Those who are not there.
expect 0 explain $base $village --scale 4000 --months 2 --person 0x8000000000000001 --month 2017-02 --quiet
says stdout "not there: not born or not arrived yet"

# Mistakes.
expect 2 explain $base $village --scale 4000 --months 2 --person 4500 --quiet
says stderr "those of the start have 0 to 44"
expect 2 explain $base $village --scale 4000 --months 2 --person 0x8000000000000001 --quiet
says stderr "nobody has the id"
expect 2 explain $base $village --scale 4000 --months 2 --person 7 --month 2018-01 --quiet
says stderr "is not within the run, 2017-01 to 2017-02"
expect 2 explain $base $village --person seven
says stderr "is no id"
expect 2 explain $base $village --person 7 --month May
says stderr "not of the form YYYY-MM"
expect 2 explain $base $village
says stderr "expected --person ID"
expect 2 explain $base "$work/all.json" --person 7
says stderr "another scale"
expect 0 explain --help
says stdout "usage: qonys explain BASE ALT"
exit $failed
