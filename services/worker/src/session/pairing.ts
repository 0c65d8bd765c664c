// What can link a phone while no account is linked: the QR string that WhatsApp offers, and a pairing code when somebody wants
// one. Both are of one socket and die with it; the wish for a code is in the log and outlives it.
import type { CommandOf } from '@wagate/messages/commands.ts'
import type { codeRefusals, PairingRecord } from '@wagate/messages/control.ts'
import { type CodeWish, nextCodeAtMs } from '../log/codes.ts'
import type { Memory } from '../log/memory.ts'
import type { Journal } from './journal.ts'
import type { CodeAnswer } from './pairing-code.ts'
import { qrLifetimeMs } from './qr.ts'
import type { WhatsAppSocket } from './socket.ts'

type PairingSocket = Pick<WhatsAppSocket, 'requestPairingCode'>
type Refusal = (typeof codeRefusals)[number]

export type PairingDeps = {
  memory: Pick<Memory, 'linked' | 'closed' | 'codes' | 'account'>
  journal: Pick<Journal, 'append' | 'lifecycle' | 'at' | 'released'>
  durable: (ticket: number) => Promise<void>
  /** The socket that shows QR strings. */
  socket: () => PairingSocket | undefined
  /** Closes the socket and opens another. */
  reconnect: () => void
  /** What gateways read, nothing when undefined. Called again before it could expire there. */
  publishPairing: (record: PairingRecord | undefined) => void
  /** There is something to show. */
  onShown: () => void
  now: () => Date
  after: (ms: number, run: () => void) => void
  log: (event: string, fields: Record<string, unknown>) => void
}

export type Pairing = ReturnType<typeof createPairing>

/** WhatsApp does not tell how long a code lives; whatsmeow's authors found 160 s, the time that it offers QR strings for. */
export const codeLifetimeMs = 160_000
/** A code that was lost with its socket is replaced for this long after somebody asked. */
const wishLifetimeMs = 180_000
/** A socket shows six QR strings; one that has shown more than this ends before a new code would. */
const lastQrForCode = 2
/** With less than this left a code is not given out again: a person could not enter it in time. */
const minLeftMs = 30_000
const throttledMs = 600_000
const unansweredMs = 10_000

export function createPairing(deps: PairingDeps) {
  const { memory, journal } = deps
  const nowMs = (): number => deps.now().getTime()
  const iso = (ms: number): string => new Date(ms).toISOString()
  let qr: Pick<PairingRecord, 'qr' | 'expiresAt'> = {}
  let code: PairingRecord['code']
  let refusal: PairingRecord['refusal']
  let qrsShown = 0
  /** The socket that a code is being asked for on. */
  let asking: PairingSocket | undefined

  function publish(): void {
    if (journal.released()) return // the next owner shows its own
    const isEmpty = !qr.qr && !code && !refusal
    deps.publishPairing(
      isEmpty ? undefined : { v: 1, ...qr, ...(code ? { code } : {}), ...(refusal ? { refusal } : {}) },
    )
  }

  function clear(): void {
    qr = {}
    code = undefined
    refusal = undefined
    qrsShown = 0
    publish()
  }

  const currentWish = (): CodeWish | undefined => {
    const { wish } = memory.codes
    return wish && nowMs() - Date.parse(wish.at) < wishLifetimeMs ? wish : undefined
  }

  async function requestCode(): Promise<void> {
    const [wish, socket] = [currentWish(), deps.socket()]
    if (!wish || !socket || asking === socket) return
    const blockedUntilMs = nextCodeAtMs(memory.codes, nowMs())
    if (blockedUntilMs !== undefined) return refuse(wish, 'limit', blockedUntilMs)
    asking = socket
    let answer: CodeAnswer
    try {
      await deps.durable(journal.append([{ kind: 'CODE_REQUESTED', at: journal.at() }]))
      answer = await socket.requestPairingCode(wish.phone)
    } finally {
      if (asking === socket) asking = undefined
    }
    if (deps.socket() !== socket || memory.linked) return // the next QR string asks again
    const latest = memory.codes.wish ?? wish
    if (latest.phone !== wish.phone) return requestCode()
    if ('code' in answer) show(latest, answer.code)
    else refuseAs(latest, answer.refused)
  }

  function show({ commandId, phone }: CodeWish, text: string): void {
    const expiresAt = iso(nowMs() + codeLifetimeMs)
    const own = { commandId, phone, code: text, expiresAt }
    code = own
    refusal = undefined
    publish()
    journal.lifecycle({ type: 'session.code_issued', data: { expiresAt, at: journal.at() } })
    deps.after(codeLifetimeMs, () => {
      if (code?.code !== own.code) return
      code = undefined
      publish()
    })
  }

  function refuseAs(wish: CodeWish, whatsAppCode: number | undefined): void {
    deps.log('session.code_refused', { code: whatsAppCode })
    if (whatsAppCode === undefined) refuse(wish, 'unanswered', nowMs() + unansweredMs)
    else if (whatsAppCode === 400 || whatsAppCode === 404) refuse(wish, 'number', nowMs())
    else refuse(wish, 'throttled', nowMs() + throttledMs)
  }

  function refuse({ commandId }: CodeWish, reason: Refusal, retryAtMs: number): void {
    journal.append([{ kind: 'CODE_REFUSED', at: journal.at() }])
    refusal = { commandId, reason, retryAt: iso(retryAtMs) }
    publish()
  }

  async function wishFor({ id: commandId, time: at, data }: CommandOf<'session.request_pairing_code'>): Promise<void> {
    const { phone } = data
    if (memory.linked || memory.closed) return // gateways see it, and say so
    await deps.durable(journal.append([{ kind: 'CODE_WISHED', commandId, phone, at }]))
    if (!currentWish()) return
    if (code?.phone === phone && Date.parse(code.expiresAt) - nowMs() > minLeftMs) {
      code = { ...code, commandId }
      return publish()
    }
    code = undefined
    refusal = undefined
    // Before the first QR string it is too early, and the string itself will ask.
    if (qrsShown > lastQrForCode && nextCodeAtMs(memory.codes, nowMs()) === undefined) deps.reconnect()
    else if (qrsShown > 0) void requestCode().catch(() => {})
  }

  return {
    /** The socket is gone, or a new one is opened: what the last showed, here or at an owner before, links nothing any more. */
    lost(): void {
      if (!memory.linked) clear()
    },
    paired(): void {
      clear()
      journal.lifecycle({ type: 'session.paired', data: { account: memory.account, at: journal.at() } })
    },
    closed: clear,
    qr(text: string): void {
      qrsShown += 1
      const expiresAt = iso(nowMs() + qrLifetimeMs)
      qr = { qr: text, expiresAt }
      publish()
      deps.onShown()
      journal.lifecycle({ type: 'session.qr_issued', data: { expiresAt, at: journal.at() } })
      if (!code) void requestCode().catch(() => {})
    },
    codeEntered(): void {
      qr = {}
      publish()
    },
    /** Resolves when the wish is in the log; the code, or why there is none, is published. */
    async ask(command: CommandOf<'session.request_pairing_code'>): Promise<'done'> {
      await wishFor(command)
      return 'done'
    },
  }
}
