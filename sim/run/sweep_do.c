// SPDX-License-Identifier: GPL-3.0-or-later
// Doing the runs of a shard, several at a time.
//
// Each run has a process of its own: memory comes back whole, its peak is that of the run, and a run that is killed takes no other with
// it. Invariants: 1. results stand under runs/ only when they are whole (renamed after fsync); 2. whatever a killed sweep leaves lies in
// its shard's folder under part/, which the next one empties; 3. when the sweep is killed its runs are too (where the system can do that).
// The loop that starts processes uses no threads itself, so that forking is safe.
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <poll.h>
#include <qonys/folder.h>
#include <qonys/memory.h>
#include <qonys/par.h>
#include <qonys/runner.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { PATH_ROOM = 4096, JOBS_MOST = 256, POLL_MS = 200 };

// What a process sends when its run has ended; shorter than what a pipe holds, so that sending never waits.
struct answer {
    enum qon_status status;
    struct qon_faults faults;
};
_Static_assert(sizeof(struct answer) <= 65536, "an answer must fit into a pipe");

struct job {
    pid_t process; // 0: free
    int pipe;
    int32_t run; // index within the shard
};

struct doing {
    struct qon_sweep *sweep;
    const struct qon_sweep_doing *options;
    struct qon_sweep_progress *progress;
    struct qon_faults *faults;
    char part[PATH_ROOM]; // folder for files being written
    int lock;
    int jobs;
    struct job job[JOBS_MOST];
    double begun;
    double seconds_done, seconds_all; // estimates: of runs done here, of those that were to do
    enum qon_status worst;
    bool no_more; // start nothing: the disk or the memory failed
    bool told;    // processes have been asked to stop
};

static enum qon_status machine_fault(struct qon_faults *faults, const char *path, const char *what) {
    return qon_fault_machine(faults, (struct qon_place){.file = path}, "%s: %s", what, strerror(errno));
}

// --- how many at a time -----------------------------------------------------------------------------------------------------------

// What a job of Slurm may use on this node, or what the machine has left.
static double memory_available(void) {
    double bytes = INFINITY;
    char line[256];
    FILE *file = fopen("/proc/meminfo", "r");
    while (file && fgets(line, sizeof line, file)) {
        double kilobytes;
        if (sscanf(line, "MemAvailable: %lf kB", &kilobytes) == 1) {
            bytes = 1024 * kilobytes;
        }
    }
    if (file) {
        fclose(file);
    }
    const char *megabytes = getenv("SLURM_MEM_PER_NODE");
    double granted = megabytes ? strtod(megabytes, NULL) * 1048576 : 0;
    return granted > 0 ? fmin(bytes, granted) : bytes;
}

int qon_sweep_jobs(const struct qon_sweep *sweep, int threads) {
    double most = 1;
    for (int32_t r = 0; r < sweep->runs; r++) {
        most = fmax(most, sweep->run[r].bytes);
    }
    double fit = floor(0.8 * memory_available() / most);
    double jobs = fmin(fmin(fit, threads), fmin(sweep->runs, JOBS_MOST));
    return jobs >= 1 ? (int)jobs : 1;
}

// --- folder -----------------------------------------------------------------------------------------------------------------------

static int entry_remove(const char *path, const struct stat *about, int kind, struct FTW *where) {
    (void)remove(path);
    return 0;
}

// A lock of the process: it goes when the process does, however it ends. A file system that cannot lock is used without.
static enum qon_status lock_take(struct doing *d) {
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%.3900s/shards/%d-of-%d.lock", d->options->folder, d->sweep->shard, d->sweep->shards);
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    d->lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (d->lock < 0) {
        return machine_fault(d->faults, path, "cannot write");
    }
    if (fcntl(d->lock, F_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN)) {
        close(d->lock);
        d->lock = -1; // what lies under part/ is the other's
        return qon_fault_machine(d->faults, (struct qon_place){.file = path}, "another process is at work on shard %d of %d in this folder",
                                 d->sweep->shard, d->sweep->shards);
    }
    return QON_OK;
}

static enum qon_status folders_make(struct doing *d) {
    static const char *const parts[] = {"runs", "shards", "part"};
    enum qon_status status = QON_OK;
    char path[PATH_ROOM];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        snprintf(path, sizeof path, "%.3900s/%s", d->options->folder, parts[i]);
        QON_TRY(qon_folder_make(path, "cannot make the folder of the study", NULL, d->faults));
    }
    QON_TRY(lock_take(d));
    snprintf(d->part, sizeof d->part, "%.3900s/part/%d-of-%d", d->options->folder, d->sweep->shard, d->sweep->shards);
    nftw(d->part, entry_remove, 16, FTW_DEPTH | FTW_PHYS); // what a killed sweep left
    QON_TRY(qon_folder_make(d->part, "cannot make the folder of the study", NULL, d->faults));
done:
    return status;
}

static enum qon_status plan_write(const struct doing *d) {
    enum qon_status status = QON_OK;
    const struct qon_sweep *sweep = d->sweep;
    struct qon_plan_run *run = NULL;
    const char **value = NULL;
    size_t axes = (size_t)sweep->study.axes;
    QON_TRY(qon_take(&run, (size_t)sweep->runs, sizeof *run));
    QON_TRY(qon_take(&value, (size_t)sweep->runs * axes, sizeof *value));
    for (int32_t r = 0; r < sweep->runs; r++) {
        const struct qon_sweep_run *from = &sweep->run[r];
        run[r] = (struct qon_plan_run){from->run, from->replicate, from->seed, sweep->study.scenario[from->scenario], from->key};
        for (size_t a = 0; a < axes; a++) {
            value[(size_t)r * axes + a] = qon_sweep_value(sweep, from, (int32_t)a);
        }
    }
    struct qon_plan plan = {.study = &sweep->study,
                            .fingerprint = sweep->fingerprint,
                            .total = sweep->total,
                            .shard = sweep->shard,
                            .shards = sweep->shards,
                            .runs = sweep->runs,
                            .run = run,
                            .value = value};
    QON_TRY(qon_plan_write(&plan, d->options->folder, d->faults));
done:
    qon_free(run);
    qon_free(value);
    return status;
}

// --- in the process of a run ------------------------------------------------------------------------------------------------------

static enum qon_status result_settle(const struct doing *d, const struct qon_sweep_run *run, const char *part, const char *results,
                                     struct qon_faults *faults) {
    char path[PATH_ROOM], folder[PATH_ROOM];
    qon_sweep_path(run, d->options->folder, path, sizeof path);
    snprintf(folder, sizeof folder, "%.3900s/runs", d->options->folder);
    if (rename(results, path) != 0) {
        return machine_fault(faults, path, "cannot put the results in their place");
    }
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = file >= 0 ? fsync(file) : -1;
    if (file >= 0) {
        close(file);
    }
    rmdir(part);
    return code == 0 ? QON_OK : machine_fault(faults, folder, "cannot write to the disk");
}

static enum qon_status run_do(const struct doing *d, const struct qon_sweep_run *run, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    char part[PATH_ROOM];
    struct qon_scenario scenario = {0};
    struct qon_run_summary *summary = NULL;
    snprintf(part, sizeof part, "%.3900s/%d", d->part, run->run);
    struct qon_run_options options = {
        .folder = part, .command = d->options->command, .selection = &d->sweep->study.selection, .stop = d->options->stop};
    QON_TRY(qon_take(&summary, 1, sizeof *summary));
    QON_TRY(qon_sweep_load(d->sweep, run, true, &scenario, faults));
    QON_TRY(qon_run(&scenario, &options, summary, faults));
    QON_TRY(result_settle(d, run, part, summary->results, faults));
done:
    qon_scenario_free(&scenario);
    qon_free(summary);
    return status;
}

static void process_run(const struct doing *d, const struct qon_sweep_run *run, int pipe, pid_t parent) {
    struct answer *answer = NULL;
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent || qon_take(&answer, 1, sizeof *answer) != QON_OK) {
        _exit(1);
    }
    int threads = d->options->threads / d->jobs;
    qon_par_threads_set(threads > 1 ? threads : 1);
    answer->status = run_do(d, run, &answer->faults);
    ssize_t sent = write(pipe, answer, sizeof *answer);
    _exit(sent == (ssize_t)sizeof *answer ? 0 : 1);
}

// --- in the process of the sweep --------------------------------------------------------------------------------------------------

static enum qon_status job_start(struct doing *d, int32_t at) {
    int ends[2];
    struct job *job = d->job;
    while (job->process) {
        job++;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return machine_fault(d->faults, d->options->folder, "cannot start a run");
    }
    pid_t parent = getpid(), process = fork();
    if (process == 0) {
        process_run(d, &d->sweep->run[at], ends[1], parent);
    }
    close(ends[1]); // ours: when the process ends, the pipe does
    if (process < 0) {
        close(ends[0]);
        return machine_fault(d->faults, d->options->folder, "cannot start a run");
    }
    *job = (struct job){process, ends[0], at};
    d->progress->running++;
    return QON_OK;
}

static void faults_pass(struct qon_faults *to, const struct qon_faults *from, int32_t run) {
    for (int i = 0; i < from->kept; i++) {
        struct qon_place place = {0};
        if (from->worst == QON_MACHINE) {
            (void)qon_fault_machine(to, place, "run %d: %s", run, from->text[i]);
        } else {
            (void)qon_fault_add(to, place, "run %d: %s", run, from->text[i]);
        }
    }
}

// The answer of a run whose process has ended, or a fault in its place.
static enum qon_status answer_take(struct doing *d, const struct job *job, const struct answer *answer, size_t length, int code) {
    int32_t run = d->sweep->run[job->run].run;
    if (length == sizeof *answer) {
        faults_pass(d->faults, &answer->faults, run);
        d->no_more |= answer->status == QON_MACHINE;
        return answer->status;
    }
    struct qon_place place = {0};
    if (d->told) {
        return QON_INTERRUPTED;
    }
    if (WIFSIGNALED(code)) {
        return qon_fault_machine(d->faults, place, "run %d: its process was ended by signal %d (%s)", run, WTERMSIG(code),
                                 WTERMSIG(code) == SIGKILL ? "by somebody, or by the system for want of memory"
                                                           : strsignal(WTERMSIG(code)));
    }
    return qon_fault_machine(d->faults, place, "run %d: its process ended without an answer, exit code %d", run, WEXITSTATUS(code));
}

static void job_end(struct doing *d, struct job *job, struct answer *answer) {
    size_t length = 0;
    ssize_t got;
    int code = 0;
    while (length < sizeof *answer &&
           ((got = read(job->pipe, (char *)answer + length, sizeof *answer - length)) > 0 || (got < 0 && errno == EINTR))) {
        length += got > 0 ? (size_t)got : 0;
    }
    close(job->pipe);
    while (waitpid(job->process, &code, 0) < 0 && errno == EINTR) {
    }
    struct qon_sweep_progress *progress = d->progress;
    const struct qon_sweep_run *run = &d->sweep->run[job->run];
    enum qon_status status = answer_take(d, job, answer, length, code);
    job->process = 0;
    progress->running--;
    progress->last = run->run;
    progress->seconds = qon_time_wall() - d->begun;
    progress->done += status == QON_OK;
    progress->failed += status == QON_USER || status == QON_MACHINE;
    d->worst = status > d->worst ? status : d->worst;
    d->seconds_done += run->seconds;
    progress->seconds_left = progress->seconds * (d->seconds_all - d->seconds_done) / d->seconds_done;
    if (d->options->watch && status != QON_INTERRUPTED) {
        d->options->watch(d->options->context, progress);
    }
}

static bool stopped(const struct doing *d) {
    return d->options->stop && *d->options->stop;
}

// Waits until a process ends, or a signal comes, or a moment has passed.
static void jobs_wait(struct doing *d, struct answer *answer) {
    struct pollfd ends[JOBS_MOST];
    struct job *job[JOBS_MOST];
    nfds_t count = 0;
    for (int i = 0; i < d->jobs; i++) {
        if (d->job[i].process) {
            job[count] = &d->job[i];
            ends[count++] = (struct pollfd){.fd = d->job[i].pipe, .events = POLLIN};
        }
    }
    int ready = poll(ends, count, POLL_MS);
    for (nfds_t i = 0; ready > 0 && i < count; i++) {
        if (ends[i].revents) {
            job_end(d, job[i], answer);
        }
    }
    if (stopped(d) && !d->told) {
        d->told = true;
        for (int i = 0; i < d->jobs; i++) {
            if (d->job[i].process) {
                kill(d->job[i].process, SIGTERM);
            }
        }
    }
}

static enum qon_status runs_do(struct doing *d) {
    enum qon_status status = QON_OK;
    const struct qon_sweep *sweep = d->sweep;
    struct answer *answer = NULL;
    int32_t next = 0;
    QON_TRY(qon_take(&answer, 1, sizeof *answer));
    for (;;) {
        bool start = !stopped(d) && !d->no_more;
        while (start && next < sweep->runs && d->progress->running < d->jobs) {
            if (!qon_sweep_done(&sweep->run[next], d->options->folder)) {
                d->no_more |= job_start(d, next) != QON_OK;
                start = !d->no_more;
            }
            next++;
        }
        if (d->progress->running == 0 && (!start || next == sweep->runs)) {
            break;
        }
        jobs_wait(d, answer);
    }
    status = d->faults && d->faults->count > 0 ? d->faults->worst : d->worst;
    if (status == QON_OK && stopped(d) && d->progress->done + d->progress->done_before < sweep->runs) {
        status = QON_INTERRUPTED;
    }
done:
    qon_free(answer);
    return status;
}

enum qon_status qon_sweep_do(struct qon_sweep *sweep, const struct qon_sweep_doing *options, struct qon_sweep_progress *progress,
                             struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    struct doing *d = NULL;
    *progress = (struct qon_sweep_progress){.runs = sweep->runs, .seconds_left = (double)NAN};
    if (strlen(options->folder) > 3800) {
        return qon_fault_add(faults, (struct qon_place){.path = "--out"}, "the folder's name is too long");
    }
    QON_TRY(qon_take(&d, 1, sizeof *d));
    *d = (struct doing){.sweep = sweep, .options = options, .progress = progress, .faults = faults, .lock = -1};
    d->jobs = options->jobs > 0 ? options->jobs : qon_sweep_jobs(sweep, options->threads);
    d->jobs = d->jobs < JOBS_MOST ? d->jobs : JOBS_MOST;
    d->begun = qon_time_wall();
    QON_TRY(folders_make(d));
    QON_TRY(plan_write(d));
    for (int32_t r = 0; r < sweep->runs; r++) {
        bool done = qon_sweep_done(&sweep->run[r], options->folder);
        progress->done_before += done;
        d->seconds_all += done ? 0 : sweep->run[r].seconds;
    }
    status = runs_do(d);
done:
    if (d && d->lock >= 0) {
        nftw(d->part, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
        close(d->lock);
    }
    qon_free(d);
    if (status == QON_MACHINE && faults && faults->count == 0) {
        (void)qon_fault_machine(faults, (struct qon_place){.file = options->folder}, "not enough memory for the sweep");
    }
    return status;
}
