// The accounts library, set up: better-auth keeps people, passwords, sign-ins, mailed links and second factors in our tables. Only
// `accounts.ts` calls it, and none of its own HTTP routes is mounted.
import { credential, person, signIn, twoFactor as twoFactorTable, verification } from '@wagate/db/person.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { betterAuth } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { drizzle } from 'drizzle-orm/postgres-js'
import { passwordLength } from './password.ts'

export const minutes = { verifyEmail: 24 * 60, resetPassword: 60, confirmEmail: 60, secondFactor: 10 } as const
const signInDays = 30
/** Carries the caller's address to the library, which would else believe what the caller says. */
export const addressHeader = 'x-wagate-address'

export type LibraryDeps = {
  sql: Sql
  /** Signs what devices hold, and encrypts the secrets of authenticator apps. */
  secret: string
  newId: (kind: IdKind) => string
  logger: Logger
  mails: {
    verifyEmail(to: Addressee, token: string): Promise<void>
    alreadyRegistered(to: Addressee): Promise<void>
    resetPassword(to: Addressee, token: string): Promise<void>
    passwordChanged(to: Addressee): Promise<void>
  }
}
type Addressee = { email: string; name: string }

export type Library = ReturnType<typeof createLibrary>

export function createLibrary({ sql, secret, newId, logger, mails }: LibraryDeps) {
  const schema = { user: person, session: signIn, account: credential, verification, twoFactor: twoFactorTable }
  return betterAuth({
    appName: 'Wagate',
    // Neither is used: the library builds no link and answers no request.
    baseURL: 'http://accounts.invalid',
    trustedOrigins: [],
    secret,
    database: drizzleAdapter(drizzle(sql), { provider: 'pg', schema, transaction: true }),
    telemetry: { enabled: false },
    rateLimit: { enabled: false }, // ours holds across gateways
    logger: {
      level: 'error',
      // Its words may hold an address; what is worth knowing is that it happened.
      log: (level) => level === 'error' && logger.error({ event: 'accounts.library_failed' }),
    },
    advanced: {
      database: { generateId: ({ model }) => newId(idKinds[model] ?? 'record') },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      useSecureCookies: false, // its cookies never travel
    },
    user: { additionalFields: { company: { type: 'string', required: false } } },
    session: { expiresIn: signInDays * 86_400, updateAge: 86_400, freshAge: 0 },
    verification: { storeIdentifier: 'hashed' },
    emailVerification: {
      expiresIn: minutes.verifyEmail * 60,
      autoSignInAfterVerification: true,
      sendVerificationEmail: ({ user, token }) => mails.verifyEmail(user, token),
    },
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength: 1, // `password.ts` judges it, in characters
      maxPasswordLength: passwordLength.most * 4,
      resetPasswordTokenExpiresIn: minutes.resetPassword * 60,
      revokeSessionsOnPasswordReset: true,
      onExistingUserSignUp: ({ user }) => mails.alreadyRegistered(user),
      sendResetPassword: ({ user, token }) => mails.resetPassword(user, token),
      onPasswordReset: ({ user }) => mails.passwordChanged(user),
    },
    plugins: [
      bearer({ requireSignature: true }),
      twoFactor({
        issuer: 'Wagate',
        twoFactorCookieMaxAge: minutes.secondFactor * 60,
        backupCodeOptions: { amount: 10, length: 10 },
      }),
    ],
  })
}

const idKinds: Record<string, IdKind> = { user: 'person', session: 'signIn' }
