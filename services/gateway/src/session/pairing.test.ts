import { type PairingCode, pairingCode } from '@wagate/api/session.ts'
import type { PairingRecord } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const phone = '+999100200300'
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const code = (commandId: string, expiresAt = inMs(20_000)) => ({ commandId, phone, code: 'ABCDEFGH', expiresAt })

/** A session that waits for an account, and a worker that answers each request for a code with what `answer` makes of it. */
async function waitingSession(answer: (commandId: string) => Omit<PairingRecord, 'v'> | undefined = () => undefined) {
  let pauses = 0
  const world = await createWorld({
    pause: async () => {
      pauses += 1
      const command = world.published.at(-1)?.command
      const record = command && answer(command.id)
      if (record) await world.showPairing(world.ours.tenantId, id, record)
    },
  })
  const { ours, addSession, request } = world
  const id = await addSession(ours.tenantId, 'test', { status: 'awaiting_qr', account: undefined })
  const path = `/v1/sessions/${id}/pairing-code`
  return {
    ...{ world, id, path },
    pauses: () => pauses,
    ask: (headers?: Record<string, string>) => request(ours.key, 'POST', path, { phone }, headers),
    get: () => request(ours.key, 'GET', path),
  }
}

test('a code that is asked for is in the answer, as WhatsApp shows it, and can be fetched until it expires', async () => {
  const { world, ask, get, path } = await waitingSession((commandId) => ({ code: code(commandId) }))
  const answer = await ask()
  expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([
    200,
    path,
    'no-store',
  ])
  const shown: PairingCode = pairingCode.parse(await answer.json())
  expect(shown).toMatchObject({ phone, code: 'ABCD-EFGH' })
  expect(await (await get()).json()).toEqual(shown)
  expect(world.published.map(({ command }) => [command.type, command.data])).toEqual([
    ['session.request_pairing_code', { phone }],
  ])
})

test('a code that answers an earlier request is not given out: it may be of an engine that is gone', async () => {
  const { ask, pauses } = await waitingSession(() => ({ code: code('cmd_earlier') }))
  const answer = await ask()
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([202, '1'])
  expect(await answer.json()).toEqual({ phone, code: null, expires_at: null })
  expect(pauses()).toBe(25)
})

test('a repeat is the same command, gets the code that holds now, and no code is stored for it', async () => {
  const { world, ask } = await waitingSession((commandId) => ({ code: code(commandId) }))
  const key = { 'idempotency-key': 'k' }
  const [first, second] = [await ask(key), await ask(key)]
  expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true'])
  expect(world.published[0]?.msgId).toBe(world.published[1]?.msgId)
  for await (const stored of world.idempotency.keys()) {
    const { value } = (await world.idempotency.get(stored)) ?? {}
    expect(Buffer.from(value ?? []).toString()).not.toMatch(/ABCD/)
  }
})

test.each([
  ['limit', 429, 'pairing-code-limit', '3600'],
  ['throttled', 429, 'pairing-code-limit', '3600'],
  ['number', 422, 'pairing-number-refused', null],
  ['unanswered', 409, 'pairing-code-not-ready', '3600'],
] as const)(
  'a request that is refused as %s says so, and when to come back',
  async (reason, status, problem, after) => {
    const retryAt = inMs(3_600_000)
    const { ask, get } = await waitingSession((commandId) => ({ refusal: { commandId, reason, retryAt } }))
    for (const answer of [await ask(), await get()]) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, after])
      expect(await answer.json()).toMatchObject({ code: problem })
    }
  },
)

test('without a code that is valid there is none to fetch', async () => {
  const { world, id, get } = await waitingSession()
  expect(await (await get()).json()).toMatchObject({ code: 'pairing-code-not-ready' })
  await world.showPairing(world.ours.tenantId, id, { code: code('cmd_1', inMs(-1)) })
  const answer = await get()
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([409, '1'])
  await world.showPairing(world.ours.tenantId, id, { code: code('cmd_1') })
  await world.setState(world.ours.tenantId, id, { status: 'starting', account: undefined })
  expect(await (await get()).json()).toMatchObject({ code: 'pairing-code-not-ready' })
})

test('a QR string that was withdrawn while a code is offered is not ready', async () => {
  const { world, id } = await waitingSession()
  await world.showPairing(world.ours.tenantId, id, { code: code('cmd_1') })
  const answer = await world.request(world.ours.key, 'GET', `/v1/sessions/${id}/qr`)
  expect(await answer.json()).toMatchObject({ code: 'qr-not-ready' })
})

test.each([
  ['connected', {}, 'session-already-linked'],
  ['closed', { reason: 'qr_timeout' as const }, 'session-closed'],
] as const)('a session that is %s gives no code, nor while one is waited for', async (status, more, problem) => {
  const { world, id, ask } = await waitingSession()
  await world.setState(world.ours.tenantId, id, { status, ...more })
  const answer = await ask()
  expect([answer.status, await answer.json()]).toMatchObject([409, { code: problem }])
  expect(world.published).toEqual([])

  const late = await waitingSession(() => {
    void late.world.setState(late.world.ours.tenantId, late.id, { status, ...more })
    return undefined
  })
  expect(await (await late.ask()).json()).toMatchObject({ code: problem })
})

test.each(['', '15551234567', '+0155512345', '+1 555 123', '+12', '+1234567890123456', '1@lid'])(
  'the number "%s" is refused with how to write one',
  async (number) => {
    const { world, path } = await waitingSession()
    const answer = await world.request(world.ours.key, 'POST', path, { phone: number })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ code: 'invalid-request', errors: [{ path: 'phone' }] })
  },
)
