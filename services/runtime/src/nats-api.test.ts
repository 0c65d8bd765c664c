import { expect, test } from 'vitest'
import { BrokerRefused, BrokerUnavailable, ConcurrentAppend, WrongLastSequence } from './errors.ts'
import { errorIn } from './nats-api.ts'

const refusal = (err_code: number) => ({ error: { code: 400, err_code, description: 'x' }, stream: 'S', seq: 0 })

test.each([
  [10071, WrongLastSequence],
  [10164, ConcurrentAppend],
  [10077, BrokerRefused],
  [10008, BrokerUnavailable],
])('JetStream error %i has a class of its own', (code, expected) => {
  expect(errorIn(refusal(code))).toBeInstanceOf(expected)
})

test('a lost race is not taken for one that is still running', () => {
  expect(errorIn(refusal(10164))).not.toBeInstanceOf(WrongLastSequence)
})

test('an acknowledgement is no error', () => {
  expect(errorIn({ stream: 'S', seq: 5 })).toBeUndefined()
})
