/** Everything the control API can refuse, with its HTTP status. Inside, code throws a `SandboxProblem`; only the edge knows HTTP. */
export const problems = {
  'invalid-request': { status: 422, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'The control token is missing or wrong' },
  'not-found': { status: 404, title: 'There is no such route' },
  'phone-not-found': { status: 404, title: 'There is no such phone' },
  'device-not-found': { status: 404, title: 'The phone has no such linked device' },
  'number-taken': { status: 409, title: 'The number belongs to another phone' },
  'phone-offline': { status: 409, title: 'The phone is offline' },
  'too-many-devices': { status: 409, title: 'The phone has as many linked devices as it can have' },
  'qr-invalid': { status: 422, title: 'This is not the QR string of a WhatsApp client' },
  'qr-unknown': { status: 404, title: 'No client waits with this QR string' },
  'qr-expired': { status: 410, title: 'The QR string is stale' },
  'qr-used': { status: 409, title: 'The QR string was scanned before' },
  'code-invalid': { status: 422, title: 'This is not a pairing code' },
  'code-unknown': { status: 404, title: 'No client waits for this phone' },
  'code-wrong': { status: 422, title: 'The pairing code is wrong' },
  'code-expired': { status: 410, title: 'The pairing code is stale' },
  'code-used': { status: 409, title: 'The pairing code was entered before' },
  'client-did-not-answer': { status: 504, title: 'The client did not finish linking' },
  'not-on-whatsapp': { status: 422, title: 'The number is not on WhatsApp' },
  'body-too-large': { status: 413, title: 'The request body is too large' },
  internal: { status: 500, title: 'Internal error' },
} as const

export type ProblemCode = keyof typeof problems

export class SandboxProblem extends Error {
  readonly code: ProblemCode

  constructor(code: ProblemCode, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.name = 'SandboxProblem'
    this.code = code
  }
}
