// SPDX-License-Identifier: GPL-3.0-or-later
// The job that this process is part of: alone, or one of the ranks that mpirun or srun started.
#ifndef QONYS_JOB_H
#define QONYS_JOB_H

#include <qonys/fault.h>
#include <stdbool.h>

int qon_job_processes(void); // how many mpirun or srun says that it started; 1: nobody says
bool qon_job_first(void);    // whether this is the first of them, or alone

// Joins the other processes, when there are some: from here on ranks.h knows them, and what all but the first print to standard output is
// dropped. Alone nothing happens. errors: QON_USER in a build without MPI: they would all write the same files; QON_MACHINE.
enum qon_status qon_job_begin(struct qon_faults *faults);
void qon_job_end(void); // every rank, last thing in main

#endif
