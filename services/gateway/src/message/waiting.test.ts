// Messages that wait: lanes, the end of their time, where they stand, cancelling, and the pace of their session.
import { type AcceptedMessage, type Message, message } from '@wagate/api/message.ts'
import { session } from '@wagate/api/session.ts'
import type { QueueAnswer } from '@wagate/messages/questions.ts'
import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import type { AppDeps } from '../app.ts'
import { createWorld, type World } from '../fakes/world.ts'
import type { AskQueue } from './find.ts'

const hi = { to: '+999100200300', type: 'text', text: { body: 'hi' } }
const now = new Date('2026-11-20T10:00:00.000Z')
const depth = { high: 0, normal: 2, bulk: 40 }
const asked = { to: '+999100200300', type: 'text', lane: 'bulk', acceptedAt: '2026-11-18T10:00:00.000Z' } as const
const queued: QueueAnswer = {
  v: 1,
  depth,
  message: { state: 'queued', ...asked, position: 3, expectedAt: '2026-11-20T10:00:02.000Z' },
}

/** A world whose worker gives these answers, one after another, and then the last one again. */
async function worldWith(answers: (QueueAnswer | undefined)[], overrides: Partial<AppDeps> = {}) {
  const questions: Parameters<AskQueue>[1][] = []
  const world = await createWorld({
    now: () => now,
    askQueue: async (_session, about) => {
      questions.push(about)
      return answers.length > 1 ? answers.shift() : answers[0]
    },
    ...overrides,
  })
  const path = `/v1/sessions/${world.ours.params.session_id}`
  const post = (at: string, body?: unknown, headers: Record<string, string> = {}) =>
    world.request(world.ours.key, 'POST', `${path}${at}`, body, headers)
  const send = async (body: unknown = hi) => (await (await post('/messages', body)).json()) as AcceptedMessage
  const get = async (at: string) => (await world.request(world.ours.key, 'GET', at)).json()
  return { world, path, post, send, get, questions }
}
const commands = (world: World) => world.published.map(({ command }) => ({ type: command.type, ...command.data }))

test('lane and expiry travel with the command, the time in UTC', async () => {
  const { world, send } = await worldWith([undefined])
  const accepted = await send({ ...hi, lane: 'bulk', expires_at: '2026-11-20T12:30:00+02:00' })
  expect(accepted).toMatchObject({ lane: 'bulk', expires_at: '2026-11-20T10:30:00.000Z' })
  expect(await send()).toMatchObject({ lane: 'normal', expires_at: null })
  expect(commands(world)).toMatchObject([{ lane: 'bulk', expiresAt: '2026-11-20T10:30:00.000Z' }, { lane: 'normal' }])
  expect(commands(world)[1]).not.toHaveProperty('expiresAt')
})

test.each([
  ['a time that has passed', { expires_at: '2026-11-20T10:00:00Z' }, 'expires_at', /in the future/],
  ['a time that is too far off', { expires_at: '2026-12-20T10:00:01Z' }, 'expires_at', /30 days/],
  ['a time without its zone', { expires_at: '2026-11-20T11:00:00' }, 'expires_at', /RFC 3339/],
  ['a number', { expires_at: 1_795_000_000 }, 'expires_at', /RFC 3339/],
  ['an unknown lane', { lane: 'express' }, 'lane', /"high", "normal" or "bulk"/],
])('%s is refused, and says what to write', async (_, fields, path, sentence) => {
  const { world, post } = await worldWith([undefined])
  const answer = await post('/messages', { ...hi, ...fields })
  expect(answer.status).toBe(422)
  expect(await answer.json()).toMatchObject({
    code: 'invalid-request',
    errors: [{ path, message: expect.stringMatching(sentence) }],
  })
  expect(world.published).toEqual([])
})

test('a repeat with the same key is answered the same, even when its time has passed meanwhile', async () => {
  let at = now
  const { post, world } = await worldWith([undefined], { now: () => at })
  const attempt = () => post('/messages', { ...hi, expires_at: '2026-11-20T10:01:00Z' }, { 'idempotency-key': 'k' })
  const first = await attempt()
  at = new Date('2026-11-20T10:02:00Z')
  const second = await attempt()
  expect([second.status, await second.json()]).toEqual([202, await first.json()])
  expect(world.published[1]?.command.data).toEqual(world.published[0]?.command.data)
})

test('a message that waits shows its place, as the worker tells it', async () => {
  const { send, get } = await worldWith([queued])
  const { id } = await send()
  expect(message.parse(await get(`/v1/messages/${id}`))).toMatchObject({
    status: 'queued',
    queue: { position: 3, lane: 'bulk', expected_at: '2026-11-20T10:00:02.000Z', expires_at: null },
  })
})

test.each<[string, QueueAnswer | undefined, Message['status']]>([
  ['no worker answers', undefined, 'accepted'],
  ['the worker has not met it yet', { v: 1, depth }, 'accepted'],
  ['it was handed to WhatsApp', { v: 1, depth, message: { state: 'sending', ...asked } }, 'sending'],
  ['it has just ended', { v: 1, depth, message: { state: 'settled' } }, 'queued'],
])('when %s, the status claims no more than is known', async (_, answer, status) => {
  const { send, get } = await worldWith([answer])
  const { id } = await send()
  expect(message.parse(await get(`/v1/messages/${id}`))).toMatchObject({ status, queue: null })
})

test('a message that has waited for longer than records are kept is found in its session', async () => {
  const { world, path, get, post } = await worldWith([queued])
  const id = 'msg_01KAH2Z6W4V8D9Q3N5R7T1XYZC'
  expect(await get(`/v1/messages/${id}`)).toMatchObject({ code: 'message-not-found' })
  const shown = message.parse(await get(`${path}/messages/${id}`))
  expect(shown).toMatchObject({ status: 'queued', created_at: asked.acceptedAt, chat: { phone: '+999100200300' } })
  expect((await post(`/messages/${id}/cancel`)).status).toBe(202)
  expect(commands(world)).toEqual([{ type: 'message.cancel', messageId: id }])
})

test('a message of another session is not found in this one', async () => {
  const { world, send, get } = await worldWith([{ v: 1, depth }])
  const { id } = await send()
  const other = await world.addSession(world.ours.tenantId, 'test')
  expect(await get(`/v1/sessions/${other}/messages/${id}`)).toMatchObject({ code: 'message-not-found' })
  const settled = world.ours.params.message_id
  expect(await get(`/v1/sessions/${other}/messages/${settled}`)).toMatchObject({ code: 'message-not-found' })
})

test('a message that waits is cancelled by a command behind it; with the same key it is the same command', async () => {
  const { world, send, post } = await worldWith([queued])
  const { id } = await send()
  const cancel = () => post(`/messages/${id}/cancel`, undefined, { 'idempotency-key': 'c' })
  const [first, second] = [await cancel(), await cancel()]
  expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([202, 202, 'true'])
  expect(message.parse(await second.json())).toMatchObject({ id, status: 'queued' })
  const [sent, one, two] = world.published
  expect(one?.subject).toBe(sent?.subject.replace('.send', '.cancel'))
  expect([one?.command.data, two?.command.id]).toEqual([{ messageId: id }, one?.command.id])
})

test('what WhatsApp has is not cancelled, and what was cancelled may be cancelled again', async () => {
  const { world, send, post } = await worldWith([{ v: 1, depth, message: { state: 'sending', ...asked } }])
  const { id } = await send()
  const refused = { status: 409, code: 'message-not-waiting' }
  expect(await (await post(`/messages/${id}/cancel`)).json()).toMatchObject({
    ...refused,
    detail: expect.stringContaining('sending'),
  })
  const settled = world.ours.params.message_id
  expect(await (await post(`/messages/${settled}/cancel`)).json()).toMatchObject(refused)
  expect(world.published).toHaveLength(1)
  const row = world.messages.find((each) => each.id === settled)
  Object.assign(row ?? {}, { status: 'cancelled', cancelled_at: now.toISOString() })
  expect((await post(`/messages/${settled}/cancel`)).status).toBe(202)
})

test('while the views are away a message that waits is shown and cancelled; of others nothing is claimed', async () => {
  const down = async () => {
    throw new DatabaseUnavailable('away')
  }
  const base = await createWorld()
  const views = { ...base.deps.views, findMessage: down }
  const { send, post, get } = await worldWith([queued, queued, undefined], { views })
  const { id } = await send()
  expect(await get(`/v1/messages/${id}`)).toMatchObject({ status: 'queued' })
  expect((await post(`/messages/${id}/cancel`)).status).toBe(202)
  expect(await get(`/v1/messages/${id}`)).toMatchObject({ code: 'views-unavailable' })
})

test('a session shows what waits and its pace; a list asks no worker', async () => {
  const { path, get, questions } = await worldWith([queued])
  expect(session.parse(await get(path))).toMatchObject({
    queue: { ...depth, total: 42 },
    pacing: { per_second: null, burst: 1, new_chats_per_hour: null, jitter_ms: 0 },
  })
  expect(await get('/v1/sessions')).toMatchObject({ data: [{ queue: null }] })
  expect(questions).toEqual([undefined])
})

test('the pace of a session can be changed in part and reset; live sessions keep a limit', async () => {
  const { world } = await worldWith([undefined])
  const { ours } = world
  const patch = async (key: string, id: string, pacing: unknown) =>
    (await world.request(key, 'PATCH', `/v1/sessions/${id}`, { pacing })).json()
  const test = (pacing: unknown) => patch(ours.key, ours.params.session_id, pacing)
  const live = (pacing: unknown) => patch(ours.liveKey, ours.liveParams.session_id, pacing)
  expect(await test({ per_second: 2 })).toMatchObject({ pacing: { per_second: 2, burst: 1 } })
  expect(await test({ burst: 3 })).toMatchObject({ pacing: { per_second: 2, burst: 3 } })
  expect(await test({ per_second: null })).toMatchObject({ pacing: { per_second: null, burst: 3 } })
  expect(await test(null)).toMatchObject({ pacing: { per_second: null, burst: 1 } })
  const defaults = { per_second: 1, burst: 5, new_chats_per_hour: 10, jitter_ms: 3_000 }
  expect(await live({})).toMatchObject({ pacing: defaults })
  expect(await live({ new_chats_per_hour: 50 })).toMatchObject({ pacing: { ...defaults, new_chats_per_hour: 50 } })
  for (const field of ['per_second', 'new_chats_per_hour'])
    expect(await live({ [field]: null })).toMatchObject({ status: 422, errors: [{ path: `pacing.${field}` }] })
  for (const wrong of [{ per_second: 0 }, { per_second: 11 }, { burst: 1.5 }, { jitter_ms: -1 }, { speed: 1 }])
    expect(await live(wrong)).toMatchObject({ status: 422, code: 'invalid-request' })
})
