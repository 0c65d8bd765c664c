// Everything that Wagate writes to people. Links come finished: whoever issues a token knows where it leads (see links.ts).

export type Mail = { to: string } & (
  | { kind: 'verify_email'; name: string; link: string; validMinutes: number }
  /** To the owner of an account, when somebody signs up with his address: the answer to that request never says so. */
  | { kind: 'already_registered'; name: string; signInLink: string; resetLink: string }
  | { kind: 'reset_password'; name: string; link: string; validMinutes: number }
  | { kind: 'password_changed'; name: string }
  | { kind: 'invitation'; tenantName: string; inviterName: string; role: string; link: string; validDays: number }
  | { kind: 'new_sign_in'; name: string; at: Date; userAgent: string | undefined }
  | { kind: 'two_factor_changed'; name: string; enabled: boolean }
  /** To the new owner. */
  | { kind: 'ownership_transfer'; tenantName: string; name: string }
)
export type MailKind = Mail['kind']

/**
 * Resolves once the mail is stored, long before a mail server has seen it: an answer that must not tell whether an address is
 * known cannot tell by its time either. It is sent once, a repeat after a crash has the same Message-ID.
 * @throws DatabaseUnavailable
 */
export type QueueMail = (mail: Mail) => Promise<void>
