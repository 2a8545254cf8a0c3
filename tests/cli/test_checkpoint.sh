#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checkpoints as a user meets them: every N months, on a signal, resumed to the same results, branched with a word about it, refused when
# spoilt, and a full disk.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 6 20000
run=(run land/scenario.json --quiet)
digest() {
    sed -n 's/^state_digest: //p' stdout
}
tables() { # FILE: everything that months have left in it
    query "$1" "SELECT * FROM series ORDER BY 1, 2, 3, 4" && query "$1" "SELECT * FROM flow ORDER BY 1, 2, 3, 4, 5, 6" &&
        query "$1" "SELECT id, persons_start FROM zone ORDER BY 1" && query "$1" "SELECT * FROM target ORDER BY 1, 2"
}
summary() { # what does not depend on the clock
    grep -vE '^(seconds|bytes|results|run)' stdout
}

expect 0 "${run[@]}" --months 20 --out whole
whole=$(digest)
summary >whole.summary
expect 0 "${run[@]}" --months 20 --out kept --checkpoint-every 7
[ "$(digest)" = "$whole" ] || complain "writing checkpoints changes the run"
[ "$(ls kept)" = "$(printf 'checkpoint.qonys\nresults.gpkg')" ] || complain "unexpected: $(ls kept)"

# after 14 months, on other threads, into another folder and into the same
for threads in 1 2 3; do
    expect 0 "${run[@]}" --months 20 --out "again$threads" --resume kept/checkpoint.qonys --threads $threads
    [ "$(digest)" = "$whole" ] || complain "resumed on $threads threads: another state"
    summary | diff whole.summary - >&2 || complain "resumed on $threads threads: another summary"
    [ "$(tables "again$threads/results.gpkg")" = "$(tables whole/results.gpkg)" ] || complain "rows are lost or doubled"
done
expect 0 run land/scenario.json --months 20 --out kept --resume kept/checkpoint.qonys
says stderr "going on with 2018-03, after 14 months of 'made_up_6'"
[ "$(digest)" = "$whole" ] || complain "resumed in place: another state"

# a longer scenario goes on where a shorter one ended
expect 0 "${run[@]}" --months 24 --out longer
longer=$(digest)
expect 0 "${run[@]}" --months 12 --out shorter --checkpoint-every 12
expect 0 "${run[@]}" --months 24 --out shorter --resume shorter/checkpoint.qonys
[ "$(digest)" = "$longer" ] || complain "a longer run resumed: another state"
# and of one that is over the results can be written again
expect 0 "${run[@]}" --months 12 --out short
short=$(digest)
expect 0 "${run[@]}" --months 12 --out kept12 --checkpoint-every 12
expect 0 "${run[@]}" --months 12 --out over --resume kept12/checkpoint.qonys
[ "$(digest)" = "$short" ] || complain "a run that was over: another state"
[ "$(tables over/results.gpkg)" = "$(tables short/results.gpkg)" ] || complain "a run that was over: other results"

# another scenario: allowed, told, its results begin there
expect 0 "${run[@]}" --months 20 --out branch --resume kept/checkpoint.qonys --set choice.home_premium=0.5 --seed 9
says stderr "the run branches in 2018-03 from a state of the scenario 'made_up_6': this one differs in seed, settings or tables"
[ "$(query branch/results.gpkg 'SELECT count(DISTINCT month), min(month) FROM series')" = "6|2018-03" ] ||
    complain "the branch does not begin with its first month"
country other 8 20000
expect 2 run other/scenario.json --out refused --resume kept/checkpoint.qonys
says stderr "kept/checkpoint.qonys: does not fit the scenario"
expect 2 run land/scenario.json --out refused --scale 2 --resume kept/checkpoint.qonys
expect 2 run land/scenario.json --out refused --resume land/scenario.json
says stderr "land/scenario.json: is not a checkpoint of qonys"
head -c 5000 kept/checkpoint.qonys >cut
expect 2 run land/scenario.json --out refused --resume cut
says stderr "cut: the checkpoint is cut: it has 5000 bytes instead of"
absent refused

# SIGUSR1: a checkpoint, and the run goes on
"$QONYS" run land/scenario.json --months 1200 --out asked >stdout 2>stderr &
pid=$!
for _ in $(seq 200); do
    grep -q "2017-12" stderr && break
    sleep 0.05
done
kill -USR1 $pid
for _ in $(seq 200); do
    [ -f asked/checkpoint.qonys ] && break
    sleep 0.05
done
[ -f asked/checkpoint.qonys ] || complain "no checkpoint after SIGUSR1"
kill -0 $pid || complain "the run has ended with SIGUSR1"
kill -KILL $pid
wait $pid 2>/dev/null
expect 2 "${run[@]}" --months 1 --out refused --resume asked/checkpoint.qonys # it stands where it should: after more than a month
says stderr "does not fit the scenario: it stands before"

# a full disk: exit code 3, a message, the former checkpoint good
mkdir disk
if mount -t tmpfs -o size=3m tmpfs disk 2>/dev/null; then
    mounted=$work/disk
    expect 0 "${run[@]}" --months 4 --out disk --checkpoint-every 4
    rm disk/results.gpkg
    head -c $((3 * 1024 * 1024 - 3 * $(stat -c %s disk/checkpoint.qonys) / 2)) /dev/zero >disk/filler
    expect 3 "${run[@]}" --months 20 --out disk --checkpoint-every 5
    says stderr "disk/checkpoint.qonys: cannot write the checkpoint: No space left on device"
    absent disk/checkpoint.qonys.part disk/results.gpkg
    expect 0 "${run[@]}" --months 20 --out after --resume disk/checkpoint.qonys
    [ "$(digest)" = "$whole" ] || complain "the former checkpoint is not good"
fi
exit $failed
