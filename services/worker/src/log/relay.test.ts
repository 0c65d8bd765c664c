import { expect, test } from 'vitest'
import type { LoggedEvent } from './memory.ts'
import { createRelay } from './relay.ts'

const event = (sequence: number): LoggedEvent => ({
  type: 'session.deleted',
  data: { at: '2026-01-01T00:00:00.000Z' },
  id: `evt_${sequence}`,
  sequence,
})

function setUp(options: { failFirst?: number } = {}) {
  const published: number[] = []
  const stored = Promise.withResolvers<void>()
  let durable = false
  let failures = options.failFirst ?? 0
  const relay = createRelay(
    {
      durable: () => (durable ? Promise.resolve() : stored.promise),
      isDurable: (ticket) => ticket === 0 || durable,
      publish: async ({ sequence }) => {
        if (failures-- > 0) throw new Error('no answer')
        published.push(sequence)
      },
      pause: async () => {},
    },
    0,
  )
  const store = (): void => {
    durable = true
    stored.resolve()
  }
  return { relay, published, store }
}

test('an event is published only once its record is stored', async () => {
  const { relay, published, store } = setUp()
  relay.push([event(1)], 1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(published).toEqual([])
  store()
  await relay.idle()
  expect(published).toEqual([1])
  expect(relay.relayed()).toBe(1)
})

test('events are published in order, and the watermark follows', async () => {
  const { relay, published } = setUp()
  relay.push([event(1), event(2)], 0)
  relay.push([event(3)], 0)
  await relay.idle()
  expect(published).toEqual([1, 2, 3])
  expect(relay.relayed()).toBe(3)
})

test('an event that the broker lost is published before those behind it', async () => {
  const { relay, published } = setUp({ failFirst: 2 })
  relay.push([event(1), event(2)], 0)
  relay.push([event(3)], 0)
  await relay.idle()
  expect(published).toEqual([1, 2, 3])
  expect(relay.relayed()).toBe(3)
})

test('a stopped relay publishes nothing more', async () => {
  const { relay, published, store } = setUp()
  relay.push([event(1)], 1)
  relay.stop()
  store()
  relay.push([event(2)], 0)
  await relay.idle()
  expect(published).toEqual([])
})
