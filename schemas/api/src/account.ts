// People: how they sign up, sign in and prove who they are. Nothing here belongs to one tenant.
import { roles } from '@wagate/messages/control.ts'
import { z } from 'zod'
import { mode, timestamp } from './party.ts'
import { phone } from './sandbox.ts'
import { text } from './text.ts'

const email = z
  .string({ error: 'Write the address as text.' })
  .trim()
  .toLowerCase()
  .max(254, 'An address has at most 254 characters.')
  .pipe(z.email('Write an e-mail address, like ada@example.com.'))
  .refine((address) => address.lastIndexOf('@') <= 64, 'An address has at most 64 characters before the @.')
  .meta({ example: 'ada@example.com' })
const personName = text({ min: 1, max: 100, sentence: 'Write the name as text.' }).meta({ example: 'Ada' })
const tenantName = text({ min: 1, max: 100, sentence: 'Write the name as text.' }).meta({ example: 'Trattoria Ada' })
/** How long and how good it must be is judged later, with a reason. */
const newPassword = z
  .string({ error: 'Write the password as text.' })
  .max(1_000, 'Use at most 128 characters.')
  .meta({ description: 'At least 15 characters; any will do.', example: 'vier tische neben dem ofen' })
const password = z.string({ error: 'Write the password as text.' }).max(1_000, 'This is not the password.')
const linkToken = z
  .string({ error: 'Write the token as text.' })
  .min(1, 'Take the token from the link in the mail.')
  .max(2_000, 'Take the token from the link in the mail.')
  .meta({ description: 'From the link in the mail, behind `#token=`.', example: 'eyJ…' })
const code = z
  .string({ error: 'Write the code as text.' })
  .trim()
  .regex(/^\d{6}$/, 'Write the six digits that the app shows.')
  .meta({ example: '123456' })

export const signUp = z
  .strictObject({ email, password: newPassword, name: personName, company: tenantName.optional() })
  .meta({
    id: 'SignUp',
    example: {
      email: 'ada@example.com',
      password: 'vier tische neben dem ofen',
      name: 'Ada',
      company: 'Trattoria Ada',
    },
  })
export type SignUp = z.input<typeof signUp>

export const byEmail = z.strictObject({ email }).meta({ id: 'ByEmail', example: { email: 'ada@example.com' } })
export type ByEmail = z.input<typeof byEmail>

export const mailed = z
  .object({ status: z.literal('mailed').meta({ description: 'The same whether the address is known or not.' }) })
  .meta({ id: 'Mailed' })
export type Mailed = z.infer<typeof mailed>

export const verifyEmail = z.strictObject({ token: linkToken, password }).meta({
  id: 'VerifyEmail',
  description: 'The password is the one that was chosen in the sign-up that the link is for.',
  example: { token: 'eyJ…', password: 'vier tische neben dem ofen' },
})
export type VerifyEmail = z.input<typeof verifyEmail>

export const byLink = z.strictObject({ token: linkToken }).meta({ id: 'ByLink', example: { token: 'eyJ…' } })
export type ByLink = z.input<typeof byLink>

export const signInBody = z
  .strictObject({ email, password })
  .meta({ id: 'SignIn', example: { email: 'ada@example.com', password: 'vier tische neben dem ofen' } })
export type SignInBody = z.input<typeof signInBody>

export const secondFactor = z
  .strictObject({
    challenge: z.string({ error: 'Write the challenge as text.' }).max(512, 'Take it from the answer to the sign-in.'),
    code: code.optional(),
    backup_code: z.string({ error: 'Write the code as text.' }).trim().min(1).max(64).optional(),
  })
  .refine((body) => (body.code === undefined) !== (body.backup_code === undefined), {
    error: 'Send either the code of the app or a backup code.',
    path: ['code'],
  })
  .meta({ id: 'PassSecondFactor', example: { challenge: '2fa-…', code: '123456' } })
export type PassSecondFactor = z.input<typeof secondFactor>

export const resetPassword = z
  .strictObject({ token: linkToken, password: newPassword })
  .meta({ id: 'ResetPassword', example: { token: 'Zk3…', password: 'drei stühle vor der tür' } })
export type ResetPassword = z.input<typeof resetPassword>

export const changePassword = z.strictObject({ current_password: password, password: newPassword }).meta({
  id: 'ChangePassword',
  example: { current_password: 'vier tische neben dem ofen', password: 'drei stühle vor der tür' },
})
export type ChangePassword = z.input<typeof changePassword>

const withSecondFactor = z.strictObject({
  password,
  code: code.optional(),
  backup_code: z.string({ error: 'Write the code as text.' }).trim().min(1).max(64).optional(),
})

export const deletePerson = withSecondFactor.meta({
  id: 'DeletePerson',
  description: 'With two-factor authentication switched on, a code of the app or a backup code too.',
  example: { password: 'vier tische neben dem ofen', code: '123456' },
})
export type DeletePerson = z.input<typeof deletePerson>

export const changeEmail = z.strictObject({ new_email: email, password }).meta({
  id: 'ChangeEmail',
  example: { new_email: 'ada@example.org', password: 'vier tische neben dem ofen' },
})
export type ChangeEmail = z.input<typeof changeEmail>

export const byBothFactors = withSecondFactor.meta({
  id: 'ByBothFactors',
  description: 'The password, and a code of the app or a backup code.',
  example: { password: 'vier tische neben dem ofen', code: '123456' },
})
export type ByBothFactors = z.input<typeof byBothFactors>

export const byPassword = z
  .strictObject({ password })
  .meta({ id: 'ByPassword', example: { password: 'vier tische neben dem ofen' } })
export type ByPassword = z.input<typeof byPassword>

export const byCode = z.strictObject({ code }).meta({ id: 'ByCode', example: { code: '123456' } })
export type ByCode = z.input<typeof byCode>

export const updatePerson = z.strictObject({ name: personName }).meta({ id: 'UpdatePerson', example: { name: 'Ada' } })
export type UpdatePerson = z.input<typeof updatePerson>

export const person = z
  .object({
    id: z.string().meta({ example: 'per_01KAJ3Q5V0G1HNTD1Q0D7X5W3A' }),
    email: z.string(),
    name: z.string(),
    two_factor: z.boolean(),
    created_at: timestamp,
  })
  .meta({ id: 'Person' })
export type ApiPerson = z.infer<typeof person>

const signedInFields = {
  session_token: z.string().meta({
    description:
      'Stands for the sign-in; send it as `Authorization: Bearer` to the routes under `/v1/auth`. Shown only here.',
    example: 'wgs_…',
  }),
  person,
}
export const signedIn = z.object(signedInFields).meta({ id: 'SignedIn' })
export type ApiSignedIn = z.infer<typeof signedIn>

export const signInAnswer = z
  .object({
    session_token: z.string().nullable().meta({ description: 'Null when a second factor is needed first.' }),
    person: person.nullable(),
    second_factor: z
      .object({
        challenge: z.string().meta({ description: 'For `POST /v1/auth/second-factor`.' }),
        expires_at: timestamp,
      })
      .nullable(),
  })
  .meta({ id: 'SignInAnswer' })
export type SignInAnswer = z.infer<typeof signInAnswer>

export const suspension = z
  .object({ since: timestamp, reason: z.string().nullable().meta({ description: 'As the operator wrote it.' }) })
  .meta({
    id: 'Suspension',
    description: 'Nothing is sent, and every other request is refused. What comes in is kept.',
  })

export const tenantOfPerson = z
  .object({
    id: z.string().meta({ example: 'ten_01KAJ3Q5V0G1HNTD1Q0D7X5W3A' }),
    name: z.string(),
    status: z.enum(['active', 'suspended']),
    operators: z.boolean().meta({
      description: 'It is the account of those who run this installation: with its token you call `/v1/admin`.',
    }),
    suspended: suspension.nullable().meta({ description: 'Null while it is active.' }),
    role: z.enum(roles),
    scopes: z.array(z.string()).meta({ description: 'What the role allows, as `GET /v1/roles` has it.' }),
  })
  .meta({ id: 'TenantOfPerson' })
export type TenantOfPerson = z.infer<typeof tenantOfPerson>

export const createTenant = z
  .strictObject({ name: tenantName })
  .meta({ id: 'CreateTenant', example: { name: 'Trattoria Ada' } })
export type CreateTenant = z.input<typeof createTenant>

const madeTenant = {
  tenant: tenantOfPerson,
  api_key: z
    .string()
    .meta({ description: 'A first key, of test mode. Shown only here: store it.', example: 'wgk_test_…' }),
  phone: phone.nullable().meta({ description: 'A virtual phone to write to; null while the sandbox does not answer.' }),
}
export const newTenant = z.object(madeTenant).meta({ id: 'NewTenant' })
export type NewTenant = z.infer<typeof newTenant>

export const verifiedAnswer = z
  .object({
    ...signedInFields,
    tenant: tenantOfPerson
      .nullable()
      .meta({ description: 'Null, as what follows, for somebody who was invited to join one.' }),
    api_key: madeTenant.api_key.nullable(),
    phone: madeTenant.phone,
  })
  .meta({ id: 'Verified' })
export type Verified = z.infer<typeof verifiedAnswer>

export const ownInvitation = z
  .object({
    id: z.string(),
    tenant_name: z.string(),
    role: z.enum(roles),
    expires_at: timestamp,
  })
  .meta({ id: 'OwnInvitation' })

export const me = z
  .object({ person, tenants: z.array(tenantOfPerson), invitations: z.array(ownInvitation) })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof me>

export const device = z
  .object({
    id: z.string().meta({ example: 'sgn_01KAJ3Q5V0G1HNTD1Q0D7X5W3A' }),
    current: z.boolean().meta({ description: 'The one that asks.' }),
    address: z.string(),
    user_agent: z.string(),
    created_at: timestamp,
    used_at: timestamp.meta({ description: 'To the day.' }),
  })
  .meta({ id: 'Device' })
export type Device = z.infer<typeof device>
export const devices = z.object({ data: z.array(device) }).meta({ id: 'Devices' })

export const twoFactorSetUp = z
  .object({
    uri: z
      .string()
      .meta({ description: 'Show it as a QR code to the authenticator app.', example: 'otpauth://totp/…' }),
    backup_codes: z.array(z.string()).meta({ description: 'Each works once in place of a code. Shown only here.' }),
  })
  .meta({ id: 'TwoFactorSetUp' })
export type TwoFactorSetUp = z.infer<typeof twoFactorSetUp>

export const backupCodes = z.object({ backup_codes: z.array(z.string()) }).meta({ id: 'BackupCodes' })
export type BackupCodes = z.infer<typeof backupCodes>

export const tenantToken = z
  .strictObject({ tenant_id: z.string({ error: 'Write the id as text.' }).max(64), mode: mode.default('live') })
  .meta({ id: 'CreateTenantToken', example: { tenant_id: 'ten_01KAJ3Q5V0G1HNTD1Q0D7X5W3A', mode: 'test' } })
export type CreateTenantToken = z.input<typeof tenantToken>

export const tenantTokenAnswer = z
  .object({
    token: z.string().meta({ description: 'A JWT. Send it as `Authorization: Bearer`.', example: 'eyJ…' }),
    role: z.enum(roles),
    scopes: z.array(z.string()).meta({ description: 'What the role may do.' }),
    expires_at: timestamp,
  })
  .meta({ id: 'TenantToken' })
export type TenantToken = z.infer<typeof tenantTokenAnswer>
