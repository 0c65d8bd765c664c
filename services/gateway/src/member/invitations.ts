// Invitations: rows that say who may join, until somebody does.
import { invitation } from '@wagate/db/member.ts'
import { tenant } from '@wagate/db/tenant.ts'
import type { Role } from '@wagate/messages/control.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, desc, eq, gt, lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'

export const invitationDays = 7

export type InvitationsDeps = { sql: Sql; now: () => Date; newId: (kind: IdKind) => string }
export type InvitationRow = typeof invitation.$inferSelect
/** As the one who is invited sees it. */
export type OpenInvitation = InvitationRow & { tenantName: string }
export type Invitations = ReturnType<typeof createInvitations>

/** Each function throws `DatabaseUnavailable`. */
export function createInvitations({ sql, now, newId }: InvitationsDeps) {
  const database = drizzle(sql)
  const one = (tenantId: string, id: string) =>
    and(eq(invitation.tenantId, tenantId), eq(invitation.invitationId, id), gt(invitation.expiresAt, now()))

  return {
    /** In place of an earlier one of the same address. */
    create: (asked: { tenantId: string; email: string; role: Role; invitedBy: string }): Promise<InvitationRow> =>
      orUnavailable(async () => {
        const createdAt = now()
        const expiresAt = new Date(createdAt.getTime() + invitationDays * 86_400_000)
        const fresh = { invitationId: newId('invitation'), ...asked, createdAt, expiresAt }
        const [row] = await database
          .insert(invitation)
          .values(fresh)
          .onConflictDoUpdate({ target: [invitation.tenantId, invitation.email], set: fresh })
          .returning()
        return row ?? fresh
      }),

    list: (tenantId: string): Promise<InvitationRow[]> =>
      orUnavailable(async () =>
        database
          .select()
          .from(invitation)
          .where(and(eq(invitation.tenantId, tenantId), gt(invitation.expiresAt, now())))
          .orderBy(desc(invitation.createdAt), desc(invitation.invitationId)),
      ),

    /** What the address is invited to. */
    of: (email: string): Promise<OpenInvitation[]> =>
      orUnavailable(async () => {
        const rows = await database
          .select({ invitation, tenantName: tenant.name })
          .from(invitation)
          .innerJoin(tenant, eq(tenant.tenantId, invitation.tenantId))
          .where(and(eq(invitation.email, email), gt(invitation.expiresAt, now())))
        return rows.map(({ invitation: row, tenantName }) => ({ ...row, tenantName }))
      }),

    /** False when there is none. */
    remove: (tenantId: string, id: string): Promise<boolean> =>
      orUnavailable(async () => {
        const gone = await database
          .delete(invitation)
          .where(one(tenantId, id))
          .returning({ id: invitation.invitationId })
        return gone.length > 0
      }),

    removeExpired: (): Promise<unknown> =>
      orUnavailable(async () => database.delete(invitation).where(lt(invitation.expiresAt, now()))),
  }
}
