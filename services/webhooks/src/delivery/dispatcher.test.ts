import { expect, test } from 'vitest'
import { claimMs, type Delivery } from './delivery.ts'
import { createDispatcher } from './dispatcher.ts'

const delivery = (n: number): Delivery => ({
  tenantId: 'ten_a',
  endpointId: 'whe_1',
  deliveryId: `dlv_${n}`,
  eventId: `evt_${n}`,
  eventType: 'message.sent',
  sessionId: 'ses_1',
  body: '{}',
  attempts: 0,
  resends: 0,
  attemptsBefore: 0,
})
const deliveries = (count: number, from = 0) => Array.from({ length: count }, (_, n) => delivery(from + n))
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Attempts that end when the test says so, and a clock that the test moves. */
function setUp() {
  const running = new Map<string, () => void>()
  const world = { begun: [] as string[], roomCalls: 0, nowMs: 0, unrecorded: 0 }
  const dispatcher = createDispatcher(
    {
      attempt: ({ deliveryId }) => {
        world.begun.push(deliveryId)
        return new Promise((resolve) => running.set(deliveryId, resolve))
      },
      onRoom: () => world.roomCalls++,
      unrecorded: () => world.unrecorded,
      monotonicMs: () => world.nowMs,
    },
    { concurrency: 2, queueLength: 8, unrecorded: 100, attemptMs: 16_000 },
  )
  const end = async (deliveryId: string) => {
    running.get(deliveryId)?.()
    await settled()
  }
  return { world, dispatcher, end }
}

test('an endpoint has its few attempts at a time, in order; another one has its own', async () => {
  const { world, dispatcher, end } = setUp()
  dispatcher.add('a', deliveries(4), 0)
  dispatcher.add('b', deliveries(1, 100), 0)
  expect(world.begun).toEqual(['dlv_0', 'dlv_1', 'dlv_100'])
  await end('dlv_1')
  expect(world.begun.at(-1)).toBe('dlv_2')
})

test('a delivery whose claim would end during the attempt is not begun: others may have it', async () => {
  const { world, dispatcher, end } = setUp()
  dispatcher.add('a', deliveries(4), 0)
  world.nowMs = claimMs - 15_000
  await end('dlv_0')
  expect(world.begun).toEqual(['dlv_0', 'dlv_1'])
  expect(dispatcher.waiting()).toBe(0)
  expect(world.roomCalls).toBeGreaterThan(0)
})

test('a queue that left deliveries behind says when it has room', async () => {
  const { world, dispatcher, end } = setUp()
  dispatcher.add('a', deliveries(6), 0)
  dispatcher.expectMore('a', true)
  expect(world.roomCalls).toBe(0)
  for (const n of [0, 1, 2]) await end(`dlv_${n}`)
  expect(world.roomCalls).toBeGreaterThan(0)
  const calls = world.roomCalls
  dispatcher.expectMore('a', false)
  await end('dlv_3')
  expect(world.roomCalls).toBe(calls)
})

test('nothing is taken on while ended attempts wait to be recorded', () => {
  const { world, dispatcher } = setUp()
  expect(dispatcher.room('a')).toBe(8)
  world.unrecorded = 101
  expect(dispatcher.room('a')).toBe(0)
})

test('stopping begins nothing, waits for what runs and returns the rest', async () => {
  const { world, dispatcher, end } = setUp()
  dispatcher.add('a', deliveries(5), 0)
  let rest: Delivery[] | undefined
  const stopping = dispatcher.stop().then((left) => {
    rest = left
  })
  await end('dlv_0')
  expect(rest).toBeUndefined()
  await end('dlv_1')
  await stopping
  expect(rest?.map((one) => one.deliveryId)).toEqual(['dlv_2', 'dlv_3', 'dlv_4'])
  expect(world.begun).toHaveLength(2)
  expect(dispatcher.room('a')).toBe(0)
})
