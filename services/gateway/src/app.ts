// The gateway as a function of its dependencies: builds the Hono app and never listens.
import { OpenAPIHono } from '@hono/zod-openapi'
import type { IdKind } from '@wagate/messages/ids.ts'
import { BrokerRefused, BrokerUnavailable, DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import type { Context } from 'hono'
import { cors } from 'hono/cors'
import { type AuthenticateDeps, createAuthenticate } from './access/authenticate.ts'
import type { Accounts } from './account/accounts.ts'
import { type AccountDeps, accountRoutes } from './account/routes.ts'
import { type AnalyticsDeps, analyticsRoutes } from './analytics/routes.ts'
import { type ApiKeyDeps, apiKeyRoutes } from './api-key/routes.ts'
import type { AuditLog } from './audit/log.ts'
import { createLooks } from './audit/looks.ts'
import { type OfPersonCall, type OfPersonDeps, recordedOfPerson } from './audit/of-person.ts'
import { type OnRecordCall, recorded } from './audit/on-record.ts'
import { type AuditDeps, auditRoutes } from './audit/routes.ts'
import { type BusinessDeps, businessRoutes } from './business/routes.ts'
import { type ChatDeps, chatRoutes } from './chat/routes.ts'
import { type DeadLetterDeps, deadLetterRoutes } from './dead-letter/routes.ts'
import { type DeletionDeps, deletionRoutes } from './deletion/routes.ts'
import { type Audience, openApiDocument, pathOf, registerSecurity } from './docs/openapi.ts'
import { type DocsDeps, docsRoutes } from './docs/routes.ts'
import { type ErasureDeps, erasureRoutes } from './erasure/routes.ts'
import { type EventDeps, eventRoutes } from './event/routes.ts'
import { type ExportDeps, exportRoutes } from './export/routes.ts'
import { type FleetDeps, fleetRoutes } from './fleet/routes.ts'
import { type HealthDeps, healthRoutes } from './health/routes.ts'
import { type Admit, type ByCaller, type ByPerson, createAdmission } from './http/admit.ts'
import { type ClientAddressDeps, createClientAddress } from './http/client-address.ts'
import { type Env, type Exchange, requestIdOf } from './http/exchange.ts'
import { methodsByPath } from './http/methods.ts'
import { DomainError, problemResponse } from './http/problem.ts'
import { createRateLimiter, type RatePolicy } from './http/rate-limit.ts'
import {
  type AnyOpenSpec,
  type AnyPersonSpec,
  type AnyRouteSpec,
  type Mount,
  type MountForPeople,
  type MountOpen,
  type OpenCall,
  pipeline,
} from './http/route.ts'
import { type MemberDeps, memberRoutes } from './member/routes.ts'
import { type TenantDeps, tenantRoutes } from './member/tenant-routes.ts'
import { type MessageDeps, messageRoutes } from './message/routes.ts'
import { type MessageSearchDeps, messageSearchRoutes } from './message/search-routes.ts'
import { type OperatorEventDeps, operatorEventRoutes } from './operator-events/routes.ts'
import { type PlanDeps, planRoutes } from './plan/routes.ts'
import { type QuickReplyDeps, quickReplyRoutes } from './quick-reply/routes.ts'
import { type RequestDeps, requestRoutes } from './request-log/routes.ts'
import { type RetentionDeps, retentionRoutes } from './retention/routes.ts'
import { type SandboxDeps, sandboxRoutes } from './sandbox/routes.ts'
import { type AdminServiceLevelDeps, adminServiceLevelRoutes } from './service-level/admin-routes.ts'
import { serviceLevelRoutes } from './service-level/routes.ts'
import type { RequestCodeDeps } from './session/pairing.ts'
import { pairingRoutes } from './session/pairing-routes.ts'
import { type SessionDeps, sessionRoutes } from './session/routes.ts'
import { type TimelineDeps, timelineRoutes } from './session/timeline-routes.ts'
import { type StreamStateDeps, streamStateRoutes } from './streams/routes.ts'
import { type SupportOperatorDeps, supportOperatorRoutes } from './support/operator-routes.ts'
import { type SupportTenantDeps, supportTenantRoutes } from './support/tenant-routes.ts'
import { type SystemHealthDeps, systemHealthRoutes } from './system-health/routes.ts'
import { type TenantOrderDeps, tenantOrderRoutes } from './tenant/order-routes.ts'
import { type TenantReadDeps, tenantReadRoutes } from './tenant/read-routes.ts'
import { type TokenRouteDeps, tokenRoutes } from './token/routes.ts'
import type { UsageDeps } from './usage/answer.ts'
import { usageRoutes } from './usage/routes.ts'
import { type DeliveryDeps, deliveryRoutes } from './webhook/delivery-routes.ts'
import { type WebhookDeps, webhookRoutes } from './webhook/routes.ts'

export type AppDeps = AuthenticateDeps &
  SessionDeps &
  TimelineDeps &
  RequestDeps &
  RequestCodeDeps &
  MessageDeps &
  MessageSearchDeps &
  ChatDeps &
  QuickReplyDeps &
  EventDeps &
  WebhookDeps &
  DeliveryDeps &
  ApiKeyDeps &
  TokenRouteDeps &
  PlanDeps &
  AccountDeps &
  MemberDeps &
  TenantDeps &
  OfPersonDeps &
  SandboxDeps &
  RetentionDeps &
  ExportDeps &
  ErasureDeps &
  DeletionDeps &
  FleetDeps &
  DeadLetterDeps &
  StreamStateDeps &
  SystemHealthDeps &
  OperatorEventDeps &
  TenantReadDeps &
  TenantOrderDeps &
  BusinessDeps &
  UsageDeps &
  AnalyticsDeps &
  AdminServiceLevelDeps &
  AuditDeps &
  SupportOperatorDeps &
  SupportTenantDeps &
  DocsDeps &
  ClientAddressDeps &
  HealthDeps & {
    newId: (kind: IdKind) => string
    monotonicMs: () => number
    rate: RatePolicy
    publicUrl: string
    audit: AuditLog
    accounts: Pick<Accounts, 'present'>
    /** Called once per request, when its answer is decided. */
    observe: (exchange: Exchange, request: { method: string; path: string; status: number; durationMs: number }) => void
  }

export type App = OpenAPIHono<Env>
type Handle<Admitted> = (call: OpenCall<string, unknown, unknown> & Admitted) => Response | Promise<Response>

const readHeaders = ['Authorization', 'Last-Event-ID']
const shownHeaders = ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id']

export function createApp(deps: AppDeps): App {
  const app: App = new OpenAPIHono<Env>()
  const { monotonicMs } = deps

  app.use(async (c, next) => {
    const requestId = requestIdOf(c.req.header('x-request-id'), () => deps.newId('request'))
    const exchange: Exchange = { requestId, startedAtMs: monotonicMs(), headers: { 'x-request-id': requestId } }
    c.set('exchange', exchange)
    await next()
    const durationMs = monotonicMs() - exchange.startedAtMs
    deps.observe(exchange, { method: c.req.method, path: c.req.path, status: c.res.status, durationMs })
  })
  // Browsers may read, with a token: an API key has no business there, and nothing that writes is offered to them.
  app.use('/v1/*', cors({ origin: '*', allowMethods: ['GET'], allowHeaders: readHeaders, exposeHeaders: shownHeaders }))
  app.onError((error, c) => refuse(c.get('exchange'), asDomainError(error)))
  app.notFound((c) => refuse(c.get('exchange'), notOffered(c.req.method, c.req.path)))

  const admission = createAdmission({
    authenticate: createAuthenticate(deps),
    present: deps.accounts.present,
    takeRequest: createRateLimiter(deps.rate),
    monotonicMs,
  })
  const clientAddress = createClientAddress(deps)
  const clientOf = (c: Context<Env>) => ({
    address: clientAddress({
      socketAddress: c.env?.incoming?.socket.remoteAddress,
      header: (name) => c.req.header(name),
    }),
    userAgent: c.req.header('user-agent')?.slice(0, 300).trim(),
  })
  const mountFor =
    <Admitted extends object>(audience: Audience, admit: Admit<never, Admitted>) =>
    (spec: AnyOpenSpec, handle: Handle<Admitted>) => {
      app.openAPIRegistry.registerPath(pathOf(spec, audience))
      const path = spec.path.replaceAll(/\{(\w+)\}/g, ':$1')
      app.on(spec.method.toUpperCase(), path, pipeline(admit as Admit<AnyOpenSpec, Admitted>, clientOf, spec, handle))
    }
  const looked = createLooks({ record: deps.audit.record, now: deps.now })
  const mountWithin = mountFor('tenant', admission.caller)
  const mount = ((spec: AnyRouteSpec, handle: Handle<ByCaller & OnRecordCall>) =>
    mountWithin(spec, recorded(deps.audit, spec, handle, looked))) as Mount
  const mountSignedIn = mountFor('people', admission.person)
  const mountForPeople = ((spec: AnyPersonSpec, handle: Handle<ByPerson & OfPersonCall>) =>
    mountSignedIn(spec, recordedOfPerson(deps, spec, handle))) as MountForPeople
  const mountForAnyone = mountFor('anyone', admission.anyone)
  const mountOpen = ((spec: AnyPersonSpec, handle: Handle<OfPersonCall>) =>
    mountForAnyone(spec, recordedOfPerson(deps, spec, handle))) as MountOpen
  registerSecurity(app)
  healthRoutes(app, deps)
  sessionRoutes(mount, deps)
  timelineRoutes(mount, deps)
  requestRoutes(mount, deps)
  pairingRoutes(mount, deps)
  messageSearchRoutes(mount, deps)
  messageRoutes(mount, deps)
  chatRoutes(mount, deps)
  quickReplyRoutes(mount, deps)
  eventRoutes(mount, deps)
  webhookRoutes(mount, deps)
  deliveryRoutes(mount, deps)
  apiKeyRoutes(mount, deps)
  tokenRoutes(app, mount, deps)
  planRoutes(mount, deps)
  retentionRoutes(mount, deps)
  exportRoutes(mount, deps)
  erasureRoutes(mount, deps)
  deletionRoutes(mount, deps)
  accountRoutes({ mountOpen, mountForPeople }, deps)
  memberRoutes(mount, deps)
  tenantRoutes(mount, deps)
  sandboxRoutes(mount, deps)
  usageRoutes(mount, deps)
  analyticsRoutes(mount, deps)
  serviceLevelRoutes(mount, deps)
  adminServiceLevelRoutes(mount, deps)
  fleetRoutes(mount, deps)
  deadLetterRoutes(mount, deps)
  streamStateRoutes(mount, deps)
  systemHealthRoutes(mount, deps)
  operatorEventRoutes(mount, deps)
  tenantReadRoutes(mount, deps)
  tenantOrderRoutes(mount, deps)
  businessRoutes(mount, deps)
  auditRoutes(mount, deps)
  supportOperatorRoutes(mount, deps)
  supportTenantRoutes(mount, deps)
  docsRoutes(app, deps, () => openApiDocument(app, deps.publicUrl))

  const offered = methodsByPath(app.routes)
  return app

  function notOffered(method: string, path: string): DomainError {
    const methods = offered(path)
    if (methods.length === 0)
      return new DomainError('route-not-found', 'Nothing is at this address: check the path, or see /docs.')
    const allow = methods.join(', ')
    return new DomainError('method-not-allowed', `${method} is not offered here: use ${allow}.`, { headers: { allow } })
  }
}

function refuse(exchange: Exchange, error: DomainError): Response {
  exchange.problem = error.code
  exchange.cause = error.cause
  return problemResponse(error, exchange.requestId, exchange.headers)
}

/** What went wrong below, in the API's terms. What is not known says nothing but the request id. */
function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  if (error instanceof DatabaseUnavailable)
    return new DomainError(
      'views-unavailable',
      'The database does not answer. Sending works all the same; try again in a few seconds.',
      { cause: error, retryAfterSeconds: 2 },
    )
  if (error instanceof BrokerUnavailable || (error instanceof BrokerRefused && error.status >= 500))
    return new DomainError(
      'broker-unavailable',
      'The request could not be stored safely: send it again in a few seconds, with the same Idempotency-Key.',
      { cause: error, retryAfterSeconds: 2 },
    )
  return new DomainError('internal', 'Something went wrong on our side. Tell support the request id.', { cause: error })
}
