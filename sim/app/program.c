// SPDX-License-Identifier: GPL-3.0-or-later
// Verbs that are programs of their own (window, report), because they need libraries that a cluster does not have.
#include "app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum qon_status qon_program_start(const char *name, char **argv, struct qon_faults *faults) {
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 80);
    if (length < 0) {
        return qon_fault_machine(faults, (struct qon_place){0}, "cannot find where qonys stands: %s", strerror(errno));
    }
    path[length] = 0;
    char *slash = strrchr(path, '/');
    slash = slash ? slash + 1 : path;
    snprintf(slash, 80, "qonys-%.60s", name);
    argv[0] = path;
    execv(path, argv);
    if (errno == ENOENT) {
        return qon_fault_machine(faults, (struct qon_place){.file = path},
                                 "qonys %s is a program of its own and was not built; it needs the packages libcairo2-dev, libpango1.0-dev "
                                 "and libsdl2-dev, and a build without -DQON_VIZ=OFF",
                                 name);
    }
    return qon_fault_machine(faults, (struct qon_place){.file = path}, "cannot be started: %s", strerror(errno));
}
