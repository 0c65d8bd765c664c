// `make bench`: bare Baileys and the whole pipeline against one sandbox in one run. See docs/benchmarks.md.
import { availableParallelism, cpus, totalmem } from 'node:os'
import { at } from '@wagate/dev/paths.ts'
import { startStack } from '@wagate/testing/stack.ts'
import { measureBareBaileys, warmMessages } from './bare-baileys/measure.ts'
import { loadConfig } from './config.ts'
import type { LoadCalls } from './load/calls.ts'
import { cpuBetween } from './measure/cpu.ts'
import { measureAccepting } from './pipeline/accept.ts'
import { measureDrain } from './pipeline/drain.ts'
import { measureEndToEnd } from './pipeline/end-to-end.ts'
import { measureIdle, restingEngineBytes } from './pipeline/idle.ts'
import { measureInbound } from './pipeline/inbound.ts'
import { linkSessions } from './pipeline/link-sessions.ts'
import { settled, takenByNetwork } from './pipeline/settle.ts'
import { apiOf, createTenant, instruments, targetOf, type World } from './pipeline/world.ts'
import { startChild } from './process/calls.ts'
import { renderResults } from './report/render.ts'
import type { Results } from './report/results.ts'
import { saveResults } from './report/save.ts'
import { createPhones, createSandboxControl } from './sandbox/control.ts'

const config = loadConfig(process.env)
const folder = at('.data/bench')
const profiling = config.profile ? ['--cpu-prof', `--cpu-prof-dir=${folder}/profiles`] : []
const startedAt = new Date()
const startedAtMs = performance.now()
const say = (what: string) =>
  process.stderr.write(`${((performance.now() - startedAtMs) / 1_000).toFixed(0).padStart(4)} s  ${what}\n`)

say('starting a stack of its own')
await using stack = await startStack({
  passedOn: {
    // The generator is one customer with the load of many.
    RATE_LIMIT_PER_SECOND: '100000',
    RATE_LIMIT_BURST: '100000',
    ...(config.profile ? { NODE_OPTIONS: profiling.join(' ') } : {}),
  },
})
await using load = startChild<LoadCalls>(new URL('./load/main.ts', import.meta.url))
const access = { url: stack.url('sandbox'), token: stack.wiring.secrets.sandboxControlToken }
const sandbox = createSandboxControl(access)
const tenant = await createTenant(stack, config.sessions + config.idleSessions)
const api = apiOf(stack, tenant)
const contacts = await createPhones(sandbox, tenant.id, config.contacts)
const world: World = {
  stack,
  sandbox,
  tenant,
  api,
  contacts,
  sessions: [],
  load,
  ledger: { expected: 0 },
  ...instruments(stack, load, process.pid),
}
const emptyBytes = await restingEngineBytes(world)
const before = world.cpu()
const inboundMessages = Math.ceil(config.messages / 3)

say(`bare Baileys: ${config.messages} messages`)
const wsUrl = `ws://127.0.0.1:${stack.wiring.port.sandbox}/ws/chat`
const bare = await measureBareBaileys(
  { sandbox, access, wsUrl, sandboxPid: stack.pid('sandbox'), realm: tenant.id, contacts },
  { sessions: config.sessions, messages: config.messages, inbound: inboundMessages },
  profiling,
)

say(`linking ${config.sessions + config.idleSessions} sessions`)
world.sessions.push(...(await linkSessions(world, config.sessions)))
const idleSessions = await linkSessions(world, config.idleSessions)

say('idle sessions, after a restart of the worker')
const idle = await measureIdle(world, world.sessions.length + idleSessions.length, emptyBytes)

say('warming every pair of session and contact')
const warming = { messages: warmMessages(config.sessions, config.contacts), concurrency: 4 }
world.ledger.expected = (await takenByNetwork(world)) + warming.messages
await load.ask('asFastAsAccepted', { ...targetOf(world, 'warm'), ...warming })
await settled(world)

say('one message at a time')
const endToEnd = await measureEndToEnd(world, 10, idle.commandBytes)
say('inbound')
const inbound = await measureInbound(world, inboundMessages, idle.commandBytes)
say(`accepting: ${config.seconds} s with the outboxes paused, then while they drain`)
const accepting = await measureAccepting(world, config.seconds)
say(`throughput: ${config.messages} messages`)
const drain = await measureDrain(world, config.messages, idle.commandBytes)

const [{ model = 'an unknown CPU' } = {}] = cpus()
const results: Results = {
  at: startedAt.toISOString(),
  machine: {
    cores: availableParallelism(),
    cpu: model,
    memoryBytes: totalmem(),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  },
  config,
  elapsedMs: performance.now() - startedAtMs,
  foreignCores: cpuBetween(before, world.cpu()).foreignCores,
  bare,
  accepting,
  endToEnd,
  drain,
  inbound,
  idle,
  network: await sandbox.stats(tenant.id),
}
const file = saveResults(folder, results)
console.log(`\n${renderResults(results)}\n\nAll figures: ${file}\nWhat they mean: docs/benchmarks.md`)
