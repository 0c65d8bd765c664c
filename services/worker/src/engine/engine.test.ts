import type { SessionConfig } from '@wagate/messages/control.ts'
import { commandSubject } from '@wagate/messages/subjects.ts'
import type { BrokerMessage, Outcome } from '@wagate/runtime/broker.ts'
import { expect, test } from 'vitest'
import { createArrivals } from './arrivals.ts'
import { createEngine, type HostedSession } from './engine.ts'
import { leaseLimits } from './lease-clock.ts'
import { createMoves } from './moves.ts'
import type { FindAnswerer } from './questions.ts'

const config = (sessionId: string): SessionConfig => ({
  v: 1,
  tenantId: 'ten_a',
  sessionId,
  mode: 'test',
  partition: 's1',
  desired: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
})

function setUp(known: SessionConfig[]) {
  const told: string[] = []
  const lost = new Map<string, () => void>()
  const asked: { find?: FindAnswerer } = {}
  const draining = Promise.withResolvers<void>()
  const timers: (() => void)[] = []
  const delivery = Promise.withResolvers<(message: BrokerMessage) => Promise<Outcome>>()
  const nothing = (): void => {}
  const fakeSession = (sessionId: string): HostedSession => ({
    ...{ id: sessionId, released: false, connected: true, quarantined: false, proxyFailing: false, queued: 0 },
    snapshots: {
      backlog: () => ({ records: 0, bytes: 0, oldestMs: undefined }),
      ageMs: () => 0,
      take: async () => {},
    },
    ...{ pause: nothing, resume: nothing, stopIntake: nothing },
    handle: async () => 'done',
    quiesce: async () => {},
    drain: async () => {
      await draining.promise
      told.push(`${sessionId} drained`)
    },
    release: () => told.push(`${sessionId} released`),
    delete: async () => {},
    configure: ({ sessionId, pacing }) => told.push(`${sessionId} paced ${pacing?.burst}`),
    activate: () => told.push(`${sessionId} activated`),
    answer: () => ({ v: 1, depth: { high: 0, normal: 1, bulk: 0 } }),
  })
  const engine = createEngine({
    arrivals: createArrivals({ nowMs: () => 0, onArrived: () => {} }),
    now: () => new Date(0),
    moves: createMoves({
      find: () => undefined,
      hasCommands: async () => false,
      finish: async () => {},
      pause: async () => {},
      onOver: () => {},
      log: () => {},
    }),
    forward: async (command, { partition }, copySeq) => {
      told.push(`${command.id} forwarded to ${partition}, copy ${copySeq}`)
    },
    sessions: { all: () => known, find: (_, sessionId) => known.find((one) => one.sessionId === sessionId) },
    startSession: async ({ sessionId }, onLost, since) => {
      lost.set(sessionId, onLost)
      told.push(since === undefined ? `${sessionId} started` : `${sessionId} started, hosted until ${since}`)
      return fakeSession(sessionId)
    },
    consume: async (_, handle) => {
      delivery.resolve(handle)
      return { close: async () => {} }
    },
    answer: (_, find) => {
      asked.find = find
      return { close: () => told.push('answers no more') }
    },
    clock: { monotonicMs: () => 0, limits: leaseLimits(20_000) },
    limitStarts: (start) => start(),
    after: (_, run) => timers.push(run),
    every: () => ({ stop: () => {} }),
    onDropped: (partition) => told.push(`${partition} dropped`),
    log: () => {},
  })
  const deliver = async (message: BrokerMessage) => (await delivery.promise)(message)
  return { engine, told, draining, known, asked, deliver, lost, timers }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a session that appears while its partition is being let go of is left to the next owner', async () => {
  const { engine, told, draining, known } = setUp([config('ses_a')])
  engine.assign('s1', 0)
  await turn()
  const revoked = engine.revoke('s1')
  await turn()
  known.push(config('ses_b'))
  engine.sessionChanged(config('ses_b'))
  draining.resolve()
  await revoked
  await turn()
  expect(told).toEqual(['ses_a started', 'ses_a drained', 'answers no more', 's1 dropped'])
})

test('the sessions that come with a partition are told until when it was hosted, once, and those that come later are not', async () => {
  const { engine, told, known, lost, timers } = setUp([config('ses_a')])
  engine.assign('s1', 0, Date.parse('2026-01-01T00:00:00.000Z'))
  await turn()
  known.push(config('ses_b'))
  engine.sessionChanged(config('ses_b'))
  lost.get('ses_a')?.()
  for (const timer of timers) timer()
  await turn()
  const started = told.filter((line) => line.includes('started'))
  expect(started).toEqual(['ses_a started, hosted until 2026-01-01T00:00:00.000Z', 'ses_b started', 'ses_a started'])
})

test('the sessions of a tenant that is not suspended any more are told, and no others', async () => {
  const { engine, told } = setUp([config('ses_a'), { ...config('ses_b'), tenantId: 'ten_B' }])
  engine.assign('s1', 0)
  await turn()
  engine.activated('ten_B')
  await turn()
  expect(told).toEqual(['ses_a started', 'ses_b started', 'ses_b activated'])
})

test('a session is told when its record changes, and answers for its queue to its own tenant only', async () => {
  const { engine, told, known, asked } = setUp([config('ses_a')])
  engine.assign('s1', 0)
  await turn()
  const changed = { ...config('ses_a'), pacing: { burst: 7 } }
  known.splice(0, 1, changed)
  engine.sessionChanged(changed)
  await turn()
  expect(told).toEqual(['ses_a started', 'ses_a paced 7'])
  const depthFor = (tenantId: string, sessionId: string) =>
    asked.find?.({ tenantId, sessionId })?.answer({ v: 1 })?.depth
  expect(depthFor('ten_a', 'ses_a')).toEqual({ high: 0, normal: 1, bulk: 0 })
  expect([depthFor('ten_b', 'ses_a'), depthFor('ten_a', 'ses_b')]).toEqual([undefined, undefined])
})

test('a command that comes under the partition which its session has left follows it, and each copy of it does', async () => {
  const { engine, told, deliver } = setUp([{ ...config('ses_a'), partition: 'd_acme_1' }])
  engine.assign('s1', 0)
  const command = {
    ...{ id: 'cmd_1', type: 'session.restart', source: 'gateway', time: '2026-01-01T00:00:00.000Z' },
    ...{ tenantId: 'ten_a', sessionId: 'ses_a', data: {} },
  }
  const message = (seq: number): BrokerMessage => ({
    ...{ seq, time: new Date(0), headers: {}, deliveryCount: 1, working: () => {} },
    subject: commandSubject({ tenantId: 'ten_a', sessionId: 'ses_a', partition: 's1' }, 'session.restart'),
    data: Buffer.from(JSON.stringify(command)),
  })
  expect(await deliver(message(7))).toEqual({ kind: 'done' })
  expect(await deliver(message(8))).toEqual({ kind: 'done' })
  expect(told).toEqual(['cmd_1 forwarded to d_acme_1, copy 7', 'cmd_1 forwarded to d_acme_1, copy 8'])
})

test('a session in the middle of a move is hosted by a new owner of the partition that it leaves', async () => {
  const { engine, told } = setUp([{ ...config('ses_a'), partition: 'd_acme_1', movingFrom: 's1' }])
  engine.assign('s1', 0)
  await turn()
  expect(told).toEqual(['ses_a started'])
})

test.each([
  ['has left', { partition: 'd_acme_1' }],
  ['is coming back to', { movingFrom: 'd_acme_1' }],
])('a session that is let go of is not hosted again in a partition that it %s', async (_, where) => {
  const { engine, told, known, lost, timers } = setUp([config('ses_a')])
  engine.assign('s1', 0)
  await turn()
  lost.get('ses_a')?.()
  known.splice(0, 1, { ...config('ses_a'), ...where })
  for (const run of timers.splice(0)) run()
  await turn()
  expect([told, engine.stats().sessions]).toEqual([['ses_a started'], 0])
})
