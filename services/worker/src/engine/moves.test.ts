import type { SessionConfig } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import { createMoves } from './moves.ts'

const moving: SessionConfig = {
  v: 1,
  tenantId: 'ten_a',
  sessionId: 'ses_a',
  mode: 'test',
  partition: 'd_acme_1',
  movingFrom: 's1',
  desired: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
}
const { movingFrom: _, ...arrived } = moving

/** Time passes as fast as it is waited for. */
function setUp(queued: boolean[]) {
  let current: SessionConfig | undefined = moving
  const told: string[] = []
  const over = Promise.withResolvers<void>()
  const moves = createMoves({
    find: () => current,
    hasCommands: async (config, partition) => {
      const has = queued.shift() ?? false
      told.push(`${config.sessionId} has ${has ? 'commands' : 'none'} under ${partition}`)
      return has
    },
    finish: async () => {
      told.push('finished')
      current = arrived
    },
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    onOver: () => over.resolve(),
    log: () => {},
  })
  const begin = (isOurs: () => boolean = () => true) =>
    moves.begin({
      config: moving,
      starting: Promise.resolve(undefined),
      isOurs,
      drop: () => told.push(moves.isGone('ses_a') ? 'let go' : 'let go too early'),
    })
  const set = (config: SessionConfig | undefined): void => {
    current = config
  }
  return { moves, told, over, begin, set }
}

test('a session is let go of only when nothing of it is queued under its old partition', async () => {
  const { told, over, begin, moves } = setUp([true, true, false])
  begin()
  begin()
  await over.promise
  const looked = ['commands', 'commands', 'none'].map((what) => `ses_a has ${what} under s1`)
  expect(told).toEqual([...looked, 'let go', 'finished'])
  expect(moves.isGone('ses_a')).toBe(false)
})

test('a move that is taken back lets nothing go', async () => {
  const { told, over, begin, set } = setUp([])
  set({ ...arrived, partition: 's1' })
  begin()
  await over.promise
  expect(told).toEqual([])
})

test('an owner that has lost the partition leaves the move to the next one', async () => {
  const { told, begin } = setUp([])
  begin(() => false)
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(told).toEqual([])
})

test('what waits for the session at its new partition goes on in its order', async () => {
  const { moves } = setUp([])
  const order: number[] = []
  const waiting = [1, 2, 3].map((n) => moves.arrival('ses_a').then(() => order.push(n)))
  moves.wake('ses_a')
  await Promise.all(waiting)
  expect(order).toEqual([1, 2, 3])
})
