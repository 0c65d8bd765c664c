// What a tenant has of one person, by number or LID, as far as it is told by name: chats, messages, deliveries, events, dead letters and
// remembered answers. What sessions remember stays encrypted in their logs: see docs/data.md.
import { addressOf, eventsOfTenant } from '@wagate/messages/subjects.ts'
import type { Broker, StoredMessage } from '@wagate/runtime/broker.ts'
import type { Sql } from 'postgres'
import { defaultPace, inBatches, type Pace } from '../batches.ts'
import { type Job, JobFailed, type JobHandler, type JobTools } from '../job/job.ts'
import { addressOfDeadLetter, deleteMatching } from './dead-letters.ts'
import { mentions, namesOf, namesParam } from './names.ts'
import { removePersonsChats, removePersonsDeliveries, removePersonsMessages, testSessions } from './person-queries.ts'
import { isRebuilding } from './rebuild.ts'

export type ErasePersonDeps = {
  sql: Sql
  broker: Pick<Broker, 'kv' | 'readSubject' | 'deleteMessage'>
  /** When to look once more, for what was on its way. */
  settleMs: number
  pace?: Pace
}

/** `names`: all by which the person was known, for the second look; the rows that told them are gone by then. */
type Erased = { names: string[]; removed: Record<string, number> }

export function createErasePerson(deps: ErasePersonDeps): JobHandler {
  const { sql, broker, pace = defaultPace } = deps

  return async (job, tools) => {
    const given = namesParam(job.params)
    if (!given) throw new JobFailed('not-asked-for', 'the job names nobody')
    if (job.step === 'sweep' && (await isRebuilding(sql)))
      return { kind: 'again', afterMs: deps.settleMs, step: 'sweep', result: {} }
    const { names, removed } = await eraseOnce(job, [...given, ...(namesParam(job.result) ?? [])], tools)
    if (job.step === 'sweep') return { kind: 'done', result: { swept: removed, names: null } }
    return { kind: 'again', afterMs: deps.settleMs, step: 'sweep', result: { removed, names } }
  }

  async function eraseOnce(job: Job, given: readonly string[], { signal, report }: JobTools): Promise<Erased> {
    const { tenantId, mode } = job
    const step = job.step ?? 'erase'
    const sessions = mode === 'test' ? await testSessions(sql, tenantId) : undefined
    const names = await namesOf(sql, tenantId, given, sessions)
    await report({ step, result: { names } })
    const mentioned = mentions(names)
    const isReached = (sessionId: string | undefined): boolean =>
      sessions === undefined || (sessionId !== undefined && sessions.includes(sessionId))
    const inText = (message: StoredMessage): boolean => mentioned(Buffer.from(message.data).toString())

    const selection = { tenantId, names, sessions }
    const removed: Record<string, number> = {}
    for (const [kind, remove] of Object.entries({
      messages: removePersonsMessages,
      deliveries: removePersonsDeliveries,
      chats: removePersonsChats,
    }))
      removed[kind] = await inBatches(
        pace,
        signal,
        (limit) => remove(sql, selection, limit),
        (done) => report({ step, done }),
      )
    removed.events = await deleteMatching(
      deps,
      'EVENTS',
      eventsOfTenant(tenantId),
      (message) => isReached(addressOf(message.subject)?.sessionId) && inText(message),
      signal,
    )
    removed.deadLetters = await deleteMatching(
      deps,
      'DEAD_LETTERS',
      'dlq.>',
      (message) => {
        const address = addressOfDeadLetter(message)
        return address?.tenantId === tenantId && isReached(address.sessionId) && inText(message)
      },
      signal,
    )
    removed.answers = await forgetAnswers(tenantId, mentioned, signal)
    return { names, removed }
  }

  /** Of requests; they name whom a message was for. */
  async function forgetAnswers(
    tenantId: string,
    mentioned: (text: string) => boolean,
    signal: AbortSignal,
  ): Promise<number> {
    const bucket = await broker.kv('idempotency')
    let forgotten = 0
    for await (const key of bucket.keys(`${tenantId}.*`)) {
      signal.throwIfAborted()
      const found = await bucket.get(key)
      if (!found || !mentioned(Buffer.from(found.value).toString())) continue
      await bucket.delete(key)
      forgotten++
    }
    return forgotten
  }
}
