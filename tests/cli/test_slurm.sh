#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts of sim/cluster on a real Slurm of one node, started and stopped here: an array of four shards, one of them killed and requeued
# once, then joined; the result is that of a sweep without shards. Then one run over two ranks, requeued once, which ends as the serial one.
set -uo pipefail
. "$(dirname "$0")/common.sh"
skip() {
    echo "skipped: $*"
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip "a Slurm of one's own needs root"
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch scontrol squeue; do
    command -v $program >/dev/null || skip "$program is not installed (packages munge, slurmctld, slurmd, slurm-client)"
done
cd "$work" || exit 1
chmod 755 "$work"
export SLURM_CONF=$work/slurm.conf
node=$(hostname -s)
stop_all() {
    [ ! -e slurmd.pid ] || kill "$(cat slurmd.pid)"
    [ ! -e slurmctld.pid ] || scontrol shutdown slurmctld
    for _ in $(seq 100); do
        [ -e slurmctld.pid ] || [ -e slurmd.pid ] || break
        sleep 0.05
    done
    [ ! -e munged.pid ] || kill "$(cat munged.pid)"
    sleep 0.2
} >/dev/null 2>&1
trap 'cd "$work"; stop_all; finish' EXIT

# Ports that nobody listens on, below those that the system gives to whoever asks for any.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo $port
}
mkdir state spool
dd if=/dev/urandom of=munge.key bs=1024 count=1 status=none
chmod 400 munge.key
munged --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" --log-file="$work/munged.log" \
    --seed-file="$work/munged.seed" || skip "munged does not start: $(tail -n 1 munged.log)"
cat >slurm.conf <<END
ClusterName=qonys
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$work/munge.socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=1
NodeName=$node NodeAddr=127.0.0.1 CPUs=4 RealMemory=2000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
slurmctld || skip "slurmctld does not start: $(tail -n 1 slurmctld.log)"
slurmd -N "$node" || skip "slurmd does not start: $(tail -n 1 slurmd.log)"
state=
for _ in $(seq 200); do
    state=$(sinfo -h -o %t 2>/dev/null)
    [ "$state" = idle ] && break
    sleep 0.1
done
[ "$state" = idle ] || skip "Slurm does not come up: node '$state', $(tail -n 2 slurmctld.log slurmd.log)"

country land 6 20000
cat >study.json <<'END'
{"qonys_study": 1, "name": "array", "scenarios": ["land/scenario.json"], "months": 240,
 "axes": [{"path": "choice.home_premium", "from": 0.5, "to": 1.5, "steps": 6}], "replicates": 2,
 "record": {"series": "years", "zones": false}}
END
dump() {
    query "$1" "SELECT run, scenario, months, seed, hash, persons, digest FROM run ORDER BY fid; SELECT * FROM series ORDER BY fid;
        SELECT * FROM period ORDER BY fid; SELECT * FROM flow ORDER BY fid; SELECT * FROM study_run ORDER BY fid; SELECT * FROM axis_value ORDER BY fid"
}
expect 0 sweep study.json --out whole --quiet
expect 0 merge whole --out whole.gpkg

"$QON_SOURCE/sim/cluster/sweep" study.json spread 4 --cpus-per-task=1 --mem=100M --time=10 >jobs 2>stderr || {
    complain "the study was not submitted: $(cat stderr)"
    exit 1
}
array=$(sed -n 's/^array //p' jobs)
merge=$(sed -n 's/^merge //p' jobs)
# Task 2 is killed once it has done a run and has another before it, and is requeued.
for _ in $(seq 600); do
    grep -q "1 of 3 done" spread/shard-2.log 2>/dev/null && break
    sleep 0.02
done
scontrol requeue "${array}_2" || complain "the task could not be requeued"
for _ in $(seq 1200); do
    left=$(squeue -h -j "$array,$merge" 2>/dev/null | wc -l)
    [ "$left" -eq 0 ] && break
    sleep 0.1
done
[ "$left" -eq 0 ] || complain "jobs are left: $(squeue)"
scontrol show job "$array" >shown
grep -A5 "ArrayTaskId=2 " shown | grep -q "Restarts=1" || complain "task 2 was not started again: $(cat shown)"
[ "$(grep -c JobState=COMPLETED shown)" -eq 4 ] || complain "not all tasks are complete: $(grep State shown)"
before=$(sed -n 's/^done_before: //p' spread/shard-2.log | tail -n 1) # what the second start found
[ "${before:-0}" -ge 1 ] && [ "$before" -lt 3 ] && grep -q "^done: $((3 - before))$" spread/shard-2.log ||
    complain "task 2 did not go on from where it was: $(cat spread/shard-2.log)"
scontrol show job "$merge" | grep -q JobState=COMPLETED || complain "the results were not joined: $(cat spread/merge.log)"
grep -q "^joined: 12" spread/merge.log || complain "not twelve runs joined: $(cat spread/merge.log)"
dump whole.gpkg >a
dump spread/results.gpkg >b
cmp a b || complain "the array's result differs from that of one sweep"
[ "$(wc -l <a)" -gt 200 ] || complain "the dump is short"

# One run over two ranks, which the scheduler takes away once it has a checkpoint, and starts again.
if over_ranks && srun --mpi=list 2>&1 | grep -q pmix; then
    country nation 6 150000
    expect 0 run nation/scenario.json --months 36 --quiet --out serial
    want=$(sed -n 's/^state_digest: //p' stdout)
    job=$(QONYS=$over sbatch --parsable --nodes=1 --cpus-per-task=1 --time=10 --output=run.log "$QON_SOURCE/sim/cluster/run.sbatch" nation/scenario.json \
        over --months 36 --quiet) || complain "the run was not submitted"
    for _ in $(seq 600); do
        [ -s over/checkpoint.qonys ] && break
        sleep 0.02
    done
    scontrol requeue "$job" || complain "the run could not be requeued"
    for _ in $(seq 1200); do
        [ -z "$(squeue -h -j "$job" 2>/dev/null)" ] && break
        sleep 0.1
    done
    scontrol show job "$job" >shown
    grep -q JobState=COMPLETED shown || complain "the run over two ranks is not complete: $(cat shown run.log)"
    grep -q Restarts=1 shown || complain "the run was not started again: $(cat shown)"
    [ "$(sed -n 's/^state_digest: //p' run.log)" = "$want" ] || complain "two ranks under Slurm end otherwise: $(cat run.log)"
    [ "$(query over/results.gpkg "SELECT count(*), sum(value) FROM series")" = "$(query serial/results.gpkg "SELECT count(*), sum(value) FROM series")" ] ||
        complain "two ranks under Slurm write other rows"
else
    echo "not tried: a run over ranks (packages openmpi-bin, libopenmpi-dev; Slurm's PMIx plugin)"
fi
exit $failed
