// SPDX-License-Identifier: GPL-3.0-or-later
// The only file that knows MPI. In a build without it, it only notices that it was started as one of several.
#include <qonys/job.h>
#include <qonys/ranks.h>
#include <string.h>
#ifdef QON_MPI
#include <mpi.h>
#endif

// A number that a launcher left in the environment; -1: none.
static int number(const char *name) {
    const char *text = getenv(name);
    return text != NULL && *text != 0 && strlen(text) < 8 && strspn(text, "0123456789") == strlen(text) ? atoi(text) : -1;
}

// MPI itself is not asked by a process that is alone: its start takes longer than a small run. srun numbers whatever it starts; only with a
// PMI or PMIx plugin are these one job.
static void launcher(int *rank, int *count) {
    static const struct {
        const char *rank, *count, *needs;
    } launchers[] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                     {"PMI_RANK", "PMI_SIZE", "PMI_RANK"},
                     {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "PMIX_RANK"},
                     {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "PMI_RANK"}};
    *rank = 0;
    *count = 1;
    for (size_t i = 0; i < sizeof launchers / sizeof launchers[0] && *count == 1; i++) {
        int own = number(launchers[i].rank), all = number(launchers[i].count);
        if (own >= 0 && own < all && number(launchers[i].needs) >= 0) {
            *rank = own;
            *count = all;
        }
    }
}

int qon_job_processes(void) {
    int rank, count;
    launcher(&rank, &count);
    return count;
}

bool qon_job_first(void) {
    int rank, count;
    launcher(&rank, &count);
    return rank == 0;
}

#ifdef QON_MPI

enum { PART = 1 << 27, TAG = 1 }; // items a call, whose count is an int

static int part_of(int64_t whole, int64_t at) {
    return (int)(whole - at < PART ? whole - at : PART);
}

static void sum(void *values, int64_t count, size_t size, MPI_Datatype type) {
    for (int64_t at = 0; at < count; at += PART) {
        int items = part_of(count, at);
        MPI_Allreduce(MPI_IN_PLACE, (char *)values + at * (int64_t)size, items, type, MPI_SUM, MPI_COMM_WORLD);
    }
}

static void sum_i64(int64_t *values, int64_t count) {
    sum(values, count, sizeof *values, MPI_UINT64_T);
}

static void sum_i32(int32_t *values, int64_t count) {
    sum(values, count, sizeof *values, MPI_UINT32_T);
}

// Each rank's piece goes to all in turn: what is gathered is long or few.
static void gather(const void *own, const int64_t *bytes, void *all) {
    char *to = all;
    for (int r = 0; r < qon_ranks_all(); r++) {
        if (r == qon_ranks_place() && bytes[r] > 0) {
            memcpy(to, own, (size_t)bytes[r]);
        }
        for (int64_t at = 0; at < bytes[r]; at += PART) {
            MPI_Bcast(to + at, part_of(bytes[r], at), MPI_BYTE, r, MPI_COMM_WORLD);
        }
        to += bytes[r];
    }
}

// In turns: to the next and from the one before, then to the next but one, ...
static void swap(const void *own, const int64_t *out, void *all, const int64_t *in) {
    int ranks = qon_ranks_all();
    for (int turn = 0; turn < ranks; turn++) {
        int to = (qon_ranks_place() + turn) % ranks, from = (qon_ranks_place() + ranks - turn) % ranks;
        const char *source = own;
        char *target = all;
        for (int r = 0; r < to; r++) {
            source += out[r];
        }
        for (int r = 0; r < from; r++) {
            target += in[r];
        }
        if (turn == 0 && in[to] > 0) {
            memcpy(target, source, (size_t)in[to]);
        }
        for (int64_t at = 0; turn > 0 && (at < out[to] || at < in[from]); at += PART) {
            MPI_Request request = MPI_REQUEST_NULL; // those who have nothing for one another do not meet
            if (at < in[from]) {
                MPI_Irecv(target + at, part_of(in[from], at), MPI_BYTE, from, TAG, MPI_COMM_WORLD, &request);
            }
            if (at < out[to]) {
                MPI_Send(source + at, part_of(out[to], at), MPI_BYTE, to, TAG, MPI_COMM_WORLD);
            }
            MPI_Wait(&request, MPI_STATUS_IGNORE);
        }
    }
}

static void pass(int from, int to, void *data, int64_t bytes) {
    for (int64_t at = 0; at < bytes; at += PART) {
        int part = part_of(bytes, at);
        if (qon_ranks_place() == from) {
            MPI_Send((char *)data + at, part, MPI_BYTE, to, TAG, MPI_COMM_WORLD);
        } else if (qon_ranks_place() == to) {
            MPI_Recv((char *)data + at, part, MPI_BYTE, from, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        }
    }
}

static void end(int code) {
    MPI_Abort(MPI_COMM_WORLD, code);
}

enum qon_status qon_job_begin(struct qon_faults *faults) {
    struct qon_ranks_calls calls = {.sum_i64 = sum_i64, .sum_i32 = sum_i32, .gather = gather, .swap = swap, .pass = pass, .end = end};
    int given;
    if (qon_job_processes() < 2) {
        return QON_OK;
    }
    // Failures end the job inside MPI (its default), so no call returns one.
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given);
    MPI_Comm_rank(MPI_COMM_WORLD, &calls.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &calls.count);
    qon_ranks_set(&calls);
    if (calls.rank > 0 && freopen("/dev/null", "w", stdout) == NULL) {
        return qon_fault_machine(faults, (struct qon_place){0}, "cannot open /dev/null");
    }
    return QON_OK;
}

void qon_job_end(void) {
    if (qon_ranks_all() > 1) {
        MPI_Finalize();
    }
}

#else

enum qon_status qon_job_begin(struct qon_faults *faults) {
    int count = qon_job_processes();
    if (count < 2) {
        return QON_OK;
    }
    return qon_fault_add(faults, (struct qon_place){0},
                         "started as one of %d processes, but built without MPI; build with `cmake --preset cluster`", count);
}

void qon_job_end(void) {
}

#endif
