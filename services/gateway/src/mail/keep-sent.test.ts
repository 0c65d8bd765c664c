import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { expect, test } from 'vitest'
import type { SendOutcome } from './attempt.ts'
import { createBell } from './bell.ts'
import { keepMailSent, type OutgoingMail } from './keep-sent.ts'
import type { MailOutcome } from './observe.ts'
import type { TakenMail } from './outbox.ts'

const content = { to: 'ada@example.com', subject: 's', text: 't', html: 'h' }
const mail = (change: Partial<TakenMail> = {}): TakenMail => ({
  ...{ mailId: 'mai_1', kind: 'verify_email', attempt: 1, content, createdAtMs: 0, expired: false },
  ...change,
})

/** Hands out `mails` once, and stops when nothing is left to do. */
async function run(mails: TakenMail[], outcome: SendOutcome, { failures = 0 }: { failures?: number } = {}) {
  const stopping = new AbortController()
  const sent: OutgoingMail[] = []
  const [removed, putOff, told]: [string[], unknown[], MailOutcome['kind'][]] = [[], [], []]
  const bell = createBell()
  let [waiting, failing] = [mails, failures]
  const store = async (change: () => unknown): Promise<void> => {
    if (failing-- > 0) throw new DatabaseUnavailable('away')
    change()
  }
  await keepMailSent(
    {
      outbox: {
        async take() {
          const taken = waiting
          waiting = []
          if (taken.length === 0) stopping.abort()
          return taken
        },
        remove: (mailId) => store(() => removed.push(mailId)),
        putOff: ({ mailId }, afterMs, code) => store(() => putOff.push({ mailId, afterMs, code })),
        waiting: async () => ({ count: 0, oldestSeconds: 0 }),
        nextQueued: bell.sleep,
      },
      send: async (one) => {
        sent.push(one)
        return outcome
      },
      observer: { attempted: (_mail, { kind }) => void told.push(kind), waiting: () => {} },
      logger: silentLogger(),
      random: () => 0.5,
      pollMs: 1,
    },
    stopping.signal,
  )
  return { sent, removed, putOff, told }
}

test('a mail that was accepted, or refused for good, is gone', async () => {
  for (const outcome of [{ kind: 'sent' }, { kind: 'refused', code: 'RCPT TO 550' }] as const) {
    const { sent, removed, putOff } = await run([mail()], outcome)
    expect(sent).toEqual([{ ...content, mailId: 'mai_1', createdAtMs: 0 }])
    expect([removed, putOff]).toEqual([['mai_1'], []])
  }
})

test('one that could not be sent now is put off, longer each time', async () => {
  const { removed, putOff } = await run([mail(), mail({ mailId: 'mai_2', attempt: 3 })], {
    kind: 'later',
    code: 'ESOCKET',
  })
  expect(removed).toEqual([])
  expect(putOff).toEqual([
    { mailId: 'mai_1', afterMs: 5_000, code: 'ESOCKET' },
    { mailId: 'mai_2', afterMs: 20_000, code: 'ESOCKET' },
  ])
})

test('one that is too old is dropped unsent, and said', async () => {
  const { sent, removed, told } = await run([mail({ expired: true })], { kind: 'sent' })
  expect([sent, removed, told]).toEqual([[], ['mai_1'], ['expired']])
})

test('one that cannot be opened waits for the key', async () => {
  const { sent, putOff } = await run([mail({ content: undefined })], { kind: 'sent' })
  expect(sent).toEqual([])
  expect(putOff).toEqual([{ mailId: 'mai_1', afterMs: 5_000, code: 'unreadable' }])
})

test('one that was sent while the database went away is not sent again', async () => {
  const { sent, removed } = await run([mail()], { kind: 'sent' }, { failures: 1 })
  expect([sent.length, removed]).toEqual([1, ['mai_1']])
})
