#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes the readers of scenarios, tables, boundaries and --set: tests/fuzz/test_scenario.sh [SECONDS], 30 by default. Needs clang with libFuzzer.
# Begins with a good made-up country and goes on from what earlier runs found in build/fuzz/corpus_scenario.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-30}
work=${QON_BUILD:-build}/fuzz
objects=$work/objects
corpus=$work/corpus_scenario
command -v clang >/dev/null || { echo "clang is not installed"; exit 77; }
mkdir -p "$objects" "$corpus"

cat >"$work/flags" <<'FLAGS'
-std=gnu11 -g -O1 -D_GNU_SOURCE -DQON_VERSION=\"fuzz\" -Iinclude -Itests/support -fno-omit-frame-pointer
-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
FLAGS
layers=()
for layer in base state model input; do # input may call no higher
    [ -d sim/$layer ] && layers+=("sim/$layer")
done
newest=$(find include tests/support "${layers[@]}" \( -name '*.h' -o -name '*.def' \) -print0 | xargs -0 ls -t | head -n 1)
find "${layers[@]}" tests/support/country.c tests/support/scratch.c -name '*.c' | while read -r source; do
    object=$objects/${source//\//_}.o
    if [ ! "$object" -nt "$source" ] || [ ! "$object" -nt "$newest" ]; then
        printf '%s\n%s\n' "$source" "$object"
    fi
done | xargs -r -d '\n' -n 2 -P "$(nproc)" sh -c 'exec clang "@$0" -c "$1" -o "$2"' "$work/flags" >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}
rm -f "$work/objects.a"
ar rcs "$work/objects.a" "$objects"/*.o
clang "@$work/flags" -fsanitize=fuzzer tests/fuzz/fuzz_scenario.c "$work/objects.a" -lcjson -lxxhash -fopenmp=libomp -lm -o "$work/fuzz_scenario"
clang -std=gnu11 -D_GNU_SOURCE -Itests/support tests/support/make_country.c tests/support/country.c -lm -o "$work/make_country"

# Seeds: each part of a good country behind the byte that selects it, and a few --set.
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
"$work/make_country" 3 10000 "$seeds/country"
mkdir "$seeds/seeds"
part=0
for file in scenario.json zones.csv regions.csv schedules.csv education_shares.csv boundaries.geojson sector_shares.csv flows.csv; do
    { printf "\\x$(printf %02x "$part")"; cat "$seeds/country/$file"; } >"$seeds/seeds/$file"
    part=$((part + 1))
done
{ printf '\x08'; cat "$seeds/country/scenario.json"; } >"$seeds/seeds/json"
for set in choice.home_premium=1 'programmes=[{"name":"a","b":[1,{"c":null}]}]' start=2018-01 'calendar.mci_tenge.2019-01={"value":2,"source":"x"}' \
    'title.en="\u0436"' labour.matching_elasticity.value=0.5; do
    printf '\x0c%s' "$set" >"$seeds/seeds/set_${set%%=*}"
done
full='programmes=[{"name":"a","at":"move","from":"2016-01","to":"2019-12","eligible":{"all":[{"education":["college","higher"]},
{"any":[{"age_years":{"min":18,"below":35.5}},{"not":{"owner":true}}]},{"destination":{"kind":"rural","region":["R0000"]},"employer":{"sector":"mining"}}]},
"benefits":[{"kind":"grant","amount_mci":70,"per":"member"},{"kind":"training","occupation":"health"}],
"quota":[{"R0000":{"2017":3,"each_year":4},"others":{"whole_time":5},"counts":"members","group":{"sex":"male"}},7],"budget":{"unit":"mci","all":9},
"ration":"points","points":[{"points":1,"who":{"minors":{"at_least":2}}}],"bond":{"months":3},"awareness":{"start_share":0.5},"exclusive_with":["b"]},
{"name":"b","at":"country","benefits":[{"kind":"information","about":"a"}],"ration":"priority","priority":[{"legal":"kandas"}]}]'
printf '\x0c%s' "$full" >"$seeds/seeds/set_full"
sed "s/\"programmes\": \[\]/\"programmes\": $(printf '%s' "${full#*=}" | tr '\n' ' ' | sed 's/[&/]/\\&/g')/" "$seeds/country/scenario.json" >"$seeds/full.json"
{ printf '\x00'; cat "$seeds/full.json"; } >"$seeds/seeds/full"
"$work/fuzz_scenario" -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -dict=tests/fuzz/scenario.dict -artifact_prefix="$work/" "$corpus" "$seeds/seeds"
