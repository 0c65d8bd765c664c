// Everything about people that no tenant owns.
import type { MountForPeople, MountOpen } from '../http/route.ts'
import { type PersonDeletionDeps, personDeletionRoutes } from './deletion-routes.ts'
import type { DeviceDeps } from './device-routes.ts'
import { deviceRoutes } from './device-routes.ts'
import { type EmailDeps, emailRoutes } from './email-routes.ts'
import type { MeDeps } from './me-routes.ts'
import { meRoutes } from './me-routes.ts'
import { type PasswordDeps, passwordRoutes } from './password-routes.ts'
import { type SignInDeps, signInRoutes } from './sign-in-routes.ts'
import { type SignUpDeps, signUpRoutes } from './sign-up-routes.ts'
import { type TwoFactorDeps, twoFactorRoutes } from './two-factor-routes.ts'

export type AccountDeps = SignUpDeps &
  SignInDeps &
  PasswordDeps &
  EmailDeps &
  TwoFactorDeps &
  MeDeps &
  PersonDeletionDeps &
  DeviceDeps
export type AccountMounts = { mountOpen: MountOpen; mountForPeople: MountForPeople }

export function accountRoutes({ mountOpen, mountForPeople }: AccountMounts, deps: AccountDeps): void {
  signUpRoutes(mountOpen, deps)
  signInRoutes(mountOpen, mountForPeople, deps)
  passwordRoutes(mountOpen, mountForPeople, deps)
  emailRoutes(mountForPeople, deps)
  meRoutes(mountForPeople, deps)
  personDeletionRoutes(mountForPeople, deps)
  deviceRoutes(mountForPeople, deps)
  twoFactorRoutes(mountForPeople, deps)
}
