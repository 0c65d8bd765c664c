import { execFile, spawn } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { type AuditEntry, parseAuditEntry } from '@wagate/messages/audit.ts'
import { type AuditRecord, type ChainEnd, genesis, link } from '@wagate/messages/audit-chain.ts'
import { makeId } from '@wagate/messages/ids.ts'
import { auditSubject } from '@wagate/messages/subjects.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

let surroundings: Surroundings
let gateway: Awaited<ReturnType<typeof startGateway>>
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  gateway = stack.use(await startGateway(surroundings, { PROXY_HOPS: '1' }))
})
afterAll(() => stack.disposeAsync())

/** What gateways and the command line have published. */
async function published(tenantId: string): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = []
  for await (const message of surroundings.provisioner.readSubject('AUDIT', auditSubject(tenantId))) {
    const parsed = parseAuditEntry(message)
    if (parsed.ok) entries.push(parsed.entry)
  }
  return entries
}

async function aTenant() {
  const tenantId = await surroundings.addTenant()
  const { apiKey, keyId } = await surroundings.addKey(tenantId)
  const client = gateway.client(apiKey)
  await waitFor(() => client.listSessions())
  return { tenantId, apiKey, keyId, client }
}

/** What the projector would write: entries an hour apart, of two keys and two actions. */
async function recordInPostgres(tenantId: string, count: number): Promise<AuditRecord[]> {
  const sql = postgres(surroundings.database.urlFor('wagate_projector'), { max: 1 })
  let end: ChainEnd = genesis
  const records: AuditRecord[] = []
  for (let n = 0; n < count; n++) {
    const time = new Date(Date.UTC(2026, 10, 1) + n * 3_600_000)
    const record = link(
      {
        v: 1,
        id: makeId('auditEntry', time.getTime(), randomBytes(10)),
        tenantId,
        time: time.toISOString(),
        actor: { kind: 'key', id: `key${n % 2}` },
        action: n % 3 === 0 ? 'api_key.rotated' : 'session.created',
        targets: n % 3 === 0 ? [`old${n}`, `new${n}`] : [`ses_${n}`],
        mode: 'test',
        requestId: null,
        route: null,
        address: '203.0.113.0/24',
        changes: { n, half: n / 2, text: 'ä"\n' },
      },
      end,
      (text) => hash('sha256', text),
    )
    end = record
    records.push(record)
    const { id, time: at, actor, changes, ...rest } = record
    await sql`insert into audit_entry ${sql({ ...rest, entry_id: id, at, actor_kind: actor.kind, actor_id: actor.id, changes: sql.json(changes) })}`
  }
  await sql.end()
  return records
}

/** With what a customer has: the file, and the example of the documentation. */
async function verifiedByItself(file: string): Promise<{ code: number | null; said: string }> {
  const program = join(import.meta.dirname, '../../../docs/examples/verify-audit-log.ts')
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const said = text(child.stdout)
  child.stdin.end(file)
  const [code] = await once(child, 'exit')
  return { code, said: await said }
}

test('a change is on record when it is answered, with Postgres away too', async () => {
  const { tenantId, keyId, apiKey } = await aTenant()
  surroundings.postgresGate.close()
  try {
    const answer = await fetch(`${gateway.baseUrl}/v1/sessions`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        'x-forwarded-for': '6.6.6.6, 198.51.100.23',
      },
      body: '{}',
    })
    const { id } = z.object({ id: z.string() }).parse(await answer.json())
    expect(await published(tenantId)).toMatchObject([
      {
        ...{ tenantId, action: 'session.created', targets: [id], mode: 'test', address: '198.51.100.0/24' },
        ...{ actor: { kind: 'key', id: keyId }, route: 'POST /v1/sessions' },
        requestId: answer.headers.get('x-request-id'),
      },
    ])
  } finally {
    surroundings.postgresGate.reopen()
  }
})

test('a repeated request is stored once', async () => {
  const { tenantId, client } = await aTenant()
  for (let n = 0; n < 3; n++) await client.createSession({}, { idempotencyKey: 'once' })
  expect(await published(tenantId)).toHaveLength(1)
})

test('what the operator does by command line is on record in the account that it is done to', async () => {
  const env = { PATH: process.env.PATH, ...surroundings.env }
  const admin = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'admin.ts'), ...words], {
      env,
    })
    return z.object({ tenant_id: z.string().optional(), key_id: z.string().optional() }).parse(JSON.parse(stdout))
  }
  const { tenant_id: tenantId = '', key_id: keyId = '' } = await admin(
    'tenant',
    'create',
    '--name',
    'Shoes',
    '--mode',
    'test',
  )
  await admin('key', 'revoke', keyId)
  await admin('tenant', 'suspend', '--tenant', tenantId)
  const entries = await published(tenantId)
  expect(entries.map(({ action, targets }) => [action, ...targets])).toEqual([
    ['tenant.created', tenantId],
    ['api_key.created', keyId],
    ['api_key.revoked', keyId],
    ['tenant.suspended', tenantId],
  ])
  expect(entries.every(({ actor }) => actor.kind === 'operator')).toBe(true)
  expect(JSON.stringify(entries)).not.toContain('Shoes')
})

test('the log is listed, filtered, paged, exported and verified as it is stored, one tenant’s only', async () => {
  const { tenantId, client } = await aTenant()
  const other = await aTenant()
  const records = await recordInPostgres(tenantId, 30)
  await recordInPostgres(other.tenantId, 3)
  const numbers = async (query: Parameters<typeof client.listAuditLog>[0]) =>
    (await client.listAuditLog(query)).data.map(({ number }) => number)
  const wanted = (matches: (record: AuditRecord) => boolean) =>
    records
      .filter(matches)
      .map(({ number }) => number)
      .toReversed()

  expect((await client.listAuditLog()).data).toEqual(records.toReversed())
  expect(await numbers({ actor: 'key1' })).toEqual(wanted(({ actor }) => actor.id === 'key1'))
  expect(await numbers({ action: 'api_key.rotated' })).toEqual(wanted(({ action }) => action === 'api_key.rotated'))
  expect([await numbers({ target: 'old9' }), await numbers({ target: 'new9' })]).toEqual([[10], [10]])
  expect(await numbers({ mode: 'live' })).toEqual([])
  const [since, until] = ['2026-11-01T05:00:00Z', '2026-11-01T09:00:00+01:00']
  expect(await numbers({ since, until })).toEqual([8, 7, 6])
  const pages: number[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof client.listAuditLog>> = await client.listAuditLog({
      limit: 7,
      ...(cursor && { cursor }),
    })
    pages.push(...page.data.map(({ number }) => number))
    cursor = page.next_cursor
  }
  expect(pages).toEqual(wanted(() => true))

  const exported = async (after?: number) =>
    new Response(await client.exportAuditLog('ndjson', after === undefined ? {} : { after })).text()
  const lines = (await exported(10)).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(records.slice(10))
  expect(await verifiedByItself(await exported())).toEqual({ code: 0, said: `30 ${records.at(-1)?.hash}\n` })
  const last = records.at(-1)
  const verified = await client.verifyAuditLog()
  expect(verified).toMatchObject({ holds: true, through: 30, hash: last?.hash, complete: true })

  const intruder = postgres(surroundings.database.url, { max: 1, connection: { session_replication_role: 'replica' } })
  await intruder`update audit_entry set actor_id = 'nobody' where tenant_id = ${tenantId} and number = 12`
  await intruder.end()
  expect(await client.verifyAuditLog()).toMatchObject({ holds: false, through: 11, broken_at: 12, fault: 'altered' })
  expect(await verifiedByItself(await exported())).toEqual({ code: 1, said: 'entry 12 was altered\n' })
  expect(await other.client.verifyAuditLog()).toMatchObject({ holds: true, through: 3 })
})
