// Two tenants on one system, doing the same things at the same time: neither ever meets the other.

import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Household, settle } from './src/household.ts'
import { problemOf } from './src/problem.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let households: [Household, Household]

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack()
  households = await Promise.all([settle(stack, 'red'), settle(stack, 'blue')])
})
afterAll(async () => {
  for (const household of households ?? []) await household[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

const bothWays = (): [Household, Household][] => [
  [households[0], households[1]],
  [households[1], households[0]],
]

test('lists, events and webhooks of a tenant hold its own and nothing of the other', async () => {
  for (const [own, other] of bothWays()) {
    const { client, tenantId } = own.tenant
    const seen = JSON.stringify([
      await client.listSessions(),
      await client.listMessages(own.session.sessionId),
      await client.listChats(),
      await client.listPhones(),
      await client.listWebhooks(),
      await client.listDeliveries(own.webhookId),
      await client.listPhoneMessages(own.phone.id),
      own.feed.events,
      own.receiver.received.map(({ body }) => body),
    ])
    expect(seen).toContain(own.session.sessionId)
    for (const secret of [other.tenant.tenantId, other.session.sessionId, other.messageId, other.webhookId])
      expect(seen).not.toContain(secret)
    for (const phone of [other.phone, other.session.phone]) {
      expect(seen).not.toContain(phone.id)
      expect(seen).not.toContain(phone.number)
    }
    expect(own.receiver.received.every(({ event }) => event.tenant_id === tenantId)).toBe(true)
    expect(own.receiver.refused).toEqual([])
  }
})

test('whatever a tenant asks of the other, it does not exist', async () => {
  for (const [own, other] of bothWays()) {
    const { client } = own.tenant
    const { data: chats } = await other.tenant.client.listChats()
    const { sessionId } = other.session
    const theirKey = other.tenant.apiKey.split('_')[2] ?? ''
    const text = { to: own.phone.number, type: 'text', text: { body: 'x' } } as const
    const calls: Record<string, () => Promise<unknown>> = {
      'session-not-found: read': () => client.getSession(sessionId),
      'session-not-found: health': () => client.getSessionHealth(sessionId),
      'session-not-found: change': () => client.updateSession(sessionId, { pacing: null }),
      'session-not-found: read its message': () => client.getSessionMessage(sessionId, other.messageId),
      'session-not-found: cancel its message': () => client.cancelMessage(sessionId, other.messageId),
      'message-not-found: read by our session': () => client.getSessionMessage(own.session.sessionId, other.messageId),
      'message-not-found: cancel by our session': () => client.cancelMessage(own.session.sessionId, other.messageId),
      'session-not-found: send': () => client.sendMessage(sessionId, text),
      'session-not-found: list': () => client.listMessages(sessionId),
      'session-not-found: qr': () => client.getQr(sessionId),
      'session-not-found: ask for a code': () => client.requestPairingCode(sessionId, { phone: own.phone.number }),
      'session-not-found: code': () => client.getPairingCode(sessionId),
      'session-not-found: restart': () => client.restartSession(sessionId),
      'session-not-found: logout': () => client.logoutSession(sessionId),
      'session-not-found: delete': () => client.deleteSession(sessionId),
      'session-not-found: scan': () => client.scanWithPhone(own.phone.id, { session_id: sessionId }),
      'message-not-found: read': () => client.getMessage(other.messageId),
      'chat-not-found: watch': () => client.watchChat(chats[0]?.id ?? ''),
      'chat-not-found: list': () => client.listChatMessages(chats[0]?.id ?? ''),
      'webhook-not-found: read': () => client.getWebhook(other.webhookId),
      'webhook-not-found: change': () => client.updateWebhook(other.webhookId, { enabled: false }),
      'webhook-not-found: another secret': () => client.rotateWebhookSecret(other.webhookId),
      'webhook-not-found: deliveries': () => client.listDeliveries(other.webhookId),
      'webhook-not-found: delete': () => client.deleteWebhook(other.webhookId),
      'api-key-not-found: read': () => client.getApiKey(theirKey),
      'api-key-not-found: rotate': () => client.rotateApiKey(theirKey),
      'api-key-not-found: revoke': () => client.revokeApiKey(theirKey),
      'phone-not-found: read': () => client.getPhone(other.phone.id),
      'phone-not-found: messages': () => client.listPhoneMessages(other.phone.id),
      'phone-not-found: send': () => client.sendFromPhone(other.phone.id, { to: own.phone.number, text: 'x' }),
      'phone-not-found: type': () => client.typeOnPhone(other.phone.id, { to: own.phone.number, state: 'composing' }),
      'phone-not-found: enter a code': () => client.enterCodeOnPhone(other.phone.id, { code: 'ABCD-EFGH' }),
      'phone-not-found: offline': () => client.setPhoneOnline(other.phone.id, false),
      'phone-not-found: delete': () => client.deletePhone(other.phone.id),
    }
    for (const [what, call] of Object.entries(calls))
      expect(await problemOf(call()), what).toMatchObject({ status: 404, code: what.split(':')[0] })
    await expect(client.events({ sessionId, signal: AbortSignal.timeout(10_000) }).next()).rejects.toThrow(
      /session-not-found/,
    )
    expect((await other.tenant.client.getSession(sessionId)).status).toBe('connected')
  }
})

test('the same Idempotency-Key is another request for each tenant, and another body is refused to its own only', async () => {
  const [own, other] = households
  expect(own.messageId).not.toBe(other.messageId)
  for (const { tenant, session, phone, messageId } of households) {
    const again = (text: string) =>
      tenant.client.sendMessage(
        session.sessionId,
        { to: phone.number, type: 'text', text: { body: text } },
        { idempotencyKey: 'first' },
      )
    expect((await again(`from ${phone.name}`)).id).toBe(messageId)
    expect(await problemOf(again('another'))).toMatchObject({ code: 'idempotency-key-reused' })
  }
})

test('a message to a number of the other tenant reaches nobody', async () => {
  const [own, other] = households
  const body = { to: other.phone.number, type: 'text', text: { body: 'over the wall' } } as const
  const { id } = await own.tenant.client.sendMessage(own.session.sessionId, body)
  await waitFor(async () => (await own.tenant.client.getMessage(id)).status === 'failed')
  const shown = await other.tenant.client.listPhoneMessages(other.phone.id)
  expect(JSON.stringify(shown)).not.toContain('over the wall')
})
