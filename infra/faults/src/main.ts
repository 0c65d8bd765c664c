// `make faults`: breaks real processes and judges what came of it. See infra/faults/README.md.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { at } from '@wagate/dev/paths.ts'
import { catalog } from './catalog.ts'
import { loadConfig } from './config.ts'
import { inLanes } from './lanes.ts'
import { type Programme, programmeOf } from './legs.ts'
import { play, type Run } from './play.ts'
import { markdownOf } from './report/markdown.ts'
import { rowOf } from './report/summary.ts'
import { openStage } from './stage.ts'

const config = loadConfig(
  process.env,
  catalog.map(({ name }) => name),
)
const programme = programmeOf(catalog, config)
const startedAtMs = performance.now()
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
const say = (line: string): void => console.log(`${seconds(performance.now() - startedAtMs).padStart(9)}  ${line}`)

function tell(run: Run): void {
  const { scenario, leg, seed, broken, notPossible, messages, takeoverMs, ms } = run
  const again = `make faults f=${scenario} leg=${leg} seed=${seed} seeds=1`
  const slowest =
    takeoverMs.length > 0 ? `, slowest of ${takeoverMs.length} takeovers ${seconds(Math.max(...takeoverMs))}` : ''
  const facts = Object.entries(run.facts).map(([name, value]) => `${name} ${value}`)
  if (broken.length > 0) {
    say(`  FAILED  ${scenario} seed ${seed}, ${seconds(ms)}: ${broken.length} broken promises; again: ${again}`)
    for (const line of [...facts, ...broken, `logs: ${logsOf(run)}`]) console.log(`             ${line}`)
  } else if (notPossible !== undefined) say(`  not possible here: ${scenario}: ${notPossible}`)
  else
    say(
      `  passed  ${scenario} seed ${seed}, ${seconds(ms)}: ${[`${messages} messages${slowest}`, ...facts].join(', ')}`,
    )
}

const folder = at('.data/faults')
const logsOf = ({ scenario, leg, seed }: Run): string => `${folder}/${scenario}-${leg}-${seed}.logs`

const played = new Map<Programme, Run[]>()
async function playAll({ scenario, leg, seeds }: Programme): Promise<Run[]> {
  say(`${scenario.name} (${leg.name}, seeds ${seeds.join(' ')}): ${scenario.title}`)
  const own: Run[] = []
  try {
    await using stage = await openStage(scenario, leg)
    for (const seed of seeds) {
      const run = await play(scenario, { ...stage, seed, small: false })
      own.push(run)
      if (run.broken.length > 0) cpSync(stage.stack.logs, logsOf(run), { recursive: true })
      tell(run)
    }
  } catch (error) {
    console.error(error)
    process.exitCode = 1
  }
  return own
}

mkdirSync(folder, { recursive: true })
const figures = `${folder}/${new Date().toISOString().replaceAll(':', '-')}.json`
const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`
const command = `make faults seeds=${config.seeds} seed=${config.seed}`

function save(report: string): void {
  const ended = programme.filter((item) => played.has(item))
  const rows = ended.map((item) => rowOf(item.scenario, item.leg, played.get(item) ?? []))
  const minutes = Math.round((performance.now() - startedAtMs) / 60_000)
  writeFileSync(figures, JSON.stringify({ config, rows, runs: [...played.values()].flat() }, undefined, 2))
  writeFileSync(report, markdownOf({ at: new Date().toISOString(), machine, command, minutes }, rows))
}

const lastReport = `${folder}/last-report.md`
const playAndSave = async (item: Programme): Promise<void> => {
  played.set(item, await playAll(item))
  save(lastReport)
}
/** Most of a scenario is waiting for leases. */
const lanes = 2
await inLanes(
  programme.filter(({ scenario }) => scenario.alone),
  1,
  playAndSave,
)
await inLanes(
  programme.filter(({ scenario }) => !scenario.alone),
  lanes,
  playAndSave,
)
// A part of the suite is no report of the whole.
const isWhole = config.scenarios.length === 0 && config.leg === undefined
const report = isWhole ? at('docs/fault-report.md') : lastReport
save(report)

const runs = [...played.values()].flat()
const failed = runs.filter(({ broken }) => broken.length > 0)
console.log(
  `\n${runs.length - failed.length} runs passed, ${failed.length} failed; report: ${report}, figures: ${figures}`,
)
// What a scenario that failed half-way has left open must not keep the program.
process.exit(failed.length > 0 ? 1 : process.exitCode)
