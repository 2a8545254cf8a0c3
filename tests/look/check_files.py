#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# What test_report.sh wrote is read back: pages as text, PDF, workbook, CSV, against the database. check_files.py FOLDER
import csv
import html.parser
import os
import re
import sqlite3
import sys
import xml.etree.ElementTree as ET
import zipfile

WORK = sys.argv[1]
failures = 0


def check(condition, text):
    global failures
    if not condition:
        failures += 1
        print("FAILED:", text, file=sys.stderr)


class Cards(html.parser.HTMLParser):
    """data-key -> (data-raw, value as shown)"""

    def __init__(self):
        super().__init__()
        self.cards = {}
        self.key = None
        self.value = False
        self.text = ""

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if "data-key" in a:
            self.key = a["data-key"]
            self.cards[self.key] = [float(a["data-raw"]) if a["data-raw"] else None, ""]
        self.value = tag == "dd" and a.get("class") == "value"

    def handle_data(self, data):
        self.text += data
        if self.value and self.key:
            self.cards[self.key][1] += data


def shown_number(text):
    text = text.replace("\u2212", "-").replace("\u00a0", "").replace("%", "").replace("+", "")
    if "," in text and re.search(r",\d{3}(\D|$)", text) and not re.search(r",\d{1,2}$", text):
        text = text.replace(",", "")
    return float(text.replace(",", "."))


def page(name):
    with open(os.path.join(WORK, name), encoding="utf-8") as file:
        parser = Cards()
        text = file.read()
        parser.feed(text)
        return parser, text


def headline_of_run(db):
    one = lambda sql: db.execute(sql).fetchone()[0]
    total = lambda name: one(f"SELECT sum(value) FROM series WHERE run=1 AND zone='ALL' AND indicator='{name}'")
    last = lambda name: one(f"SELECT value FROM series WHERE run=1 AND zone='ALL' AND indicator='{name}' ORDER BY month DESC LIMIT 1")
    return {"population": last("population"), "births": total("births"), "deaths": total("deaths"), "arrivals_region": total("arrivals_region"),
            "moves_within_region": total("moves_within_region"), "net_migration_external": total("net_migration_external"),
            "unemployment_rate": last("unemployment_rate"), "wage_mean": last("wage_mean")}


def headline_of_comparison(db):
    rows = db.execute("SELECT replicate, class, sum(persons), sum(tiyn) FROM ledger GROUP BY 1, 2").fetchall()
    replicates = sorted({r[0] for r in rows})
    persons = {(r, c): p for r, c, p, _ in rows}
    money = {r: sum(t for q, _, _, t in rows if q == r) / 100 for r in replicates}
    additional = {r: persons[r, "induced"] - persons[r, "displaced"] + persons[r, "spill_over"] for r in replicates}
    paid = {r: sum(persons[r, c] for c in ("induced", "deadweight", "diverted", "accelerated")) for r in replicates}
    mean = lambda values: sum(values) / len(values)
    return {"additional_movers": mean(list(additional.values())), "money_spent": mean(list(money.values())),
            "deadweight_share": mean([100 * persons[r, "deadweight"] / paid[r] for r in replicates]),
            "cost_per_additional_mover": mean(list(money.values())) / mean(list(additional.values()))}


def pages_check():
    for kind, headline in (("run", headline_of_run), ("compare", headline_of_comparison)):
        db = sqlite3.connect(os.path.join(WORK, kind + ".gpkg"))
        expected = headline(db)
        for language in ("en", "kk", "ru"):
            parser, text = page(f"{kind}-{language}.html")
            for key, value in expected.items():
                raw, shown = parser.cards.get(key, (None, ""))
                check(raw is not None and abs(raw - value) <= 1e-9 * abs(value), f"{kind}-{language}: {key} is {raw}, in the database {value}")
                scale = 1e6 if key == "money_spent" else 1
                check(shown and abs(shown_number(shown) * scale - value) <= max(.06 * scale if scale > 1 else .5, 0),
                      f"{kind}-{language}: {key} is shown as {shown}, in the database {value}")
            check(f'<html lang="{language}">' in text, f"{kind}-{language}: language of the page")
            for pattern in (r"https?://(?!www\.w3\.org)", r"<script", r"@import", r"url\((?!#)", r"\bsrc="):
                check(not re.search(pattern, text), f"{kind}-{language}: the page holds {pattern}")
        if kind == "compare":
            check(text.index('id="topsheet"') < text.index('id="summary"'), "the topsheet comes first")
    parser, text = page("bare-en.html")
    for words in ("hold no boundaries", "recorded no moves", "No programme acted", "recorded no targets", "no age pyramids"):
        check(words in text, f"bare-en: does not say '{words}'")
    check("<figure>" in text and "NaN" not in text and ">nan" not in text, "bare-en: figures that can be drawn are drawn, none is nan")
    _, text = page("run-en.html")
    met = len(re.findall("\u2713\u00a0met", text)), len(re.findall("\u2717\u00a0missed", text)), len(re.findall("nothing\u00a0to\u00a0measure", text))
    check(met == (2, 2, 1), f"run-en: verdicts on targets {met}")


def pdf_check():
    words = {"en": ["Population and density", "Flows from region to region", "South Kazakhstan"],
             "kk": ["Халық саны мен тығыздығы", "Өңіраралық көші-қон", "Жұмыссыздық деңгейі", "Оңтүстік Қазақстан", "Әйелдер", "үлгіленген", "Ерлер"],
             "ru": ["Население и плотность", "Межрегиональная миграция", "Южно-Казахстанская", "Сведения о расчёте"]}
    for kind in ("run", "compare"):
        for language in words:
            with open(os.path.join(WORK, f"{kind}-{language}.txt"), encoding="utf-8") as file:
                text = file.read()
            flat = re.sub(r"\s+", " ", text.replace("\u00a0", " "))
            for word in words[language]:
                check(word in flat, f"{kind}-{language}.pdf: '{word}' cannot be extracted")
            pages = text.count("\f")
            check(8 <= pages <= 24, f"{kind}-{language}.pdf: {pages} pages")
    with open(os.path.join(WORK, "run-kk.txt"), encoding="utf-8") as file:
        letters = set(file.read())
    for letter in "әғқңөұүіӘҚӨ":
        check(letter in letters, f"run-kk.pdf: the letter {letter} is lost")
    population = sqlite3.connect(os.path.join(WORK, "run.gpkg")).execute(
        "SELECT value FROM series WHERE run=1 AND zone='ALL' AND indicator='population' ORDER BY month DESC LIMIT 1").fetchone()[0]
    with open(os.path.join(WORK, "run-en.txt"), encoding="utf-8") as file:
        check(f"{population:,.0f}" in file.read(), "run-en.pdf: the population is not in the text")


NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheet_cells(book, strings, path):
    cells = {}
    for c in ET.fromstring(book.read(path)).iterfind(".//m:c", NS):
        v = c.find("m:v", NS)
        if v is not None:
            cells[c.get("r")] = strings[int(v.text)] if c.get("t") == "s" else float(v.text)
    return cells


def xlsx_check():
    db = sqlite3.connect(os.path.join(WORK, "run.gpkg"))
    for language, sheets in (("en", ["Regions", "Charts", "Series", "Flows", "Targets", "Programmes", "Zones", "Run", "Definitions"]),
                             ("kk", ["Өңірлер", "Диаграммалар", "Қатарлар", "Ағындар", "Нысаналы көрсеткіштер", "Бағдарламалар", "Аймақтар", "Есептеу", "Анықтамалар"]),
                             ("ru", ["Регионы", "Диаграммы", "Ряды", "Потоки", "Целевые показатели", "Программы", "Зоны", "Расчёт", "Определения"])):
        with zipfile.ZipFile(os.path.join(WORK, f"run-{language}.xlsx")) as book:
            check(book.testzip() is None, f"run-{language}.xlsx is damaged")
            names = [s.get("name") for s in ET.fromstring(book.read("xl/workbook.xml")).iterfind(".//m:sheet", NS)]
            check(names == sheets, f"run-{language}.xlsx: sheets {names}")
            charts = [n for n in book.namelist() if n.startswith("xl/charts/chart")]
            check(len(charts) == 8, f"run-{language}.xlsx: {len(charts)} charts")
            styles = book.read("xl/styles.xml").decode()
            check("yyyy-mm" in styles and '"#,##0"' in styles and '"#,##0.0"' in styles, f"run-{language}.xlsx: number formats")
            strings = ["".join(t.text or "" for t in si.iter("{%s}t" % NS["m"])) for si in ET.fromstring(book.read("xl/sharedStrings.xml")).iterfind("m:si", NS)]
            for i, name in enumerate(names):
                if i != 1:
                    check(b'state="frozen"' in book.read(f"xl/worksheets/sheet{i + 1}.xml"), f"run-{language}.xlsx: heads of {name} are not frozen")
            regions = sheet_cells(book, strings, "xl/worksheets/sheet1.xml")
            north = [r for r in range(2, 20) if regions.get(f"A{r}") in ("North Kazakhstan Region", "Солтүстік Қазақстан облысы", "Северо-Казахстанская область")]
            expected = db.execute("SELECT sum(value) FROM series WHERE run=1 AND month='2019-12' AND indicator='population' AND zone LIKE 'KZ-SEV%'").fetchone()[0]
            check(len(north) == 1 and regions[f"B{north[0]}"] == expected, f"run-{language}.xlsx: population of a region")
            series = sheet_cells(book, strings, "xl/worksheets/sheet3.xml")
            check(series["B2"] == 42736, f"run-{language}.xlsx: months are dates (2017-01 is {series['B2']})")
            rows = {int(re.sub(r"\D", "", k)) for k in series}
            check(max(rows) == 1 + 36 * 31, f"run-{language}.xlsx: {max(rows)} rows of series")
    with zipfile.ZipFile(os.path.join(WORK, "compare-en.xlsx")) as book:
        names = [s.get("name") for s in ET.fromstring(book.read("xl/workbook.xml")).iterfind(".//m:sheet", NS)]
        check("Differences" in names and "Ledger" in names, f"compare-en.xlsx: sheets {names}")


def csv_check():
    db = sqlite3.connect(os.path.join(WORK, "run.gpkg"))
    expected = db.execute("SELECT month, zone, value FROM series WHERE run=1 AND indicator='unemployment_rate' ORDER BY 1, 2").fetchall()
    for language in ("en", "kk", "ru"):
        path = os.path.join(WORK, f"run-{language}", "series.csv")
        with open(path, "rb") as file:
            raw = file.read()
        plain = language == "en"
        check(raw.startswith(b"\xef\xbb\xbf") != plain, f"run-{language}/series.csv: byte order mark")
        rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter="," if plain else ";"))
        head = {"en": "unemployment_rate", "kk": "Жұмыссыздық деңгейі", "ru": "Уровень безработицы"}[language]
        column = rows[0].index(head)
        got = sorted((r[1], r[2], float(r[column] if plain else r[column].replace(",", "."))) for r in rows[1:])
        check(len(got) == len(expected) and all(a[:2] == b[:2] and abs(a[2] - b[2]) < 1e-12 * abs(b[2]) for a, b in zip(got, expected)),
              f"run-{language}/series.csv: values differ from the database")
        check(plain or not any("." in r[column] for r in rows[1:]), f"run-{language}/series.csv: decimal commas")
        check(all(len(r) == len(rows[0]) for r in rows), f"run-{language}/series.csv: rows of unequal length")
        with open(os.path.join(WORK, f"run-{language}", "flow.csv"), encoding="utf-8-sig", newline="") as file:
            flow = list(csv.reader(file, delimiter="," if plain else ";"))
        total = sum(float(r[6].replace(",", ".")) for r in flow[1:])
        check(total == db.execute("SELECT sum(persons) FROM flow").fetchone()[0], f"run-{language}/flow.csv: sum of persons")
        names = set(os.listdir(os.path.join(WORK, f"run-{language}")))
        check(names == {n + ".csv" for n in ("regions", "series", "flow", "target", "programme", "zone", "run", "definition")}, f"run-{language}: files {names}")


pages_check()
pdf_check()
xlsx_check()
csv_check()
print("files:", "all as expected" if failures == 0 else f"{failures} failures")
sys.exit(failures > 0)
