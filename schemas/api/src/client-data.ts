// What the client offers for data over time: how long they are kept, exports, erasures, the end of the account.
import type { CallOptions, PageOptions } from './client.ts'
import type { CreateDeletion, Deletion } from './deletion.ts'
import type { CreateErasure, Erasure } from './erasure.ts'
import type { DataExport } from './export.ts'
import type { Page } from './paging.ts'
import type { Retention, UpdateRetention } from './retention.ts'

type Calls = {
  get: <Answer>(path: string) => Promise<Answer>
  list: <Item>(path: string, options?: PageOptions) => Promise<Page<Item>>
  post: <Answer>(path: string, body: unknown, options?: CallOptions) => Promise<Answer>
  call: {
    json: <Answer>(method: string, path: string, options: { body: unknown }) => Promise<Answer>
    empty: (method: string, path: string) => Promise<void>
    stream: (path: string, accept: string) => Promise<ReadableStream<Uint8Array> | null>
  }
}

export function dataMethods({ get, list, post, call }: Calls) {
  const dataExport = (id: string) => `/v1/exports/${encodeURIComponent(id)}`
  return {
    createExport: (options?: CallOptions) => post<DataExport>('/v1/exports', undefined, options),
    listExports: (options?: PageOptions) => list<DataExport>('/v1/exports', options),
    getExport: (id: string) => get<DataExport>(dataExport(id)),
    /** The zip file, as it comes. */
    getExportArchive: (id: string) => call.stream(`${dataExport(id)}/archive`, 'application/zip'),
    erasePerson: (body: CreateErasure, options?: CallOptions) => post<Erasure>('/v1/erasures', body, options),
    listErasures: (options?: PageOptions) => list<Erasure>('/v1/erasures', options),
    getErasure: (id: string) => get<Erasure>(`/v1/erasures/${encodeURIComponent(id)}`),
    /** An owner's, as the next but one. */
    deleteAccount: (body: CreateDeletion) => post<Deletion>('/v1/tenant/deletion', body),
    getAccountDeletion: () => get<Deletion>('/v1/tenant/deletion'),
    keepAccount: () => call.empty('DELETE', '/v1/tenant/deletion'),
    getRetention: () => get<Retention>('/v1/retention'),
    updateRetention: (body: UpdateRetention) => call.json<Retention>('PATCH', '/v1/retention', { body }),
  }
}
