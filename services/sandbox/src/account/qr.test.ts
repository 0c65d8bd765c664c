import { expect, test } from 'vitest'
import { parsePairingQr } from './qr.ts'

const key = (byte: number) => Buffer.alloc(32, byte)
const keys = [1, 2, 3].map((byte) => key(byte).toString('base64')).join(',')

test('a QR string is read with or without its link', () => {
  const expected = { ref: 'ref-1', noiseKey: key(1), identityKey: key(2), advSecret: key(3) }
  expect(parsePairingQr(`https://wa.me/settings/linked_devices#ref-1,${keys},1`)).toEqual(expected)
  expect(parsePairingQr(`ref-1,${keys}`)).toEqual(expected)
})

test.each(['', 'hello', 'https://example.com', 'ref,,,', `,${keys}`, 'ref,AAAA,BBBB,CCCC'])(
  '%s is no QR string',
  (text) => {
    expect(parsePairingQr(text)).toBeUndefined()
  },
)
