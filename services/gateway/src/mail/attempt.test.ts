import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outcomeOf, retryAfterMs } from './attempt.ts'

const failed = (fields: object) => outcomeOf(Object.assign(new Error('550 <ada@example.com> unknown'), fields))

test.each([
  ['an unknown recipient', { responseCode: 550, command: 'RCPT TO', code: 'EENVELOPE' }, 'refused', 'RCPT TO 550'],
  ['refused content', { responseCode: 554, command: 'DATA', code: 'EMESSAGE' }, 'refused', 'DATA 554'],
  ['an address that cannot be', { command: 'API', code: 'EENVELOPE' }, 'refused', 'EENVELOPE'],
  ['greylisting', { responseCode: 451, command: 'RCPT TO', code: 'EENVELOPE' }, 'later', 'RCPT TO 451'],
  ['a full mailbox', { responseCode: 452, command: 'DATA', code: 'EMESSAGE' }, 'later', 'DATA 452'],
  ['a wrong password', { responseCode: 535, command: 'AUTH PLAIN', code: 'EAUTH' }, 'later', 'AUTH PLAIN 535'],
  ['missing credentials', { responseCode: 530, command: 'RCPT TO', code: 'EENVELOPE' }, 'later', 'RCPT TO 530'],
  [
    'a sender that we may not use',
    { responseCode: 550, command: 'MAIL FROM', code: 'EENVELOPE' },
    'later',
    'MAIL FROM 550',
  ],
  ['no STARTTLS', { responseCode: 502, command: 'STARTTLS', code: 'ETLS' }, 'later', 'STARTTLS 502'],
  ['a server that sends us away', { responseCode: 554, command: 'CONN', code: 'EPROTOCOL' }, 'later', 'CONN 554'],
  ['no connection', { command: 'CONN', code: 'ESOCKET' }, 'later', 'ESOCKET'],
  ['anything else', {}, 'later', 'unknown'],
])('%s', (_case, fields, kind, code) => {
  expect(failed(fields)).toMatchObject({ kind, code })
})

test('what a mail server answers is not told: it quotes addresses', () => {
  for (const command of ['RCPT TO', 'DATA', 'MAIL FROM', 'AUTH PLAIN', 'API'])
    for (const responseCode of [undefined, 451, 550])
      expect(JSON.stringify(failed({ command, responseCode, code: 'EENVELOPE' }))).not.toContain('example.com')
})

test('what is no error at all is tried again', () => {
  expect(outcomeOf('oops')).toEqual({ kind: 'later', code: 'unknown' })
})

test('each pause is longer than the one before until it is ten minutes, and never far from it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const exact = Math.min(5_000 * 2 ** (attempt - 1), 600_000)
        expect(Math.abs(retryAfterMs(attempt, random) - exact)).toBeLessThanOrEqual(exact * 0.2 + 1)
      },
    ),
  )
})
