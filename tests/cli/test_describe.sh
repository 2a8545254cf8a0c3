#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# qonys describe: every topic, one item, JSON, unknown names. qonys check: what was understood.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

expect 0 describe
topics=(parameters tables programmes benefits attributes indicators results columns events draws)
for topic in "${topics[@]}"; do
    says stdout "$topic"
    expect 0 describe "$topic"
    [ "$(wc -l <stdout)" -gt 10 ] || complain "describe $topic says little"
    expect 0 describe "$topic" --json
    count=$(sqlite3 :memory: "SELECT count(*) FROM json_each(readfile('stdout')) WHERE json_extract(value, '$.name') <> ''")
    [ "${count:-0}" -gt 10 ] || complain "describe $topic --json is no array of named objects"
    expect 0 describe
done
expect 0 describe schema
[ "$(sqlite3 :memory: "SELECT json_valid(readfile('stdout'))")" = 1 ] || complain "the schema is not JSON"
expect 0 describe parameters choice.home_premium
says stdout "choice.home_premium"
says stdout "unit       1"
says stdout "default    2.5"
expect 0 describe parameters choice --json
[ "$(sqlite3 :memory: "SELECT count(*) > 5 AND min(json_extract(value, '$.name') LIKE 'choice.%') FROM json_each(readfile('stdout'))")" = 1 ] ||
    complain "a group's name should give the group"
expect 0 describe benefits grant
says stdout "grant.amount_mci"
says stdout "unit       MCI"
says stdout "one of     applicant|member"
says stdout "default    upfront"
says stdout "at         move, hire, residence, arrival, emigration, school"
expect 0 describe benefits loan.term_months
says stdout "maximum    600"
says stdout "default    180"
for kind in $(sed -n 's/^BENEFIT(\(.*\))$/\1/p' "$QON_SOURCE/include/qonys/benefits.def"); do
    expect 0 describe benefits "$kind"
    says stdout "$kind."
    says stdout "    meaning"
done
expect 0 describe attributes person.registered_months
says stdout "month"
expect 0 describe attributes zone.designated_reception
says stdout "true|false"
expect 0 describe programmes bond.months
expect 2 describe benefits grnt
says stderr "did you mean grant?"
expect 0 describe indicators unemployment_rate --lang kk
says stdout "Жұмыссыздық деңгейі"
expect 2 describe parameters choice.home_premum
says stderr "did you mean choice.home_premium?"
[ ! -s stdout ] || complain "something was printed for an unknown name"
expect 2 describe paramters
says stderr "did you mean parameters?"

country land 6 12000
expect 0 check land/scenario.json --months 24 --threads 2
says stdout "period: 2017-01 to 2018-12 (24 months)"
says stdout "zones: 6"
says stdout "persons: 12 000"
says stdout "memory: about"
absent out
expect 0 check land/scenario.json --scale 4 --json
[ "$(sqlite3 :memory: "SELECT json_extract(readfile('stdout'), '$.persons')")" = 3000.0 ] ||
    [ "$(sqlite3 :memory: "SELECT json_extract(readfile('stdout'), '$.persons')")" = 3000 ] || complain "check --json: wrong persons"
exit $failed
