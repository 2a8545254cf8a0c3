#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 at twenty random moments of a sweep, which goes on each time: no row is lost or doubled, and nothing half is ever seen under runs/.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 4 6000
premiums=$(seq -s, 0.50 0.01 1.19)
cat >study.json <<END
{"qonys_study": 1, "name": "killed", "scenarios": ["land/scenario.json"], "months": 12,
 "axes": [{"path": "choice.home_premium", "values": [$premiums]}],
 "record": {"series": "end", "zones": false, "indicators": ["population", "births"]}}
END
dump() {
    query "$1" "SELECT run, scenario, months, seed, hash, persons, person_months, digest FROM run ORDER BY fid; SELECT * FROM series ORDER BY fid;
        SELECT * FROM period ORDER BY fid; SELECT * FROM flow ORDER BY fid; SELECT * FROM study_run ORDER BY fid; SELECT * FROM axis_value ORDER BY fid"
}
expect 0 sweep study.json --out whole --jobs 2 --quiet
expect 0 merge whole --out whole.gpkg
dump whole.gpkg >expected
[ "$(query whole.gpkg 'SELECT count(*) FROM run')" -eq 70 ] || complain "not seventy runs"

kills=0
tries=0
while [ $kills -lt 20 ] && [ $tries -lt 200 ]; do
    tries=$((tries + 1))
    "$QONYS" sweep study.json --out out --jobs 2 --quiet >/dev/null 2>stderr &
    pid=$!
    sleep "$(printf '0.%03d' $((RANDOM % 350)))"
    kill -9 $pid 2>/dev/null && kills=$((kills + 1))
    { wait $pid; } 2>/dev/null
    [ ! -s stderr ] || complain "said: $(cat stderr)"
    for file in out/runs/*; do
        [ -e "$file" ] || continue
        [ "$(query "$file" 'SELECT count(*) FROM run; PRAGMA quick_check')" = $'1\nok' ] || complain "$file is not whole after kill $kills"
    done
    if [ "$(ls out/runs 2>/dev/null | wc -l)" -eq 70 ]; then # all done: begin once more
        expect 0 merge out --out full.gpkg
        dump full.gpkg | cmp - expected || complain "rows differ after $kills kills"
        rm -rf out
    fi
done
[ $kills -eq 20 ] || complain "$kills kills only"
kept=$(ls out/runs 2>/dev/null | wc -l)
expect 0 sweep study.json --out out --jobs 2 --quiet
says stdout "done_before: $kept"
says stdout "done: $((70 - kept))"
[ "$(ls out/runs | wc -l)" -eq 70 ] && [ -z "$(ls out/part)" ] || complain "something else is left: $(ls out/part)"
expect 0 merge out --out out.gpkg
dump out.gpkg | cmp - expected || complain "rows differ at the end"

# A single run that is killed: it is named, the others are done, and the next sweep does it.
sed 's/"months": 12/"months": 360/; s/"name": "killed"/"name": "single"/' study.json | sed "s/\[$premiums\]/[0.5, 0.6, 0.7, 0.8]/" >single.json
"$QONYS" sweep single.json --out single --jobs 1 --quiet >stdout 2>stderr &
pid=$!
child=
for _ in $(seq 400); do
    child=$(cat /proc/$pid/task/$pid/children 2>/dev/null) && [ -n "$child" ] && kill -9 $child 2>/dev/null && break
    sleep 0.01
done
code=0
wait $pid || code=$?
[ $code -eq 3 ] || complain "exit code $code when a run was killed"
grep -qE "^run [1-4]: its process was ended by signal 9" stderr || complain "the killed run is not named: $(cat stderr)"
[ "$(ls single/runs | wc -l)" -eq 3 ] || complain "the other runs were not done"
expect 0 sweep single.json --out single --quiet
says stdout "done: 1"
exit $failed
