# SPDX-License-Identifier: GPL-3.0-or-later
# Every figure in scenarios/ says where it comes from: each row of a table has a provenance and a source, each number of a scenario
# stands as {"value": ..., "source": "..."}. Arguments: the folder. Prints what is wrong; exit code 1 when anything is.
import csv
import json
import pathlib
import sys

# Numbers that are no figures about the world: the form of the file, the extent of the run, and the design of a study.
STRUCTURAL = {
    "qonys", "months", "seed", "scale", "threads",
    "replicates", "precision", "samples", "trajectories", "levels", "evaluations", "tolerance", "budget_evaluations", "step", "points",
}  # fmt: skip

faults = []


def fault(file, place, message):
    faults.append(f"{file}:{place}: {message}")


def check_table(file):
    with open(file, encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(line for line in stream if not line.startswith("#"))
        heading = next(reader, None)
        if heading is None:
            return fault(file, 1, "the table is empty")
        wanted = {}
        for name in ("provenance", "source"):
            if name not in heading:
                return fault(file, 1, f"there is no column {name}")
            wanted[name] = heading.index(name)
        rows = 0
        for row in reader:
            if not row:
                continue
            rows += 1
            if len(row) != len(heading):
                fault(file, reader.line_num, f"{len(row)} columns, expected {len(heading)}")
                continue
            for name, column in wanted.items():
                if not row[column].strip():
                    fault(file, reader.line_num, f"the column {name} is empty")
        if rows == 0:
            fault(file, 1, "the table has no rows")


def check_value(file, path, value, key):
    """Walks down; a number without a source around it is a fault."""
    if isinstance(value, dict):
        if "value" in value:
            source = value.get("source")
            if not isinstance(source, str) or not source.strip():
                fault(file, path, "a value without a source")
            return
        for name, child in value.items():
            check_value(file, f"{path}.{name}" if path else name, child, name)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            check_value(file, f"{path}[{index}]", child, key)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and key not in STRUCTURAL:
        fault(file, path, 'a number without a source; write {"value": ..., "source": "..."}')


def main():
    folder = pathlib.Path(sys.argv[1])
    tables = sorted(folder.rglob("*.csv"))
    scenarios = sorted(folder.rglob("*.json"))
    for file in tables:
        check_table(file)
    for file in scenarios:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            fault(file, 1, str(error))
            continue
        if isinstance(content, dict) and content.get("type") == "FeatureCollection":
            continue  # boundaries
        if isinstance(content, dict) and "qonys_study" in content:
            continue  # a study asks what would be, its values are no statements
        check_value(file, "", content, "")
    for line in faults[:50]:
        print(line, file=sys.stderr)
    print(f"{len(tables)} tables, {len(scenarios)} scenarios, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
