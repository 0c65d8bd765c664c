// The proof of an erasure: afterwards everything that stores anything is searched for the tenant's id and its texts.
import { rebuildLock } from '@wagate/db/locks.ts'
import { prefixesOfTenant } from '@wagate/messages/objects.ts'
import { buckets, streams } from '@wagate/messages/streams.ts'
import { auditSubject, logSubject } from '@wagate/messages/subjects.ts'
import { objectStore } from '@wagate/runtime/object-store.ts'
import { bytes, type TestBroker, testBroker } from '@wagate/runtime/testing/broker.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { startS3 } from '@wagate/testing/s3.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import type { Job, JobOutcome, JobTools } from '../job/job.ts'
import { daysAgo, rowsOf } from '../testing/rows.ts'
import { auditTable, erasedBuckets, erasedStreams, erasedTables } from './places.ts'
import { createEraseTenant, type EraseTenantDeps } from './tenant.ts'

type World = { keeper: Sql; admin: Sql; provisioner: TestBroker; deps: EraseTenantDeps }

async function withWorld(run: (world: World) => Promise<void>): Promise<void> {
  await using nats = await startNats({ users: true })
  await using provisioner = await testBroker(nats, nats.login('provisioner'))
  await using broker = await testBroker(nats, { ...nats.login('scheduler'), provision: false })
  await using db = await cloneDatabase()
  await using s3 = await startS3(['wagate'])
  const { url: endpoint, accessKeyId, secretAccessKey } = s3
  const objects = objectStore({ endpoint, bucket: 'wagate', region: 'us-east-1', accessKeyId, secretAccessKey })
  const keeper = postgres(db.urlFor('wagate_keeper'), { max: 2, onnotice: () => {} })
  const admin = postgres(db.url, { max: 1, onnotice: () => {} })
  const deps = {
    ...{ sql: keeper, broker, objects, now: () => new Date(), unlinkWithinMs: 0, settleMs: 0 },
    pace: { batch: 2, pauseMs: 0 },
  }
  try {
    await run({ keeper, admin, provisioner, deps })
  } finally {
    objects.close()
    await Promise.all([keeper.end(), admin.end()])
  }
}

/** Something of the tenant's in every place that there is. */
async function inhabit({ admin, provisioner, deps }: World, tenantId: string): Promise<void> {
  const rows = rowsOf(admin, tenantId)
  await rows.tenant(`secret name of ${tenantId}`)
  await rows.session()
  const chat = await rows.chat('+999100', daysAgo(1))
  await rows.desk(chat, daysAgo(1))
  await rows.quickReply('thanks')
  for (let n = 0; n < 5; n++) await rows.message(chat, daysAgo(n * 20), `text of ${tenantId}`)
  await rows.delivery(await rows.endpoint(), daysAgo(1), 'pending', `body of ${tenantId}`)
  const keyId = `key_of_${tenantId}`
  await admin`insert into api_key ${admin({ tenant_id: tenantId, key_id: keyId, mode: 'live', secret_hash: 'x', scopes: [] })}`
  // A person belongs to no tenant, and stays.
  await admin`insert into person ${admin({ person_id: 'per_1', name: 'Ada', email: 'ada@example.com' })} on conflict do nothing`
  await admin`insert into member ${admin({ tenant_id: tenantId, person_id: 'per_1', role: 'owner' })}`
  await admin`insert into support_access ${admin({ tenant_id: tenantId, access_id: 'sup_1', operators_id: 'ten_o', operator_kind: 'key', operator_id: 'k', reason: 'why', created_at: new Date(), ends_at: new Date() })}`
  await admin`insert into invitation ${admin({ tenant_id: tenantId, invitation_id: 'inv_1', email: 'ben@example.com', role: 'agent', invited_by: 'per_1', expires_at: new Date() })}`
  await admin`insert into webhook_session ${admin({ tenant_id: tenantId, session_id: rows.sessionId, mode: 'live' })}`
  await admin`insert into retention ${admin({ tenant_id: tenantId, message_days: 5 })}`
  await admin`insert into job ${admin({ tenant_id: tenantId, job_id: 'job_export', kind: 'export', requested_by: 'key:1' })}`
  await admin`insert into plan_change ${admin({ tenant_id: tenantId, change_id: 'pch_1', at: new Date(), from_plan: 'pro', to_plan: 'max', state: 'applied', by: 'person:per_1' })}`
  await admin`insert into plan_change ${admin({ tenant_id: tenantId, change_id: 'pch_2', at: new Date(), from_plan: 'max', to_plan: 'pro', state: 'requested', by: 'person:per_1' })}`
  await admin`insert into usage_day ${admin({ tenant_id: tenantId, day: '2026-11-20', session_id: rows.sessionId, message_type: 'text', mode: 'live', sent: 1, first_sequence: 1, stream_seq: 1 })}`
  await admin`insert into message_hour ${admin({ tenant_id: tenantId, hour: '2026-11-20T10:00:00Z', session_id: rows.sessionId, mode: 'live', sent: 1, first_sequence: 1, stream_seq: 1 })}`
  await admin`insert into service_day ${admin({ tenant_id: tenantId, day: '2026-11-20', session_id: rows.sessionId, mode: 'live', first_sequence: 1, stream_seq: 1 })}`
  await admin`insert into session_timeline ${admin({ tenant_id: tenantId, session_id: rows.sessionId, sequence: 1, part: 0, entry_id: 'evt_1.0', at: new Date(), type: 'created', detail: {} })}`
  await admin`select tend_request_log(3)`
  await admin`insert into request_log ${admin({ tenant_id: tenantId, mode: 'live', at: new Date(), entry_id: 'rec_1', request_id: 'req_1', method: 'GET', route: '/', path: '/', status: 200, actor_kind: 'key', actor_id: 'k', duration_ms: 1 })}`
  await admin`insert into api_call_day ${admin({ tenant_id: tenantId, day: '2026-11-20', mode: 'live', gateway_id: 'g', succeeded: 1, refused: 0, rate_limited: 0, failed: 0 })}`
  await admin`insert into audit_entry ${admin({ tenant_id: tenantId, number: 1, entry_id: 'aud_1', at: new Date(), actor_kind: 'key', action: 'session.created', targets: [], changes: {}, previous_hash: '', hash: '' })}`
  await admin`insert into audit_anchor ${admin({ tenant_id: tenantId, number: 0, hash: 'x' })}`
  const text = bytes(`text of ${tenantId}`)
  await provisioner.publish(auditSubject(tenantId), text)
  const subject = `${tenantId}.${rows.sessionId}`
  await provisioner.publish(`evt.3.${subject}.message.sent`, text)
  await provisioner.publish(`cmd.s1.${subject}.message.send`, text)
  await provisioner.publish(logSubject(rows.sessionId), text)
  await provisioner.publish('dlq.COMMANDS.worker-s1', text, {
    headers: { 'Wagate-Subject': `cmd.s1.${subject}.message.send` },
  })
  await provisioner.publish('dlq.AUDIT.projector-audit', text, {
    headers: { 'Wagate-Subject': auditSubject(tenantId) },
  })
  const config = {
    v: 1,
    tenantId,
    sessionId: rows.sessionId,
    mode: 'live',
    partition: 's1',
    desired: 'running',
    createdAt: new Date(),
  }
  for (const [bucket, key, value] of [
    ['sessions', `${subject}.config`, bytes(JSON.stringify(config))],
    ['sessions', `${subject}.state`, text],
    ['session_keys', subject, text],
    ['pairing', subject, text],
    ['idempotency', `${tenantId}.0123456789ABCDEF`, text],
    ['members', `${tenantId}.per_1`, text],
    ['support_accesses', `${tenantId}.sup_1`, text],
    ['tenants', tenantId, text],
    ['api_keys', keyId, text],
  ] as const)
    await (await provisioner.kv(bucket)).put(key, value)
  for (const prefix of prefixesOfTenant(tenantId)) await deps.objects.put(`${prefix}1`, text)
}

/** Everything stored anywhere, as text, one entry per row, message or object. */
async function everything({ admin, provisioner, deps }: World): Promise<string[]> {
  const found: string[] = []
  const tables = await admin<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`
  for (const { name } of tables)
    for (const row of await admin.unsafe<{ text: string }[]>(`select to_json(t)::text as text from ${name} t`))
      found.push(`${name}: ${row.text}`)
  // A whole stream (`>`) reads as empty when its very last message was removed: by its subjects it does not.
  const places = [
    ...streams.flatMap(({ name, subjects }) => subjects.map((subject) => [name, subject] as const)),
    ...buckets.map(({ name }) => [`KV_${name}`, `$KV.${name}.>`] as const),
  ]
  for (const [name, subject] of places)
    for await (const message of provisioner.readSubject(name, subject))
      found.push(`${name}: ${message.subject} ${JSON.stringify(message.headers)} ${Buffer.from(message.data)}`)
  for await (const key of deps.objects.list('')) found.push(`object: ${key}`)
  return found
}

const placeOf = (entry: string): string => entry.split(':')[0] ?? ''

const tools: JobTools = { signal: new AbortController().signal, report: async () => {} }
const jobOf = (tenantId: string): Job => ({
  ...{
    tenantId,
    jobId: 'job_1',
    kind: 'erase_tenant',
    mode: null,
    params: {},
    step: null,
    result: {},
    attempts: 1,
    claim: 1,
  },
  createdAt: new Date(),
})

/** Runs it to its end as the runner does: each outcome is where the next run begins. */
async function runToEnd(deps: EraseTenantDeps, tenantId: string): Promise<{ job: Job; steps: (string | null)[] }> {
  const erase = createEraseTenant(deps)
  const job = jobOf(tenantId)
  const steps: (string | null)[] = []
  for (let outcome: JobOutcome | undefined; outcome?.kind !== 'done'; ) {
    steps.push(job.step)
    outcome = await erase(job, { ...tools, report: async (at) => void Object.assign(job.result, at.result) })
    Object.assign(job.result, outcome.result)
    if (outcome.kind === 'again') job.step = outcome.step
  }
  return { job, steps }
}

test('after the erasure of a tenant nothing of it is stored anywhere but a row without a name, its plans, its job, and the register', () =>
  withWorld(async (world) => {
    const { admin, deps } = world
    await inhabit(world, 'ten_ours')
    await inhabit(world, 'ten_theirs')
    const before = await everything(world)
    const about = (id: string) => (entry: string) => entry.includes(id)
    const filled = before.filter(about('ten_ours')).map(placeOf)
    const wanted = [auditTable, ...Object.keys(erasedTables), ...Object.keys(erasedBuckets).map((name) => `KV_${name}`)]
    expect(filled).toEqual(expect.arrayContaining([...wanted, ...Object.keys(erasedStreams)]))
    await admin`update tenant set deletes_at = now() where tenant_id = 'ten_ours'`
    await admin`insert into job ${admin({ tenant_id: 'ten_ours', job_id: 'job_1', kind: 'erase_tenant', requested_by: 'operator' })}`

    const { job, steps } = await runToEnd(deps, 'ten_ours')
    expect(steps).toEqual([null, 'unlink', 'erase', 'sweep'])
    expect(job.result).toMatchObject({
      notUnlinked: 1,
      removed: { message_view: 5, EVENTS: 1, DEAD_LETTERS: 2, objects: 3 },
    })
    const after = await everything(world)
    expect(after.filter(about('ten_ours')).map(placeOf).toSorted()).toEqual(['job', 'plan_change', 'tenant'])
    expect(after.filter((entry) => /(text|name|body) of ten_ours/.test(entry))).toEqual([])
    const [tombstone] = await admin`
      select name, erased_at is not null as erased, had_linked, first_sent_on::text from tenant where tenant_id = 'ten_ours'`
    expect(tombstone).toEqual({ name: '', erased: true, had_linked: false, first_sent_on: '2026-11-20' })
    const plans = await admin`select to_plan, by, overrides from plan_change where tenant_id = 'ten_ours'`
    expect(plans).toEqual([{ to_plan: 'max', by: 'erased', overrides: {} }])
    expect(after.filter((entry) => entry.startsWith('object: erasures/'))).toEqual(['object: erasures/job_1.json'])
    const theirs = (entries: string[]) => entries.filter(about('ten_theirs')).toSorted()
    expect(theirs(after)).toEqual(theirs(before))
  }))

test('every step can be done again, wherever a process died; the last look waits for a rebuild of the views', () =>
  withWorld(async (world) => {
    await inhabit(world, 'ten_a')
    await world.admin`update tenant set deletes_at = now()`
    const erase = createEraseTenant(world.deps)
    const job = jobOf('ten_a')
    const report: JobTools['report'] = async (at) => void Object.assign(job.result, at.result)
    await world.admin.begin(async (rebuild) => {
      await rebuild`select pg_advisory_xact_lock(${rebuildLock})`
      const later = { kind: 'again', afterMs: 0, step: 'sweep', result: {} }
      expect(await erase({ ...job, step: 'sweep' }, { ...tools, report })).toEqual(later)
    })
    for (const step of [null, 'unlink', 'erase', 'erase', 'sweep', 'sweep'])
      Object.assign(job.result, (await erase({ ...job, step }, { ...tools, report })).result)
    expect(
      (await everything(world))
        .filter((entry) => entry.includes('ten_a'))
        .map((entry) => entry.split(':')[0])
        .toSorted(),
    ).toEqual(['plan_change', 'tenant'])
  }))

test('a tenant that nobody asked to delete is not erased', () =>
  withWorld(async (world) => {
    await inhabit(world, 'ten_a')
    const before = await everything(world)
    await expect(createEraseTenant(world.deps)(jobOf('ten_a'), tools)).rejects.toMatchObject({ code: 'not-asked-for' })
    expect(await everything(world)).toEqual(before)
  }))

test('sessions are asked to unlink first, and the keys of their logs are there until they have or their time is over', () =>
  withWorld(async (world) => {
    await inhabit(world, 'ten_a')
    await world.admin`update tenant set deletes_at = now()`
    const erase = createEraseTenant({ ...world.deps, unlinkWithinMs: 60_000 })
    const closed = await erase(jobOf('ten_a'), tools)
    const sessions = await world.provisioner.kv('sessions')
    const [key = ''] = await Array.fromAsync(sessions.keys('ten_a.*.config'))
    expect(JSON.parse(Buffer.from((await sessions.get(key))?.value ?? []).toString())).toMatchObject({
      desired: 'deleted',
    })
    const job = { ...jobOf('ten_a'), step: 'unlink', result: closed.result }
    expect(await erase(job, tools)).toMatchObject({ kind: 'again', step: 'unlink' })
    expect(await Array.fromAsync((await world.provisioner.kv('session_keys')).keys('ten_a.*'))).toHaveLength(1)
    await sessions.delete(key) // as its worker does when it has unlinked it
    expect(await erase(job, tools)).toMatchObject({ kind: 'again', step: 'erase', result: { notUnlinked: 0 } })
  }))
