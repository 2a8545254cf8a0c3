// SPDX-License-Identifier: GPL-3.0-or-later
// The books of programmes from a checkpoint into a scenario that may have others, or the same with other limits.
//
// Programmes are found by name, limits by what they limit. A programme that the file does not know begins with the branch; a limit that it
// does not know is full. Grants of a programme that the scenario does not have cannot be kept: nobody would pay them.
#include "checkpoint.h"

#include <inttypes.h>
#include <qonys/memory.h>
#include <qonys/ranks.h>
#include <string.h>
#include <xxhash.h>

// ---- texts, a line each

char *qon_cp_programmes(const struct qon_scenario *scenario) {
    char *text = NULL;
    size_t length = 1;
    for (int32_t i = 0; i < scenario->programmes.count; i++) {
        length += strlen(scenario->programmes.row[i].name) + 1;
    }
    if (qon_take(&text, length, 1) != QON_OK) {
        return NULL;
    }
    for (int32_t i = 0; i < scenario->programmes.count; i++) {
        strcat(strcat(text, scenario->programmes.row[i].name), "\n");
    }
    return text;
}

static uint64_t group_hash(const struct qon_predicate *group) {
    uint64_t hash = XXH3_64bits(group->nodes > 0 ? (const void *)group->node : "", group->nodes * sizeof *group->node);
    return XXH3_64bits_withSeed(group->words_count > 0 ? (const void *)group->words : "", group->words_count * sizeof *group->words, hash);
}

enum { LINE_MOST = 256 };

static void quota_line(const struct qon_scenario *scenario, const struct qon_programme *own, int32_t q, char line[LINE_MOST]) {
    const struct qon_quota *quota = &own->quotas[q];
    const char *region = quota->region == QON_ALL_REGIONS ? "*" : scenario->tables.regions.id[quota->region];
    (void)snprintf(line, LINE_MOST, "places %.64s %.64s %d %c%c %016" PRIx64, own->name, region, (int)quota->year,
                   quota->of_origin ? 'o' : 'd', quota->members ? 'm' : 'g', group_hash(&quota->group));
}

static void budget_line(const struct qon_scenario *scenario, const struct qon_programme *own, int32_t b, char line[LINE_MOST]) {
    const struct qon_budget *budget = &own->budgets[b];
    const char *region = budget->region == QON_ALL_REGIONS ? "*" : scenario->tables.regions.id[budget->region];
    (void)snprintf(line, LINE_MOST, "money %.64s %.64s %d", own->name, region, (int)budget->year);
}

struct limit {
    int32_t programme, year;
    int64_t full; // its whole amount, agents or tiyn
};

// The i-th limit: quotas of all programmes, then budgets; false past the last.
static bool limit_get(const struct qon_scenario *scenario, int32_t i, char line[LINE_MOST], struct limit *limit) {
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t p = 0; p < scenario->programmes.count; p++) {
            const struct qon_programme *own = &scenario->programmes.row[p];
            int32_t count = pass == 0 ? own->quotas_count : own->budgets_count;
            if (i >= count) {
                i -= count;
                continue;
            }
            (pass == 0 ? quota_line : budget_line)(scenario, own, i, line);
            *limit = (struct limit){p, pass == 0 ? own->quotas[i].year : own->budgets[i].year,
                                    (pass == 0 ? own->quotas[i].places : own->budgets[i].tiyn) / scenario->scale};
            return true;
        }
    }
    return false;
}

char *qon_cp_limits(const struct qon_scenario *scenario) {
    char line[LINE_MOST], *text = NULL;
    struct limit limit;
    int32_t count = 0;
    while (limit_get(scenario, count, line, &limit)) {
        count++;
    }
    if (qon_take(&text, (size_t)count * LINE_MOST + 1, 1) != QON_OK) {
        return NULL;
    }
    char *end = text;
    for (int32_t i = 0; i < count && limit_get(scenario, i, line, &limit); i++) {
        end += sprintf(end, "%s\n", line);
    }
    return text;
}

// ---- matching

// Index of the k-th line of `text` that is `line`, -1: none.
static int32_t line_find(const char *text, const char *line, int32_t k) {
    size_t length = strlen(line);
    for (int32_t at = 0; text != NULL && *text != '\0'; at++) {
        size_t own = strcspn(text, "\n");
        if (own == length && memcmp(text, line, own) == 0 && k-- == 0) {
            return at;
        }
        text += own + (text[own] == '\n');
    }
    return -1;
}

static int32_t lines_count(const char *text) {
    int32_t lines = 0;
    for (; text != NULL && *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

static uint64_t line_hash(const char *line, size_t length) {
    return XXH3_64bits(line, length);
}

// The file's number of each of our limits: of several that say the same, the k-th is the k-th.
static enum qon_status limits_match(struct qon_cp_books *books, const struct qon_scenario *scenario, const char *saved) {
    enum qon_status status = QON_OK;
    uint64_t *own = NULL, *theirs = NULL;
    char line[LINE_MOST];
    struct limit limit;
    int32_t lines = lines_count(saved), at = 0;
    while (limit_get(scenario, books->limits, line, &limit)) {
        books->limits++;
    }
    QON_TRY(qon_take(&books->limit, (size_t)books->limits, sizeof *books->limit));
    QON_TRY(qon_take(&own, (size_t)books->limits, sizeof *own));
    QON_TRY(qon_take(&theirs, (size_t)lines, sizeof *theirs));
    for (const char *text = saved; at < lines; at++) {
        size_t length = strcspn(text, "\n");
        theirs[at] = line_hash(text, length);
        books->file_quotas += text[0] == 'p';
        books->file_budgets += text[0] == 'm';
        text += length + 1;
    }
    for (int32_t i = 0; i < books->limits && limit_get(scenario, i, line, &limit); i++) {
        int32_t k = 0;
        own[i] = line_hash(line, strlen(line));
        books->limit[i] = -1;
        for (int32_t o = 0; o < i; o++) {
            k += own[o] == own[i];
        }
        for (int32_t o = 0; o < lines && books->limit[i] < 0; o++) {
            books->limit[i] = theirs[o] == own[i] && k-- == 0 ? o : -1;
        }
    }
done:
    qon_free(own);
    qon_free(theirs);
    return status;
}

enum qon_status qon_cp_books_match(struct qon_cp_books *books, const struct qon_cp_file *file, const struct qon_scenario *scenario,
                                   struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    char *names = NULL, *limits = NULL;
    int64_t length;
    QON_TRY(qon_cp_array(file, QON_CP_INFO, "programmes", "text", &names, &length, faults));
    QON_TRY(qon_cp_array(file, QON_CP_INFO, "limits", "text", &limits, &length, faults));
    books->file_programmes = lines_count(names);
    if (books->file_programmes > QON_PROGRAMMES_MOST) {
        status = qon_cp_fault(file, faults, "the checkpoint has %d programmes, at most %d are possible", (int)books->file_programmes,
                              QON_PROGRAMMES_MOST);
        goto done;
    }
    for (int32_t p = 0; p < QON_PROGRAMMES_MOST; p++) {
        books->ours[p] = -1;
    }
    for (int32_t p = 0; p < scenario->programmes.count; p++) {
        books->theirs[p] = line_find(names, scenario->programmes.row[p].name, 0);
        if (books->theirs[p] >= 0) {
            books->ours[books->theirs[p]] = p;
        }
        books->other |= books->theirs[p] != p;
    }
    books->other |= books->file_programmes != scenario->programmes.count;
    QON_TRY(limits_match(books, scenario, limits));
    if (limits == NULL && !books->other) { // a file from before limits had names: they must be the same, one by one
        for (int32_t i = 0; i < books->limits; i++) {
            books->limit[i] = i;
        }
        for (int32_t p = 0; p < scenario->programmes.count; p++) {
            books->file_quotas += scenario->programmes.row[p].quotas_count;
            books->file_budgets += scenario->programmes.row[p].budgets_count;
        }
    }
    if (limits == NULL && books->other) {
        books->file_quotas = books->file_budgets = -1;
    }
    books->names = names;
    names = NULL;
done:
    qon_free(names);
    qon_free(limits);
    return status;
}

void qon_cp_books_free(struct qon_cp_books *books) {
    qon_free(books->names);
    qon_free(books->limit);
}

// ---- reading

// The file's array of a part by programme, brought into our order; `width` items a programme.
static enum qon_status by_programme(const struct qon_cp_books *books, const struct qon_cp_file *file, struct qon_world *world,
                                    const struct qon_part *part, const char *array, int64_t items, struct qon_faults *faults) {
    int32_t count = world->scenario->programmes.count;
    if (count == 0) {
        return QON_OK;
    }
    int64_t width = part->count / count;
    if (items != width * books->file_programmes) {
        return qon_cp_fault(file, faults, "the checkpoint's %s is not of the form %s[%d programmes * %lld]", part->name, part->type,
                            (int)books->file_programmes, (long long)width);
    }
    size_t bytes = (size_t)width * part->size;
    for (int32_t p = 0; p < count; p++) {
        if (books->theirs[p] >= 0) {
            memcpy((char *)qon_part_write(world, part) + (size_t)p * bytes, array + (size_t)books->theirs[p] * bytes, bytes);
        }
    }
    return QON_OK;
}

static bool has_begun(const struct qon_world *world, int32_t programme) {
    const struct qon_programme *own = &world->scenario->programmes.row[programme];
    return world->ledger.since[programme] < world->month && own->from < world->month && world->scenario->start < world->month;
}

// Limits that the file does not know are full, as far as their time has begun; the clock fills the others.
static void by_limit(const struct qon_cp_books *books, struct qon_world *world, const int64_t *quota_left, const int64_t *budget_left) {
    char line[LINE_MOST];
    struct limit limit;
    for (int32_t i = 0; i < books->limits && limit_get(world->scenario, i, line, &limit); i++) {
        bool place = i < world->ledger.quotas;
        int64_t *left = place ? &world->ledger.quota_left[i] : &world->ledger.budget_left[i - world->ledger.quotas];
        int32_t theirs = books->limit[i] - (place ? 0 : books->file_quotas);
        const int64_t *from = place ? quota_left : budget_left;
        bool counts = limit.year == QON_EACH_YEAR || limit.year == QON_WHOLE_TIME || limit.year == 1900 + world->month / 12;
        *left = books->limit[i] >= 0 && from != NULL ? from[theirs] : counts && has_begun(world, limit.programme) ? limit.full : 0;
    }
}

// What is left of the file's limits; NULL when they cannot be told apart (an older file).
static enum qon_status left_read(const struct qon_cp_file *file, const char *name, int64_t expected, int64_t **out,
                                 struct qon_faults *faults) {
    int64_t items = 0;
    enum qon_status status = qon_cp_array(file, QON_CP_WORLD, name, "int64_t", out, &items, faults);
    if (status == QON_OK && *out != NULL && expected < 0) {
        qon_free(*out);
        *out = NULL;
    } else if (status == QON_OK && *out != NULL && items != expected) {
        status = qon_cp_fault(file, faults, "the checkpoint's %s is not of the form int64_t[%lld]", name, (long long)expected);
    }
    return status;
}

static enum qon_status limits_read(const struct qon_cp_books *books, const struct qon_cp_file *file, struct qon_world *world,
                                   struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    int64_t *quota_left = NULL, *budget_left = NULL;
    QON_TRY(left_read(file, "ledger.quota_left", books->file_quotas, &quota_left, faults));
    QON_TRY(left_read(file, "ledger.budget_left", books->file_budgets, &budget_left, faults));
    by_limit(books, world, quota_left, budget_left);
done:
    qon_free(quota_left);
    qon_free(budget_left);
    return status;
}

enum qon_status qon_cp_books_read(const struct qon_cp_books *books, const struct qon_cp_file *file, struct qon_world *world,
                                  struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_part parts[QON_PARTS_MOST];
    char *array = NULL;
    int count = qon_world_parts(world, parts);
    for (int i = 0; i < count; i++) {
        int64_t items;
        bool left = strcmp(parts[i].name, "ledger.quota_left") == 0 || strcmp(parts[i].name, "ledger.budget_left") == 0;
        if (!parts[i].apart || left) {
            continue;
        }
        QON_TRY(qon_cp_array(file, QON_CP_WORLD, parts[i].name, parts[i].type, &array, &items, faults));
        if (array != NULL) {
            QON_TRY(by_programme(books, file, world, &parts[i], array, items, faults));
        }
        qon_free(array);
        array = NULL;
    }
    for (int32_t p = 0; p < world->scenario->programmes.count; p++) {
        world->ledger.since[p] = books->theirs[p] < 0 ? world->month : world->ledger.since[p];
    }
    QON_TRY(limits_read(books, file, world, faults));
done:
    qon_free(array);
    return status;
}

// ---- grants and waiting lists, whose rows name programmes by number

// lost: [QON_PROGRAMMES_MOST] of the file's programmes, grants of those that the scenario does not have.
static enum qon_status grants_renumber(const struct qon_cp_books *books, const struct qon_cp_file *file, struct qon_world *world,
                                       int64_t *lost, struct qon_faults *faults) {
    for (uint32_t b = 0; b < world->blocks; b++) {
        struct qon_commitments *c = &world->block[b].commitments;
        for (uint32_t g = 0; g < c->count; g++) {
            if (c->programme[g] >= books->file_programmes) {
                return qon_cp_fault(file, faults, "the checkpoint's grant %u of block %u is of a programme that it does not have", g, b);
            }
            int32_t own = books->ours[c->programme[g]];
            lost[c->programme[g]] += own < 0;
            c->programme[g] = own < 0 ? c->programme[g] : (uint8_t)own;
        }
    }
    return QON_OK;
}

static enum qon_status lost_tell(const struct qon_cp_books *books, const struct qon_cp_file *file, const int64_t *lost,
                                 struct qon_faults *faults) {
    const char *name = books->names;
    for (int32_t p = 0; p < books->file_programmes; p++) {
        int length = (int)strcspn(name, "\n");
        if (lost[p] > 0) {
            return qon_cp_fault(file, faults,
                                "the checkpoint holds %lld grants of the programme '%.*s', which the scenario does not have; a branch must "
                                "keep it (it may end: \"to\") or start from a checkpoint without its grants",
                                (long long)lost[p], length, name);
        }
        name += length + 1;
    }
    return QON_OK;
}

// A wish for a package of which a programme is gone ends for the others too, and is counted so: gave_up[programme * regions + region].
static void waiting_renumber(const struct qon_cp_books *books, const struct qon_world *world, struct qon_block *block, int64_t *gave_up) {
    struct qon_waiting *w = &block->waiting;
    uint32_t kept = 0;
    for (uint32_t row = 0; row < w->count; row++) {
        uint64_t mask = 0;
        bool whole = true;
        for (uint64_t left = w->wanted[row]; left != 0; left &= left - 1) {
            int32_t own = books->ours[__builtin_ctzll(left)];
            mask |= own >= 0 ? 1ULL << own : 0;
            whole &= own >= 0;
        }
        for (uint64_t left = whole ? 0 : mask; left != 0 && w->destination[row] < world->zones; left &= left - 1) {
            int64_t region = world->scenario->tables.zones.region[w->destination[row]];
            gave_up[(int64_t)__builtin_ctzll(left) * world->regions + region]++;
        }
        if (whole) {
#define COLUMN(type, name, unit, meaning) w->name[kept] = w->name[row];
#include <qonys/waiting_columns.def>
#undef COLUMN
            w->wanted[kept++] = mask;
        }
    }
    w->count = kept;
}

enum qon_status qon_cp_books_renumber(const struct qon_cp_books *books, const struct qon_cp_file *file, struct qon_world *world,
                                      struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    int64_t lost[QON_PROGRAMMES_MOST] = {0}, *gave_up = NULL;
    int64_t rows = (int64_t)world->scenario->programmes.count * world->regions;
    status = qon_take(&gave_up, (size_t)rows, sizeof *gave_up);
    status = status == QON_OK ? grants_renumber(books, file, world, lost, faults) : status;
    QON_TRY(qon_ranks_agree(status));
    for (uint32_t b = 0; b < world->blocks; b++) {
        waiting_renumber(books, world, &world->block[b], gave_up);
    }
    qon_ranks_sum_i64(lost, world->ranks > 1 ? QON_PROGRAMMES_MOST : 0);
    qon_ranks_sum_i64(gave_up, world->ranks > 1 ? rows : 0);
    QON_TRY(lost_tell(books, file, lost, faults));
    for (int64_t i = 0; i < rows; i++) {
        world->ledger.total[i * QON_MEASURES + QON_MEASURE_gave_up] += gave_up[i];
    }
done:
    qon_free(gave_up);
    return status;
}
