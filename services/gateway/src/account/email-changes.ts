// A new e-mail address that waits for its proof: on the table of mailed links, one per person at a time.
import { hash, timingSafeEqual } from 'node:crypto'
import { person, verification } from '@wagate/db/person.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, eq, gt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { z } from 'zod'
import { minutes } from './library.ts'

export type EmailChangesDeps = {
  sql: Sql
  now: () => Date
  newId: (kind: IdKind) => string
  randomBytes: (size: number) => Uint8Array
}
export type EmailChanges = ReturnType<typeof createEmailChanges>

const waiting = z.object({ email: z.string(), tokenHash: z.string() })
/** As the library keeps what it mails: the row alone lets nobody in. */
const hashOf = (token: string): string => hash('sha256', token, 'base64url')
const identifierOf = (personId: string): string => `change-email:${personId}`

/** Each function throws `DatabaseUnavailable`. */
export function createEmailChanges({ sql, now, newId, randomBytes }: EmailChangesDeps) {
  const database = drizzle(sql)

  return {
    /** What to mail to the new address; undefined when somebody has it. An earlier one ends. */
    ask: (personId: string, email: string): Promise<string | undefined> =>
      orUnavailable(async () =>
        database.transaction(async (tx) => {
          await tx.select({ id: person.id }).from(person).where(eq(person.id, personId)).for('update')
          await tx.delete(verification).where(eq(verification.identifier, identifierOf(personId)))
          const proved = and(eq(person.email, email), eq(person.emailVerified, true))
          const taken = await tx.select({ id: person.id }).from(person).where(proved)
          if (taken.length > 0) return undefined
          const token = Buffer.from(randomBytes(32)).toString('base64url')
          const at = now()
          await tx.insert(verification).values({
            ...{ id: newId('record'), identifier: identifierOf(personId), createdAt: at, updatedAt: at },
            value: JSON.stringify({ email, tokenHash: hashOf(token) }),
            expiresAt: new Date(at.getTime() + minutes.confirmEmail * 60_000),
          })
          return token
        }),
      ),

    /**
     * The address is the person's from now on; resolves with it. Undefined when the link is over, was used, is another person's, or
     * somebody has got the address meanwhile. Links that were mailed to the old address to set a password are over too.
     */
    confirm: (personId: string, token: string): Promise<string | undefined> =>
      orUnavailable(async () =>
        database.transaction(async (tx) => {
          const open = and(eq(verification.identifier, identifierOf(personId)), gt(verification.expiresAt, now()))
          const [row] = await tx.select().from(verification).where(open).for('update')
          const wanted = row && waiting.safeParse(JSON.parse(row.value)).data
          if (!row || !wanted || !isSame(hashOf(token), wanted.tokenHash)) return undefined
          const { email } = wanted
          await tx.delete(verification).where(eq(verification.id, row.id))
          // As with a sign-up: whoever never proved the address has no say over it.
          await tx.delete(person).where(and(eq(person.email, email), eq(person.emailVerified, false)))
          const taken = await tx.select({ id: person.id }).from(person).where(eq(person.email, email))
          if (taken.length > 0) return undefined
          await tx.delete(verification).where(eq(verification.value, personId))
          await tx.update(person).set({ email, emailVerified: true, updatedAt: now() }).where(eq(person.id, personId))
          return email
        }),
      ),
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
