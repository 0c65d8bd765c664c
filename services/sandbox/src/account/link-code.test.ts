import { Curve } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { parseLinkCode, unwrapKey, wrapKey, wrappedKeyBytes } from './link-code.ts'

test.each(['ABCD1234', 'abcd-1234', ' ABCD 1234 '])('%s is read as a person means it', (text) => {
  expect(parseLinkCode(text)).toBe('ABCD1234')
})

test.each(['', 'ABCD123', 'ABCD12345', 'ABCD-123O', 'ABCD-12I4', 'ABCD-12U4', 'ABCD-1230'])('%s is no code', (text) => {
  expect(parseLinkCode(text)).toBeUndefined()
})

test('only the code that wrapped a key gives it back', async () => {
  const { public: key } = Curve.generateKeyPair()
  const wrapped = await wrapKey('ABCD1234', key)
  expect(wrapped).toHaveLength(wrappedKeyBytes)
  expect(await unwrapKey('ABCD1234', wrapped)).toEqual(Buffer.from(key))
  expect(await unwrapKey('ABCD1235', wrapped)).not.toEqual(Buffer.from(key))
})
