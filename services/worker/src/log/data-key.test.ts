import { randomBytes } from 'node:crypto'
import { parseMasterKey } from '@wagate/runtime/seal.ts'
import { expect, test } from 'vitest'
import { type KeyBucket, loadDataKey, rewrapKey } from './data-key.ts'

const base64 = () => randomBytes(32).toString('base64')
const empty = async () => false

class MemoryBucket implements KeyBucket {
  readonly entries = new Map<string, { value: Uint8Array; revision: number }>()
  #revision = 0

  async get(key: string) {
    return this.entries.get(key)
  }
  async create(key: string, value: Uint8Array) {
    if (this.entries.has(key)) throw new Error('exists')
    this.#set(key, value)
  }
  async update(key: string, value: Uint8Array, revision: number) {
    if (this.entries.get(key)?.revision !== revision) throw new Error('wrong revision')
    this.#set(key, value)
  }
  #set(key: string, value: Uint8Array) {
    this.#revision += 1
    this.entries.set(key, { value, revision: this.#revision })
  }
  wrappedBy(key: string): string {
    return JSON.parse(Buffer.from(this.entries.get(key)?.value ?? []).toString()).kekId
  }
}

test('two workers that make a session its key at once end with the same one', async () => {
  const bucket = new MemoryBucket()
  const master = parseMasterKey(base64(), 'k1')
  const [one, two] = await Promise.all([1, 2].map(() => loadDataKey(bucket, master, 'ten_A', 'ses_A', empty)))
  expect(one).toEqual(two)
})

test('a key under an old master key opens, and is under the current one from then on', async () => {
  const bucket = new MemoryBucket()
  const first = base64()
  const made = await loadDataKey(bucket, parseMasterKey(first, 'k1'), 'ten_A', 'ses_A', empty)
  const rotated = parseMasterKey(base64(), 'k2', `k1:${first}`)
  expect(Buffer.from(await loadDataKey(bucket, rotated, 'ten_A', 'ses_A', empty))).toEqual(made)
  expect(bucket.wrappedBy('ten_A.ses_A')).toBe('k2')
  expect(await rewrapKey(bucket, rotated, 'ten_A', 'ses_A')).toBe('current')
  const afterwards = { id: rotated.id, key: rotated.key }
  expect(Buffer.from(await loadDataKey(bucket, afterwards, 'ten_A', 'ses_A', empty))).toEqual(made)
})

test('a key that was deleted or changed while it was wrapped again stays so', async () => {
  const bucket = new MemoryBucket()
  const first = base64()
  const master = parseMasterKey(base64(), 'k2', `k1:${first}`)
  expect(await rewrapKey(bucket, master, 'ten_A', 'ses_A')).toBe('gone')
  await loadDataKey(bucket, parseMasterKey(first, 'k1'), 'ten_A', 'ses_A', empty)
  const stale = await bucket.get('ten_A.ses_A')
  await rewrapKey(bucket, master, 'ten_A', 'ses_A')
  await expect(
    rewrapKey({ ...bucket, get: async () => stale, update: bucket.update.bind(bucket) }, master, 'ten_A', 'ses_A'),
  ).rejects.toThrow('revision')
})

test('without its master key a key does not open, nor in the place of another session', async () => {
  const bucket = new MemoryBucket()
  const master = parseMasterKey(base64(), 'k1')
  await loadDataKey(bucket, master, 'ten_A', 'ses_A', empty)
  await expect(loadDataKey(bucket, parseMasterKey(base64(), 'k2'), 'ten_A', 'ses_A', empty)).rejects.toThrow(
    'master key k1',
  )
  const stored = bucket.entries.get('ten_A.ses_A')
  if (stored) bucket.entries.set('ten_A.ses_B', stored)
  await expect(loadDataKey(bucket, master, 'ten_A', 'ses_B', empty)).rejects.toThrow()
})

test('a log whose key is gone is not given another one', async () => {
  const bucket = new MemoryBucket()
  const master = parseMasterKey(base64(), 'k1')
  await expect(loadDataKey(bucket, master, 'ten_A', 'ses_A', async () => true)).rejects.toThrow(
    'key of its log is gone',
  )
  expect(bucket.entries.size).toBe(0)
})
