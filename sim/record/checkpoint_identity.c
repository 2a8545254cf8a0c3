// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a state fits a scenario, and whether the scenario is the one it was made under.
//
// A state speaks of zones, educations and so on by row, so their ids must be the same in the same order. Everything else may differ: the
// run then branches.
#include "checkpoint.h"

#include <qonys/memory.h>
#include <string.h>
#include <xxhash.h>

struct dimension {
    const char *name;
    char *const *ids;
    int64_t rows;
};

static void dimensions_of(const struct qon_scenario *scenario, struct dimension list[QON_CP_DIMENSIONS]) {
    const struct qon_tables *t = &scenario->tables;
    list[0] = (struct dimension){"zones", t->zones.id, t->zones.rows};
    list[1] = (struct dimension){"regions", t->regions.id, t->regions.rows};
    list[2] = (struct dimension){"educations", t->educations.id, t->educations.rows};
    list[3] = (struct dimension){"occupations", t->occupations.id, t->occupations.rows};
    list[4] = (struct dimension){"skills", t->skills.id, t->skills.rows};
    list[5] = (struct dimension){"sectors", t->sectors.id, t->sectors.rows};
    list[6] = (struct dimension){"kandas_origins", t->kandas_origins.id, t->kandas_origins.rows};
}

const char *qon_cp_dimension_name(int d) {
    static const char *const names[QON_CP_DIMENSIONS] = {"zones",  "regions", "educations",    "occupations",
                                                         "skills", "sectors", "kandas_origins"};
    return names[d];
}

static enum qon_status lines_join(const struct dimension *dimension, char **out) {
    size_t length = 0, used = 0;
    for (int64_t i = 0; i < dimension->rows; i++) {
        length += strlen(dimension->ids[i]) + 1;
    }
    enum qon_status status = qon_take(out, length + 1, 1);
    for (int64_t i = 0; status == QON_OK && i < dimension->rows; i++) {
        size_t own = strlen(dimension->ids[i]);
        memcpy(*out + used, dimension->ids[i], own);
        used += own;
        (*out)[used++] = '\n';
    }
    return status;
}

static uint64_t hash_more(uint64_t hash, const void *bytes, size_t length) {
    return XXH3_64bits_withSeed(length > 0 ? bytes : "", length, hash + length);
}

static uint64_t settings_hash(const struct qon_settings *settings, uint64_t hash) {
    size_t count;
    const struct qon_section *section = qon_settings_sections(&count);
    for (size_t s = 0; s < count; s++) {
        for (size_t f = 0; f < section[s].fields_count; f++) {
            const struct qon_field *field = &section[s].fields[f];
            size_t size = field->type == QON_F64 ? sizeof(double) : field->type == QON_I32 ? sizeof(int32_t) : sizeof(bool);
            hash = hash_more(hash, (const char *)settings + section[s].offset + field->offset, size);
        }
    }
    return hash;
}

static uint64_t column_hash(const struct qon_field *field, const void *column, int64_t rows, uint64_t hash) {
    size_t size = field->type == QON_F64 || field->type == QON_I64 ? 8 : field->type == QON_BOOL ? sizeof(bool) : sizeof(int32_t);
    if (column == NULL || field->type != QON_TEXT) {
        return hash_more(hash, column, column == NULL ? 0 : (size_t)rows * size);
    }
    char *const *texts = column;
    for (int64_t i = 0; i < rows; i++) {
        hash = hash_more(hash, texts[i], texts[i] == NULL ? 0 : strlen(texts[i]));
    }
    return hash;
}

static uint64_t tables_hash(const struct qon_tables *tables, uint64_t hash) {
    size_t count;
    const struct qon_table_kind *kind = qon_table_kinds(&count);
    for (size_t k = 0; k < count; k++) {
        const char *table = (const char *)tables + kind[k].offset;
        int64_t rows;
        memcpy(&rows, table, sizeof rows);
        for (size_t f = 0; f < kind[k].fields_count; f++) {
            const void *column;
            memcpy(&column, table + kind[k].fields[f].offset, sizeof column);
            hash = column_hash(&kind[k].fields[f], column, rows, hash);
        }
    }
    return hash;
}

static uint64_t steps_hash(const struct qon_steps *steps, uint64_t hash) {
    hash = hash_more(hash, steps->from, (size_t)steps->count * sizeof *steps->from);
    return hash_more(hash, steps->tiyn, (size_t)steps->count * sizeof *steps->tiyn);
}

uint64_t qon_scenario_values_hash(const struct qon_scenario *scenario) {
    uint64_t hash = tables_hash(&scenario->tables, settings_hash(&scenario->settings, 0));
    return steps_hash(&scenario->minimum_wage, steps_hash(&scenario->mci, hash));
}

// Of the effective scenario without what may differ between a run and its longer or differently seeded self: these two have lines of
// their own, two spaces deep.
static uint64_t rest_hash(const char *text) {
    static const char *const passed[] = {"  \"months\":", "  \"seed\":"};
    uint64_t hash = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        length += text[length] == '\n';
        bool pass = false;
        for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
            pass = pass || strncmp(text, passed[i], strlen(passed[i])) == 0;
        }
        hash = pass ? hash : hash_more(hash, text, length);
        text += length;
    }
    return hash;
}

enum qon_status qon_cp_identity_make(struct qon_cp_identity *identity, const struct qon_scenario *scenario) {
    enum qon_status status = QON_OK;
    const char *text = scenario->effective == NULL ? "{}" : scenario->effective;
    struct dimension list[QON_CP_DIMENSIONS];
    *identity = (struct qon_cp_identity){.text_hash = XXH3_64bits(text, strlen(text))};
    identity->values_hash = qon_scenario_values_hash(scenario);
    identity->rest_hash = rest_hash(text);
    dimensions_of(scenario, list);
    for (int d = 0; d < QON_CP_DIMENSIONS; d++) {
        QON_TRY(lines_join(&list[d], &identity->dimension[d]));
    }
done:
    if (status != QON_OK) {
        qon_cp_identity_free(identity);
    }
    return status;
}

void qon_cp_identity_free(struct qon_cp_identity *identity) {
    for (int d = 0; d < QON_CP_DIMENSIONS; d++) {
        qon_free(identity->dimension[d]);
        identity->dimension[d] = NULL;
    }
}

// The first line in which two lists differ, or that one of them lacks.
static enum qon_status lists_fault(const struct qon_cp_file *file, const char *name, const char *saved, const char *wanted,
                                   struct qon_faults *faults) {
    int row = 1;
    while (saved[0] != '\0' && wanted[0] != '\0') {
        size_t a = strcspn(saved, "\n"), b = strcspn(wanted, "\n");
        if (a != b || memcmp(saved, wanted, a) != 0) {
            return qon_cp_fault(file, faults, "does not fit the scenario: row %d of %s is '%.*s' in the checkpoint, '%.*s' in the scenario",
                                row, name, (int)(a < 60 ? a : 60), saved, (int)(b < 60 ? b : 60), wanted);
        }
        saved += a + (saved[a] == '\n');
        wanted += b + (wanted[b] == '\n');
        row++;
    }
    return saved[0] == '\0' ? qon_cp_fault(file, faults, "does not fit the scenario: it has %d %s, the scenario has more", row - 1, name)
                            : qon_cp_fault(file, faults, "does not fit the scenario: it has more %s than the scenario's %d", name, row - 1);
}

static enum qon_status dimensions_check(const struct qon_cp_file *file, const struct qon_cp_identity *own, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    char *saved = NULL;
    int64_t length;
    for (int d = 0; d < QON_CP_DIMENSIONS; d++) {
        const char *name = qon_cp_dimension_name(d);
        QON_TRY(qon_cp_array(file, QON_CP_INFO, name, "text", &saved, &length, faults));
        if (saved != NULL && strcmp(saved, own->dimension[d]) != 0) {
            status = lists_fault(file, name, saved, own->dimension[d], faults);
            goto done;
        }
        qon_free(saved);
        saved = NULL;
    }
done:
    qon_free(saved);
    return status;
}

// One number of the identity; `missing` when the file has none.
static enum qon_status number(const struct qon_cp_file *file, const char *name, uint64_t missing, uint64_t *out,
                              struct qon_faults *faults) {
    uint64_t *array;
    int64_t items;
    enum qon_status status = qon_cp_array(file, QON_CP_INFO, name, "uint64_t", &array, &items, faults);
    *out = status == QON_OK && array != NULL && items == 1 ? array[0] : missing;
    if (status == QON_OK) {
        qon_free(array);
    }
    return status;
}

static enum qon_status extent_check(const struct qon_cp_file *file, const struct qon_scenario *scenario, int32_t month,
                                    struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    uint64_t start, scale;
    char here[16], there[16];
    QON_TRY(number(file, "start", (uint64_t)scenario->start, &start, faults));
    QON_TRY(number(file, "scale", (uint64_t)scenario->scale, &scale, faults));
    if (start != (uint64_t)scenario->start) {
        qon_month_format(start < 12000 ? (int32_t)start : 0, there);
        qon_month_format(scenario->start, here);
        status = qon_cp_fault(file, faults, "does not fit the scenario: its run started in %s, the scenario starts in %s", there, here);
    } else if (scale != (uint64_t)scenario->scale) {
        status =
            qon_cp_fault(file, faults, "does not fit the scenario: its agents stand for %llu persons each, those of the scenario for %d",
                         (unsigned long long)scale, scenario->scale);
    } else if (month < scenario->start || month > scenario->start + scenario->months) {
        qon_month_format(month < 0 || month > 12000 ? 0 : month, there);
        qon_month_format(scenario->start + scenario->months - 1, here);
        status = qon_cp_fault(file, faults, "does not fit the scenario: it stands before %s, the scenario's last month is %s", there, here);
    }
done:
    return status;
}

enum qon_status qon_cp_identity_check(const struct qon_cp_file *file, const struct qon_scenario *scenario, struct qon_checkpoint_info *info,
                                      struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_cp_identity own = {0};
    uint64_t values, months, rest;
    if (qon_cp_identity_make(&own, scenario) != QON_OK) {
        return qon_fault_machine(faults, (struct qon_place){.file = file->path}, "not enough memory to read the checkpoint");
    }
    QON_TRY(dimensions_check(file, &own, faults));
    QON_TRY(extent_check(file, scenario, info->month, faults));
    QON_TRY(number(file, "values_hash", 0, &values, faults));
    QON_TRY(number(file, "months", (uint64_t)scenario->months, &months, faults));
    QON_TRY(number(file, "rest_hash", own.rest_hash, &rest, faults));
    info->other = info->seed != scenario->seed ? QON_OTHER_SEED : 0;
    info->other |= months != (uint64_t)scenario->months ? QON_OTHER_MONTHS : 0;
    info->other |= values != own.values_hash ? QON_OTHER_VALUES : 0;
    bool same_text = rest == own.rest_hash && (info->other != 0 || info->hash == own.text_hash);
    info->other |= (info->other & QON_OTHER_VALUES) == 0 && !same_text ? QON_OTHER_TEXT : 0;
done:
    qon_cp_identity_free(&own);
    return status;
}
