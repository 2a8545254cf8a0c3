// SPDX-License-Identifier: GPL-3.0-or-later
// The summary of a run's programmes: who applied, who was granted, who was refused and why, what it cost, what is left, who stayed.
#include "app.h"

#include <inttypes.h>
#include <qonys/runner.h>

// What a column shows: a measure, or one of these.
enum { PLACES_LEFT = QON_MEASURES, MONEY_LEFT, EXHAUSTED };

struct column {
    const char *label[QON_LANGUAGES];
    int figure;
    double unit; // the figure is divided by it
};

static const struct column given[] = {
    {{"applied", "өтініш", "заявок"}, QON_MEASURE_applicants, 1},
    {{"granted", "берілді", "одобрено"}, QON_MEASURE_granted, 1},
    {{"no place", "орын жоқ", "нет мест"}, QON_MEASURE_refused_quota, 1},
    {{"no money", "ақша жоқ", "нет денег"}, QON_MEASURE_refused_budget, 1},
    {{"movers", "көшкендер", "переехало"}, QON_MEASURE_movers, 1},
    {{"mln tenge", "млн теңге", "млн тенге"}, QON_MEASURE_spent_tiyn, 1e8},
};
static const struct column remains[] = {
    {{"places left", "қалған орын", "осталось мест"}, PLACES_LEFT, 1},
    {{"mln left", "қалған млн", "остаток, млн"}, MONEY_LEFT, 1e8},
    {{"exhausted", "таусылды", "исчерпана"}, EXHAUSTED, 1},
    {{"bound", "міндетті", "обязаны"}, QON_MEASURE_bound, 1},
    {{"after 12 m", "12 айдан соң", "через 12 м"}, QON_MEASURE_retained_12, 1},
    {{"after 24 m", "24 айдан соң", "через 24 м"}, QON_MEASURE_retained_24, 1},
    {{"after 36 m", "36 айдан соң", "через 36 м"}, QON_MEASURE_retained_36, 1},
};
enum { GIVEN = sizeof given / sizeof given[0], REMAINS = sizeof remains / sizeof remains[0], NAME_WIDTH = 30, WIDTH = 14 };

static const char *const head[QON_LANGUAGES] = {"Programme", "Бағдарлама", "Программа"};

// Letters of a UTF-8 text: printf's widths count bytes.
static int letters(const char *text) {
    int count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

static void pad(const char *text, int width, bool left) {
    int blanks = width - letters(text);
    if (left) {
        fputs(text, stdout);
    }
    for (int i = 0; i < blanks; i++) {
        putchar(' ');
    }
    if (!left) {
        fputs(text, stdout);
    }
}

static void figure_text(const struct qon_run_programme *sum, const struct column *column, char text[32]) {
    int64_t value = column->figure == PLACES_LEFT  ? sum->places_left
                    : column->figure == MONEY_LEFT ? sum->tiyn_left
                    : column->figure == EXHAUSTED  ? sum->exhausted
                                                   : sum->measure[column->figure];
    bool none = column->figure == EXHAUSTED ? value == 0 : column->figure >= QON_MEASURES && value == QON_NO_LIMIT;
    if (none) {
        snprintf(text, 32, "-");
    } else if (column->figure == EXHAUSTED) {
        qon_month_format((int32_t)value, text);
    } else {
        snprintf(text, 32, column->unit > 1 ? "%.1f" : "%.0f", (double)value / column->unit);
    }
}

static void table_print(const struct qon_run_summary *summary, const struct qon_scenario *scenario, enum qon_language language,
                        const struct column *columns, int count) {
    puts("");
    pad(head[language], NAME_WIDTH, true);
    for (int c = 0; c < count; c++) {
        pad(columns[c].label[language], WIDTH, false);
    }
    puts("");
    for (int32_t p = 0; p < scenario->programmes.count; p++) {
        pad(scenario->programmes.row[p].name, NAME_WIDTH, true);
        for (int c = 0; c < count; c++) {
            char text[32];
            figure_text(&summary->programmes[p], &columns[c], text);
            pad(text, WIDTH, false);
        }
        puts("");
    }
}

void qon_programmes_print(const struct qon_run_summary *summary, const struct qon_scenario *scenario, enum qon_language language) {
    if (scenario->programmes.count > 0) {
        table_print(summary, scenario, language, given, GIVEN);
        table_print(summary, scenario, language, remains, REMAINS);
    }
}

static void left_json(const char *name, int64_t value) {
    if (value == QON_NO_LIMIT) {
        printf(", \"%s\": null", name);
    } else {
        printf(", \"%s\": %" PRId64, name, value);
    }
}

void qon_programmes_json(const struct qon_run_summary *summary, const struct qon_scenario *scenario) {
    static const char *const names[] = {
#define MEASURE(name, unit, stock, meaning) #name,
#include <qonys/measures.def>
#undef MEASURE
    };
    printf("\"programmes\": [");
    for (int32_t p = 0; p < scenario->programmes.count; p++) {
        const struct qon_run_programme *sum = &summary->programmes[p];
        printf("%s{\"name\": ", p > 0 ? ", " : "");
        qon_json_text(stdout, scenario->programmes.row[p].name);
        for (int m = 0; m < QON_MEASURES; m++) {
            printf(", \"%s\": %" PRId64, names[m], sum->measure[m]);
        }
        left_json("places_left", sum->places_left);
        left_json("budget_left_tiyn", sum->tiyn_left);
        char month[16];
        qon_month_format(sum->exhausted, month);
        printf(sum->exhausted > 0 ? ", \"exhausted\": \"%s\"}" : ", \"exhausted\": null}", month);
    }
    printf("]");
}
