// What the client offers for support access: to operators, and to the account that they look into.
import type { CallOptions, PageOptions } from './client.ts'
import type { Page } from './paging.ts'
import type { CreateSupportToken, OpenSupportAccess, SupportAccess, SupportToken } from './support.ts'

type Calls = {
  list: <Item>(path: string, options?: PageOptions & { tenant_id?: string }) => Promise<Page<Item>>
  post: <Answer>(path: string, body: unknown, options?: CallOptions) => Promise<Answer>
  call: { empty: (method: string, path: string) => Promise<void> }
}

export function supportMethods({ list, post, call }: Calls) {
  const accesses = (tenantId: string) => `/v1/admin/tenants/${encodeURIComponent(tenantId)}/support-accesses`
  const access = (tenantId: string, id: string) => `${accesses(tenantId)}/${encodeURIComponent(id)}`
  return {
    /** These four need an operator. */
    openSupportAccess: (tenantId: string, body: OpenSupportAccess, options?: CallOptions) =>
      post<SupportAccess>(accesses(tenantId), body, options),
    /** All that are open; with `tenant_id` every one to that account. */
    listAllSupportAccesses: (options?: PageOptions & { tenant_id?: string }) =>
      list<SupportAccess>('/v1/admin/support-accesses', options),
    /** With what it answers, `createClient` looks into the account. */
    createSupportToken: (tenantId: string, id: string, body: CreateSupportToken = {}) =>
      post<SupportToken>(`${access(tenantId, id)}/tokens`, body),
    closeSupportAccess: (tenantId: string, id: string) => call.empty('DELETE', access(tenantId, id)),

    /** To the caller's own account. */
    listSupportAccesses: (options?: PageOptions) => list<SupportAccess>('/v1/support-accesses', options),
    endSupportAccess: (id: string) => call.empty('DELETE', `/v1/support-accesses/${encodeURIComponent(id)}`),
  }
}
