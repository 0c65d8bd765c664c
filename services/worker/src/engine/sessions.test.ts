import { type SessionConfig, sessionConfigKey } from '@wagate/messages/control.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { expect, test } from 'vitest'
import { watchSessions } from './sessions.ts'

const ours: SessionConfig = {
  v: 1,
  tenantId: 'ten_ours',
  sessionId: 'ses_1',
  mode: 'test',
  partition: 's1',
  desired: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
}
const keyOf = ({ tenantId, sessionId }: SessionConfig): string => sessionConfigKey(tenantId, sessionId)

async function setUp() {
  const bucket = fakeBucket('sessions')
  const told: string[] = []
  const directory = await watchSessions(bucket, {
    changed: ({ tenantId, sessionId, desired }) => told.push(`${tenantId}.${sessionId} ${desired}`),
    removed: (sessionId) => told.push(`${sessionId} removed`),
    refused: (key, reason) => told.push(`${key} refused: ${reason}`),
  })
  const put = (key: string, value: unknown) =>
    bucket.put(key, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))
  await put(keyOf(ours), ours)
  return { bucket, told, directory, put }
}

test('a session is found by its own tenant only', async () => {
  const { directory } = await setUp()
  expect(directory.find('ten_ours', 'ses_1')).toEqual(ours)
  expect(directory.find('ten_theirs', 'ses_1')).toBeUndefined()
})

const theirs: SessionConfig = { ...ours, tenantId: 'ten_theirs', desired: 'deleted' }

test.each<[string, string, unknown, string]>([
  ['of a session that another tenant has', keyOf(theirs), theirs, "the session is another tenant's"],
  ['that names another tenant than its key', keyOf(theirs), { ...ours, desired: 'deleted' }, 'the key and the record'],
  ['that names another session than its key', 'ten_ours.ses_2.config', ours, 'the key and the record disagree'],
  ['that is no record', keyOf(ours), '{"v":1}', 'tenantId: '],
  ['that is not JSON', keyOf(ours), '{', 'not JSON'],
])('a record %s changes nothing, and is told', async (_, key, value, reason) => {
  const { told, directory, put } = await setUp()
  await put(key, value)
  expect(told).toEqual(['ten_ours.ses_1 running', expect.stringContaining(`${key} refused: ${reason}`)])
  expect([...directory.all()]).toEqual([ours])
})

test("the removal of another tenant's record removes nothing; that of its own does", async () => {
  const { bucket, told, directory } = await setUp()
  await bucket.put(keyOf(theirs), Buffer.from(JSON.stringify(theirs)))
  await bucket.delete(keyOf(theirs))
  expect(directory.find('ten_ours', 'ses_1')).toEqual(ours)
  await bucket.delete(keyOf(ours))
  expect(told.at(-1)).toBe('ses_1 removed')
  expect([...directory.all()]).toEqual([])
})
