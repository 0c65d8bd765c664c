import { Readable } from 'node:stream'
import { dataExport, exportArchive, exportPage, exportsQuery } from '@wagate/api/export.ts'
import { type IdKind, isId } from '@wagate/messages/ids.ts'
import { exportKey } from '@wagate/messages/objects.ts'
import type { ObjectStore } from '@wagate/runtime/object-store.ts'
import type { Caller } from '../access/authenticate.ts'
import { requestedBy } from '../access/requested-by.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import type { JobRow, JobStore } from '../job/store.ts'
import { presentExport } from './present.ts'

export type ExportDeps = IdempotencyDeps & {
  jobs: JobStore
  objects: Pick<ObjectStore, 'get'>
  cursors: Cursors
  newId: (kind: IdKind) => string
}

const tag = 'Data'
const perDay = 5
const dayMs = 86_400_000

export function exportRoutes(mount: Mount, deps: ExportDeps): void {
  mount(
    {
      method: 'post',
      path: '/v1/exports',
      audit: 'tenant.export_requested',
      scope: 'account:write',
      whileDeleting: true,
      tag,
      summary: 'Export all data',
      description:
        'Makes an archive in the background: a zip file with JSON Lines per kind of data and a manifest with counts and hashes. Of everything with a live key, of test mode with a test key. No secrets are in it.',
      answers: { 202: { description: 'It will be made: ask for it until it has succeeded.', schema: dataExport } },
      problems: ['export-in-progress', 'export-limit-reached', 'views-unavailable'],
    },
    async (call) => {
      const { caller, origin } = call
      const { tenantId, mode } = caller
      const run = async () => {
        await checkLimits(deps, caller)
        const jobId = deps.newId('job')
        const job = { jobId, kind: 'export', mode, requestedBy: requestedBy(caller) } as const
        return { status: 202, body: presentExport(await deps.jobs.create(tenantId, { ...job, createdAt: deps.now() })) }
      }
      const { status, body, headers } = await runOnce(deps, caller, origin, { body: undefined, run })
      call.note({ targets: [dataExport.parse(body).id] })
      return call.json(status, body, headers)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/exports',
      scope: 'account:write',
      tag,
      summary: 'List exports',
      description: 'Of the mode of the key that asks.',
      query: exportsQuery,
      answers: { 200: { description: 'Newest first.', schema: exportPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor } = call.query
      const list = [tenantId, mode, 'exports']
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const rows = await deps.jobs.list(tenantId, 'export', mode, { limit, after })
      const shown = rows.map(({ item, position }) => ({ item: presentExport(item), position }))
      return call.json(200, pageOf(shown, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/exports/{job_id}',
      scope: 'account:write',
      tag,
      summary: 'Get an export',
      answers: { 200: { description: 'The export, and how far it is.', schema: dataExport } },
      problems: ['export-not-found', 'views-unavailable'],
    },
    async (call) => call.json(200, presentExport(await find(deps, call.caller, call.params.job_id))),
  )

  mount(
    {
      method: 'get',
      path: '/v1/exports/{job_id}/archive',
      scope: 'account:write',
      tag,
      summary: 'Download the archive of an export',
      answers: { 200: { description: 'The zip file.', schema: exportArchive, contentTypes: ['application/zip'] } },
      problems: ['export-not-found', 'export-not-ready', 'export-expired', 'views-unavailable', 'archive-unavailable'],
    },
    async (call) => {
      const { tenantId } = call.caller
      const found = await find(deps, call.caller, call.params.job_id)
      checkReady(found, deps.now())
      const archive = await deps.objects.get(exportKey({ tenantId, jobId: found.jobId })).catch(unavailable)
      if (!archive) throw expired()
      return call.answer(200, Readable.toWeb(archive.body) as ReadableStream<Uint8Array>, {
        'content-type': 'application/zip',
        'content-length': String(archive.sizeBytes),
        'content-disposition': `attachment; filename="wagate-export-${found.createdAt.toISOString().slice(0, 10)}.zip"`,
      })
    },
  )
}

async function find({ jobs }: ExportDeps, { tenantId, mode }: Caller, jobId: string): Promise<JobRow> {
  const found = isId('job', jobId) ? await jobs.find(tenantId, 'export', mode, jobId) : undefined
  if (found) return found
  throw new DomainError(
    'export-not-found',
    'There is no export with this id: check it, or list yours with GET /v1/exports.',
  )
}

/** Two requests at once may exceed a limit by one. */
async function checkLimits({ jobs, now }: ExportDeps, { tenantId, mode }: Caller): Promise<void> {
  const { open, recent } = await jobs.countRecent(tenantId, 'export', mode, new Date(now().getTime() - dayMs))
  if (open > 0)
    throw new DomainError('export-in-progress', 'An export is being made: wait for it, see GET /v1/exports.')
  if (recent >= perDay)
    throw new DomainError(
      'export-limit-reached',
      `An account may make ${perDay} exports in 24 hours: come back later.`,
      {
        retryAfterSeconds: 3_600,
      },
    )
}

function checkReady(found: JobRow, now: Date): void {
  if (found.state !== 'succeeded')
    throw new DomainError('export-not-ready', `The export is ${found.state}: ask for it until it has succeeded.`, {
      ...(found.dueAt && { retryAfterSeconds: 2 }),
    })
  if (!found.expiresAt || found.expiresAt <= now) throw expired()
}

const expired = () =>
  new DomainError('export-expired', 'The archive was removed: make a new one with POST /v1/exports.')

function unavailable(cause: unknown): never {
  throw new DomainError('archive-unavailable', 'The archive cannot be read right now: try again in a minute.', {
    cause,
    retryAfterSeconds: 30,
  })
}
