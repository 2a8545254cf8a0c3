#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A rule's tag, such as M-CHOICE-2, stands in the ODD document, in the code that implements the rule and in a test of it; and no tag
# stands in code or tests that the document does not know.
set -uo pipefail
cd "$QON_SOURCE"
export LC_ALL=C
if [ ! -f sim/ODD.md ]; then
    echo "there is no sim/ODD.md" >&2
    exit 77
fi
failed=0
tags() { # FILES AND FOLDERS...
    grep -rhoP '(?<![A-Za-z0-9_-])[A-Z]-[A-Z]{2,}-[0-9]+(?![A-Za-z0-9_-])' "$@" 2>/dev/null | sort -u
}
in_document=$(tags sim/ODD.md)
in_code=$(tags --include=*.c --include=*.h --include=*.def include sim)
in_tests=$(tags --include=*.c --include=*.h --include=*.sh --include=*.py --exclude-dir=tidy tests)
missing() { # WHAT, LEFT, RIGHT: what is in LEFT and not in RIGHT
    local lines
    lines=$(comm -23 <(echo "$2" | sed '/^$/d') <(echo "$3" | sed '/^$/d'))
    if [ -n "$lines" ]; then
        echo "$1:" $lines >&2
        failed=1
    fi
}
missing "in sim/ODD.md, not in the code" "$in_document" "$in_code"
missing "in sim/ODD.md, not in any test" "$in_document" "$in_tests"
missing "in the code, not in sim/ODD.md" "$in_code" "$in_document"
missing "in a test, not in sim/ODD.md" "$in_tests" "$in_document"
[ -n "$in_document" ] || { echo "sim/ODD.md has no tag" >&2; failed=1; }
echo "$(echo "$in_document" | wc -l) tags"
exit $failed
