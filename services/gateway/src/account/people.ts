// Everything about people, put together for the composition root.
import { member } from '@wagate/db/member.ts'
import { person, signIn, verification } from '@wagate/db/person.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, eq, lt, notExists } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { type OfPersonDeps, recordBlocked } from '../audit/of-person.ts'
import { forgotPasswordLink, resetPasswordLink, signInLink, verifyEmailLink } from '../mail/links.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import { createInvitations } from '../member/invitations.ts'
import { createAccounts } from './accounts.ts'
import { createAttempts } from './attempts.ts'
import { createEmailChanges } from './email-changes.ts'
import { createLibrary, minutes } from './library.ts'

export type PeopleDeps = {
  sql: Sql
  secret: string
  dashboardUrl: string
  queueMail: QueueMail
  newId: (kind: IdKind) => string
  randomBytes: (size: number) => Uint8Array
  now: () => Date
  logger: Logger
  onRecord: OfPersonDeps
}
export type People = ReturnType<typeof createPeople>

export function createPeople({ dashboardUrl, queueMail, ...deps }: PeopleDeps) {
  const library = createLibrary({
    ...deps,
    mails: {
      verifyEmail: ({ email, name }, token) =>
        queueMail({
          ...{ to: email, kind: 'verify_email', name, validMinutes: minutes.verifyEmail },
          link: verifyEmailLink(dashboardUrl, token),
        }),
      alreadyRegistered: ({ email, name }) =>
        queueMail({
          ...{ to: email, kind: 'already_registered', name, signInLink: signInLink(dashboardUrl) },
          resetLink: forgotPasswordLink(dashboardUrl),
        }),
      resetPassword: ({ email, name }, token) =>
        queueMail({
          ...{ to: email, kind: 'reset_password', name, validMinutes: minutes.resetPassword },
          link: resetPasswordLink(dashboardUrl, token),
        }),
      passwordChanged: ({ email, name }) => tell(queueMail, { to: email, kind: 'password_changed', name }),
    },
  })
  const attempts = createAttempts({
    ...deps,
    // Nobody waits for it: the time that an answer takes must not tell whether the address has an account.
    onBlocked: (kind, account, address) => {
      if (kind === 'sign_in') void tellBlocked(account, address).catch(logFailure)
    },
  })
  const onLocked = async (personId: string, address: string): Promise<void> => {
    if (await attempts.claim('lockout', personId)) await recordBlocked(deps.onRecord, personId, address)
  }
  const accounts = createAccounts({
    ...{ library, sql: deps.sql, now: deps.now, onLocked },
    claimCode: (personId, code) => attempts.claim('code', `${personId} ${code}`),
  })
  const invitations = createInvitations(deps)
  const database = drizzle(deps.sql)

  async function tellBlocked(email: string, address: string): Promise<void> {
    const personId = await accounts.find(email)
    if (personId !== undefined) await recordBlocked(deps.onRecord, personId, address)
  }
  const logFailure = (err: unknown): void => deps.logger.warn({ event: 'accounts.block_unrecorded', err })

  return {
    accounts,
    attempts,
    emailChanges: createEmailChanges(deps),
    invitations,

    /** Removes what is over: nobody can use it any more. */
    async sweep(): Promise<void> {
      const at = deps.now()
      const unproved = new Date(at.getTime() - unprovedDays * 86_400_000)
      await orUnavailable(async () => database.delete(signIn).where(lt(signIn.expiresAt, at)))
      await orUnavailable(async () => database.delete(verification).where(lt(verification.expiresAt, at)))
      await orUnavailable(async () =>
        database
          .delete(person)
          .where(
            and(
              eq(person.emailVerified, false),
              lt(person.createdAt, unproved),
              notExists(database.select().from(member).where(eq(member.personId, person.id))),
            ),
          ),
      )
      await attempts.removeExpired()
      await invitations.removeExpired()
    },
  }
}

const everyMs = 3_600_000
/** So long somebody who signed up may take to prove the address. */
const unprovedDays = 7

/** Sweeps every hour until the signal aborts. Outages are waited out. */
export async function keepSwept(people: Pick<People, 'sweep'>, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await people.sweep().catch((error: unknown) => logger.warn({ event: 'accounts.not_swept', err: error }))
    await pause(everyMs, signal)
  }
}
