// SPDX-License-Identifier: GPL-3.0-or-later
// Folders made from the top down, as `mkdir -p` does.
#include <errno.h>
#include <qonys/folder.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum qon_status qon_folder_make(const char *path, const char *what, int32_t *made, struct qon_faults *faults) {
    char part[QON_FOLDER_MOST];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = part + (*part != 0);; slash++) {
        if (*slash != '/' && *slash != 0) {
            continue;
        }
        bool last = *slash == 0;
        *slash = 0;
        if (mkdir(part, 0777) == 0) {
            *(made != NULL ? made : &(int32_t){0}) += 1;
        } else if (errno != EEXIST) {
            return qon_fault_machine(faults, (struct qon_place){.file = part}, "%s: %s", what, strerror(errno));
        }
        if (last) {
            return QON_OK;
        }
        *slash = '/';
    }
}

void qon_folder_unmake(const char *path, int32_t *made) {
    char part[QON_FOLDER_MOST];
    snprintf(part, sizeof part, "%s", path);
    for (; *made > 0 && rmdir(part) == 0; (*made)--) {
        char *slash = strrchr(part, '/');
        *(slash != NULL ? slash : part) = 0;
    }
    *made = 0;
}
