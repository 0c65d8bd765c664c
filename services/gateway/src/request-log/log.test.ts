import { expect, test } from 'vitest'
import type { Caller } from '../access/authenticate.ts'
import type { Exchange } from '../http/exchange.ts'
import { createRequestLog, type NewRequest } from './log.ts'

const at = new Date('2026-11-20T10:00:00.000Z')
const caller = (over: Partial<Caller> = {}): Caller => ({
  ...{ tenantId: 'ten_a', mode: 'test', scopes: [], actor: { kind: 'key', keyId: 'Ab12Cd34' } },
  tenant: {} as Caller['tenant'],
  ...over,
})
const exchange = (over: Partial<Exchange> = {}): Exchange => ({
  ...{ requestId: 'req_1', startedAtMs: 0, headers: {}, route: '/v1/sessions', caller: caller() },
  ...over,
})
const answered = { method: 'GET', path: '/v1/sessions', status: 200, durationMs: 12.345 }

function open(options: { take?: (budget: string) => boolean; write?: () => Promise<void>; maxWaiting?: number } = {}) {
  const written = new Map<string, NewRequest[]>()
  const leftOut: Record<string, number> = {}
  const count = (why: string, n: number): void => {
    leftOut[why] = (leftOut[why] ?? 0) + n
  }
  const log = createRequestLog({
    write: async (requests) => {
      await options.write?.()
      for (const [tenantId, rows] of requests) written.set(tenantId, [...(written.get(tenantId) ?? []), ...rows])
    },
    take: options.take ?? (() => true),
    newId: () => 'rec_1',
    now: () => at,
    metrics: {
      counter: () => ({ inc: ({ why }: { why: string }, n = 1) => count(why, n) }),
    } as never,
    ...(options.maxWaiting !== undefined && { maxWaiting: options.maxWaiting }),
  })
  return { log, written, leftOut }
}

test('a request is logged with what a developer looks for, and nothing that says more than it must', async () => {
  const { log, written } = open()
  const client = { address: '203.0.113.77', userAgent: `agent\0${'x'.repeat(300)}` }
  const asked = { method: 'POST', path: '/v1/contacts/+15551234567', status: 404, durationMs: 12.345 }
  log.note(exchange({ client, route: '/v1/contacts/{contact}', problem: 'chat-not-found' }), asked)
  await log.flush()
  expect(written.get('ten_a')).toEqual([
    {
      ...{ entryId: 'rec_1', id: 'req_1', mode: 'test', at: '2026-11-20T09:59:59.987Z', method: 'POST' },
      ...{ route: '/v1/contacts/{contact}', path: '/v1/contacts/{contact}', status: 404, problem: 'chat-not-found' },
      ...{ actor: { kind: 'key', id: 'Ab12Cd34' }, duration_ms: 12.3, address: '203.0.113.0/24' },
      user_agent: `agent${'x'.repeat(115)}`,
    },
  ])
})

test('what nobody asked within a tenant, support looked at, or reads this log itself, is not logged', async () => {
  const { log, written } = open()
  const { caller: _, ...unknown } = exchange()
  log.note(unknown, answered)
  log.note(exchange({ caller: caller({ actor: { kind: 'support', accessId: 'sup_1', operatorId: 'x' } }) }), answered)
  log.note(exchange({ route: '/v1/requests' }), answered)
  log.note(exchange({ route: '/v1/requests/{request_id}' }), answered)
  await log.flush()
  expect(written.size).toBe(0)
})

test('what fails and what does not are budgeted apart, by account and mode; what has no room is counted', async () => {
  const asked: string[] = []
  const { log, leftOut } = open({ take: (budget) => asked.push(budget) < 4, maxWaiting: 3 })
  log.note(exchange(), answered)
  log.note(exchange(), { ...answered, status: 404 })
  log.note(exchange({ caller: caller({ tenantId: 'ten_b', mode: 'live' }) }), answered)
  expect(asked).toEqual(['ten_a|test|true', 'ten_a|test|false', 'ten_b|live|true'])
  log.note(exchange(), answered)
  await log.flush()
  log.note(exchange(), answered)
  expect(leftOut).toEqual({ full: 1, rate: 1 })
})

test('what cannot be written is given up and counted, and the next is written', async () => {
  let isAway = true
  const { log, written, leftOut } = open({
    write: async () => {
      if (isAway) throw new Error('away')
    },
  })
  log.note(exchange(), answered)
  await expect(log.flush()).rejects.toThrow('away')
  isAway = false
  log.note(exchange({ requestId: 'req_2' }), answered)
  await log.flush()
  expect(written.get('ten_a')?.map(({ id }) => id)).toEqual(['req_2'])
  expect(leftOut).toEqual({ unwritten: 1 })
})
