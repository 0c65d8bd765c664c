// Why a message was not sent: a closed list of codes with a sentence for the customer (docs/problems).
const failures: Record<string, string> = {
  'recipient-not-on-whatsapp': 'The number is not on WhatsApp. Check it, with its country code.',
  'content-not-supported': 'This version cannot send that type of message.',
  'encryption-failed': 'The message could not be encrypted for any device of the recipient. Send it again later.',
  'not-processable':
    'Handling this message ended the process that handled it, several times. It was not sent. Report it before you send it again.',
  'session-closed':
    'The session was closed before the message could be sent. Link the account again, then send it again.',
  'whatsapp-463':
    'WhatsApp restricts this account from starting new chats. Wait, and write to people who wrote to you.',
  'whatsapp-479': 'WhatsApp rejected the form of the message.',
}

export type Failure = { code: string; detail: string }

/** WhatsApp's own error numbers pass through as `whatsapp-<number>`. */
export const failureOf = (code: string): Failure => ({
  code,
  detail: failures[code] ?? 'WhatsApp refused the message. Its error number is part of the code.',
})
