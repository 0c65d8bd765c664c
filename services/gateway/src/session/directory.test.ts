import { type SessionConfig, sessionConfigKey } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import { createSessionDirectory } from './directory.ts'

const config = (sessionId: string): SessionConfig => ({
  v: 1,
  tenantId: 'ten_A',
  sessionId,
  mode: 'test',
  partition: 's0',
  desired: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
})

test('a session that is being created counts once, before and after the directory shows it', () => {
  const directory = createSessionDirectory()
  const count = () => directory.count('ten_A', 'test')
  const one = directory.reserve('ten_A', 'test')
  const other = directory.reserve('ten_A', 'test')
  expect(count()).toBe(2)
  one.as('ses_1')
  directory.put(config('ses_1'), 1)
  expect(count()).toBe(2)
  one.release()
  expect(count()).toBe(2)
  other.release()
  other.release()
  expect(count()).toBe(1)
  expect(directory.count('ten_A', 'live')).toBe(0)
})

test("a record that names another session than its key changes neither's entry", () => {
  const directory = createSessionDirectory()
  directory.put(config('ses_1'), 1)
  const forged = { ...config('ses_1'), desired: 'deleted', partition: 's9' }
  const value = Buffer.from(JSON.stringify(forged))
  expect(directory.apply({ key: sessionConfigKey('ten_B', 'ses_1'), value, revision: 2 })).toBe(false)
  expect(directory.apply({ key: sessionConfigKey('ten_A', 'ses_2'), value, revision: 3 })).toBe(false)
  expect(directory.find('ten_A', 'test', 'ses_1')?.config).toEqual(config('ses_1'))
  expect(directory.find('ten_B', 'test', 'ses_1')).toBeUndefined()
  expect(directory.find('ten_A', 'test', 'ses_2')).toBeUndefined()
})
