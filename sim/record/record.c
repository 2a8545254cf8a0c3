// SPDX-License-Identifier: GPL-3.0-or-later
// Collecting a run's series and flows, and putting the results file in its place.
//
// Invariants: 1. nothing ever stands under the final name but a whole file: it is written beside as `.part`, forced to the disk and
// renamed;
// 2. an older results file stays as it is until the rename, and programs that have it open keep their own copy; 3. on failure the part
// file and folders made for it are gone.
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <qonys/folder.h>
#include <qonys/memory.h>
#include <qonys/ranks.h>
#include <qonys/results.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const struct qon_flow_kind qon_flow_kinds[QON_FLOW_KINDS] = {
    [QON_FLOW_REGION] = {"region", QON_EVENTS, false},
    [QON_FLOW_ZONE] = {"zone", QON_EVENTS, false},
    [QON_FLOW_LOCAL] = {"local", QON_EVENTS, false},
    {"kandas", QON_EVENT_arrivals_kandas, true},
    {"immigration", QON_EVENT_arrivals_immigration, true},
    {"emigration", QON_EVENT_departures_emigration, false},
    {"permit", QON_EVENT_arrivals_permit, true},
    {"permit", QON_EVENT_departures_permit, false},
    {"unregistered", QON_EVENT_arrivals_unregistered, true},
    {"unregistered", QON_EVENT_departures_unregistered, false},
};

void qon_time_utc(char text[40]) {
    struct timespec now = {0};
    struct tm utc = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t length = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + length, 40 - length, ".%03dZ", (int)(now.tv_nsec / 1000000));
}

// --- folder and file --------------------------------------------------------------------------------------------------------------

static enum qon_status machine_fault(struct qon_faults *faults, const char *path, const char *what) {
    struct qon_place place = {.file = path};
    return qon_fault_machine(faults, place, "%s: %s", what, strerror(errno));
}

// A run of hours should not find at its end that it may not write: the part file is made and removed at the start.
static enum qon_status folder_try(struct qon_record *record, struct qon_faults *faults) {
    if (qon_results_locked(record->path)) {
        return qon_fault_machine(
            faults, (struct qon_place){.file = record->path},
            "another program is writing to this file: let it finish or close it there, or choose another folder by --out");
    }
    int file = open(record->part, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        return machine_fault(faults, record->part, "cannot write the results");
    }
    close(file);
    unlink(record->part);
    return QON_OK;
}

static enum qon_status paths_set(struct qon_record *record, const char *folder, struct qon_faults *faults) {
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') {
        length--;
    }
    if (length == 0 || length > QON_PATH_MOST - 40) {
        struct qon_place place = {.path = "out"};
        return qon_fault_add(faults, place, "the folder's name is %s", length ? "too long" : "empty");
    }
    snprintf(record->folder, sizeof record->folder, "%.*s", (int)length, folder);
    snprintf(record->path, sizeof record->path, "%.*s/results.gpkg", (int)length, folder);
    snprintf(record->part, sizeof record->part, "%.*s/results.gpkg.part", (int)length, folder);
    return QON_OK;
}

// --- collecting -------------------------------------------------------------------------------------------------------------------

static enum qon_status zones_check(const struct qon_world *world, struct qon_faults *faults) {
    for (int32_t zone = 0; zone < world->zones; zone++) {
        if (strcmp(world->scenario->tables.zones.id[zone], QON_RESULTS_ALL) == 0) {
            struct qon_place place = {.file = world->scenario->file, .path = "geography.zones"};
            return qon_fault_add(faults, place, "a zone cannot have the id '%s': in results it stands for the country", QON_RESULTS_ALL);
        }
    }
    return QON_OK;
}

static void persons_start_set(struct qon_record *record, const struct qon_world *world) {
    for (int32_t zone = 0; zone < record->zones; zone++) {
        for (int32_t labour = 0; labour < QON_LABOURS; labour++) {
            record->persons_start[zone] += world->tally.labour[(int64_t)zone * QON_LABOURS + labour];
        }
    }
}

static void record_free(struct qon_record *record) {
    qon_free(record->indicator);
    qon_free(record->persons_start);
    qon_free(record->month);
    qon_free(record->series);
    qon_free(record->flow);
    qon_free(record->grant);
    qon_free(record);
}

static size_t series_month(const struct qon_record *record) {
    return (size_t)record->indicators * ((size_t)record->zones + 1);
}

enum qon_status qon_record_open(struct qon_record **out, const struct qon_world *world, const char *folder, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_record *record = NULL;
    *out = NULL;
    QON_TRY(qon_take(&record, 1, sizeof *record));
    record->zones = world->zones;
    record->programmes = world->scenario->programmes.count;
    record->regions = world->regions;
    record->indicators = qon_indicators_count(world);
    record->months_capacity = world->scenario->months;
    qon_time_utc(record->started);
    QON_TRY(zones_check(world, faults));
    QON_TRY(paths_set(record, folder, faults));
    QON_TRY(qon_take(&record->indicator, (size_t)record->indicators, sizeof *record->indicator));
    QON_TRY(qon_take(&record->persons_start, (size_t)record->zones, sizeof *record->persons_start));
    QON_TRY(qon_take(&record->month, (size_t)record->months_capacity, sizeof *record->month));
    QON_TRY(qon_take(&record->series, (size_t)record->months_capacity * series_month(record), sizeof *record->series));
    for (int32_t i = 0; i < record->indicators; i++) {
        qon_indicator_get(world, i, &record->indicator[i]);
    }
    persons_start_set(record, world);
    QON_TRY(qon_folder_make(record->folder, "cannot make the folder for the results", &record->folders_made, faults));
    QON_TRY(folder_try(record, faults));
    *out = record;
done:
    if (status != QON_OK && record) {
        qon_record_abandon(record);
    }
    if (status == QON_MACHINE && faults && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){0}, "not enough memory to record the run");
    }
    return status;
}

void qon_record_select(struct qon_record *record, const struct qon_selection *selection) {
    record->selection = selection ? *selection : (struct qon_selection){0};
}

bool qon_record_wanted(const struct qon_record *record, int32_t indicator) {
    bool wanted = record->selection.indicators == 0;
    for (int32_t i = 0; i < record->selection.indicators && !wanted; i++) {
        wanted = strcmp(record->selection.indicator[i], record->indicator[indicator].name) == 0;
    }
    return wanted;
}

static enum qon_status flow_add(struct qon_record *record, struct qon_flow flow) {
    enum qon_status status = QON_OK;
    if (record->flows == record->flows_capacity) {
        int64_t capacity = record->flows_capacity ? record->flows_capacity * 2 : 4096;
        QON_TRY(qon_grow(&record->flow, (size_t)record->flows_capacity, (size_t)capacity, sizeof *record->flow));
        record->flows_capacity = capacity;
    }
    record->flow[record->flows++] = flow;
done:
    return status;
}

// ---- moves by the programme that paid

// The month's moves with a grant: each is on one row of commitments, that of the programme that pays most.
static enum qon_status supported(const struct qon_world *world, struct qon_flow **out, int64_t *count) {
    enum qon_status status = QON_OK;
    int64_t capacity = 0;
    for (uint32_t b = 0; b < world->blocks && world->scenario->programmes.count > 0; b++) {
        const struct qon_commitments *c = &world->block[b].commitments;
        for (uint32_t g = c->count; g > 0 && c->month[g - 1] == world->month - 1; g--) { // rows stand in the order of months
            if (c->movers[g - 1] == 0) {
                continue;
            }
            if (*count == capacity) {
                QON_TRY(qon_grow(out, (size_t)capacity, (size_t)capacity * 2 + 256, sizeof **out));
                capacity = capacity * 2 + 256;
            }
            (*out)[(*count)++] = (struct qon_flow){
                .persons = c->movers[g - 1],
                .households = 1,
                .origin = c->origin[g - 1],
                .destination = c->destination[g - 1],
                .programme = c->programme[g - 1],
            };
        }
    }
done:
    return status;
}

static int flow_order(const void *a, const void *b) {
    const struct qon_flow *x = a, *y = b;
    return x->origin != y->origin             ? (x->origin < y->origin ? -1 : 1)
           : x->destination != y->destination ? (x->destination < y->destination ? -1 : 1)
                                              : (x->programme > y->programme) - (x->programme < y->programme);
}

// Rows of one pair: one for each programme, then what is left of `all`, who moved without. list[*at..] begins with the pair's moves.
static enum qon_status pair_add(struct qon_record *record, struct qon_flow all, const struct qon_flow *list, int64_t count, int64_t *at) {
    enum qon_status status = QON_OK;
    while (*at < count && list[*at].origin == all.origin && list[*at].destination == all.destination) {
        struct qon_flow own = all;
        own.programme = list[*at].programme;
        own.persons = own.households = 0;
        for (; *at < count && flow_order(&list[*at], &own) == 0; (*at)++) {
            own.persons += list[*at].persons;
            own.households += list[*at].households;
        }
        all.persons -= own.persons;
        all.households -= own.households;
        QON_TRY(flow_add(record, own));
    }
    QON_REQUIRE(all.persons >= 0 && all.households >= 0);
    if (all.persons != 0) {
        QON_TRY(flow_add(record, all));
    }
done:
    return status;
}

// The list of one rank becomes that of all, in the order of ranks.
static enum qon_status all_ranks(const struct qon_world *world, struct qon_flow **list, int64_t *count) {
    enum qon_status status = QON_OK;
    struct qon_flow *all = NULL;
    int64_t *bytes = NULL, total = 0;
    if (world->ranks < 2 || world->scenario->programmes.count == 0) {
        return QON_OK;
    }
    QON_TRY(qon_take(&bytes, (size_t)world->ranks, sizeof *bytes));
    qon_ranks_share(*count * (int64_t)sizeof *all, bytes);
    for (int r = 0; r < world->ranks; r++) {
        total += bytes[r];
    }
    QON_TRY(qon_take(&all, (size_t)total + 1, 1));
    qon_ranks_gather(*list, bytes, all);
    qon_free(*list);
    *list = all;
    *count = total / (int64_t)sizeof *all;
done:
    qon_free(bytes);
    return status;
}

enum qon_status qon_record_follow(const struct qon_world *world, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_flow *list = NULL;
    int64_t count = 0;
    QON_TRY(supported(world, &list, &count));
    QON_TRY(all_ranks(world, &list, &count));
done:
    qon_free(list);
    return status == QON_OK ? QON_OK : qon_fault_machine(faults, (struct qon_place){0}, "not enough memory to record the month");
}

static enum qon_status flows_inside(struct qon_record *record, const struct qon_world *world) {
    enum qon_status status = QON_OK;
    const int32_t *region = world->scenario->tables.zones.region;
    struct qon_flow *list = NULL;
    int64_t count = 0, at = 0;
    QON_TRY(supported(world, &list, &count));
    QON_TRY(all_ranks(world, &list, &count));
    if (count > 0) {
        qsort(list, (size_t)count, sizeof *list, flow_order);
    }
    for (int32_t o = 0; o < record->zones; o++) {
        for (int32_t d = 0; d < record->zones; d++) {
            int64_t pair = (int64_t)o * record->zones + d;
            int64_t persons = world->tally.flow_persons[pair];
            if (persons != 0) {
                int32_t kind = o == d ? QON_FLOW_LOCAL : region[o] == region[d] ? QON_FLOW_ZONE : QON_FLOW_REGION;
                struct qon_flow flow = {persons, world->tally.flow_households[pair], record->months, o, d, kind, -1};
                QON_TRY(pair_add(record, flow, list, count, &at));
            }
        }
    }
    QON_REQUIRE(at == count);
done:
    qon_free(list);
    return status;
}

static enum qon_status flows_outside(struct qon_record *record, const struct qon_world *world) {
    enum qon_status status = QON_OK;
    for (int32_t kind = QON_FLOW_LOCAL + 1; kind < QON_FLOW_KINDS; kind++) {
        const int64_t *events = world->tally.events + (int64_t)qon_flow_kinds[kind].event * record->zones;
        bool arrival = qon_flow_kinds[kind].arrival;
        for (int32_t zone = 0; zone < record->zones; zone++) {
            if (events[zone] != 0) {
                struct qon_flow flow = {events[zone], -1, record->months, arrival ? -1 : zone, arrival ? zone : -1, kind, -1};
                QON_TRY(flow_add(record, flow));
            }
        }
    }
done:
    return status;
}

// What programmes did this month, by region.
static enum qon_status programmes_month(struct qon_record *record, const struct qon_world *world) {
    enum qon_status status = QON_OK;
    for (int32_t programme = 0; programme < world->scenario->programmes.count; programme++) {
        for (int32_t region = 0; region < world->regions; region++) {
            const int64_t *measures = world->ledger.month + ((int64_t)programme * world->regions + region) * QON_MEASURES;
            bool any = false;
            for (int m = 0; m < QON_MEASURES; m++) {
                any |= measures[m] != 0;
            }
            if (!any) {
                continue;
            }
            if (record->grants == record->grants_capacity) {
                int64_t capacity = record->grants_capacity ? record->grants_capacity * 2 : 256;
                QON_TRY(
                    qon_grow(&record->grant, (size_t)record->grants_capacity, (size_t)capacity, QON_GRANT_WIDTH * sizeof *record->grant));
                record->grants_capacity = capacity;
            }
            int64_t *row = record->grant + record->grants++ * QON_GRANT_WIDTH;
            row[0] = record->months;
            row[1] = programme;
            row[2] = region;
            memcpy(row + 3, measures, QON_MEASURES * sizeof *row);
        }
    }
done:
    return status;
}

enum qon_status qon_record_month(struct qon_record *record, const struct qon_world *world, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    if (record->months == record->months_capacity) { // a live run may go on past the scenario's end
        size_t old = (size_t)record->months_capacity;
        QON_TRY(qon_grow(&record->month, old, 2 * old, sizeof *record->month));
        QON_TRY(qon_grow(&record->series, old * series_month(record), 2 * old * series_month(record), sizeof *record->series));
        record->months_capacity = (int32_t)(2 * old);
    }
    record->month[record->months] = world->month - 1;
    qon_indicators_observe(world, record->series + (size_t)record->months * series_month(record));
    QON_TRY(flows_inside(record, world));
    QON_TRY(flows_outside(record, world));
    QON_TRY(programmes_month(record, world));
    record->months++;
done:
    if (status != QON_OK) {
        return qon_fault_machine(faults, (struct qon_place){0}, "not enough memory to record the month");
    }
    return QON_OK;
}

double qon_record_sum(const struct qon_record *record, const char *indicator) {
    double sum = 0;
    for (int32_t i = 0; i < record->indicators; i++) {
        for (int32_t m = 0; strcmp(record->indicator[i].name, indicator) == 0 && m < record->months; m++) {
            sum += record->series[(size_t)m * series_month(record) + (size_t)i * ((size_t)record->zones + 1) + (size_t)record->zones];
        }
    }
    return sum;
}

// --- closing ----------------------------------------------------------------------------------------------------------------------

enum qon_status qon_record_close(struct qon_record *record, const struct qon_world *world, const struct qon_provenance *provenance,
                                 char *path_out, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    unlink(record->part);
    QON_TRY(qon_record_write(record, world, provenance, faults));
    QON_TRY(qon_results_place(record->folder, record->part, record->path, faults));
    record->folders_made = 0;
    if (path_out) {
        snprintf(path_out, QON_PATH_MOST, "%s", record->path);
    }
done:
    if (status != QON_OK) {
        unlink(record->part);
        qon_folder_unmake(record->folder, &record->folders_made);
    }
    record_free(record);
    return status;
}

void qon_record_abandon(struct qon_record *record) {
    if (record) {
        qon_folder_unmake(record->folder, &record->folders_made);
        record_free(record);
    }
}
