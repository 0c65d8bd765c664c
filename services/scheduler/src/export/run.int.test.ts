import { createHash } from 'node:crypto'
import { sessionConfigKey } from '@wagate/messages/control.ts'
import { exportKey } from '@wagate/messages/objects.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { objectStore } from '@wagate/runtime/object-store.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { startS3 } from '@wagate/testing/s3.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import type { Job, JobTools, Progress } from '../job/job.ts'
import { daysAgo, rowsOf } from '../testing/rows.ts'
import { unzip } from '../testing/unzip.ts'
import { createExport, removeOldArchives } from './run.ts'
import { readSessionNames } from './session-names.ts'

async function withStores(
  run: (stores: { keeper: Sql; admin: Sql; objects: ReturnType<typeof objectStore> }) => Promise<void>,
): Promise<void> {
  await using db = await cloneDatabase()
  await using s3 = await startS3(['wagate'])
  const keeper = postgres(db.urlFor('wagate_keeper'), { max: 2, onnotice: () => {} })
  const admin = postgres(db.url, { max: 1, onnotice: () => {} })
  const { url: endpoint, accessKeyId, secretAccessKey } = s3
  const objects = objectStore({ endpoint, bucket: 'wagate', region: 'us-east-1', accessKeyId, secretAccessKey })
  try {
    await run({ keeper, admin, objects })
  } finally {
    objects.close()
    await Promise.all([keeper.end(), admin.end()])
  }
}

const jobOf = (tenantId: string, mode: 'test' | 'live' = 'live'): Job => ({
  ...{ tenantId, jobId: 'job_1', kind: 'export', mode, params: {}, step: null, result: {}, attempts: 1, claim: 1 },
  createdAt: new Date(),
})

function toolsOf() {
  const reports: Progress[] = []
  const tools: JobTools = { signal: new AbortController().signal, report: async (at) => void reports.push(at) }
  return { tools, reports }
}

/** Sessions are called as the rows say. */
const known = { readSessionNames: async () => new Map(), now: () => new Date(), keptMs: 1_000 }

const linesOf = (text: string | undefined) =>
  (text ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

test('an export holds all of a tenant’s rows and nothing of another’s, and no secret', () =>
  withStores(async ({ keeper, admin, objects }) => {
    const [ours, theirs] = [rowsOf(admin, 'ten_ours'), rowsOf(admin, 'ten_theirs')]
    for (const rows of [ours, theirs]) {
      await rows.tenant()
      await rows.session()
      const chat = await rows.chat('+999100', daysAgo(1))
      for (let n = 0; n < 600; n++) await rows.message(chat, daysAgo(n / 10), `text ${n} of ${rows.tenantId}`)
      await rows.delivery(await rows.endpoint(), daysAgo(1))
      await admin`insert into api_key ${admin({ tenant_id: rows.tenantId, key_id: `key_${rows.tenantId}`, mode: 'live', secret_hash: 'hash-of-a-secret', scopes: [] })}`
    }
    const { tools, reports } = toolsOf()
    const job = jobOf(ours.tenantId)
    const done = await createExport({ ...known, sql: keeper, objects })(job, tools)
    const archive = await objects.getBytes(exportKey(job))
    const files = await unzip(archive ?? new Uint8Array())
    expect(linesOf(files.get('messages.jsonl'))).toHaveLength(600)
    expect(new Set(linesOf(files.get('messages.jsonl')).map((line) => line.message_id)).size).toBe(600)
    expect(linesOf(files.get('messages.jsonl'))[0].content.text.body).toMatch(/of ten_ours$/)
    expect(linesOf(files.get('account.jsonl'))).toMatchObject([{ tenant_id: 'ten_ours', name: 'a tenant' }])
    const manifest = JSON.parse(files.get('manifest.json') ?? '')
    for (const { file, sha256 } of manifest.files)
      expect(
        createHash('sha256')
          .update(files.get(file) ?? '')
          .digest('hex'),
        file,
      ).toBe(sha256)
    const whole = [...files.values()].join('')
    expect(whole).not.toMatch(/ten_theirs|hash-of-a-secret|sealed-secret|c2VhbGVk/)
    expect(done).toMatchObject({
      kind: 'done',
      result: {
        bytes: archive?.length,
        sha256: createHash('sha256')
          .update(archive ?? '')
          .digest('hex'),
        rows: { 'messages.jsonl': 600, 'chats.jsonl': 1, 'api-keys.jsonl': 1, 'sessions.jsonl': 1 },
      },
    })
    expect(reports[0]).toMatchObject({ step: 'reading', done: 0, total: 606 })
  }))

test('a test export holds what is of test mode only', () =>
  withStores(async ({ keeper, admin, objects }) => {
    const [live, sandbox] = [rowsOf(admin, 'ten_a'), rowsOf(admin, 'ten_a')]
    await live.tenant()
    await live.session('live')
    await sandbox.session('test')
    await live.message(await live.chat('+1555', daysAgo(1)), daysAgo(1), 'real')
    await sandbox.message('cht_1', daysAgo(1), 'sandbox')
    const job = jobOf('ten_a', 'test')
    await createExport({ ...known, sql: keeper, objects })(job, toolsOf().tools)
    const files = await unzip((await objects.getBytes(exportKey(job))) ?? new Uint8Array())
    expect(files.has('account.jsonl')).toBe(false)
    expect(linesOf(files.get('messages.jsonl')).map((line) => line.content.text.body)).toEqual(['sandbox'])
    expect(linesOf(files.get('sessions.jsonl'))).toHaveLength(1)
    expect(linesOf(files.get('chats.jsonl'))).toEqual([])
  }))

test('sessions have the names that they have now; those that are gone, the names of their rows', () =>
  withStores(async ({ keeper, admin, objects }) => {
    const sessions = [rowsOf(admin, 'ten_a'), rowsOf(admin, 'ten_a'), rowsOf(admin, 'ten_a')]
    await sessions[0]?.tenant()
    for (const session of sessions) await session.session()
    await admin`update session_view set name = 'first'`
    const [renamed, nameless, gone] = sessions.map(({ sessionId }) => sessionId)
    const records = fakeBucket('sessions')
    const record = { v: 1, mode: 'live', partition: 's1', desired: 'running', createdAt: new Date().toISOString() }
    const put = (tenantId: string, sessionId = '', name?: string) =>
      records.put(
        sessionConfigKey(tenantId, sessionId),
        Buffer.from(JSON.stringify({ ...record, tenantId, sessionId, name })),
      )
    await put('ten_a', renamed, 'second')
    await put('ten_a', nameless)
    await put('ten_b', gone, 'of another')
    const readNames = (tenantId: string) => readSessionNames({ kv: async () => records }, tenantId)
    const job = jobOf('ten_a')
    await createExport({ ...known, sql: keeper, objects, readSessionNames: readNames })(job, toolsOf().tools)
    const files = await unzip((await objects.getBytes(exportKey(job))) ?? new Uint8Array())
    const names = new Map(linesOf(files.get('sessions.jsonl')).map((line) => [line.session_id, line.name]))
    expect([renamed, nameless, gone].map((id) => names.get(id))).toEqual(['second', null, 'first'])
  }))

test('an export that is interrupted leaves no archive', () =>
  withStores(async ({ keeper, admin, objects }) => {
    const rows = rowsOf(admin, 'ten_a')
    await rows.tenant()
    for (let n = 0; n < 300; n++) await rows.message('cht_1', daysAgo(1), 'x')
    const stopping = new AbortController()
    const report = async () => stopping.abort()
    const running = createExport({ ...known, sql: keeper, objects })(jobOf('ten_a'), {
      signal: stopping.signal,
      report,
    })
    await expect(running).rejects.toThrow()
    expect(await Array.fromAsync(objects.list('exports/'))).toEqual([])
  }))

test('an archive goes when its time is over; the job still tells what it held', () =>
  withStores(async ({ keeper, admin, objects }) => {
    for (const [jobId, expires_at] of [
      ['job_old', daysAgo(1)],
      ['job_new', daysAgo(-1)],
    ] as const) {
      await admin`insert into job ${admin({ tenant_id: 'ten_a', job_id: jobId, kind: 'export', requested_by: 'key:1', state: 'succeeded', expires_at, result: admin.json({ archive: true, bytes: 7 }) })}`
      await objects.put(exportKey({ tenantId: 'ten_a', jobId }), new Uint8Array(7))
    }
    expect(await removeOldArchives(keeper, objects)).toBe(1)
    expect(await removeOldArchives(keeper, objects)).toBe(0)
    expect(await Array.fromAsync(objects.list('exports/'))).toEqual(['exports/ten_a/job_new.zip'])
    const [old] = await admin`select result from job where job_id = 'job_old'`
    expect(old?.result).toEqual({ bytes: 7 })
  }))
