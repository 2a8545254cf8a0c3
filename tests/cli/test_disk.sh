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
fi
exit $failed
