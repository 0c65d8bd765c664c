// People and their sign-ins, in our words: what the routes need of the accounts library, and nothing of how that one speaks.
import { person } from '@wagate/db/person.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import { APIError } from 'better-auth/api'
import { and, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { addressHeader, type Library, minutes } from './library.ts'
import { available, codeOf, contended, isUnproved, refusable } from './library-refusals.ts'
import { challengeHeaders, challengeId, challengeIn, sessionHeaders, sessionIn } from './session-token.ts'
import { createWaitingSignUps, type WaitingSignUp } from './waiting-sign-ups.ts'

/** `company` is how the person's first tenant is called. */
export type Person = {
  id: string
  email: string
  name: string
  company: string | undefined
  twoFactor: boolean
  createdAt: Date
}
/** Where a request comes from; the user agent as it is stored, so that a device is known again. */
export type Client = { address: string; userAgent: string | undefined }
/** `token` is what the device keeps. */
export type SignedIn = { kind: 'signed_in'; token: string; signInId: string; person: Person }
/** The password was right; a code of the authenticator app is needed too. */
export type SecondFactor = { kind: 'second_factor'; challenge: string; expiresAt: Date }
/** Why there is no sign-in. A password that is wrong and an address that is unknown are one case, on purpose. */
export type Refused = { kind: 'refused'; reason: 'wrong' | 'unverified' | 'locked' | 'over' }
export type Confirmed = { kind: 'on'; token: string } | { kind: 'wrong_code' } | { kind: 'not_set_up' }
/** Of the authenticator app, or one of the backup codes. Each works once. */
export type SecondFactorCode = { code: string } | { backupCode: string }
export type Present = { person: Person; signInId: string; expiresAt: Date }
export type Device = { id: string; current: boolean; address: string; userAgent: string; createdAt: Date; usedAt: Date }

export type AccountsDeps = {
  library: Library
  sql: Sql
  now: () => Date
  /** Too many wrong codes came for this person: for a while no code is taken. */
  onLocked: (personId: string, address: string) => Promise<void>
  /** True once for a code and person, as long as the code holds: the library would take it again (RFC 6238, 5.2). */
  claimCode: (personId: string, code: string) => Promise<boolean>
}
export type Accounts = ReturnType<typeof createAccounts>

/** Each function throws `DatabaseUnavailable`. Passwords come normalized and judged. */
export function createAccounts({ library, sql, now, onLocked, claimCode }: AccountsDeps) {
  const { api } = library
  const database = drizzle(sql)
  const waiting = createWaitingSignUps({ library, sql, now })

  const present = (token: string): Promise<Present | undefined> =>
    available(async () => {
      const found = await api.getSession({ headers: sessionHeaders(token) })
      if (!found) return undefined
      return { person: personOf(found.user), signInId: found.session.id, expiresAt: found.session.expiresAt }
    })

  /** What the library answers to one who may be signed in afterwards. */
  const entering = (run: () => Promise<{ headers: Headers }>): Promise<SignedIn | SecondFactor | Refused> =>
    refusable(async (): Promise<SignedIn | SecondFactor | Refused> => {
      const { headers } = await run()
      const challenge = challengeIn(headers)
      if (challenge)
        return {
          kind: 'second_factor',
          challenge,
          expiresAt: new Date(now().getTime() + minutes.secondFactor * 60_000),
        }
      const token = sessionIn(headers)
      const entered = token === undefined ? undefined : await present(token)
      if (token === undefined || !entered) return { kind: 'refused', reason: 'over' }
      return { kind: 'signed_in', token, signInId: entered.signInId, person: entered.person }
    })

  const signIn = ({ email, password, client }: { email: string; password: string; client: Client }) =>
    entering(() => api.signInEmail({ body: { email, password }, headers: headersOf(client), returnHeaders: true }))

  /** Something that the person proves with his password; undefined when that is wrong. */
  const proving = <Result>(run: () => Promise<Result>): Promise<Result | undefined> =>
    available(async () => {
      try {
        return await run()
      } catch (error) {
        if (isUnproved(error)) return undefined
        throw error
      }
    })

  /** Whom a mailed link or a challenge is for, while it holds. */
  const personOfLink = (identifier: string): Promise<string | undefined> =>
    available(async () => (await (await library.$context).internalAdapter.findVerificationValue(identifier))?.value)

  return {
    present,

    /** By an address that was proved. */
    find: (email: string): Promise<string | undefined> =>
      available(async () => {
        const proved = and(eq(person.email, email), eq(person.emailVerified, true))
        const [row] = await database.select({ id: person.id }).from(person).where(proved)
        return row?.id
      }),

    /** Answers nothing: whether the address was known is told by mail only. */
    signUp: ({ client, ...body }: { email: string; name: string; company: string; password: string; client: Client }) =>
      waiting.add({ body, headers: headersOf(client) }),

    /** Which sign-up a mailed link is for. */
    signUpOf: waiting.ofLink,

    /** Proves the address and signs in. What is wrong, the link or the password, is not told. */
    verifyEmail: async (signUp: WaitingSignUp | undefined, password: string, client: Client) => {
      const right = await waiting.isPasswordOf(signUp, password)
      if (!right || !signUp || !(await waiting.prove(signUp)))
        return { kind: 'refused' as const, reason: 'over' as const }
      return signIn({ email: signUp.email, password, client })
    },

    /** Mails the link again, if there is anything to verify. */
    mailVerification: (email: string) =>
      available(async () => {
        await api.sendVerificationEmail({ body: { email } })
      }),

    signIn,

    async passSecondFactor(challenge: string, given: SecondFactorCode, client: Client) {
      const headers = challengeHeaders(challenge, headersOf(client))
      const entered = await entering(() =>
        'code' in given
          ? api.verifyTOTP({ body: { code: given.code }, headers, returnHeaders: true })
          : contended(() => api.verifyBackupCode({ body: { code: given.backupCode }, headers, returnHeaders: true })),
      )
      if (entered.kind === 'signed_in' && 'code' in given && !(await claimCode(entered.person.id, given.code))) {
        await available(() => api.signOut({ headers: sessionHeaders(entered.token) }))
        return { kind: 'refused' as const, reason: 'wrong' as const }
      }
      if (entered.kind !== 'refused' || entered.reason !== 'locked') return entered
      const personId = await personOfLink(challengeId(challenge))
      if (personId !== undefined) await onLocked(personId, client.address)
      return entered
    },

    requestReset: (email: string) =>
      available(async () => {
        await api.requestPasswordReset({ body: { email } })
      }),

    /** Whose it was; undefined when the link is over, or was used. Ends every sign-in. */
    async resetPassword(token: string, newPassword: string): Promise<string | undefined> {
      const personId = await personOfLink(`reset-password:${token}`)
      return available(async () => {
        try {
          await api.resetPassword({ body: { token, newPassword } })
          return personId
        } catch (error) {
          if (error instanceof APIError) return undefined
          throw error
        }
      })
    },

    checkPassword: async (token: string, password: string): Promise<boolean> =>
      (await proving(() => api.verifyPassword({ body: { password }, headers: sessionHeaders(token) }))) !== undefined,

    /** Of somebody who is signed in. Codes work once, whatever they are asked for. */
    checkSecondFactor: async (token: string, given: SecondFactorCode): Promise<boolean> => {
      const headers = sessionHeaders(token)
      const passed = await proving(() =>
        'code' in given
          ? api.verifyTOTP({ body: { code: given.code }, headers })
          : contended(() => api.verifyBackupCode({ body: { code: given.backupCode }, headers })),
      )
      const person = passed && (await present(token))?.person
      return person !== undefined && (!('code' in given) || claimCode(person.id, given.code))
    },

    /** Of this device, with a new token; every other one is signed out. Undefined when the current password is wrong. */
    changePassword: (token: string, currentPassword: string, newPassword: string) =>
      proving(async () => {
        const body = { currentPassword, newPassword, revokeOtherSessions: true }
        const { headers } = await api.changePassword({ body, headers: sessionHeaders(token), returnHeaders: true })
        return sessionIn(headers)
      }),

    /** Begins to ask for a second factor once `confirmTwoFactor` has seen a code. Undefined when the password is wrong. */
    setUpTwoFactor: (token: string, password: string) =>
      proving(async () => {
        const made = await api.enableTwoFactor({ body: { password, method: 'totp' }, headers: sessionHeaders(token) })
        return made.method === 'totp' ? { uri: made.totpURI, backupCodes: made.backupCodes } : undefined
      }),

    /** With a new token for this device; every other one is signed out, since it showed no code. */
    confirmTwoFactor: (token: string, code: string): Promise<Confirmed> =>
      available(async () => {
        try {
          const headers = sessionHeaders(token)
          const fresh = sessionIn((await api.verifyTOTP({ body: { code }, headers, returnHeaders: true })).headers)
          const entered = fresh === undefined ? undefined : await present(fresh)
          if (fresh === undefined || !entered) return { kind: 'wrong_code' }
          await claimCode(entered.person.id, code)
          await api.revokeOtherSessions({ headers: sessionHeaders(fresh) })
          return { kind: 'on', token: fresh }
        } catch (error) {
          if (codeOf(error) === 'TOTP_NOT_ENABLED') return { kind: 'not_set_up' }
          if (codeOf(error) === 'INVALID_CODE') return { kind: 'wrong_code' }
          throw error
        }
      }),

    /** A new token for this device; undefined when the password is wrong. */
    removeTwoFactor: (token: string, password: string) =>
      proving(async () => {
        const { headers } = await api.disableTwoFactor({
          body: { password },
          headers: sessionHeaders(token),
          returnHeaders: true,
        })
        return sessionIn(headers)
      }),

    /** In place of the old ones; undefined when the password is wrong. */
    newBackupCodes: (token: string, password: string) =>
      proving(
        async () => (await api.generateBackupCodes({ body: { password }, headers: sessionHeaders(token) })).backupCodes,
      ),

    /** `current` is the id of the sign-in that the token stands for. */
    devices: (token: string, current: string): Promise<Device[]> =>
      available(async () => {
        const all = await api.listSessions({ headers: sessionHeaders(token) })
        return all.map(({ id, ipAddress, userAgent, createdAt, updatedAt }) => ({
          ...{ id, current: id === current, address: ipAddress ?? '', userAgent: userAgent ?? '' },
          ...{ createdAt, usedAt: updatedAt },
        }))
      }),

    /** False when the person has no such sign-in. */
    signOutDevice: (token: string, signInId: string): Promise<boolean> =>
      available(async () => {
        const headers = sessionHeaders(token)
        const device = (await api.listSessions({ headers })).find(({ id }) => id === signInId)
        if (device) await api.revokeSession({ body: { token: device.token }, headers })
        return device !== undefined
      }),

    signOut: (token: string) =>
      available(async () => {
        await api.signOut({ headers: sessionHeaders(token) })
      }),

    rename: (token: string, name: string) =>
      available(async () => {
        await api.updateUser({ body: { name }, headers: sessionHeaders(token) })
      }),
  }
}

const headersOf = ({ address, userAgent }: Client): Headers =>
  new Headers({ [addressHeader]: address, ...(userAgent !== undefined && { 'user-agent': userAgent }) })

const personOf = (user: {
  id: string
  email: string
  name: string
  createdAt: Date
  company?: string | null | undefined
  twoFactorEnabled?: boolean | null | undefined
}): Person => ({
  id: user.id,
  email: user.email,
  name: user.name,
  company: user.company ?? undefined,
  twoFactor: user.twoFactorEnabled === true,
  createdAt: user.createdAt,
})
