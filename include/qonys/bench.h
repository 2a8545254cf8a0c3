// SPDX-License-Identifier: GPL-3.0-or-later
// Benches: what a person-month costs, beside a plain reference kernel in the same process.
#ifndef QONYS_BENCH_H
#define QONYS_BENCH_H

#include <qonys/fault.h>
#include <qonys/input.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { QON_BENCH_REGIONS = 16 };

// The relocation bench. n persons live in 16 regions on a ring of 300 km steps, region r first with weight 1 + r mod 5; its jobs are 0.95
// of its first residents, its wage 200000 + 20000 (7r mod 16). Every month each person considers a move with probability 1/60 and
// takes the region of the largest
//   V = 2 skill ln wage - 5 unemployment - 0.0008 km - 1.5 [move] + share of the person's 4 friends there + Gumbel
// where unemployment = max(0, 1 - jobs / residents), and residents and friends are those of the end of last month. Skill takes 16 values
// spread evenly over an interval around 1 chosen so that 0.55 of the considerations end in a move; friends are drawn from the whole
// country.
struct qon_bench_options {
    int64_t persons; // 1..2^32-1
    int32_t months;
    int32_t repeats; // of each side, in turn; the least time counts
    uint64_t seed;
    bool plain; // run the reference too
};

struct qon_bench_side {
    double ns_cpu;      // per person-month, all threads
    double ns_wall;     // per person-month
    int64_t considered; // over all months
    int64_t moves;
    int64_t residents[QON_BENCH_REGIONS]; // at the end
    uint64_t digest;                      // of who lives where at the end
};

struct qon_bench_relocation {
    struct qon_bench_side ours;  // frozen utilities keyed by (person, month, region), skips, batches; qon_par_threads() threads
    struct qon_bench_side plain; // structure of arrays, every person visited, Gumbel-max with the C library's log; one thread
    int64_t bytes;               // that ours keeps, friends and skills included
    const char *isa;             // of the kernels
};

// errors: QON_MACHINE on lack of memory, QON_USER for options out of range.
enum qon_status qon_bench_relocation(const struct qon_bench_options *options, struct qon_bench_relocation *result,
                                     struct qon_faults *faults);

// The whole model: a scenario from reading to its last month.
enum { QON_BENCH_PHASES = 32 };
struct qon_bench_phase {
    const char *name;
    double seconds; // wall, whole run
    int64_t calls;
};
struct qon_bench_full {
    int64_t persons_start, persons_end, households, employers; // agents
    int64_t person_months;                                     // residents summed over months
    int64_t decisions;                                         // moves considered, all months
    double seconds_synthesis, seconds_run;                     // wall; reading of files is in neither
    double cpu_synthesis, cpu_run;                             // all threads
    double ns_cpu, ns_wall;                                    // of the run, per person-month
    double bytes_per_person;                                   // highest resident memory of the process over persons at the end
    double memory_bytes_second;                                // read in order by all threads; 0 when the reference is not wanted
    double state_bytes;                                        // of the columns at the end
    // The reference of the relocation bench, one thread, timed after the run; 0 when not wanted. With as many persons as the run had at its
    // start (at most 20 million), and with a million.
    double plain_ns_cpu, plain_million_ns_cpu;
    struct qon_bench_phase phase[QON_BENCH_PHASES];
    int32_t phases;
    uint64_t digest; // qon_world_digest at the end
    const char *isa;
    int ranks;           // that shared the run: CPU and memory are of all, wall times and phases of the first
    double cpu_ranks;    // of cpu_run, within the exchange: most of it waiting
    int64_t bytes_ranks; // that they handed one another in the months, all together
};

// repeats: whole runs, at least 1; what is told is of the one whose months took the least CPU, as with the reference (three runs or more).
// errors: those of reading, synthesis and the step.
enum qon_status qon_bench_full(const char *scenario, const struct qon_override *overrides, int overrides_count, bool plain, int repeats,
                               struct qon_bench_full *result, struct qon_faults *faults);

// What surrounds the months. synthesis: a population. checkpoint: the state after a month saved, read back (digests must agree), and its
// bytes written plainly to the same disk. results: the scenario's months recorded and written. compare: a pair against a single run.
enum qon_bench_what { QON_BENCH_SYNTHESIS, QON_BENCH_CHECKPOINT, QON_BENCH_RESULTS };
enum { QON_BENCH_FIGURES = 16 };
struct qon_bench_figure {
    const char *key; // with its unit
    double value;
    int digits;
};
struct qon_bench_part {
    struct qon_bench_figure figure[QON_BENCH_FIGURES];
    int figures;
    uint64_t digest;
};
// folder: where files are written for the time of the bench; made and removed. errors: as qon_bench_full; QON_MACHINE of the disk.
enum qon_status qon_bench_world(enum qon_bench_what what, const char *scenario, const struct qon_override *overrides, int overrides_count,
                                const char *folder, struct qon_bench_part *part, struct qon_faults *faults);
enum qon_status qon_bench_compare(const char *base, const char *alternative, const struct qon_override *overrides, int overrides_count,
                                  struct qon_bench_part *part, struct qon_faults *faults);
// Bytes a second that qon_par_threads() threads read from memory in order.
enum qon_status qon_bench_memory_speed(double *bytes_second);

// The reports: lines `key: value`, or one JSON object of the same keys.
void qon_bench_relocation_write(const struct qon_bench_options *options, const struct qon_bench_relocation *result, bool json, FILE *out);
void qon_bench_part_write(const char *name, const struct qon_bench_part *part, bool json, FILE *out);
void qon_bench_full_write(const struct qon_bench_full *result, bool json, FILE *out);

#endif
