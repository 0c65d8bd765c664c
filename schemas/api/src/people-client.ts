// The typed client of what is for people: signing up and in, and what somebody who is signed in may do whatever the account.
import type {
  ApiPerson,
  ApiSignedIn,
  BackupCodes,
  ByBothFactors,
  ByCode,
  ByEmail,
  ByLink,
  ByPassword,
  ChangeEmail,
  ChangePassword,
  CreateTenant,
  CreateTenantToken,
  DeletePerson,
  Device,
  Mailed,
  Me,
  NewTenant,
  PassSecondFactor,
  ResetPassword,
  SignInAnswer,
  SignInBody,
  SignUp,
  TenantToken,
  TwoFactorSetUp,
  UpdatePerson,
  Verified,
  VerifyEmail,
} from './account.ts'
import { caller } from './call.ts'

export type PeopleClientConfig = {
  /** Without a path: `http://127.0.0.1:8080`. */
  baseUrl: string
  /** Of a sign-in; the methods of the first group need none. */
  sessionToken?: string
  fetch?: typeof fetch
}
export type PeopleClient = ReturnType<typeof createPeopleClient>

/** Every method throws `ApiError` for a problem, and what `fetch` throws when there is no answer at all. */
export function createPeopleClient({ sessionToken, ...config }: PeopleClientConfig) {
  const call = caller({ ...config, ...(sessionToken !== undefined && { credential: sessionToken }) })
  const post = <Answer>(path: string, body?: unknown) => call.json<Answer>('POST', `/v1/auth${path}`, { body })

  return {
    signUp: (body: SignUp) => post<Mailed>('/sign-up', body),
    mailVerification: (body: ByEmail) => post<Mailed>('/verification-mails', body),
    verifyEmail: (body: VerifyEmail) => post<Verified>('/verify-email', body),
    signIn: (body: SignInBody) => post<SignInAnswer>('/sign-in', body),
    passSecondFactor: (body: PassSecondFactor) => post<ApiSignedIn>('/second-factor', body),
    requestPasswordReset: (body: ByEmail) => post<Mailed>('/password-resets', body),
    resetPassword: (body: ResetPassword) => call.empty('POST', '/v1/auth/password-resets/confirm', body),

    me: () => call.json<Me>('GET', '/v1/auth/me'),
    updateMe: (body: UpdatePerson) => call.json<ApiPerson>('PATCH', '/v1/auth/me', { body }),
    signOut: () => call.empty('POST', '/v1/auth/sign-out'),
    /** With what it answers, `createClient` acts for the person within an account. */
    getTenantToken: (body: CreateTenantToken) => post<TenantToken>('/tokens', body),
    createTenant: (body: CreateTenant) => post<NewTenant>('/tenants', body),
    acceptInvitation: (id: string) => post<Me>(`/invitations/${encodeURIComponent(id)}/accept`),
    leaveTenant: (id: string) => call.empty('DELETE', `/v1/auth/memberships/${encodeURIComponent(id)}`),
    changePassword: (body: ChangePassword) => post<ApiSignedIn>('/password', body),
    changeEmail: (body: ChangeEmail) => post<Mailed>('/email', body),
    confirmEmail: (body: ByLink) => post<ApiPerson>('/email/confirm', body),
    deleteMe: (body: DeletePerson) => call.empty('POST', '/v1/auth/me/deletion', body),
    listSignIns: () => call.json<{ data: Device[] }>('GET', '/v1/auth/sign-ins'),
    endSignIn: (id: string) => call.empty('DELETE', `/v1/auth/sign-ins/${encodeURIComponent(id)}`),
    setUpTwoFactor: (body: ByPassword) => post<TwoFactorSetUp>('/two-factor', body),
    confirmTwoFactor: (body: ByCode) => post<ApiSignedIn>('/two-factor/confirm', body),
    removeTwoFactor: (body: ByBothFactors) => post<ApiSignedIn>('/two-factor/remove', body),
    createBackupCodes: (body: ByBothFactors) => post<BackupCodes>('/two-factor/backup-codes', body),
  }
}
