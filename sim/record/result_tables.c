// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in a results file. Names of tables and columns are read by scripts outside this project: add, do not rename.
#include <qonys/result_tables.h>

#include <string.h>

#define RUN \
    { "run", "INTEGER", "", "number of the run in the table run" }
#define MONTH \
    { "month", "TEXT", "YYYY-MM", "calendar month" }

// clang-format off
static const struct qon_result_table tables[] = {
    {"run", "one row a run: what was run, with what, how long, and its digest", NULL, 0, {
        RUN,
        {"scenario", "TEXT", "", "name of the scenario"},
        {"title_en", "TEXT", "", "title of the scenario, English"},
        {"title_kk", "TEXT", "", "title of the scenario, Kazakh"},
        {"title_ru", "TEXT", "", "title of the scenario, Russian"},
        {"file", "TEXT", "", "scenario file as named on the command line"},
        {"command", "TEXT", "", "command as typed"},
        {"start", "TEXT", "YYYY-MM", "first month"},
        {"months", "INTEGER", "month", "months computed and recorded here"},
        {"seed", "TEXT", "", "seed of the random draws"},
        {"scale", "INTEGER", "person", "persons that one agent stands for"},
        {"scenario_json", "TEXT", "", "effective scenario: inheritance and --set resolved, defaults filled in"},
        {"unused", "TEXT", "", "settings that were given and are not used, a JSON array of paths"},
        {"hash", "TEXT", "", "XXH3 (64 bits) of scenario_json, hexadecimal"},
        {"version", "TEXT", "", "version of the program"},
        {"compiler", "TEXT", "", "compiler the program was built with"},
        {"machine", "TEXT", "", "operating system, processor, number of processors"},
        {"threads", "INTEGER", "", "threads used"},
        {"started", "TEXT", "UTC", "when the run began"},
        {"written", "TEXT", "UTC", "when this file was written"},
        {"persons", "INTEGER", "agent", "residents at the end"},
        {"households", "INTEGER", "agent", "households at the end"},
        {"employers", "INTEGER", "agent", "employers"},
        {"person_months", "INTEGER", "agent", "sum over months of residents"},
        {"seconds_synthesis", "REAL", "s", "time to make the population"},
        {"seconds_run", "REAL", "s", "time to compute the months"},
        {"bytes_per_person", "REAL", "byte", "highest resident memory of the process divided by persons"},
        {"state_digest", "TEXT", "", "digest of the whole state at the end, hexadecimal"},
        {"digest", "TEXT", "", "the same as state_digest"}}},
    {"region", "regions, with their boundaries", NULL, 1, {
        {"id", "TEXT", "", "code"},
        {"name_en", "TEXT", "", "English name"},
        {"name_kk", "TEXT", "", "Kazakh name"},
        {"name_ru", "TEXT", "", "Russian name"},
        {"macroregion", "TEXT", "", "group of regions"}}},
    {"zone", "zones, the places that persons choose between, with the boundaries of their region", NULL, 1, {
        {"id", "TEXT", "", "code; 'ALL' in other tables is the country"},
        {"region", "TEXT", "", "region it belongs to"},
        {"kind", "TEXT", "", "urban or rural"},
        {"name_en", "TEXT", "", "region's English name"},
        {"name_kk", "TEXT", "", "region's Kazakh name"},
        {"name_ru", "TEXT", "", "region's Russian name"},
        {"lon_deg", "REAL", "degree", "longitude of the centre"},
        {"lat_deg", "REAL", "degree", "latitude of the centre"},
        {"area_km2", "REAL", "km2", "area"},
        {"persons_start", "REAL", "person", "residents at the start of the run"}}},
    {"indicator", "indicators of the table series", NULL, 0, {
        {"name", "TEXT", "", "name"},
        {"unit", "TEXT", "", "unit"},
        {"meaning", "TEXT", "", "how it is computed"},
        {"source", "TEXT", "", "tag in the model's description (sim/ODD.md)"},
        {"label_en", "TEXT", "", "English label"},
        {"label_kk", "TEXT", "", "Kazakh label"},
        {"label_ru", "TEXT", "", "Russian label"},
        {"flow", "BOOLEAN", "", "1: counted over the month; 0: as it stands at its end"},
        {"additive", "BOOLEAN", "", "1: the zones add up to the country"}}},
    {"series", "indicators by month and zone; zone 'ALL' is the country", "indicator, zone", 0, {
        RUN, MONTH,
        {"zone", "TEXT", "", "zone, or 'ALL' for the country"},
        {"indicator", "TEXT", "", "name of the indicator"},
        {"value", "REAL", "", "value, in the indicator's unit; NULL where it has no meaning"}}},
    {"flow", "moves by month, origin and destination; pairs without moves have no row", "month", 0, {
        RUN, MONTH,
        {"origin", "TEXT", "", "zone left; NULL: another country"},
        {"destination", "TEXT", "", "zone reached; NULL: another country"},
        {"kind", "TEXT", "", "region (between regions), zone (between zones of a region), local (within a zone), kandas, immigration, emigration, "
         "permit, unregistered"},
        {"programme", "TEXT", "", "programme that paid; NULL: none"},
        {"persons", "REAL", "person", "persons who moved"},
        {"households", "REAL", "household", "households among them; NULL: not counted"}}},
    {"programme", "programmes by month and region", NULL, 0, {
        RUN, MONTH,
        {"programme", "TEXT", "", "name of the programme"},
        {"region", "TEXT", "", "region"},
        {"applicants", "INTEGER", "person", "who applied"},
        {"eligible", "INTEGER", "person", "deciders who knew the programme and met its conditions on persons; by region of residence"},
        {"granted", "INTEGER", "grant", "grants"},
        {"refused_quota", "INTEGER", "person", "refused for want of a place"},
        {"refused_budget", "INTEGER", "person", "refused for want of money"},
        {"movers", "INTEGER", "person", "persons who moved with support"},
        {"spent_tiyn", "INTEGER", "tiyn", "paid"},
        {"clawed_back_tiyn", "INTEGER", "tiyn", "recovered from those who left early"},
        {"bound", "INTEGER", "grant", "bound to stay at the month's end"},
        {"retained_12", "INTEGER", "grant", "still there after 12 months"},
        {"retained_24", "INTEGER", "grant", "still there after 24 months"},
        {"retained_36", "INTEGER", "grant", "still there after 36 months"},
        {"refused_rule", "INTEGER", "person", "refused since another programme of the package refused, or the move failed"},
        {"committed_tiyn", "INTEGER", "tiyn", "promised with the grants of the month, paid at once or later"},
        {"broken", "INTEGER", "grant", "bonds broken by early leaving"},
        {"windfall", "INTEGER", "grant", "grants to those who would have done the same without"},
        {"displaced", "INTEGER", "person", "seekers not hired since a preferred one came first"}}},
    {"target", "the five targets of the concept at the end of the run", NULL, 0, {
        RUN,
        {"name", "TEXT", "", "name of the target"},
        {"value", "REAL", "percent", "value at the end; NULL: nothing to measure in this run"},
        {"goal", "REAL", "percent", "goal"},
        {"met", "BOOLEAN", "", "1: met; 0: not met; NULL: nothing to measure"},
        {"at_most", "BOOLEAN", "", "1: met when value <= goal; 0: met when value >= goal"},
        {"label_en", "TEXT", "", "English label"},
        {"label_kk", "TEXT", "", "Kazakh label"},
        {"label_ru", "TEXT", "", "Russian label"}}},
    {"effect", "comparisons: an indicator's difference between two runs", NULL, 0, {
        {"base", "TEXT", "", "scenario compared with"},
        {"alt", "TEXT", "", "scenario compared"},
        {"replicate", "INTEGER", "", "number of the replicate"},
        {"indicator", "TEXT", "", "indicator"},
        {"zone", "TEXT", "", "zone, or 'ALL'"},
        {"value", "REAL", "", "value in alt less value in base"}}},
    {"ledger", "comparisons: movers and money by what the programme did", NULL, 0, {
        {"base", "TEXT", "", "scenario compared with"},
        {"alt", "TEXT", "", "scenario compared"},
        {"replicate", "INTEGER", "", "number of the replicate"},
        {"programme", "TEXT", "", "programme that paid first; NULL: none paid (displaced, spill_over, unaffected)"},
        {"class", "TEXT", "", "paid: induced, deadweight, diverted, accelerated; unpaid: displaced, spill_over, unaffected; money to no person: overhead"},
        {"persons", "INTEGER", "person", "persons; every one who lives in either run is in one row"},
        {"tiyn", "INTEGER", "tiyn", "money that the programme paid these persons, less what it recovered"}}},
    {"distribution", "comparisons: groups of persons in both runs, means over replicates", NULL, 0, {
        {"base", "TEXT", "", "scenario compared with"},
        {"alt", "TEXT", "", "scenario compared"},
        {"indicator", "TEXT", "", "what is counted: population, employed, movers, induced, gain, ..."},
        {"attribute_1", "TEXT", "", "what persons are grouped by, as they were at the start (destination: at the end)"},
        {"value_1", "TEXT", "", "group; 'later': born or come later; 'gone': dead or departed"},
        {"attribute_2", "TEXT", "", "the same; NULL: not grouped further"},
        {"value_2", "TEXT", "", "group"},
        {"base_value", "REAL", "", "in the base; NULL: of the alternative only"},
        {"alt_value", "REAL", "", "in the alternative"}}},
    {"definition", "what every table and column of this file means", NULL, 0, {
        {"name", "TEXT", "", "table"},
        {"field", "TEXT", "", "column; NULL: the table as a whole"},
        {"unit", "TEXT", "", "unit"},
        {"meaning", "TEXT", "", "meaning"}}},
};
// clang-format on

const struct qon_result_table *qon_result_tables(size_t *count) {
    *count = sizeof tables / sizeof tables[0];
    return tables;
}

const struct qon_result_table *qon_result_table_find(const char *name) {
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(tables[i].name, name) == 0) {
            return &tables[i];
        }
    }
    return NULL;
}

int qon_result_columns(const struct qon_result_table *table) {
    int columns = 0;
    while (columns < QON_RESULT_COLUMNS_MOST && table->columns[columns].name) {
        columns++;
    }
    return columns;
}
