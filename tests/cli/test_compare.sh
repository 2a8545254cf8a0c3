#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# qonys compare in a made-up country: the topsheet, the tables, replicates and precision, languages, bad input, interruption. ODD tags
# M-COMPARE-1, M-COMPARE-2, M-COMPARE-3, M-WELFARE-1.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 4 40000
python3 - <<'END' || exit 1
import json
scenario = json.load(open("land/scenario.json"))
scenario["name"] = "base"
json.dump(scenario, open("land/base.json", "w"))
known = {"start_share": 1, "considered_share": 1}
settle = {"name": "settle", "at": "move", "eligible": {"all": [{"destination": {"kind": "rural"}}, {"same_zone": False}]},
          "benefits": [{"kind": "grant", "amount_mci": 100}], "awareness": known}
def write(name, programmes, **more):
    json.dump({"qonys": 1, "extends": "base.json", "name": name, "programmes": programmes, **more}, open(f"land/{name}.json", "w"))
write("few", [dict(settle, quota={"all": {"whole_time": 60}})])
write("many", [settle])
write("nobody", [dict(settle, eligible={"age_years": {"min": 110}})])
write("longer", [settle], months=7)
write("base-again", [settle])
again = json.load(open("land/base-again.json"))
again["name"] = "base"
json.dump(again, open("land/base-again.json", "w"))
END
run="compare land/base.json --months 12 --quiet"

# Nobody's life differs when nobody can be paid.
expect 0 $run land/nobody.json --out null --json
python3 - stdout <<'END' || complain "a policy for nobody does something"
import json, sys
c = json.load(open(sys.argv[1]))
alt = c["alternatives"][0]
assert alt["state_digest"] == c["base"]["state_digest"]
for name, effect in alt["effects"].items():
    assert effect["mean"] in (0, None), (name, effect)
assert {k: v["persons"] for k, v in alt["ledger"].items() if v["persons"]} == {"unaffected": c["persons_ever"]}, alt["ledger"]
END

# Two alternatives share a base; the digests are those of single runs; tables add up.
expect 0 $run land/few.json land/many.json --replicates 3 --out two --json --by age,sex+destination --threads 2
cp stdout two.json
for name in base few many; do
    expect 0 run land/$name.json --months 12 --quiet --out single-$name --json
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["state_digest"])' stdout >>digests
done
python3 - two.json two/results.gpkg digests <<'END' || complain "the topsheet is not what the tables add up to"
import json, math, sqlite3, sys
c = json.load(open(sys.argv[1]))
db = sqlite3.connect(sys.argv[2])
digests = open(sys.argv[3]).read().split()
assert [c["base"]["state_digest"]] + [a["state_digest"] for a in c["alternatives"]] == digests, digests
assert [r[0] for r in db.execute("select state_digest from run order by run")] == digests
assert c["replicates"] == 3
for alt in c["alternatives"]:
    name = alt["scenario"]
    one = lambda sql, *more: db.execute(sql, (name, *more)).fetchone()[0]
    for key, ledger in alt["ledger"].items():
        persons = one("select sum(persons) / 3.0 from ledger where alt = ? and class = ?", key)
        assert abs(persons - ledger["persons"]) < 1e-6, (name, key, persons, ledger)
    ever = [r[0] for r in db.execute("select sum(persons) from ledger where alt = ? group by replicate order by replicate", (name,))]
    assert len(ever) == 3 and (name != "few" or ever[0] == c["persons_ever"]), ever
    effect = {n: v["mean"] for n, v in alt["effects"].items()}
    assert abs(effect["movers_additional"] - (effect["induced_movers"] - effect["displaced_move"] + effect["spill_over"])) < 1e-6
    assert abs(effect["additionality_gross"] - effect["additionality_reference"] - effect["induced_movers"]) < 1e-6
    # The guide's formula, replicate by replicate.
    for r in range(3):
        get = lambda n: one("select value from effect where alt = ? and zone = 'ALL' and indicator = ? and replicate = ?", n, r)
        if get("multiplier") is not None:
            guide = (get("additionality_gross") - get("additionality_reference")) * (1 - get("displacement_share") / 100) * get("multiplier")
            assert abs(guide - get("movers_additional")) < 1e-6 * abs(guide) + 1e-6, (guide, get("movers_additional"))
    # Money of the ledger is that of the programme's rows in the first replicate.
    run = db.execute("select run from run where scenario = ?", (name,)).fetchone()[0]
    spent = db.execute("select sum(spent_tiyn) - sum(clawed_back_tiyn) from programme where run = ?", (run,)).fetchone()[0]
    assert spent == one("select sum(tiyn) from ledger where alt = ? and replicate = 0"), spent
    # Effects of indicators are differences of the runs' series.
    for indicator, how in (("population", "max(month)"), ("unemployed", "max(month)")):
        last = lambda k: db.execute("select value from series where run = ? and indicator = ? and zone = 'ALL' order by month desc limit 1",
                                    (k, indicator)).fetchone()[0]
        value = one("select value from effect where alt = ? and zone = 'ALL' and indicator = ? and replicate = 0", indicator)
        assert abs(value - (last(run) - last(1))) < 1e-6, (indicator, value)
    # Intervals: Student's t with two degrees of freedom, 4.302653.
    values = [r[0] for r in db.execute("select value from effect where alt = ? and zone = 'ALL' and indicator = 'movers_paid'", (name,))]
    mean = sum(values) / 3
    half = 4.302652729911275 * math.sqrt(sum((v - mean) ** 2 for v in values) / 2 / 3)
    e = alt["effects"]["movers_paid"]
    assert abs(e["mean"] - mean) < 1e-6 and abs(e["high"] - mean - half) < 1e-6, (e, mean, half)
    assert e["high_all"] >= e["high"] and e["low_all"] <= e["low"]
    assert alt["variance_ratio"] > 1, alt["variance_ratio"]
    groups = dict(db.execute("select indicator, sum(alt_value) from distribution where alt = ? and attribute_1 = 'age' group by 1", (name,)))
    for share in ("induced", "deadweight", "displaced", "spill_over"):
        assert abs(groups.get(share, 0) - alt["ledger"][share]["persons"]) < 1e-6, (share, groups.get(share), alt["ledger"][share])
few, many = c["alternatives"]
assert few["programmes"][0]["granted"] <= 60 and few["programmes"][0]["exhausted"], few["programmes"]
assert 0 < few["effects"]["movers_paid"]["mean"] < many["effects"]["movers_paid"]["mean"]
assert few["effects"]["unmet_demand"]["mean"] > 0 and many["effects"]["unmet_demand"]["mean"] == 0
assert few["marginal_cost_tenge"] is None
assert sorted(db.execute("select distinct attribute_1, attribute_2 from distribution").fetchall(), key=str) == \
    sorted([("age", "sex"), ("destination", None)], key=str)
END

# Any number of threads, or of processes, gives the same tables.
expect 0 $run land/few.json land/many.json --replicates 3 --out three-jobs --by age,sex+destination --threads 3 --jobs 3
expect 0 $run land/few.json land/many.json --replicates 3 --out one-thread --by age,sex+destination --threads 1
for table in effect ledger distribution; do
    cmp <(query two/results.gpkg "select * from $table") <(query one-thread/results.gpkg "select * from $table") ||
        complain "threads change the table $table"
    cmp <(query two/results.gpkg "select * from $table") <(query three-jobs/results.gpkg "select * from $table") ||
        complain "processes change the table $table"
done

# Replicates are added until it is sure enough, and not beyond what is allowed.
expect 0 $run land/many.json --replicates 2 --precision 60% --replicates-most 40 --out sure --json
python3 -c 'import json, sys
c = json.load(open("stdout"))
e = c["alternatives"][0]["effects"]["movers_additional"]
assert 2 <= c["replicates"] < 40 and (e["high"] - e["low"]) / 2 <= 0.6 * abs(e["mean"]), (c["replicates"], e)' || complain "--precision"
expect 0 $run land/many.json --replicates 2 --precision 0.0001 --replicates-most 3 --out most --json
python3 -c 'import json; assert json.load(open("stdout"))["replicates"] == 3' || complain "--replicates-most"

# The topsheet in each language; the report reads the file.
for words in "en:Additional movers" "kk:Қосымша көшкендер" "ru:Дополнительные переселенцы"; do
    expect 0 $run land/few.json --out text --lang "${words%%:*}"
    says stdout "${words#*:}"
    says stdout "base_digest: $(head -n 1 digests)"
done
absent text/.comparing* two/.comparing*

# The user's mistakes: nothing is written.
expect 2 $run land/longer.json --months 12 --by age,height --out bad
says stderr "no attribute of persons"
expect 2 compare land/base.json land/longer.json --quiet --out bad
says stderr "its months differ"
expect 2 $run land/base-again.json --out bad
says stderr "has the name 'base'"
expect 2 $run land/many.json --precision fine --out bad
says stderr "expected e.g. 5%"
expect 2 $run land/missing.json --out bad
expect 2 compare land/base.json
expect 2 $run land/many.json --replicates 0 --out bad
absent bad

# Interrupted: nothing stands under the final name, nothing is left beside.
"$QONYS" compare land/base.json land/many.json --months 1200 --quiet --out cut >/dev/null 2>stderr &
child=$!
sleep 1
kill -INT $child
wait $child
[ $? -eq 130 ] || complain "an interrupted comparison does not end with 130"
absent cut
for signal in INT TERM; do
    "$QONYS" compare land/base.json land/many.json --months 1200 --replicates 4 --jobs 2 --quiet --out cut >/dev/null 2>stderr &
    child=$!
    sleep 1
    kill -$signal $child
    wait $child
    [ $? -eq 130 ] || complain "an interrupted comparison of several processes does not end with 130"
    pgrep -P $child >/dev/null && complain "a process of a replicate lives on"
    absent cut
done

# One of its processes is killed: the machine's failure, told.
"$QONYS" compare land/base.json land/many.json --months 1200 --replicates 4 --jobs 2 --quiet --out cut >/dev/null 2>stderr &
child=$!
sleep 1
pkill -KILL -o -P $child
wait $child
[ $? -eq 3 ] || complain "a killed process of a replicate does not end with 3"
says stderr "was ended by signal 9"
absent cut
exit $failed
