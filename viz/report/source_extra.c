// SPDX-License-Identifier: GPL-3.0-or-later
// Flows, programmes, targets and facts of a run.
#include "source.h"
#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

bool qon_source_flows(struct qon_source *source, int run, int from, int to, double *matrix) {
    const struct qon_source_run *r = &source->run[run];
    sqlite3_stmt *s = qon_source_query(source, "SELECT origin, destination, sum(persons) FROM flow WHERE run=? AND origin IS NOT NULL AND"
                                               " destination IS NOT NULL AND month>=? AND month<? GROUP BY origin, destination");
    char first[16], last[16];
    snprintf(first, sizeof first, "%04d-%02d", 1900 + (r->start + from) / 12, (r->start + from) % 12 + 1);
    snprintf(last, sizeof last, "%04d-%02d", 1900 + (r->start + to) / 12, (r->start + to) % 12 + 1);
    sqlite3_bind_int(s, 1, r->number);
    sqlite3_bind_text(s, 2, first, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, last, -1, SQLITE_STATIC);
    memset(matrix, 0, sizeof *matrix * (size_t)source->regions * (size_t)source->regions);
    bool found = false;
    while (qon_source_next(source, s)) {
        int a = qon_source_zone(source, (const char *)sqlite3_column_text(s, 0));
        int b = qon_source_zone(source, (const char *)sqlite3_column_text(s, 1));
        bool known = a >= 0 && b >= 0 && a < source->zones && b < source->zones;
        if (known && source->zone[a].region >= 0 && source->zone[b].region >= 0) {
            matrix[source->zone[a].region * source->regions + source->zone[b].region] += sqlite3_column_double(s, 2);
            found = true;
        }
    }
    sqlite3_finalize(s);
    return found;
}

const char *qon_source_fact(struct qon_source *source, int run, const char *column) {
    char *sql = sqlite3_mprintf("SELECT * FROM run WHERE run=%d", source->run[run].number);
    sqlite3_stmt *s = qon_source_query(source, sql ? sql : "");
    const char *fact = NULL;
    if (qon_source_next(source, s)) {
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            if (strcmp(sqlite3_column_name(s, i), column) == 0) {
                fact = qon_source_text(source, s, i);
            }
        }
    }
    sqlite3_finalize(s);
    sqlite3_free(sql);
    return fact;
}

const char *qon_programme_title(struct qon_source *source, int run, const char *name, enum qon_language language) {
    static const char *const key[QON_LANGUAGES] = {[QON_EN] = "en", [QON_KK] = "kk", [QON_RU] = "ru"};
    const char *text = qon_source_fact(source, run, "scenario_json");
    cJSON *scenario = text ? cJSON_Parse(text) : NULL;
    const cJSON *programme = NULL;
    const char *title = name;
    cJSON_ArrayForEach(programme, cJSON_GetObjectItemCaseSensitive(scenario, "programmes")) {
        const char *its = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(programme, "name"));
        const char *words =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(programme, "title"), key[language]));
        if (its && strcmp(its, name) == 0 && words && *words) {
            title = qon_arena_copy(source->arena, words);
        }
    }
    cJSON_Delete(scenario);
    return title;
}

static int rows_of(struct qon_source *source, const char *sql, int number) {
    sqlite3_stmt *s = qon_source_query(source, sql);
    sqlite3_bind_int(s, 1, number);
    int count = qon_source_next(source, s) ? sqlite3_column_int(s, 0) : 0;
    sqlite3_finalize(s);
    return count;
}

int qon_source_programmes(struct qon_source *source, int run, struct qon_programme_row **row) {
    int number = source->run[run].number;
    int most = rows_of(source, "SELECT count(DISTINCT programme) FROM programme WHERE run=?", number);
    *row = qon_arena_take(source->arena, (size_t)most + 1, sizeof **row);
    // `bound` is a state: its last month counts.
    sqlite3_stmt *s = qon_source_query(
        source,
        "SELECT p.programme, sum(applicants), sum(eligible), sum(granted), sum(refused_quota), sum(refused_budget), sum(movers),"
        " sum(spent_tiyn)/100.0, sum(clawed_back_tiyn)/100.0, sum(CASE WHEN month=last THEN bound ELSE 0 END), sum(retained_12),"
        " sum(retained_24), sum(retained_36) FROM programme p JOIN (SELECT programme, max(month) AS last FROM programme WHERE run=?1"
        " GROUP BY programme) l ON l.programme=p.programme WHERE run=?1 GROUP BY p.programme ORDER BY sum(spent_tiyn) DESC, p.programme");
    sqlite3_bind_int(s, 1, number);
    int count = 0;
    while (qon_source_next(source, s) && count < most) {
        struct qon_programme_row *p = &(*row)[count++];
        p->name = qon_source_text(source, s, 0);
        p->region = -1;
        double *field[] = {&p->applicants,  &p->eligible,          &p->granted, &p->refused_quota, &p->refused_budget, &p->movers,
                           &p->spent_tenge, &p->clawed_back_tenge, &p->bound,   &p->retained[0],   &p->retained[1],    &p->retained[2]};
        for (int i = 0; i < 12; i++) {
            *field[i] = sqlite3_column_double(s, 1 + i);
        }
    }
    sqlite3_finalize(s);
    return count;
}

int qon_source_programme_months(struct qon_source *source, int run, struct qon_programme_month **row) {
    int number = source->run[run].number;
    int most = rows_of(source, "SELECT count(*) FROM (SELECT 1 FROM programme WHERE run=? GROUP BY programme, month)", number);
    *row = qon_arena_take(source->arena, (size_t)most + 1, sizeof **row);
    sqlite3_stmt *s =
        qon_source_query(source, "SELECT programme, month, sum(granted), sum(refused_quota), sum(refused_budget),"
                                 " sum(spent_tiyn)/100.0 FROM programme WHERE run=? GROUP BY programme, month ORDER BY programme, month");
    sqlite3_bind_int(s, 1, number);
    int count = 0;
    while (qon_source_next(source, s) && count < most) {
        struct qon_programme_month *p = &(*row)[count];
        p->programme = qon_source_text(source, s, 0);
        p->month = qon_month_parse((const char *)sqlite3_column_text(s, 1)) - source->run[run].start;
        p->granted = sqlite3_column_double(s, 2);
        p->refused_quota = sqlite3_column_double(s, 3);
        p->refused_budget = sqlite3_column_double(s, 4);
        p->spent_tenge = sqlite3_column_double(s, 5);
        count += p->month >= 0 && p->month < source->run[run].months;
    }
    sqlite3_finalize(s);
    return count;
}

int qon_source_targets(struct qon_source *source, int run, struct qon_target_row **row) {
    int number = source->run[run].number;
    int most = rows_of(source, "SELECT count(*) FROM target WHERE run=?", number);
    *row = qon_arena_take(source->arena, (size_t)most + 1, sizeof **row);
    sqlite3_stmt *s = qon_source_query(
        source, "SELECT name, value, goal, met, at_most, label_en, label_kk, label_ru FROM target WHERE run=? ORDER BY fid");
    sqlite3_bind_int(s, 1, number);
    int count = 0;
    while (qon_source_next(source, s) && count < most) {
        struct qon_target_row *t = &(*row)[count++];
        t->name = qon_source_text(source, s, 0);
        t->value = qon_source_number(s, 1);
        t->goal = qon_source_number(s, 2);
        t->applies = sqlite3_column_type(s, 3) != SQLITE_NULL && isfinite(t->value);
        t->met = sqlite3_column_int(s, 3) != 0;
        t->at_most = sqlite3_column_int(s, 4) != 0;
        for (int l = 0; l < QON_LANGUAGES; l++) {
            const char *label = qon_source_text(source, s, 5 + l);
            t->label[l] = label && *label ? label : t->name;
        }
    }
    sqlite3_finalize(s);
    return count;
}
