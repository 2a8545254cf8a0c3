// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints: a resumed run goes on as if it had never stopped; what is damaged, cut or foreign is refused; a full disk spoils nothing.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "loading.h"
#include <fcntl.h>
#include <qonys/checkpoint.h>
#include <qonys/par.h>
#include <qonys/random.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "../../../sim/record/checkpoint.h" // the form of the file, to make those of other versions

enum { MONTHS = 26 };

struct run {
    struct loading country;
    struct qon_world world;
    char path[SCRATCH_PATH_MAX];
};

static void run_make(struct run *run, int zones, int persons, const char *start) {
    char text[64];
    memset(run, 0, sizeof *run);
    scratch_make(run->country.folder);
    assert_int_equal(make_country(zones, persons, run->country.folder), 0);
    scratch_path(run->country.file, run->country.folder, "scenario.json");
    scratch_path(run->path, run->country.folder, "state.qcp");
    snprintf(text, sizeof text, "\"%s\"", start);
    struct qon_override changes[] = {{"start", text}, {"months", "36"}};
    loading_good(&run->country, changes, 2);
    if (qon_synthesis(&run->world, &run->country.scenario, &run->country.faults) != QON_OK) {
        fail_msg("%s", run->country.faults.text[0]);
    }
}

static void run_free(struct run *run) {
    qon_model_free(&run->world);
    qon_world_free(&run->world);
    loading_free(&run->country);
}

static void model_make(struct qon_world *world) {
    assert_int_equal(qon_model_init(world, NULL), QON_OK);
}

static void step(struct qon_world *world) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_step(world, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

static void save(const struct run *run) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_checkpoint_save(&run->world, NULL, run->path, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

static void load(struct qon_world *world, const struct qon_scenario *scenario, const char *path, struct qon_checkpoint_info *info) {
    struct qon_faults faults;
    qon_faults_init(&faults);
    if (qon_checkpoint_load(world, scenario, path, info, &faults) != QON_OK) {
        fail_msg("%s", faults.text[0]);
    }
}

// The file is refused; what is said has the words.
static void refused(const struct qon_scenario *scenario, const char *path, const char *words) {
    static const struct qon_world empty;
    struct qon_world world;
    struct qon_checkpoint_info info;
    struct qon_faults faults;
    qon_faults_init(&faults);
    assert_int_equal(qon_checkpoint_load(&world, scenario, path, &info, &faults), QON_USER);
    assert_int_equal(faults.count, 1);
    if (strstr(faults.text[0], words) == NULL || strstr(faults.text[0], path) == NULL) {
        fail_msg("said: %s; expected: %s", faults.text[0], words);
    }
    assert_memory_equal(&world, &empty, sizeof world);
}

static char *bytes_of(const char *path, size_t *length) {
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    char *bytes = malloc((size_t)about.st_size + 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(bytes);
    assert_non_null(file);
    *length = fread(bytes, 1, (size_t)about.st_size, file);
    assert_int_equal(*length, about.st_size);
    fclose(file);
    return bytes;
}

static void write_bytes(const char *path, const char *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

// ---- going on --------------------------------------------------------------------------------------------------------------------

static void resume_everywhere(int zones, int persons, const char *start, int every) {
    struct run run;
    uint64_t digest[MONTHS + 1];
    run_make(&run, zones, persons, start);
    model_make(&run.world);
    for (int month = 0; month <= MONTHS; month++) {
        char name[32], path[SCRATCH_PATH_MAX];
        snprintf(name, sizeof name, "%d.qcp", month);
        scratch_path(path, run.country.folder, name);
        if (month % every == 0) {
            assert_int_equal(qon_checkpoint_save(&run.world, NULL, path, NULL), QON_OK);
        }
        digest[month] = qon_world_digest(&run.world);
        if (month < MONTHS) {
            step(&run.world);
        }
    }
    for (int month = 0; month < MONTHS; month += every) {
        char name[32], path[SCRATCH_PATH_MAX];
        struct qon_world world;
        struct qon_checkpoint_info info;
        snprintf(name, sizeof name, "%d.qcp", month);
        scratch_path(path, run.country.folder, name);
        qon_par_threads_set(1 + month % 3);
        load(&world, &run.country.scenario, path, &info);
        assert_int_equal(info.months_done, month);
        assert_int_equal(info.other, 0);
        assert_int_equal(info.notes, 0);
        model_make(&world);
        for (int m = month;; m++) {
            if (qon_world_digest(&world) != digest[m]) {
                fail_msg("resumed after %d months: another state after %d", month, m);
            }
            if (m == MONTHS) {
                break;
            }
            step(&world);
        }
        qon_model_free(&world);
        qon_world_free(&world);
    }
    qon_par_threads_set(0);
    run_free(&run);
}

static void a_run_interrupted_in_any_month_goes_on_the_same(void **state) {
    resume_everywhere(5, 12000, "2017-01", 1);
}

static void a_run_of_several_blocks_started_within_a_year_goes_on_the_same(void **state) {
    resume_everywhere(6, 210000, "2017-05", 5);
}

static void a_loaded_state_saved_again_is_the_same_state(void **state) {
    struct run run;
    struct qon_world world;
    struct qon_checkpoint_info info;
    run_make(&run, 3, 4000, "2017-01");
    save(&run); // before the model has seen it
    load(&world, &run.country.scenario, run.path, &info);
    assert_int_equal(world.anchors.made, 0);
    assert_true(qon_world_digest(&world) == qon_world_digest(&run.world));
    assert_int_equal(qon_checkpoint_save(&world, NULL, run.path, NULL), QON_OK);
    qon_world_free(&world);
    load(&world, &run.country.scenario, run.path, &info);
    assert_true(qon_world_digest(&world) == qon_world_digest(&run.world));
    assert_true(info.state_bytes > info.bytes);
    assert_int_equal(info.seed, run.country.scenario.seed);
    qon_world_free(&world);
    run_free(&run);
}

static void only_the_head_can_be_read(void **state) {
    struct run run;
    struct qon_checkpoint_info info;
    char *effective;
    run_make(&run, 3, 4000, "2017-01");
    save(&run);
    assert_int_equal(qon_checkpoint_look(run.path, &info, &effective, NULL), QON_OK);
    assert_string_equal(effective, run.country.scenario.effective);
    assert_string_equal(info.scenario, run.country.scenario.name);
    assert_string_equal(info.version, QON_VERSION);
    assert_int_equal(info.month, run.country.scenario.start);
    assert_int_equal(info.persons_rows, 4000);
    qon_free(effective);
    run_free(&run);
}

// ---- branching -------------------------------------------------------------------------------------------------------------------

static void load_changed(struct run *run, const struct qon_override *changes, int count, unsigned other) {
    struct qon_world world;
    struct qon_checkpoint_info info;
    struct loading changed = run->country;
    memset(&changed.scenario, 0, sizeof changed.scenario);
    loading_good(&changed, changes, count);
    load(&world, &changed.scenario, run->path, &info);
    assert_int_equal(info.other, other);
    model_make(&world);
    step(&world);
    qon_model_free(&world);
    qon_world_free(&world);
    qon_scenario_free(&changed.scenario);
}

static void another_scenario_branches_and_says_in_what(void **state) {
    struct run run;
    run_make(&run, 3, 4000, "2017-01");
    model_make(&run.world);
    for (int m = 0; m < 3; m++) {
        step(&run.world);
    }
    save(&run);
    load_changed(&run, (const struct qon_override[]){{"start", "\"2017-01\""}, {"months", "36"}}, 2, 0);
    load_changed(&run, (const struct qon_override[]){{"start", "\"2017-01\""}, {"months", "30"}}, 2, QON_OTHER_MONTHS);
    load_changed(&run, (const struct qon_override[]){{"start", "\"2017-01\""}, {"months", "36"}, {"seed", "99"}}, 3, QON_OTHER_SEED);
    load_changed(&run, (const struct qon_override[]){{"start", "\"2017-01\""}, {"months", "36"}, {"choice.home_premium", "1.25"}}, 3,
                 QON_OTHER_VALUES);
    load_changed(&run, (const struct qon_override[]){{"start", "\"2017-01\""}, {"months", "36"}, {"title.en", "\"Other\""}}, 3,
                 QON_OTHER_TEXT);
    load_changed(&run, (const struct qon_override[]){{"start", "\"2017-01\""}, {"months", "30"}, {"title.en", "\"Other\""}}, 3,
                 QON_OTHER_MONTHS | QON_OTHER_TEXT);
    run_free(&run);
}

static void refused_changed(struct run *run, const struct qon_override *changes, int count, const char *words) {
    struct loading changed = run->country;
    memset(&changed.scenario, 0, sizeof changed.scenario);
    loading_good(&changed, changes, count);
    refused(&changed.scenario, run->path, words);
    qon_scenario_free(&changed.scenario);
}

static void a_scenario_of_another_country_start_or_scale_is_refused(void **state) {
    struct run run, other;
    run_make(&run, 3, 4000, "2017-01");
    run_make(&other, 4, 4000, "2017-01");
    model_make(&run.world);
    for (int m = 0; m < 3; m++) {
        step(&run.world);
    }
    save(&run);
    refused(&other.country.scenario, run.path, "does not fit the scenario: it has 3 zones, the scenario has more");
    refused_changed(&run, (const struct qon_override[]){{"start", "\"2018-02\""}}, 1,
                    "its run started in 2017-01, the scenario starts in 2018-02");
    refused_changed(&run, (const struct qon_override[]){{"start", "\"2017-01\""}, {"scale", "2"}}, 2, "stand for 1 persons each");
    refused_changed(&run, (const struct qon_override[]){{"start", "\"2017-01\""}, {"months", "2"}}, 2,
                    "it stands before 2017-04, the scenario's last month is 2017-02");
    run_free(&other);
    run_free(&run);
}

// ---- other versions --------------------------------------------------------------------------------------------------------------

// Renames a column in the directory of a checkpoint, and sets the format of its head; all checksums are right again afterwards.
static void file_rewrite(const char *path, const char *column, const char *by, uint32_t format) {
    size_t length;
    char *bytes = bytes_of(path, &length);
    struct qon_cp_header header;
    memcpy(&header, bytes, sizeof header);
    char *plain = malloc(header.directory_bytes), *packed = malloc(ZSTD_compressBound(header.directory_bytes));
    assert_int_equal(ZSTD_decompress(plain, header.directory_bytes, bytes + header.directory_offset, header.directory_stored),
                     header.directory_bytes);
    if (column != NULL) {
        char *found = memmem(plain, header.directory_bytes, column, strlen(column));
        assert_non_null(found);
        assert_int_equal(strlen(column), strlen(by));
        memcpy(found, by, strlen(by));
    }
    header.directory_stored = ZSTD_compress(packed, ZSTD_compressBound(header.directory_bytes), plain, header.directory_bytes, 1);
    header.directory_hash = XXH3_64bits(packed, header.directory_stored);
    header.file_bytes = header.directory_offset + header.directory_stored;
    header.format = format;
    header.header_hash = XXH3_64bits(&header, offsetof(struct qon_cp_header, header_hash));
    memcpy(bytes, &header, sizeof header);
    bytes = realloc(bytes, header.file_bytes);
    memcpy(bytes + header.directory_offset, packed, header.directory_stored);
    write_bytes(path, bytes, header.file_bytes);
    free(packed);
    free(plain);
    free(bytes);
}

static void a_column_the_file_lacks_is_zero_and_one_unknown_is_passed_over(void **state) {
    struct run run;
    struct qon_world world;
    struct qon_checkpoint_info info;
    run_make(&run, 3, 4000, "2017-01");
    model_make(&run.world);
    step(&run.world);
    save(&run);
    file_rewrite(run.path, "excess_share", "excess_shape", QON_CHECKPOINT_FORMAT);
    load(&world, &run.country.scenario, run.path, &info);
    assert_int_equal(info.notes, 2);
    assert_string_equal(info.note[0], "the column excess_shape of the file is unknown: it is passed over");
    assert_string_equal(info.note[1], "the column excess_share is not in the file: it is zero");
    for (uint32_t e = 0; e < world.employers.count; e++) {
        assert_true(world.employers.excess_share[e] == 0);
    }
    assert_memory_equal(world.employers.premium, run.world.employers.premium, world.employers.count * sizeof(float));
    model_make(&world);
    step(&world);
    qon_model_free(&world);
    qon_world_free(&world);
    run_free(&run);
}

static void anchors_the_file_lacks_are_made_again(void **state) {
    struct run run;
    struct qon_world world;
    struct qon_checkpoint_info info;
    run_make(&run, 3, 4000, "2017-01");
    model_make(&run.world);
    save(&run);
    file_rewrite(run.path, "anchors.made", "anchors.none", QON_CHECKPOINT_FORMAT);
    load(&world, &run.country.scenario, run.path, &info);
    assert_int_equal(world.anchors.made, 0);
    model_make(&world);
    assert_int_equal(world.anchors.made, 1);
    assert_true(qon_world_digest(&world) == qon_world_digest(&run.world));
    qon_model_free(&world);
    qon_world_free(&world);
    run_free(&run);
}

static void what_nothing_can_stand_in_for_is_asked_for(void **state) {
    static const struct {
        const char *column, *by, *words;
    } changes[] = {
        {"\x05"
         "staff",
         "\x05"
         "stuff",
         "does not say how many employers"},
        {"months_done", "months_gone", "does not say its months_done"},
        {"founder_household_id", "founder_household_di", "list of blocks is not whole"},
        {"birth_month", "birth_moth_", "impossible state"},
        {"wage_tiyn_month\x08"
         "uint32_t",
         "wage_tiyn_month\x08"
         "float_32",
         "column wage_tiyn_month is of type float_32, expected uint32_t"},
        {"places.network\x06"
         "double",
         "places.network\x06"
         "triple",
         "places.network is not of the form double[9]"},
    };
    struct run run;
    run_make(&run, 3, 3000, "2017-01");
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        save(&run);
        file_rewrite(run.path, changes[i].column, changes[i].by, QON_CHECKPOINT_FORMAT);
        refused(&run.country.scenario, run.path, changes[i].words);
    }
    save(&run);
    file_rewrite(run.path, NULL, NULL, QON_CHECKPOINT_FORMAT + 1);
    refused(&run.country.scenario, run.path, "has format 3; this version of qonys reads up to 2");
    run_free(&run);
}

// ---- damage ----------------------------------------------------------------------------------------------------------------------

static struct run damage_make(char **bytes, size_t *length) {
    struct run run;
    run_make(&run, 3, 3000, "2017-01");
    model_make(&run.world);
    step(&run.world);
    save(&run);
    *bytes = bytes_of(run.path, length);
    return run;
}

static void flipped_bits_are_refused(void **state) {
    size_t length;
    char *bytes;
    struct run run = damage_make(&bytes, &length);
    struct qon_pcg pcg = qon_pcg_keyed(1, 2);
    for (int i = 0; i < 1000; i++) {
        // A hundred in the head, the rest anywhere.
        size_t at = i < 100 ? qon_below(qon_pcg_next(&pcg), 64) : qon_below(qon_pcg_next(&pcg), (uint32_t)length);
        char bit = (char)(1U << qon_below(qon_pcg_next(&pcg), 8));
        bytes[at] ^= bit;
        write_bytes(run.path, bytes, length);
        refused(&run.country.scenario, run.path, at < 8 ? "is not a checkpoint" : "damaged");
        bytes[at] ^= bit;
    }
    free(bytes);
    run_free(&run);
}

static void a_file_cut_anywhere_is_refused(void **state) {
    size_t length;
    char *bytes;
    struct run run = damage_make(&bytes, &length);
    for (size_t kept = 0; kept < length; kept += kept < 200 || length - kept < 50 ? 1 : length / 300) {
        write_bytes(run.path, bytes, kept);
        refused(&run.country.scenario, run.path, kept < 8 ? "is not a checkpoint" : "is cut");
    }
    char *longer = calloc(length + 1, 1);
    memcpy(longer, bytes, length);
    write_bytes(run.path, longer, length + 1);
    refused(&run.country.scenario, run.path, "longer than it was written");
    free(longer);
    free(bytes);
    run_free(&run);
}

static void other_files_are_refused(void **state) {
    struct run run;
    run_make(&run, 3, 3000, "2017-01");
    refused(&run.country.scenario, run.country.file, "is not a checkpoint of qonys");
    refused(&run.country.scenario, run.country.folder, "is not a checkpoint of qonys");
    refused(&run.country.scenario, run.path, "cannot open the checkpoint: No such file");
    run_free(&run);
}

// States that nobody's checksum speaks against, but that make no sense.
static void impossible_states_are_refused(void **state) {
    struct run run;
    run_make(&run, 3, 3000, "2017-01");
    struct qon_block *block = &run.world.block[0];
    struct qon_persons *p = &block->persons;
    struct qon_households *h = &block->households;
    const struct {
        void *at;
        size_t size;
        uint64_t value;
    } changes[] = {
        {&p->household[7], 4, 0xfffffff0},
        {&p->next[3], 4, 2999},
        {&p->employer[5], 4, 0x7fffffff},
        {&p->birth_month[9], 2, 0x7fff},
        {&p->birth_month[9], 2, 0x8000},
        {&p->sex[1], 1, 2},
        {&p->education[1], 1, 200},
        {&p->occupation[1], 1, 254},
        {&p->skill[1], 1, 77},
        {&p->status[1], 1, 6 + 77},
        {&p->legal[1], 1, 99},
        {&p->role[0], 1, 3},
        {&p->origin[4], 2, 0xffff},
        {&h->head[3], 4, 0xfffffffe},
        {&h->members[3], 1, 255},
        {&h->zone[3], 2, 9},
        {&h->kin[3], 2, 9},
        {&h->savings_tiyn[3], 8, 1ULL << 63},
        {&run.world.employers.zone[0], 2, 99},
        {&run.world.employers.staff[0], 4, 1 << 30},
        {&run.world.employers.staff_start[0], 4, 0x7fc00000},
        {&run.world.places.rent_tiyn[0], 8, 0x7ff0000000000000},
        {&run.world.places.vacancies[0], 8, 1ULL << 62},
        {&run.world.money.savings, 8, 1},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        uint64_t kept = 0;
        memcpy(&kept, changes[i].at, changes[i].size);
        memcpy(changes[i].at, &changes[i].value, changes[i].size);
        save(&run);
        refused(&run.country.scenario, run.path, "impossible state");
        memcpy(changes[i].at, &kept, changes[i].size);
    }
    save(&run);
    struct qon_world world;
    struct qon_checkpoint_info info;
    load(&world, &run.country.scenario, run.path, &info);
    qon_world_free(&world);
    run_free(&run);
}

// ---- the machine -----------------------------------------------------------------------------------------------------------------

static void lack_of_memory_is_told_and_leaves_nothing(void **state) {
    struct run run;
    struct qon_world world;
    struct qon_checkpoint_info info;
    struct qon_faults faults;
    struct stat about;
    char part[SCRATCH_PATH_MAX];
    bool saved = false, loaded = false;
    run_make(&run, 3, 3000, "2017-01");
    scratch_path(part, run.country.folder, "state.qcp.part");
    qon_par_threads_set(1);
    for (int after = 0; after < 500 && !saved; after++) {
        qon_faults_init(&faults);
        qon_memory_fail_after(after);
        enum qon_status status = qon_checkpoint_save(&run.world, NULL, run.path, &faults);
        qon_memory_fail_after(-1);
        saved = status == QON_OK;
        assert_true(saved || (status == QON_MACHINE && faults.count == 1 && stat(run.path, &about) != 0));
        assert_int_not_equal(stat(part, &about), 0);
    }
    assert_true(saved);
    for (int after = 0; after < 500 && !loaded; after++) {
        qon_faults_init(&faults);
        qon_memory_fail_after(after);
        enum qon_status status = qon_checkpoint_load(&world, &run.country.scenario, run.path, &info, &faults);
        qon_memory_fail_after(-1);
        loaded = status == QON_OK;
        assert_true(loaded || (status == QON_MACHINE && faults.count == 1 && world.block == NULL));
    }
    assert_true(loaded);
    qon_par_threads_set(0);
    qon_world_free(&world);
    run_free(&run);
}

static void a_full_disk_is_told_and_the_former_checkpoint_stays_good(void **state) {
    struct run run;
    struct qon_world world;
    struct qon_checkpoint_info info;
    struct qon_faults faults;
    struct stat about;
    char disk[SCRATCH_PATH_MAX], path[SCRATCH_PATH_MAX], part[SCRATCH_PATH_MAX + 8], filler[SCRATCH_PATH_MAX];
    run_make(&run, 3, 20000, "2017-01");
    scratch_path(disk, run.country.folder, "disk");
    assert_int_equal(mkdir(disk, 0700), 0);
    if (geteuid() != 0 || mount("tmpfs", disk, "tmpfs", 0, "size=2m") != 0) {
        run_free(&run);
        skip();
    }
    scratch_path(path, disk, "state.qcp");
    scratch_path(filler, disk, "filler");
    snprintf(part, sizeof part, "%s.part", path);
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, path, NULL), QON_OK);
    uint64_t digest = qon_world_digest(&run.world);
    assert_int_equal(stat(path, &about), 0);
    size_t fill = (2U << 20) - 2 * (size_t)about.st_size + (size_t)about.st_size / 3;
    char *bytes = calloc(fill, 1);
    write_bytes(filler, bytes, fill);
    free(bytes);
    model_make(&run.world);
    step(&run.world);
    qon_faults_init(&faults);
    enum qon_status status = qon_checkpoint_save(&run.world, NULL, path, &faults);
    bool part_left = stat(part, &about) == 0;
    load(&world, &run.country.scenario, path, &info);
    uint64_t found = qon_world_digest(&world);
    assert_int_equal(umount(disk), 0);
    assert_int_equal(status, QON_MACHINE);
    assert_non_null(strstr(faults.text[0], "cannot write the checkpoint: No space left"));
    assert_false(part_left);
    assert_true(found == digest);
    qon_world_free(&world);
    run_free(&run);
}

static void a_folder_that_is_not_there_is_told(void **state) {
    struct run run;
    struct qon_faults faults;
    run_make(&run, 3, 3000, "2017-01");
    qon_faults_init(&faults);
    assert_int_equal(qon_checkpoint_save(&run.world, NULL, "/nowhere/at/all.qcp", &faults), QON_MACHINE);
    assert_string_equal(faults.text[0], "/nowhere/at/all.qcp: cannot write the checkpoint: No such file or directory");
    run_free(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_interrupted_in_any_month_goes_on_the_same),
        cmocka_unit_test(a_run_of_several_blocks_started_within_a_year_goes_on_the_same),
        cmocka_unit_test(a_loaded_state_saved_again_is_the_same_state),
        cmocka_unit_test(only_the_head_can_be_read),
        cmocka_unit_test(another_scenario_branches_and_says_in_what),
        cmocka_unit_test(a_scenario_of_another_country_start_or_scale_is_refused),
        cmocka_unit_test(a_column_the_file_lacks_is_zero_and_one_unknown_is_passed_over),
        cmocka_unit_test(anchors_the_file_lacks_are_made_again),
        cmocka_unit_test(what_nothing_can_stand_in_for_is_asked_for),
        cmocka_unit_test(flipped_bits_are_refused),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(impossible_states_are_refused),
        cmocka_unit_test(lack_of_memory_is_told_and_leaves_nothing),
        cmocka_unit_test(a_full_disk_is_told_and_the_former_checkpoint_stays_good),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
