import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { unzip } from '../testing/unzip.ts'
import { type ArchiveFile, createArchive } from './archive.ts'

const about = { tenantId: 'ten_a', mode: 'live', createdAt: new Date('2026-11-20T10:00:00Z') } as const
const file = (name: string, pages: string[][]): ArchiveFile => ({
  name,
  table: `${name}_view`,
  async *lines() {
    yield* pages
  },
})
const read = async (archive: ReturnType<typeof createArchive>) => Buffer.concat(await archive.stream.toArray())
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')

test('an archive holds a file of lines per table, and a manifest with their counts and hashes', async () => {
  const counts: number[] = []
  const archive = createArchive(
    [file('messages', [['{"a":1}', '{"a":2}'], ['{"a":3}']]), file('chats', [])],
    about,
    async (rows) => void counts.push(rows),
  )
  const bytes = await read(archive)
  const files = await unzip(bytes)
  expect([...files.keys()]).toEqual(['messages.jsonl', 'chats.jsonl', 'manifest.json'])
  const messages = '{"a":1}\n{"a":2}\n{"a":3}\n'
  expect(files.get('messages.jsonl')).toBe(messages)
  expect(files.get('chats.jsonl')).toBe('')
  expect(JSON.parse(files.get('manifest.json') ?? '')).toMatchObject({
    tenant_id: 'ten_a',
    mode: 'live',
    files: [
      { file: 'messages.jsonl', table: 'messages_view', rows: 3, bytes: messages.length, sha256: sha256(messages) },
      { file: 'chats.jsonl', rows: 0, bytes: 0 },
    ],
  })
  expect(archive.measured()).toEqual({ bytes: bytes.length, sha256: sha256(bytes) })
  expect(counts).toEqual([2, 3])
})

test('a table that cannot be read makes no archive', async () => {
  const broken: ArchiveFile = {
    name: 'chats',
    table: 'chat_view',
    async *lines() {
      yield ['{}']
      throw new Error('the database went away')
    },
  }
  const archive = createArchive([file('messages', [['{}']]), broken], about, async () => {})
  await expect(read(archive)).rejects.toThrow('the database went away')
})
