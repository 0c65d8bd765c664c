// Who is calling: from the header to a tenant, from memory, so that it works without Postgres and costs microseconds. Only what memory
// does not know is asked for: another process may just have made it, and its news may be late while a broker restarts.
import { timingSafeEqual } from 'node:crypto'
import {
  type ApiKeyRecord,
  type MemberRecord,
  memberKey,
  type Scope,
  type TenantRecord,
} from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { scopesOfRole } from '@wagate/messages/roles.ts'
import { looksLikeSessionToken } from '../account/session-token.ts'
import { DomainError } from '../http/problem.ts'
import type { Claims } from '../token/claims.ts'
import { looksLikeToken } from '../token/tokens.ts'
import { type Actor, isUsable } from './actor.ts'
import { hashSecret, parseKey } from './key.ts'
import { createSupport, type SupportDeps } from './support.ts'

export type Caller = {
  tenantId: string
  mode: Mode
  actor: Actor
  scopes: readonly Scope[]
  /** The only sessions that it reaches; undefined for all of its tenant and mode. */
  sessionIds?: readonly string[] | undefined
  requestsPerSecond?: number | undefined
  /** When its key ends. */
  expiresAt?: string | undefined
  /** When its token ends, in seconds since 1970; undefined for those who come with a key itself. */
  tokenUntil?: number | undefined
  tenant: TenantRecord
}

export type AuthenticateDeps = SupportDeps & {
  findKey: (keyId: string) => ApiKeyRecord | undefined
  findTenant: (tenantId: string) => TenantRecord | undefined
  /** By `memberKey`. */
  findMember: (key: string) => MemberRecord | undefined
  /** Asks the buckets' leaders. So many a second at most, since anybody can make up keys; beyond that, undefined. */
  refreshKey: (keyId: string) => Promise<ApiKeyRecord | undefined>
  refreshTenant: (tenantId: string) => Promise<TenantRecord | undefined>
  refreshMember: (key: string) => Promise<MemberRecord | undefined>
  /** Undefined for whatever is no valid token of this installation. */
  readToken: (text: string) => Promise<Claims | undefined>
  /** The key let somebody in. */
  noteUse: (key: { tenantId: string; keyId: string }) => void
  now: () => Date
}

export type Authenticate = ReturnType<typeof createAuthenticate>

/** Throws `api-key-missing` or `api-key-invalid`. */
export function createAuthenticate(deps: AuthenticateDeps) {
  const supportOf = createSupport(deps, { keyOf: recordOf, memberOf, tenantOf })

  return async (authorization: string | undefined, apiKeyHeader: string | undefined): Promise<Caller> => {
    const text = keyText(authorization, apiKeyHeader)
    const found = looksLikeToken(text) ? await checkToken(text) : ofKey(await checkKey(text))
    const tenant = await tenantOf(found.tenantId)
    if (!tenant) throw invalidKey('The account of this API key does not exist any more.')
    if (found.actor.kind === 'key') deps.noteUse({ tenantId: found.tenantId, keyId: found.actor.keyId })
    return { ...found, tenant }
  }

  async function tenantOf(tenantId: string): Promise<TenantRecord | undefined> {
    return deps.findTenant(tenantId) ?? (await deps.refreshTenant(tenantId))
  }

  async function memberOf(key: string): Promise<MemberRecord | undefined> {
    return deps.findMember(key) ?? (await deps.refreshMember(key))
  }
  async function recordOf(keyId: string): Promise<ApiKeyRecord | undefined> {
    return deps.findKey(keyId) ?? (await deps.refreshKey(keyId))
  }

  async function checkToken(text: string): Promise<Known> {
    const claims = await deps.readToken(text)
    const known = claims && (await whoIs(claims))
    if (!claims || !known)
      throw invalidKey('This token has expired, or what it stands for works no more: get a new one.')
    return { ...known, tokenUntil: claims.exp }
  }

  async function whoIs(claims: Claims): Promise<Known | undefined> {
    if (claims.support !== undefined) return supportOf(claims)
    return claims.person ? personOf(claims) : keyOf(claims)
  }

  /** Of a key that still works; with less than that one may do. */
  async function keyOf(claims: Claims): Promise<Known | undefined> {
    const key = await recordOf(claims.sub)
    if (key?.tenantId !== claims.tenant || key.mode !== claims.mode || !isUsable(key, deps.now())) return undefined
    return {
      ...ofKey(key),
      scopes: common(key.scopes, claims.scope ?? []),
      sessionIds: claims.sessions ?? key.sessionIds,
    }
  }

  /** With the role that the person has now, whatever it was when the token was made. */
  async function personOf({
    tenant: tenantId,
    sub: personId,
    mode,
    scope,
    sessions,
  }: Claims): Promise<Known | undefined> {
    const member = await memberOf(memberKey(tenantId, personId))
    const tenant = member && (await tenantOf(tenantId))
    if (!tenant) return undefined
    const { role } = member
    const all = scopesOfRole(tenant, role)
    const scopes = scope ? common(all, scope) : all
    return { tenantId, mode, actor: { kind: 'person', personId, role }, scopes, sessionIds: sessions }
  }

  async function checkKey(text: string): Promise<ApiKeyRecord> {
    const parsed = parseKey(text)
    if (!parsed.ok) throw invalidKey(malformed[parsed.reason])
    const { keyId, secret, mode } = parsed.key
    const record = await recordOf(keyId)
    const given = Buffer.from(hashSecret(secret))
    const expected = Buffer.from(record?.secretHash ?? '')
    if (!record || given.length !== expected.length || !timingSafeEqual(given, expected) || record.mode !== mode)
      throw invalidKey('This API key is not known: it may have been deleted, or belongs to another installation.')
    if (!isUsable(record, deps.now())) throw invalidKey('This API key was revoked or has expired: use another one.')
    return record
  }
}

type Known = Omit<Caller, 'tenant'>

const common = (some: readonly Scope[], others: readonly Scope[]): Scope[] =>
  some.filter((scope) => others.includes(scope))

const ofKey = ({ tenantId, mode, keyId, scopes, sessionIds, requestsPerSecond, expiresAt }: ApiKeyRecord): Known => ({
  ...{ tenantId, mode, scopes, sessionIds, requestsPerSecond, expiresAt },
  actor: { kind: 'key', keyId },
})

/** Whether the caller may know of that session of its tenant and mode at all. */
export const reaches = ({ sessionIds }: Pick<Caller, 'sessionIds'>, sessionId: string): boolean =>
  sessionIds === undefined || sessionIds.includes(sessionId)

/** Routes that are not about sessions one by one are closed to keys that are for some sessions only. */
export function checkReach(caller: Caller, bySession: boolean): void {
  if (bySession || caller.sessionIds === undefined) return
  throw new DomainError(
    'key-restricted',
    'This API key is for some sessions only, and this is about more than those: use a key without that restriction.',
  )
}

const malformed = {
  format: 'This is not an API key: keys start with wgk_test_ or wgk_live_ and are copied whole.',
  checksum: 'The checksum of the API key does not match: it was mistyped or cut.',
}

function keyText(authorization: string | undefined, apiKeyHeader: string | undefined): string {
  const bearer = authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  const text = bearer ?? apiKeyHeader?.trim()
  if (text && looksLikeSessionToken(text))
    throw invalidKey('This is the token of a sign-in: get one for a tenant with it, from POST /v1/auth/tokens.')
  if (text) return text
  throw new DomainError(
    'api-key-missing',
    'Send your API key in the header "Authorization: Bearer <key>" or "X-Api-Key: <key>".',
    {
      headers: { 'www-authenticate': 'Bearer' },
    },
  )
}

const invalidKey = (detail: string) =>
  new DomainError('api-key-invalid', detail, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
