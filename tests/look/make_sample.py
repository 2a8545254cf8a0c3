#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a small results file with invented but plausible figures, for tests of the report: make_sample.py KIND OUT BOUNDARIES
# KIND: run (one run), compare (base and alternative, replicates, ledger), bare (a run without boundaries, flows, programmes).
# The tables are those of sim/record; values come from a fixed generator, so the file is the same every time.
import json
import math
import os
import random
import sqlite3
import struct
import sys

AGES = ["0_4", "5_9", "10_14", "15_19", "20_24", "25_29", "30_34", "35_39", "40_44", "45_49", "50_54", "55_59", "60_64", "65_69",
        "70_74", "75_79", "80_over"]
# id: thousand persons, urban share, km2, unemployment, wage in thousand tenge, youth (1 young .. 0 old), pull
REGIONS = {
    "KZ-AKM": (734, .47, 146200, 4.8, 112, .35, -3), "KZ-AKT": (846, .63, 300600, 4.8, 135, .6, -1), "KZ-ALM": (1984, .23, 223900, 4.6, 118, .75, 4),
    "KZ-ATY": (607, .48, 118600, 4.9, 265, .7, 1), "KZ-ZAP": (642, .5, 151300, 4.9, 140, .5, -1), "KZ-ZHA": (1115, .4, 144300, 5.0, 101, .8, -14),
    "KZ-KAR": (1383, .79, 428000, 4.7, 133, .35, -5), "KZ-KUS": (879, .54, 196000, 4.9, 112, .2, -5), "KZ-KZY": (774, .44, 226000, 5.0, 117, .8, -8),
    "KZ-MAN": (643, .42, 165600, 5.1, 250, .8, 5), "KZ-YUZ": (2878, .45, 117300, 5.2, 100, .95, -9), "KZ-PAV": (757, .7, 124800, 4.8, 130, .25, -3),
    "KZ-SEV": (563, .44, 98000, 4.9, 100, .15, -8), "KZ-VOS": (1389, .6, 283200, 4.7, 119, .25, -6), "KZ-AST": (972, 1, 710, 4.5, 217, .6, 24),
    "KZ-ALA": (1751, 1, 682, 5.2, 171, .5, 17)}
NAMES = {
    "KZ-AKM": ("Akmola Region", "Ақмола облысы", "Акмолинская область"), "KZ-AKT": ("Aktobe Region", "Ақтөбе облысы", "Актюбинская область"),
    "KZ-ALM": ("Almaty Region", "Алматы облысы", "Алматинская область"), "KZ-ATY": ("Atyrau Region", "Атырау облысы", "Атырауская область"),
    "KZ-ZAP": ("West Kazakhstan Region", "Батыс Қазақстан облысы", "Западно-Казахстанская область"),
    "KZ-ZHA": ("Zhambyl Region", "Жамбыл облысы", "Жамбылская область"), "KZ-KAR": ("Karaganda Region", "Қарағанды облысы", "Карагандинская область"),
    "KZ-KUS": ("Kostanay Region", "Қостанай облысы", "Костанайская область"), "KZ-KZY": ("Kyzylorda Region", "Қызылорда облысы", "Кызылординская область"),
    "KZ-MAN": ("Mangystau Region", "Маңғыстау облысы", "Мангистауская область"),
    "KZ-YUZ": ("South Kazakhstan Region", "Оңтүстік Қазақстан облысы", "Южно-Казахстанская область"),
    "KZ-PAV": ("Pavlodar Region", "Павлодар облысы", "Павлодарская область"),
    "KZ-SEV": ("North Kazakhstan Region", "Солтүстік Қазақстан облысы", "Северо-Казахстанская область"),
    "KZ-VOS": ("East Kazakhstan Region", "Шығыс Қазақстан облысы", "Восточно-Казахстанская область"),
    "KZ-AST": ("Astana City", "Астана қаласы", "город Астана"), "KZ-ALA": ("Almaty City", "Алматы қаласы", "город Алматы")}
MONTHS = 36
MACRO = {"KZ-AKM": "north", "KZ-KUS": "north", "KZ-PAV": "north", "KZ-SEV": "north", "KZ-VOS": "east", "KZ-AST": "capital", "KZ-ALA": "city",
         "KZ-KAR": "centre", "KZ-AKT": "west", "KZ-ATY": "west", "KZ-ZAP": "west", "KZ-MAN": "west"}

SCHEMA = """
PRAGMA application_id=1196444487;
PRAGMA user_version=10300;
CREATE TABLE run(fid INTEGER PRIMARY KEY NOT NULL, run INTEGER, scenario TEXT, title_en TEXT, title_kk TEXT, title_ru TEXT, file TEXT,
 command TEXT, start TEXT, months INTEGER, seed TEXT, scale INTEGER, scenario_json TEXT, unused TEXT, hash TEXT, version TEXT, compiler TEXT,
 machine TEXT, threads INTEGER, started TEXT, written TEXT, persons INTEGER, households INTEGER, employers INTEGER, person_months INTEGER,
 seconds_synthesis REAL, seconds_run REAL, bytes_per_person REAL, state_digest TEXT, digest TEXT);
CREATE TABLE region(fid INTEGER PRIMARY KEY NOT NULL, id TEXT, name_en TEXT, name_kk TEXT, name_ru TEXT, macroregion TEXT, geom MULTIPOLYGON);
CREATE TABLE zone(fid INTEGER PRIMARY KEY NOT NULL, id TEXT, region TEXT, kind TEXT, name_en TEXT, name_kk TEXT, name_ru TEXT, lon_deg REAL,
 lat_deg REAL, area_km2 REAL, persons_start REAL, geom MULTIPOLYGON);
CREATE TABLE indicator(fid INTEGER PRIMARY KEY NOT NULL, name TEXT, unit TEXT, meaning TEXT, source TEXT, label_en TEXT, label_kk TEXT,
 label_ru TEXT, flow BOOLEAN, additive BOOLEAN);
CREATE TABLE series(fid INTEGER PRIMARY KEY NOT NULL, run INTEGER, month TEXT, zone TEXT, indicator TEXT, value REAL);
CREATE TABLE flow(fid INTEGER PRIMARY KEY NOT NULL, run INTEGER, month TEXT, origin TEXT, destination TEXT, kind TEXT, programme TEXT,
 persons REAL, households REAL);
CREATE TABLE programme(fid INTEGER PRIMARY KEY NOT NULL, run INTEGER, month TEXT, programme TEXT, region TEXT, applicants INTEGER,
 eligible INTEGER, granted INTEGER, refused_quota INTEGER, refused_budget INTEGER, movers INTEGER, spent_tiyn INTEGER,
 clawed_back_tiyn INTEGER, bound INTEGER, retained_12 INTEGER, retained_24 INTEGER, retained_36 INTEGER);
CREATE TABLE target(fid INTEGER PRIMARY KEY NOT NULL, run INTEGER, name TEXT, value REAL, goal REAL, met BOOLEAN, at_most BOOLEAN,
 label_en TEXT, label_kk TEXT, label_ru TEXT);
CREATE TABLE effect(fid INTEGER PRIMARY KEY NOT NULL, base TEXT, alt TEXT, replicate INTEGER, indicator TEXT, zone TEXT, value REAL);
CREATE TABLE ledger(fid INTEGER PRIMARY KEY NOT NULL, base TEXT, alt TEXT, replicate INTEGER, programme TEXT, class TEXT, persons INTEGER,
 tiyn INTEGER);
CREATE TABLE definition(fid INTEGER PRIMARY KEY NOT NULL, name TEXT, field TEXT, unit TEXT, meaning TEXT);
"""

INDICATORS = [
    ("population", "person", "Population", "Халық саны", "Население", "residents", 0, 1),
    ("density", "person/km2", "Density of population", "Халық тығыздығы", "Плотность населения", "residents divided by area", 0, 0),
    ("ageing_index", "percent", "Ageing index", "Қартаю индексі", "Индекс старения", "residents aged 65 and over per 100 residents under 15", 0, 0),
    ("dependency_ratio", "percent", "Dependency ratio", "Демографиялық жүктеме", "Демографическая нагрузка",
     "residents under 16 or of pension age per 100 residents of working age", 0, 0),
    ("households", "household", "Households", "Үй шаруашылықтары", "Домохозяйства", "households", 0, 1),
    ("labour_force", "person", "Labour force", "Жұмыс күші", "Рабочая сила", "employees, self-employed and unemployed", 0, 1),
    ("employed", "person", "Employees", "Жалдамалы жұмыскерлер", "Наёмные работники", "residents by labour status", 0, 1),
    ("self_employed", "person", "Self-employed and informal", "Өзін-өзі жұмыспен қамтығандар", "Самозанятые", "residents by labour status", 0, 1),
    ("unemployed", "person", "Unemployed", "Жұмыссыздар", "Безработные", "residents by labour status", 0, 1),
    ("unemployment_rate", "percent", "Unemployment rate", "Жұмыссыздық деңгейі", "Уровень безработицы", "unemployed per 100 of the labour force", 0, 0),
    ("vacancies", "job", "Vacancies", "Бос жұмыс орындары", "Вакансии", "vacancies posted in the month", 1, 1),
    ("wage_mean", "tenge/month", "Mean wage", "Орташа жалақы", "Средняя заработная плата", "mean gross wage of employees", 0, 0),
    ("rent", "tenge/month", "Rent", "Тұрғын үй жалдау ақысы", "Арендная плата", "rent of a usual dwelling", 0, 0),
    ("natural_growth", "person", "Natural growth", "Табиғи өсім", "Естественный прирост", "births less deaths", 1, 1),
    ("net_migration_region", "person", "Net migration between regions", "Өңіраралық көші-қон айырымы", "Сальдо межрегиональной миграции",
     "arrivals from less departures to other regions", 1, 1),
    ("net_migration_external", "person", "Net external migration", "Сыртқы көші-қон айырымы", "Сальдо внешней миграции",
     "arrivals from less departures to other countries", 1, 1),
    ("moves_within_region", "person", "Moves within the region", "Өңір ішіндегі көшу", "Переезды внутри региона",
     "arrivals from the other zones of the region and moves to another settlement of the zone", 1, 1),
    ("births", "person", "Births", "Туғандар", "Родившиеся", "events counted over the month", 1, 1),
    ("deaths", "person", "Deaths", "Қайтыс болғандар", "Умершие", "events counted over the month", 1, 1),
    ("arrivals_region", "person", "Arrivals from other regions", "Басқа өңірлерден келгендер", "Прибывшие из других регионов", "events counted over the month", 1, 1),
    ("departures_region", "person", "Departures to other regions", "Басқа өңірлерге кеткендер", "Выбывшие в другие регионы", "events counted over the month", 1, 1),
    ("arrivals_kandas", "person", "Arrivals of kandas", "Келген қандастар", "Прибывшие кандасы", "events counted over the month", 1, 1),
    ("departures_emigration", "person", "Departures to other countries for good", "Басқа елдерге біржола кеткендер",
     "Выбывшие в другие страны навсегда", "events counted over the month", 1, 1),
]
for sex, en, kk, ru in (("male", "Men", "Ерлер", "Мужчины"), ("female", "Women", "Әйелдер", "Женщины")):
    for age in AGES:
        words = age.replace("_over", "+").replace("_", "–")
        INDICATORS.append((f"population_{sex}_age_{age}", "person", f"{en} aged {words}", f"{kk}, жасы {words}", f"{ru} в возрасте {words}",
                           f"{sex} residents by completed years of age", 0, 1))

TARGETS = [
    ("foreign_share_of_staff", 1.3, 0.0, 0, 1, "Employers of foreigners above the caps on foreign staff, percent",
     "Шетелдік қызметкерлер шегінен асқан жұмыс берушілер, пайыз", "Работодатели сверх предела иностранного персонала, процент"),
    ("foreign_quota", 0.41, 0.7, 1, 1, "Foreign workers on permits, percent of the labour force",
     "Рұқсаты бар шетелдік жұмыскерлер, жұмыс күшіне пайызбен", "Иностранные работники по разрешениям, процент рабочей силы"),
    ("skilled_share_of_permits", 74.2, 70.0, 1, 0, "Skilled specialists among foreign workers on permits, percent",
     "Рұқсаты бар шетелдіктер арасындағы білікті мамандар, пайыз", "Квалифицированные специалисты среди иностранных работников, процент"),
    ("kandas_placed", 81.7, 86.0, 0, 0, "Kandas arrived in the run who are employed, percent of those employed or seeking work",
     "Модельдеу кезінде келген қандастардың жұмысқа орналасқандары, пайыз", "Прибывшие за время расчёта кандасы с работой, процент"),
    ("supported_movers", None, 100.0, None, 0, "Movers to designated regions who have state support, percent",
     "Белгіленген өңірлерге көшкендердің мемлекеттік қолдау алғандары, пайыз", "Переехавшие в определённые регионы с государственной поддержкой, процент"),
]


def month_text(i):
    return f"{2017 + i // 12}-{i % 12 + 1:02d}"


def blob(geometry):
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    points = [p for polygon in polygons for p in polygon[0]]
    xs = [p[0] for p in points]
    ys = [p[1] for p in points]
    out = b"GP\0\3" + struct.pack("<i4d", 4326, min(xs), max(xs), min(ys), max(ys)) + struct.pack("<BII", 1, 6, len(polygons))
    for polygon in polygons:
        out += struct.pack("<BII", 1, 3, len(polygon))
        for ring in polygon:
            out += struct.pack("<I", len(ring)) + b"".join(struct.pack("<2d", *p[:2]) for p in ring)
    return out


def zones():
    out = []
    for region, (thousand, urban, area, *_rest) in REGIONS.items():
        if urban == 1:
            out.append((region + "-U", region, "urban", area, thousand * 1000.0))
        else:
            out.append((region + "-U", region, "urban", area * .05, thousand * 1000.0 * urban))
            out.append((region + "-R", region, "rural", area * .95, thousand * 1000.0 * (1 - urban)))
    return out


def age_weights(youth):
    out = []
    for i in range(len(AGES)):
        age = 5 * i + 2.5
        base = math.exp(-age / (34 + 26 * (1 - youth)))
        wave = 1 + .22 * math.cos((age - 28) / 27 * 2 * math.pi)
        out.append(base * wave * (1 if i < 16 else 1.4))
    return out


def simulate(rng, lift):
    """One run: {indicator: {zone: [value by month]}}, zone ALL included; lift moves net migration to the north."""
    series = {}

    def put(indicator, zone, i, value):
        series.setdefault(indicator, {}).setdefault(zone, [None] * MONTHS)[i] = value

    state = {zone[0]: zone[4] for zone in zones()}
    for i in range(MONTHS):
        season = 1 + .25 * math.sin((i % 12 - 3) / 12 * 2 * math.pi)
        total = {}
        for zone, region, kind, area, _start in zones():
            _t, _u, _a, unemployment, wage, youth, pull = REGIONS[region]
            p = state[zone]
            births = round(p * (.013 + .013 * youth) / 12 * rng.uniform(.97, 1.03))
            deaths = round(p * (.0105 - .005 * youth) / 12 * rng.uniform(.96, 1.04))
            target = pull + (3 if kind == "urban" else -4) + (lift if MACRO.get(region) in ("north", "east") else -lift * .4)
            net = round(p * target / 1000 / 12 * season * rng.uniform(.9, 1.1))
            gross = round(p * .016 / 12 * season)
            kandas = round(p * .0008 / 12 * rng.uniform(.5, 1.5))
            emigration = round(p * .0021 / 12 * (1.6 - youth) * rng.uniform(.8, 1.2))
            state[zone] = p + births - deaths + net + kandas - emigration
            p = state[zone]
            force = round(p * (.56 - .08 * youth))
            rate = unemployment + .25 * math.sin(i / 6) + rng.uniform(-.08, .08) + (.3 if kind == "urban" else -.2)
            jobless = round(force * rate / 100)
            own = round((force - jobless) * (.18 + .25 * (kind == "rural")))
            values = {
                "population": p, "households": round(p / 3.6), "labour_force": force, "unemployed": jobless, "self_employed": own,
                "employed": force - jobless - own, "vacancies": round(force * .004 * season), "natural_growth": births - deaths,
                "net_migration_region": net, "net_migration_external": kandas - emigration,
                "moves_within_region": 0 if region in ("KZ-AST", "KZ-ALA") else round(p * .02 / 12 * season), "births": births, "deaths": deaths,
                "arrivals_region": gross + max(0, net), "departures_region": gross + max(0, -net), "arrivals_kandas": kandas,
                "departures_emigration": emigration}
            weights = age_weights(youth)
            scale = p / sum(weights)
            for a, age in enumerate(AGES):
                men = .515 - .011 * a if a > 5 else .515 - .002 * a
                values[f"population_male_age_{age}"] = round(weights[a] * scale * men)
                values[f"population_female_age_{age}"] = round(weights[a] * scale * (1 - men))
            for name, value in values.items():
                put(name, zone, i, float(value))
                total[name] = total.get(name, 0) + value
            put("density", zone, i, p / area)
            put("unemployment_rate", zone, i, 100 * jobless / force)
            put("wage_mean", zone, i, round(wage * 1000 * (1.07 ** (i / 12)) * (1.1 if kind == "urban" else .85) * rng.uniform(.99, 1.01), 2))
            put("rent", zone, i, round((45 + wage * .25) * 1000 * (1.06 ** (i / 12)) * (1.2 if kind == "urban" else .6), 2))
            young = sum(weights[:3])
            put("ageing_index", zone, i, 100 * sum(weights[13:]) / young)
            put("dependency_ratio", zone, i, 100 * (young + sum(weights[12:])) / sum(weights[3:12]))
        for name, value in total.items():
            put(name, "ALL", i, float(value))
        put("density", "ALL", i, total["population"] / sum(z[3] for z in zones()))
        put("unemployment_rate", "ALL", i, 100 * total["unemployed"] / total["labour_force"])
        put("wage_mean", "ALL", i, 139000 * 1.07 ** (i / 12) * (1 + rng.uniform(-.004, .004)))
        put("rent", "ALL", i, 72000 * 1.06 ** (i / 12))
        put("ageing_index", "ALL", i, 27.5 + i * .04)
        put("dependency_ratio", "ALL", i, 66.0 + i * .05)
    return series


def flows(rng, run):
    rows = []
    all_zones = zones()
    for i in range(MONTHS):
        for origin in all_zones:
            for destination in all_zones:
                a, b = REGIONS[origin[1]], REGIONS[destination[1]]
                near = 1 if MACRO.get(origin[1], "south") == MACRO.get(destination[1], "south") else .35
                persons = round(origin[4] * destination[4] / 3.4e10 * near * math.exp((b[6] - a[6]) / 14) * rng.uniform(.6, 1.4))
                if origin[1] == destination[1]:
                    kind = "local" if origin[0] == destination[0] else "zone"
                    persons = round(origin[4] * .0008)
                    if kind == "local" and origin[1] in ("KZ-AST", "KZ-ALA"):
                        continue
                else:
                    kind = "region"
                if persons > 0:
                    rows.append((run, month_text(i), origin[0], destination[0], kind, None, float(persons), float(round(persons / 2.2))))
        for zone in all_zones:
            rows.append((run, month_text(i), None, zone[0], "kandas", None, float(round(zone[4] * .00007)), None))
            rows.append((run, month_text(i), zone[0], None, "emigration", None, float(round(zone[4] * .00016)), None))
    return rows


def programmes(rng, run):
    rows = []
    for name, first, grant, cap in (("diploma_to_village", 0, 158830_00, None), ("relocation", 6, 79415_00, 320)):
        for region in ("KZ-AKM", "KZ-KUS", "KZ-PAV", "KZ-SEV", "KZ-VOS"):
            granted_year = 0
            bound = 0
            for i in range(first, MONTHS):
                if i % 12 == 0:
                    granted_year = 0
                applicants = rng.randint(40, 90) if name == "relocation" else rng.randint(25, 50)
                eligible = round(applicants * .84)
                places = eligible if cap is None else max(0, min(eligible, cap - granted_year))
                money = places if name == "relocation" or i % 12 < 10 else places // 2
                granted_year += money
                bound += money
                movers = round(money * 2.6)
                rows.append((run, month_text(i), name, region, applicants, eligible, money, eligible - places, places - money, movers,
                             movers * grant, round(movers * grant * .01), bound, round(money * .82) if i >= 12 else 0,
                             round(money * .71) if i >= 24 else 0, 0))
    return rows


SCENARIO = {
    "qonys": 1, "name": "north", "start": "2017-01", "months": MONTHS, "seed": "20170929", "scale": 1,
    "labour": {"matching_alpha": {"value": .6, "source": "Petrongolo and Pissarides 2001: 0.5 to 0.7"},
               "informal_income_share": {"value": .55, "source": "assumption"}, "separation_rate_year": {"value": .22, "source": "assumption"}},
    "choice": {"income_weight": {"value": 1.36, "source": "own gravity estimate on the flows of 2015: 1.36 (0.17)"},
               "rent_weight": {"value": .2, "source": "assumption"}, "home_premium": {"value": 1.5, "source": "assumption"}},
    "calendar": {"mci_tenge": {"2017-01": {"value": 2269, "source": "Law on the republican budget for 2017–2019"},
                               "2018-01": {"value": 2405, "source": "Law on the republican budget for 2018–2020"}}},
    "programmes": [{"name": "diploma_to_village", "title": {"en": "With a diploma to the village", "kk": "Дипломмен ауылға!", "ru": "С дипломом — в село!"},
                    "benefits": [{"kind": "grant", "amount_mci": {"value": 70, "source": "Concept of migration policy 2017–2021, section 2"}}]},
                   {"name": "relocation", "title": {"en": "Relocation subsidy", "kk": "Көшуге арналған субсидия", "ru": "Субсидия на переезд"},
                    "benefits": [{"kind": "grant", "amount_mci": {"value": 35, "source": "lat.egemen.kz 218427 (2019)"}}]}],
}


def insert(db, table, columns, rows):
    marks = ",".join("?" * len(columns.split(",")))
    db.executemany(f"INSERT INTO {table}({columns}) VALUES({marks})", rows)


def run_row(number, scenario, titles, series):
    persons = int(series["population"]["ALL"][-1])
    return (number, scenario, *titles, f"scenarios/{scenario}.json", f"qonys run scenarios/{scenario}.json --out out/{scenario}", "2017-01", MONTHS,
            str(20170929 + number), 1, json.dumps(SCENARIO, ensure_ascii=False), '["labour.unknown_share"]', "8d3c1f09a2b4e671", "0.1.0",
            "gcc 12.2.0", "Linux x86_64, 2 processors", 2, "2024-05-06T07:08:09Z", "2024-05-06T07:08:21Z", persons, persons // 4, 301234,
            persons * MONTHS, 1.9, 6.2, 61.0, "0123456789abcdef", "0123456789abcdef")


RUN_COLUMNS = ("run,scenario,title_en,title_kk,title_ru,file,command,start,months,seed,scale,scenario_json,unused,hash,version,compiler,machine,"
               "threads,started,written,persons,households,employers,person_months,seconds_synthesis,seconds_run,bytes_per_person,state_digest,digest")
TITLES = {"baseline": ("Baseline", "Базалық сценарий", "Базовый сценарий"),
          "north": ("Resettlement to the north", "Солтүстікке қоныс аудару", "Переселение на север")}


def series_rows(number, series, only=None):
    for indicator, by_zone in series.items():
        for zone, values in by_zone.items():
            if only and indicator not in only:
                continue
            for i, value in enumerate(values):
                yield (number, month_text(i), zone, indicator, value)


def comparison(db, rng):
    small = {"population", "unemployment_rate", "arrivals_region", "wage_mean"}
    for replicate in range(1, 9):
        for offset, (scenario, lift) in enumerate((("baseline", 0), ("north", 1.4))):
            number = 2 * (replicate - 1) + offset + 1
            series = simulate(random.Random(100 + replicate), lift)
            insert(db, "run", RUN_COLUMNS, [run_row(number, scenario, TITLES[scenario], series)])
            insert(db, "series", "run,month,zone,indicator,value", series_rows(number, series, None if number <= 2 else small))
            if scenario == "north":
                insert(db, "programme", "run,month,programme,region,applicants,eligible,granted,refused_quota,refused_budget,movers,spent_tiyn,"
                       "clawed_back_tiyn,bound,retained_12,retained_24,retained_36", programmes(rng, number))
        for indicator, spread, size in (("population", 180, 1), ("unemployment_rate", .05, .0001), ("wage_mean", 300, .4), ("rent", 250, .9)):
            sums = 0.0
            for zone, region, _kind, _area, persons in zones():
                north = MACRO.get(region) in ("north", "east")
                middle = persons * (.0042 if north else -.0012) * size if indicator != "unemployment_rate" else (.12 if north else -.03)
                value = rng.gauss(middle, spread)
                sums += value
                insert(db, "effect", "base,alt,replicate,indicator,zone,value", [("baseline", "north", replicate, indicator, zone, value)])
            country = rng.gauss(0, 40) if indicator == "population" else sums / 30
            insert(db, "effect", "base,alt,replicate,indicator,zone,value", [("baseline", "north", replicate, indicator, "ALL", country)])
        for programme, volume, grant in (("relocation", 4100, 79415_00), ("diploma_to_village", 5200, 158830_00)):
            for name, share in (("induced", .27), ("deadweight", .55), ("diverted", .12), ("accelerated", .06), ("displaced", .03), ("spill_over", .015)):
                persons = round(volume * share * rng.gauss(1, .06))
                paid = name in ("induced", "deadweight", "diverted", "accelerated")
                insert(db, "ledger", "base,alt,replicate,programme,class,persons,tiyn",
                       [("baseline", "north", replicate, programme, name, persons, persons * grant if paid else 0)])


def main():
    kind, path, boundaries = sys.argv[1:4]
    if os.path.exists(path):
        os.remove(path)
    db = sqlite3.connect(path)
    db.executescript(SCHEMA)
    with open(boundaries, encoding="utf-8") as file:
        shapes = {f["properties"]["id"]: f for f in json.load(file)["features"]}
    for region in REGIONS:
        names = NAMES[region]
        shape = None if kind == "bare" else blob(shapes[region]["geometry"])
        insert(db, "region", "id,name_en,name_kk,name_ru,macroregion,geom", [(region, *names, MACRO.get(region, "south"), shape)])
        for zone in zones():
            if zone[1] == region:
                insert(db, "zone", "id,region,kind,name_en,name_kk,name_ru,lon_deg,lat_deg,area_km2,persons_start,geom",
                       [(zone[0], region, zone[2], *names, 0, 0, zone[3], zone[4], shape)])
    insert(db, "indicator", "name,unit,label_en,label_kk,label_ru,meaning,flow,additive", INDICATORS)
    rng = random.Random(7)
    if kind == "compare":
        comparison(db, rng)
    else:
        series = simulate(rng, 0)
        insert(db, "run", RUN_COLUMNS, [run_row(1, "baseline", TITLES["baseline"], series)])
        insert(db, "series", "run,month,zone,indicator,value",
               series_rows(1, series, None if kind == "run" else {"population", "births", "deaths", "unemployment_rate"}))
    if kind != "bare":
        insert(db, "flow", "run,month,origin,destination,kind,programme,persons,households", flows(rng, 2 if kind == "compare" else 1))
        for number in (1, 2) if kind == "compare" else (1,):
            insert(db, "target", "run,name,value,goal,met,at_most,label_en,label_kk,label_ru", [(number, *t) for t in TARGETS])
    if kind == "run":
        insert(db, "programme", "run,month,programme,region,applicants,eligible,granted,refused_quota,refused_budget,movers,spent_tiyn,"
               "clawed_back_tiyn,bound,retained_12,retained_24,retained_36", programmes(rng, 1))
    db.execute("CREATE INDEX series_indicator_zone ON series(indicator, zone)")
    db.commit()
    db.close()


main()
