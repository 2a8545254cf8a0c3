#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Mistakes in what the user gives: a message with its place, exit code 2, nothing written.
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
country good 4 4000

# refused TEXT ARGUMENT...: by run and by check alike
refused() {
    local text=$1
    shift
    expect 2 check "$@"
    says stderr "$text"
    expect 2 run "$@"
    says stderr "$text"
    [ ! -s stdout ] || complain "something was printed for a scenario with a mistake"
    absent out
}
# spoil NAME EXPRESSION FILE: a copy of the country with one file changed by sed
spoil() {
    rm -rf "$1"
    cp -r good "$1"
    sed -i "$2" "$1/$3"
    cmp -s "good/$3" "$1/$3" && complain "the expression $2 changed nothing"
}

refused "absent.json" absent.json
refused "good" good # a folder
: >empty.json
refused "empty.json:1" empty.json
echo '{"qonys": 1, "name": }' >broken.json
refused "broken.json:1:" broken.json

spoil key 's/"months"/"mnths"/' scenario.json
refused "(did you mean" key/scenario.json
grep -qE '^key/scenario.json:[0-9]+:[0-9]+: ' stderr || complain "no line and column: $(cat stderr)"
spoil zones '2s/urban/town/' zones.csv
refused "zones.csv:2:" zones/scenario.json
spoil heading '1s/area_km2/area_km/' zones.csv
refused "zones.csv:1:" heading/scenario.json
rm -rf missing
cp -r good missing
rm missing/zones.csv
refused "zones.csv" missing/scenario.json

refused "choice" good/scenario.json --set choice.home_premum=1
says stderr "home_premium"
refused "choice.home_premium" good/scenario.json --set choice.home_premium=1000
refused "choice.home_premium" good/scenario.json --set choice.home_premium=much
exit $failed
