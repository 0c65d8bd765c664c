import type { DeadLetter } from '@wagate/api/dead-letter.ts'
import type { Page } from '@wagate/api/paging.ts'
import { poisonCause } from '@wagate/messages/commands.ts'
import { expect, test } from 'vitest'
import { createWorld, type World } from '../fakes/world.ts'

const path = '/v1/admin/dead-letters'

const list = async (world: World, query = '') =>
  (await (await world.request(world.operatorKey, 'GET', `${path}?${query}`)).json()) as Page<DeadLetter>

const act = (world: World, sequence: number, what: 'retry' | 'delete', headers: Record<string, string> = {}) =>
  what === 'retry'
    ? world.request(world.operatorKey, 'POST', `${path}/${sequence}/retry`, undefined, headers)
    : world.request(world.operatorKey, 'DELETE', `${path}/${sequence}`)

test('a dead letter says where it was, of whom, and why, and nothing of what it holds', async () => {
  const world = await createWorld()
  const { tenantId, params } = world.ours
  const sequence = world.streams.setAside(`cmd.s1.${tenantId}.${params.session_id}.message.send`, {
    'Wagate-Attempts': '8',
    'Wagate-Time': '2026-11-20T10:00:00.000Z',
    'Wagate-Reason': 'gave up after 8 attempts: never ready',
  })
  const answer = await world.request(world.operatorKey, 'GET', `${path}?limit=1`)
  const text = await answer.text()
  expect(text).not.toContain('secret')
  expect(JSON.parse(text).data).toEqual([
    {
      ...{ sequence, at: expect.any(String), stream: 'COMMANDS', consumer: 'worker-s1', type: 'message.send' },
      ...{ tenant_id: tenantId, session_id: params.session_id, cause: 'gave up after 8 attempts: never ready' },
      ...{ attempts: 8, stored_at: '2026-11-20T10:00:00.000Z', retriable: true },
    },
  ])
})

test('the newest come first, page by page, over gaps, by stream and by account', async () => {
  const world = await createWorld()
  const before = (await list(world)).data.length
  const event = world.streams.setAside('evt.1.ten_x.ses_x.message.sent', {}, 'projector-1')
  world.streams.moveOn(10_000)
  const made = [1, 2, 3].map(() => world.streams.setAside('cmd.s1.ten_x.ses_x.message.send'))
  const seen: number[] = []
  for (let cursor = ''; ; ) {
    const page = await list(world, `limit=2${cursor && `&cursor=${cursor}`}`)
    seen.push(...page.data.map(({ sequence }) => sequence))
    if (page.next_cursor === null) break
    cursor = page.next_cursor
  }
  expect(seen.slice(0, 4)).toEqual([...made.toReversed(), event])
  expect(seen).toHaveLength(before + 4)
  expect((await list(world, 'stream=EVENTS')).data.map(({ sequence }) => sequence)).toEqual([event])
  expect((await list(world, 'tenant_id=ten_x')).data).toHaveLength(4)
})

test('a command goes back under the partition that its session has now, once, and is out of the list', async () => {
  const world = await createWorld()
  const { tenantId, params } = world.ours
  const session = world.directory.locate(params.session_id)
  const sequence = world.streams.setAside(`cmd.d_gone_0.${tenantId}.${params.session_id}.message.send`)
  const first = await act(world, sequence, 'retry', { 'idempotency-key': 'k' })
  expect(first.status).toBe(202)
  expect(world.streams.republished).toEqual([
    {
      subject: `cmd.${session?.partition}.${tenantId}.${params.session_id}.message.send`,
      msgId: `DEAD_LETTERS:${sequence}`,
    },
  ])
  const repeated = await act(world, sequence, 'retry', { 'idempotency-key': 'k' })
  expect(repeated.headers.get('idempotent-replayed')).toBe('true')
  expect((await act(world, sequence, 'retry')).status).toBe(404)
  expect(world.streams.republished).toHaveLength(1)
  const inTheirLog = world.onRecord.published.filter((entry) => entry.action === 'dead_letter.retried')
  expect(inTheirLog.map((entry) => entry.tenantId)).toContain(tenantId)
})

test.each([
  ['an event', 'evt.1.ten_x.ses_x.message.sent', 'projector-1', 'refused by the database: 22021'],
  ['what engines died of', 'cmd.s1.ten_x.ses_x.message.send', 'worker-s1', poisonCause],
])('%s is not put back', async (_, subject, consumer, cause) => {
  const world = await createWorld()
  const sequence = world.streams.setAside(subject, { 'Wagate-Reason': cause }, consumer)
  const refused = await act(world, sequence, 'retry')
  expect(await refused.json()).toMatchObject({ status: 409, code: 'dead-letter-not-retriable' })
  expect(world.streams.republished).toEqual([])
  expect((await act(world, sequence, 'delete')).status).toBe(204)
})
