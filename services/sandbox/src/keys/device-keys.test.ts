import { expect, test } from 'vitest'
import { createClientKeys } from './device-keys.ts'

const bytes = (length: number) => Buffer.alloc(length, 1)
const signedPreKey = { id: 1, publicKey: bytes(32), signature: bytes(64) }

function createKeys(preKeys: number) {
  const lows: number[] = []
  let exhausted = 0
  const keys = createClientKeys(
    { registrationId: 7, identityKey: bytes(32), signedPreKey },
    { onLow: (left) => lows.push(left), onTaken: () => {}, onExhausted: () => exhausted++ },
  )
  const upload = (first: number, count: number) => {
    const uploaded = Array.from({ length: count }, (_, i) => ({ id: first + i, publicKey: bytes(32) }))
    keys.upload({ registrationId: 7, signedPreKey, preKeys: uploaded })
  }
  upload(1, preKeys)
  return { keys, lows, upload, exhausted: () => exhausted }
}

test('a client is warned once when fewer than five keys are left, and again only after it uploaded', () => {
  const { keys, lows, upload } = createKeys(7)
  for (let i = 0; i < 5; i++) keys.takeBundle()
  expect(lows).toEqual([4])
  upload(100, 5)
  for (let i = 0; i < 4; i++) keys.takeBundle()
  expect(lows).toEqual([4, 4])
})

test('without one-time pre-keys a bundle still starts a session, and that is counted', () => {
  const { keys, exhausted } = createKeys(1)
  expect(keys.takeBundle().preKey?.id).toBe(1)
  expect(keys.takeBundle()).toEqual({ registrationId: 7, identityKey: bytes(32), signedPreKey, preKey: undefined })
  expect(exhausted()).toBe(1)
})
