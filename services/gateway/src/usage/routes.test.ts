import { problem as problemSchema } from '@wagate/api/problems.ts'
import { usage as usageSchema } from '@wagate/api/usage.ts'
import { expect, test } from 'vitest'
import { fakeUsage, messageCounts } from '../fakes/usage.ts'
import { createWorld } from '../fakes/world.ts'

const usageIn = async (answer: Response) => usageSchema.parse(await answer.json())
const problemIn = async (answer: Response) => problemSchema.parse(await answer.json())

async function setUp() {
  const usage = fakeUsage()
  const world = await createWorld({ usage: usage.store, now: () => new Date('2026-11-20T10:00:00Z') })
  for (const [mode, sent] of [
    ['test', 3],
    ['live', 7],
  ] as const)
    usage.set(world.ours.tenantId, mode, {
      messages: [messageCounts('2026-11-05', 'text', { sent })],
      sessions: [],
      calls: [],
    })
  const get = (key: string, query = '', headers: Record<string, string> = {}) =>
    world.request(key, 'GET', `/v1/usage${query}`, undefined, headers)
  return { world, get }
}

test('a key sees what its tenant used in its mode, and nothing of others', async () => {
  const { world, get } = await setUp()
  const sent = async (key: string) => (await usageIn(await get(key))).total.messages.sent
  expect(await sent(world.ours.key)).toBe(3)
  expect(await sent(world.ours.liveKey)).toBe(7)
  expect(await sent(world.theirs.key)).toBe(0)
})

test('without dates it is the month so far', async () => {
  const { world, get } = await setUp()
  const shown = await usageIn(await get(world.ours.key))
  expect(shown).toMatchObject({ from: '2026-11-01', to: '2026-11-20', mode: 'test' })
  expect(shown.days).toHaveLength(20)
})

test('dates that are none, or too far apart, are refused with what to write', async () => {
  const { world, get } = await setUp()
  const wrong: [query: string, said: string][] = [
    ['?from=2026-02-30', 'Write a date like 2026-11-01.'],
    ['?from=yesterday', 'Write a date like 2026-11-01.'],
    ['?to=2026-11-01T00:00:00Z', 'Write a date like 2026-11-01.'],
    ['?from=0000-01-01', 'Write a date like 2026-11-01.'],
    ['?to=9999-12-31', 'Write a date like 2026-11-01.'],
    ['?from=2026-11-02&to=2026-11-01', 'not after the last one'],
    ['?from=2025-01-01&to=2026-11-01', 'at most 366 days'],
    ['?since=2026-11-01', 'since'],
  ]
  for (const [query, said] of wrong) {
    const answer = await get(world.ours.key, query)
    expect(answer.status, query).toBe(422)
    const problem = await problemIn(answer)
    expect(problem.code).toBe('invalid-request')
    expect(problem.detail, query).toContain(said)
  }
})

test('the table comes with a name and the type that spreadsheets know', async () => {
  const { world, get } = await setUp()
  const answer = await get(world.ours.key, '?from=2026-11-05&to=2026-11-05', { accept: 'text/csv' })
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
  expect(answer.headers.get('content-disposition')).toBe(
    'attachment; filename="usage-test-2026-11-05-to-2026-11-05.csv"',
  )
  expect((await answer.text()).split('\r\n')[1]).toMatch(/^2026-11-05,test,0,3,/)
})

test('the format is the one that is named; of others none is made', async () => {
  const { world, get } = await setUp()
  const typeFor = async (accept: string) => {
    const answer = await get(world.ours.key, '', { accept })
    return answer.headers.get('content-type')?.split(';')[0]
  }
  expect(await typeFor('*/*')).toBe('application/json')
  expect(await typeFor('text/html, application/json;q=0.9, text/csv;q=0.8')).toBe('application/json')
  expect(await typeFor('text/csv, */*;q=0.1')).toBe('text/csv')
  expect(await typeFor('text/*')).toBe('text/csv')
  const refused = await get(world.ours.key, '', { accept: 'application/xml' })
  expect([refused.status, (await problemIn(refused)).code]).toEqual([406, 'not-acceptable'])
})

test('a key for some sessions only does not see what all of them used', async () => {
  const { world, get } = await setUp()
  const key = world.addKey(world.ours.tenantId, 'test', ['usage:read'], { sessionIds: [world.ours.params.session_id] })
  expect(await problemIn(await get(key))).toMatchObject({ code: 'key-restricted' })
})
