import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { expect, test } from 'vitest'
import { watchSuspended } from './suspended.ts'

async function setUp() {
  const bucket = fakeBucket('tenants')
  const told: string[] = []
  const put = async (key: string, status: string, tenantId = key) => {
    const record = {
      v: 1,
      tenantId,
      name: 'a',
      status,
      limits: { liveSessions: 1, sandboxSessions: 1, sandboxPhones: 1 },
    }
    await bucket.put(key, Buffer.from(JSON.stringify({ ...record, createdAt: '2026-11-20T10:00:00.000Z' })))
  }
  const watched = await watchSuspended(bucket, {
    activated: (tenantId) => told.push(`activated ${tenantId}`),
    refused: (key) => told.push(`refused ${key}`),
  })
  await watched.watch.ready
  return { bucket, told, put, watched, settled: () => new Promise(setImmediate) }
}

test('a tenant is suspended until its record says otherwise', async () => {
  const { put, watched, told, settled } = await setUp()
  await put('ten_a', 'active')
  await put('ten_b', 'suspended')
  await settled()
  expect([watched.has('ten_a'), watched.has('ten_b')]).toEqual([false, true])
  await put('ten_b', 'active')
  await put('ten_b', 'active')
  await settled()
  expect(watched.has('ten_b')).toBe(false)
  expect(told).toEqual(['activated ten_b'])
})

test('a suspended tenant that is erased sends nothing more', async () => {
  const { bucket, put, watched, told, settled } = await setUp()
  await put('ten_a', 'suspended')
  await bucket.delete('ten_a')
  await settled()
  expect(watched.has('ten_a')).toBe(true)
  expect(told).toEqual([])
})

test('a record that is none, or lies under another key, changes nothing', async () => {
  const { bucket, put, watched, told, settled } = await setUp()
  await put('ten_a', 'suspended')
  await put('ten_a', 'active', 'ten_b')
  await bucket.put('ten_a', Buffer.from('{'))
  await settled()
  expect(watched.has('ten_a')).toBe(true)
  expect(told).toEqual(['refused ten_a', 'refused ten_a'])
})
