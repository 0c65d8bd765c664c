import type { SessionConfig } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import { moved } from './move.ts'

const config: SessionConfig = {
  v: 1,
  tenantId: 'ten_a',
  sessionId: 'ses_a',
  mode: 'test',
  partition: 's1',
  desired: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
}

test('a session that moves is hosted where it was until its owner has let go', () => {
  expect(moved(config, 'd_acme_2')).toEqual({ ...config, partition: 'd_acme_2', movingFrom: 's1' })
})

test('a session that is there already stays as it is', () => {
  expect(moved(config, 's1')).toBe(config)
})

test('a move that is redirected still begins where the session is hosted', () => {
  expect(moved(moved(config, 'd_acme_2'), 'd_big_1')).toEqual({ ...config, partition: 'd_big_1', movingFrom: 's1' })
})

test('a move that is taken back leaves nothing behind', () => {
  expect(moved(moved(config, 'd_acme_2'), 's1')).toEqual(config)
})
