#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A run of a small country: its summary, its results read back by others, its progress.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country land 6 30000

expect 0 run land/scenario.json --months 14 --lang en
keys=(persons households employers person_months seconds_synthesis seconds_run bytes_per_person state_digest)
for key in "${keys[@]}"; do
    grep -qE "^$key: [0-9a-f.]+$" stdout || complain "the summary lacks $key"
done
[[ $(sed -n 's/^state_digest: //p' stdout) =~ ^[0-9a-f]{16}$ ]] || complain "state_digest is not 16 hexadecimal digits"
says stdout "Moves between regions: "
says stdout "Target 5. "
says stderr "2017-12  12/14 months"
says stderr "2018-02  14/14 months"
file=$(sed -n 's/^results: //p' stdout)
[ -f "$file" ] || complain "no results at '$file'"
[ "$(ls "$(dirname "$file")")" = results.gpkg ] || complain "something else stands beside the results"

# by SQLite
same() { # NAME SQL VALUE
    local got
    got=$(query "$file" "$2")
    [ "$got" = "$3" ] || complain "$1: '$got' instead of '$3'"
}
summary() {
    sed -n "s/^$1: //p" stdout
}
same months "SELECT count(DISTINCT month), min(month), max(month) FROM series" "14|2017-01|2018-02"
same "rows of series" "SELECT count(*) = 14 * (SELECT count(*) FROM indicator) * (1 + (SELECT count(*) FROM zone)) FROM series" 1
same persons "SELECT persons FROM run" "$(summary persons)"
same digest "SELECT digest FROM run" "$(summary state_digest)"
same "population at the end" "SELECT CAST(value AS INTEGER) FROM series WHERE month = '2018-02' AND zone = 'ALL' AND indicator = 'population'" \
    "$(summary persons)"
same "scenario kept" "SELECT json_extract(scenario_json, '$.months') FROM run" 14
same "unused is JSON" "SELECT json_valid(unused) FROM run" 1
same targets "SELECT count(*) FROM target" 5
same "tables" "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('run','zone','indicator','series','flow','programme','target',
    'effect','ledger')" 9
# persons = before + births + arrivals - deaths - departures, by zone and month; the first month starts from zone.persons_start
same conservation "WITH s AS (SELECT zone, month, max(CASE indicator WHEN 'population' THEN value END) AS persons,
    sum(CASE indicator WHEN 'natural_growth' THEN value WHEN 'net_migration_region' THEN value WHEN 'net_migration_zone' THEN value
    WHEN 'net_migration_external' THEN value END) AS change FROM series WHERE zone <> 'ALL' GROUP BY zone, month),
    t AS (SELECT zone, persons, change, lag(persons) OVER (PARTITION BY zone ORDER BY month) AS before FROM s)
    SELECT count(*) FROM t WHERE persons <> coalesce(before, (SELECT persons_start FROM zone WHERE id = t.zone)) + change" 0
same "flows agree with arrivals" "SELECT (SELECT coalesce(sum(persons), 0) FROM flow WHERE kind IN ('region', 'zone')) =
    (SELECT sum(value) FROM series WHERE zone <> 'ALL' AND indicator IN ('arrivals_region', 'arrivals_zone'))" 1

# as a map, by GDAL
ogrinfo -al -so "$file" >gdal 2>gdal.err || complain "ogrinfo failed"
[ -s gdal.err ] && complain "ogrinfo warns: $(cat gdal.err)"
grep -qi warning gdal && complain "ogrinfo warns: $(grep -i warning gdal)"
ogrinfo -ro -q -sql "SELECT count(*) AS n FROM zone WHERE ST_GeometryType(geom) = 'MULTIPOLYGON' AND ST_IsValid(geom)" "$file" | grep -q "n (Integer) = 6" ||
    complain "the zones have no valid shapes"
validator=$(python3 -c 'import osgeo_utils.samples.validate_gpkg as v; print(v.__file__)' 2>/dev/null)
if [ -n "$validator" ]; then
    python3 "$validator" "$file" >gdal 2>&1 || complain "not a valid GeoPackage: $(cat gdal)"
fi

# as JSON: one object, the last line, the same keys and the same digest
digest=$(summary state_digest)
expect 0 run land/scenario.json --months 14 --json --quiet --out other --threads 1
[ ! -s stderr ] || complain "--quiet is not quiet: $(cat stderr)"
[ "$(wc -l <stdout)" -eq 1 ] || complain "--json prints more than one line"
json() {
    sqlite3 :memory: "SELECT json_extract(readfile('stdout'), '$.$1')"
}
for key in "${keys[@]}" results targets; do
    [ -n "$(json "$key")" ] || complain "--json lacks $key"
done
[ "$(json state_digest)" = "$digest" ] || complain "the digest depends on threads or on the output"
[ "$(json results)" = other/results.gpkg ] || complain "the results went to $(json results)"

# an older file is replaced; settings and seed change the state; languages
expect 0 run land/scenario.json --months 14 --json --quiet --out other --seed 18446744073709551615
[ "$(json state_digest)" != "$digest" ] || complain "the seed changes nothing"
[ "$(query other/results.gpkg 'SELECT seed FROM run')" = 18446744073709551615 ] || complain "the seed is not in the results"
expect 0 run land/scenario.json --months 3 --quiet --out other --set choice.home_premium=2 --scale 10
[ "$(query other/results.gpkg "SELECT json_extract(scenario_json, '$.choice.home_premium') LIKE '2%' OR
    json_extract(scenario_json, '$.choice.home_premium.value') = 2 FROM run")" = 1 ] || complain "--set is not in the effective scenario"
[ "$(query other/results.gpkg "SELECT value BETWEEN 29000 AND 31000 FROM series WHERE indicator = 'population' AND zone = 'ALL' LIMIT 1")" = 1 ] ||
    complain "with --scale 10 the indicators should still count persons"
expect 0 run land/scenario.json --months 1 --quiet --out other --lang kk --profile
says stdout "Өңірлер арасында көшкендер"
says stderr "ns/person-month"
exit $failed
