// SPDX-License-Identifier: GPL-3.0-or-later
// What programmes did, recorded: the rows add up to the ledger to the tiyn, months in which nothing happened leave none, and a run
// interrupted in any month ends in the same state with the same rows.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../support/loading.h"
#include "../../support/policy_run.h"
#include <inttypes.h>
#include <qonys/checkpoint.h>
#include <qonys/par.h>
#include <qonys/record.h>
#include <sqlite3.h>

enum { MONTHS = 15, SCALE = 3, PROGRAMMES = 3, TEXT_MOST = 1 << 20 };

static const struct {
    const char *name;
    bool stock;
} measures[QON_MEASURES] = {
#define MEASURE(name, unit, stock, meaning) {#name, stock},
#include <qonys/measures.def>
#undef MEASURE
};

// Moves with a bond and instalments, under a quota; jobs, within a budget; one that nobody may have.
static void policies(struct qon_scenario *scenario) {
    struct qon_programme *settle = policy_add(scenario, "settle", QON_AT_MOVE, "{}");
    settle->bond = (struct qon_bond){.months = 24, .clawback_share = 1, .recovery_share = 0.8, .end_factor = 1};
    policy_give(settle, "grant", "amount_mci=50");
    settle->waiting_months = 6;
    policy_give(settle, "rent_support", "month_mci=7 months=9");
    policy_quota(settle, QON_ALL_REGIONS, QON_EACH_YEAR, 400);
    struct qon_programme *work = policy_add(scenario, "work", QON_AT_HIRE, "{}");
    policy_give(work, "employer_subsidy", "month_mci=3 months=6");
    policy_budget(work, QON_ALL_REGIONS, QON_EACH_YEAR, 2000000000);
    policy_give(policy_add(scenario, "nobody", QON_AT_RESIDENCE, "{\"age_years\": {\"min\": 200}}"), "grant", "amount_mci=1");
}

static void start(struct policy_run *run) {
    policy_country(run, 5, 60000);
    run->scenario.scale = SCALE;
    run->scenario.months = MONTHS;
    policies(&run->scenario);
    policy_start(run);
}

static struct qon_record *record_of(const struct qon_world *world, const char *folder, const char *name) {
    char path[SCRATCH_PATH_MAX];
    struct qon_record *record;
    scratch_path(path, folder, name);
    assert_int_equal(qon_record_open(&record, world, path, NULL), QON_OK);
    return record;
}

static void month(struct qon_world *world, struct qon_record *record) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_step(world, &faults) != QON_OK || qon_record_month(record, world, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

static void close_record(struct qon_record *record, const struct qon_world *world, char path[4096]) {
    struct qon_provenance provenance = {.command = "test"};
    assert_int_equal(qon_record_close(record, world, &provenance, path, NULL), QON_OK);
}

static int64_t number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static sqlite3 *opened(const char *path) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    return db;
}

// All rows as text; free with free.
static char *rows_of(const char *path) {
    sqlite3 *db = opened(path);
    sqlite3_stmt *statement = NULL;
    char *text = malloc(TEXT_MOST);
    size_t used = 0;
    assert_non_null(text);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT * FROM programme ORDER BY fid", -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(statement); c++) {
            used += (size_t)snprintf(text + used, TEXT_MOST - used, "%s|", (const char *)sqlite3_column_text(statement, c));
            assert_true(used < TEXT_MOST);
        }
    }
    text[used] = '\0';
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return text;
}

// Sums of the rows against the ledger's of the run, measure by measure and region by region.
static void rows_match_ledger(sqlite3 *db, const struct policy_run *run) {
    for (int p = 0; p < PROGRAMMES; p++) {
        for (int32_t r = 0; r < run->world.regions; r++) {
            for (int m = 0; m < QON_MEASURES; m++) {
                char sql[512];
                snprintf(sql, sizeof sql, "SELECT coalesce(sum(%s), 0) FROM programme WHERE programme = '%s' AND region = '%s'%s",
                         measures[m].name, run->scenario.programmes.row[p].name, run->scenario.tables.regions.id[r],
                         measures[m].stock ? " AND month = (SELECT max(month) FROM series)" : "");
                int64_t total = run->world.ledger.total[((int64_t)p * run->world.regions + r) * QON_MEASURES + m];
                assert_int_equal(number(db, sql), total * SCALE);
            }
        }
    }
}

static void rows_of_programmes_add_up_to_the_ledger(void **state) {
    struct policy_run run;
    char path[4096];
    start(&run);
    struct qon_record *record = record_of(&run.world, run.folder, "out");
    for (int m = 0; m < MONTHS; m++) {
        month(&run.world, record);
    }
    close_record(record, &run.world, path);
    sqlite3 *db = opened(path);
    rows_match_ledger(db, &run);
    // Money to the tiyn: what was paid on all commitments.
    for (int p = 0; p < PROGRAMMES; p++) {
        int64_t paid = 0;
        for (uint32_t b = 0; b < run.world.blocks; b++) {
            const struct qon_commitments *c = &run.world.block[b].commitments;
            for (uint32_t i = 0; i < c->count; i++) {
                paid += c->programme[i] == p ? c->paid_tiyn[i] : 0;
            }
        }
        char sql[256];
        snprintf(sql, sizeof sql, "SELECT coalesce(sum(spent_tiyn), 0) FROM programme WHERE programme = '%s'",
                 run.scenario.programmes.row[p].name);
        assert_int_equal(number(db, sql), paid * SCALE);
        assert_true(p == 2 ? paid == 0 : paid > 0);
    }
    assert_true(number(db, "SELECT sum(refused_quota) FROM programme WHERE programme = 'settle'") > 0);
    assert_true(number(db, "SELECT sum(refused_budget) FROM programme WHERE programme = 'work'") > 0);
    assert_true(number(db, "SELECT sum(retained_12) FROM programme WHERE programme = 'settle'") > 0);
    assert_true(number(db, "SELECT sum(clawed_back_tiyn) FROM programme WHERE programme = 'settle'") > 0);
    assert_int_equal(number(db, "SELECT count(*) FROM programme WHERE programme = 'nobody'"), 0);
    sqlite3_close(db);
    policy_end(&run);
}

// Loads the checkpoint into a new world and record, goes on to the end.
static uint64_t resumed(const struct policy_run *run, const char *checkpoint, char path[4096]) {
    struct qon_world world;
    struct qon_checkpoint_info info;
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_checkpoint_load(&world, &run->scenario, checkpoint, &info, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
    assert_int_equal(info.other, 0);
    struct qon_record *record = record_of(&world, run->folder, "again");
    assert_int_equal(qon_checkpoint_load_record(record, checkpoint, NULL), QON_OK);
    assert_int_equal(qon_model_init(&world, NULL), QON_OK);
    while (world.months_done < MONTHS) {
        month(&world, record);
    }
    uint64_t digest = qon_world_digest(&world);
    close_record(record, &world, path);
    qon_model_free(&world);
    qon_world_free(&world);
    return digest;
}

static void an_interrupted_run_has_the_same_grants_and_rows(void **state) {
    struct policy_run run;
    char path[4096], file[SCRATCH_PATH_MAX], name[32];
    start(&run);
    struct qon_record *record = record_of(&run.world, run.folder, "out");
    for (int m = 0; m < MONTHS; m++) {
        snprintf(name, sizeof name, "%d.qonys", m);
        scratch_path(file, run.folder, name);
        assert_int_equal(qon_checkpoint_save(&run.world, record, file, NULL), QON_OK);
        month(&run.world, record);
    }
    uint64_t digest = qon_world_digest(&run.world);
    close_record(record, &run.world, path);
    char *whole = rows_of(path);
    assert_true(strlen(whole) > 1000);
    for (int m = 0; m < MONTHS; m += 2) {
        snprintf(name, sizeof name, "%d.qonys", m);
        scratch_path(file, run.folder, name);
        qon_par_threads_set(1 + m % 3);
        if (resumed(&run, file, path) != digest) {
            fail_msg("resumed after %d months: another state", m);
        }
        char *again = rows_of(path);
        assert_string_equal(again, whole);
        free(again);
    }
    qon_par_threads_set(0);
    free(whole);
    policy_end(&run);
}

static void programmes_change_places(struct qon_scenario *scenario) {
    struct qon_programme kept = scenario->programmes.row[0];
    scenario->programmes.row[0] = scenario->programmes.row[1];
    scenario->programmes.row[1] = kept;
}

static void loaded(struct qon_world *world, const struct policy_run *run, const char *file, struct qon_checkpoint_info *info) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_checkpoint_load(world, &run->scenario, file, info, &faults) != QON_OK || qon_model_init(world, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

static void another_order_of_programmes_is_the_same_state(void **state) {
    struct policy_run run;
    char file[SCRATCH_PATH_MAX];
    struct qon_world world;
    struct qon_checkpoint_info info;
    start(&run);
    policy_steps(&run, 3);
    scratch_path(file, run.folder, "state.qonys");
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, file, NULL), QON_OK);
    policy_steps(&run, 3);
    uint64_t digest = qon_world_digest(&run.world);
    programmes_change_places(&run.scenario);
    loaded(&world, &run, file, &info);
    assert_true(info.other == QON_OTHER_TEXT && info.notes == 0);
    for (int m = 0; m < 3; m++) {
        assert_int_equal(qon_step(&world, NULL), QON_OK);
    }
    assert_true(qon_world_digest(&world) == digest);
    qon_model_free(&world);
    qon_world_free(&world);
    programmes_change_places(&run.scenario);
    policy_end(&run);
}

// Places and money left are those of the file where it knows the limit, and the whole amount where it does not.
static void a_branch_begins_new_programmes_and_new_limits(void **state) {
    struct policy_run run;
    char file[SCRATCH_PATH_MAX], text[256];
    struct qon_world world;
    struct qon_checkpoint_info info;
    start(&run);
    policy_steps(&run, 3);
    scratch_path(file, run.folder, "state.qonys");
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, file, NULL), QON_OK);
    int64_t left = run.world.ledger.quota_left[0], budget = run.world.ledger.budget_left[0];
    struct qon_programmes *all = &run.scenario.programmes;
    policy_quota(&all->row[0], 0, QON_EACH_YEAR, 999);
    struct qon_programme *more = policy_add(&run.scenario, "more", QON_AT_MOVE, "{\"same_region\": false}");
    more->awareness.start_share = 0.5;
    policy_give(more, "grant", "amount_mci=60");
    policy_quota(more, QON_ALL_REGIONS, QON_EACH_YEAR, 300);
    run.scenario.months = 30;
    loaded(&world, &run, file, &info);
    assert_true((info.other & QON_OTHER_TEXT) != 0 && (info.other & QON_OTHER_MONTHS) != 0);
    assert_true(info.notes == 1 && strstr(info.note[0], "programme more is not in the file: it begins") != NULL);
    assert_true(world.ledger.quota_left[0] == left && world.ledger.quota_left[1] == 999 / SCALE && world.ledger.budget_left[0] == budget);
    for (int m = 0; m < 6; m++) {
        assert_int_equal(qon_step(&world, NULL), QON_OK);
        if (m == 0) {
            assert_true(world.ledger.aware[(all->count - 1) * world.zones] == 0.5);
        }
    }
    assert_true(world.ledger.grants[all->count - 1] > 0 && world.ledger.grants[all->count - 1] <= 300 / SCALE);
    assert_true(qon_world_check(&world, true, text));
    qon_model_free(&world);
    qon_world_free(&world);
    policy_end(&run);
}

static void grants_of_programmes_that_are_gone_are_refused(void **state) {
    struct policy_run run;
    char file[SCRATCH_PATH_MAX];
    struct qon_world world;
    struct qon_checkpoint_info info;
    struct qon_faults faults;
    start(&run);
    policy_steps(&run, 3);
    scratch_path(file, run.folder, "state.qonys");
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, file, NULL), QON_OK);
    struct qon_programmes *all = &run.scenario.programmes;
    all->count = 2; // without "nobody", who has given nothing
    loaded(&world, &run, file, &info);
    assert_true(info.notes == 1 && strstr(info.note[0], "programme nobody of the file is not in the scenario: it ends") != NULL);
    qon_model_free(&world);
    qon_world_free(&world);
    all->count = 1; // and without "work", who has
    qon_faults_init(&faults);
    assert_int_equal(qon_checkpoint_load(&world, &run.scenario, file, &info, &faults), QON_USER);
    assert_int_equal(faults.count, 1);
    assert_non_null(strstr(faults.text[0], "grants of the programme 'work', which the scenario does not have"));
    all->count = PROGRAMMES;
    policy_end(&run);
}

// Sums over the column `programme` of the table of flows are all moves; rows with a name are the movers of the programmes.
static void moves_are_split_by_the_programme_that_paid(void **state) {
    struct policy_run run;
    char path[4096], sql[512];
    policy_country(&run, 5, 60000);
    run.scenario.months = MONTHS;
    policies(&run.scenario);
    policy_give(policy_add(&run.scenario, "extra", QON_AT_MOVE, "{\"same_region\": false}"), "grant", "amount_mci=10"); // beside "settle"
    policy_start(&run);
    struct qon_record *record = record_of(&run.world, run.folder, "out");
    int64_t persons = 0, households = 0, movers = 0;
    for (int m = 0; m < MONTHS; m++) {
        month(&run.world, record);
        for (int64_t i = 0; i < (int64_t)run.world.zones * run.world.zones; i++) {
            persons += run.world.tally.flow_persons[i];
            households += run.world.tally.flow_households[i];
        }
    }
    movers = policy_total(&run, 0, QON_MEASURE_movers);
    close_record(record, &run.world, path);
    sqlite3 *db = opened(path);
    const char *inside = "kind IN ('region', 'zone', 'local')";
    snprintf(sql, sizeof sql, "SELECT sum(persons) FROM flow WHERE %s", inside);
    assert_int_equal(number(db, sql), persons);
    snprintf(sql, sizeof sql, "SELECT sum(households) FROM flow WHERE %s", inside);
    assert_int_equal(number(db, sql), households);
    snprintf(sql, sizeof sql,
             "SELECT count(*) - count(DISTINCT month || origin || '>' || destination || coalesce(programme, '-')) FROM flow "
             "WHERE %s",
             inside);
    assert_int_equal(number(db, sql), 0); // one row for each
    assert_int_equal(number(db, "SELECT count(*) FROM flow WHERE persons <= 0 OR households <= 0"), 0);
    // "settle" is the dearer one of a package, so all its movers are its own; "extra" alone has the rest
    assert_int_equal(number(db, "SELECT sum(persons) FROM flow WHERE programme = 'settle' AND kind <> 'local'"), movers);
    assert_true(movers > 100);
    assert_true(number(db, "SELECT sum(persons) FROM flow WHERE programme = 'extra'") > 0);
    assert_true(number(db, "SELECT sum(persons) FROM flow WHERE programme = 'extra'") < policy_total(&run, 3, QON_MEASURE_movers));
    assert_int_equal(number(db, "SELECT count(*) FROM flow WHERE programme IN ('work', 'nobody')"), 0);
    sqlite3_close(db);
    policy_end(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_programmes_add_up_to_the_ledger),        cmocka_unit_test(an_interrupted_run_has_the_same_grants_and_rows),
        cmocka_unit_test(another_order_of_programmes_is_the_same_state),  cmocka_unit_test(a_branch_begins_new_programmes_and_new_limits),
        cmocka_unit_test(grants_of_programmes_that_are_gone_are_refused), cmocka_unit_test(moves_are_split_by_the_programme_that_paid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
