#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# No layer includes a header of a layer above it, a file in quotes is of the same folder, and the libraries that one file or folder owns
# are used nowhere else.
set -uo pipefail
cd "$QON_SOURCE"
export LC_ALL=C
failed=0
fault() {
    echo "$*" >&2
    failed=1
}

declare -A rank_of_layer rank_of_header
rank=0
while read -r layer headers; do
    rank=$((rank + 1))
    rank_of_layer[$layer]=$rank
    for header in $headers; do
        rank_of_header[$header]=$rank
    done
done < <(grep -v '^#' tests/tidy/layers.txt)

for header in include/qonys/*; do
    [ -n "${rank_of_header[$(basename "$header")]:-}" ] || fault "$header: say in tests/tidy/layers.txt which layer it belongs to"
done

# check_file FILE RANK
check_file() {
    local file=$1 own=$2 number line header
    while IFS=: read -r number line; do
        if [[ $line =~ \<qonys/([^>]*)\> ]]; then
            header=${BASH_REMATCH[1]}
            if [ -z "${rank_of_header[$header]:-}" ]; then
                fault "$file:$number: unknown header qonys/$header"
            elif [ "${rank_of_header[$header]}" -gt "$own" ]; then
                fault "$file:$number: qonys/$header belongs to a layer above"
            fi
        elif [[ $line =~ \"([^\"]*)\" ]]; then
            header=${BASH_REMATCH[1]}
            [[ $header == */* ]] && [[ $file == sim/* ]] && fault "$file:$number: $header is of another folder"
        fi
    done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file")
}

count=0
for header in include/qonys/*; do
    check_file "$header" "${rank_of_header[$(basename "$header")]:-99}"
done
for layer in "${!rank_of_layer[@]}"; do
    folder=sim/$layer
    [ "$layer" = viz ] && folder=viz
    while read -r file; do
        count=$((count + 1))
        check_file "$file" "${rank_of_layer[$layer]}"
    done < <(find "$folder" -name '*.[ch]' 2>/dev/null)
done
[ $count -gt 0 ] || fault "no source file was found"

# owns PATTERN PLACE: whoever includes PATTERN must be in PLACE (an extended regular expression on the path).
owns() {
    local found
    found=$(grep -rnE "^[[:space:]]*#[[:space:]]*(include <($1)|pragma omp)" sim viz --include='*.[ch]' 2>/dev/null | grep -E "<|$3" | grep -vE "^($2)" || true)
    [ -z "$found" ] || fault "used outside $2:"$'\n'"$found"
}
owns 'omp\.h' 'sim/base/par\.c:' 'pragma omp'
owns 'cjson/|cJSON' 'sim/input/|viz/|sim/run/' 'NONE'
owns 'mpi\.h' 'sim/run/ranks\.c:' 'NONE'
owns 'nlopt|gsl/' 'sim/run/' 'NONE'
owns 'sqlite3' 'sim/record/|viz/' 'NONE'
owns 'SDL' 'viz/live/' 'NONE'
owns 'cairo|pango' 'viz/' 'NONE'
exit $failed
