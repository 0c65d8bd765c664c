// Every way in which the API says no: a closed table. `type` of a problem is `/problems/<code>`, and that page exists.
import { z } from 'zod'

/** HTTP status and title per code; the title never changes for a code, `detail` tells the single case. */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 422, title: 'The request is not valid' },
  'invalid-cursor': { status: 422, title: 'The cursor cannot be used here' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'not-acceptable': { status: 406, title: 'Not available in that format' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'route-not-found': { status: 404, title: 'No such address' },
  'method-not-allowed': { status: 405, title: 'That method is not offered here' },

  'api-key-missing': { status: 401, title: 'An API key is needed' },
  'api-key-invalid': { status: 401, title: 'The API key is not valid' },
  'scope-missing': { status: 403, title: 'The API key lacks a scope' },
  'permission-missing': { status: 403, title: 'You may not do this' },
  'key-restricted': { status: 403, title: 'The API key is for some sessions only' },
  'test-key-required': { status: 403, title: 'Only for test keys' },
  'live-key-required': { status: 403, title: 'Only for live keys' },
  'sign-in-needed': { status: 401, title: 'Sign in first' },
  'sign-in-refused': { status: 401, title: 'The address or the password is wrong' },
  'verification-refused': { status: 401, title: 'The link and the password do not go together' },
  'second-factor-refused': { status: 401, title: 'The code is wrong' },
  'second-factor-required': { status: 403, title: 'A second factor is needed' },
  'email-not-verified': { status: 403, title: 'The address is not verified yet' },
  'password-wrong': { status: 403, title: 'The current password is wrong' },
  'role-too-high': { status: 403, title: 'That role may do more than you' },
  'support-access-of-another': { status: 403, title: 'That access is of another operator' },
  'tenant-suspended': { status: 403, title: 'The account is suspended' },
  'tenant-deleting': { status: 403, title: 'The account is being deleted' },

  'session-not-found': { status: 404, title: 'Session not found' },
  'message-not-found': { status: 404, title: 'Message not found' },
  'chat-not-found': { status: 404, title: 'Chat not found' },
  'quick-reply-not-found': { status: 404, title: 'Quick reply not found' },
  'webhook-not-found': { status: 404, title: 'Webhook endpoint not found' },
  'request-not-found': { status: 404, title: 'Request not found' },
  'delivery-not-found': { status: 404, title: 'Delivery not found' },
  'api-key-not-found': { status: 404, title: 'API key not found' },
  'export-not-found': { status: 404, title: 'Export not found' },
  'erasure-not-found': { status: 404, title: 'Erasure not found' },
  'tenant-not-found': { status: 404, title: 'Account not found' },
  'member-not-found': { status: 404, title: 'Member not found' },
  'support-access-not-found': { status: 404, title: 'Support access not found' },
  'invitation-not-found': { status: 404, title: 'Invitation not found' },
  'sign-in-not-found': { status: 404, title: 'Sign-in not found' },
  'worker-not-found': { status: 404, title: 'Worker not found' },
  'dead-letter-not-found': { status: 404, title: 'Dead letter not found' },
  'phone-not-found': { status: 404, title: 'Sandbox phone not found' },

  'session-closed': { status: 409, title: 'The session is closed' },
  'session-not-linked': { status: 409, title: 'The session is not linked yet' },
  'message-not-waiting': { status: 409, title: 'The message does not wait any more' },
  'session-already-linked': { status: 409, title: 'The session is already linked' },
  'qr-not-ready': { status: 409, title: 'There is no QR code right now' },
  'pairing-code-not-ready': { status: 409, title: 'There is no pairing code right now' },
  'pairing-number-refused': { status: 422, title: 'WhatsApp gives no pairing code for this number' },
  'qr-refused': { status: 409, title: 'The phone could not use the QR string' },
  'code-refused': { status: 409, title: 'The phone could not use the pairing code' },
  'assignee-refused': { status: 422, title: 'The chat cannot be given to them' },
  'recipient-unknown': { status: 422, title: 'Nobody to send to' },
  'phone-offline': { status: 409, title: 'The phone is offline' },
  'phone-number-taken': { status: 409, title: 'The number is in use' },
  'dead-letter-not-retriable': { status: 409, title: 'The dead letter cannot be retried' },
  'pool-not-served': { status: 409, title: 'No worker serves the pool' },
  'session-limit-reached': { status: 409, title: 'No more sessions' },
  'phone-limit-reached': { status: 409, title: 'No more sandbox phones' },
  'api-key-ended': { status: 409, title: 'The API key does not work any more' },
  'api-key-limit-reached': { status: 409, title: 'No more API keys' },
  'plan-does-not-fit': { status: 409, title: 'The account has more than the plan allows' },
  'tenant-limit-reached': { status: 409, title: 'No more accounts' },
  'member-limit-reached': { status: 409, title: 'No more members' },
  'already-member': { status: 409, title: 'Already a member' },
  'last-owner': { status: 409, title: 'The account needs an owner' },
  'support-access-over': { status: 409, title: 'The support access is over' },
  'two-factor-on': { status: 409, title: 'Two-factor authentication is on' },
  'two-factor-off': { status: 409, title: 'Two-factor authentication is off' },
  'quick-reply-limit-reached': { status: 409, title: 'No more quick replies' },
  'shortcut-taken': { status: 409, title: 'The shortcut is in use' },
  'webhook-limit-reached': { status: 409, title: 'No more webhook endpoints' },
  'webhook-disabled': { status: 409, title: 'The webhook endpoint is disabled' },
  'delivery-pending': { status: 409, title: 'The delivery is about to be attempted' },
  'delivery-resent-too-often': { status: 409, title: 'The delivery was resent too often' },
  'no-plan-request': { status: 409, title: 'No request for a plan' },
  'no-deletion': { status: 409, title: 'No deletion to take back' },
  'export-in-progress': { status: 409, title: 'An export is being made' },
  'export-not-ready': { status: 409, title: 'The export is not ready' },
  'export-expired': { status: 410, title: 'The archive is gone' },
  'proxy-refused': { status: 422, title: 'The proxy is not allowed' },
  'webhook-url-refused': { status: 422, title: 'The webhook address is not allowed' },
  'link-over': { status: 410, title: 'The link does not work any more' },

  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'request-in-progress': { status: 409, title: 'The same request is still running' },

  'too-many-attempts': { status: 429, title: 'Too many attempts' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'message-quota-exceeded': { status: 429, title: 'The messages of the plan are used up' },
  'pairing-code-limit': { status: 429, title: 'Too many pairing codes' },
  'session-queue-full': { status: 429, title: 'The queue of the session is full' },
  'erasure-limit-reached': { status: 429, title: 'Too many erasures at once' },
  'export-limit-reached': { status: 429, title: 'No more exports today' },
  'too-many-streams': { status: 429, title: 'Too many open event streams' },

  'broker-unavailable': { status: 503, title: 'Requests cannot be accepted right now' },
  'views-unavailable': { status: 503, title: 'Stored data cannot be read right now' },
  'storage-unavailable': { status: 503, title: 'The object store does not answer' },
  'archive-unavailable': { status: 503, title: 'The archive cannot be read right now' },
  'sandbox-unavailable': { status: 503, title: 'The sandbox does not answer' },
  internal: { status: 500, title: 'Internal error' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems
export const problemCodes = Object.keys(problems).filter((code): code is ProblemCode => code in problems)

/** Body of every answer with a status of 400 and above, media type `application/problem+json` (RFC 9457). */
export const problem = z
  .object({
    type: z
      .string()
      .meta({ description: 'Address of the page that explains this code.', example: '/problems/session-closed' }),
    code: z.enum(problemCodes),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What happened here, and what to change.' }),
    request_id: z.string().meta({ description: 'Quote it when you ask for help.' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Which fields are wrong; `path` is dotted, empty for the whole body.' }),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>
