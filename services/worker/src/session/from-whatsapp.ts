// What comes from WhatsApp, or does not come any more, and what the session makes of it.
import type { CloseReason } from '@wagate/messages/events.ts'
import type { Memory } from '../log/memory.ts'
import { newsOf, receiptEvents } from '../log/receipts.ts'
import type { LogRecord, StanzaNote } from '../log/records.ts'
import type { Sender } from '../message/sender.ts'
import type { ConnectionDeps } from './connection.ts'
import type { Journal } from './journal.ts'
import type { Pairing } from './pairing.ts'
import type { Proxying } from './proxying.ts'
import type { Setbacks } from './setbacks.ts'
import type { createStatus } from './status.ts'

export type FromWhatsAppDeps = {
  memory: Memory
  journal: Journal
  status: ReturnType<typeof createStatus>
  sender: Sender
  pairing: Pairing
  proxying: Proxying
  setbacks: Setbacks
  checkRestrictions: () => void
  typed: ConnectionDeps['on']['typed']
  /** Does what was asked for while there was no connection; false when that is nothing. */
  resumeUnlinking: () => boolean
  close: (reason: CloseReason, unlinked: boolean) => void
  onFrameSent: () => void
}

export function fromWhatsApp(deps: FromWhatsAppDeps): ConnectionDeps['on'] & { keys: (records: LogRecord[]) => void } {
  const { memory, journal, status, sender, pairing, proxying, setbacks } = deps

  function onOpen(): void {
    const absence = proxying.absence(memory.gap)
    proxying.works()
    journal.lifecycle({ type: 'session.connected', data: { account: memory.account, ...absence, at: journal.at() } })
    status.set('connected')
    deps.checkRestrictions()
    if (!deps.resumeUnlinking()) void sender.resend().catch(() => {})
  }

  /** Receipts between the account's own devices tell nobody anything, and are not worth a write; nor is what is known. */
  function onReceipt(receipt: StanzaNote): void {
    const at = journal.at()
    const stanza = newsOf(memory, receipt)
    if (!stanza || receiptEvents(memory, stanza, at).length === 0) return
    journal.append([{ kind: 'STANZA', stanza, at }])
    sender.pump() // it may have settled a message, which makes room for the next
  }

  return {
    connecting: () => status.set(memory.linked ? 'connecting' : 'starting'),
    gone: pairing.lost,
    qr: (qr) => {
      proxying.works()
      pairing.qr(qr)
    },
    codeEntered: pairing.codeEntered,
    paired: pairing.paired,
    open: onOpen,
    receipt: onReceipt,
    call: (stanza) => void journal.append([{ kind: 'STANZA', stanza, at: journal.at() }]),
    acknowledged: (waMessageId, error) => sender.acknowledged(waMessageId, error),
    typed: deps.typed,
    frameSent: deps.onFrameSent,
    restriction: setbacks.restricted,
    failed: setbacks.failed,
    proxyFailed: proxying.failed,
    quarantined: setbacks.quarantined,
    ended: deps.close,
    /** With new keys a message may have come; whoever wrote it is no stranger any more, and what waits for them may go. */
    keys(records) {
      journal.append(records)
      if (records.some((record) => record.kind === 'KEYS' && record.inbox)) sender.pump()
    },
  }
}
