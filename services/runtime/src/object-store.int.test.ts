import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { startS3 } from '@wagate/testing/s3.ts'
import { expect, test } from 'vitest'
import { objectStore } from './object-store.ts'

const open = (s3: { url: string; accessKeyId: string; secretAccessKey: string }) =>
  objectStore({
    endpoint: s3.url,
    bucket: 'wagate',
    region: 'us-east-1',
    accessKeyId: s3.accessKeyId,
    secretAccessKey: s3.secretAccessKey,
  })

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

test('a stream of several parts comes back byte for byte', async () => {
  await using s3 = await startS3(['wagate'])
  const store = open(s3)
  const chunks = Array.from({ length: 180 }, () => randomBytes(65_536 + 7))
  const whole = Buffer.concat(chunks)
  await store.put('media/big', Readable.from(chunks), { contentType: 'video/mp4' })
  const found = await store.get('media/big')
  if (!found) throw new Error('not stored')
  expect([found.sizeBytes, found.contentType]).toEqual([whole.length, 'video/mp4'])
  expect(sha256(Buffer.concat(await found.body.toArray()))).toBe(sha256(whole))
  store.close()
})

test('a stream shorter than one part, and bytes, come back byte for byte', async () => {
  await using s3 = await startS3(['wagate'])
  const store = open(s3)
  await store.put('a', Readable.from([Buffer.from('hello '), Buffer.from('there')]))
  await store.put('b', new Uint8Array([1, 2, 3]))
  expect(new TextDecoder().decode(await store.getBytes('a'))).toBe('hello there')
  expect(await store.getBytes('b')).toEqual(new Uint8Array([1, 2, 3]))
  store.close()
})

test('what is not there is undefined, and deleting it is no error', async () => {
  await using s3 = await startS3(['wagate'])
  const store = open(s3)
  expect(await store.get('missing')).toBeUndefined()
  expect(await store.getBytes('missing')).toBeUndefined()
  expect(await store.head('missing')).toBeUndefined()
  await store.delete('missing')
  store.close()
})

test('head, list and delete see what was put', async () => {
  await using s3 = await startS3(['wagate'])
  const store = open(s3)
  for (const key of ['s/t/1', 's/t/2', 's/u/1']) await store.put(key, new Uint8Array(10))
  expect(await store.head('s/t/1')).toMatchObject({ sizeBytes: 10 })
  expect(await Array.fromAsync(store.list('s/t/'))).toEqual(['s/t/1', 's/t/2'])
  await store.delete('s/t/1')
  expect(await Array.fromAsync(store.list('s/t/'))).toEqual(['s/t/2'])
  store.close()
})
