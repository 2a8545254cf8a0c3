#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the tests of the command: a folder to work in, expectations, small countries.
# shellcheck disable=SC2034
[ -x "${QONYS:?}" ] || exit 77
work=$(mktemp -d)
mounted=
finish() {
    [ -n "$mounted" ] && umount "$mounted"
    rm -rf "$work"
}
trap finish EXIT
failed=0
export LC_ALL=C.UTF-8

complain() {
    echo "FAILED: $*" >&2
    failed=1
}

# expect CODE ARGUMENT...: runs the command; its output stands in $work/stdout and $work/stderr.
expect() {
    local code=$1 got=0
    shift
    "$QONYS" "$@" >"$work/stdout" 2>"$work/stderr" </dev/null || got=$?
    if [ $got -ne "$code" ]; then
        complain "exit code $got instead of $code: qonys $*"
        cat "$work/stderr" >&2
    fi
}

# says FILE TEXT: the output of the last command has the text.
says() {
    grep -qF -- "$2" "$work/$1" || {
        complain "$1 lacks: $2"
        head -n 20 "$work/$1" >&2
    }
}

# absent PATH...: nothing stands there.
absent() {
    local path
    for path in "$@"; do
        [ ! -e "$path" ] || complain "$path exists"
    done
}

# country FOLDER ZONES PERSONS: a made-up country; its scenario is FOLDER/scenario.json.
country() {
    "${QON_BUILD:?}/make_country" "$2" "$3" "$1" || exit 1
}

# over_ranks: builds the command of the preset cluster, $over, which mpirun and srun start several times; fails when there is no Open MPI.
over_ranks() {
    command -v mpirun >/dev/null && command -v mpicc >/dev/null || return 1
    mkdir -p "${QON_SOURCE:?}/build-cluster"
    ( # tests that run side by side build it once
        flock 9
        cmake -S "$QON_SOURCE" --preset cluster && cmake --build "$QON_SOURCE/build-cluster" --target qonys
    ) >"$work/built" 2>&1 9>"$QON_SOURCE/build-cluster/.lock" || {
        tail -n 20 "$work/built" >&2
        complain "the command does not build with MPI"
        exit 1
    }
    over=$QON_SOURCE/build-cluster/qonys
    # As root, and with more ranks than processors, Open MPI has to be told that it is meant.
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1
}

# query FILE SQL
query() {
    sqlite3 -readonly "$1" "$2"
}
