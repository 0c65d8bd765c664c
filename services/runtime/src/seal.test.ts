import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openSecret, parseMasterKey, sealSecret } from './seal.ts'

const master = parseMasterKey(randomBytes(32).toString('base64'), 'k1')

test('a sealed secret opens at its place, with its key', () => {
  const sealed = sealSecret(master, 'ten_1|whe_1', 'whsec_abc')
  expect(openSecret(master, 'ten_1|whe_1', sealed)).toBe('whsec_abc')
  expect(Buffer.from(sealed.ciphertext).includes('whsec')).toBe(false)
})

test('it opens neither at another place, nor changed, nor with another key', () => {
  const sealed = sealSecret(master, 'ten_1|whe_1', 'whsec_abc')
  expect(() => openSecret(master, 'ten_1|whe_2', sealed)).toThrow()
  const changed = { ...sealed, ciphertext: sealed.ciphertext.map((byte) => byte ^ 1) }
  expect(() => openSecret(master, 'ten_1|whe_1', changed)).toThrow()
  expect(() => openSecret(master, 'ten_1|whe_1', { ...sealed, tag: sealed.tag.subarray(0, 4) })).toThrow()
  const sameId = parseMasterKey(randomBytes(32).toString('base64'), 'k1')
  expect(() => openSecret(sameId, 'ten_1|whe_1', sealed)).toThrow()
  expect(() => openSecret({ ...master, id: 'k2' }, 'ten_1|whe_1', sealed)).toThrow('sealed by the master key k1')
})

test('what an old master key sealed opens, and what is sealed now is by the current one', () => {
  const base64 = () => randomBytes(32).toString('base64')
  const [first, second] = [base64(), base64()]
  const sealed = sealSecret(parseMasterKey(first, 'k1'), 'place', 'secret')
  const rotated = parseMasterKey(second, 'k2', `k0:${base64()}, k1:${first}`)
  expect(openSecret(rotated, 'place', sealed)).toBe('secret')
  expect(sealSecret(rotated, 'place', 'secret').kekId).toBe('k2')
  expect(() => parseMasterKey(second, 'k1', `k1:${first}`)).toThrow('one id')
  expect(() => parseMasterKey(second, 'k2', 'k1:short')).toThrow('k1 must be 32 bytes')
})

test('a master key of the wrong length is refused', () => {
  expect(() => parseMasterKey(randomBytes(16).toString('base64'), 'k1')).toThrow('32 bytes')
})
