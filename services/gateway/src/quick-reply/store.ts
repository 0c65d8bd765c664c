// Quick replies in Postgres. A tenant's are few, so they are read all at once.
import type { CreateQuickReply, QuickReply, UpdateQuickReply } from '@wagate/api/quick-reply.ts'
import { quickReply } from '@wagate/db/quick-reply.ts'
import { and, asc, count, eq, sql } from 'drizzle-orm'
import type { InTenant } from '../postgres/in-tenant.ts'
import { violates } from '../postgres/violates.ts'

export type QuickReplyStore = {
  /** By shortcut. */
  list(tenantId: string): Promise<QuickReply[]>
  find(tenantId: string, id: string): Promise<QuickReply | undefined>
  /** `full`: the tenant has `most` already. */
  create(
    tenantId: string,
    made: CreateQuickReply & { id: string; at: Date; most: number },
  ): Promise<QuickReply | 'taken' | 'full'>
  /** Undefined when there is no such reply. */
  update(
    tenantId: string,
    id: string,
    change: { [Name in keyof UpdateQuickReply]: UpdateQuickReply[Name] | undefined } & { at: Date },
  ): Promise<QuickReply | 'taken' | undefined>
  /** False when there is none. */
  delete(tenantId: string, id: string): Promise<boolean>
}

const present = (row: typeof quickReply.$inferSelect): QuickReply => ({
  id: row.replyId,
  shortcut: row.shortcut,
  text: row.text,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
})

const one = (tenantId: string, id: string) => and(eq(quickReply.tenantId, tenantId), eq(quickReply.replyId, id))

const orTaken = <Result>(run: Promise<Result>): Promise<Result | 'taken'> =>
  run.catch((error: unknown) => {
    if (violates(error, 'quick_reply_shortcut')) return 'taken' as const
    throw error
  })

/** Throws `DatabaseUnavailable`. */
export const createQuickReplyStore = (inTenant: InTenant): QuickReplyStore => ({
  list: (tenantId) =>
    inTenant(tenantId, async (tx) => {
      const all = tx.select().from(quickReply).where(eq(quickReply.tenantId, tenantId))
      return (await all.orderBy(asc(quickReply.shortcut))).map(present)
    }),

  find: (tenantId, id) =>
    inTenant(tenantId, async (tx) => {
      const [row] = await tx.select().from(quickReply).where(one(tenantId, id))
      return row && present(row)
    }),

  create: (tenantId, { id, shortcut, text, at, most }) =>
    orTaken(
      inTenant(tenantId, async (tx) => {
        // One at a time per tenant, so that two cannot both be the last.
        await tx.execute(sql`select pg_advisory_xact_lock(hashtext('quick_reply'), hashtext(${tenantId}))`)
        const [there] = await tx.select({ count: count() }).from(quickReply).where(eq(quickReply.tenantId, tenantId))
        if ((there?.count ?? 0) >= most) return 'full'
        const row = { tenantId, replyId: id, shortcut, text, createdAt: at, updatedAt: at }
        await tx.insert(quickReply).values(row)
        return present(row)
      }),
    ),

  update: (tenantId, id, { shortcut, text, at }) =>
    orTaken(
      inTenant(tenantId, async (tx) => {
        const change = {
          ...(shortcut !== undefined && { shortcut }),
          ...(text !== undefined && { text }),
          updatedAt: at,
        }
        const [row] = await tx.update(quickReply).set(change).where(one(tenantId, id)).returning()
        return row && present(row)
      }),
    ),

  delete: (tenantId, id) =>
    inTenant(tenantId, async (tx) => {
      const gone = await tx.delete(quickReply).where(one(tenantId, id)).returning({ id: quickReply.replyId })
      return gone.length > 0
    }),
})
