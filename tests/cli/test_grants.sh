#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two programmes in a made-up country: the summary, as text and as JSON, says what the rows by month and region add up to; what is left
# under limits is what grants have not taken; a branch from a checkpoint counts its own months only.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 4 60000
python3 - <<'END' || exit 1
import json
scenario = json.load(open("land/scenario.json"))
known = {"start_share": 1, "considered_share": 1}
scenario["scale"] = 2
scenario["programmes"] = [
    {"name": "settle", "at": "move", "eligible": {"age_years": {"min": 18, "max": 60}},
     "benefits": [{"kind": "grant", "amount_mci": 50}, {"kind": "rent_support", "month_mci": 10, "months": 3}],
     "quota": {"all": {"each_year": 60}}, "bond": {"months": 12, "clawback_share": 1, "recovery_share": 0.5}, "awareness": known},
    {"name": "work", "at": "hire", "eligible": {"age_years": {"min": 16}},
     "benefits": [{"kind": "employer_subsidy", "month_mci": 3, "months": 6}], "budget": {"all": {"each_year": 9000000}}, "carry_over": True,
     "awareness": known}]
json.dump(scenario, open("land/policy.json", "w"))
END

expect 0 run land/policy.json --months 16 --out whole --json --checkpoint-every 8
cp stdout whole.json
python3 - whole.json whole/results.gpkg <<'END' || complain "the summary is not what the rows add up to"
import json, sqlite3, sys
summary = json.load(open(sys.argv[1]))
rows = sqlite3.connect(sys.argv[2])
rows.row_factory = sqlite3.Row
last = rows.execute("select max(month) from series").fetchone()[0]
programmes = {p["name"]: p for p in summary["programmes"]}
assert list(programmes) == ["settle", "work"], programmes
for name, programme in programmes.items():
    for measure in programme:
        if measure in ("name", "exhausted", "places_left", "budget_left_tiyn"):
            continue
        only = "and month = '%s'" % last if measure in ("bound", "waiting") else ""
        value = rows.execute(f"select coalesce(sum({measure}), 0) from programme where programme = ? {only}", (name,)).fetchone()[0]
        assert value == programme[measure], (name, measure, value, programme[measure])
settle, work = programmes["settle"], programmes["work"]
assert settle["granted"] > 0 and settle["refused_quota"] > 0 and settle["refused_budget"] == 0, settle
assert work["granted"] > 0 and work["refused_budget"] > 0 and work["refused_quota"] == 0, work
year = lambda name, measure, since="2018-01": rows.execute(
    f"select coalesce(sum({measure}), 0) from programme where programme = ? and month >= ?", (name, since)).fetchone()[0]
assert settle["places_left"] == 60 - year("settle", "granted"), settle
assert settle["budget_left_tiyn"] is None and work["places_left"] is None
promised, returned = year("work", "committed_tiyn", "2017-01"), year("work", "returned_tiyn", "2017-01")
assert returned > 0 and work["budget_left_tiyn"] == 2 * 900000000 - promised + returned, work
for name, measure in (("settle", "refused_quota"), ("work", "refused_budget")):
    first = rows.execute(f"select min(month) from programme where programme = ? and {measure} > 0", (name,)).fetchone()[0]
    assert programmes[name]["exhausted"] == first, (name, first)
for year_of in ("2017", "2018"):
    assert rows.execute("select sum(granted) from programme where programme = 'settle' and month like ?", (year_of + "%",)).fetchone()[0] <= 60
END

# words of each language, figures of the run
for words in "en:places left" "kk:қалған орын" "ru:осталось мест"; do
    expect 0 run land/policy.json --months 3 --out text --lang "${words%%:*}"
    says stdout "${words#*:}"
    grep -q '^settle ' stdout || complain "no line of the programme"
done

# a branch of 16 months from month 8 (of the run's first checkpoint): rows and summary are of its own months
expect 0 run land/policy.json --months 8 --out first --checkpoint-every 8
expect 0 run land/policy.json --months 16 --out branch --json --seed 7 --resume first/checkpoint.qonys
granted=$(query branch/results.gpkg "select sum(granted) from programme where programme = 'work'")
grep -q "\"name\": \"work\"[^}]*\"granted\": $granted," stdout || complain "the branch's summary counts other months than its rows: $granted"
[ "$(query branch/results.gpkg "select min(month) from programme")" = 2017-09 ] || complain "the branch has rows of the months before"

exit $failed
