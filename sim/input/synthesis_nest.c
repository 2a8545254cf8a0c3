// SPDX-License-Identifier: GPL-3.0-or-later
// Scratch for one portion: about 30 bytes a person.
#include "synthesis_nest.h"

#include <qonys/memory.h>

enum qon_status qon_synth_nest_take(struct qon_synth_nest **out, uint32_t most) {
    enum qon_status status = QON_OK;
    struct qon_synth_nest *nest = NULL;
    uint8_t **bytes[] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    *out = NULL;
    QON_TRY(qon_take(&nest, 1, sizeof *nest));
    nest->most = most + 1;
    bytes[0] = &nest->woman;
    bytes[1] = &nest->man;
    bytes[2] = &nest->heads;
    bytes[3] = &nest->members;
    bytes[4] = &nest->born;
    bytes[5] = &nest->grown;
    bytes[6] = &nest->role;
    bytes[7] = &nest->child_age;
    bytes[8] = &nest->child_sex;
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        QON_TRY(qon_take(bytes[i], nest->most, 1));
    }
    uint32_t **words[] = {&nest->ages, &nest->child, &nest->link, &nest->order[0], &nest->order[1], &nest->child_next};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        QON_TRY(qon_take(words[i], nest->most, sizeof(uint32_t)));
    }
    QON_TRY(qon_take(&nest->person, nest->most, sizeof *nest->person));
done:
    if (status != QON_OK) {
        qon_synth_nest_free(nest);
        nest = NULL;
    }
    *out = nest;
    return status;
}

void qon_synth_nest_free(struct qon_synth_nest *nest) {
    if (nest == NULL) {
        return;
    }
    qon_free(nest->woman);
    qon_free(nest->man);
    qon_free(nest->heads);
    qon_free(nest->members);
    qon_free(nest->born);
    qon_free(nest->grown);
    qon_free(nest->role);
    qon_free(nest->child_age);
    qon_free(nest->child_sex);
    qon_free(nest->ages);
    qon_free(nest->child);
    qon_free(nest->link);
    qon_free(nest->order[0]);
    qon_free(nest->order[1]);
    qon_free(nest->child_next);
    qon_free(nest->person);
    qon_free(nest);
}
