import { sql } from 'drizzle-orm'
import { foreignKey, index, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import { person } from './person.ts'
import { tenant } from './tenant.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true })
const roleColumn = () => text('role', { enum: ['owner', 'admin', 'developer', 'agent', 'viewer'] }).notNull()

/**
 * Who belongs to a tenant, and as what. Mirrored to the KV bucket `members`, from which requests are judged.
 * Exempt from row-level security: the reconciler reads every tenant's, and a person's tenants are listed across tenants.
 */
export const member = pgTable(
  'member',
  {
    tenantId: text('tenant_id').notNull(),
    personId: text('person_id').notNull(),
    role: roleColumn(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (one) => [
    primaryKey({ columns: [one.tenantId, one.personId] }),
    foreignKey({ columns: [one.tenantId], foreignColumns: [tenant.tenantId] }),
    foreignKey({ columns: [one.personId], foreignColumns: [person.id] }),
    /** Does not begin with the tenant: in which tenants is this person? */
    index('member_person').on(one.personId),
  ],
)

/**
 * Somebody was asked to join; whoever is signed in with that address, which he has proved, may. Accepted and revoked ones are removed.
 * Exempt from row-level security: a person's invitations are listed across tenants.
 */
export const invitation = pgTable(
  'invitation',
  {
    tenantId: text('tenant_id').notNull(),
    invitationId: text('invitation_id').notNull(),
    /** In lower case. */
    email: text('email').notNull(),
    role: roleColumn(),
    /** The key or person. */
    invitedBy: text('invited_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
  },
  (one) => [
    primaryKey({ columns: [one.tenantId, one.invitationId] }),
    foreignKey({ columns: [one.tenantId], foreignColumns: [tenant.tenantId] }),
    /** A second invitation of the same person replaces the first. */
    uniqueIndex('invitation_email').on(one.tenantId, one.email),
    /** Does not begin with the tenant: to what is this address invited? */
    index('invitation_address').on(one.email),
    index('invitation_newest').on(one.tenantId, sql`${one.createdAt} desc`, sql`${one.invitationId} desc`),
  ],
)
