import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFrameReader, frameHeader } from './frames.ts'
import { noisePrologue } from './handshake.ts'

const framed = (payloads: Uint8Array[]) =>
  Buffer.concat(payloads.flatMap((payload) => [frameHeader(payload.length), Buffer.from(payload)]))

test('frames come out whole and in order however the bytes are cut', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(payloads, cuts, (sent, sizes) => {
      const reader = createFrameReader()
      const stream = Buffer.concat([noisePrologue, framed(sent)])
      const read: Buffer[] = []
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1
        read.push(...reader.push(stream.subarray(at, at + size)))
        at += size
      }
      expect(read.map((frame) => frame.toString('hex'))).toEqual(sent.map((p) => Buffer.from(p).toString('hex')))
    }),
  )
})

test('an edge-routing preamble is skipped', () => {
  const routing = Buffer.from([1, 2, 3, 4, 5])
  const preamble = Buffer.from([0x45, 0x44, 0, 1, 0, 0, routing.length, ...routing])
  const frames = createFrameReader().push(Buffer.concat([preamble, noisePrologue, framed([Buffer.from('hello')])]))
  expect(frames.map(String)).toEqual(['hello'])
})

test('a wrong prologue and an oversized frame are errors', () => {
  expect(() => createFrameReader().push(Buffer.from('GET / HTTP/1.1'))).toThrow(/prologue/)
  const oversized = Buffer.concat([noisePrologue, Buffer.from([0xff, 0xff, 0xff])])
  expect(() => createFrameReader().push(oversized)).toThrow(/too large/)
})
