// A session exists from the moment its configuration is in the bucket; the command only hurries the worker along.
import type { CreateSession } from '@wagate/api/session.ts'
import { limitsOf, type SessionConfig, type TenantRecord } from '@wagate/messages/control.ts'
import { KeyExists } from '@wagate/runtime/errors.ts'
import type { Caller } from '../access/authenticate.ts'
import type { PublishCommand } from '../command/publish.ts'
import { acceptOnce, type IdempotencyDeps, type Minted, type Origin } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { SessionDirectory } from './directory.ts'
import { presentSession } from './present.ts'
import { checkProxy, type ProxyDeps, sealProxy, withoutCredentials } from './proxy.ts'

export type CreateSessionDeps = IdempotencyDeps &
  ProxyDeps & {
    directory: SessionDirectory
    createSessionConfig: (config: SessionConfig) => Promise<number>
    publishCommand: PublishCommand
    partitionOf: (sessionId: string, tenant: TenantRecord) => string
    onLostCommand: (error: unknown, sessionId: string) => void
  }

/** Throws `session-limit-reached` or `proxy-refused`. */
export async function createSession(
  deps: CreateSessionDeps,
  caller: Caller,
  body: CreateSession,
  request: { id: string; origin: Origin },
) {
  const proxy = body.proxy === undefined ? undefined : checkProxy(body.proxy, deps.proxyPolicy)
  const reservation = deps.directory.reserve(caller.tenantId, caller.mode)
  const configOf = (minted: Minted): SessionConfig => ({
    v: 1,
    tenantId: caller.tenantId,
    sessionId: minted.id,
    ...(body.name !== undefined && { name: body.name }),
    mode: caller.mode,
    partition: deps.partitionOf(minted.id, caller.tenant),
    desired: 'running',
    ...(proxy && { proxy: sealProxy(deps.masterKey, { tenantId: caller.tenantId, sessionId: minted.id }, proxy) }),
    createdAt: minted.createdAt,
  })
  try {
    return await acceptOnce(deps, caller, request.origin, {
      kind: 'session',
      body: withoutCredentials(body, proxy),
      check: () => checkLimit(deps.directory, caller),
      answer: (minted) => ({ status: 201, body: presentSession({ config: configOf(minted), state: undefined }) }),
      act: (minted) => {
        reservation.as(minted.id)
        return store(deps, configOf(minted), request.id)
      },
    })
  } finally {
    reservation.release()
  }
}

async function store(deps: CreateSessionDeps, config: SessionConfig, requestId: string): Promise<void> {
  try {
    deps.directory.put(config, await deps.createSessionConfig(config))
  } catch (error) {
    if (!(error instanceof KeyExists)) throw error // else an earlier attempt of the same request created it
  }
  const { mode, name, sessionId } = config
  try {
    await deps.publishCommand(
      { type: 'session.create', data: { mode, ...(name !== undefined && { name }) } },
      { session: config, id: sessionId, requestId, at: config.createdAt },
    )
  } catch (error) {
    deps.onLostCommand(error, sessionId) // the worker also watches the bucket
  }
}

function checkLimit(directory: SessionDirectory, { tenantId, mode, tenant }: Caller): void {
  const { sandboxSessions, liveSessions } = limitsOf(tenant)
  const limit = mode === 'test' ? sandboxSessions : liveSessions
  if (directory.count(tenantId, mode) <= limit) return // the one asked for is counted already
  const kind = mode === 'test' ? 'sandbox' : 'live'
  throw new DomainError(
    'session-limit-reached',
    `This account may have ${limit} ${kind} sessions: delete one with DELETE /v1/sessions/{id}, or choose a bigger plan with POST /v1/plan.`,
  )
}
