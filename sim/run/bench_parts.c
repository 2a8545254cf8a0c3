// SPDX-License-Identifier: GPL-3.0-or-later
// Benches of what surrounds the months: the synthesis, checkpoints, results, comparisons; and the speed of the machine's memory and disk,
// which some of them are held against.
#include "bench_town.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <qonys/bench.h>
#include <qonys/checkpoint.h>
#include <qonys/compare.h>
#include <qonys/folder.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/record.h>
#include <qonys/step.h>
#include <qonys/synthesis.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MOST = 4096, SWEEP_BYTES = 512 << 20, SWEEP_CHUNK = 1 << 20, SWEEPS = 3 };

static void tell(struct qon_bench_part *part, const char *key, double value, int digits) {
    QON_REQUIRE(part->figures < QON_BENCH_FIGURES);
    part->figure[part->figures++] = (struct qon_bench_figure){key, value, digits};
}

// ---- memory and disk

struct sweep {
    const uint64_t *word;
    uint64_t *sum; // [chunk]
};

static void read_chunk(void *context, int64_t begin, int64_t end, int thread) {
    (void)thread;
    struct sweep *sweep = context;
    for (int64_t c = begin; c < end; c++) {
        const uint64_t *word = sweep->word + c * (SWEEP_CHUNK / 8);
        uint64_t sum = 0;
        for (int i = 0; i < SWEEP_CHUNK / 8; i++) {
            sum += word[i];
        }
        sweep->sum[c] = sum;
    }
}

enum qon_status qon_bench_memory_speed(double *bytes_second) {
    enum qon_status status = QON_OK;
    uint64_t *word = NULL, *sum = NULL;
    double least = 1e300;
    QON_TRY(qon_take(&word, SWEEP_BYTES / 8, 8));
    QON_TRY(qon_take(&sum, SWEEP_BYTES / SWEEP_CHUNK, sizeof *sum));
    memset(word, 1, SWEEP_BYTES); // pages of their own: untouched ones are all the same
    struct sweep sweep = {word, sum};
    for (int i = 0; i < SWEEPS; i++) {
        double wall = qon_time_wall();
        qon_par_for(SWEEP_BYTES / SWEEP_CHUNK, 1, read_chunk, &sweep);
        wall = qon_time_wall() - wall;
        least = wall < least ? wall : least;
    }
    *bytes_second = SWEEP_BYTES / least;
done:
    qon_free(word);
    qon_free(sum);
    return status;
}

// Seconds to write as many bytes to a file of the folder and force them to the disk.
static enum qon_status disk_time(const char *folder, int64_t bytes, double *seconds, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    char path[PATH_MOST];
    char *piece = NULL;
    snprintf(path, sizeof path, "%.4000s/disk.part", folder);
    QON_TRY(qon_take(&piece, SWEEP_CHUNK, 1));
    for (int i = 0; i < SWEEP_CHUNK; i++) {
        piece[i] = (char)(i * 2654435761U >> 24);
    }
    double wall = qon_time_wall();
    int file = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
    bool good = file >= 0;
    for (int64_t done = 0; good && done < bytes; done += SWEEP_CHUNK) {
        size_t length = bytes - done < SWEEP_CHUNK ? (size_t)(bytes - done) : SWEEP_CHUNK;
        good = write(file, piece, length) == (ssize_t)length;
    }
    good = good && fsync(file) == 0;
    if (!good) {
        status = qon_fault_machine(faults, (struct qon_place){.file = path}, "cannot write: %s", strerror(errno));
    }
    *seconds = qon_time_wall() - wall;
    if (file >= 0) {
        close(file);
    }
    unlink(path);
done:
    qon_free(piece);
    return status;
}

// ---- one world for all but comparisons

static enum qon_status synthesis(const struct qon_scenario *scenario, struct qon_world *world, struct qon_bench_part *part,
                                 struct qon_faults *faults) {
    double cpu = qon_time_cpu(), wall = qon_time_wall();
    enum qon_status status = qon_synthesis(world, scenario, faults);
    if (status == QON_OK) {
        cpu = qon_time_cpu() - cpu;
        wall = qon_time_wall() - wall;
        part->digest = qon_world_digest(world);
        tell(part, "persons", (double)qon_bench_residents(world), 0);
        tell(part, "seconds", wall, 3);
        tell(part, "cpu_seconds", cpu, 3);
        tell(part, "ns_person", 1e9 * cpu / (double)qon_bench_residents(world), 1);
    }
    return status;
}

static enum qon_status checkpoint(const struct qon_scenario *scenario, struct qon_world *world, const char *folder,
                                  struct qon_bench_part *part, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_checkpoint_info info;
    struct qon_world again = {0};
    struct stat about;
    char path[PATH_MOST];
    double disk, save, load, save_cpu;
    double bytes = qon_bench_state_bytes(world);
    snprintf(path, sizeof path, "%.4000s/checkpoint.qonys", folder);
    save = qon_time_wall();
    save_cpu = qon_time_cpu();
    QON_TRY(qon_checkpoint_save(world, NULL, path, faults));
    save = qon_time_wall() - save;
    save_cpu = qon_time_cpu() - save_cpu;
    about.st_size = 0;
    (void)stat(path, &about);
    QON_TRY(disk_time(folder, about.st_size, &disk, faults));
    load = qon_time_wall();
    QON_TRY(qon_checkpoint_load(&again, scenario, path, &info, faults));
    load = qon_time_wall() - load;
    part->digest = qon_world_digest(&again);
    QON_REQUIRE(part->digest == qon_world_digest(world));
    tell(part, "state_gb", bytes / 1e9, 3);
    tell(part, "file_gb", (double)about.st_size / 1e9, 3);
    tell(part, "save_seconds", save, 3);
    tell(part, "save_cpu_seconds", save_cpu, 3);
    tell(part, "disk_seconds", disk, 3); // the same file's bytes, written and forced to the disk
    tell(part, "over_disk_seconds_gb", (save - disk) / (bytes / 1e9), 3);
    tell(part, "load_seconds", load, 3);
done:
    unlink(path);
    qon_world_free(&again);
    return status;
}

static enum qon_status results(struct qon_world *world, int32_t months, const char *folder, struct qon_bench_part *part,
                               struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_record *record = NULL;
    struct qon_provenance provenance = {.command = "bench"};
    struct stat about = {0};
    char path[PATH_MOST] = "";
    double month = 0, close_wall = 0;
    QON_TRY(qon_record_open(&record, world, folder, faults));
    for (int32_t m = 0; m < months; m++) {
        QON_TRY(qon_step(world, faults));
        double wall = qon_time_wall();
        QON_TRY(qon_record_month(record, world, faults));
        month += qon_time_wall() - wall;
    }
    close_wall = qon_time_wall();
    status = qon_record_close(record, world, &provenance, path, faults);
    record = NULL;
    QON_TRY(status);
    close_wall = qon_time_wall() - close_wall;
    (void)stat(path, &about);
    part->digest = qon_world_digest(world);
    tell(part, "months", months, 0);
    tell(part, "ms_month", 1e3 * month / months, 3); // observing and keeping
    tell(part, "write_seconds", close_wall, 3);
    tell(part, "file_mb", (double)about.st_size / 1e6, 1);
done:
    unlink(path);
    qon_record_abandon(record);
    return status;
}

enum qon_status qon_bench_world(enum qon_bench_what what, const char *file, const struct qon_override *overrides, int count,
                                const char *folder, struct qon_bench_part *part, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_scenario scenario = {0};
    struct qon_world world = {0};
    int32_t made = 0;
    *part = (struct qon_bench_part){0};
    QON_TRY(qon_scenario_load(&scenario, file, overrides, count, faults));
    QON_TRY(synthesis(&scenario, &world, part, faults));
    if (what != QON_BENCH_SYNTHESIS) {
        part->figures = 0;
        QON_TRY(qon_model_init(&world, faults));
        QON_TRY(qon_folder_make(folder, "cannot make the folder", &made, faults));
        QON_TRY(what == QON_BENCH_CHECKPOINT ? qon_step(&world, faults) : QON_OK);
        QON_TRY(what == QON_BENCH_CHECKPOINT ? checkpoint(&scenario, &world, folder, part, faults)
                                             : results(&world, scenario.months, folder, part, faults));
    }
done:
    qon_folder_unmake(folder, &made);
    qon_model_free(&world);
    qon_world_free(&world);
    qon_scenario_free(&scenario);
    return status;
}

// ---- comparisons

static enum qon_status timed_run(struct qon_scenario *scenario, double *cpu, double *wall, struct qon_faults *faults) {
    struct qon_run_summary summary;
    struct qon_run_options options = {0};
    *cpu = qon_time_cpu();
    *wall = qon_time_wall();
    enum qon_status status = qon_run(scenario, &options, &summary, faults);
    *cpu = qon_time_cpu() - *cpu;
    *wall = qon_time_wall() - *wall;
    return status;
}

enum qon_status qon_bench_compare(const char *base, const char *alternative, const struct qon_override *overrides, int count,
                                  struct qon_bench_part *part, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct qon_scenario scenario[2] = {0}, *other = &scenario[1];
    struct qon_comparison comparison = {0};
    struct qon_compare_options options = {.replicates = 1, .window_months = 12, .by = {{QON_BY_AGE, QON_BY_SEX}}, .bys = 1, .jobs_most = 1};
    double one_cpu, one_wall, pair_cpu, pair_wall;
    *part = (struct qon_bench_part){0};
    QON_TRY(qon_scenario_load(&scenario[0], base, overrides, count, faults));
    QON_TRY(qon_scenario_load(&scenario[1], alternative, overrides, count, faults));
    QON_TRY(timed_run(&scenario[0], &one_cpu, &one_wall, faults));
    pair_cpu = qon_time_cpu();
    pair_wall = qon_time_wall();
    QON_TRY(qon_compare(&scenario[0], &other, 1, &options, &comparison, faults));
    pair_cpu = qon_time_cpu() - pair_cpu;
    pair_wall = qon_time_wall() - pair_wall;
    part->digest = comparison.alternative[0].run.digest;
    tell(part, "persons", (double)comparison.persons_ever, 0);
    tell(part, "single_seconds", one_wall, 3);
    tell(part, "single_cpu_seconds", one_cpu, 3);
    tell(part, "pair_seconds", pair_wall, 3);
    tell(part, "pair_cpu_seconds", pair_cpu, 3);
    tell(part, "ratio", pair_wall / one_wall, 3);
    tell(part, "cpu_ratio", pair_cpu / one_cpu, 3);
    tell(part, "peak_gb", (double)qon_memory_peak_bytes() / 1e9, 3);
done:
    qon_comparison_free(&comparison);
    qon_scenario_free(&scenario[0]);
    qon_scenario_free(&scenario[1]);
    return status;
}
