#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes checkpoints: tests/fuzz/test_checkpoint.sh [SECONDS]; without a time, the same few thousand inputs each time. Needs clang with libFuzzer and libomp. Begins with small changes to a
# good file and goes on from what earlier runs found in build/fuzz/corpus_checkpoint.
set -euo pipefail
cd "$(dirname "$0")/../.."
limit=(-seed=1 -runs=5000)
[ -n "${1:-}" ] && limit=(-max_total_time="$1")
work=${QON_BUILD:-build}/fuzz
objects=$work/objects_checkpoint
corpus=$work/corpus_checkpoint
command -v clang >/dev/null || { echo "clang is not installed"; exit 77; }
mkdir -p "$objects" "$corpus"
[ -w /dev/shm ] && export TMPDIR=/dev/shm # each input forces a file to the disk

cat >"$work/flags_checkpoint" <<'FLAGS'
-std=gnu11 -g -O1 -fopenmp -D_GNU_SOURCE -DQON_VERSION=\"fuzz\" -Iinclude -Itests/support -fno-omit-frame-pointer
-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
FLAGS
layers=(sim/base sim/state sim/model sim/input sim/record)
newest=$(find include sim tests/support \( -name '*.h' -o -name '*.def' \) -print0 | xargs -0 ls -t | head -n 1)
find "${layers[@]}" tests/support/country.c tests/support/scratch.c -name '*.c' | while read -r source; do
    object=$objects/${source//\//_}.o
    if [ ! "$object" -nt "$source" ] || [ ! "$object" -nt "$newest" ]; then
        printf '%s\n%s\n' "$source" "$object"
    fi
done | xargs -r -d '\n' -n 2 -P "$(nproc)" sh -c 'exec clang "@$0" -c "$1" -o "$2"' "$work/flags_checkpoint" >"$work/log_checkpoint" 2>&1 || {
    cat "$work/log_checkpoint"
    exit 1
}
rm -f "$work/objects_checkpoint.a"
ar rcs "$work/objects_checkpoint.a" "$objects"/*.o
clang "@$work/flags_checkpoint" -fsanitize=fuzzer tests/fuzz/fuzz_checkpoint.c "$work/objects_checkpoint.a" -lcjson -lsqlite3 -lxxhash -lzstd -lm \
    -o "$work/fuzz_checkpoint"

seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
printf '\x00' >"$seeds/empty"
printf '\x00\x89QONYS\r\n' >"$seeds/magic"
printf '\x01\x00\x00\x00\x00' >"$seeds/no_columns"
printf '\x02\x00\x00\x10' >"$seeds/directory"
printf '\x03' >"$seeds/good"
for kind in 0 1 2 3; do
    for column in 0 3 7 11 14; do
        printf "\\x03\\x$kind\\x$(printf %02x $column)\\x05\\x00\\x01\\x7f" >"$seeds/state_${kind}_$column"
    done
done
for piece in 00 18 19 1a 20 28 30 38 40 48 60 80 a0 c0; do
    for place in 00 08 0c 10 18 20 28 29 30 38 40; do
        printf "\x04\x$piece\x00\x$place\x00\x01" >"$seeds/piece_${piece}_$place"
    done
done
"$work/fuzz_checkpoint" "${limit[@]}" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$work/" "$corpus" "$seeds"
