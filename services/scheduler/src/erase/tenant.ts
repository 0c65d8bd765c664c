// The end of a tenant, in steps that are each safe to repeat:
//   close   nobody gets in any more; the sessions are asked to unlink at WhatsApp
//   unlink  until they have, or the time for it is over
//   erase   the session keys first, so that logs and snapshots are unreadable at once; then objects, streams, rows
//   sweep   some time later, once more, for what was on its way then; and the marks of deleted keys, which have been seen by then
import { prefixesOfTenant } from '@wagate/messages/objects.ts'
import type { ObjectStore } from '@wagate/runtime/object-store.ts'
import type { Sql } from 'postgres'
import { defaultPace, type Pace } from '../batches.ts'
import { type Job, JobFailed, type JobHandler, type JobOutcome, type JobTools } from '../job/job.ts'
import { deleteKeys, type EraseBroker, purgeTenant, shred, unlinkSessions } from './broker.ts'
import { isRebuilding } from './rebuild.ts'
import { bury, eraseRows, keysOf, sessionsOf } from './rows.ts'

export type EraseTenantDeps = {
  sql: Sql
  broker: EraseBroker
  objects: Pick<ObjectStore, 'list' | 'delete' | 'put'>
  now: () => Date
  /** How long sessions may take to unlink. */
  unlinkWithinMs: number
  /** When to sweep. Longer than anything that is on its way takes, and than a gateway may be cut off from the broker. */
  settleMs: number
  pace?: Pace
}

type Step = (job: Job, tools: JobTools) => Promise<JobOutcome>
type Known = { sessionIds: string[]; apiKeys: string[] }

export function createEraseTenant(deps: EraseTenantDeps): JobHandler {
  const { sql, broker, objects, pace = defaultPace } = deps

  const close: Step = async ({ tenantId, jobId }, { report }) => {
    const [tenant] = await sql`select deletes_at from tenant where tenant_id = ${tenantId}`
    if (!tenant?.deletes_at) throw new JobFailed('not-asked-for', 'the tenant is not to be deleted')
    const known = await whatIsKnown(tenantId)
    // From here on it cannot be taken back.
    await report({ step: 'close', result: known })
    await register(objects, tenantId, jobId, deps.now())
    await bury(sql, tenantId)
    // Before its record goes, which may say that it is suspended: its sessions must not send what waited.
    await unlinkSessions(broker, tenantId)
    await deleteTenantKeys(tenantId, known.apiKeys)
    const unlinkUntil = new Date(deps.now().getTime() + deps.unlinkWithinMs).toISOString()
    return { kind: 'again', afterMs: 500, step: 'unlink', result: { unlinkUntil } }
  }

  const unlink: Step = async (job) => {
    const left = await unlinkSessions(broker, job.tenantId)
    const isOver = deps.now().toISOString() > String(job.result.unlinkUntil)
    if (left.length > 0 && !isOver) return { kind: 'again', afterMs: 1_000, step: 'unlink', result: {} }
    return { kind: 'again', afterMs: 0, step: 'erase', result: { notUnlinked: left.length } }
  }

  const erase: Step = async (job, tools) => {
    const removed = await eraseAll(job, tools, false)
    return { kind: 'again', afterMs: deps.settleMs, step: 'sweep', result: { removed } }
  }

  const sweep: Step = async (job, tools) => {
    if (await isRebuilding(sql)) return { kind: 'again', afterMs: deps.settleMs, step: 'sweep', result: {} }
    const swept = await eraseAll(job, tools, true)
    return { kind: 'done', result: { swept, sessionIds: null, apiKeys: null, unlinkUntil: null } }
  }

  async function eraseAll(job: Job, { signal, report }: JobTools, marks: boolean): Promise<Record<string, number>> {
    const { tenantId } = job
    const known = joined(knownOf(job), await whatIsKnown(tenantId))
    const step = marks ? 'sweep' : 'erase'
    await report({ step, result: known })
    await shred(broker, tenantId)
    await deleteKeys(broker, tenantId, known.apiKeys)
    const objectCount = await removeObjects(tenantId, signal)
    const purged = await purgeTenant(broker, tenantId, { ...known, marks }, signal)
    const rows = await eraseRows(sql, tenantId, pace, signal, (_table, done) => report({ step, done }))
    await bury(sql, tenantId)
    return { objects: objectCount, ...purged, ...rows }
  }

  async function removeObjects(tenantId: string, signal: AbortSignal): Promise<number> {
    let count = 0
    for (const prefix of prefixesOfTenant(tenantId))
      for await (const key of objects.list(prefix, { signal })) {
        await objects.delete(key, { signal })
        count++
      }
    return count
  }

  /** While the rows are there; the job remembers it for afterwards. */
  async function whatIsKnown(tenantId: string): Promise<Known> {
    const fromBucket: string[] = []
    for await (const key of (await broker.kv('sessions')).keys(`${tenantId}.>`))
      fromBucket.push(key.split('.')[1] ?? '')
    const sessionIds = [...new Set([...fromBucket, ...(await sessionsOf(sql, tenantId))])]
    return { sessionIds, apiKeys: await keysOf(sql, tenantId) }
  }

  async function deleteTenantKeys(tenantId: string, apiKeys: readonly string[]): Promise<void> {
    for (const [name, ids] of [
      ['tenants', [tenantId]],
      ['api_keys', apiKeys],
    ] as const) {
      const bucket = await broker.kv(name)
      for (const id of ids) if (await bucket.get(id)) await bucket.delete(id)
    }
  }

  const steps: Record<string, Step> = { close, unlink, erase, sweep }
  return async (job, tools) => (steps[job.step ?? 'close'] ?? close)(job, tools)
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
const knownOf = ({ result }: Job): Known => ({
  sessionIds: strings(result.sessionIds),
  apiKeys: strings(result.apiKeys),
})
const joined = (one: Known, other: Known): Known => ({
  sessionIds: [...new Set([...one.sessionIds, ...other.sessionIds])],
  apiKeys: [...new Set([...one.apiKeys, ...other.apiKeys])],
})

/** Outside of the database: whoever restores a backup of that finds here what has to be erased again. */
async function register(objects: Pick<ObjectStore, 'put'>, tenantId: string, jobId: string, at: Date): Promise<void> {
  const entry = { v: 1, kind: 'tenant', tenantId, jobId, at: at.toISOString() }
  await objects.put(`erasures/${jobId}.json`, Buffer.from(JSON.stringify(entry)), { contentType: 'application/json' })
}
