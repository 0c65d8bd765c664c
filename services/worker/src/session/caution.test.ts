import type { Lane } from '@wagate/messages/commands.ts'
import { expect, test } from 'vitest'
import { settled } from '../fakes/sender.ts'
import { apply, emptyMemory } from '../log/memory.ts'
import { waitingLimit } from '../message/outbox.ts'
import { cautionAfter, taken } from './caution.ts'

const at = '2026-01-01T00:00:00.000Z'

/** The caution of an owner before which so many others died. */
function after(deaths: number) {
  const memory = emptyMemory('ten_A', 'ses_A')
  for (let epoch = 1; epoch <= deaths + 1; epoch++) apply(memory, { kind: 'CLAIM', epoch, owner: 'eng', at })
  return cautionAfter({
    memory,
    journal: { append: () => 0, at: () => at },
    log: { durable: async () => {} },
    observe: { poisoned: () => {} },
    now: () => new Date(at),
    random: () => 0,
    after: (_, run) => run(),
    warn: () => {},
  })
}

test('an owner is careful when two before it died, and not earlier', () => {
  expect([after(1), after(2)]).toEqual([undefined, expect.anything()])
})

test('with caution, messages of a lane that wait for room are not overtaken, and hold up no other lane', async () => {
  const caution = after(2)
  const order: string[] = []
  const room = Promise.withResolvers<void>()
  const take = (name: string) => async () => {
    if (name.startsWith('bulk')) await room.promise
    order.push(name)
    return 'taken' as const
  }
  const bulk = [1, 2].map((n) => taken(caution, 'bulk', take(`bulk ${n}`)))
  expect(await taken(caution, 'high', take('high'))).toBe('done')
  await settled()
  expect(order).toEqual(['high'])
  room.resolve()
  await Promise.all(bulk)
  expect(order).toEqual(['high', 'bulk 1', 'bulk 2'])
})

test('with caution, what waits for its turn is bounded, and the rest goes back to the broker', async () => {
  const caution = after(2)
  const room = Promise.withResolvers<'taken'>()
  const take = (lane: Lane) => taken(caution, lane, () => room.promise)
  const bulk = Array.from({ length: waitingLimit.messages }, () => take('bulk'))
  expect(await bulk.at(-1)).toBe('later')
  const high = take('high')
  room.resolve('taken')
  expect(await high).toBe('done')
  expect((await Promise.all(bulk)).filter((outcome) => outcome === 'later')).toHaveLength(0.2 * waitingLimit.messages)
  expect(await take('bulk')).toBe('done')
})
