// SPDX-License-Identifier: GPL-3.0-or-later
// The relocation bench (include/qonys/bench.h) in AgentScript: regions are the 16 patches of a row, persons are turtles that stand on
// them, as one writes it there. Residents are counted by hand: turtlesHere would cost time in proportion to them at each move.
// Arguments: persons, months, repeats.

// The library makes a canvas while it loads, to measure colours; nothing here draws.
globalThis.OffscreenCanvas ??= class {
    getContext() {
        return { fillRect() {}, clearRect() {}, getImageData: () => ({ data: new Uint8ClampedArray(4) }) }
    }
}
const { Model } = await import('agentscript')

const REGIONS = 16, SKILLS = 16, FRIENDS = 4

class Relocation extends Model {
    setup(persons) {
        const weighted = []
        this.patches.ask((patch) => {
            patch.number = patch.x
            patch.wageLog = Math.log((200000 + 20000 * ((7 * patch.x) % 16)) / 300000)
            for (let k = 0; k < 1 + (patch.x % 5); k++) {
                weighted.push(patch)
            }
        })
        this.turtles.create(persons, (person) => {
            person.start = weighted[Math.floor(Math.random() * weighted.length)]
            person.skill = 0.5 + (Math.floor(Math.random() * SKILLS) + 0.5) / SKILLS
        })
        this.turtles.ask((person) => {
            person.friends = []
            for (let k = 0; k < FRIENDS; k++) {
                person.friends.push(this.turtles[Math.floor(Math.random() * persons)])
            }
        })
    }

    restart() {
        this.considered = this.moves = 0
        this.patches.ask((patch) => {
            patch.residents = 0
        })
        this.turtles.ask((person) => {
            person.moveTo(person.start)
            person.start.residents++
        })
        this.patches.ask((patch) => {
            patch.jobs = 0.95 * patch.residents
        })
    }

    utility(person, home, patch) {
        const apart = Math.abs(home.number - patch.number)
        const km = 300 * Math.min(apart, REGIONS - apart)
        let v = 2 * person.skill * patch.wageLog - 5 * patch.unemployment - 0.0008 * km
        if (patch !== home) {
            v -= 1.5
        }
        for (const friend of person.friends) {
            if (friend.patch === patch) {
                v += 1 / FRIENDS
            }
        }
        return v
    }

    step() {
        const movers = []
        this.patches.ask((patch) => {
            patch.unemployment = Math.max(0, 1 - patch.jobs / Math.max(patch.residents, 1))
        })
        this.turtles.ask((person) => {
            if (Math.random() >= 1 / 60) {
                return
            }
            this.considered++
            const home = person.patch
            let best = home, most = -Infinity
            this.patches.ask((patch) => {
                const v = this.utility(person, home, patch) - Math.log(-Math.log(1 - Math.random()))
                if (v > most) {
                    most = v
                    best = patch
                }
            })
            if (best !== home) {
                movers.push([person, best])
            }
        })
        this.moves += movers.length
        for (const [person, patch] of movers) {
            person.patch.residents--
            person.moveTo(patch)
            patch.residents++
        }
    }
}

const [persons, months, repeats] = process.argv.slice(2, 5).map(Number)
const model = new Relocation({ minX: 0, maxX: REGIONS - 1, minY: 0, maxY: 0 })
model.setup(persons)
let least = Infinity
for (let i = 0; i < repeats; i++) {
    model.restart()
    const begin = process.cpuUsage()
    for (let m = 0; m < months; m++) {
        model.step()
    }
    const used = process.cpuUsage(begin)
    least = Math.min(least, used.user + used.system)
}
const nanoseconds = (1e3 * least) / (persons * months)
console.log(
    JSON.stringify({
        peer: 'agentscript 0.10.27 on node ' + process.versions.node,
        persons,
        months,
        ns_person_month: Number(nanoseconds.toFixed(3)),
        moves_per_consideration: Number((model.moves / model.considered).toFixed(4)),
    })
)
