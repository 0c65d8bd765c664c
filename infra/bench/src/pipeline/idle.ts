// Sessions that are linked and silent: what each costs in memory, and all of them in CPU.
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { type CpuUse, cpuBetween } from '../measure/cpu.ts'
import { residentBytes } from '../measure/processes.ts'
import { enginesOf, type World } from './world.ts'

/** Long enough for what starting leaves behind to be collected or given back. */
const restMs = 5_000
const watchMs = 10_000

/** Resident memory of all engines, in bytes, after a rest. */
export async function restingEngineBytes({ stack }: Pick<World, 'stack'>): Promise<number> {
  await pause(restMs)
  return enginesOf(stack).reduce((sum, pid) => sum + residentBytes(pid), 0)
}

export type Idle = {
  sessions: number
  emptyBytes: number
  bytes: number
  bytesPerSession: number
  /** From the worker's start until every session was connected again, with its log replayed. */
  backAfterMs: number
  cpu: CpuUse
  brokerWritesPerSecond: number
  /** Mean size of a stored command, from a few that were accepted while no worker ran. */
  commandBytes: number
}

/**
 * Restarts the worker, so that what is measured is sessions at rest and not what pairing left in the heap.
 * `emptyBytes` is the same reading from a fresh worker without sessions.
 */
export async function measureIdle(world: World, sessions: number, emptyBytes: number): Promise<Idle> {
  const { stack, cpu, broker } = world
  await stack.stop('worker')
  const commandBytes = await sampleCommandBytes(world)
  const startedAtMs = performance.now()
  await stack.start()
  await waitFor(async () => (await connectedSessions(world)) >= sessions, {
    deadlineMs: 120_000,
    everyMs: 100,
    what: `${sessions} sessions to be connected again`,
  })
  const backAfterMs = performance.now() - startedAtMs
  const bytes = await restingEngineBytes(world)
  const before = { cpu: cpu(), broker: await broker() }
  await pause(watchMs)
  const after = { cpu: cpu(), broker: await broker() }
  const writes = (reading: typeof before) =>
    Object.values(reading.broker.streams).reduce((sum, { lastSeq }) => sum + lastSeq, 0)
  const use = cpuBetween(before.cpu, after.cpu)
  return {
    sessions,
    emptyBytes,
    bytes,
    bytesPerSession: (bytes - emptyBytes) / sessions,
    backAfterMs,
    cpu: use,
    brokerWritesPerSecond: ((writes(after) - writes(before)) * 1_000) / use.elapsedMs,
    commandBytes,
  }
}

async function connectedSessions({ stack }: World): Promise<number> {
  const text = await (await fetch(`${stack.url('worker')}/metrics`)).text()
  const values = [...text.matchAll(/^wagate_worker_sessions_connected\{.*\} (\d+)/gm)].map(([, value]) => Number(value))
  return values.reduce((sum, value) => sum + value, 0)
}

const sampled = 20

async function sampleCommandBytes({ api, sessions, contacts, broker }: World): Promise<number> {
  const body = 'x'.repeat(90) // the mean length of the bench's texts
  for (let n = 0; n < sampled; n++) {
    const to = contacts[n % contacts.length]?.number ?? ''
    await api.sendMessage(sessions[n % sessions.length]?.id ?? '', { to, type: 'text', text: { body } })
  }
  const stored = (await broker()).streams.COMMANDS
  if (!stored?.messages) throw new Error('a stopped worker took commands')
  return stored.bytes / stored.messages
}
