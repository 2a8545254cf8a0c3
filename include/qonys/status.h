// SPDX-License-Identifier: GPL-3.0-or-later
// What a function that can fail returns, and the two ways of leaving it.
//
// Whose mistake is it? The user's: QON_USER, with faults collected in a struct qon_faults (fault.h). The machine's (memory,
// disk): QON_MACHINE, with one message in the same place. Ours: QON_REQUIRE, always on, which ends the program.
// The values are the exit codes of the command, so that sim/app returns them unchanged.
#ifndef QONYS_STATUS_H
#define QONYS_STATUS_H

#include <stdio.h>
#include <stdlib.h>

enum qon_status {
    QON_OK = 0,            // done
    QON_USER = 2,          // the user's mistake: scenario, table, command line; nothing was written
    QON_MACHINE = 3,       // memory or disk; what was written before stays valid
    QON_INTERRUPTED = 130, // stopped by a signal; a checkpoint was written when one was asked for
};

// Leaves by the function's one exit: needs a local `enum qon_status status` and a label `done`.
#define QON_TRY(call)           \
    do {                        \
        status = (call);        \
        if (status != QON_OK) { \
            goto done;          \
        }                       \
    } while (0)

// A promise of ours that must hold in every build; prints the place and aborts.
#define QON_REQUIRE(condition)                                                                       \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            fprintf(stderr, "qonys: internal fault at %s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                                 \
        }                                                                                            \
    } while (0)

#endif
