// `make bench-sessions N=1000`: many linked sessions in one engine process: what they cost at rest, how fast another process
// has them after a crash, and how they do with traffic. See docs/benchmarks.md.
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { at } from '@wagate/dev/paths.ts'
import { makeId } from '@wagate/messages/ids.ts'
import { startStack } from '@wagate/testing/stack.ts'
import { muteConsole } from '@wagate/worker/engine/mute-console.ts'
import { connectAs } from '../connect-as.ts'
import { cpuBetween, readCpu } from '../measure/cpu.ts'
import { createPhones, createSandboxControl } from '../sandbox/control.ts'
import { loadConfig } from './config.ts'
import { measureIdle, restingReading } from './idle.ts'
import { reached } from './reading.ts'
import { renderSessions, type SessionsResults } from './render.ts'
import { seedSessions } from './seed.ts'
import { measureSteady } from './steady.ts'
import { enginesBelow, killTree, measureTakeover } from './takeover.ts'

muteConsole()
const config = loadConfig(process.env)
const folder = at('.data/bench/sessions')
mkdirSync(folder, { recursive: true })
const startedAt = new Date()
const startedAtMs = performance.now()
const say = (what: string) =>
  process.stderr.write(`${((performance.now() - startedAtMs) / 1_000).toFixed(0).padStart(4)} s  ${what}\n`)
const profiling = config.profile
  ? {
      NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}/profiles --heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}`,
    }
  : {}

say('starting a broker, a sandbox and a worker with one engine')
await using stack = await startStack({ only: ['worker'], partitions: 64, passedOn: { ENGINES: '1', ...profiling } })
const sandbox = createSandboxControl({
  url: stack.url('sandbox'),
  token: stack.wiring.secrets.sandboxControlToken,
})
const tenantId = makeId('tenant', Date.now(), randomBytes(10))
const whole = () => readCpu({ bench: [process.pid] })
const before = whole()

const empty = await restingReading(stack.url('worker'))
await stack.stop('worker')

say(`seeding ${config.sessions} sessions with ${config.contacts} contacts and ${config.messages} messages each`)
const seedingFromMs = performance.now()
const sessions = await seedSessions(stack, sandbox, { ...config, tenantId })
const seededMs = performance.now() - seedingFromMs

say('starting the worker: every session is taken over and connects')
const startingFromMs = performance.now()
await stack.start()
const all = ({ connected }: { connected: number }): boolean => connected >= config.sessions
const startMs = (await reached(stack.url('worker'), 'all sessions to be connected', all)) - startingFromMs

say(`idle for ${config.idleSeconds} s`)
const idle = await measureIdle(stack, config, empty)

say('the host dies; a worker that waited takes over')
// Its share of the partitions is next to nothing: it waits.
const survivor = await stack.another('worker', { CAPACITY: '1' })
await pause(6_000)
const host = await measureTakeover(
  () => killTree(stack.pid('worker')),
  survivor.url,
  config.sessions,
  ({ partitions }) => partitions > 0,
)

say('its engine dies')
const engine = await measureTakeover(
  () => {
    for (const pid of enginesBelow(survivor.pid)) process.kill(pid, 'SIGKILL')
  },
  survivor.url,
  config.sessions,
  ({ sessions: hosted }) => hosted > 0,
)

say(`${config.sendPerSecond}/s out and ${config.receivePerSecond}/s in for ${config.steadySeconds} s`)
const people = await createPhones(sandbox, tenantId, 20)
const broker = await connectAs(stack, 'gateway')
const steady = await measureSteady(
  { broker, sandbox, sessions, people, workerUrl: survivor.url },
  { sendPerSecond: config.sendPerSecond, receivePerSecond: config.receivePerSecond, seconds: config.steadySeconds },
)
await broker.drain()

const [{ model = 'an unknown CPU' } = {}] = cpus()
const results: SessionsResults = {
  at: startedAt.toISOString(),
  machine: { cores: availableParallelism(), cpu: model, node: process.versions.node },
  config,
  elapsedMs: performance.now() - startedAtMs,
  foreignCores: cpuBetween(before, whole()).foreignCores,
  seededMs,
  startMs,
  idle,
  host,
  engine,
  steady,
  network: await sandbox.stats(tenantId),
}
const file = join(folder, `${results.at.slice(0, 19).replaceAll(':', '-')}.json`)
writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`)
process.stdout.write(`\n${renderSessions(results)}\n\nAll figures: ${file}\nWhat they mean: docs/benchmarks.md\n`)
