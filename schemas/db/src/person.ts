// People and how they prove who they are: the tables of the accounts library, whose names for the columns are kept. No tenant owns
// a person, so none of these has a tenant_id, and all are exempt from row-level security: they are read before it is known who asks.
import { boolean, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })
const times = {
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
}

export const person = pgTable('person', {
  id: text('person_id').primaryKey(),
  name: text('name').notNull(),
  /** In lower case. */
  email: text('email').notNull().unique('person_email'),
  /** Somebody who never proved it has no rights: another sign-up with the address replaces the row. */
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  /** What the first tenant will be called, until the address is proved. */
  company: text('company'),
  twoFactorEnabled: boolean('two_factor_enabled').notNull().default(false),
  ...times,
})

const ofPerson = () =>
  text('person_id')
    .notNull()
    .references(() => person.id, { onDelete: 'cascade' })

/** A device on which a person is signed in. The token alone is worth nothing: what the device has is signed. */
export const signIn = pgTable(
  'sign_in',
  {
    id: text('sign_in_id').primaryKey(),
    token: text('token').notNull().unique('sign_in_token'),
    userId: ofPerson(),
    expiresAt: instant('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    ...times,
  },
  (one) => [index('sign_in_person').on(one.userId), index('sign_in_expiry').on(one.expiresAt)],
)

export const credential = pgTable(
  'credential',
  {
    id: text('credential_id').primaryKey(),
    accountId: text('account_id').notNull(),
    /** `credential`: a password. */
    providerId: text('provider_id').notNull(),
    userId: ofPerson(),
    /** scrypt, with its salt. */
    password: text('password'),
    // The library wants these; they are empty while a password is the only way to sign in.
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: instant('access_token_expires_at'),
    refreshTokenExpiresAt: instant('refresh_token_expires_at'),
    scope: text('scope'),
    ...times,
  },
  (one) => [index('credential_person').on(one.userId)],
)

/** Links that were mailed and second factors that are asked for: each works once. The identifier is hashed. */
export const verification = pgTable(
  'verification',
  {
    id: text('verification_id').primaryKey(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: instant('expires_at').notNull(),
    ...times,
  },
  (one) => [index('verification_identifier').on(one.identifier), index('verification_expiry').on(one.expiresAt)],
)

/** Secret and backup codes of an authenticator app, encrypted by the accounts' secret. */
export const twoFactor = pgTable(
  'two_factor',
  {
    id: text('two_factor_id').primaryKey(),
    secret: text('secret').notNull(),
    backupCodes: text('backup_codes').notNull(),
    userId: ofPerson(),
    /** False until the app has shown its first code. */
    verified: boolean('verified').notNull().default(true),
    failedVerificationCount: integer('failed_verification_count').notNull().default(0),
    lockedUntil: instant('locked_until'),
  },
  (one) => [index('two_factor_person').on(one.userId)],
)

/** How often something was tried, by hash of the account or the address that tried: guessing is slowed on every gateway alike. */
export const attempt = pgTable(
  'attempt',
  { key: text('key').primaryKey(), points: integer('points').notNull(), expire: instant('expires_at') },
  (one) => [index('attempt_expiry').on(one.expire)],
)
