// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints: the whole state of a run in one file, from which it goes on as if it had never stopped.
#ifndef QONYS_CHECKPOINT_H
#define QONYS_CHECKPOINT_H

#include <qonys/record.h>

enum { QON_CHECKPOINT_FORMAT = 2, QON_CHECKPOINT_NOTES = 8 };

// In what the scenario of a load is not the one of the checkpoint; 0: the run goes on, otherwise it branches and the user is to be told.
enum qon_other {
    QON_OTHER_SEED = 1,
    QON_OTHER_MONTHS = 2,
    QON_OTHER_VALUES = 4, // settings or tables
    QON_OTHER_TEXT = 8,   // something else of the scenario's text: titles, programmes
};

struct qon_checkpoint_info {
    int format;           // of the file
    char version[32];     // of the program that wrote it
    char scenario[128];   // name
    uint64_t seed;        //
    uint64_t hash;        // XXH3-64 of the effective JSON
    int32_t month;        // to be computed next, since 1900-01
    int32_t months_done;  //
    int64_t persons_rows; // rows of persons, gone ones too
    int64_t bytes;        // of the file
    int64_t state_bytes;  // of what it holds
    bool has_record;      // series and flows up to here as well
    unsigned other;       // enum qon_other; after qon_checkpoint_load only
    int notes;            // what was missing or unknown in a file of another version (the first few)
    char note[QON_CHECKPOINT_NOTES][160];
};

// Writes world (and what `record` has collected; may be NULL) to `path`.part, forces it to the disk and renames it: a former file at `path`
// is whole until the new one is. Changes nothing. errors: QON_MACHINE with a message; then no .part is left. cost: about 0.6 s per GB of
// state and core, overlapped with the disk.
enum qon_status qon_checkpoint_save(const struct qon_world *world, const struct qon_record *record, const char *path,
                                    struct qon_faults *faults);

// Makes `world` (zeroed by the caller; afterwards freed by qon_world_free) from the file, for `scenario`, which may be another one than
// that of the file when its zones, regions, educations, occupations, skills, sectors, origins, start and scale are the same. qon_model_init
// comes after it. A column or array that the file lacks stays zero, one that is unknown is passed over; info says so. Any number of
// threads. errors: QON_USER when the file is no checkpoint, damaged, cut, of a newer format or does not fit the scenario; QON_MACHINE on
// lack of memory or a disk that cannot be read. On failure *world is zeroed.
enum qon_status qon_checkpoint_load(struct qon_world *world, const struct qon_scenario *scenario, const char *path,
                                    struct qon_checkpoint_info *info, struct qon_faults *faults);

// Gives a record just opened the months that the file's run had recorded. Indicators are found by name; those the file lacks are NAN.
// Nothing happens when the file has none. errors: as above.
enum qon_status qon_checkpoint_load_record(struct qon_record *record, const char *path, struct qon_faults *faults);

// A hash of everything that the people and the model of a scenario follow from but seed, start, months, scale and programmes: settings,
// tables, monthly calculation index, minimum wage.
uint64_t qon_scenario_values_hash(const struct qon_scenario *scenario);

// Only what stands at the head. *effective (may be NULL) gets the scenario as JSON; free with qon_free. errors: as above.
enum qon_status qon_checkpoint_look(const char *path, struct qon_checkpoint_info *info, char **effective, struct qon_faults *faults);

#endif
