#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of the window: a folder to work in, a small country with programmes, runs to compare with.
[ -x "${QON_BUILD:?}/qonys-view" ] || exit 77
look=${QON_SOURCE:?}/tests/look
work=$(mktemp -d)
trap 'finish' EXIT
finish() { rm -rf "$work"; }
failed=0
export LC_ALL=C.UTF-8
complain() {
    echo "FAILED: $*" >&2
    failed=1
}
cd "$work" || exit 1

"$QON_BUILD/make_country" 4 60000 land || exit 1
python3 - <<'END' || exit 1
import json
scenario = json.load(open("land/scenario.json"))
scenario["scale"] = 2
scenario["months"] = 24
json.dump(scenario, open("land/base.json", "w"))
known = {"start_share": 1, "considered_share": 1}
scenario["name"] = "policy"
scenario["programmes"] = [
    {"name": "settle", "title": {"en": "To settle", "kk": "Қоныстану", "ru": "Обустройство"}, "at": "move",
     "eligible": {"age_years": {"min": 18, "max": 60}},
     "benefits": [{"kind": "grant", "amount_mci": 50}, {"kind": "rent_support", "month_mci": 10, "months": 3}],
     "quota": {"all": {"each_year": 60}}, "bond": {"months": 12, "clawback_share": 1, "recovery_share": 0.5}, "awareness": known},
    {"name": "work", "at": "hire", "eligible": {"age_years": {"min": 16}},
     "benefits": [{"kind": "employer_subsidy", "month_mci": 3, "months": 6}], "budget": {"all": {"each_year": 9000000}},
     "awareness": known}]
json.dump(scenario, open("land/policy.json", "w"))
END

# digest SCENARIO ARGUMENT...: of the run without the window
digest() {
    "$QONYS" run "$@" --quiet --out "$work/out" 2>"$work/stderr" | sed -n 's/^state_digest: //p'
}
same() { # WHAT ONE OTHER
    [ -n "$2" ] && [ "$2" = "$3" ] || complain "$1: '$2' and '$3' should be equal"
}
# last KEY: what the session last said of it; every KEY: all of it
last() { sed -n "s/^$1: //p" "$work/told" | tail -n 1; }
every() { sed -n "s/^$1: //p" "$work/told" | tr '\n' ' '; }
