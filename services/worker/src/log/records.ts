// What a session writes down before it acts. A batch of records is one message on `wal.<shard>.<session>`.

import type { Lane } from '@wagate/messages/commands.ts'
import type { Content, Mode, Party } from '@wagate/messages/envelope.ts'
import type { CloseReason, QuarantineReason, RestrictionKind, Takeover } from '@wagate/messages/events.ts'

/** Signal key mutations: type → id → value in MessagePack, null to delete. */
export type KeyMutations = Record<string, Record<string, Uint8Array | null>>

/** A message to send, as it was accepted. */
export type QueuedMessage = {
  commandId: string
  messageId: string
  to: string
  content: Content
  lane: Lane
  acceptedAt: string
  /** Not to be handed to WhatsApp after this. */
  expiresAt?: string
  correlationId?: string
}

/** What somebody wrote, read out of a stanza and its plaintext. */
export type InboundMessage = {
  waMessageId: string
  chat: Party
  from: Party
  /** The account's own phone or another of its devices wrote it. */
  fromMe: boolean
  content: Content
  pushName?: string
  at: string
}

/** A decrypted stanza: written together with the ratchet that decrypted it, so that a redelivery finds its plaintext. */
export type InboxEntry = {
  /** SHA-256 of the ciphertext, base64url. */
  hash: string
  plaintext: Uint8Array
  /** Absent for stanzas that are not messages to people: key shares, history, group messages. */
  message?: InboundMessage
}

/** The part of a stanza that our state depends on; content other than ids is not kept. */
export type StanzaNote = { tag: string; attrs: Record<string, string>; ids: string[] }

/** Why there was no connection before, beside what the events before it tell. */
export type Absence = { takeover?: Takeover; proxyFailedSince?: string }

/** A change of the session's own life, published as the event of that name. */
export type Lifecycle =
  | { type: 'session.created'; data: { mode: Mode; name?: string; at: string } }
  | { type: 'session.qr_issued'; data: { expiresAt: string; at: string } }
  | { type: 'session.code_issued'; data: { expiresAt: string; at: string } }
  | { type: 'session.paired'; data: { account: Party; at: string } }
  | { type: 'session.connected'; data: { account: Party; at: string } & Absence }
  | { type: 'session.disconnected'; data: { code: number; reason: string; at: string } }
  | {
      type: 'session.quarantined'
      data: { reason: QuarantineReason; code: number; until: string; at: string } & Absence
    }
  | {
      type: 'session.restricted'
      data: { restriction: RestrictionKind; detail: string; until: string; at: string }
    }
  | { type: 'session.unrestricted'; data: { restriction: RestrictionKind; at: string } }
  | { type: 'session.closed'; data: { reason: CloseReason; requested?: true; at: string } & Absence }
  | { type: 'session.deleted'; data: { at: string } }

/** Where a snapshot is and what it stands for: the memory after the batch of that position, and nothing later. */
export type SnapshotRef = {
  /** The owner that took it. */
  epoch: number
  position: number
  /** The stream's sequence of the batch at that position. */
  seq: number
  /** Of the object's bytes as they are stored. */
  sha256: Uint8Array
  bytes: number
}

export type LogRecord =
  /** First record of every owner; it fences all older ones. `since`: when the one before was last known to host the session. */
  | { kind: 'CLAIM'; epoch: number; owner: string; since?: string; at: string }
  /** Signal state that a frame on the wire depends on, with the messages whose decryption made it. `creds` is Baileys' JSON. */
  | { kind: 'KEYS'; mutations: KeyMutations; creds?: Uint8Array; inbox?: InboxEntry[] }
  /** Somebody asked for the account to be unlinked. */
  | { kind: 'LOGOUT'; at: string }
  /** The account was unlinked: everything Signal knew is void. */
  | { kind: 'RESET'; at: string }
  | { kind: 'STANZA'; stanza: StanzaNote; at: string }
  /** The command is about to be handled, or its message to be handed over, by an owner that has reason to be careful. */
  | { kind: 'BEGUN'; commandId: string; at: string }
  /** The owner lets go in good order: no crash, and from here on nobody hosts the session. */
  | { kind: 'LEFT'; at: string }
  | { kind: 'QUEUED'; message: QueuedMessage; at: string }
  /** From here on WhatsApp may have the message. */
  | { kind: 'INTENT'; commandId: string; waMessageId: string; at: string }
  | { kind: 'ACKED'; waMessageId: string; at: string }
  /** `message`, without its content: of a command that never was `QUEUED`, because engines died over it. */
  | {
      kind: 'FAILED'
      commandId: string
      waMessageId?: string
      message?: QueuedMessage
      code: string
      detail: string
      at: string
    }
  /** The acknowledgement never came and it is too late to send again. */
  | { kind: 'UNCONFIRMED'; waMessageId: string; at: string }
  /** A login that WhatsApp refused, of the kind that is counted. */
  | { kind: 'FAILURE'; code: number; at: string }
  /** Somebody restarted the session: its failures and its quarantine count no more. */
  | { kind: 'RELEASE'; at: string }
  /** Somebody wants a pairing code for the phone with this number; `at` is when they asked. */
  | { kind: 'CODE_WISHED'; commandId: string; phone: string; at: string }
  /** From here on WhatsApp may have been asked for one. The code is written nowhere. */
  | { kind: 'CODE_REQUESTED'; at: string }
  /** There is none, and nobody waits for it any more. */
  | { kind: 'CODE_REFUSED'; at: string }
  /** Not to be sent; before its `QUEUED` it stands for a message that is still to come. */
  | { kind: 'CANCELLED'; commandId: string; at: string }
  /** It waited for too long. */
  | { kind: 'EXPIRED'; commandId: string; at: string }
  | { kind: 'LIFECYCLE'; lifecycle: Lifecycle }
  /** A snapshot is stored. The log still covers what followed `previous`, if there is one, else everything. */
  | { kind: 'SNAPSHOT'; snapshot: SnapshotRef; previous?: SnapshotRef; at: string }

export type Batch = {
  /** Every event up to this sequence is published; the next owner publishes what lies beyond. */
  relayed: number
  /** The stream's sequence of the last batch before this one that holds a SNAPSHOT, if there is any. */
  snapshotSeq?: number
  records: LogRecord[]
}
