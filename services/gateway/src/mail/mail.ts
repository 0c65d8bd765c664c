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
  /** To the address that is to be the person's: that it can be read there is what the link proves. */
  | { kind: 'confirm_new_email'; name: string; link: string; validMinutes: number }
  /** To the owner of an account, when somebody wants to have his address: the answer to that request never says so. */
  | { kind: 'address_taken'; resetLink: string }
  /** Both to the address that it was until then. */
  | { kind: 'email_change_asked'; name: string }
  | { kind: 'email_changed'; name: string }
  | { kind: 'person_deleted'; name: string }
  /** To the new owner, and to the former one. */
  | { kind: 'ownership_transfer'; tenantName: string; name: string }
  | { kind: 'ownership_handed_over'; tenantName: string; name: string; toName: string }
  | { kind: 'member_removed'; tenantName: string; name: string }
  /** To each owner. */
  | { kind: 'deletion_asked'; tenantName: string; name: string; byName: string; at: Date; link: string }
  | { kind: 'deletion_taken_back'; tenantName: string; name: string; byName: string }
  /** To each owner, when the operator decides it. */
  | { kind: 'tenant_suspended'; tenantName: string; name: string; reason: string }
  | { kind: 'tenant_activated'; tenantName: string; name: string }
  /** To each owner, whenever an operator begins to look into the tenant. */
  | { kind: 'support_access_opened'; tenantName: string; name: string; reason: string; until: Date }
)
export type MailKind = Mail['kind']

/**
 * Resolves once the mail is stored, long before a mail server has seen it: an answer that must not tell whether an address is
 * known cannot tell by its time either. It is sent once, a repeat after a crash has the same Message-ID.
 * @throws DatabaseUnavailable
 */
export type QueueMail = (mail: Mail) => Promise<void>

/**
 * For news of what is done already: that they cannot be stored undoes nothing, and the answer may hold a token that comes only once. The
 * outbox tells operators.
 */
export const tell = (queueMail: QueueMail, mail: Mail): Promise<void> => queueMail(mail).catch(() => {})
