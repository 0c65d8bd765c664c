// Who acts in a tenant: a program with an API key, one of its people, or an operator whom it sees looking.
import type { ApiKeyRecord, Role } from '@wagate/messages/control.ts'

export type Actor =
  | { kind: 'key'; keyId: string }
  | { kind: 'person'; personId: string; role: Role }
  | { kind: 'support'; accessId: string; operatorId: string }

/** Names it in logs, limits and records. */
export function actorId(actor: Actor): string {
  switch (actor.kind) {
    case 'key':
      return actor.keyId
    case 'person':
      return actor.personId
    case 'support':
      return actor.accessId
  }
}

/** Still counts at that time; open event streams ask again and again. */
export const isUsable = (key: ApiKeyRecord, at: Date): boolean =>
  key.revokedAt === undefined && (key.expiresAt === undefined || Date.parse(key.expiresAt) > at.getTime())
