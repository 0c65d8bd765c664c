// Who acts in a tenant: a program with an API key, or one of its people.
import type { ApiKeyRecord, Role } from '@wagate/messages/control.ts'

export type Actor = { kind: 'key'; keyId: string } | { kind: 'person'; personId: string; role: Role }

/** Names it in logs, limits and records. */
export const actorId = (actor: Actor): string => (actor.kind === 'key' ? actor.keyId : actor.personId)

/** Still counts at that time; open event streams ask again and again. */
export const isUsable = (key: ApiKeyRecord, at: Date): boolean =>
  key.revokedAt === undefined && (key.expiresAt === undefined || Date.parse(key.expiresAt) > at.getTime())
