// All enabled endpoints, in memory: events are matched without asking the database. PostgreSQL notifies of every change at
// its commit, so a new endpoint counts within milliseconds and nothing is asked while nothing changes. Notifications of the
// time without a connection are lost, hence a full read at every (re)connection, and from time to time besides.
import type { EventType } from '@wagate/messages/events.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Sql } from 'postgres'
import { type Endpoint, type Mode, wants } from './endpoint.ts'
import { allEndpoints, type EndpointReader, oneEndpoint } from './queries.ts'

export type DirectoryDeps = {
  sql: Sql
  reader: EndpointReader
  logger: Logger
  /** Endpoints were disabled or deleted: their deliveries have no future. */
  onRemoved(): void
  /** Between full reads that nothing has asked for. */
  rereadEveryMs: number
}

export type Directory = {
  /** Whether the tenant has any endpoint: if not, its events need not be looked at. */
  hasTenant(tenantId: string): boolean
  matching(tenantId: string, mode: Mode, type: EventType): Endpoint[]
  get(key: string): Endpoint | undefined
  all(): Iterable<Endpoint>
  close(): Promise<void>
}

/** Resolves once every endpoint is known. */
export async function openDirectory(deps: DirectoryDeps): Promise<Directory> {
  const { sql, reader, logger, onRemoved } = deps
  let byTenant = new Map<string, Map<string, Endpoint>>()
  /** One read at a time, in the order of the notifications. */
  let reading = Promise.resolve()

  const put = (tenantId: string, endpointId: string, endpoint: Endpoint | undefined): void => {
    const ofTenant = byTenant.get(tenantId) ?? new Map<string, Endpoint>()
    if (endpoint) byTenant.set(tenantId, ofTenant.set(endpointId, endpoint))
    else {
      ofTenant.delete(endpointId)
      if (ofTenant.size === 0) byTenant.delete(tenantId)
      onRemoved()
    }
  }

  const readAll = async (): Promise<void> => {
    const fresh = new Map<string, Map<string, Endpoint>>()
    for (const endpoint of await allEndpoints(reader)) {
      const ofTenant = fresh.get(endpoint.tenantId) ?? new Map<string, Endpoint>()
      fresh.set(endpoint.tenantId, ofTenant.set(endpoint.endpointId, endpoint))
    }
    byTenant = fresh
    onRemoved()
  }

  const readOne = async (payload: string): Promise<void> => {
    const [tenantId = '', endpointId = ''] = payload.split('|')
    put(tenantId, endpointId, await oneEndpoint(reader, tenantId, endpointId))
  }

  /** A read that fails is made good by the next full one. */
  const soon = (read: () => Promise<void>): Promise<void> => {
    reading = reading.then(read).catch((err: unknown) => logger.warn({ event: 'endpoints.unread', err }))
    return reading
  }

  await readAll()
  const listening = await sql.listen(
    'webhook_endpoint',
    (payload) => void soon(() => readOne(payload)),
    () => void soon(readAll),
  )
  const timer = setInterval(() => void soon(readAll), deps.rereadEveryMs)

  return {
    hasTenant: (tenantId) => byTenant.has(tenantId),
    matching: (tenantId, mode, type) =>
      [...(byTenant.get(tenantId)?.values() ?? [])].filter((endpoint) => wants(endpoint, mode, type)),
    get(key) {
      const [tenantId = '', endpointId = ''] = key.split('|')
      return byTenant.get(tenantId)?.get(endpointId)
    },
    *all() {
      for (const ofTenant of byTenant.values()) yield* ofTenant.values()
    },
    async close() {
      clearInterval(timer)
      await listening.unlisten().catch(() => {}) // the database may be away
      await reading
    },
  }
}
