import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashSecret, mintKey, parseKey } from './key.ts'

test('a minted key parses back to its mode, id and secret', () => {
  for (const mode of ['test', 'live'] as const) {
    const minted = mintKey(mode, randomBytes)
    const parsed = parseKey(minted.text)
    expect(parsed).toMatchObject({ ok: true, key: { mode, keyId: minted.keyId } })
    if (parsed.ok) expect(hashSecret(parsed.key.secret)).toBe(minted.secretHash)
    expect(minted.text).not.toContain(minted.secretHash)
  }
})

test('a key with one character changed never parses', () => {
  const { text } = mintKey('test', randomBytes)
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...'abcXYZ019_'), (at, character) => {
      fc.pre(text[at] !== character)
      expect(parseKey(text.slice(0, at) + character + text.slice(at + 1)).ok).toBe(false)
    }),
  )
})

test('what is not a key is told apart from what was mistyped', () => {
  const { text } = mintKey('live', randomBytes)
  expect(parseKey('Bearer')).toEqual({ ok: false, reason: 'format' })
  expect(parseKey(text.slice(0, -1))).toEqual({ ok: false, reason: 'format' })
  expect(parseKey(text.replace('wgk_live', 'wgk_test'))).toEqual({ ok: false, reason: 'checksum' })
})
