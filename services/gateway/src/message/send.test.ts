import { acceptedMessage } from '@wagate/api/message.ts'
import type { SessionState } from '@wagate/messages/control.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import { createWorld, type World } from '../fakes/world.ts'

const hi = { to: '+999100200300', type: 'text', text: { body: 'hi' } }
const send = (world: World, body: unknown = hi, headers: Record<string, string> = {}) =>
  world.request(world.ours.key, 'POST', `/v1/sessions/${world.ours.params.session_id}/messages`, body, headers)

test('the answer names the message and where to ask for it; the command carries the same id', async () => {
  const world = await createWorld()
  const answer = await send(world, hi, { 'x-request-id': 'my-request' })
  expect(answer.status).toBe(202)
  const accepted = acceptedMessage.parse(await answer.json())
  expect(answer.headers.get('location')).toBe(`/v1/messages/${accepted.id}`)
  expect(answer.headers.get('x-request-id')).toBe('my-request')
  expect(answer.headers.get('ratelimit-policy')).toMatch(
    /^"default";q=\d+;w=\d+, "test-messages-per-minute";q=\d+;w=60$/,
  )
  const [{ command, subject, msgId } = { command: undefined, subject: '', msgId: '' }] = world.published
  expect(command).toMatchObject({ correlationId: 'my-request', data: { messageId: accepted.id, lane: 'normal' } })
  expect(msgId).toBe(command?.id)
  expect(subject).toBe(`cmd.s1.${world.ours.tenantId}.${world.ours.params.session_id}.message.send`)
})

test.each<[string, Partial<SessionState>, number, string]>([
  ['closed', { status: 'closed', reason: 'logged_out' }, 409, 'session-closed'],
  ['waiting for a scan', { status: 'awaiting_qr' }, 409, 'session-not-linked'],
  ['starting for the first time', { status: 'starting', account: undefined }, 409, 'session-not-linked'],
  ['full', { queueFull: true }, 429, 'session-queue-full'],
])('a session that is %s takes no message', async (_, state, status, code) => {
  const world = await createWorld()
  await world.setState(world.ours.tenantId, world.ours.params.session_id, state)
  const answer = await send(world)
  expect(await answer.json()).toMatchObject({ status, code })
  expect(answer.headers.has('retry-after')).toBe(status === 429)
  expect([world.published.length, world.idempotency.size()]).toEqual([0, 0])
})

test('a session whose queue has no room for bulk messages takes more urgent ones', async () => {
  const world = await createWorld()
  await world.setState(world.ours.tenantId, world.ours.params.session_id, { fullLanes: ['bulk'] })
  const refused = await send(world, { ...hi, lane: 'bulk' })
  expect(await refused.json()).toMatchObject({
    status: 429,
    code: 'session-queue-full',
    detail: expect.stringContaining('lane bulk'),
  })
  for (const lane of ['normal', 'high']) expect((await send(world, { ...hi, lane })).status).toBe(202)
})

test.each<[string, Partial<SessionState>]>([
  ['connecting', { status: 'connecting' }],
  ['starting again after it was linked', { status: 'starting' }],
])('a session that is %s queues messages', async (_, state) => {
  const world = await createWorld()
  await world.setState(world.ours.tenantId, world.ours.params.session_id, state)
  expect((await send(world)).status).toBe(202)
})

test.each([
  ['a number without plus', { ...hi, to: '15551234567' }, 'to'],
  ['a number with spaces', { ...hi, to: '+1 555 123 4567' }, 'to'],
  ['a number that is a number', { ...hi, to: 15551234567 }, 'to'],
  ['a number that is too long', { ...hi, to: '+1234567890123456' }, 'to'],
  ['a JID', { ...hi, to: '15551234567@s.whatsapp.net' }, 'to'],
  ['no number', { type: 'text', text: { body: 'hi' } }, 'to'],
  ['an unknown type', { ...hi, type: 'hologram' }, 'type'],
  ['an empty text', { ...hi, text: { body: '' } }, 'text.body'],
  ['a text that is too long', { ...hi, text: { body: 'x'.repeat(65_537) } }, 'text.body'],
  ['half a surrogate pair', { ...hi, text: { body: 'a\ud800' } }, 'text.body'],
  ['a NUL', { ...hi, text: { body: 'a\0b' } }, 'text.body'],
  ['an unknown field', { ...hi, text: { body: 'a', bold: true } }, 'text.bold'],
])('%s is refused with the field and what to change', async (_, body, path) => {
  const world = await createWorld()
  const answer = await send(world, body)
  const problem = await answer.json()
  expect(problem).toMatchObject({
    status: 422,
    code: 'invalid-request',
    errors: [{ path, message: expect.stringMatching(/^[A-Z].*[.:]/) }],
  })
  expect(JSON.stringify(problem)).not.toContain('hologram')
  expect(world.published).toEqual([])
})

test('the same key and body are answered the same and published under the same ids', async () => {
  const world = await createWorld()
  const key = { 'idempotency-key': 'order 1' }
  const first = await send(world, hi, key)
  const reordered = { text: { body: 'hi' }, type: 'text', to: hi.to }
  const second = await send(world, reordered, { 'idempotency-key': '"order 1"' })
  expect(await second.json()).toEqual(await first.json())
  expect([first.headers.get('idempotent-replayed'), second.headers.get('idempotent-replayed')]).toEqual([null, 'true'])
  expect(second.headers.get('location')).toBe(first.headers.get('location'))
  const [one, two] = world.published
  expect({ ...two?.command, correlationId: '' }).toEqual({ ...one?.command, correlationId: '' })
  const other = await send(world, { ...hi, to: '+999100200301' }, key)
  expect(await other.json()).toMatchObject({ status: 422, code: 'idempotency-key-reused' })
  expect(world.published).toHaveLength(2)
})

test('a key counts for one tenant, one mode and one route', async () => {
  const world = await createWorld()
  const headers = { 'idempotency-key': 'k' }
  const { ours, theirs } = world
  const attempts: [string, string][] = [
    [ours.key, ours.params.session_id],
    [ours.liveKey, ours.liveParams.session_id],
    [theirs.key, theirs.params.session_id],
  ]
  const ids = new Set<string>()
  for (const [key, sessionId] of attempts) {
    const answer = await world.request(key, 'POST', `/v1/sessions/${sessionId}/messages`, hi, headers)
    ids.add(acceptedMessage.parse(await answer.json()).id.slice(-16))
  }
  expect(ids.size).toBe(3)
})

test.each(['""', 'x'.repeat(256), '\u00fc'])('an idempotency key of another form is refused: %j', async (key) => {
  const world = await createWorld()
  const answer = await send(world, hi, { 'idempotency-key': key })
  expect(await answer.json()).toMatchObject({ status: 422, errors: [{ path: 'Idempotency-Key' }] })
})

test('a command that may not be stored is no acceptance; the repeat with the same key makes up for it', async () => {
  let down = true
  const commands: string[] = []
  const world = await createWorld({
    publishCommand: async (_payload, { id }) => {
      if (down) throw new BrokerUnavailable('timeout', { mayHaveHappened: true })
      commands.push(id)
    },
  })
  const headers = { 'idempotency-key': 'k' }
  const refused = await send(world, hi, headers)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
  expect(await refused.json()).toMatchObject({ code: 'broker-unavailable' })
  down = false
  const accepted = acceptedMessage.parse(await (await send(world, hi, headers)).json())
  expect(commands).toEqual([accepted.id])
})

test('without a key, a record that cannot be stored does not undo what was accepted', async () => {
  const world = await createWorld()
  world.idempotency.create = async () => {
    throw new BrokerUnavailable('timeout', { mayHaveHappened: false })
  }
  expect((await send(world)).status).toBe(202)
  expect(world.published).toHaveLength(1)
})

test('an error that nobody foresaw says nothing but the request id', async () => {
  const world = await createWorld({
    publishCommand: async () => {
      throw new Error('the secret is swordfish')
    },
  })
  const answer = await send(world)
  const text = await answer.text()
  expect(answer.status).toBe(500)
  expect(JSON.parse(text)).toMatchObject({ code: 'internal', request_id: answer.headers.get('x-request-id') })
  expect(text).not.toContain('swordfish')
})

test('a session that was just connected takes a message before the watch has told so', async () => {
  const world = await createWorld({
    readSessionState: async () => ({
      v: 1,
      status: 'connected',
      queueFull: false,
      epoch: 1,
      since: new Date().toISOString(),
    }),
  })
  await world.setState(world.ours.tenantId, world.ours.params.session_id, { status: 'awaiting_qr' })
  expect((await send(world)).status).toBe(202)
})
