// SPDX-License-Identifier: GPL-3.0-or-later
// The summary of a run's programmes: who applied, who was granted, who was refused and why, what it cost, when it was exhausted.
#include "app.h"

#include <inttypes.h>
#include <qonys/runner.h>

static const struct {
    const char *label[QON_LANGUAGES];
    enum qon_measure measure;
    double unit; // the figure is divided by it
} columns[] = {
    {{"applied", "өтініш", "заявок"}, QON_MEASURE_applicants, 1},
    {{"granted", "берілді", "одобрено"}, QON_MEASURE_granted, 1},
    {{"no place", "орын жоқ", "нет мест"}, QON_MEASURE_refused_quota, 1},
    {{"no money", "ақша жоқ", "нет денег"}, QON_MEASURE_refused_budget, 1},
    {{"movers", "көшкендер", "переехало"}, QON_MEASURE_movers, 1},
    {{"mln tenge", "млн теңге", "млн тенге"}, QON_MEASURE_spent_tiyn, 1e8},
    {{"after 12 m", "12 айдан соң", "через 12 м"}, QON_MEASURE_retained_12, 1},
};
enum { COLUMNS = sizeof columns / sizeof columns[0], NAME_WIDTH = 30, WIDTH = 13 };

static const char *const head[QON_LANGUAGES] = {"Programme", "Бағдарлама", "Программа"};
static const char *const exhausted[QON_LANGUAGES] = {"exhausted", "таусылды", "исчерпана"};

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

void qon_programmes_print(const struct qon_run_summary *summary, const struct qon_scenario *scenario, enum qon_language language) {
    if (scenario->programmes.count == 0) {
        return;
    }
    puts("");
    pad(head[language], NAME_WIDTH, true);
    for (int c = 0; c < COLUMNS; c++) {
        pad(columns[c].label[language], WIDTH, false);
    }
    pad(exhausted[language], WIDTH, false);
    puts("");
    for (int32_t p = 0; p < scenario->programmes.count; p++) {
        const struct qon_run_programme *sum = &summary->programmes[p];
        pad(scenario->programmes.row[p].name, NAME_WIDTH, true);
        for (int c = 0; c < COLUMNS; c++) {
            char text[32];
            snprintf(text, sizeof text, columns[c].unit > 1 ? "%.1f" : "%.0f", (double)sum->measure[columns[c].measure] / columns[c].unit);
            pad(text, WIDTH, false);
        }
        char month[16] = "-";
        if (sum->exhausted > 0) {
            qon_month_format(sum->exhausted, month);
        }
        pad(month, WIDTH, false);
        puts("");
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
        char month[16];
        qon_month_format(sum->exhausted, month);
        printf(sum->exhausted > 0 ? ", \"exhausted\": \"%s\"}" : ", \"exhausted\": null}", month);
    }
    printf("]");
}
