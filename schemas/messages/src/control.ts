// Values of the KV buckets: what gateways and workers hold in memory through a watch. `v` versions each shape.
import { z } from 'zod'
import { lane } from './commands.ts'
import { mode, party, token } from './envelope.ts'
import { closeReason, quarantineReason, restrictionKind } from './events.ts'
import { pacing } from './pacing.ts'
import { type Limits, limitOverrides, limits, limitsWith, planName } from './plans.ts'
import { proxyFailure, sessionProxy } from './proxy.ts'
import { sealedText } from './sealed.ts'

/** Scopes of a tenant's API key. */
export const scopes = [
  'sessions:read',
  'sessions:write',
  'messages:read',
  'messages:write',
  'webhooks:read',
  'webhooks:write',
  'events:read',
  'sandbox',
  'keys:read',
  'keys:write',
  'tokens:write',
  'members:read',
  'members:write',
  'account:read',
  'account:write',
  'usage:read',
  'audit:read',
  'requests:read',
] as const
/** What only a person can have: to hand the account to another owner. No key gets it. */
export const ownerScope = 'account:own'
/** Runs the installation: the fleet, and every account from outside. Only keys and people of the operators' own account have it. */
export const operatorScope = 'operator'
/** Looks at what an operator looks at, and changes nothing; whoever has `operatorScope` may do this too. */
export const operatorReadScope = 'operator:read'
export const allScopes = [...scopes, ownerScope, operatorScope, operatorReadScope] as const
export const scope = z.enum(allScopes)
export const tenantScope = z.enum(scopes)
export type Scope = z.infer<typeof scope>

/** `api_keys`, key `<key id>`: written by the gateway's management commands, mirrored from Postgres. */
export const apiKeyRecord = z.object({
  v: z.literal(1),
  keyId: token,
  tenantId: token,
  mode,
  /** SHA-256 of the secret, base64url. */
  secretHash: z.string(),
  scopes: z.array(scope),
  /** It reaches these sessions and nothing that is not theirs; everything of its tenant and mode when absent. */
  sessionIds: z.array(token).optional(),
  /** Lower than what the installation allows every key. */
  requestsPerSecond: z.number().int().optional(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
  revokedAt: z.iso.datetime().optional(),
})
export type ApiKeyRecord = z.infer<typeof apiKeyRecord>

/** `tenants`, key `<tenant id>`. */
export const tenantRecord = z.object({
  v: z.literal(1),
  tenantId: token,
  name: z.string(),
  status: z.enum(['active', 'suspended']),
  /** The operators' own account: no customer's, so it is in no list or figure of those. */
  operators: z.literal(true).optional(),
  /** While it is suspended: since when, and what its people are told of why. */
  suspension: z.object({ since: z.iso.datetime(), reason: z.string().optional() }).optional(),
  /** Absent in records from before there were plans. */
  plan: planName.optional(),
  /** In force: the plan's, or what was agreed. See `limitsOf` for what older records lack. */
  limits: limitOverrides.extend(limits.pick({ liveSessions: true, sandboxSessions: true, sandboxPhones: true }).shape),
  createdAt: z.iso.datetime(),
  /** It is to be deleted then: it can be read, and nothing else. */
  deletesAt: z.iso.datetime().optional(),
})
export type TenantRecord = z.infer<typeof tenantRecord>

/** Every limit that is in force. */
export const limitsOf = ({ plan = 'basic', limits: known }: Pick<TenantRecord, 'plan' | 'limits'>): Limits =>
  limitsWith(plan, known)
/** What a member may do: see `scopesOfRole`. */
export const roles = ['owner', 'admin', 'developer', 'agent', 'viewer'] as const
export const role = z.enum(roles)
export type Role = z.infer<typeof role>

/** `members`, key `<tenant>.<person>`: mirrored from Postgres; its existence is the membership. */
export const memberRecord = z.object({
  v: z.literal(1),
  tenantId: token,
  personId: token,
  role,
  since: z.iso.datetime(),
})
export type MemberRecord = z.infer<typeof memberRecord>

/** `support_accesses`, key `<tenant>.<access>`: mirrored from Postgres while it is open. `endsAt` counts, whether or not it is still there. */
export const supportAccessRecord = z.object({
  v: z.literal(1),
  tenantId: token,
  accessId: token,
  /** The operators' account. */
  operatorsId: token,
  operatorKind: z.enum(['person', 'key']),
  /** Who looks: nobody else can with it. */
  operatorId: token,
  /** For the account's owners, and for other operators. */
  reason: z.string(),
  createdAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
})
export type SupportAccessRecord = z.infer<typeof supportAccessRecord>

/** `sessions`, key `<tenant>.<session>.config`: written by the gateway only. Its existence is the session's existence. */
export const sessionConfig = z.object({
  v: z.literal(1),
  tenantId: token,
  sessionId: token,
  name: z.string().optional(),
  mode,
  partition: token,
  /** While it moves to another partition: where it is still hosted. Removed by that owner when it has let go. */
  movingFrom: token.optional(),
  /** `deleted` until the worker has unlinked it and removed both keys. */
  desired: z.enum(['running', 'deleted']),
  /** What differs from the mode's default pace; see `paceOf`. */
  pacing: pacing.partial().optional(),
  /** Everything of the session goes through it; directly when absent. */
  proxy: sessionProxy.optional(),
  createdAt: z.iso.datetime(),
})
export type SessionConfig = z.infer<typeof sessionConfig>

/** The partition whose owner hosts the session now. */
export const hostPartition = ({ partition, movingFrom }: Pick<SessionConfig, 'partition' | 'movingFrom'>): string =>
  movingFrom ?? partition

export const sessionStatuses = ['starting', 'awaiting_qr', 'connecting', 'connected', 'quarantined', 'closed'] as const
export type SessionStatus = (typeof sessionStatuses)[number]

/** How a session fares, as its owner knew it at `checkedAt`: written with its state, and when `session.check` asks for it. */
export const sessionHealth = z.object({
  checkedAt: z.iso.datetime(),
  /** The engine that hosts it. For operators. */
  owner: z.string(),
  /** Which WhatsApp Web the client says it is, like `2.3000.1043857760`. */
  version: z.string(),
  /** When WhatsApp was last heard, if only as the answer to a ping; absent before the first connection of this owner. */
  lastFrameAt: z.iso.datetime().optional(),
  /** Connections lost or refused in the hour before `checkedAt`. */
  failuresLastHour: z.number().int(),
  lastFailure: z.object({ code: z.number().int(), reason: z.string(), at: z.iso.datetime() }).optional(),
  /** What WhatsApp forbids the account, each until its time. */
  restrictions: z.array(z.object({ kind: restrictionKind, detail: z.string(), until: z.iso.datetime() })),
  queued: z.number().int(),
  unacknowledged: z.number().int(),
})
export type SessionHealth = z.infer<typeof sessionHealth>

/** `sessions`, key `<tenant>.<session>.state`: written by the session's owner only; a lower epoch never overwrites a higher one. */
export const sessionState = z.object({
  v: z.literal(1),
  status: z.enum(sessionStatuses),
  /** Why it is closed; absent otherwise. */
  reason: closeReason.optional(),
  /** Why it is left alone for a while, and until when; absent otherwise. */
  quarantine: z.object({ reason: quarantineReason, until: z.iso.datetime() }).optional(),
  /** Why its proxy does not let it through, and since when; absent when it does, or there is none. */
  proxyFailure: z.object({ reason: proxyFailure, since: z.iso.datetime() }).optional(),
  account: party.optional(),
  /** The outbox is at its bound: the gateway answers 429 until it is not. */
  queueFull: z.boolean(),
  /** Lanes for which it does so already; those of less urgent messages first. */
  fullLanes: z.array(lane).optional(),
  epoch: z.number().int(),
  since: z.iso.datetime(),
  health: sessionHealth.optional(),
})
export type SessionState = z.infer<typeof sessionState>

/** Why there is no code: our limit · WhatsApp's, which it does not tell · the number is nobody's · no answer. */
export const codeRefusals = ['limit', 'throttled', 'number', 'unanswered'] as const

/** `pairing`, key `<tenant>.<session>`: what can link a phone now. Credentials. */
export const pairingRecord = z.object({
  v: z.literal(1),
  /** With its `expiresAt`; both absent while there is none that could be scanned. */
  qr: z.string().optional(),
  expiresAt: z.iso.datetime().optional(),
  /** Eight characters; `commandId` is the last request that it answers. */
  code: z
    .object({ commandId: token, phone: z.string(), code: z.string().length(8), expiresAt: z.iso.datetime() })
    .optional(),
  /** Answers a request for a code for which there is none. */
  refusal: z.object({ commandId: token, reason: z.enum(codeRefusals), retryAt: z.iso.datetime() }).optional(),
})
export type PairingRecord = z.infer<typeof pairingRecord>

/** `idempotency`, key `<tenant>.<16 characters>`: the entropy of the id that the request was given (`encodeEntropy`). */
export const idempotencyRecord = z.object({
  v: z.literal(1),
  /** SHA-256 of method, path and canonical body, base64url. */
  fingerprint: z.string(),
  /** The id that the first request minted. */
  resourceId: token,
  createdAt: z.iso.datetime(),
  /** What a repeat is answered with. */
  status: z.number().int(),
  body: z.unknown(),
})
export type IdempotencyRecord = z.infer<typeof idempotencyRecord>

/** `signing_keys`, key `<key id>`: made and removed by the gateways; a record never changes. */
export const signingKeyRecord = z.object({
  v: z.literal(1),
  keyId: token,
  createdAt: z.iso.datetime(),
  /** The public half: Ed25519, base64url (RFC 8037). */
  x: z.string(),
  /** The private half as a JWK, sealed by the master key `kekId`. */
  sealed: sealedText,
})
export type SigningKeyRecord = z.infer<typeof signingKeyRecord>
/** Binds a private key to its record. */
export const signingKeyAad = (keyId: string): string => `signing-key|${keyId}`

/** `session_keys`, key `<tenant>.<session>`: the log's data key, wrapped with AES-256-GCM by the master key `kekId`. */
export const wrappedKey = z.object({
  v: z.literal(1),
  kekId: z.string(),
  iv: z.string(),
  wrapped: z.string(),
  tag: z.string(),
})
export type WrappedKey = z.infer<typeof wrappedKey>

/** `leases`, key `partition.<p>` or `consumer.<name>`. */
export const leaseRecord = z.object({
  v: z.literal(1),
  /** The process that holds it. */
  owner: token,
  host: z.string(),
  since: z.iso.datetime(),
})
export type LeaseRecord = z.infer<typeof leaseRecord>

export const sessionConfigKey = (tenantId: string, sessionId: string): string => `${tenantId}.${sessionId}.config`
export const sessionStateKey = (tenantId: string, sessionId: string): string => `${tenantId}.${sessionId}.state`
export const sessionKey = (tenantId: string, sessionId: string): string => `${tenantId}.${sessionId}`
export const memberKey = (tenantId: string, personId: string): string => `${tenantId}.${personId}`
export const partitionLeaseKey = (partition: string): string => `partition.${partition}`
export const consumerLeaseKey = (consumer: string): string => `consumer.${consumer}`
export const supportAccessKey = (tenantId: string, accessId: string): string => `${tenantId}.${accessId}`
