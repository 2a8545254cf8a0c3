// SPDX-License-Identifier: GPL-3.0-or-later
// Joining results files of several runs into one, with what a comparison found.
#include "database.h"
#include "record.h"

#include <errno.h>
#include <qonys/comparison_record.h>
#include <qonys/memory.h>
#include <qonys/result_tables.h>
#include <string.h>
#include <unistd.h>

enum { SQL_MOST = 8192 };

const struct qon_effect_row qon_effect_rows[QON_EFFECTS] = {
#define EFFECT(name, unit, digits, main, en, kk, ru, meaning) {#name, unit, digits, main, {en, kk, ru}, meaning},
#include <qonys/effects.def>
#undef EFFECT
};

static bool has_run(const struct qon_result_table *table) {
    return strcmp(table->columns[0].name, "run") == 0;
}

static void columns_text(const struct qon_result_table *table, int from, char *text, size_t size) {
    size_t length = 0;
    text[0] = 0;
    for (int c = from; c < qon_result_columns(table) && length < size; c++) {
        length += (size_t)snprintf(text + length, size - length, "%s\"%s\"", c > from ? "," : "", table->columns[c].name);
    }
}

// Adds the rows of every table by run of another results file, as run `number`.
static enum qon_status join(struct qon_database *database, const char *part, int32_t number) {
    enum qon_status status = QON_OK;
    size_t count;
    const struct qon_result_table *tables = qon_result_tables(&count);
    char *sql = sqlite3_mprintf("ATTACH %Q AS part", part), columns[SQL_MOST];
    status = sql ? qon_database_run(database, sql) : QON_MACHINE;
    sqlite3_free(sql);
    for (size_t t = 0; status == QON_OK && t < count; t++) {
        if (!has_run(&tables[t])) {
            continue;
        }
        columns_text(&tables[t], 1, columns, sizeof columns);
        sql = sqlite3_mprintf("INSERT INTO main.\"%w\"(run,%s) SELECT %d,%s FROM part.\"%w\" ORDER BY fid", tables[t].name, columns, number,
                              columns, tables[t].name);
        status = sql ? qon_database_run(database, sql) : QON_MACHINE;
        sqlite3_free(sql);
    }
    enum qon_status detached = qon_database_run(database, "DETACH part");
    return status == QON_OK ? detached : status;
}

static enum qon_status effects(struct qon_loader *l, struct qon_database *database, const struct qon_comparison_rows *rows) {
    enum qon_status status = QON_OK;
    qon_loader_init(l, database, "effect", "base,alt,replicate,indicator,zone,value", 6);
    for (int64_t i = 0; i < rows->effects; i++) {
        const struct qon_effect_entry *e = &rows->effect[i];
        qon_loader_text(l, e->base);
        qon_loader_text(l, e->alt);
        qon_loader_integer(l, e->replicate);
        qon_loader_text(l, e->indicator);
        qon_loader_text(l, e->zone);
        qon_loader_real(l, e->value);
        QON_TRY(qon_loader_row(l));
    }
    status = qon_loader_flush(l);
done:
    qon_loader_free(l);
    return status;
}

static enum qon_status ledgers(struct qon_loader *l, struct qon_database *database, const struct qon_comparison_rows *rows) {
    enum qon_status status = QON_OK;
    qon_loader_init(l, database, "ledger", "base,alt,replicate,programme,class,persons,tiyn", 7);
    for (int64_t i = 0; i < rows->ledgers; i++) {
        const struct qon_ledger_entry *e = &rows->ledger[i];
        qon_loader_text(l, e->base);
        qon_loader_text(l, e->alt);
        qon_loader_integer(l, e->replicate);
        qon_loader_text(l, e->programme);
        qon_loader_text(l, e->class_name);
        qon_loader_integer(l, e->persons);
        qon_loader_integer(l, e->tiyn);
        QON_TRY(qon_loader_row(l));
    }
    status = qon_loader_flush(l);
done:
    qon_loader_free(l);
    return status;
}

static enum qon_status distributions(struct qon_loader *l, struct qon_database *database, const struct qon_comparison_rows *rows) {
    enum qon_status status = QON_OK;
    qon_loader_init(l, database, "distribution", "base,alt,indicator,attribute_1,value_1,attribute_2,value_2,base_value,alt_value", 9);
    for (int64_t i = 0; i < rows->distributions; i++) {
        const struct qon_distribution_entry *e = &rows->distribution[i];
        const char *const texts[] = {e->base, e->alt, e->indicator, e->first, e->first_value, e->second, e->second_value};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
            qon_loader_text(l, texts[k]);
        }
        qon_loader_real(l, e->base_value);
        qon_loader_real(l, e->alt_value);
        QON_TRY(qon_loader_row(l));
    }
    status = qon_loader_flush(l);
done:
    qon_loader_free(l);
    return status;
}

static enum qon_status fill(struct qon_database *database, const char *const *parts, int32_t count,
                            const struct qon_comparison_rows *rows) {
    enum qon_status status = QON_OK;
    struct qon_loader *loader = NULL;
    QON_TRY(qon_take(&loader, 1, sizeof *loader));
    for (int32_t i = 1; i < count; i++) {
        QON_TRY(join(database, parts[i], i + 1));
    }
    QON_TRY(qon_database_run(database, "BEGIN"));
    QON_TRY(effects(loader, database, rows));
    QON_TRY(ledgers(loader, database, rows));
    QON_TRY(distributions(loader, database, rows));
    status = qon_database_run(database, "COMMIT");
done:
    qon_free(loader);
    return status;
}

enum qon_status qon_comparison_write(const char *folder, const char *const *parts, int32_t count, const struct qon_comparison_rows *rows,
                                     char *path_out, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_database database = {0};
    char path[QON_PATH_MOST], part[QON_PATH_MOST];
    snprintf(path, sizeof path, "%.4000s/results.gpkg", folder);
    snprintf(part, sizeof part, "%.4000s/results.gpkg.part", folder);
    if (rename(parts[0], part) != 0) {
        status = qon_fault_machine(faults, (struct qon_place){.file = part}, "cannot write the results: %s", strerror(errno));
        goto done;
    }
    QON_TRY(qon_database_create(&database, part, faults));
    QON_TRY(fill(&database, parts, count, rows));
    QON_TRY(qon_database_close(&database));
    QON_TRY(qon_results_place(folder, part, path, faults));
    snprintf(path_out, QON_PATH_MOST, "%s", path);
done:
    qon_database_abandon(&database);
    if (status != QON_OK) {
        unlink(part);
    }
    return status;
}
