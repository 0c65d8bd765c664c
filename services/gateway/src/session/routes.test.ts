import { qr, session, sessionPage } from '@wagate/api/session.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const in20s = () => new Date(Date.now() + 20_000)

test('a session is made, shown, listed and deleted', async () => {
  const { request, ours, published } = await createWorld()
  const made = await request(ours.key, 'POST', '/v1/sessions', { name: 'support' })
  expect(made.status).toBe(201)
  const shown = session.parse(await made.json())
  expect(shown).toMatchObject({ name: 'support', mode: 'test', status: 'starting', account: null })
  expect(made.headers.get('location')).toBe(`/v1/sessions/${shown.id}`)
  expect(await (await request(ours.key, 'GET', `/v1/sessions/${shown.id}`)).json()).toEqual(shown)
  const list = sessionPage.parse(await (await request(ours.key, 'GET', '/v1/sessions?limit=1')).json())
  expect(list).toMatchObject({ data: [shown], next_cursor: expect.any(String) })
  const rest = await (await request(ours.key, 'GET', `/v1/sessions?limit=1&cursor=${list.next_cursor}`)).json()
  expect(rest).toMatchObject({ data: [{ id: ours.params.session_id }], next_cursor: null })
  expect((await request(ours.key, 'DELETE', `/v1/sessions/${shown.id}`)).status).toBe(204)
  expect((await request(ours.key, 'GET', `/v1/sessions/${shown.id}`)).status).toBe(404)
  expect(published.map(({ command }) => command.type)).toEqual(['session.create', 'session.delete'])
})

test('a session survives a broker that takes its configuration and loses its command', async () => {
  const lost: string[] = []
  const world = await createWorld({
    publishCommand: async () => {
      throw new Error('lost')
    },
    onLostCommand: (_, sessionId) => lost.push(sessionId),
  })
  const made = await world.request(world.ours.key, 'POST', '/v1/sessions', {})
  const { id } = session.parse(await made.json())
  expect([made.status, lost]).toEqual([201, [id]])
})

test('the QR code comes as JSON or as an image, and only while there is one', async () => {
  const { request, ours, addSession, showQr } = await createWorld()
  const id = await addSession(ours.tenantId, 'test', { status: 'awaiting_qr', account: undefined })
  const path = `/v1/sessions/${id}/qr`
  const early = await request(ours.key, 'GET', path)
  expect([early.status, early.headers.get('retry-after')]).toEqual([409, '1'])
  expect(await early.json()).toMatchObject({ code: 'qr-not-ready' })
  await showQr(ours.tenantId, id, '2@secret', in20s())
  const json = await request(ours.key, 'GET', path)
  expect(qr.parse(await json.json()).qr).toBe('2@secret')
  expect(json.headers.get('cache-control')).toBe('no-store')
  const png = await request(ours.key, 'GET', path, undefined, { accept: 'image/png' })
  expect(png.headers.get('content-type')).toBe('image/png')
  expect(
    Buffer.from(await png.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')
  expect((await request(ours.key, 'GET', path, undefined, { accept: 'text/html' })).status).toBe(406)
  await showQr(ours.tenantId, id, '2@old', new Date(Date.now() - 1))
  expect(await (await request(ours.key, 'GET', path)).json()).toMatchObject({ code: 'qr-not-ready' })
})

test('a session that starts again does not show the QR code of its last attempt', async () => {
  const { request, ours, addSession, showQr } = await createWorld()
  const id = await addSession(ours.tenantId, 'test', { status: 'starting', account: undefined })
  await showQr(ours.tenantId, id, '2@used', in20s())
  const answer = await request(ours.key, 'GET', `/v1/sessions/${id}/qr`)
  expect(await answer.json()).toMatchObject({ code: 'qr-not-ready' })
})

test.each([
  ['connected', {}, 'session-already-linked'],
  ['connecting', {}, 'session-already-linked'],
  ['closed', { reason: 'qr_timeout' as const }, 'session-closed'],
] as const)('a session that is %s shows no QR code', async (status, more, code) => {
  const { request, ours, addSession } = await createWorld()
  const id = await addSession(ours.tenantId, 'test', { status, ...more })
  expect(await (await request(ours.key, 'GET', `/v1/sessions/${id}/qr`)).json()).toMatchObject({ code })
})

test('restart and log-out are commands; a repeat with the same key is the same command', async () => {
  const { request, ours, published } = await createWorld()
  const path = `/v1/sessions/${ours.params.session_id}`
  const first = await request(ours.key, 'POST', `${path}/restart`, undefined, { 'idempotency-key': 'r' })
  const second = await request(ours.key, 'POST', `${path}/restart`, undefined, { 'idempotency-key': 'r' })
  expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([202, 202, 'true'])
  expect((await request(ours.key, 'POST', `${path}/logout`)).status).toBe(202)
  expect(published.map(({ command }) => command.type)).toEqual(['session.restart', 'session.restart', 'session.logout'])
  expect(published[0]?.msgId).toBe(published[1]?.msgId)
})

test('a session without an account cannot be logged out', async () => {
  const { request, ours, addSession } = await createWorld()
  const id = await addSession(ours.tenantId, 'test', { status: 'awaiting_qr', account: undefined })
  expect(await (await request(ours.key, 'POST', `/v1/sessions/${id}/logout`)).json()).toMatchObject({
    code: 'session-not-linked',
  })
})

test('a phone links a session that is only named', async () => {
  const { request, ours, addSession, showQr, sandbox } = await createWorld()
  const id = await addSession(ours.tenantId, 'test', { status: 'awaiting_qr', account: undefined })
  await showQr(ours.tenantId, id, '2@here', in20s())
  const path = `/v1/sandbox/phones/${ours.params.phone_id}/scan`
  expect((await request(ours.key, 'POST', path, { session_id: id })).status).toBe(200)
  expect((await request(ours.key, 'POST', path, { qr: '2@there' })).status).toBe(200)
  expect(sandbox.scanned).toEqual(['2@here', '2@there'])
  expect((await request(ours.key, 'POST', path, { qr: 'a', session_id: id })).status).toBe(422)
})
