// Where messages that wait stand, as a customer is told.
import { defaultPacing } from '@wagate/messages/pacing.ts'
import { expect, test } from 'vitest'
import { command, heard, messageId, open, settled, setUp } from '../fakes/sender.ts'
import { apply } from '../log/memory.ts'

const unlimited = defaultPacing.test
const hourMs = 3_600_000

test('where a message stands can be asked while it waits, and what has become of it afterwards', async () => {
  const { sender, at, connect, handed } = setUp({ pace: { ...unlimited, perSecond: 1, burst: 1 } })
  for (const n of [1, 2, 3]) await sender.accept(command(n), open)
  await sender.accept(command(4, '+999100', { lane: 'high' }), open)
  await sender.accept(command(5, '+999100', { lane: 'bulk' }), open)
  await settled()
  expect(sender.report({ v: 1 })).toEqual({ v: 1, depth: { high: 1, normal: 2, bulk: 1 } })
  const standing = (n: number) => sender.report({ v: 1, messageId: messageId(n) }).message
  expect(standing(1)).toMatchObject({ state: 'sending', lane: 'normal' })
  expect([4, 2, 3, 5].map(standing)).toMatchObject([
    { state: 'queued', position: 1, expectedAt: at(1_000), lane: 'high', to: '+999100', type: 'text' },
    { position: 2, expectedAt: at(2_000) },
    { position: 3, expectedAt: at(3_000) },
    { position: 4, expectedAt: at(4_000) },
  ])
  expect(standing(6)).toBeUndefined()
  sender.acknowledged(handed[0]?.id ?? '', undefined)
  expect(standing(1)).toMatchObject({ state: 'sending' })
  await sender.cancel(messageId(5))
  expect(standing(5)).toEqual({ state: 'settled' })
  connect(false)
  expect(standing(4)).not.toHaveProperty('expectedAt')
})

test('the forecast of a message to a stranger is when its slot is free', async () => {
  const { sender, at } = setUp({ pace: { ...unlimited, newChatsPerHour: 1 } })
  await sender.accept(command(1, '+999101'), open)
  await sender.accept(command(2, '+999102'), open)
  await settled()
  expect(sender.report({ v: 1, messageId: messageId(2) }).message).toMatchObject({
    position: 1,
    expectedAt: at(hourMs),
  })
})

test('of many messages to strangers each is told when its own slot is free, and what passes them is not counted behind them', async () => {
  const { sender, memory, at } = setUp({ pace: { ...unlimited, newChatsPerHour: 2 }, connected: false })
  apply(memory, heard('+999300'))
  for (const [n, to] of ['+999101', '+999102', '+999103', '+999103', '+999104', '+999105', '+999300'].entries())
    await sender.accept(command(n, to), open)
  const places = () => [0, 1, 6, 2, 3, 4, 5].map((n) => sender.report({ v: 1, messageId: messageId(n) }).message)
  expect(places().map((place) => place?.state === 'queued' && place.position)).toEqual([1, 2, 3, 4, 5, 6, 7])
  const { sender: connected } = setUp({ pace: { ...unlimited, newChatsPerHour: 2 }, memory })
  const times = [0, 1, 6, 2, 3, 4, 5].map((n) => {
    const place = connected.report({ v: 1, messageId: messageId(n) }).message
    return place?.state === 'queued' && place.expectedAt
  })
  const hour = (n: number) => at(n * hourMs)
  expect(times).toEqual([hour(0), hour(0), hour(0), hour(1), hour(1), hour(1), hour(2)])
})
