import { randomBytes } from 'node:crypto'
import { createIds } from '@wagate/messages/ids.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { type MailServer, startMailServer } from '@wagate/testing/mail-server.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { keepMailSent } from './keep-sent.ts'
import { verifyEmailLink } from './links.ts'
import type { Mail } from './mail.ts'
import { createMailObserver } from './observe.ts'
import { createMailOutbox } from './outbox.ts'
import { createSmtp } from './smtp.ts'
import { parseMailFrom, parseSmtpUrl } from './smtp-url.ts'

const now = () => new Date()
const newId = createIds({ now, randomBytes })
const masterKey = { id: 'test', key: Buffer.alloc(32, 7) }
const token = 'secret-token-4711'
const link = verifyEmailLink('https://app.example.com', token)
const verify = (to: string): Mail => ({ to, kind: 'verify_email', name: 'Ada Lovelace', link, validMinutes: 30 })

type Row = { mail_id: string; attempts: number; last_error: string | null }

/** A database, and as many gateways on it as a test wants. Use with `await using`. */
async function startWorld() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await cloneDatabase())
  const lines: string[] = []
  const logger = createLogger({
    ...{ service: 'test', level: 'debug' as const },
    destination: { write: (line: string) => void lines.push(line) },
  })
  const connect = () => {
    const sql = openPostgres({ url: database.urlFor('wagate_api'), applicationName: 'test', max: 3 })
    stack.defer(() => sql.end())
    return sql
  }
  const sql = connect()
  const full: string[] = []
  const outboxOf = (capacity?: number) =>
    createMailOutbox({
      ...{ sql: connect(), masterKey, newId },
      ...(capacity ? { capacity } : {}),
      onFull: (kind) => void full.push(kind),
      onUnstored: () => {},
    })
  const observer = createMailObserver({ logger, metrics: createMetrics({ service: 'test', processMetrics: false }) })

  return {
    ...{ sql, outboxOf, full },
    log: () => lines.join(''),
    rows: () => sql<Row[]>`select mail_id, attempts, last_error from mail_outbox order by mail_id`,
    /** What a gateway does besides everything else: takes mails on, and sends them. */
    addGateway(smtpUrl: string) {
      const outbox = outboxOf()
      const smtp = createSmtp({
        access: parseSmtpUrl(smtpUrl, 'optional'),
        from: parseMailFrom('Wagate <no-reply@wagate.example>'),
      })
      const stopping = new AbortController()
      const sending = keepMailSent(
        { outbox, send: smtp.send, observer, logger, random: Math.random, retryAfter: () => 50, pollMs: 50 },
        stopping.signal,
      )
      stack.defer(async () => {
        stopping.abort()
        await sending
        smtp.close()
      })
      return outbox
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const arrived = (server: MailServer, to: string) => waitFor(() => server.mails(to)[0], { what: `a mail to ${to}` })

test('a queued mail arrives once, and nothing of it stays', async () => {
  await using server = await startMailServer()
  await using world = await startWorld()
  const gateway = world.addGateway(server.smtpUrl)
  await gateway.queue(verify('ada@example.com'))
  const mail = await arrived(server, 'ada@example.com')
  expect(mail).toMatchObject({
    subject: 'Confirm your e-mail address',
    from: '"Wagate" <no-reply@wagate.example>',
    to: ['ada@example.com'],
    links: [link],
  })
  expect(mail.text).toContain('Hello Ada Lovelace,')
  expect(mail.html).toContain('Hello Ada Lovelace,')
  expect(mail.messageId).toMatch(/^<mai_[0-9A-Z]{26}@wagate\.example>$/)
  expect(mail.headers).toMatchObject({ 'auto-submitted': 'auto-generated' })
  expect(mail.headers).not.toHaveProperty('x-mailer')
  await waitFor(async () => (await world.rows()).length === 0)
  expect(server.mails()).toHaveLength(1)
})

test('while the mail server is away mails are taken on, and arrive once it is back', async () => {
  const before = await startMailServer()
  await before.stop()
  await using world = await startWorld()
  const gateway = world.addGateway(before.smtpUrl)
  for (const name of ['ada', 'ben', 'eve']) await gateway.queue(verify(`${name}@example.com`))
  await waitFor(async () =>
    (await world.rows()).every(({ attempts, last_error }) => attempts > 1 && last_error === 'ESOCKET'),
  )
  await using server = await startMailServer({ smtpPort: before.smtpPort })
  await waitFor(() => server.mails().length === 3)
  await waitFor(async () => (await world.rows()).length === 0)
  expect(
    server
      .mails()
      .flatMap(({ to }) => to)
      .sort(),
  ).toEqual(['ada@example.com', 'ben@example.com', 'eve@example.com'])
})

test('a mail that is refused for good is dropped at once; one that is refused for now is kept', async () => {
  await using server = await startMailServer()
  await using world = await startWorld()
  const gateway = world.addGateway(server.smtpUrl)
  for (const at of ['recipient', 'content'] as const) {
    server.refuse({ at, status: 550 })
    await gateway.queue(verify('nobody@example.com'))
    await waitFor(async () => (await world.rows()).length === 0)
  }
  server.refuse({ at: 'recipient', status: 451 })
  await gateway.queue(verify('ada@example.com'))
  await waitFor(async () => (await world.rows())[0]?.last_error === 'RCPT TO 451')
  server.refuse()
  await arrived(server, 'ada@example.com')
  expect(server.mails()).toHaveLength(1)
})

test('gateways that send at the same time send each mail once', async () => {
  await using server = await startMailServer()
  await using world = await startWorld()
  const outbox = world.outboxOf()
  const people = Array.from({ length: 60 }, (_, index) => `person-${index}@example.com`)
  await Promise.all(people.map((to) => outbox.queue(verify(to))))
  for (let gateway = 0; gateway < 3; gateway++) world.addGateway(server.smtpUrl)
  await waitFor(async () => (await world.rows()).length === 0)
  expect(
    server
      .mails()
      .flatMap(({ to }) => to)
      .sort(),
  ).toEqual(people.sort())
})

test('a mail that a gateway died over is sent by another, as the same message', async () => {
  await using server = await startMailServer()
  await using world = await startWorld()
  const dead = world.outboxOf()
  await dead.queue(verify('ada@example.com'))
  const [taken] = await dead.take(1, 100)
  expect(await dead.take(1, 100)).toEqual([])
  world.addGateway(server.smtpUrl)
  const mail = await arrived(server, 'ada@example.com')
  expect(mail.messageId).toBe(`<${taken?.mailId}@wagate.example>`)
  expect(Date.parse(mail.headers.date ?? '')).toBe(Math.floor((taken?.createdAtMs ?? 0) / 1_000) * 1_000)
})

test('what a gateway learns too late changes nothing for the one that has the mail now', async () => {
  await using world = await startWorld()
  const [slow, next] = [world.outboxOf(), world.outboxOf()]
  await slow.queue(verify('ada@example.com'))
  const [first] = await slow.take(1, 1)
  const [second] = await waitFor(async () => {
    const taken = await next.take(1, 60_000)
    return taken.length > 0 && taken
  })
  if (!first || !second) throw new Error('the mail was not taken')
  await slow.putOff(first, 0, 'timeout')
  expect(await slow.take(1, 1)).toEqual([])
  expect(await world.rows()).toMatchObject([{ attempts: 2, last_error: null }])
})

test('mails to somebody who is gone are not sent, and those to others are', async () => {
  await using server = await startMailServer()
  await using world = await startWorld()
  const outbox = world.outboxOf()
  for (const to of ['ada@example.com', 'ben@example.com', 'ada@example.com']) await outbox.queue(verify(to))
  await outbox.removeTo('ada@example.com')
  expect(await world.rows()).toHaveLength(1)
  world.addGateway(server.smtpUrl)
  await arrived(server, 'ben@example.com')
  expect(server.mails()).toHaveLength(1)
})

test('a mail whose link has run out is dropped unsent', async () => {
  await using server = await startMailServer()
  await using world = await startWorld()
  const outbox = world.outboxOf()
  await outbox.queue(verify('ada@example.com'))
  await outbox.queue({ to: 'ada@example.com', kind: 'password_changed', name: 'Ada' })
  const [lives] = await world.sql`
    select array_agg(round(extract(epoch from expires_at - created_at) / 60)::int order by kind) as minutes from mail_outbox`
  expect(lives?.minutes).toEqual([24 * 60, 30])
  await world.sql`update mail_outbox set expires_at = now() where kind = 'verify_email'`
  world.addGateway(server.smtpUrl)
  await waitFor(async () => (await world.rows()).length === 0)
  expect(server.mails().map(({ subject }) => subject)).toEqual(['Your password was changed'])
  expect(world.log()).toContain('"outcome":"expired"')
})

test('no more mails wait than there may, and whoever queues does not learn it', async () => {
  await using world = await startWorld()
  const outbox = world.outboxOf(2)
  for (const name of ['ada', 'ben', 'eve']) await outbox.queue(verify(`${name}@example.com`))
  expect(await world.rows()).toHaveLength(2)
  expect(world.full).toEqual(['verify_email'])
  expect(await outbox.waiting()).toMatchObject({ count: 2 })
})

test.each([
  'ada@example.com, eve@example.com',
  'Ada <ada@example.com>',
  'ada@example.com\r\nBcc: eve@example.com',
  'ada',
  '',
])('a mail to %j is refused, because it is not one address', async (to) => {
  await using world = await startWorld()
  await expect(world.outboxOf().queue(verify(to))).rejects.toThrow(RangeError)
  expect(await world.rows()).toEqual([])
})

test('the table tells nobody whom a mail is to and what it says', async () => {
  await using world = await startWorld()
  await world.outboxOf().queue(verify('ada@example.com'))
  const [row] = await world.sql<{ text: string; bytes: string }[]>`
    select mail_outbox::text as text, encode(content_ciphertext, 'escape') as bytes from mail_outbox`
  const hex = (word: string) => Buffer.from(word).toString('hex')
  for (const word of ['ada@example.com', 'example.com', 'Lovelace', token, 'Confirm'])
    for (const written of [word, hex(word)]) expect(`${row?.text} ${row?.bytes}`).not.toContain(written)
  const stranger = createMailOutbox({
    ...{ sql: world.sql, newId, onFull: () => {}, onUnstored: () => {} },
    masterKey: { id: 'test', key: Buffer.alloc(32, 8) },
  })
  expect(await stranger.take(1, 1_000)).toMatchObject([{ content: undefined, kind: 'verify_email' }])
})

test('the log tells what became of a mail, and neither to whom it was nor what it said', async () => {
  await using server = await startMailServer()
  await using world = await startWorld()
  const gateway = world.addGateway(server.smtpUrl)
  await gateway.queue(verify('ada@example.com'))
  await arrived(server, 'ada@example.com')
  server.refuse({ at: 'recipient', status: 550 })
  await gateway.queue(verify('ben@example.com'))
  await waitFor(() => world.log().includes('"outcome":"refused"'))
  await server.stop()
  await gateway.queue(verify('eve@example.com'))
  await waitFor(() => world.log().includes('"outcome":"later"'))
  expect(world.log()).toMatch(
    /"event":"mail.attempted","mailId":"mai_\w+","kind":"verify_email","attempt":1,"outcome":"sent"/,
  )
  for (const word of ['ada@', 'ben@', 'eve@', 'example.com', 'Lovelace', token, 'Confirm'])
    expect(world.log()).not.toContain(word)
})

test('a connection that must be encrypted and cannot be, or not with a certificate we trust, carries no mail', async () => {
  for (const offersTls of [false, true]) {
    await using server = await startMailServer({ offersTls })
    await using world = await startWorld()
    const gateway = world.addGateway(`${server.smtpUrl}?starttls=required`)
    await gateway.queue(verify('ada@example.com'))
    await waitFor(async () => (await world.rows())[0]?.last_error)
    expect(server.mails()).toEqual([])
  }
})
