// SPDX-License-Identifier: GPL-3.0-or-later
// What both sides of the relocation bench share: the people, their friends, the regions. Private to sim/run.
#ifndef QONYS_RUN_BENCH_TOWN_H
#define QONYS_RUN_BENCH_TOWN_H

#include <qonys/bench.h>

enum { REGIONS = QON_BENCH_REGIONS, SKILLS = 16, FRIENDS = 4, CHUNK = 16384 };
static const double CONSIDERS = 1.0 / 60;

struct town {
    int64_t persons;
    uint64_t seed;
    uint32_t *friends;           // [persons * FRIENDS]
    uint8_t *skill;              // [persons] class
    uint8_t *start;              // [persons] first region
    double skill_value[SKILLS];  //
    double wage_log[REGIONS];    // ln of the wage over 300,000
    double km[REGIONS][REGIONS]; //
    double jobs[REGIONS];
    int64_t residents[REGIONS]; // at the start
};

enum qon_status qon_town_make(struct town *town, int64_t persons, uint64_t seed);
void qon_town_free(struct town *town);
double qon_town_unemployment(const struct town *town, const int64_t *residents, int region);
uint64_t qon_town_digest(const uint8_t *region, int64_t persons);

// The two sides: reset to the first month, run some months (the part that is timed), tell. side's times are the caller's.
struct bench_ours;
enum qon_status qon_bench_ours_create(struct bench_ours **out, const struct town *town);
void qon_bench_ours_reset(struct bench_ours *ours);
void qon_bench_ours_run(struct bench_ours *ours, int32_t months);
void qon_bench_ours_tell(const struct bench_ours *ours, struct qon_bench_side *side);
int64_t qon_bench_ours_bytes(const struct bench_ours *ours);
void qon_bench_ours_destroy(struct bench_ours *ours);

struct bench_plain;
enum qon_status qon_bench_plain_create(struct bench_plain **out, const struct town *town);
void qon_bench_plain_reset(struct bench_plain *plain);
void qon_bench_plain_run(struct bench_plain *plain, int32_t months);
void qon_bench_plain_tell(const struct bench_plain *plain, struct qon_bench_side *side);
void qon_bench_plain_destroy(struct bench_plain *plain);

// Of a world: residents; bytes of the rows that its columns hold (bench_full.c).
struct qon_world;
int64_t qon_bench_residents(const struct qon_world *world);
double qon_bench_state_bytes(const struct qon_world *world);

#endif
