// The typed client of this API: one method per route, over `fetch`, without dependencies, so that it also runs in a browser.

import type { Failover, MoveSession, PoolCapacity, SessionMove, Worker } from './admin.ts'
import type { AnalyticsQuery, MessageAnalytics } from './analytics.ts'
import type { ApiKey, ApiKeyWithSecret, CreateApiKey, RotateApiKey } from './api-key.ts'
import type { AuditQuery, AuditRecord, AuditVerification, VerificationQuery } from './audit.ts'
import { caller, type Query } from './call.ts'
import { adminMethods } from './client-admin.ts'
import { dataMethods } from './client-data.ts'
import { developerMethods } from './client-developers.ts'
import { eventMethods } from './client-events.ts'
import { inboxMethods } from './client-inbox.ts'
import { levelMethods } from './client-levels.ts'
import { operationsMethods } from './client-operations.ts'
import { supportMethods } from './client-support.ts'
import type {
  CreateInvitation,
  Invitation,
  Member,
  RoleTable,
  Tenant,
  TransferOwnership,
  UpdateMember,
  UpdateTenant,
} from './member.ts'
import type { AcceptedMessage, Message, SendMessage } from './message.ts'
import type { Page } from './paging.ts'
import type { AccountPlan, ChangePlan, OfferedPlan, PlanChange } from './plan.ts'
import type {
  CreatePhone,
  EnterCode,
  Phone,
  PhoneMessage,
  PhoneRead,
  PhoneReadAnswer,
  PhoneSend,
  PhoneSent,
  PhoneTyping,
  Scan,
  Scanned,
  Undecryptable,
} from './sandbox.ts'

import type { CreateSession, PairingCode, Qr, RequestPairingCode, Session, UpdateSession } from './session.ts'
import type { SessionHealth } from './session-health.ts'
import type { TimelineEntry } from './timeline.ts'
import type { CreateToken, Token } from './token.ts'
import type { Usage, UsageQuery } from './usage.ts'

export type ClientConfig = {
  /** Without a path: `http://127.0.0.1:8080`. */
  baseUrl: string
  /** Or a token. */
  apiKey: string
  fetch?: typeof fetch
}

export type CallOptions = {
  signal?: AbortSignal
  /** At most 255 characters; the same key and body get the first answer again for 24 h. */
  idempotencyKey?: string
}

export type PageOptions = { limit?: number; cursor?: string; signal?: AbortSignal }

export type { EventStreamOptions, OperatorStreamOptions, StreamedEvent } from './client-events.ts'

export type Client = ReturnType<typeof createClient>

/** Every method throws `ApiError` for a problem, and what `fetch` throws when there is no answer at all. */
export function createClient(config: ClientConfig) {
  const call = caller({ ...config, credential: config.apiKey })
  const session = (id: string) => `/v1/sessions/${encodeURIComponent(id)}`
  const apiKey = (id: string) => `/v1/api-keys/${encodeURIComponent(id)}`
  const member = (id: string) => `/v1/members/${encodeURIComponent(id)}`
  const phone = (id: string) => `/v1/sandbox/phones/${encodeURIComponent(id)}`
  const get = <Answer>(path: string, query: Query = {}, signal?: AbortSignal) =>
    call.json<Answer>('GET', path, { query, ...(signal && { signal }) })
  const list = <Item>(path: string, { signal, ...query }: PageOptions & Filters = {}) =>
    get<Page<Item>>(path, query, signal)
  const post = <Answer>(path: string, body: unknown, options: CallOptions = {}) =>
    call.json<Answer>('POST', path, { body, ...options })

  return {
    createSession: (body: CreateSession = {}, options?: CallOptions) => post<Session>('/v1/sessions', body, options),
    listSessions: (options?: PageOptions) => list<Session>('/v1/sessions', options),
    getSession: (id: string) => get<Session>(session(id)),
    updateSession: (id: string, body: UpdateSession) => call.json<Session>('PATCH', session(id), { body }),
    deleteSession: (id: string) => call.empty('DELETE', session(id)),
    getSessionTimeline: (id: string, options?: PageOptions) => list<TimelineEntry>(`${session(id)}/timeline`, options),
    getSessionHealth: (id: string) => get<SessionHealth>(`${session(id)}/health`),
    getQr: (id: string) => get<Qr>(`${session(id)}/qr`),
    getQrPng: (id: string) => call.bytes(`${session(id)}/qr`, 'image/png'),
    /** Answers with the code, or with null when it takes longer: ask `getPairingCode` then. */
    requestPairingCode: (id: string, body: RequestPairingCode, options?: CallOptions) =>
      post<PairingCode>(`${session(id)}/pairing-code`, body, options),
    getPairingCode: (id: string) => get<PairingCode>(`${session(id)}/pairing-code`),
    restartSession: (id: string, options?: CallOptions) => post<Session>(`${session(id)}/restart`, undefined, options),
    logoutSession: (id: string, options?: CallOptions) => post<Session>(`${session(id)}/logout`, undefined, options),

    sendMessage: (sessionId: string, body: SendMessage, options?: CallOptions) =>
      post<AcceptedMessage>(`${session(sessionId)}/messages`, body, options),
    listMessages: (sessionId: string, options?: PageOptions) =>
      list<Message>(`${session(sessionId)}/messages`, options),
    cancelMessage: (sessionId: string, messageId: string, options?: CallOptions) =>
      post<Message>(`${session(sessionId)}/messages/${encodeURIComponent(messageId)}/cancel`, undefined, options),
    getSessionMessage: (sessionId: string, messageId: string) =>
      get<Message>(`${session(sessionId)}/messages/${encodeURIComponent(messageId)}`),
    getMessage: (id: string) => get<Message>(`/v1/messages/${encodeURIComponent(id)}`),
    ...inboxMethods({ get, list, post, call }),
    ...developerMethods({ get, list, post, call }),

    createApiKey: (body: CreateApiKey, options?: CallOptions) => post<ApiKeyWithSecret>('/v1/api-keys', body, options),
    listApiKeys: (options?: PageOptions) => list<ApiKey>('/v1/api-keys', options),
    getApiKey: (id: string) => get<ApiKey>(apiKey(id)),
    rotateApiKey: (id: string, body: RotateApiKey = {}, options?: CallOptions) =>
      post<ApiKeyWithSecret>(`${apiKey(id)}/rotate`, body, options),
    revokeApiKey: (id: string) => call.empty('DELETE', apiKey(id)),

    createToken: (body: CreateToken, options?: CallOptions) => post<Token>('/v1/tokens', body, options),

    getPlan: () => get<AccountPlan>('/v1/plan'),
    listPlans: () => get<{ data: OfferedPlan[] }>('/v1/plans'),
    changePlan: (body: ChangePlan, options?: CallOptions) => post<PlanChange>('/v1/plan', body, options),
    listRoles: () => get<RoleTable>('/v1/roles'),
    listMembers: () => get<{ data: Member[] }>('/v1/members'),
    updateMember: (id: string, body: UpdateMember) => call.empty('PATCH', member(id), body),
    removeMember: (id: string) => call.empty('DELETE', member(id)),
    invite: (body: CreateInvitation, options?: CallOptions) => post<Invitation>('/v1/invitations', body, options),
    listInvitations: () => get<{ data: Invitation[] }>('/v1/invitations'),
    withdrawInvitation: (id: string) => call.empty('DELETE', `/v1/invitations/${encodeURIComponent(id)}`),
    getTenant: () => get<Tenant>('/v1/tenant'),
    updateTenant: (body: UpdateTenant) => call.json<Tenant>('PATCH', '/v1/tenant', { body }),
    transferOwnership: (body: TransferOwnership) => call.empty('POST', '/v1/tenant/ownership', body),

    /** The month so far unless told otherwise. */
    /** Messages over time, for charts. */
    getMessageAnalytics: (query: AnalyticsQuery = {}) => get<MessageAnalytics>('/v1/analytics/messages', { ...query }),
    getUsage: (query: UsageQuery = {}) => get<Usage>('/v1/usage', query),
    /** The same as a table, a line per day. */
    getUsageCsv: async (query: UsageQuery = {}) =>
      new TextDecoder().decode(await call.bytes('/v1/usage', 'text/csv', query)),

    ...levelMethods({ get, call }),

    listAuditLog: (options?: AuditOptions) => list<AuditRecord>('/v1/audit-log', options),
    /** Oldest first, 100,000 entries at most; go on with `after`. */
    exportAuditLog: (format: AuditFile, query: AuditFilters = {}) =>
      call.stream('/v1/audit-log', auditFiles[format], query),
    /** Keep `through` and `hash` of the answer, and pass them as `after` and `hash` the next time. */
    verifyAuditLog: (query: VerificationQuery = {}) =>
      get<AuditVerification>('/v1/audit-log/verification', { ...query }),

    createPhone: (body: CreatePhone = {}, options?: CallOptions) => post<Phone>('/v1/sandbox/phones', body, options),
    listPhones: () => list<Phone>('/v1/sandbox/phones'),
    getPhone: (id: string) => get<Phone>(phone(id)),
    deletePhone: (id: string) => call.empty('DELETE', phone(id)),
    /** Links the session that shows the QR string, or that is named. */
    scanWithPhone: (id: string, body: Scan) => post<Scanned>(`${phone(id)}/scan`, body),
    /** Links the session that asked for a code for this phone's number. */
    enterCodeOnPhone: (id: string, body: EnterCode) => post<Scanned>(`${phone(id)}/enter-code`, body),
    sendFromPhone: (id: string, body: PhoneSend, options?: CallOptions) =>
      post<PhoneSent>(`${phone(id)}/messages`, body, options),
    /** Whoever watches the chat sees it: `watchChat`. */
    typeOnPhone: (id: string, body: PhoneTyping) => call.empty('POST', `${phone(id)}/typing`, body),
    listPhoneMessages: (id: string, options?: PageOptions) => list<PhoneMessage>(`${phone(id)}/messages`, options),
    readOnPhone: (id: string, body: PhoneRead = {}) => post<PhoneReadAnswer>(`${phone(id)}/read`, body),
    setPhoneOnline: (id: string, online: boolean) =>
      post<Phone>(`${phone(id)}/${online ? 'online' : 'offline'}`, undefined),
    listUndecryptable: (id: string) => list<Undecryptable>(`${phone(id)}/undecryptable`),

    ...dataMethods({ get, list, post, call }),
    ...supportMethods({ list, post, call }),

    /** These need an operator's key. */
    listWorkers: () => get<{ data: Worker[] }>('/v1/admin/workers'),
    drainWorker: (id: string) => post<Worker>(`/v1/admin/workers/${encodeURIComponent(id)}/drain`, undefined),
    undrainWorker: (id: string) => post<Worker>(`/v1/admin/workers/${encodeURIComponent(id)}/undrain`, undefined),
    listFailovers: (options?: PageOptions) => list<Failover>('/v1/admin/failovers', options),
    moveSession: (id: string, body: MoveSession) =>
      post<SessionMove>(`/v1/admin/sessions/${encodeURIComponent(id)}/move`, body),
    listOperatorAuditLog: (options?: AuditOptions) => list<AuditRecord>('/v1/admin/audit-log', options),
    verifyOperatorAuditLog: (query: VerificationQuery = {}) =>
      get<AuditVerification>('/v1/admin/audit-log/verification', { ...query }),
    getCapacity: () => get<{ data: PoolCapacity[] }>('/v1/admin/capacity'),
    ...adminMethods({ get, list, post, call }),
    ...operationsMethods({ get, list, post, call }),
    ...eventMethods(call),
  }
}

type Filters = AuditFilters & {
  q?: string
  chat_id?: string
  assignee?: string
  unread?: string
  session_id?: string
  status?: string
  type?: string
  method?: string
  route?: string
  actor_kind?: string
  tenant_id?: string
}
type AuditFilters = Pick<AuditQuery, Exclude<keyof AuditQuery, 'limit' | 'cursor'>>
type AuditOptions = PageOptions & AuditFilters
const auditFiles = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const
type AuditFile = keyof typeof auditFiles
