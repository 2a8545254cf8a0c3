// SPDX-License-Identifier: GPL-3.0-or-later
// The list of kinds of benefits, and what all kinds need.
#include "benefit_kind.h"

#include <string.h>

static const struct qon_benefit_kind *const kinds[] = {
#define BENEFIT(kind) &qon_benefit_##kind,
#include <qonys/benefits.def>
#undef BENEFIT
};

const struct qon_benefit_kind *const *qon_benefit_kinds(size_t *count) {
    *count = QON_B_COUNT_OF(kinds);
    return kinds;
}

const struct qon_benefit_kind *qon_benefit_kind_find(const char *name) {
    for (size_t k = 0; k < QON_B_COUNT_OF(kinds); k++) {
        if (strcmp(kinds[k]->name, name) == 0) {
            return kinds[k];
        }
    }
    return NULL;
}

void qon_benefit_default(const struct qon_benefit_kind *kind, void *settings) {
    memset(settings, 0, kind->size);
    for (size_t f = 0; f < kind->fields_count; f++) {
        const struct qon_field *field = &kind->fields[f];
        void *place = (char *)settings + field->offset;
        switch (field->type) {
        case QON_F64:
            *(double *)place = field->initial;
            break;
        case QON_I64:
            *(int64_t *)place = (int64_t)field->initial;
            break;
        case QON_BOOL:
            *(bool *)place = field->initial != 0;
            break;
        default:
            QON_REQUIRE(field->type == QON_I32 || field->type == QON_REF || field->type == QON_MONTH);
            *(int32_t *)place = (int32_t)field->initial;
        }
    }
}

bool qon_zone_is_urban(const struct qon_world *world, uint32_t zone) {
    return strcmp(world->scenario->tables.zones.kind[zone], "urban") == 0;
}
