import type { RolePasswords } from '@wagate/dev/database.ts'

/** The database that every test's own is copied from. */
export const template = 'wagate_template'

/** Every role's password is its name: this server lives for one test run, on the loopback interface. */
export const testRolePasswords: RolePasswords = {
  wagate_owner: 'wagate_owner',
  wagate_api: 'wagate_api',
  wagate_projector: 'wagate_projector',
  wagate_webhooks: 'wagate_webhooks',
  wagate_keeper: 'wagate_keeper',
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's URL of the shared test server. */
    postgresUrl: string
  }
}
