#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The JSON Schema of scenarios is one by the rules of draft 2020-12, and what it accepts the reader accepts. Checked with ajv, an independent
# validator, which npm puts into the build folder; skipped where there is no npm.
set -euo pipefail
build=${QON_BUILD:-build}
source=$(cd "$(dirname "$0")/../.." && pwd)
command -v node >/dev/null && command -v npm >/dev/null || { echo "node and npm are not installed"; exit 77; }
work=$build/schema
mkdir -p "$work"
if [ ! -d "$work/node_modules/ajv" ]; then
    npm install --prefix "$work" --no-audit --no-fund --ignore-scripts --silent ajv@8 || { echo "npm cannot install ajv"; exit 77; }
fi
country=$(mktemp -d)
trap 'rm -rf "$country"' EXIT
"$build/make_country" 3 10000 "$country"
"$build/scenario_tool" schema >"$country/schema.json"
NODE_PATH=$(cd "$work" && pwd)/node_modules node "$source/tests/cli/schema_cases.js" "$country" "$build/scenario_tool" "$source"
