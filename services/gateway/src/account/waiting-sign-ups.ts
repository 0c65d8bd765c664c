// Sign-ups that wait for the proof of their address. It takes two things together: the link that was mailed, and the password of the very
// sign-up that it is for. By the link alone, the owner of an address would prove the password of a stranger who signed up with it.
import { credential, person } from '@wagate/db/person.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import { verifyJWT } from 'better-auth/crypto'
import { and, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { z } from 'zod'
import type { Library } from './library.ts'
import { available, codeOf } from './library-refusals.ts'

/** The row that a sign-up made. A later one with the address makes another, and this one is gone. */
export type WaitingSignUp = { personId: string; email: string }

export type WaitingSignUpsDeps = { library: Library; sql: Sql; now: () => Date }
type NewSignUp = { body: { email: string; name: string; company: string; password: string }; headers: Headers }

/** What the library signs into a link. One that changes an address is none of these. */
const claims = z.object({ userId: z.string().min(1), email: z.string().min(1), updateTo: z.undefined().optional() })
const nobody: WaitingSignUp = { personId: '', email: '' }

/** Each function throws `DatabaseUnavailable`. */
export function createWaitingSignUps({ library, sql, now }: WaitingSignUpsDeps) {
  const database = drizzle(sql)
  const isKnown = async (email: string): Promise<boolean> =>
    (await database.select({ id: person.id }).from(person).where(eq(person.email, email))).length > 0

  /** That row and no other, while its address is not proved. */
  const waiting = ({ personId, email }: WaitingSignUp) =>
    and(eq(person.id, personId), eq(person.email, email), eq(person.emailVerified, false))

  return {
    add: (signUp: NewSignUp): Promise<void> =>
      available(async () => {
        const { email } = signUp.body
        // Whoever never proved the address has no say over it: it must not be kept from its owner.
        await database.delete(person).where(and(eq(person.email, email), eq(person.emailVerified, false)))
        try {
          await library.api.signUpEmail(signUp)
        } catch (error) {
          // Another sign-up with the address came between: the mail of that one is on its way.
          if (codeOf(error) !== 'FAILED_TO_CREATE_USER' || !(await isKnown(email))) throw error
        }
      }),

    /** Which sign-up a link is for; undefined when it is none of ours, or too old. Whether it waits still is not told. */
    ofLink: (token: string): Promise<WaitingSignUp | undefined> =>
      available(async () => {
        const { data } = claims.safeParse(await verifyJWT(token, (await library.$context).secret))
        return data && { personId: data.userId, email: data.email }
      }),

    /** Asks and hashes the same whatever is wrong, so that the time which it takes does not tell what. */
    isPasswordOf: (signUp: WaitingSignUp = nobody, password: string): Promise<boolean> =>
      available(async () => {
        const hasher = (await library.$context).password
        const [row] = await database
          .select({ hash: credential.password })
          .from(credential)
          .innerJoin(person, eq(person.id, credential.userId))
          .where(waiting(signUp))
        if (row?.hash) return hasher.verify({ hash: row.hash, password })
        await hasher.hash(password)
        return false
      }),

    /** By the row, not by the address: a sign-up that came while the password was checked is not proved. False when it waits no more. */
    prove: (signUp: WaitingSignUp): Promise<boolean> =>
      available(async () => {
        const proved = { emailVerified: true, updatedAt: now() }
        return (
          (await database.update(person).set(proved).where(waiting(signUp)).returning({ id: person.id })).length > 0
        )
      }),
  }
}
