// SPDX-License-Identifier: GPL-3.0-or-later
// One run. The order of what can fail: the folder of the results is tried before the months are computed, not after.
//
// Over ranks all do the same; the first alone tells, records and writes. What only one of them can find wrong (the disk, the file) is
// agreed on by all, so that they end together; a lack of memory ends the job at once, because the others wait in an exchange by then.
#include <qonys/runner.h>

#include <math.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/ranks.h>
#include <qonys/record.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <string.h>

struct runner {
    const struct qon_scenario *scenario;
    const struct qon_run_options *options;
    struct qon_run_summary *summary;
    struct qon_faults *faults;
    struct qon_world world;
    struct qon_record *record;
    double begun; // when the first month began
    struct qon_checkpoint_info resumed;
    int64_t person_months_before; // what a checkpoint brought
    int32_t months_before;
    bool agreed;                                                // the failure is known to all ranks
    int64_t measures_before[QON_PROGRAMMES_MOST][QON_MEASURES]; // of programmes, agents: what is not of this run's months
};

static int64_t persons_count(const struct qon_world *world) {
    int64_t sum = 0;
    for (int64_t i = 0; i < (int64_t)world->zones * QON_LABOURS; i++) {
        sum += world->tally.labour[i];
    }
    return sum;
}

static int64_t households_count(const struct qon_world *world) {
    int64_t sum = 0;
    for (int32_t zone = 0; zone < world->zones; zone++) {
        sum += world->tally.households[zone];
    }
    return sum;
}

static double event_sum(const struct qon_world *world, enum qon_event event) {
    int64_t sum = 0;
    for (int32_t zone = 0; zone < world->zones; zone++) {
        sum += world->tally.events[(int64_t)event * world->zones + zone];
    }
    return (double)sum * world->scenario->scale;
}

static void tell(const struct runner *runner, enum qon_run_stage stage) {
    const struct qon_run_summary *summary = runner->summary;
    if (!runner->options->watch || qon_ranks_rank() > 0) {
        return;
    }
    struct qon_run_progress progress = {.stage = stage,
                                        .month = summary->month,
                                        .months_done = summary->months,
                                        .months = runner->scenario->months,
                                        .persons = summary->persons,
                                        .person_months = summary->person_months,
                                        .person_months_before = runner->person_months_before,
                                        .months_before = runner->months_before,
                                        .resumed = runner->options->resume ? &runner->resumed : NULL,
                                        .seconds = runner->begun > 0 ? qon_time_wall() - runner->begun : 0};
    runner->options->watch(runner->options->context, &progress);
}

// Signals that have come, to any rank.
struct wishes {
    int64_t stop, save;
};
static struct wishes wishes_of(const struct runner *runner) {
    const struct qon_run_options *options = runner->options;
    int64_t wishes[2] = {options->stop && *options->stop, options->save && *options->save};
    qon_ranks_sum_i64(wishes, 2);
    return (struct wishes){wishes[0], wishes[1]};
}

// After a month: its events and residents into the summary.
static void summary_add_month(struct runner *runner) {
    struct qon_run_summary *summary = runner->summary;
    const struct qon_world *world = &runner->world;
    summary->persons = persons_count(world);
    summary->person_months += summary->persons;
    summary->month = world->month - 1;
    summary->months++;
    summary->moves_region += event_sum(world, QON_EVENT_arrivals_region);
    summary->moves_within += event_sum(world, QON_EVENT_arrivals_zone) + event_sum(world, QON_EVENT_moves_local);
    summary->births += event_sum(world, QON_EVENT_births);
    summary->deaths += event_sum(world, QON_EVENT_deaths);
}

static double unemployment_percent(const struct qon_world *world) {
    int64_t force = 0;
    int64_t unemployed = 0;
    for (int32_t zone = 0; zone < world->zones; zone++) {
        const int64_t *labour = world->tally.labour + (int64_t)zone * QON_LABOURS;
        force += labour[QON_EMPLOYED] + labour[QON_SELF_EMPLOYED] + labour[QON_UNEMPLOYED];
        unemployed += labour[QON_UNEMPLOYED];
    }
    return force > 0 ? 100 * (double)unemployed / (double)force : (double)NAN;
}

static const bool stock[QON_MEASURES] = {
#define MEASURE(name, unit, is_stock, meaning) is_stock,
#include <qonys/measures.def>
#undef MEASURE
};

// A programme's measure since the run began, all regions, agents.
static int64_t measure_sum(const struct qon_world *world, int32_t programme, int measure) {
    int64_t sum = 0;
    for (int32_t r = 0; r < world->regions; r++) {
        sum += world->ledger.total[((int64_t)programme * world->regions + r) * QON_MEASURES + measure];
    }
    return sum;
}

// What the limits seen so far leave.
struct room {
    int64_t country, parts;
    bool any_country, any_part;
};

static void room_add(struct room *room, bool of_country, int64_t left) {
    if (!of_country) {
        room->parts += left;
        room->any_part = true;
    } else if (!room->any_country || left < room->country) {
        room->country = left;
        room->any_country = true;
    }
}

static int64_t room_left(const struct room *room, int32_t scale) {
    return room->any_country ? room->country * scale : room->any_part ? room->parts * scale : QON_NO_LIMIT;
}

void qon_run_programme_left(const struct qon_world *world, int32_t programme, int64_t *places_left, int64_t *tiyn_left) {
    const struct qon_programme *row = world->scenario->programmes.row;
    const int64_t *quota_left = world->ledger.quota_left, *budget_left = world->ledger.budget_left;
    for (; row < world->scenario->programmes.row + programme; row++) {
        quota_left += row->quotas_count;
        budget_left += row->budgets_count;
    }
    struct room places = {0}, money = {0};
    int32_t month = world->month - 1 < row->to ? world->month - 1 : row->to;
    int32_t year = 1900 + month / 12;
    bool begun = row->from <= month && month >= world->scenario->start;
    for (int32_t q = 0; begun && q < row->quotas_count; q++) {
        const struct qon_quota *own = &row->quotas[q];
        if (own->year == QON_EACH_YEAR || own->year == QON_WHOLE_TIME || own->year == year) {
            room_add(&places, own->region == QON_ALL_REGIONS && own->group.nodes == 0, quota_left[q]);
        }
    }
    for (int32_t b = 0; begun && b < row->budgets_count; b++) {
        const struct qon_budget *own = &row->budgets[b];
        if (own->year == QON_EACH_YEAR || own->year == QON_WHOLE_TIME || own->year == year) {
            room_add(&money, own->region == QON_ALL_REGIONS, budget_left[b]);
        }
    }
    *places_left = room_left(&places, world->scenario->scale);
    *tiyn_left = room_left(&money, world->scenario->scale);
}

static void programmes_sum(const struct runner *runner, struct qon_run_summary *summary) {
    const struct qon_world *world = &runner->world;
    for (int32_t p = 0; p < world->scenario->programmes.count; p++) {
        struct qon_run_programme *sum = &summary->programmes[p];
        *sum = (struct qon_run_programme){.exhausted = world->ledger.exhausted[p]};
        for (int m = 0; m < QON_MEASURES; m++) {
            int64_t before = stock[m] ? 0 : runner->measures_before[p][m];
            sum->measure[m] = (measure_sum(world, p, m) - before) * world->scenario->scale;
        }
        qon_run_programme_left(world, p, &sum->places_left, &sum->tiyn_left);
    }
}

static void summary_end(struct runner *runner) {
    struct qon_run_summary *summary = runner->summary;
    const struct qon_world *world = &runner->world;
    summary->households = households_count(world);
    summary->employers = world->employers.count;
    int64_t bytes = (int64_t)qon_memory_peak_bytes(); // of all ranks
    qon_ranks_sum_i64(&bytes, 1);
    summary->bytes_per_person = summary->persons > 0 ? (double)bytes / (double)summary->persons : 0;
    summary->unemployment_percent = unemployment_percent(world);
    summary->digest = qon_world_digest(world);
    qon_targets_observe(world, summary->targets);
    programmes_sum(runner, summary);
    for (int i = 0; i < QON_RUN_PHASES_MOST; i++) {
        struct qon_run_phase *phase = &summary->phases[i];
        const char *name = qon_step_phase(world, i, &phase->seconds, &phase->calls);
        if (!name) {
            break;
        }
        snprintf(phase->name, sizeof phase->name, "%s", name);
        summary->phases_count = i + 1;
    }
}

static enum qon_status record_open(struct runner *runner) {
    enum qon_status status = QON_OK;
    if (runner->options->folder && qon_ranks_rank() == 0) {
        QON_TRY(qon_record_open(&runner->record, &runner->world, runner->options->folder, runner->faults));
        qon_record_select(runner->record, runner->options->selection);
    }
done:
    return qon_ranks_agree(status);
}

// What the months before a checkpoint came to.
static void sums_restore(struct runner *runner) {
    struct qon_run_summary *summary = runner->summary;
    const struct qon_record *record = runner->record;
    double persons = qon_record_sum(record, "population");
    summary->person_months = (int64_t)(persons / runner->scenario->scale + 0.5);
    summary->moves_region = qon_record_sum(record, "arrivals_region");
    summary->moves_within = qon_record_sum(record, "arrivals_zone") + qon_record_sum(record, "moves_local");
    summary->births = qon_record_sum(record, "births");
    summary->deaths = qon_record_sum(record, "deaths");
    runner->person_months_before = summary->person_months;
}

// Programmes' sums of the months before, which the summary shall not count.
static void measures_keep(struct runner *runner) {
    for (int32_t p = 0; p < runner->scenario->programmes.count; p++) {
        for (int m = 0; m < QON_MEASURES; m++) {
            runner->measures_before[p][m] = measure_sum(&runner->world, p, m);
        }
    }
}

// A branch records its own months only: those before belong to another scenario.
static enum qon_status resume(struct runner *runner) {
    enum qon_status status = QON_OK;
    struct qon_world *world = &runner->world;
    const char *path = runner->options->resume;
    QON_TRY(qon_checkpoint_load(world, runner->scenario, path, &runner->resumed, runner->faults)); // ranks agree inside
    runner->summary->months = runner->months_before = world->months_done;
    runner->summary->month = world->month - 1;
    QON_TRY(record_open(runner));
    if (runner->record && (runner->resumed.other & ~(unsigned)QON_OTHER_MONTHS) == 0) {
        status = qon_checkpoint_load_record(runner->record, path, runner->faults);
        sums_restore(runner);
    } else {
        measures_keep(runner);
    }
    QON_TRY(qon_ranks_agree(status));
    tell(runner, QON_RUN_RESUMED);
done:
    return status;
}

static enum qon_status make(struct runner *runner) {
    enum qon_status status = QON_OK;
    struct qon_run_summary *summary = runner->summary;
    double begun = qon_time_wall();
    if (runner->options->resume) {
        QON_TRY(resume(runner));
    } else {
        tell(runner, QON_RUN_SYNTHESIS);
        if (runner->options->start) {
            runner->world = *runner->options->start;
            *runner->options->start = (struct qon_world){0};
            QON_REQUIRE(runner->world.scenario == runner->scenario);
        } else {
            QON_TRY(qon_synthesis(&runner->world, runner->scenario, runner->faults));
        }
        summary->seconds_synthesis = qon_time_wall() - begun;
        QON_TRY(record_open(runner));
    }
    summary->persons = persons_count(&runner->world);
    summary->households = households_count(&runner->world);
    QON_TRY(qon_model_init(&runner->world, runner->faults));
    if (runner->options->hooks) {
        status = runner->options->hooks->begun(runner->options->hooks->context, &runner->world);
    }
done:
    return status;
}

static enum qon_status checkpoint_write(struct runner *runner) {
    enum qon_status status = QON_OK;
    const char *path = runner->options->checkpoint;
    double begun = qon_time_wall();
    QON_TRY(qon_ranks_agree(qon_checkpoint_save(&runner->world, runner->record, path, runner->faults)));
    snprintf(runner->summary->checkpoint, sizeof runner->summary->checkpoint, "%s", path);
done:
    runner->summary->seconds_checkpoint += qon_time_wall() - begun;
    return status;
}

// After a month: a checkpoint when it is due or asked for.
static enum qon_status checkpoint_due(struct runner *runner, bool asked) {
    const struct qon_run_options *options = runner->options;
    bool due = options->checkpoint_every > 0 && runner->summary->months % options->checkpoint_every == 0;
    if (asked) {
        *options->save = 0;
        due = true;
    }
    return due && options->checkpoint ? checkpoint_write(runner) : QON_OK;
}

static enum qon_status months(struct runner *runner) {
    enum qon_status status = QON_OK;
    runner->begun = qon_time_wall();
    tell(runner, QON_RUN_MONTH);
    while (runner->summary->months < runner->scenario->months) {
        if (wishes_of(runner).stop) { // who watches may ask for it
            status = runner->options->checkpoint ? checkpoint_write(runner) : QON_OK;
            return status == QON_OK ? QON_INTERRUPTED : status;
        }
        QON_TRY(qon_step(&runner->world, runner->faults));
        summary_add_month(runner);
        if (runner->options->hooks) {
            QON_TRY(runner->options->hooks->month(runner->options->hooks->context, &runner->world));
        }
        if (runner->record) {
            QON_TRY(qon_record_month(runner->record, &runner->world, runner->faults));
        } else if (runner->options->folder && runner->world.rank > 0) {
            QON_TRY(qon_record_follow(&runner->world, runner->faults));
        }
        QON_TRY(checkpoint_due(runner, wishes_of(runner).save > 0));
        tell(runner, QON_RUN_MONTH);
    }
done:
    runner->summary->seconds_run = qon_time_wall() - runner->begun;
    return status;
}

static enum qon_status results_write(struct runner *runner) {
    const struct qon_run_summary *s = runner->summary;
    struct qon_provenance provenance = {.command = runner->options->command,
                                        .seconds_synthesis = s->seconds_synthesis,
                                        .seconds_run = s->seconds_run,
                                        .persons = s->persons,
                                        .households = s->households,
                                        .employers = s->employers,
                                        .person_months = s->person_months,
                                        .bytes_per_person = s->bytes_per_person,
                                        .threads = s->threads,
                                        .digest = s->digest,
                                        .targets = s->targets};
    struct qon_record *record = runner->record;
    runner->record = NULL; // closing frees it, whatever comes of it
    double begun = qon_time_wall();
    tell(runner, QON_RUN_WRITING);
    enum qon_status status = qon_record_close(record, &runner->world, &provenance, runner->summary->results, runner->faults);
    runner->summary->seconds_write = qon_time_wall() - begun;
    return status;
}

enum qon_status qon_run(const struct qon_scenario *scenario, const struct qon_run_options *options, struct qon_run_summary *summary,
                        struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct runner runner = {.scenario = scenario, .options = options, .summary = summary, .faults = faults};
    memset(summary, 0, sizeof *summary);
    summary->threads = qon_par_threads();
    QON_TRY(make(&runner));
    QON_TRY(months(&runner));
    summary_end(&runner);
    if (options->hooks) {
        QON_TRY(options->hooks->ended(options->hooks->context, &runner.world));
    }
    if (runner.record) {
        status = results_write(&runner);
    }
    QON_TRY(qon_ranks_agree(status));
done:
    qon_record_abandon(runner.record);
    qon_model_free(&runner.world);
    if (options->spare) {
        qon_world_free(options->spare);
        *options->spare = runner.world;
    } else {
        qon_world_free(&runner.world);
    }
    if (status == QON_MACHINE && faults && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = scenario->file}, "not enough memory for this run");
    }
    return status;
}
