import { type DeadLetter, deadLetter, deadLetterPage, deadLettersQuery } from '@wagate/api/dead-letter.ts'
import { poisonCause } from '@wagate/messages/commands.ts'
import type { TenantRecord } from '@wagate/messages/control.ts'
import { deadLettersOf } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { Cursors } from '../http/cursor.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { looking, ordering, operatorTag as tag } from '../tenant/scopes.ts'
import { deadLetters, isRetriable, type Letter, presentLetter, readLetter } from './letter.ts'
import { type RetryDeps, retryLetter } from './retry.ts'
import { newestFirst, type ScanDeps } from './scan.ts'

export type DeadLetterDeps = RetryDeps &
  ScanDeps &
  IdempotencyDeps & {
    broker: RetryDeps['broker'] & ScanDeps['broker'] & Pick<Broker, 'messageAt'>
    cursors: Cursors
    findTenant: (tenantId: string) => TenantRecord | undefined
  }

export function deadLetterRoutes(mount: Mount, deps: DeadLetterDeps): void {
  const { broker } = deps

  const find = async (sequence: string) => {
    const seq = /^[1-9]\d{0,14}$/.test(sequence) ? Number(sequence) : undefined
    const message = seq === undefined ? undefined : await broker.messageAt(deadLetters, seq)
    if (message) return { message, letter: readLetter(message) }
    throw new DomainError('dead-letter-not-found', 'It was retried or deleted, its 30 days are over, or it never was.')
  }

  /** On record with the account that it concerned, too, if there is one of that id. */
  const noteOf = ({ stream, consumer, type, tenant_id: tenantId }: DeadLetter) => ({
    changes: { stream, consumer, type },
    ...(tenantId !== null && deps.findTenant(tenantId) && { doneTo: tenantId }),
  })

  mount(
    {
      method: 'get',
      path: '/v1/admin/dead-letters',
      scope: looking,
      tag,
      summary: 'List dead letters',
      description:
        'Messages that could not be handled, with the cause; their contents are not shown. Kept for 30 days. With a filter a page may hold less than asked for: read on while there is a `next_cursor`.',
      query: deadLettersQuery,
      answers: { 200: { description: 'Newest first.', schema: deadLetterPage } },
      problems: ['invalid-cursor'],
    },
    async ({ query, json }) => {
      const { limit, cursor, stream, tenant_id: tenantId } = query
      const list = ['admin', 'dead-letters', stream ?? '', tenantId ?? '']
      const below = cursor === undefined ? undefined : Number(deps.cursors.decode(list, cursor).id)
      const subject = stream === undefined ? '>' : deadLettersOf(stream)
      const found = await newestFirst(
        deps,
        { subject, below, limit },
        (message) => tenantId === undefined || readLetter(message).tenantId === tenantId,
      )
      const next = found.below === undefined ? null : deps.cursors.encode(list, { key: '', id: String(found.below) })
      return json(200, { data: found.letters.map((each) => presentLetter(readLetter(each))), next_cursor: next })
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/admin/dead-letters/{sequence}/retry',
      audit: 'dead_letter.retried',
      scope: ordering,
      tag,
      summary: 'Retry a dead letter',
      description:
        'Puts it back where it came from, and out of the list once the broker has stored it. What was done already is not done again. If it fails again, it is a new dead letter.',
      answers: { 202: { description: 'It is on its way again.', schema: deadLetter } },
      problems: ['dead-letter-not-found', 'dead-letter-not-retriable'],
    },
    async ({ caller, params, origin, note, json }) => {
      const run = async () => {
        const { message, letter } = await find(params.sequence)
        if (!isRetriable(letter)) throw notRetriable(letter)
        await retryLetter(deps, letter, message)
        return { status: 202, body: presentLetter(letter) }
      }
      const done = await runOnce(deps, caller, origin, { body: undefined, run })
      note(noteOf(deadLetter.parse(done.body)))
      return json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/admin/dead-letters/{sequence}',
      audit: 'dead_letter.deleted',
      scope: ordering,
      tag,
      summary: 'Delete a dead letter',
      description: 'For good: what it asked for will not be done.',
      answers: { 204: { description: 'It is gone.' } },
      problems: ['dead-letter-not-found'],
    },
    async ({ params, note, answer }) => {
      const { letter } = await find(params.sequence)
      await broker.deleteMessage(deadLetters, letter.sequence)
      note(noteOf(presentLetter(letter)))
      return answer(204, null, {})
    },
  )
}

const notRetriable = ({ consumer, cause }: Letter) =>
  new DomainError('dead-letter-not-retriable', howElse(consumer, cause))

function howElse(consumer: string, cause: string): string {
  if (cause === poisonCause)
    return 'Engines died of it, and it was told as failed: whoever asked for it may ask again. Delete this when the cause is mended.'
  if (consumer.startsWith('projector'))
    return 'It is an event, and EVENTS still holds it: when the projector takes it, rebuild the views and delete this.'
  return 'It is no command: stored again it would come a second time to everybody who reads it. Delete it when it is looked into.'
}
