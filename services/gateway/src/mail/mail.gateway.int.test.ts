import { randomBytes } from 'node:crypto'
import { createIds } from '@wagate/messages/ids.ts'
import { startMailServer } from '@wagate/testing/mail-server.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Surroundings, startGateway, startSurroundings } from '../testing/gateway-process.ts'
import { createMailOutbox } from './outbox.ts'

let surroundings: Surroundings
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
})
afterAll(() => stack.disposeAsync())

const metricsOf = async (baseUrl: string): Promise<string> => (await fetch(`${baseUrl}/metrics`)).text()

test('without a mail server a gateway is ready, says so, and keeps what it should send; one that has a mail server sends it', async () => {
  const outbox = createMailOutbox({
    sql: surroundings.sql,
    masterKey: { id: 'test', key: Buffer.alloc(32, 7) },
    newId: createIds({ now: () => new Date(), randomBytes }),
    onFull: () => {},
    onUnstored: () => {},
  })
  await outbox.queue({ to: 'ada@example.com', kind: 'password_changed', name: 'Ada' })
  {
    await using gateway = await startGateway(surroundings)
    expect((await fetch(`${gateway.baseUrl}/readyz`)).status).toBe(200)
    expect(gateway.log.some(({ event }) => event === 'mail.not_configured')).toBe(true)
    await waitFor(async () => (await metricsOf(gateway.baseUrl)).includes('wagate_mails_waiting{service="gateway"} 1'))
    expect(await metricsOf(gateway.baseUrl)).toContain('wagate_mail_server_configured{service="gateway"} 0')
  }
  await surroundings.sql`update mail_outbox set next_attempt_at = now()`
  await using server = await startMailServer()
  await using gateway = await startGateway(surroundings, {
    SMTP_URL: server.smtpUrl,
    MAIL_FROM: 'no-reply@wagate.example',
  })
  await waitFor(() => server.mails('ada@example.com').length === 1)
  await waitFor(async () => /wagate_mails_total\{.*outcome="sent".*\} 1/.test(await metricsOf(gateway.baseUrl)))
  expect(await gateway.stop()).toBe(0)
  expect(JSON.stringify(gateway.log)).not.toContain('ada@')
})
