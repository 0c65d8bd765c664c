// Linking by code, over HTTP only, and what becomes of a code whose engine dies. Whatever links a phone is in no log and no event.
import type { PairingCode } from '@wagate/api/session.ts'
import { enginePids } from '@wagate/testing/engines.ts'
import { type EventFeed, followEvents } from '@wagate/testing/history/observe.ts'
import { connected, link } from '@wagate/testing/linked-session.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createTenant, type TestTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from './src/problem.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let tenant: TestTenant
let feed: EventFeed
/** Everything that could have linked a phone. */
const credentials: string[] = []

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ passedOn: { ENGINES: '2' } })
  tenant = await createTenant(stack)
  feed = await followEvents(tenant.client)
})
afterAll(async () => {
  await feed?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

function remember({ code }: PairingCode): string {
  if (code === null) throw new Error('there is no code')
  return rememberCode(code)
}

function rememberCode(code: string): string {
  credentials.push(code, code.replace('-', ''))
  return code
}

/** Asks for a code and waits until it is there, however busy the machine is. */
async function codeFor(sessionId: string, phone: string): Promise<string> {
  const answer = await tenant.client.requestPairingCode(sessionId, { phone })
  if (answer.code !== null) return remember(answer)
  return remember(await waitFor(() => tenant.client.getPairingCode(sessionId), { what: 'a code', deadlineMs: 60_000 }))
}

const wrongOf = (code: string) => (code.startsWith('A') ? 'B' : 'A') + code.slice(1)

test('a session is linked by a code, sends and receives', async () => {
  const { client } = tenant
  const [shop, ana] = [await client.createPhone({ name: 'Shop' }), await client.createPhone({ name: 'Ana' })]
  const { id } = await client.createSession()
  expect(await problemOf(client.getPairingCode(id))).toMatchObject({ status: 409, code: 'pairing-code-not-ready' })
  const code = await codeFor(id, shop.number)
  expect(code).toMatch(/^[1-9A-Z]{4}-[1-9A-Z]{4}$/)
  const shown = await waitFor(() => client.getPairingCode(id), { what: 'the same code', deadlineMs: 60_000 })
  expect(shown).toMatchObject({ phone: shop.number, code })
  expect(await codeFor(id, shop.number)).toBe(code)
  credentials.push((await waitFor(() => client.getQr(id), { what: 'a QR string' })).qr)

  expect(await problemOf(client.enterCodeOnPhone(ana.id, { code }))).toMatchObject({ code: 'code-refused' })
  expect(await problemOf(client.enterCodeOnPhone(shop.id, { code: wrongOf(code) }))).toMatchObject({
    code: 'code-refused',
  })
  await client.enterCodeOnPhone(shop.id, { code })
  await connected(client, id)
  expect((await client.getSession(id)).account).toEqual({ phone: shop.number, lid: shop.lid })
  expect(await problemOf(client.requestPairingCode(id, { phone: shop.number }))).toMatchObject({
    status: 409,
    code: 'session-already-linked',
  })

  const sent = await client.sendMessage(id, { to: ana.number, type: 'text', text: { body: 'hello Ana' } })
  await waitFor(async () => (await client.getMessage(sent.id)).status === 'delivered')
  await client.sendFromPhone(ana.id, { to: shop.number, text: 'hello shop' })
  await feed.next((event) => event.type === 'message.received' && event.session_id === id)
  const own = feed.events.filter(({ data }) => data.session_id === id).map(({ data }) => data.type)
  expect(own.filter((type) => type === 'session.code_issued' || type === 'session.paired')).toEqual([
    'session.code_issued',
    'session.paired',
  ])
})

test('when the engine dies while a code waits, the old code and QR string are withdrawn and new ones link', async () => {
  const { client } = tenant
  const phone = await client.createPhone()
  const { id } = await client.createSession()
  const first = await codeFor(id, phone.number)
  const { qr } = await waitFor(() => client.getQr(id), { what: 'a QR string' })
  for (const pid of enginePids(stack.pid('worker'))) process.kill(pid, 'SIGKILL')

  const codeAfter = async () => {
    const { code } = await client.getPairingCode(id)
    return code !== null && code !== first && code
  }
  await waitFor(codeAfter, { what: 'another code', deadlineMs: 60_000 })
  const now = await waitFor(() => client.getQr(id), { what: 'another QR string' })
  expect(now.qr).not.toBe(qr)
  credentials.push(qr, now.qr)
  // The engines that were started again share the partitions anew: a session that moves meanwhile shows another code, as it says.
  await waitFor(
    async () => {
      const code = await codeAfter()
      return code && client.enterCodeOnPhone(phone.id, { code: rememberCode(code) })
    },
    { what: 'a code that the phone can enter', deadlineMs: 60_000, everyMs: 250 },
  )
  await connected(client, id)
})

test('a number that nobody has is refused, and the QR code links all the same', async () => {
  const { client } = tenant
  const phone = await client.createPhone()
  const { id } = await client.createSession()
  await waitFor(() => client.getQr(id), { what: 'a QR string', deadlineMs: 60_000 })
  // On a busy machine the answer may come before the refusal, which can be fetched as well.
  const refused = await waitFor(
    async () => {
      const { status, code } = await problemOf(
        client.requestPairingCode(id, { phone: '+999000000' }).then(() => client.getPairingCode(id)),
      )
      return code !== 'pairing-code-not-ready' && { status, code }
    },
    { what: 'a refusal', deadlineMs: 60_000 },
  )
  expect(refused).toEqual({ status: 422, code: 'pairing-number-refused' })
  await link(client, id, phone)
})

test('no QR string and no code is in any log or event', () => {
  expect(credentials.length).toBeGreaterThan(6)
  const said = (['gateway', 'worker', 'projector', 'webhooks', 'scheduler', 'sandbox'] as const).map((name) =>
    stack.log(name, 1e6),
  )
  const told = `${said.join('\n')}\n${JSON.stringify(feed.events)}`
  expect(told).toContain('session.code_issued')
  for (const credential of credentials) {
    expect(told.includes(credential), 'a credential was written down').toBe(false)
    for (const secret of credential.split(',').slice(1, -1)) expect(told.includes(secret)).toBe(false)
  }
})
