import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createIds,
  encodeEntropy,
  eventId,
  type IdKind,
  idPrefixes,
  idWithKind,
  isId,
  makeId,
  timeOfId,
  ulidFrom,
  ulidOf,
} from './ids.ts'

const kinds = Object.keys(idPrefixes) as IdKind[]
const kind = fc.constantFrom(...kinds)
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const tenBytes = fc.uint8Array({ minLength: 10, maxLength: 10 })

test('an id says what it names and when it was minted, and is a subject token', () => {
  fc.assert(
    fc.property(kind, time, tenBytes, (name, ms, bytes) => {
      const id = makeId(name, ms, bytes)
      expect(isId(name, id)).toBe(true)
      expect(timeOfId(id)).toBe(ms)
      expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
      for (const other of kinds) if (other !== name) expect(isId(other, id)).toBe(false)
    }),
  )
})

test('ids sort by time, whatever their entropy', () => {
  fc.assert(
    fc.property(time, time, tenBytes, tenBytes, (a, b, x, y) => {
      fc.pre(a !== b)
      expect(makeId('message', a, x) < makeId('message', b, y)).toBe(a < b)
    }),
  )
})

test('the tail holds all 80 bits: different bytes, different tails', () => {
  fc.assert(
    fc.property(tenBytes, tenBytes, (x, y) => {
      expect(encodeEntropy(x) === encodeEntropy(y)).toBe(Buffer.from(x).equals(Buffer.from(y)))
      expect(encodeEntropy(x)).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/)
    }),
  )
  expect(encodeEntropy(new Uint8Array(10))).toBe('0000000000000000')
  expect(encodeEntropy(new Uint8Array(10).fill(255))).toBe('ZZZZZZZZZZZZZZZZ')
})

test('only the first ten bytes count, and fewer are refused', () => {
  expect(encodeEntropy(new Uint8Array(32).fill(7))).toBe(encodeEntropy(new Uint8Array(10).fill(7)))
  expect(() => encodeEntropy(new Uint8Array(9))).toThrow(RangeError)
})

test('the command of a message has its ULID', () => {
  const id = makeId('message', 1_000, new Uint8Array(10))
  expect(idWithKind('command', id)).toBe(`cmd_${ulidOf(id)}`)
  expect(isId('command', idWithKind('command', id))).toBe(true)
})

test('the event ids of a session sort by sequence, are its own, and come out the same again', () => {
  const session = makeId('session', 1_000, new Uint8Array(10).fill(1))
  const sequence = fc.integer({ min: 1, max: 36 ** 6 - 1 })
  fc.assert(
    fc.property(sequence, sequence, (a, b) => {
      expect(eventId(session, a) < eventId(session, b)).toBe(a < b)
      expect(eventId(session, a)).toBe(eventId(session, a))
      expect(eventId(session, a)).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
    }),
  )
  expect(eventId(session, 1)).not.toBe(eventId(makeId('session', 1_001, new Uint8Array(10)), 1))
})

test.each([
  '',
  'msg_',
  'msg_01',
  'MSG_01KAGKA3C0H9E2AEQ7GG5VHP8X',
  'msg_01KAGKA3C0H9E2AEQ7GG5VHP8I',
  'msg_81KAGKA3C0H9E2AEQ7GG5VHP8X',
  'msg_01KAGKA3C0H9E2AEQ7GG5VHP8X.>',
])('%j is no message id', (value) => {
  expect(isId('message', value)).toBe(false)
})

test('ids come from the given clock and the given randomness', () => {
  const newId = createIds({ now: () => new Date(5_000), randomBytes: (size) => new Uint8Array(size).fill(3) })
  expect(newId('session')).toBe(`ses_${ulidFrom(5_000, new Uint8Array(10).fill(3))}`)
})
