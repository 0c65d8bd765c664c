// What goes on record: who changed what, and when. Gateways publish entries to AUDIT; the projector numbers, chains and keeps them.
import { z } from 'zod'
import { mode, token } from './envelope.ts'
import { parseJson } from './parse.ts'
import { auditSubject } from './subjects.ts'

/** `<entity>.<past>`, as events are named. A name is for ever: entries of years ago have it. */
export const auditActions = [
  'session.created',
  'session.updated',
  'session.restarted',
  'session.logged_out',
  'session.deleted',
  'session.moved',
  'session.pairing_code_requested',

  'webhook.created',
  'webhook.updated',
  'webhook.deleted',
  'webhook.secret_rotated',
  'webhook.delivery_resent',
  'webhook.tested',

  'api_key.created',
  'api_key.rotated',
  'api_key.revoked',
  'token.issued',

  'person.signed_in',
  'person.sign_in_blocked',
  'person.signed_out',
  'person.session_revoked',
  'person.password_changed',
  'person.password_reset',
  'person.email_changed',
  'person.two_factor_enabled',
  'person.two_factor_disabled',
  'person.backup_codes_replaced',
  'person.deleted',

  'member.invited',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'invitation.revoked',

  'tenant.created',
  'tenant.renamed',
  'tenant.ownership_transferred',
  'tenant.suspended',
  'tenant.activated',
  'tenant.deletion_requested',
  'tenant.deletion_cancelled',
  'tenant.retention_changed',
  'tenant.export_requested',
  'tenant.erasure_requested',
  'tenant.support_access_granted',
  'tenant.support_access_revoked',
  'support.looked',
  'plan.changed',
  'plan.request_refused',

  'worker.drain_ordered',
  'worker.undrain_ordered',
  'dead_letter.retried',
  'dead_letter.deleted',

  'chat.assigned',
  'quick_reply.created',
  'quick_reply.updated',
  'quick_reply.deleted',
] as const
export type AuditAction = (typeof auditActions)[number]

/** `operator`: whoever runs the installation. `system`: Wagate by itself, such as when a period of grace is over. */
export const auditActorKinds = ['person', 'key', 'operator', 'system'] as const

/** Whole characters only, and no NUL, which Postgres cannot hold. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed() && !value.includes('\0'))

export const maxFactLength = 200
export const maxFactItems = 50
const fact = z.union([
  text(maxFactLength),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(text(maxFactLength)).max(maxFactItems),
])

/** What was decided: settings, scopes, ids, numbers of things. Never a secret, a phone number, an e-mail address, or what people wrote. */
export const auditChanges = z.record(z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/), fact)
export type AuditChanges = z.infer<typeof auditChanges>

/** One entry, as published on `aud.<shard>.<tenant>`; `id` is also the Nats-Msg-Id. */
export const auditEntry = z.object({
  v: z.literal(1),
  id: token,
  tenantId: token,
  time: z.iso.datetime({ precision: 3 }),
  actor: z.object({ kind: z.enum(auditActorKinds), id: token.nullable() }),
  /** Of a newer gateway it may be one that this version does not know: kept all the same. */
  action: z.string().regex(/^[a-z_]{1,32}\.[a-z_]{1,32}$/),
  /** Ids of what it was done to; of a rotation the old one and the new one. */
  targets: z.array(token).max(2),
  mode: mode.nullable(),
  requestId: token.nullable(),
  /** Method and pattern, like `DELETE /v1/api-keys/{key_id}`; null for what came another way. */
  route: text(200).nullable(),
  /** The caller's network: /24 of IPv4, /48 of IPv6. */
  address: text(64).nullable(),
  changes: auditChanges,
})
export type AuditEntry = z.infer<typeof auditEntry>
export type AuditActor = AuditEntry['actor']

/** An entry as AUDIT holds it: the subject must name its tenant. `reason` names fields and quotes no value. */
export const parseAuditEntry = ({ subject, data }: { subject: string; data: Uint8Array }) =>
  parseJson<AuditEntry, { ok: true; entry: AuditEntry } | { ok: false; reason: string }>(data, auditEntry, (entry) =>
    auditSubject(entry.tenantId) === subject
      ? { ok: true, entry }
      : { ok: false, reason: 'the subject and the entry disagree' },
  )
