#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Orders of magnitude of the shipped scenarios against the concept, one agent for a hundred persons. A small subsidy alone does not move the
# masses (section 3): what is paid to everybody who moves to the designated regions mostly goes to those who move anyway, and the resettlement
# programme draws of the order of its quotas. "With a diploma to the village!" drew 46 thousand specialists in eight years (section 2).
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in baseline designated-regions south-to-north diploma-to-village voluntary-relocation; do
    "$QONYS" run "$QON_SOURCE/scenarios/$name.json" --scale 100 --quiet --out "$work/$name" > "$work/$name.txt" 2>&1 || {
        cat "$work/$name.txt"
        exit 1
    }
done
python3 - "$work" "$QON_SOURCE" <<'END'
import csv, json, sqlite3, sys
work, source = sys.argv[1:]
zones = {z["id"]: z for z in csv.DictReader(open(source + "/scenarios/kazakhstan/zones.csv"))}
reception = {name for name, zone in zones.items() if zone["designated_reception"] == "1"}
failed = False

def rows(name, sql):
    return sqlite3.connect(f"{work}/{name}/results.gpkg").execute(sql).fetchall()

def within(what, value, least, most):
    global failed
    print(f"{what}: {value:.3f}, expected {least} to {most}")
    failed |= not least <= value <= most

def arrivals(name):
    moves = rows(name, "select origin, destination, sum(persons) from flow where kind in ('region', 'zone') group by 1, 2")
    return sum(p for o, d, p in moves if o not in reception and d in reception), sum(p for o, d, p in moves)

def sums(name, *measures):
    return rows(name, "select " + ", ".join(f"sum({m})" for m in measures) + " from programme")[0]

before, all_before = arrivals("baseline")
after, all_after = arrivals("designated-regions")
granted, windfall = sums("designated-regions", "granted", "windfall")
within("arrivals in designated regions, covered by a grant, to those without", after / before, 1.0, 1.25)
within("grants to those who would have come anyway", windfall / granted, 0.75, 1.0)
within("all moves between zones, to those without", all_after / all_before, 0.98, 1.03)

scenario = json.load(open(source + "/scenarios/south-to-north.json"))
places = sum(place["value"] for programme in scenario["programmes"] for region in programme["quota"].values() if isinstance(region, dict)
             for year, place in region.items() if "2017" <= year <= "2021")
movers = sums("south-to-north", "movers")[0]
within("persons resettled from south to north, to the places of 2017-2021", movers / places, 0.3, 1.02)
within("all moves between zones with it, to those without", arrivals("south-to-north")[1] / all_before, 0.98, 1.03)

specialists = sums("diploma-to-village", "granted")[0]
within("thousands of specialists in eight years", specialists / 5 * 8 / 1000, 0.75 * 46, 1.25 * 46)

granted, windfall = sums("voluntary-relocation", "granted", "windfall")
within("voluntary relocation: all moves between zones, to those without", arrivals("voluntary-relocation")[1] / all_before, 0.99, 1.01)
within("voluntary relocation: grants to those who would have moved anyway", windfall / granted, 0.75, 1.0)
sys.exit(failed)
END
