import { createCipheriv, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openBatch, pack, sealBatch } from './codec.ts'
import { PackedKeys } from './packed-keys.ts'

const cipher = { tenantId: 'ten_A', sessionId: 'ses_A', key: randomBytes(32) }
const header = { epoch: 3, position: 7 }

/** A batch of version 1, as workers wrote it whose logs may still lie in a broker. */
function sealedInVersion1(records: unknown[]): Buffer {
  const iv = randomBytes(12)
  const gcm = createCipheriv('aes-256-gcm', cipher.key, iv)
  gcm.setAAD(Buffer.from(`ten_A|ses_A|wal|${header.epoch}|${header.position}`))
  const sealed = Buffer.concat([gcm.update(pack({ relayed: 1, records: records.map(pack) })), gcm.final()])
  const prefix = Buffer.from([1, 0, 0, 0, header.epoch, 0, 0, 0, header.position])
  return Buffer.concat([prefix, iv, sealed, gcm.getAuthTag()])
}

test('keys that were logged as values are read as keys that were logged packed', () => {
  const record = {
    kind: 'KEYS',
    mutations: { session: { 'a.0': { v: 1 }, 'b.0': null }, 'sender-key': { g: Buffer.from('k') } },
  }
  const { batch, ...read } = openBatch(cipher, sealedInVersion1([record]))
  expect(read).toEqual(header)
  const keys = new PackedKeys()
  for (const opened of batch.records) if (opened.kind === 'KEYS') keys.apply(opened.mutations)
  expect(keys.get('session', 'a.0')).toEqual({ v: 1 })
  expect(keys.has('session', 'b.0')).toBe(false)
  expect(keys.get('sender-key', 'g')).toEqual(Buffer.from('k'))
})

test('a batch of a version that is not known is refused', () => {
  const bytes = sealBatch(cipher, header, { relayed: 0, records: [] })
  bytes[0] = 99
  expect(() => openBatch(cipher, bytes)).toThrow('version 99')
})
