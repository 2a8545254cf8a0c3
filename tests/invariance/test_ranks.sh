#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One run over MPI ranks: the state and the rows of the results are those of the serial command for 1, 2, 3 and 4 ranks of 1 and 2 threads,
# with programmes and without; a checkpoint of any number of ranks goes on on any other; a rank that is killed ends the job and leaves the
# last checkpoint good; what does not go over ranks says so. The serial command does not know MPI. ODD tag M-RANKS-1.
set -uo pipefail
. "$(dirname "$0")/../cli/common.sh"
over_ranks || {
    echo "skipped: Open MPI is not installed (packages openmpi-bin, libopenmpi-dev)"
    exit 77
}
cd "$work" || exit 1
needed() {
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}
needed "$over" | grep -q '^libmpi' || complain "the command of the preset cluster does not link MPI"
if [ "$(readlink -f "$over")" != "$(readlink -f "$QONYS")" ]; then
    ! needed "$QONYS" | grep -q '^libmpi' || complain "the serial command links MPI"
fi

# ranks RANKS CODE ARGUMENT...: as expect, over ranks.
ranks() {
    local count=$1 code=$2 got=0
    shift 2
    mpirun -n "$count" "$over" "$@" >stdout 2>stderr </dev/null || got=$?
    if [ $got -ne "$code" ]; then
        complain "exit code $got instead of $code: $count ranks, qonys $*"
        head -n 20 stderr >&2
    fi
}
digest() {
    sed -n 's/^state_digest: //p' stdout
}
rows() { # of the results, but for what a run says of itself
    local table
    for table in series flow programme period target zone region indicator; do
        query "$1" "SELECT '$table', * FROM $table ORDER BY fid" || complain "$1 has no table $table"
    done
}
compared=0
same() { # WHAT A B
    compared=$((compared + 1))
    [ "$2" = "$3" ] || complain "$1: $2 instead of $3"
}

# against NAME ARGUMENT...: the serial command, then ranks by threads.
against() {
    local name=$1 want count threads
    shift
    expect 0 run "$@" --quiet --out "$name.serial" --threads 2
    want=$(digest)
    rows "$name.serial/results.gpkg" >"$name.rows"
    [ "$(wc -l <"$name.rows")" -gt 1000 ] || complain "$name: few rows"
    for count in 1 2 3 4; do
        for threads in 1 2; do
            ranks $count 0 run "$@" --quiet --out "$name.over" --threads $threads
            same "$name on $count ranks of $threads threads" "$(digest)" "$want"
            [ "$(grep -c state_digest stdout)" -eq 1 ] || complain "$name: not one rank tells"
            rows "$name.over/results.gpkg" | cmp -s - "$name.rows" || complain "$name on $count ranks of $threads threads: other rows"
        done
    done
}
country land 7 280000
against land land/scenario.json --months 14
against baseline "$QON_SOURCE/scenarios/baseline.json" --months 14 --scale 60
concept=$QON_SOURCE/scenarios/concept-2017.json
against concept "$concept" --months 14 --scale 60
against alone "$QON_SOURCE/scenarios/baseline.json" --months 3 --scale 60 --set feedback.markets=false

# More ranks than blocks; and a scenario whose quota changes in the middle, with a waiting list, whose branch leaves the list's programme out.
country hamlet 3 20000
expect 0 run hamlet/scenario.json --months 6 --quiet --out small.serial
want=$(digest)
ranks 3 0 run hamlet/scenario.json --months 6 --quiet --out small.over --threads 1 --checkpoint-every 3
same "one block on three ranks" "$(digest)" "$want"
ranks 2 0 run hamlet/scenario.json --months 6 --quiet --out small.over --threads 1 --resume small.over/checkpoint.qonys
same "one block, gone on with on two ranks" "$(digest)" "$want"
python3 - <<'END' || exit 1
import json
policy = json.load(open("land/scenario.json"))
def programme(name, grant, places, months):
    return {"name": name, "at": "move", "eligible": {"age_years": {"min": 18, "max": 60}}, "waiting_months": months,
            "benefits": [{"kind": "grant", "amount_mci": grant}], "quota": {"all": {"each_year": places}},
            "awareness": {"start_share": 1, "considered_share": 1}}
policy["programmes"] = [programme("settle", 50, 60, 6)]
json.dump(policy, open("land/policy.json", "w"))
policy["changes"] = [{"month": "2017-06", "path": "programmes.settle.quota.all.each_year", "value": 200}]
json.dump(policy, open("land/changed.json", "w"))
policy["changes"] = []
policy["programmes"] = [programme("closed", 50, 0, 12)]
json.dump(policy, open("land/waits.json", "w"))
policy["programmes"] = [programme("other", 20, 50, 3)]
json.dump(policy, open("land/branch.json", "w"))
END
expect 0 run land/changed.json --months 9 --quiet --out changed.serial
want=$(digest)
rows changed.serial/results.gpkg >changed.rows
[ "$(query changed.serial/results.gpkg "SELECT sum(waiting) > 10 AND sum(served) > 5 FROM programme")" = 1 ] || complain "few wait and are served"
ranks 3 0 run land/changed.json --months 9 --quiet --out changed.over --threads 1
same "a changing quota on 3 ranks" "$(digest)" "$want"
rows changed.over/results.gpkg | cmp -s - changed.rows || complain "a changing quota on 3 ranks: other rows"
expect 0 run land/waits.json --months 4 --quiet --out waits --checkpoint-every 4
expect 0 run land/branch.json --months 8 --quiet --out branch.serial --resume waits/checkpoint.qonys
want=$(digest)
ranks 3 0 run land/branch.json --months 8 --quiet --out branch.over --resume waits/checkpoint.qonys --threads 1
same "a branch on 3 ranks" "$(digest)" "$want"
[ "$(grep -c 'the run branches' stderr)" -eq 1 ] || complain "not one word of the branch: $(cat stderr)"
ranks 2 2 run land/scenario.json --months 30 --quiet --out branch.none --resume changed.serial/none.qonys
# Grants of a programme that the branch does not have: refused, with the number over all ranks.
expect 0 run land/changed.json --months 9 --quiet --out changed.serial --checkpoint-every 9
expect 2 run land/branch.json --months 12 --quiet --out branch.none --resume changed.serial/checkpoint.qonys
sed -n 's/.*holds \([0-9]* grants\).*/\1/p' stderr >lost
[ -s lost ] || complain "the serial command does not say what is lost: $(cat stderr)"
ranks 3 2 run land/branch.json --months 12 --quiet --out branch.none --resume changed.serial/checkpoint.qonys
sed -n 's/.*holds \([0-9]* grants\).*/\1/p' stderr | cmp -s - lost || complain "ranks say another number: $(cat stderr)"
absent branch.none

# Checkpoints: each of two ranks and of none, gone on with on none, two and three; the concept has grants and waiting lists in them.
expect 0 run "$concept" --months 20 --scale 60 --quiet --out on.serial
want=$(digest)
rows on.serial/results.gpkg >on.rows
ranks 2 0 run "$concept" --months 11 --scale 60 --quiet --out of.2 --checkpoint-every 11
expect 0 run "$concept" --months 11 --scale 60 --quiet --out of.1 --checkpoint-every 11
# Pieces stand in the file in the order in which they are packed, so the packed directory is a few hundred bytes longer or shorter.
difference=$(($(stat -c %s of.2/checkpoint.qonys) - $(stat -c %s of.1/checkpoint.qonys)))
[ ${difference#-} -lt 1000 ] || complain "the size of a checkpoint differs by $difference bytes"
for from in 1 2; do
    for count in 2 3; do
        ranks $count 0 run "$concept" --months 20 --scale 60 --quiet --out on.over --resume of.$from/checkpoint.qonys --threads 1
        same "from $from rank(s) on $count" "$(digest)" "$want"
        rows on.over/results.gpkg | cmp -s - on.rows || complain "from $from rank(s) on $count: other rows"
    done
done
expect 0 run "$concept" --months 20 --scale 60 --quiet --out on.over --resume of.2/checkpoint.qonys
same "from 2 ranks on none" "$(digest)" "$want"
rows on.over/results.gpkg | cmp -s - on.rows || complain "from 2 ranks on none: other rows"

# A damaged checkpoint is refused by all ranks together, whichever of them finds it.
for part in 3 6 9; do
    cp of.1/checkpoint.qonys damaged.qonys
    size=$(stat -c %s damaged.qonys)
    printf 'damaged' | dd of=damaged.qonys bs=1 seek=$((size * part / 10)) conv=notrunc status=none
    ranks 3 2 run "$concept" --months 20 --scale 60 --quiet --out refused --resume damaged.qonys
    [ "$(grep -c 'damaged.qonys: ' stderr)" -eq 1 ] || complain "not one message of a damaged checkpoint: $(cat stderr)"
done
absent refused

# A rank is killed: the job ends and says so, and the last checkpoint is good.
expect 0 run land/scenario.json --months 60 --quiet --out long.serial
want=$(digest)
mpirun -n 3 "$over" run land/scenario.json --months 60 --quiet --out long --checkpoint-every 1 --threads 1 >stdout 2>stderr </dev/null &
job=$!
for _ in $(seq 600); do
    [ -s long/checkpoint.qonys ] && break
    sleep 0.05
done
victim=$(pgrep -P $job -f "$over" | tail -n 1)
kill -KILL "${victim:?no rank found}"
got=0
wait $job || got=$?
[ $got -ne 0 ] || complain "a job that lost a rank ended with 0"
grep -q 'exited on signal 9' stderr || complain "no word of the lost rank: $(cat stderr)"
absent long/results.gpkg
[ -z "$(pgrep -P $job)" ] || complain "ranks are left"
expect 0 run land/scenario.json --months 60 --quiet --out long --resume long/checkpoint.qonys
same "after a killed rank" "$(digest)" "$want"

# A signal to one rank stops all after the month, with a checkpoint.
rm -r long
mpirun -n 2 "$over" run land/scenario.json --months 600 --quiet --out long --checkpoint-every 1 --threads 1 >stdout 2>stderr </dev/null &
job=$!
for _ in $(seq 600); do
    [ -s long/checkpoint.qonys ] && break
    sleep 0.05
done
kill -TERM "$(pgrep -P $job -f "$over" | tail -n 1)"
got=0
wait $job || got=$?
[ $got -eq 130 ] || complain "a stopped job ended with $got: $(cat stderr)"
[ "$(grep -c 'qonys: interrupted after' stderr)" -eq 1 ] || complain "not one word of the interruption: $(cat stderr)"

# A rank that lacks memory says so and ends the job with the exit code of that.
got=0
# shellcheck disable=SC2016
mpirun -n 2 bash -c '[ "$OMPI_COMM_WORLD_RANK" -eq 0 ] || ulimit -v 450000; exec "$@"' limited \
    "$over" run "$QON_SOURCE/scenarios/baseline.json" --months 2 --quiet --threads 1 --out short >stdout 2>stderr </dev/null || got=$?
[ $got -eq 3 ] || complain "a rank without memory ended the job with $got: $(cat stderr)"
[ "$(grep -c 'not enough memory' stderr)" -eq 1 ] || complain "not one word of the lack of memory: $(cat stderr)"
absent short/results.gpkg

# What is wrong is said once, with the exit code of the serial command.
ranks 3 2 run nowhere.json
[ "$(grep -c 'nowhere.json' stderr)" -eq 1 ] || complain "not one message: $(cat stderr)"
touch file
ranks 2 3 run land/scenario.json --months 2 --quiet --out file/out
[ "$(grep -c 'file' stderr)" -eq 1 ] || complain "not one message of the folder: $(cat stderr)"
for verb in "compare land/scenario.json land/scenario.json" "explain land/scenario.json --person 1" "bench relocation" "view land/scenario.json"; do
    # shellcheck disable=SC2086
    ranks 2 2 $verb
    [ "$(grep -c 'does not go over ranks' stderr)" -eq 1 ] || complain "no word, or too many, of ranks: $(cat stderr)"
done
if ! needed "$QONYS" | grep -q '^libmpi'; then
    OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 expect 2 run land/scenario.json --quiet --out serial
    says stderr "built without MPI"
    absent serial
fi

# A study: its processes need no MPI, but a launcher of it starts them.
cat >study.json <<'END'
{"qonys_study": 1, "name": "spread", "scenarios": ["land/scenario.json"], "months": 3,
 "axes": [{"path": "choice.home_premium", "from": 0.5, "to": 1.5, "steps": 3}], "replicates": 2}
END
ranks 3 0 sweep study.json --out spread --quiet --jobs 1 --threads 1
expect 0 sweep study.json --out whole --quiet
for folder in spread whole; do
    expect 0 merge $folder --out $folder.gpkg
    query $folder.gpkg "SELECT run, seed, digest FROM run ORDER BY run" >$folder.runs
done
cmp spread.runs whole.runs || complain "a study over processes differs"
[ "$(wc -l <whole.runs)" -eq 6 ] || complain "not six runs"

# The bench: the same state, the work of both ranks, and what they handed on.
expect 0 bench full --scenario land/scenario.json --months 2 --alone
want=$(digest)
ranks 2 0 bench full --scenario land/scenario.json --months 2 --threads 1
same "the bench on 2 ranks" "$(digest)" "$want"
grep -q '^ranks: 2$' stdout || complain "the bench does not say its ranks"
handed=$(sed -n 's/^exchange_mb_month_rank: //p' stdout)
[ "$(echo "$handed" | awk '{print ($1 > 0.02 && $1 < 50)}')" = 1 ] || complain "the bench says that ranks handed on $handed MB a month"
echo "$compared comparisons"
exit $failed
