import { expect, test } from 'vitest'
import { rememberVerified } from './verified.ts'

function world(verify: () => boolean) {
  let computed = 0
  const curve = {
    verify: (..._parts: [Uint8Array, Uint8Array, Uint8Array]) => {
      computed += 1
      return verify()
    },
  }
  rememberVerified(curve)
  const check = (...parts: [string, string, string]): boolean => {
    const [key, message, signature] = parts.map((part) => Buffer.from(part))
    if (!key || !message || !signature) throw new Error('three parts')
    return curve.verify(key, message, signature)
  }
  return { check, computed: () => computed }
}

test('a good signature is computed once', () => {
  const { check, computed } = world(() => true)
  expect([check('key', 'message', 'signature'), check('key', 'message', 'signature')]).toEqual([true, true])
  expect(computed()).toBe(1)
})

test('another key, message or signature is another question, however the bytes are divided', () => {
  const { check, computed } = world(() => true)
  check('key', 'message', 'signature')
  check('other', 'message', 'signature')
  check('key', 'other', 'signature')
  check('key', 'message', 'other')
  check('keym', 'essage', 'signature')
  expect(computed()).toBe(5)
})

test('a bad signature is bad each time', () => {
  const { check, computed } = world(() => false)
  expect([check('key', 'message', 'bad'), check('key', 'message', 'bad')]).toEqual([false, false])
  expect(computed()).toBe(2)
})
