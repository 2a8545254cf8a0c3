#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# qonys diff: nothing where nothing differs, values with unit and meaning, programmes by name, cells by key, files by content, notes on demand.
set -uo pipefail
. "$(dirname "$0")/common.sh"
country "$work/land" 6 12000
cp -r "$work/land" "$work/other"
cd "$work" || exit 1

# json FILTER EXPECTED: a value of the JSON of the last command.
json() {
    local found
    found=$(sqlite3 :memory: "SELECT $1 FROM json_each(readfile('stdout'), '\$.differences')")
    [ "$found" = "$2" ] || complain "$1 gives '$found', expected '$2'"
}

# Nothing differs: with itself, with a copy elsewhere, with an heir that changes nothing, with what the defaults say anyway.
echo '{"qonys": 1, "extends": "land/scenario.json", "name": "heir", "title": {"en": "Heir"}, "choice": {"home_premium": {"value": 2.5, "source": "x"}}}' >heir.json
for other in land/scenario.json other/scenario.json heir.json; do
    expect 0 diff land/scenario.json $other
    says stdout "no differences"
done
expect 0 diff land/scenario.json heir.json --all
says stdout "Heir"
says stdout "made_up_6"
says stdout "home_premium.source"
expect 0 diff land/scenario.json heir.json --json
json "count(*)" 0

# Values.
expect 0 diff land/scenario.json heir.json --set choice.home_premium=1.2 --set months=24 --set 'calendar.mci_tenge={"2017-01": 2300}'
says stdout "home_premium  2.5  →  1.2  home: utility of staying where one lives"
says stdout "months  12  →  24  length of the run [month]"
says stdout "mci_tenge.2017-01  2269  →  2300"
says stdout "mci_tenge.2018-01  2405  →  -"
says stdout "4 differences"
expect 0 diff land/scenario.json heir.json --set choice.home_premium=1.2 --json
json "json_extract(value, '\$.base') || json_extract(value, '\$.alternative') || json_extract(value, '\$.path')" "2.51.2choice.home_premium"

# Programmes by name, whatever their place; conditions as sets; benefits by kind.
cat >one.json <<'END'
{"qonys": 1, "extends": "land/scenario.json", "name": "one", "programmes": [
  {"name": "grant", "title": {"en": "A grant"}, "eligible": {"all": [{"education": ["college", "higher"]}, {"age_years": {"min": 18, "max": 40}}]},
   "benefits": [{"kind": "grant", "amount_mci": 70}], "quota": 100},
  {"name": "loan", "title": {"en": "A loan"}, "benefits": [{"kind": "loan", "principal_mci": 1500}]}]}
END
cat >two.json <<'END'
{"qonys": 1, "extends": "land/scenario.json", "name": "two", "programmes": [
  {"name": "land", "title": {"en": "Land"}, "benefits": [{"kind": "grant", "amount_mci": 5}]},
  {"name": "grant", "title": {"en": "Another title"}, "eligible": {"all": [{"age_years": {"min": 18, "max": 50}}, {"education": ["higher", "college"]}]},
   "benefits": [{"kind": "rent_support", "amount_mci_month": 2}, {"kind": "grant", "amount_mci": 90}], "quota": 120, "bond": {"months": 12}}]}
END
benefit=$("$QONYS" describe benefits rent_support | sed -n 's/^rent_support\.//p' | head -n 1)
sed -i "s/\"amount_mci_month\": 2/\"$benefit\": 2/" two.json
expect 0 diff one.json two.json
says stdout "loan  there  →  -      A loan"
says stdout "land  -      →  there  Land"
says stdout "eligible.all[0].age_years.max  40   →  50"
says stdout "amount, in monthly calculation indices [MCI]"
says stdout "benefits[1].amount_mci         70   →  90"
says stdout "bond.months                    0    →  12"
says stdout "quota                          100  →  120    most grants [place]"
says stdout "7 differences"
grep -q "education\|title" stdout && complain "the order of a set, or a title, counts as a difference"
expect 0 diff land/scenario.json one.json --json
json "count(*)" 2
json "max(json_extract(value, '\$.alternative.quota'))" 100

# Tables: cells by key, in whatever order the rows stand; rows that one side lacks; many of them; sources only with --all.
sed -i '2s/urban,west,500.0/urban,west,501.5/' other/zones.csv
{ head -n 1 land/network.csv; tail -n +2 land/network.csv | tac | sed '1d'; } >other/network.csv
{ head -n 1 land/schedules.csv; tail -n +2 land/schedules.csv | awk -F, -v OFS=, '{$9 = $9 * 0.5} 1'; } >other/schedules.csv
sed 's/own estimate,made up/own estimate,another source/' land/regions.csv >other/regions.csv
echo >>other/boundaries.geojson
expect 0 diff land/scenario.json other/scenario.json
says stdout "[R0000-U].area_km2  500  →  501.5  area [km2]"
says stdout "row of the table"
says stdout "more (--all shows them)"
says stdout "[f,16].participation_share"
says stdout "geography.boundaries"
grep -q "geography.regions" stdout && complain "a source counts as a difference"
expect 0 diff land/scenario.json other/scenario.json --all
says stdout "same rows; sources, their order or their form differ"
says stdout "[m,60].participation_share"
grep -q "more (--all" stdout && complain "--all leaves rows out"
expect 0 diff land/scenario.json other/scenario.json --json
json "sum(json_extract(value, '\$.group') = 'geography.network' and json_extract(value, '\$.change') = 'removed')" 1
json "sum(json_extract(value, '\$.group') = 'geography.network')" 1

# Mistakes.
expect 2 diff land/scenario.json
expect 2 diff land/scenario.json nowhere.json
says stderr "nowhere.json"
[ ! -s stdout ] || complain "something was printed after a mistake"
expect 2 diff land/scenario.json heir.json --set choice.home_premum=1
says stderr "did you mean home_premium?"
expect 0 diff --help
says stdout "usage: qonys diff A B"
exit $failed
