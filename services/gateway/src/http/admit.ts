// Who may pass: a caller within a tenant, somebody who is signed in, or anybody; each within a rate.
import { limitedAs } from '@wagate/runtime/address.ts'
import { actorId } from '../access/actor.ts'
import { type Authenticate, type Caller, checkReach } from '../access/authenticate.ts'
import { checkDeletion } from '../access/check-deletion.ts'
import { checkScope } from '../access/check-scope.ts'
import { checkSuspension } from '../access/check-suspension.ts'
import { checkLooking } from '../access/support.ts'
import type { Client, Present } from '../account/accounts.ts'
import { looksLikeSessionToken } from '../account/session-token.ts'
import { announce, type Exchange } from './exchange.ts'
import { DomainError } from './problem.ts'
import type { TakeRequest } from './rate-limit.ts'
import type { AnyOpenSpec, AnyRouteSpec } from './route.ts'

type Arriving = { header: (name: string) => string | undefined; client: Client; exchange: Exchange }
export type Admit<Spec, Admitted extends object> = (arriving: Arriving, spec: Spec) => Promise<Admitted>
export type ByCaller = { caller: Caller }
/** `token` is what the person's device holds. */
export type ByPerson = { present: Present; token: string }

export type AdmitDeps = {
  authenticate: Authenticate
  /** Undefined when the token is none, or the sign-in is over. */
  present: (token: string) => Promise<Present | undefined>
  takeRequest: TakeRequest
  monotonicMs: () => number
}

export function createAdmission({ authenticate, present, takeRequest, monotonicMs }: AdmitDeps) {
  function limit(exchange: Exchange, who: string, perSecond?: number): void {
    const rate = takeRequest(who, monotonicMs(), perSecond)
    announce(exchange, [rate.state])
    if (rate.allowed) return
    const { retryAfterSeconds } = rate
    throw new DomainError('rate-limited', `Too many requests: wait ${retryAfterSeconds} s, then go on more slowly.`, {
      retryAfterSeconds,
    })
  }

  const caller: Admit<AnyRouteSpec, ByCaller> = async ({ header, exchange }, spec) => {
    const { scope, bySession = false, testOnly = false } = spec
    const found = await authenticate(header('authorization'), header('x-api-key'))
    exchange.caller = found
    limit(exchange, actorId(found.actor), found.requestsPerSecond)
    checkSuspension(found, spec)
    checkScope(found, scope)
    checkLooking(found, spec)
    checkReach(found, bySession)
    checkDeletion(found, spec)
    if (testOnly && found.mode !== 'test')
      throw new DomainError(
        'test-key-required',
        'Sandbox phones are for test mode: use a key that starts with wgk_test_.',
      )
    return { caller: found }
  }

  const person: Admit<AnyOpenSpec, ByPerson> = async ({ header, client, exchange }) => {
    limit(exchange, `address ${limitedAs(client.address)}`)
    const token = /^Bearer +(\S+) *$/i.exec(header('authorization') ?? '')?.[1]
    const found = token && looksLikeSessionToken(token) ? await present(token) : undefined
    if (!token || !found)
      throw new DomainError(
        'sign-in-needed',
        'Sign in, and send the token that you get as "Authorization: Bearer wgs_…": you sent none, or it is over.',
        { headers: { 'www-authenticate': 'Bearer' } },
      )
    exchange.personId = found.person.id
    return { present: found, token }
  }

  const anyone: Admit<AnyOpenSpec, object> = async ({ client, exchange }) => {
    limit(exchange, `address ${limitedAs(client.address)}`)
    return {}
  }

  return { caller, person, anyone }
}
