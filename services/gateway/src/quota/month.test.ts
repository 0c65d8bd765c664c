import { countShardOf, countsKey } from '@wagate/messages/quota.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { expect, test } from 'vitest'
import { createMonthCounts } from './month.ts'

const november = new Date('2026-11-30T23:59:00Z')
const december = new Date('2026-12-01T00:00:01Z')

const unexpected = (key: string): void => expect.unreachable(key)

async function gateway(
  bucket: ReturnType<typeof fakeBucket>,
  now: () => Date = () => november,
  onUnreadable: (key: string) => void = unexpected,
) {
  const month = createMonthCounts({ bucket, now, onUnreadable })
  await bucket.watch({ onEntry: month.apply })
  return month
}
const told = () => new Promise(setImmediate)

test('what three gateways count is one number once they have written it, and a gateway that starts knows it', async () => {
  const bucket = fakeBucket('message_counts')
  const gateways = [await gateway(bucket), await gateway(bucket), await gateway(bucket)]
  for (const [n, month] of gateways.entries()) for (let count = 0; count <= n; count++) month.count('ten_a')
  gateways[0]?.count('ten_b')
  expect(gateways.map((month) => month.used('ten_a'))).toEqual([1, 2, 3])
  await Promise.all(gateways.map((month) => month.flush()))
  await told()
  expect(gateways.map((month) => month.used('ten_a'))).toEqual([6, 6, 6])
  const restarted = await gateway(bucket)
  expect([restarted.used('ten_a'), restarted.used('ten_b')]).toEqual([6, 1])
})

test('what is on its way to the bucket is neither forgotten nor counted twice', async () => {
  const bucket = fakeBucket('message_counts')
  const held = Promise.withResolvers<void>()
  const { create } = bucket
  bucket.create = async (...value) => {
    await held.promise
    return create(...value)
  }
  const month = await gateway(bucket)
  month.count('ten_a')
  const flushing = month.flush()
  await told()
  month.count('ten_a')
  expect(month.used('ten_a')).toBe(2)
  held.resolve()
  await flushing
  await told()
  expect([month.used('ten_a'), month.unwritten('ten_a')]).toEqual([2, 1])
  await month.flush()
  expect([month.used('ten_a'), month.unwritten('ten_a')]).toEqual([2, 0])
})

test('a count that was taken back is written as if it had never been', async () => {
  const bucket = fakeBucket('message_counts')
  const month = await gateway(bucket)
  month.count('ten_a')()
  await month.flush()
  expect([month.used('ten_a'), bucket.size()]).toEqual([0, 0])
  const uncount = month.count('ten_a')
  await month.flush()
  uncount()
  await month.flush()
  expect(month.used('ten_a')).toBe(0)
})

test('what cannot be written is kept and written later', async () => {
  const bucket = fakeBucket('message_counts')
  const month = await gateway(bucket)
  const { create } = bucket
  bucket.create = async () => {
    throw new BrokerUnavailable('timeout', { mayHaveHappened: false })
  }
  month.count('ten_a')
  await expect(month.flush()).rejects.toThrow('unavailable')
  expect(month.used('ten_a')).toBe(1)
  bucket.create = create
  await month.flush()
  expect((await gateway(bucket)).used('ten_a')).toBe(1)
})

test('a new month begins at zero, and what was counted in the old one is written to the old one', async () => {
  const bucket = fakeBucket('message_counts')
  let now = november
  const month = await gateway(bucket, () => now)
  month.count('ten_a')
  now = december
  expect(month.used('ten_a')).toBe(0)
  month.count('ten_a')
  await month.flush()
  await told()
  expect(month.used('ten_a')).toBe(1)
  expect((await gateway(bucket)).used('ten_a')).toBe(1)
})

test('a record that cannot be read takes nobody’s month away: who knows what was in it writes it anew', async () => {
  const bucket = fakeBucket('message_counts')
  const unreadable: string[] = []
  const month = await gateway(bucket, undefined, (key) => unreadable.push(key))
  for (let n = 0; n < 3; n++) month.count('ten_a')
  await month.flush()
  await told()
  for await (const key of bucket.keys()) await bucket.put(key, Buffer.from('{'))
  await told()
  expect([month.used('ten_a'), unreadable.length]).toEqual([3, 1])
  month.count('ten_a')
  await month.flush()
  expect((await gateway(bucket)).used('ten_a')).toBe(4)
})

test('a gateway that never knew what was in an unreadable record does not write over it', async () => {
  const bucket = fakeBucket('message_counts')
  const key = countsKey('2026-11', countShardOf('ten_a'))
  await bucket.put(key, Buffer.from('{'))
  const month = await gateway(bucket, undefined, () => {})
  month.count('ten_a')
  await expect(month.flush()).rejects.toThrow('cannot be read')
  expect(month.used('ten_a')).toBe(1)
  expect((await bucket.get(key))?.value).toEqual(Buffer.from('{'))
})
