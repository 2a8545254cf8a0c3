#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Dated changes of programmes (M-CHANGE-1): before its month a change leaves no trace; from the first month on it is what --set makes of the
# same value; after it the run differs, the same with one thread, with two, and over a checkpoint on either side of it; what is added to a
# quota is there to be granted; what cannot change is refused at its line.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 4 60000
python3 - <<'END' || exit 1
import json
scenario = json.load(open("land/scenario.json"))
scenario["scale"] = 2
scenario["programmes"] = [
    {"name": "settle", "at": "move", "eligible": {"age_years": {"min": 18, "max": 60}},
     "benefits": [{"kind": "grant", "amount_mci": 50}], "quota": {"all": {"each_year": 60}}, "budget": {"all": {"each_year": 90000000}},
     "awareness": {"start_share": 1, "considered_share": 1}}]
json.dump(scenario, open("land/policy.json", "w"))
def write(name, changes):
    own = {"qonys": 1, "extends": "policy.json", "name": name, "changes": changes}
    json.dump(own, open(f"land/{name}.json", "w"), indent=1)
places = "programmes.settle.quota.all.each_year"
more = [{"month": "2018-03", "path": places, "value": 400, "source": "a test"},
        {"month": "2017-09", "path": places, "value": 90}]
write("more", more)
write("less", [{"month": "2017-10", "path": places, "value": 2}])
write("first", [{"month": "2017-01", "path": places, "value": 200}])
write("late", [{"month": "2030-01", "path": places, "value": 200}])
END

# digest NAME ARGUMENT...: runs land/NAME.json and prints the digest of its state
digest() {
    local name=$1
    shift
    "$QONYS" run "land/$name.json" "$@" --quiet --json --out "out" >summary.json 2>stderr || complain "qonys run $name $*: $(cat stderr)"
    python3 -c 'import json, sys; print(json.load(open("summary.json"))["state_digest"])'
}
same() { [ -n "$2" ] && [ "$2" = "$3" ] || complain "$1: $2 and $3 should be equal"; }
other() { [ -n "$2" ] && [ "$2" != "$3" ] || complain "$1: $2 and $3 should differ"; }
figure() { python3 -c 'import json, sys; print(json.load(open("summary.json"))["programmes"][0][sys.argv[1]])' "$1"; }

same "eight months before any change" "$(digest more --months 8)" "$(digest policy --months 8)"
other "nine months" "$(digest more --months 9)" "$(digest policy --months 9)"
same "a change after the end" "$(digest late --months 12)" "$(digest policy --months 12)"
same "a change in the first month" "$(digest first --months 12)" "$(digest policy --months 12 --set programmes.settle.quota.all.each_year=200)"
same "what holds from the first month on" "$(digest policy --months 12 --set 'changes=[{"month":"2017-01","path":"programmes.settle.quota.all.each_year","value":200}]')" "$(digest first --months 12)"

whole=$(digest more --months 20)
[ "$(figure granted)" -gt 150 ] || complain "what was added to the quota is not granted"
[ $(($(figure granted) + $(figure places_left))) -eq 490 ] || complain "90 places and 400: $(figure granted) granted, $(figure places_left) left"
same "one thread" "$whole" "$(digest more --months 20 --threads 1)"
for month in 9 14 15 18; do # before the first change comes the second, at it, after it
    digest more --months "$month" --checkpoint-every "$month" >/dev/null
    cp out/checkpoint.qonys at.qonys
    same "resumed after $month months" "$whole" "$(digest more --months 20 --resume at.qonys)"
done
digest less --months 12 >/dev/null
[ "$(figure places_left)" -eq 0 ] || complain "places are left although fewer are there than were granted"

# The effective scenario holds the changes; one that comes too late is told as unused.
sqlite3 -readonly out/results.gpkg "select scenario_json from run" | grep -q '"changes"' || complain "the results do not hold the changes"
expect 0 check land/late.json --months 12
says stdout '"changes"'

# refused WORDS CHANGE: at the line of the change
refused() {
    printf '{"qonys": 1, "extends": "policy.json", "name": "bad", "changes": [\n%s\n]}\n' "$2" >land/bad.json
    expect 2 check land/bad.json
    says stderr "land/bad.json:2:"
    says stderr "$1"
}
refused 'before the first month' '{"month": "2016-12", "path": "programmes.settle.take_up_month", "value": 1}'
refused 'nothing else can change' '{"month": "2018-01", "path": "choice.home_premium", "value": 1}'
refused 'expected 0 to 1' '{"month": "2018-01", "path": "programmes.settle.take_up_month", "value": 7}'
refused 'no element named setle (did you mean settle?)' '{"month": "2018-01", "path": "programmes.setle.take_up_month", "value": 1}'
refused 'there is no such key' '{"month": "2018-01", "path": "programmes.settle.take_up", "value": 1}'
refused 'did you mean month?' '{"mnth": "2018-01", "path": "programmes.settle.take_up_month", "value": 1}'
refused '"value" is missing' '{"month": "2018-01", "path": "programmes.settle.take_up_month"}'
refused 'expected a month YYYY-MM' '{"month": "2018-13", "path": "programmes.settle.take_up_month", "value": 1}'
refused 'first month of a programme' '{"month": "2018-01", "path": "programmes.settle.from", "value": "2018-03"}'
refused 'last month of a programme' '{"month": "2018-03", "path": "programmes.settle.to", "value": "2018-01"}'
refused 'name and event' '{"month": "2018-01", "path": "programmes.settle.at", "value": "residence"}'
refused 'number and kinds' '{"month": "2018-01", "path": "programmes.settle.benefits", "value": []}'
refused 'regions and years' '{"month": "2018-01", "path": "programmes.settle.quota", "value": {"all": {"2018": 5}}}'
refused 'name and event' '{"month": "2018-01", "path": "programmes.settle.name", "value": "other"}'
exit $failed
