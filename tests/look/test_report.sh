#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# qonys-report on made-up results: pages in Chromium (no fault, no request, nothing too wide, no label upon another), figures as in the
# database, text of the PDF, workbook and CSV read back, mistakes of the user.
set -uo pipefail
report=${QON_BUILD:?}/qonys-report
[ -x "$report" ] || exit 77
look=$QON_SOURCE/tests/look
boundaries=$QON_SOURCE/scenarios/kazakhstan/boundaries.geojson
export LC_ALL=C.UTF-8
for tool in chromium pdftotext python3; do
    command -v $tool >/dev/null || { echo "$tool is missing; packages of tests: tests/packages.txt" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() {
    echo "FAILED: $*" >&2
    failed=1
}

for kind in run compare bare; do
    python3 "$look/make_sample.py" $kind "$work/$kind.gpkg" "$boundaries" || exit 1
    for language in en kk ru; do
        out=$work/$kind-$language
        "$report" "$work/$kind.gpkg" --html "$out.html" --pdf "$out.pdf" --xlsx "$out.xlsx" --csv "$out" --lang $language 2>"$work/stderr" ||
            complain "exit code $? for $kind, $language"
        [ -s "$work/stderr" ] && complain "$kind, $language says: $(head -c 300 "$work/stderr")"
        pdftotext -layout "$out.pdf" "$out.txt" || complain "$out.pdf has no text"
    done
done
compgen -G "$work/*.part" >/dev/null && complain "part files remain"

# The same results give the same page and tables.
"$report" "$work/run.gpkg" --html "$work/again.html" --csv "$work/again" --lang kk || complain "second run"
cmp -s "$work/again.html" "$work/run-kk.html" || complain "the page differs from run to run"
diff -rq "$work/again" "$work/run-kk" >/dev/null || complain "the tables differ from run to run"

# What the user does wrong is said, with exit code 2, and nothing is written.
wrong() { # TEXT ARGUMENT...
    local text=$1 code=0
    shift
    "$report" "$@" >/dev/null 2>"$work/stderr" || code=$?
    [ $code -eq 2 ] || complain "exit code $code instead of 2: $*"
    grep -qF -- "$text" "$work/stderr" || complain "does not say '$text': $*"
    [ ! -e "$work/none.html" ] || complain "something was written: $*"
}
echo "no database" >"$work/text.gpkg"
python3 -c "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE t(a)').connection.commit()" "$work/other.gpkg"
wrong "no such file" "$work/absent.gpkg" --html "$work/none.html"
wrong "is no results file" "$work/text.gpkg" --html "$work/none.html"
wrong "no table 'run'" "$work/other.gpkg" --html "$work/none.html"
wrong "is no language" "$work/run.gpkg" --html "$work/none.html" --lang de
wrong "unknown option" "$work/run.gpkg" --htm "$work/none.html"
wrong "a value is missing" "$work/run.gpkg" --html
wrong "usage" "$work/run.gpkg"
code=0
"$report" "$work/run.gpkg" --html "$work/no/such/folder.html" 2>/dev/null || code=$?
[ $code -eq 3 ] || complain "exit code $code instead of 3 when the page cannot be written"
code=0
"$report" "$work/run.gpkg" --html /dev/full.html --pdf /proc/none.pdf --xlsx /proc/none.xlsx --csv /proc/none 2>/dev/null || code=$?
rm -f /dev/full.html
[ $code -eq 3 ] || complain "exit code $code instead of 3 when nothing can be written there"

python3 "$look/check_files.py" "$work" || failed=1
python3 "$look/check_pages.py" "$work" || failed=1
exit $failed
