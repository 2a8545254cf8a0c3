#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A study: its runs are those that qonys run would compute, shards and interruptions leave no trace in the joined results, mistakes are told
# with their place before anything is written.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 6 20000

cat >study.json <<'END'
{
  "qonys_study": 1,
  "name": "trial",
  "scenarios": ["land/scenario.json"],
  "months": 14,
  "axes": [
    {"name": "premium", "path": "choice.home_premium", "values": [0.5, 1.5]},
    {"path": "choice.income_weight", "from": 0.5, "to": 1.5, "steps": 3}
  ],
  "replicates": 2,
  "record": {"series": "years", "indicators": ["population", "births", "unemployment_rate"]}
}
END
# What stands in a results file but for times, machine and command.
dump() {
    local table
    query "$1" "SELECT run, scenario, start, months, seed, scale, scenario_json, hash, persons, households, employers, person_months, digest
        FROM run ORDER BY run"
    for table in series period flow programme target study axis study_run axis_value indicator; do
        echo "-- $table"
        query "$1" "SELECT * FROM $table ORDER BY fid"
    done
    query "$1" "SELECT id, region, hex(geom) FROM zone ORDER BY fid"
}
same() { # NAME FILE SQL VALUE
    local got
    got=$(query "$2" "$3")
    [ "$got" = "$4" ] || complain "$1: '$got' instead of '$4'"
}

# --dry-run looks and writes nothing.
expect 0 sweep study.json --dry-run
says stdout "runs: 12"
says stdout "axis premium: choice.home_premium, 2 values"
says stdout "done already: 0"
grep -qE '^memory: about [0-9]+ MB$' stdout || complain "no memory is said"
grep -qE '^time: about [0-9]+ s$' stdout || complain "no time is said"
absent out
expect 0 sweep study.json --dry-run --json --shard 1/5
says stdout '"runs": 12, "runs_shard": 3'

# At once, and joined twice: the same bytes.
expect 0 sweep study.json --out whole
says stdout "done: 12"
[ "$(ls whole/runs | wc -l)" -eq 12 ] || complain "not twelve results"
[ -z "$(ls whole/part)" ] || complain "something is left under part/"
expect 0 merge whole --out whole.gpkg
says stdout "joined: 12"
expect 0 merge whole --out again.gpkg
cmp whole.gpkg again.gpkg || complain "joined twice, other bytes"
absent whole.gpkg.part

# Runs are those of qonys run with the same values; replicates have other seeds.
for run in 1 6 11; do
    read -r seed premium weight < <(query whole.gpkg "SELECT r.seed || ' ' || p.json || ' ' || w.json FROM study_run r JOIN axis_value p ON
        p.run = r.run AND p.axis = 'premium' JOIN axis_value w ON w.run = r.run AND w.axis = 'choice.income_weight' WHERE r.run = $run")
    expect 0 run land/scenario.json --months 14 --seed "$seed" --set "choice.home_premium=$premium" --set "choice.income_weight=$weight" \
        --out single --quiet
    same "digest of run $run" whole.gpkg "SELECT digest FROM run WHERE run = $run" "$(sed -n 's/^state_digest: //p' stdout)"
    same "scenario of run $run" whole.gpkg "SELECT json_extract(scenario_json, '$.choice.home_premium') = $premium FROM run WHERE run = $run" 1
done
same "order of values" whole.gpkg "SELECT group_concat(value, ' ') FROM (SELECT value FROM axis_value WHERE axis = 'choice.income_weight' ORDER BY run)" \
    "0.5 0.5 1.0 1.0 1.5 1.5 0.5 0.5 1.0 1.0 1.5 1.5"
same "replicates" whole.gpkg "SELECT count(DISTINCT seed), count(DISTINCT digest) FROM run" "2|12"
own=$("$QONYS" check land/scenario.json | sed -n 's/^seed: //p')
same "replicate 0" whole.gpkg "SELECT DISTINCT seed FROM study_run WHERE replicate = 0" "$own"

# Periods: what is counted adds up to the whole, what stands is that of the end (the single run above has all months of run 11).
for indicator in births population; do
    [ $indicator = births ] && what="sum(value)" || what="value"
    for period in "2017-01 2017-12" "2018-01 2018-02"; do
        read -r first last <<<"$period"
        expected=$(query single/results.gpkg "SELECT $what FROM series WHERE indicator = '$indicator' AND zone = 'ALL' AND
            month BETWEEN CASE '$indicator' WHEN 'births' THEN '$first' ELSE '$last' END AND '$last'")
        same "$indicator $period" whole.gpkg "SELECT value FROM period WHERE run = 11 AND zone = 'ALL' AND indicator = '$indicator' AND
            first = '$first' AND last = '$last'" "$expected"
    done
done
same "months kept" whole.gpkg "SELECT group_concat(month) FROM (SELECT DISTINCT month FROM series ORDER BY month)" "2017-12,2018-02"
same "indicators kept" whole.gpkg "SELECT count(*) FROM indicator" 3
same "flows kept" whole.gpkg "SELECT count(DISTINCT run) FROM flow" 12
ogrinfo -so whole.gpkg zone >/dev/null 2>&1 || ! command -v ogrinfo >/dev/null || complain "no GeoPackage to GDAL"

if [ -x "$QON_BUILD/qonys-report" ]; then
    expect 0 report whole.gpkg --html whole.html
    [ -s whole.html ] || complain "no report of the joined results"
fi

# In shards, in two folders, with other numbers of runs at a time.
for shard in 0 2; do
    expect 0 sweep study.json --out one --shard $shard/3 --jobs 2 --threads 4 --quiet
done
expect 2 merge one --out joined.gpkg
says stderr "one: 4 of 12 runs are missing: 1, 4, 7, 10"
absent joined.gpkg joined.gpkg.part
expect 0 merge one --out part.gpkg --partial --json
says stdout '{"runs": 12, "joined": 8, "missing": 4'
same "runs in part" part.gpkg "SELECT group_concat(run) FROM (SELECT run FROM run ORDER BY run)" "2,3,5,6,8,9,11,12"
expect 0 sweep study.json --out two --shard 1/3 --jobs 1 --threads 1
says stderr "run 1 ended: 1 of 4 done"
expect 0 merge two one --out joined.gpkg
dump whole.gpkg >a
dump joined.gpkg >b
cmp a b || complain "shards differ from the whole"
[ "$(wc -l <a)" -gt 500 ] || complain "the dump is short"

# Started by mpirun, each of its processes takes a part.
for rank in 2 0 1; do
    OMPI_COMM_WORLD_RANK=$rank OMPI_COMM_WORLD_SIZE=3 expect 0 sweep study.json --out ranks --quiet
    says stdout "done: 4"
done
expect 0 merge ranks --out ranks.gpkg
dump ranks.gpkg | cmp - a || complain "processes of a launcher differ from the whole"

# What is done is not done again; what a change leaves as it was is not either.
before=$(ls -l --time-style=full-iso whole/runs)
expect 0 sweep study.json --out whole
says stdout "done_before: 12"
says stdout "done: 0"
[ "$before" = "$(ls -l --time-style=full-iso whole/runs)" ] || complain "results were written again"
sed 's/\[0.5, 1.5\]/[0.5, 0.8, 1.5]/' study.json >more.json
expect 0 sweep more.json --out whole --quiet
says stdout "done_before: 12"
says stdout "done: 6"
expect 0 merge whole --out more.gpkg
same "runs after the change" more.gpkg "SELECT count(*), max(run) FROM run" "18|18"
expect 2 merge whole one
says stderr "is of another study than whole/shards/0-of-1.db"
# Another table of the scenario is another scenario.
cp -r land other && sed -i 's/"months": 12/"months": 13/' other/scenario.json
sed 's|land/|other/|; s/  "months": 14,//' study.json >other.json
expect 0 sweep other.json --out other-out --dry-run
says stdout "done already: 0"

# A signal: runs that go on are broken off, those that ended are kept.
sed 's/"months": 14/"months": 240/' study.json >long.json
for signal in TERM INT; do
    set -m
    rm -rf stop
    "$QONYS" sweep long.json --out stop --jobs 2 >stdout 2>stderr &
    pid=$!
    set +m
    for _ in $(seq 400); do
        grep -q "3 of 12 done" stderr && break
        sleep 0.05
    done
    kill -$signal $pid
    code=0
    wait $pid || code=$?
    [ $code -eq 130 ] || complain "exit code $code after SIG$signal"
    says stderr "the same command goes on from there"
    kept=$(ls stop/runs | wc -l)
    [ "$kept" -ge 3 ] && [ "$kept" -lt 12 ] || complain "$kept results after SIG$signal"
    [ -z "$(ls stop/part)" ] || complain "something is left under part/ after SIG$signal"
done
expect 0 sweep long.json --out stop --quiet
says stdout "done_before: $kept"

# Quasi-random designs: numbers of runs, whole numbers, the same again.
cat >design.json <<'END'
{"qonys_study": 1, "name": "design", "scenarios": ["land/scenario.json"], "months": 1,
 "axes": [{"path": "choice.home_premium", "from": 0.5, "to": 1.5}, {"name": "months", "path": "demography.leave_home_rate_factor", "values": [1, 1.1]},
          {"name": "seed", "path": "seed", "from": 1, "to": 4, "whole": true}],
 "design": {"sobol": 4}, "record": {"series": "end", "zones": false, "flows": false, "programmes": false}}
END
expect 0 sweep design.json --out design --quiet
expect 0 merge design
file=design/results.gpkg
same "points" $file "SELECT group_concat(value, ' ') FROM (SELECT value FROM axis_value WHERE axis = 'choice.home_premium' ORDER BY run)" \
    "1.0 1.25 0.75 0.875 1.0 1.25 0.75 0.875"
same "whole numbers" $file "SELECT group_concat(json, ' ') FROM (SELECT json FROM axis_value WHERE axis = 'seed' AND run <= 4 ORDER BY run)" "3 2 4 2"
same "zones and flows left out" $file "SELECT (SELECT count(DISTINCT zone) FROM series) || (SELECT count(*) FROM flow)" 10

# Mistakes: exit code 2, their place, nothing written.
wrong() { # SED-SCRIPT MESSAGE
    sed "$1" study.json >wrong.json
    expect 2 sweep wrong.json --out wrong
    says stderr "$2"
    absent wrong
}
wrong 's/choice.home_premium/choice.home_premum/' 'wrong.json:7:66: choice.home_premum: there is no such key (did you mean home_premium?)'
wrong 's/\[0.5, 1.5\]/[0.5, 15e9]/' 'wrong.json:7:72: choice.home_premium: is 15000000000, expected'
wrong 's|land/scen|land/zcen|' 'land/zcenario.json: the file cannot be read'
wrong 's/unemployment_rate/unemployment_rat/' 'wrong.json:11:72: record.indicators[2]: there is no indicator unemployment_rat in land/scenario.json (did you mean unemployment_rate?)'
wrong 's/"steps"/"step"/' 'wrong.json:8:62: axes[1].step: there is no such key (did you mean steps?)'
wrong 's/"months": 14/"months": 0/' 'wrong.json:5:13: months: is 0, expected 1 to 1200'
for shard in 4/4 1 a/2 1/0 -1/4 0/4x; do
    expect 2 sweep study.json --shard "$shard" --out wrong
    says stderr "\"$shard\" is not I/N"
done
expect 2 sweep land/scenario.json --out wrong
says stderr 'this looks like a scenario, not a study'
expect 2 merge land
says stderr "land: is no folder of a study"
absent wrong
# A run that cannot be done after others could is named, and the others stand.
sed 's/"values": \[0.5, 1.5\]/"values": [0.5]/' study.json >narrow.json
expect 0 sweep narrow.json --out damaged --quiet
first=$(query "damaged/shards/0-of-1.db" "SELECT key FROM study_run WHERE run = 2")
head -c 20000 "damaged/runs/$first.gpkg" >cut && mv cut "damaged/runs/$first.gpkg"
expect 3 merge damaged
says stderr "damaged/runs/$first.gpkg: cannot be read"
absent damaged/results.gpkg damaged/results.gpkg.part
# Two at the same shard in the same folder.
"$QONYS" sweep long.json --out twice --jobs 1 --quiet &
pid=$!
for _ in $(seq 100); do
    [ -e twice/shards/0-of-1.db ] && break
    sleep 0.05
done
expect 3 sweep long.json --out twice
says stderr "another process is at work on shard 0 of 1 in this folder"
kill $pid
wait $pid
exit $failed
