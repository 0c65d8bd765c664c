// What links a phone: the QR string and the pairing code that a session shows now. Read live, kept nowhere.
import type { PairingCode } from '@wagate/api/session.ts'
import type { PairingRecord } from '@wagate/messages/control.ts'
import { idWithKind } from '@wagate/messages/ids.ts'
import type { Caller } from '../access/authenticate.ts'
import type { PublishCommand } from '../command/publish.ts'
import { acceptOnce, type IdempotencyDeps, type Origin } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { SessionEntry } from './directory.ts'
import { type FindSessionDeps, findSession } from './find.ts'
import { checkCanPair } from './present.ts'

export type PairingDeps = {
  readPairing: (tenantId: string, sessionId: string) => Promise<PairingRecord | undefined>
  now: () => Date
}
export type RequestCodeDeps = PairingDeps &
  FindSessionDeps &
  IdempotencyDeps & { publishCommand: PublishCommand; pause: (ms: number) => Promise<void> }

type Code = NonNullable<PairingRecord['code']>

/** Whoever asks for a code gets it in the answer if it is there in this time; the worker needs a fraction of it. */
const answerWithinMs = 5_000
const lookEveryMs = 200

/** The QR string that the session shows now. Throws `session-already-linked`, `session-closed` or `qr-not-ready`. */
export async function currentQr(deps: PairingDeps, found: SessionEntry): Promise<{ qr: string; expiresAt: string }> {
  const { qr, expiresAt } = (await shownBy(deps, found)) ?? {}
  if (qr !== undefined && expiresAt !== undefined && Date.parse(expiresAt) > deps.now().getTime())
    return { qr, expiresAt }
  throw new DomainError(
    'qr-not-ready',
    'The session is still starting or changes its QR code: ask again in a second.',
    {
      retryAfterSeconds: 1,
    },
  )
}

/** The pairing code that the session shows now. Throws what `currentQr` throws for a session, or why there is no code. */
export async function currentCode(deps: PairingDeps, found: SessionEntry): Promise<PairingCode> {
  const record = await shownBy(deps, found)
  if (record?.code && isLive(deps, record.code)) return presentCode(record.code)
  if (record?.refusal) throw refused(record.refusal, deps.now())
  throw notReady('There is no pairing code: ask for one with POST, or again in a second if you just did.', 1)
}

/**
 * Asks the session for a code and waits a moment for it. A repeat with the same `Idempotency-Key` is the same request; the
 * code itself is not stored with it. Throws why there is no code.
 */
export async function requestCode(
  deps: RequestCodeDeps,
  caller: Caller,
  found: SessionEntry,
  request: { id: string; origin: Origin; phone: string },
) {
  const { phone } = request
  const waiting: PairingCode = { phone, code: null, expires_at: null }
  const done = await acceptOnce(deps, caller, request.origin, {
    kind: 'command',
    body: { phone },
    check: () => checkCanPair(found),
    answer: () => ({ status: 202, body: waiting }),
    act: ({ id, createdAt }) =>
      deps.publishCommand(
        { type: 'session.request_pairing_code', data: { phone } },
        { session: found.config, id, requestId: request.id, at: createdAt },
      ),
  })
  const commandId = idWithKind('command', done.id)
  for (let waitedMs = 0; waitedMs < answerWithinMs; waitedMs += lookEveryMs) {
    const session = await findSession(deps, caller, found.config.sessionId)
    checkCanPair(session)
    const record = await deps.readPairing(caller.tenantId, found.config.sessionId)
    const { code, refusal } = record ?? {}
    if (code?.commandId === commandId && isLive(deps, code))
      return { status: 200, body: presentCode(code), headers: done.headers }
    if (refusal?.commandId === commandId) throw refused(refusal, deps.now())
    await deps.pause(lookEveryMs)
  }
  return { status: 202, body: waiting, headers: { ...done.headers, 'retry-after': '1' } }
}

/** What an earlier attempt showed may still be there, and links nothing any more. */
async function shownBy(deps: PairingDeps, found: SessionEntry): Promise<PairingRecord | undefined> {
  checkCanPair(found)
  const { tenantId, sessionId } = found.config
  return found.state?.status === 'awaiting_qr' ? deps.readPairing(tenantId, sessionId) : undefined
}

const isLive = ({ now }: PairingDeps, { expiresAt }: Code): boolean => Date.parse(expiresAt) > now().getTime()

/** As WhatsApp shows it. */
const presentCode = ({ phone, code, expiresAt }: Code): PairingCode => ({
  phone,
  code: `${code.slice(0, 4)}-${code.slice(4)}`,
  expires_at: expiresAt,
})

function refused({ reason, retryAt }: NonNullable<PairingRecord['refusal']>, now: Date): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil((Date.parse(retryAt) - now.getTime()) / 1_000))
  switch (reason) {
    case 'limit':
      return new DomainError(
        'pairing-code-limit',
        `This session asked for as many pairing codes as it may in an hour: link it by QR code, or ask again in ${retryAfterSeconds} s.`,
        { retryAfterSeconds },
      )
    case 'throttled':
      return new DomainError(
        'pairing-code-limit',
        `WhatsApp gives no pairing code now, as it does when it was asked often: link by QR code, or ask again in ${retryAfterSeconds} s.`,
        { retryAfterSeconds },
      )
    case 'number':
      return new DomainError(
        'pairing-number-refused',
        'WhatsApp gives no pairing code for this number: check that a WhatsApp account has it.',
      )
    case 'unanswered':
      return notReady('WhatsApp did not answer the request for a pairing code: ask again.', retryAfterSeconds)
  }
}

const notReady = (detail: string, retryAfterSeconds: number) =>
  new DomainError('pairing-code-not-ready', detail, { retryAfterSeconds })
