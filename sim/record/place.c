// SPDX-License-Identifier: GPL-3.0-or-later
// Giving a finished results file its final name. Who reads the older file keeps it, since its name only is taken away; who is writing to it
// would lose what he wrote, so then the new file gets a name of its own and the run says so.
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

static enum qon_status machine_fault(struct qon_faults *faults, const char *path, const char *what) {
    return qon_fault_machine(faults, (struct qon_place){.file = path}, "%s: %s", what, strerror(errno));
}

static enum qon_status sync_path(const char *path, int flags, struct qon_faults *faults) {
    int file = open(path, flags | O_CLOEXEC);
    if (file < 0) {
        return machine_fault(faults, path, "cannot open");
    }
    int code = fsync(file);
    enum qon_status status = code == 0 || errno == EINVAL ? QON_OK : machine_fault(faults, path, "cannot write to the disk");
    close(file);
    return status;
}

// Another program may have left a write-ahead log beside the older file (a map program that has it open does); found beside the new file
// it would be taken for its own and spoil it.
static void remove_leftovers(const char *path) {
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char beside[QON_PATH_MOST + 16];
        snprintf(beside, sizeof beside, "%s%s", path, ends[i]);
        unlink(beside);
    }
}

bool qon_results_locked(const char *path) {
    sqlite3 *sqlite = NULL;
    bool locked = false;
    if (access(path, W_OK) == 0 && sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK) {
        sqlite3_busy_timeout(sqlite, 1000); // a moment's writing is waited for
        locked = sqlite3_exec(sqlite, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL) == SQLITE_BUSY;
    }
    sqlite3_close(sqlite);
    return locked;
}

enum qon_status qon_results_place(const char *folder, const char *part, const char *path, struct qon_faults *faults) {
    enum qon_status status = QON_OK;
    char beside[QON_PATH_MOST + 16];
    bool locked = qon_results_locked(path);
    snprintf(beside, sizeof beside, "%s.new", path);
    QON_TRY(sync_path(part, O_RDWR, faults));
    if (rename(part, locked ? beside : path) != 0) {
        status = machine_fault(faults, locked ? beside : path, "cannot put the results in their place");
        goto done;
    }
    if (!locked) {
        remove_leftovers(path);
    }
    QON_TRY(sync_path(folder, O_RDONLY | O_DIRECTORY, faults));
    if (locked) {
        status = qon_fault_machine(faults, (struct qon_place){.file = path},
                                   "another program is writing to this file: it was left as it is, and the new results are in %s", beside);
    }
done:
    return status;
}
