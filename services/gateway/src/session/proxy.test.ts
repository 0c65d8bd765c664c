import { session } from '@wagate/api/session.ts'
import { sessionConfig, sessionConfigKey } from '@wagate/messages/control.ts'
import { proxyPlace } from '@wagate/messages/proxy.ts'
import { isPublic, isWithin, parseNetworks } from '@wagate/runtime/address.ts'
import { openText, parseMasterKey } from '@wagate/runtime/seal.ts'
import { expect, test } from 'vitest'
import { createWorld, type World } from '../fakes/world.ts'
import { DomainError } from '../http/problem.ts'
import { checkProxy, sealProxy } from './proxy.ts'
import { resealProxy } from './reseal-proxy.ts'

const strict = { isAllowed: isPublic, allowsInnerNames: false }
const url = 'http://ada:p%40ss%20w@proxy.example:3128'
const shown = { scheme: 'http', host: 'proxy.example', port: 3128, has_credentials: true, failure: null }

const refusalOf = (text: string, policy = strict): string => {
  try {
    checkProxy(text, policy)
    return ''
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    expect(error.code).toBe('proxy-refused')
    return error.message
  }
}

test.each([
  ['ftp://user:secret@proxy.example:21', 'http://, https://, socks5://'],
  ['http://user:secret@proxy.example', 'port'],
  ['http://user:secret@:3128', 'host'],
  ['http://secret@proxy.example:3128', 'user and password both'],
  ['secret', 'whole address'],
  ['http://proxy.example:3128/secret', 'no path'],
  [`http://${'secret'.repeat(200)}:3128`, 'at most 1000'],
  ['http://user:secret@10.0.0.1:3128', 'public'],
  ['http://user:secret@2130706433:3128', 'public'],
  ['socks5://user:secret@[::ffff:127.0.0.1]:1080', 'public'],
  ['http://user:secret@169.254.169.254:80', 'public'],
  ['http://secret:3128', 'public'],
  ['http://user:secret@db.internal:5432', 'public'],
])('%s is refused with what to change, and not repeated', (text, advice) => {
  expect(refusalOf(text)).toContain(advice)
  expect(refusalOf(text)).not.toContain('secret')
})

test('an operator may allow networks of the inside; names may then lead there, and the worker looks', () => {
  const networks = parseNetworks('10.20.0.0/16')
  const policy = {
    isAllowed: (address: string) => isPublic(address) || isWithin(address, networks),
    allowsInnerNames: true,
  }
  expect(refusalOf('http://10.20.1.1:3128', policy)).toBe('')
  expect(refusalOf('http://squid:3128', policy)).toBe('')
  expect(refusalOf('http://10.21.1.1:3128', policy)).not.toBe('')
})

const stored = async ({ sessions, ours }: World, id: string) =>
  sessionConfig.parse(
    JSON.parse(Buffer.from((await sessions.get(sessionConfigKey(ours.tenantId, id)))?.value ?? '').toString()),
  )

test('a session keeps its proxy sealed, and no answer shows user or password', async () => {
  const world = await createWorld()
  const { request, ours, deps, idempotency } = world
  const headers = { 'idempotency-key': 'k' }
  const made = await request(ours.key, 'POST', '/v1/sessions', { name: 'x', proxy: url }, headers)
  expect(made.status).toBe(201)
  const body = await made.text()
  const { id, proxy } = session.parse(JSON.parse(body))
  expect(proxy).toEqual(shown)
  const config = await stored(world, id)
  expect(openText(deps.masterKey, proxyPlace(ours.tenantId, id), config.proxy?.sealed ?? never())).toBe(url)
  expect(() =>
    openText(deps.masterKey, proxyPlace(ours.tenantId, 'ses_other'), config.proxy?.sealed ?? never()),
  ).toThrow()

  const again = await request(ours.key, 'POST', '/v1/sessions', { name: 'x', proxy: url }, headers)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  const other = { name: 'x', proxy: url.replace('3128', '3129') }
  expect((await request(ours.key, 'POST', '/v1/sessions', other, headers)).status).toBe(422)
  const list = await (await request(ours.key, 'GET', '/v1/sessions')).text()
  const records = []
  for await (const key of idempotency.keys())
    records.push(Buffer.from((await idempotency.get(key))?.value ?? '').toString())
  const told = [body, list, JSON.stringify(config), JSON.stringify(world.published), ...records].join()
  for (const secret of ['ada', 'p@ss', 'p%40ss']) expect(told).not.toContain(secret)
})

test('it is changed and removed alone, and refused without a change', async () => {
  const world = await createWorld()
  const { request, ours } = world
  const id = ours.params.session_id
  const patch = async (body: unknown) => (await request(ours.key, 'PATCH', `/v1/sessions/${id}`, body)).json()
  expect(await patch({ proxy: url, pacing: { burst: 2 } })).toMatchObject({ proxy: shown, pacing: { burst: 2 } })
  expect(await patch({ pacing: { burst: 3 } })).toMatchObject({ proxy: shown, pacing: { burst: 3 } })
  expect(await patch({ proxy: 'http://10.0.0.1:3128' })).toMatchObject({
    code: 'proxy-refused',
    errors: [{ path: 'proxy' }],
  })
  expect(await patch({ proxy: '' })).toMatchObject({ code: 'proxy-refused' })
  expect(await patch({ proxy: 3128 })).toMatchObject({ code: 'invalid-request', errors: [{ path: 'proxy' }] })
  expect((await stored(world, id)).proxy).toMatchObject({ host: 'proxy.example' })
  expect(await patch({ proxy: null })).toMatchObject({ proxy: null, pacing: { burst: 3 } })
  expect((await stored(world, id)).proxy).toBeUndefined()
})

test('a proxy that fails is the reason of the status, and a finding that says what to do', async () => {
  const { request, ours, addSession, setState } = await createWorld()
  const id = await addSession(ours.tenantId, 'test')
  await request(ours.key, 'PATCH', `/v1/sessions/${id}`, { proxy: url })
  const since = new Date().toISOString()
  await setState(ours.tenantId, id, { status: 'connecting', proxyFailure: { reason: 'credentials', since } })
  const answer = session.parse(await (await request(ours.key, 'GET', `/v1/sessions/${id}`)).json())
  expect(answer).toMatchObject({
    status: 'connecting',
    reason: 'proxy_failing',
    proxy: { failure: { reason: 'credentials', since } },
  })
  expect(await (await request(ours.key, 'GET', `/v1/sessions/${id}/health`)).json()).toMatchObject({
    verdict: 'action_needed',
    findings: expect.arrayContaining([expect.objectContaining({ code: 'proxy_failing' })]),
  })
})

test('a rotation seals the proxy again and changes nothing else', async () => {
  const world = await createWorld()
  const { request, ours, deps, sessions } = world
  const id = ours.params.session_id
  await request(ours.key, 'PATCH', `/v1/sessions/${id}`, { proxy: url, pacing: { burst: 2 } })
  const before = await stored(world, id)
  const old = Buffer.from(deps.masterKey.key).toString('base64')
  const next = parseMasterKey(Buffer.alloc(32, 7).toString('base64'), 'next', `test:${old}`)
  const key = sessionConfigKey(ours.tenantId, id)
  expect(await resealProxy(sessions, next, key)).toBe('rewrapped')
  expect(await resealProxy(sessions, next, key)).toBe('current')
  const { proxy, ...rest } = await stored(world, id)
  expect(
    openText(
      parseMasterKey(Buffer.alloc(32, 7).toString('base64'), 'next'),
      proxyPlace(ours.tenantId, id),
      proxy?.sealed ?? never(),
    ),
  ).toBe(url)
  expect({ ...rest, proxy: { ...proxy, sealed: before.proxy?.sealed } }).toEqual(before)
  const lost = parseMasterKey(Buffer.alloc(32, 8).toString('base64'), 'lost')
  await expect(resealProxy(sessions, lost, key)).rejects.toThrow('sealed by the master key next')
  expect(await resealProxy(sessions, next, sessionConfigKey(ours.tenantId, 'ses_none'))).toBe('none')
})

test('what seals is bound to the session', () => {
  const master = parseMasterKey(Buffer.alloc(32, 1).toString('base64'), 'k1')
  const at = { tenantId: 'ten_1', sessionId: 'ses_1' }
  const { sealed } = sealProxy(master, at, checkProxy(url, strict))
  expect(openText(master, proxyPlace('ten_1', 'ses_1'), sealed)).toBe(url)
  expect(() => openText(master, proxyPlace('ten_2', 'ses_1'), sealed)).toThrow()
})

function never(): never {
  throw new Error('there is no proxy')
}
