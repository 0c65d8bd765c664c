// What stands in for Baileys in a simulation: it encrypts under a counter that it keeps among the Signal keys, writes the
// ratchet before the frame, and sends through the real gate.
import { packMutations } from '../../log/packed-keys.ts'
import type { LogRecord } from '../../log/records.ts'
import { createGate, type Gate, type GateLog } from '../../session/gate.ts'
import type { OpenDeps } from '../../session/open.ts'
import { keepAliveMs, type WhatsAppSocket } from '../../session/socket.ts'
import type { Machine } from './machine.ts'
import type { Random } from './random.ts'
import type { Stanza, WhatsApp, Wire } from './whatsapp.ts'

/** What a simulation can break on purpose, to prove that it would be noticed. */
export type SocketParts = {
  createGate: (log: GateLog) => Gate
  /** The id under which a message leaves. */
  waMessageId: (id: string) => string
  /** Called for each text that is to be encrypted. */
  encrypting: (text: string, machine: Machine) => void
}

export const realParts: SocketParts = { createGate, waMessageId: (id) => id, encrypting: () => {} }

const account = { me: { id: '999000:1@s.whatsapp.net', lid: '999@lid' } }

export function openSimulatedSocket(
  { machine, random, whatsApp }: { machine: Machine; random: Random; whatsApp: WhatsApp },
  deps: Pick<OpenDeps, 'memory' | 'log' | 'append' | 'now' | 'on'>,
  parts: SocketParts = realParts,
): WhatsAppSocket {
  const { memory, on } = deps
  const gate = parts.createGate(deps.log)
  let ended = false
  const append = (record: LogRecord): void => deps.append([record])

  const asking = new Set<(error: Error) => void>()

  const end = (): void => {
    ended = true
    gate.close()
    for (const reject of asking) reject(new Error('Connection Closed'))
  }

  function onStanza(stanza: Stanza): void {
    on.frame()
    if (stanza.kind === 'ack') {
      on.acknowledged(stanza.of, stanza.error)
      return
    }
    if (stanza.kind === 'receipt') {
      const attrs = { from: `${stanza.from}@s.whatsapp.net`, ...(stanza.type === 'read' ? { type: 'read' } : {}) }
      on.receipt({ tag: 'receipt', attrs, ids: [stanza.of] })
    } else {
      decrypt(stanza)
    }
    gate.pass(() => wire.send({ kind: 'receipt', stanza: stanza.id }))
  }

  function decrypt({ id, from, text }: Extract<Stanza, { kind: 'message' }>): void {
    if (memory.inbox.has(id)) return // comes again: its plaintext is in the log
    const who = { phone: `+${from}` }
    const message = {
      waMessageId: id,
      chat: who,
      from: who,
      fromMe: false,
      content: { type: 'text' as const, text: { body: text } },
      at: deps.now().toISOString(),
    }
    append({ kind: 'KEYS', mutations: {}, inbox: [{ hash: id, plaintext: Buffer.from(text), message }] })
  }

  const wire: Wire = whatsApp.connect(machine, {
    open: () => {
      if (!memory.creds) {
        append({ kind: 'KEYS', mutations: {}, creds: Buffer.from(JSON.stringify(account)) })
        on.paired()
      }
      on.open()
      ping()
    },
    stanza: (stanza) => {
      if (!ended) onStanza(stanza)
    },
    closed: (code) => {
      if (ended) return
      end()
      on.closed({ code })
    },
  })

  function ping(): void {
    machine.after(keepAliveMs, () => {
      if (ended) return
      if (machine.reaches('whatsapp')) on.frame()
      ping()
    })
  }

  /** Baileys may have to ask WhatsApp for devices and keys first. */
  const encrypting = async (): Promise<void> => {
    if (random.chance(0.3)) await new Promise<void>((resolve) => machine.after(random.below(60), resolve))
  }

  return {
    send: async (jid, text, id) => {
      await encrypting()
      parts.encrypting(text, machine)
      if (ended || !machine.alive) throw new Error('Connection Closed')
      const chat = jid.slice(0, jid.indexOf('@'))
      const counter = Number(memory.keys.get('session', chat) ?? 0) + 1
      append({ kind: 'KEYS', mutations: packMutations({ session: { [chat]: counter } }) })
      const leaving = parts.waMessageId(id)
      gate.pass(() => wire.send({ kind: 'message', id: leaving, chat, text, counter }))
      gate.pass(on.frameSent)
      return 'handed-over'
    },
    isOnWhatsApp: (phone) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new Error('Connection Closed'))
        asking.add(reject)
        machine.after(30_000, () => reject(new Error('Timed Out')))
        const answer = (exists: boolean): void => machine.run(() => resolve(exists))
        gate.pass(() => wire.send({ kind: 'query', phone, answer }))
      }),
    requestPairingCode: async () => ({ refused: undefined }),
    checkRestrictions: () => {},
    markRead: () => {},
    showTyping: () => {},
    watchTyping: () => {},
    appearOffline: () => {},
    logout: async () => {},
    close: () => {
      end()
      wire.close()
    },
  }
}
