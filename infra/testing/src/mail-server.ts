import { type MailServer, startMailServer as start } from '@wagate/dev/mail/server.ts'

export type { MailServer }

/** A mail server of the test's own, in this process: the one that the development stack has. Use with `await using`. */
export const startMailServer: typeof start = start
