import { createErasure, type Erasure, erasure, erasurePage, erasuresQuery } from '@wagate/api/erasure.ts'
import { type IdKind, isId } from '@wagate/messages/ids.ts'
import { z } from 'zod'
import { requestedBy } from '../access/requested-by.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { presentJob } from '../job/present.ts'
import type { JobRow, JobStore } from '../job/store.ts'

export type ErasureDeps = IdempotencyDeps & {
  jobs: JobStore
  cursors: Cursors
  newId: (kind: IdKind) => string
}

const tag = 'Data'
/** At once: each reads all of the tenant's events, and once more some time later. */
const maxOpen = 10
/** In 24 hours, which bounds those that wait for their second look. */
const maxPerDay = 200

export function erasureRoutes(mount: Mount, deps: ErasureDeps): void {
  mount(
    {
      method: 'post',
      path: '/v1/erasures',
      audit: 'tenant.erasure_requested',
      scope: 'account:write',
      tag,
      summary: 'Erase a person',
      description:
        'Removes, in the background and for good, the chats with one person and every message, delivery and event that names them as a party, in the mode of the key. Whoever writes again afterwards begins a new chat.',
      body: createErasure,
      answers: { 202: { description: 'It will be done: ask for it until it has succeeded.', schema: erasure } },
      problems: ['erasure-limit-reached', 'views-unavailable'],
    },
    async (call) => {
      const { caller, body, origin } = call
      const { tenantId, mode } = caller
      const run = async () => {
        const dayAgo = new Date(deps.now().getTime() - 86_400_000)
        const { open, recent } = await deps.jobs.countRecent(tenantId, 'erase_person', mode, dayAgo)
        if (open >= maxOpen) throw limitReached(`${maxOpen} erasures are being done: wait for one to end.`, 60)
        if (recent >= maxPerDay) throw limitReached(`${maxPerDay} erasures were asked for within 24 hours.`, 3_600)
        const params = { names: [body.person] }
        const job = {
          jobId: deps.newId('job'),
          kind: 'erase_person',
          mode,
          params,
          requestedBy: requestedBy(caller),
        } as const
        return {
          status: 202,
          body: presentErasure(await deps.jobs.create(tenantId, { ...job, createdAt: deps.now() })),
        }
      }
      const { status, body: answer, headers } = await runOnce(deps, caller, origin, { body, run })
      call.note({ targets: [erasure.parse(answer).id] })
      return call.json(status, answer, headers)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/erasures',
      scope: 'account:write',
      tag,
      summary: 'List erasures',
      description: 'Of the mode of the key that asks.',
      query: erasuresQuery,
      answers: { 200: { description: 'Newest first.', schema: erasurePage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor } = call.query
      const list = [tenantId, mode, 'erasures']
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const rows = await deps.jobs.list(tenantId, 'erase_person', mode, { limit, after })
      const shown = rows.map(({ item, position }) => ({ item: presentErasure(item), position }))
      return call.json(200, pageOf(shown, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/erasures/{job_id}',
      scope: 'account:write',
      tag,
      summary: 'Get an erasure',
      answers: { 200: { description: 'The erasure, and how far it is.', schema: erasure } },
      problems: ['erasure-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const jobId = call.params.job_id
      const found = isId('job', jobId) ? await deps.jobs.find(tenantId, 'erase_person', mode, jobId) : undefined
      if (found) return call.json(200, presentErasure(found))
      throw new DomainError(
        'erasure-not-found',
        'There is no erasure with this id: check it, or list yours with GET /v1/erasures.',
      )
    },
  )
}

const limitReached = (detail: string, retryAfterSeconds: number) =>
  new DomainError('erasure-limit-reached', detail, { retryAfterSeconds })

const counts = z.record(z.string(), z.number()).nullable().catch(null)
const result = z.object({ removed: counts, swept: counts })

const presentErasure = (row: JobRow): Erasure => ({ ...presentJob(row), ...result.parse(row.result) })
