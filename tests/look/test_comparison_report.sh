#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The report of a comparison that the command has made: headline figures are those of the tables, groups and effects are there, in each language.
set -uo pipefail
. "$(dirname "$0")/../cli/common.sh"
[ -x "$QON_BUILD/qonys-report" ] || exit 77
cd "$work" || exit 1
country land 4 40000
python3 - <<'END' || exit 1
import json
scenario = json.load(open("land/scenario.json"))
scenario["name"] = "settled"
scenario["programmes"] = [{"name": "settle", "at": "move", "eligible": {"all": [{"destination": {"kind": "rural"}}, {"same_zone": False}]},
                           "benefits": [{"kind": "grant", "amount_mci": 100}], "awareness": {"start_share": 1, "considered_share": 1}}]
json.dump(scenario, open("land/settled.json", "w"))
END
expect 0 compare land/scenario.json land/settled.json --months 12 --replicates 3 --quiet --out both
for words in "en:All effects:Better off" "kk:Барлық әсерлер:Ұтқандар" "ru:Все эффекты:Выиграли"; do
    language=${words%%:*}
    expect 0 report both/results.gpkg --html "$language.html" --lang "$language"
    rest=${words#*:}
    grep -qF "${rest%%:*}" "$language.html" && grep -qF "${rest#*:}" "$language.html" || complain "$language: effects or groups are missing"
done
python3 - both/results.gpkg en.html <<'END' || complain "the headlines are not those of the tables"
import re, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
page = open(sys.argv[2], encoding="utf-8").read()
mean = lambda name: db.execute("select avg(value) from effect where zone = 'ALL' and indicator = ?", (name,)).fetchone()[0]
found = dict(re.findall(r'data-\w+="(\w+)" data-raw="([^"]+)"', page))
money = db.execute("select sum(tiyn) / 100.0 / count(distinct replicate) from ledger").fetchone()[0]
for key, value in (("additional_movers", mean("movers_additional")), ("deadweight_share", mean("deadweight_share")), ("money_spent", money),
                   ("cost_per_additional_mover", money / mean("movers_additional"))):
    assert abs(float(found[key]) - value) <= 1e-6 * abs(value), (key, found.get(key), value)
END
# Cost per mover in the table of effects is that of the card; every effect has its unit; groups and what they group by are words of the language.
python3 - <<'END' || complain "words of the report of a comparison"
import html, re
for language, cost, unit, groups in (("en", "Tenge per additional mover", "tenge", ("men", "couple with children")),
                                     ("kk", "Бір қосымша көшкенге, теңге", "теңге", ("ерлер", "балалы жұбайлар")),
                                     ("ru", "Тенге на одного дополнительного", "тенге", ("мужчины", "пара с детьми"))):
    page = open(language + ".html", encoding="utf-8").read()
    text = lambda cell: html.unescape(re.sub(r"<[^>]+>", "", cell)).strip()
    rows = [[text(c) for c in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)] for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S)]
    card = float(re.search(r'"cost_per_additional_mover" data-raw="([^"]+)"', page).group(1))
    found = [row for row in rows if row[0] == cost]
    assert len(found) == 1 and found[0][1] == unit, (language, found)
    digits = re.sub(r"[^0-9-]", "", found[0][2].replace("\u2212", "-"))
    assert card != card and found[0][2] == "–" or int(digits) == round(card), (language, card, found)
    names = [row[0] for row in rows]
    assert any(name.endswith(groups[0]) for name in names) and groups[1] in names, (language, names)
    if language != "en":
        start = page.index('id="distribution"')
        part = page[start:page.index('id="budget"', start)]
        shown = re.findall(r">([^<>]*[A-Za-z]{3,}[^<>]*)<", re.sub(r"<(style|script)[^>]*>.*?</\1>", "", part, flags=re.S))
        shown = [s for s in shown if not re.search(r"R0\d\d\d|Region|settle", s)]
        assert not shown, (language, shown[:5])
END
exit $failed
