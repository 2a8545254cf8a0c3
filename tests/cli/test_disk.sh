#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Folders that cannot be written and disks that are full: exit code 3, a message, no part of a file, an older file untouched.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 6 6000
run=(run land/scenario.json --months 6 --quiet)

: >file
expect 3 "${run[@]}" --out file/out
says stderr "cannot make the folder"
expect 3 "${run[@]}" --out file
says stderr "cannot"
[ ! -s file ] || complain "the file was written to"
expect 3 "${run[@]}" --out /proc/qonys/out
says stderr "/proc/qonys"

# A limit on the size of files fails as a full disk does.
expect 0 "${run[@]}" --out old
sum=$(cksum <old/results.gpkg)
(
    trap '' XFSZ
    ulimit -f 40
    expect 3 "${run[@]}" --out old
    says stderr "cannot write the results"
    expect 3 "${run[@]}" --out new/deep
    exit $failed
) || failed=1
[ "$(cksum <old/results.gpkg)" = "$sum" ] || complain "the older file was changed"
[ "$(ls old)" = results.gpkg ] || complain "a part is left: $(ls old)"
absent new

# Another program writes to the older file: told before the months are computed; when it began later, the new results stand beside it.
hold() { # FILE: a transaction that is open until the descriptor 9 closes
    mkfifo lines
    sqlite3 "$1" <lines >held 2>&1 &
    holder=$!
    exec 9>lines
    printf '%s\n' "BEGIN EXCLUSIVE; UPDATE run SET seed = seed; SELECT 'held';" >&9
    for _ in $(seq 100); do grep -q held held && break; sleep 0.05; done
}
release() {
    printf 'ROLLBACK;\n' >&9
    exec 9>&-
    wait $holder
    rm -f lines held
}
sum=$(cksum <old/results.gpkg)
hold old/results.gpkg
expect 3 "${run[@]}" --out old
says stderr "old/results.gpkg: another program is writing to this file"
[ "$(cksum <old/results.gpkg)" = "$sum" ] || complain "the locked file was changed"
release
expect 0 "${run[@]}" --out old
"$QONYS" run land/scenario.json --months 6 --json --out late >/dev/null 2>&1 # a folder with a result to lock
(
    # The run is stopped after it looked at the folder, the file is locked, the run goes on.
    "$QONYS" run land/scenario.json --months 600 --out late >late.out 2>late.err &
    runner=$!
    for _ in $(seq 200); do grep -q '12/600' late.err && break; sleep 0.01; done
    kill -STOP $runner
    hold late/results.gpkg
    kill -CONT $runner
    wait $runner
    code=$?
    release
    [ $code -eq 3 ] && grep -q 'the new results are in late/results.gpkg.new' late.err
) || complain "a file locked late: $(cat late.err)"
[ "$(query late/results.gpkg 'SELECT max(month) FROM series')" = 2017-06 ] || complain "the locked file is not the older one"
[ "$(query late/results.gpkg.new 'SELECT max(month) FROM series')" = 2066-12 ] || complain "the new results are not beside the locked file"

# A real full disk, where one may be mounted.
mkdir disk
if mount -t tmpfs -o size=128k tmpfs disk 2>/dev/null; then
    mounted=$work/disk
    expect 3 "${run[@]}" --out disk
    says stderr "disk/results.gpkg.part"
    [ -z "$(ls -A disk)" ] || complain "left on the full disk: $(ls -A disk)"
    mount -o remount,ro disk
    expect 3 "${run[@]}" --out disk
    says stderr "Read-only file system"
    expect 3 "${run[@]}" --out disk/deeper
    # A study on a disk that fills up: what was done stays, the rest is done when there is room again; so too the joined results.
    cat >study.json <<'END'
{"qonys_study": 1, "name": "full", "scenarios": ["land/scenario.json"], "months": 6,
 "axes": [{"path": "choice.home_premium", "from": 0.5, "to": 1.5, "steps": 8}], "record": {"series": "end", "zones": false}}
END
    expect 0 sweep study.json --out roomy --quiet
    expect 0 merge roomy --out roomy.gpkg
    one=$(stat -c %s "$(ls roomy/runs/* | head -n 1)")
    umount disk
    mount -t tmpfs -o "size=$((one * 5))" tmpfs disk || exit 1
    expect 3 sweep study.json --out disk/study --jobs 1 --quiet
    says stderr "cannot write the results"
    grep -qE '^run [2-8]: disk/study/part/0-of-1/' stderr || complain "the run and its file are not named: $(cat stderr)"
    kept=$(ls disk/study/runs | wc -l)
    [ "$kept" -ge 1 ] && [ "$kept" -lt 8 ] || complain "$kept results on the full disk"
    [ -z "$(ls disk/study/part)" ] || complain "parts are left on the full disk"
    mount -o "remount,size=$((one * 11))" disk
    expect 0 sweep study.json --out disk/study --jobs 1 --quiet
    says stdout "done_before: $kept"
    mount -o "remount,size=$(($(du -sB1 disk | cut -f 1) + 65536))" disk
    expect 3 merge disk/study
    says stderr "cannot write the results"
    absent disk/study/results.gpkg disk/study/results.gpkg.part
    expect 0 merge disk/study --out joined.gpkg
    [ "$(query joined.gpkg 'SELECT group_concat(digest) FROM run')" = "$(query roomy.gpkg 'SELECT group_concat(digest) FROM run')" ] ||
        complain "the full disk left its trace in the results"
fi
exit $failed
