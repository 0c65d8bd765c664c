// The only file that makes a Baileys socket. It turns Baileys' events and stanzas into ours, and puts the gate between
// Baileys and the wire.

import type { ChatState } from '@wagate/messages/envelope.ts'
import type { RestrictionKind } from '@wagate/messages/events.ts'
import makeWASocket, { type AuthenticationCreds, type BinaryNode, type SignalKeyStore } from '@whiskeysockets/baileys'
import type { StanzaNote } from '../log/records.ts'
import type { Restriction } from '../log/standing.ts'
import type { Route } from '../proxy/route.ts'
import { wayThrough } from '../proxy/way.ts'
import { type DurableRepositoryDeps, durableRepository, hashOf } from '../signal/durable-repository.ts'
import { type Ended, isEncryptionFailure, isOutgoing, readEnding, silentLogger } from './baileys.ts'
import { proxyFailed } from './disconnect.ts'
import { createGate, type GateLog } from './gate.ts'
import { askForCode, type CodeAnswer } from './pairing-code.ts'
import { qrLifetimeMs, withSecret } from './qr.ts'
import { createTimeLockReader, newChatCapOf } from './restrictions.ts'
import { createSocketCaches } from './socket-caches.ts'
import { callNote, receiptNote, typingNote } from './stanzas.ts'
import { createUntilClosed } from './until-closed.ts'

export type { Ended }

/** As `2.3000.1043857760` in numbers. */
export type WhatsAppVersion = [number, number, number]

export type SocketDeps = {
  url: string | undefined
  /** What the client says it is; Baileys' own when undefined. */
  version: WhatsAppVersion | undefined
  /** Through a proxy; directly when undefined. */
  route: Pick<Route, 'open'> | undefined
  creds: AuthenticationCreds
  keys: SignalKeyStore
  log: GateLog
  plaintextOf: DurableRepositoryDeps['plaintextOf']
  readMessage: (
    attrs: Record<string, string>,
    plaintext: Uint8Array,
  ) => ReturnType<DurableRepositoryDeps['readMessage']>
  lookup: DurableRepositoryDeps['lookup']
  /** The text of a message that a recipient could not decrypt and asks for again. */
  sentText: (waMessageId: string) => string | undefined
  nowMs: () => number
  on: SocketEvents
}

export type SocketEvents = {
  qr: (qr: string) => void
  /** A person entered a code, right or wrong: the QR string that was told last cannot be scanned any more. */
  codeEntered: () => void
  credsChanged: () => void
  paired: () => void
  open: () => void
  /** Begins the append of a receipt; its acknowledgement to WhatsApp waits for it. */
  receipt: (note: StanzaNote) => void
  /** Begins the append of a call that is offered; its acknowledgement waits for it. */
  call: (note: StanzaNote) => void
  acknowledged: (waMessageId: string, error: string | undefined) => void
  /** The person with that JID types, or stopped. */
  typed: (jid: string, state: ChatState) => void
  /** A message's frame was handed to the wire. */
  frameSent: () => void
  /** What WhatsApp forbids the account, or that it forbids nothing of that kind any more. */
  restriction: (kind: RestrictionKind, restriction: Restriction | undefined) => void
  /** Something of WhatsApp's arrived, if only the answer to a ping. */
  frame: () => void
  closed: (ended: Ended) => void
}

export type WhatsAppSocket = {
  /** `unsendable`: no device could be encrypted for, and no frame was made. Rejects when the connection went away. */
  send: (jid: string, text: string, waMessageId: string) => Promise<'handed-over' | 'unsendable'>
  /** Whether the number is on WhatsApp; undefined when WhatsApp did not answer. */
  isOnWhatsApp: (phone: string) => Promise<boolean | undefined>
  /** Only where QR strings are shown. */
  requestPairingCode: (phone: string) => Promise<CodeAnswer>
  /** Tells the authors, unless the account's privacy settings forbid it: then only its own devices. Does not throw. */
  markRead: (messages: readonly { jid: string; id: string }[]) => void
  /** Does not throw. */
  showTyping: (jid: string, state: ChatState) => void
  /** Appears online, and asks to be told when that person types: `typed`. Does not throw. */
  watchTyping: (jid: string) => void
  /** Ends that, for everybody. Does not throw. */
  appearOffline: () => void
  logout: () => Promise<void>
  /** Asks WhatsApp what it forbids the account; the answers are `restriction` events. */
  checkRestrictions: () => void
  /** No frame leaves after this returns. */
  close: () => void
}

/** A ping this often; WhatsApp answers each. */
export const keepAliveMs = 15_000
const rememberedStanzas = 256

export function openSocket(deps: SocketDeps): WhatsAppSocket {
  const attrsByHash = new Map<string, Record<string, string>>()
  let ended = false
  const untilClosed = createUntilClosed()
  const way = deps.route && wayThrough(deps.route.open, !deps.url?.startsWith('ws:'))
  const sock = makeWASocket({
    auth: { creds: deps.creds, keys: deps.keys },
    logger: silentLogger,
    ...(deps.version ? { version: deps.version } : {}),
    ...(deps.url ? { waWebSocketUrl: deps.url } : {}),
    ...way?.settings,
    makeSignalRepository: durableRepository({
      plaintextOf: deps.plaintextOf,
      lookup: deps.lookup,
      readMessage: (hash, plaintext) => {
        const attrs = attrsByHash.get(hash)
        attrsByHash.delete(hash)
        return attrs && deps.readMessage(attrs, plaintext)
      },
    }),
    getMessage: async (key) => {
      const text = key.id ? deps.sentText(key.id) : undefined
      return text === undefined ? undefined : { extendedTextMessage: { text } }
    },
    ...createSocketCaches(deps.nowMs),
    emitOwnEvents: false,
    markOnlineOnConnect: false,
    syncFullHistory: false,
    enableRecentMessageCache: false,
    generateHighQualityLinkPreview: false,
    keepAliveIntervalMs: keepAliveMs,
    connectTimeoutMs: 20_000,
    defaultQueryTimeoutMs: 30_000,
    qrTimeout: qrLifetimeMs,
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 10 },
  })

  const timeLock = createTimeLockReader((found) => deps.on.restriction('time_lock', found), deps.nowMs)
  const gate = createGate(deps.log)
  holdFrames(sock.ws, gate.pass)

  // Prepended: these run before Baileys' own listeners, in the same turn as the frame arrived.
  sock.ws.prependListener('CB:message', (node: BinaryNode) => {
    for (const child of Array.isArray(node.content) ? node.content : []) {
      if (child.tag === 'enc' && child.content instanceof Uint8Array) {
        attrsByHash.set(hashOf(child.content), node.attrs)
        const oldest = attrsByHash.size > rememberedStanzas ? attrsByHash.keys().next().value : undefined
        if (oldest !== undefined) attrsByHash.delete(oldest)
      }
    }
  })
  sock.ws.prependListener('CB:receipt', (node: BinaryNode) => {
    const note = receiptNote(node)
    if (note) deps.on.receipt(note)
  })
  sock.ws.prependListener('CB:call', (node: BinaryNode) => {
    const note = callNote(node)
    if (note) deps.on.call(note)
  })
  sock.ws.prependListener('CB:chatstate', (node: BinaryNode) => {
    const note = typingNote(node)
    if (note) deps.on.typed(note.jid, note.state)
  })
  sock.ws.prependListener('CB:ack,class:message', ({ attrs }: BinaryNode) => {
    if (attrs.id) deps.on.acknowledged(attrs.id, attrs.error)
  })

  sock.ws.on('frame', deps.on.frame)
  sock.ws.on('open', () => way?.reached())
  sock.ws.prependListener('CB:notification,type:link_code_companion_reg', deps.on.codeEntered)

  sock.ev.on('creds.update', () => {
    deps.on.credsChanged()
  })
  sock.ev.on('connection.update', (update) => {
    if (ended) return
    if (update.qr) deps.on.qr(withSecret(update.qr, deps.creds.advSecretKey))
    if (update.isNewLogin) deps.on.paired()
    if (update.reachoutTimeLock) timeLock.told(update.reachoutTimeLock)
    if (update.connection === 'open') deps.on.open()
    if (update.connection === 'close') {
      ended = true
      gate.close()
      const failure = way?.failure()
      way?.close()
      deps.on.closed(failure ? { code: proxyFailed, proxy: failure } : readEnding(update.lastDisconnect?.error))
    }
  })

  sock.ev.on('message-capping.update', (cap) => deps.on.restriction('new_chat_cap', newChatCapOf(cap, deps.nowMs())))

  const close = (): void => {
    ended = true
    gate.close()
    sock.end(undefined)
    way?.close()
    untilClosed.close()
  }

  return {
    send: async (jid, text, waMessageId) => {
      try {
        await sock.sendMessage(jid, { text, linkPreview: null }, { messageId: waMessageId })
      } catch (error) {
        if (isEncryptionFailure(error)) return 'unsendable'
        throw error
      }
      gate.pass(deps.on.frameSent)
      return 'handed-over'
    },
    isOnWhatsApp: async (phone) => {
      const [result] = (await untilClosed.ask(sock.onWhatsApp(phone))) ?? []
      return result ? result.exists === true : false
    },
    requestPairingCode: (phone) => askForCode(sock, phone),
    checkRestrictions: () => {
      void timeLock.ask(() => sock.fetchAccountReachoutTimelock())
      void sock.fetchNewChatMessageCap().then(
        (cap) => ended || deps.on.restriction('new_chat_cap', newChatCapOf(cap, deps.nowMs())),
        () => {},
      )
    },
    markRead: (messages) => {
      const keys = messages.map(({ jid, id }) => ({ remoteJid: jid, id, fromMe: false }))
      if (keys.length > 0) void sock.readMessages(keys).catch(() => {})
    },
    showTyping: (jid, state) => void sock.sendPresenceUpdate(state, jid).catch(() => {}),
    watchTyping: (jid) =>
      void sock
        .sendPresenceUpdate('available')
        .then(() => sock.presenceSubscribe(jid))
        .catch(() => {}),
    appearOffline: () => void sock.sendPresenceUpdate('unavailable').catch(() => {}),
    logout: async () => {
      await sock.logout()
    },
    close,
  }
}

/** Replaces `send` of the WebSocket under Baileys' client: Baileys goes on at once, the frame when the gate lets it. */
function holdFrames(client: object, pass: (send: () => void) => void): void {
  const inner: unknown = Reflect.get(client, 'socket')
  if (!isOutgoing(inner)) throw new Error('this version of Baileys keeps its WebSocket elsewhere')
  const send = inner.send.bind(inner)
  inner.send = (data, done) => {
    pass(() => {
      if (inner.readyState === inner.OPEN) send(data, () => {})
    })
    done?.()
  }
}
