import { expect, test } from 'vitest'
import { z } from 'zod'
import type { KvEntry } from './broker.ts'
import { fakeBucket } from './fakes/bucket.ts'
import { silentLogger } from './logger.ts'
import { mirror } from './mirror.ts'

/** A mirror whose watch is late: it tells what the test tells it. */
async function lateMirror() {
  const bucket = fakeBucket('tenants')
  let tell: (entry: KvEntry) => void = () => {}
  const held = await mirror(
    {
      ...bucket,
      watch: async ({ onEntry }) => {
        tell = onEntry
        return { ready: Promise.resolve(), stop: async () => {} }
      },
    },
    z.number(),
    { logger: silentLogger() },
  )
  const put = (value: number) => bucket.put('a', Buffer.from(String(value)))
  return { bucket, held, put, tell: (entry: KvEntry) => tell(entry) }
}

test('what the watch has not told of yet can be asked for, and is not undone by what comes late', async () => {
  const { held, put, tell } = await lateMirror()
  const first = await put(1)
  const second = await put(2)
  expect(held.get('a')).toBeUndefined()
  expect(await held.refresh('a')).toBe(2)
  expect(held.get('a')).toBe(2)
  tell({ key: 'a', value: Buffer.from('1'), revision: first })
  expect(held.get('a')).toBe(2)
  tell({ key: 'a', value: Buffer.from('2'), revision: second })
  tell({ key: 'a', revision: second + 1 })
  expect(held.get('a')).toBeUndefined()
})

test('a bucket that was restored from a backup, with lower revisions, is believed', async () => {
  const { held, tell } = await lateMirror()
  tell({ key: 'a', value: Buffer.from('2'), revision: 9 })
  tell({ key: 'a', value: Buffer.from('1'), revision: 3 })
  expect(held.get('a')).toBe(1)
})

test('what is nowhere stays unknown', async () => {
  const { held } = await lateMirror()
  expect(await held.refresh('a')).toBeUndefined()
  expect(held.size()).toBe(0)
})
