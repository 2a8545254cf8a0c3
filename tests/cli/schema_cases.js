// SPDX-License-Identifier: GPL-3.0-or-later
// schema_cases.js FOLDER TOOL PROJECT: scenarios of a made-up country, good and bad, judged by the schema (ajv) and by the reader (TOOL check).
// Each case says what the schema must answer; wherever the schema says yes the reader must say yes too.
'use strict';
const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const Ajv = require('ajv/dist/2020');

const [folder, tool] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(path.join(folder, 'schema.json'), 'utf8'));
const good = fs.readFileSync(path.join(folder, 'scenario.json'), 'utf8');
const accepts = new Ajv({ strictSchema: true, strictTypes: true, strictTuples: true, allErrors: true }).compile(schema);
let cases = 0;
let failures = 0;

function judge(name, text, wanted, readerToo = true) {
    const file = path.join(folder, 'case.json');
    fs.writeFileSync(file, text);
    const bySchema = accepts(JSON.parse(text));
    const told = spawnSync(tool, ['check', file], { encoding: 'utf8' });
    const byReader = told.status === 0;
    cases++;
    if (told.status !== 0 && told.status !== 2) {
        failures++;
        console.log(`${name}: the reader ended with ${told.status}`);
    }
    if (bySchema !== wanted) {
        failures++;
        console.log(`${name}: the schema says ${bySchema}, expected ${wanted}`, accepts.errors ? accepts.errors.slice(0, 3) : '');
    }
    if (readerToo && byReader !== wanted) {
        failures++;
        console.log(`${name}: the reader says ${byReader}, expected ${wanted}: ${told.stderr}`);
    }
}

// The good scenario, changed.
function changed(name, change, wanted, readerToo) {
    const scenario = JSON.parse(good);
    change(scenario);
    judge(name, JSON.stringify(scenario), wanted, readerToo);
}

// A file that extends the good one.
function child(name, more, wanted, readerToo) {
    judge(name, JSON.stringify(Object.assign({ qonys: 1, extends: 'scenario.json' }, more)), wanted, readerToo);
}

judge('the good one', good, true);
for (const key of ['qonys', 'name', 'start', 'months', 'geography', 'population', 'labour', 'employers', 'external']) {
    changed(`without ${key}`, (s) => delete s[key], false);
}
for (const key of ['title', 'seed', 'scale', 'calendar', 'programmes', 'targets', 'observe']) {
    changed(`without ${key}`, (s) => delete s[key], true);
}
changed('unknown key', (s) => (s.moths = 3), false);
changed('version 2', (s) => (s.qonys = 2), false);
changed('version as text', (s) => (s.qonys = '1'), false);
for (const name of ['', 'a b', 'ж', 'x'.repeat(65), 7, null]) {
    changed(`name ${name}`, (s) => (s.name = name), false);
}
for (const name of ['x', 'A-b_9', 'x'.repeat(64)]) {
    changed(`name ${name}`, (s) => (s.name = name), true);
}
for (const start of ['2017-13', '2017-00', '1899-12', '2017-1', '2017', 201701, null]) {
    changed(`start ${start}`, (s) => (s.start = start), false);
}
for (const start of ['1900-01', '2017-12', '2999-10', { value: '2017-02', source: 'x' }]) {
    changed(`start ${start}`, (s) => (s.start = start), true);
}
for (const months of [0, 1201, 100000, 1.5, '12', true, [], {}, { value: 0 }, { source: 'x' }, null]) {
    changed(`months ${JSON.stringify(months)}`, (s) => (s.months = months), false);
}
for (const months of [1, 1200, { value: 24, source: 'x', provenance: 'own', range: [1, 60], note: 'n' }]) {
    changed(`months ${JSON.stringify(months)}`, (s) => (s.months = months), true);
}
for (const seed of ['18446744073709551616', '99999999999999999999', '007', '-1', '', 'x', -1, 1.5, true]) {
    changed(`seed ${JSON.stringify(seed)}`, (s) => (s.seed = seed), false);
}
for (const seed of ['0', '9', '10', '18446744073709551615', '18446744073709551609', '17999999999999999999', '1000000000000000000', 0, 2 ** 53 - 1, { value: '5' }, null]) {
    changed(`seed ${JSON.stringify(seed)}`, (s) => (s.seed = seed), true);
}
changed('title in an unknown language', (s) => (s.title.kz = 'x'), false);
changed('title as text', (s) => (s.title = 'x'), false);
changed('description', (s) => (s.description = { en: 'x' }), true);
changed('calendar by day', (s) => (s.calendar.mci_tenge['2017-01-01'] = 1), false);
changed('calendar below 0', (s) => (s.calendar.mci_tenge['2019-01'] = -1), false);
changed('calendar with tiyn', (s) => (s.calendar.mci_tenge['2019-01'] = 2525.25), true);
changed('calendar unknown', (s) => (s.calendar.mci = {}), false);
changed('an empty programme list', (s) => (s.programmes = null), true);
changed('programme without name', (s) => (s.programmes = [{}]), false);
changed('programme as text', (s) => (s.programmes = ['x']), false);
changed('programmes by name without extends', (s) => (s.programmes = { x: {} }), false);
changed('targets as text', (s) => (s.targets = 'x'), false);
changed('a target that is a number', (s) => (s.targets = [1]), false);
changed('an empty observed name', (s) => (s.observe = ['']), false);
changed('table by number', (s) => (s.geography.zones = 7), false);
changed('table by empty name', (s) => (s.geography.zones = ''), false);
changed('table by null', (s) => (s.geography.zones = null), false);
changed('optional table by null', (s) => (s.geography.distances = null), true);
changed('table as object', (s) => (s.geography.zones = { file: 'zones.csv', source: 'x' }), true);
changed('table with an odd hash', (s) => (s.geography.zones = { file: 'zones.csv', xxhash64: 'xyz' }), false);
changed('table as object without file', (s) => (s.geography.zones = { source: 'x' }), false);
changed('without boundaries', (s) => delete s.geography.boundaries, true);
changed('unknown table', (s) => (s.geography.zonen = 'x.csv'), false);
changed('a leaf with an unknown key', (s) => (s.labour.matching_elasticity.sauce = 'x'), false);
changed('a leaf with a number for its source', (s) => (s.labour.matching_elasticity.source = 1), false);
changed('a leaf with a range of one', (s) => (s.labour.matching_elasticity.range = [1]), false);
changed('a group as array', (s) => (s.choice = []), false);
const change = (name, one, wanted, readerToo) => changed(`a change: ${name}`, (s) => {
    s.programmes = [{ name: 'a', at: 'residence', awareness: { start_share: 0.5 } }];
    s.changes = one;
}, wanted, readerToo);
const later = { month: '2018-01', path: 'programmes.a.take_up_month', value: 0.1 };
change('as it should be', [later, Object.assign({ source: 'made up', note: 'none' }, later)], true);
change('null', null, true);
change('no array', later, false);
change('a key that does not exist', [Object.assign({ moth: 1 }, later)], false);
change('no month', [Object.assign({}, later, { month: '2018-13' })], false);
change('no value', [{ month: '2018-01', path: 'programmes.a.take_up_month' }], false);
change('null for its value', [Object.assign({}, later, { value: null })], false);
change('of a setting', [Object.assign({}, later, { path: 'choice.home_premium' })], false);
change('of what is not there', [Object.assign({}, later, { path: 'programmes.b.take_up_month' })], true, false); // no schema can say so
changed('a file that is not there', (s) => (s.geography.zones = 'absent.csv'), true, false); // no schema can say so
judge('an array', '[]', false);
judge('an empty object', '{}', false);

child('extends only', {}, true);
child('extends, changed', { name: 'c', months: 3, choice: { home_premium: 2, kin_weight: null }, programmes: [] }, true);
child('extends, a table of its own', { labour: { skills: 'skills.csv' } }, true);
child('extends, removing programmes by null', { programmes: null }, true);
child('extends, months out of range', { months: 0 }, false);
child('extends, name by null', { name: null }, false);
child('extends nothing', { extends: '' }, false);

// Every setting at and beyond its limits, as a number, with a source, as null and as what it is not.
for (const [group, about] of Object.entries(schema.properties)) {
    for (const [key, leaf] of Object.entries(about.properties || {})) {
        const value = leaf.anyOf && leaf.anyOf[0];
        if (!value || !['number', 'integer', 'boolean'].includes(value.type)) {
            continue;
        }
        const set = (what, wanted) => changed(`${group}.${key} = ${JSON.stringify(what)}`, (s) => ((s[group] = s[group] || {})[key] = what), wanted);
        set('x', false);
        set(null, leaf.default !== undefined);
        if (value.type === 'boolean') {
            set(true, true);
            set(0, false);
            continue;
        }
        set(leaf.default, true);
        set(value.minimum, true);
        set({ value: value.maximum, source: 'x' }, true);
        set(value.minimum - 0.001 * Math.max(1, Math.abs(value.minimum)), false);
        set({ value: value.maximum + 1 }, false);
        set(true, false);
        if (value.type === 'integer') {
            set(value.minimum + 0.5, false);
        }
    }
}
// Programmes: good and bad, then every field of every kind of benefit.
const programme = (name, more, wanted, readerToo) => changed(`programme: ${name}`, (s) => (s.programmes = [Object.assign({ name: 'a' }, more)]), wanted, readerToo);
const good3 = { en: 'x', kk: 'x', ru: 'x' };
programme('bare', {}, true);
programme('null everywhere', { title: null, source: null, eligible: null, benefits: null, quota: null, budget: null, bond: null, from: null, ration: null }, true);
programme('texts', { title: good3, source: 's', note: 'n' }, true);
programme('unknown key', { benefit: [] }, false);
programme('name with a space', { name: 'a b' }, false);
programme('at', { at: 'hire' }, true);
programme('at nowhere', { at: 'hired' }, false);
programme('choice with a source', { ration: { value: 'lottery', source: 'x' } }, true);
programme('months', { from: '2017-01', to: { value: '2018-12', source: 'x' } }, true);
programme('a month that is none', { from: '2017-1' }, false);
programme('ends before it begins', { from: '2018-01', to: '2017-01' }, true, false); // no schema can say so
programme('bond', { bond: { months: 36, clawback_share: { value: 1, source: 'x' } } }, true);
programme('bond too long', { bond: { months: 601 } }, false);
programme('bond unknown', { bond: { month: 3 } }, false);
for (const [text, quota, wanted] of [
    ['number', 5, true], ['source', { value: 5, source: 'x' }, true], ['by region', { R0000: 5, R0001: { 2017: 1, each_year: { value: 2, source: 'x' } } }, true],
    ['all and others', { all: { whole_time: 9 }, others: 1, counts: 'members', region_of: 'origin', group: { sex: 'male' } }, true],
    ['list', [1, { all: 2 }], true], ['negative', -1, false], ['half', 0.5, false], ['text', 'x', false], ['odd year', { R0000: { 17: 1 } }, false],
    ['no amount in a region', { R0000: {} }, false], ['counts what', { all: 1, counts: 'heads' }, false], ['odd group', { all: 1, group: { sexx: 'male' } }, false],
]) {
    programme(`quota ${text}`, { quota }, wanted);
}
programme('quota of an unknown region', { quota: { R0009: 1 } }, true, false);
programme('budget', { budget: { all: 1000.5, unit: 'mci' } }, true);
programme('budget below 0', { budget: -1 }, false);
programme('points', { ration: 'points', points: [{ points: { value: 3, source: 'x' }, who: { owner: true } }, { points: -1 }] }, true);
programme('points without points', { ration: 'points', points: [{ who: {} }] }, false);
programme('priority', { ration: 'priority', priority: [{ owner: true }, { minors: { min: 3 } }] }, true);
programme('stacking', { stacks_with: [] }, true);
programme('stacking with a number', { stacks_with: [1] }, false);
for (const [text, eligible, wanted] of [
    ['all, any, not', { all: [{ any: [{ owner: true }, { not: { sex: 'male' } }] }] }, true], ['values', { education: ['college', 'higher'], occupation: 'health' }, true],
    ['sources', { age_years: { min: { value: 18, source: 'x' }, below: 35.5 }, education: { value: ['higher'], source: 'x' } }, true], ['number', { age_years: 18 }, true],
    ['zones', { origin: { kind: 'rural', region: ['R0000'] }, destination: { designated_reception: true, area_km2: { at_least: 1 }, macroregion: 'north' } }, true],
    ['subjects', { person: { status: ['unemployed'] }, household: { members: { at_most: 4 } }, employer: { sector: 'mining', staff: { above: 10 } } }, true],
    ['month', { status_month: { min: '2017-01' } }, true], ['null within', { education: null, all: null }, true],
    ['list', [], false], ['unknown attribute', { educaton: 'higher' }, false], ['unknown label', { status: 'jobless' }, false], ['empty list', { education: [] }, false],
    ['number for a text', { education: 3 }, false], ['number for a switch', { owner: 1 }, false], ['text for a number', { age_years: 'x' }, false],
    ['unknown comparison', { age_years: { mni: 3 } }, false], ['empty comparison', { age_years: {} }, false], ['any of an object', { any: { owner: true } }, false],
    ['zone attribute at the top', { designated_reception: true }, false], ['person attribute of a zone', { origin: { sex: 'male' } }, false], ['leaf with an unknown key', { age_years: { min: { value: 1, sauce: 'x' } } }, false],
]) {
    programme(`eligible ${text}`, { eligible }, wanted);
}
programme('eligible: an unknown id', { eligible: { education: 'higer' } }, true, false);
child('extends, changing a programme by name', { programmes: { a: { quota: 3 } } }, true, false); // that there is one, no schema can say
child('extends, an unknown key of a programme', { programmes: { a: { quotas: 3 } } }, false);
programme('a benefit of no kind', { benefits: [{}] }, false);
programme('a benefit of an unknown kind', { benefits: [{ kind: 'grnt' }] }, false);
programme('a kind at the wrong event', { benefits: [{ kind: 'enforcement' }] }, true, false);
for (const kind of schema.$defs.benefit.anyOf) {
    const name = kind.properties.kind.const;
    const benefit = (what, key, value, wanted) =>
        programme(`${name}.${key} ${what}`, { benefits: [Object.assign({ kind: name }, { [key]: value })] }, wanted, wanted ? false : true);
    benefit('unknown', 'kindly', 1, false);
    benefit('note', 'note', 'x', true);
    for (const [key, leaf] of Object.entries(kind.properties)) {
        const value = leaf.anyOf && leaf.anyOf[0];
        if (!value || key === 'source' || key === 'note') {
            continue;
        }
        benefit('null', key, null, true);
        benefit('array', key, [], false);
        if (value.enum) {
            value.enum.forEach((word) => benefit(word, key, word, true));
            benefit('no choice', key, 'xyzzy', false);
        } else if (value.minimum !== undefined) {
            benefit('least', key, value.minimum, true);
            benefit('most', key, { value: value.maximum, source: 'x' }, true);
            benefit('below', key, value.minimum - 1, false);
            benefit('above', key, value.maximum * 2 + 1, false);
            benefit('text', key, 'x', false);
        }
    }
}

// Whatever scenario is shipped is by the schema; a study is a file of another kind and says so ("qonys_study": 1).
const shipped = path.join(process.argv[4], 'scenarios');
for (const file of fs.readdirSync(shipped).filter((one) => one.endsWith('.json'))) {
    const read = JSON.parse(fs.readFileSync(path.join(shipped, file), 'utf8'));
    if ('qonys_study' in read) {
        continue;
    }
    cases++;
    if (!accepts(read)) {
        failures++;
        console.log(`scenarios/${file}: `, accepts.errors.slice(0, 3));
    }
}
console.log(`${cases} cases, ${failures} failures`);
process.exit(failures === 0 && cases > 1200 ? 0 : 1);
