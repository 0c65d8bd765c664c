/** The WebSocket edge: takes connections, runs the handshake, and hands each to pairing or to its session. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { Curve } from '@whiskeysockets/baileys'
import { WebSocketServer } from 'ws'
import type { Account } from '../account/account.ts'
import { loadCertificateChain } from '../noise/certificate.ts'
import type { FinishedHandshake } from '../noise/handshake.ts'
import { type BinaryNode, node } from '../wire/node.ts'
import { Connection } from './connection.ts'
import type { Pairing } from './pairing.ts'
import { type ClientSession, identify, openSession, type SessionDeps } from './session.ts'

export type NetworkServerDeps = SessionDeps & { pairing: Pairing; onError: (error: unknown) => void }

export type NetworkServer = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  connectionCount(): number
  /** Cuts the connections of linked clients, as a broken network would. Returns how many. */
  disconnect(isMeant: (account: Account) => boolean): number
  /** Ends the connections of linked clients with a stream error. Returns how many. */
  fail(isMeant: (account: Account) => boolean, code: number): number
  /** Ends all connections in good order; those that do not answer are cut after half a second. */
  close(): Promise<void>
}

/** A connection must finish its handshake in this time, and must not be silent for longer than any client's keep-alive. */
const handshakeTimeoutMs = 20_000
const silenceTimeoutMs = 180_000
const sweepEveryMs = 10_000
const closeTimeoutMs = 500

export function createNetworkServer(deps: NetworkServerDeps): NetworkServer {
  const { network, pairing, onError } = deps
  const { stats, faults } = network
  const serverStatic = Curve.generateKeyPair()
  const certificateChain = loadCertificateChain()
  const connections = new Map<Connection, ClientSession | undefined>()
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 4 * 1024 * 1024 })
  const nowMs = () => network.now().getTime()

  const greet = (connection: Connection, { payload, clientStatic }: FinishedHandshake) => {
    if (payload.devicePairingData) {
      if (!pairing.offer(connection, clientStatic, payload.devicePairingData)) connection.terminate()
      return
    }
    const visitor = identify(network, payload, clientStatic)
    if ('refused' in visitor) {
      if (visitor.account) stats.count(visitor.account.realm, 'logins_refused')
      connection.end(node('failure', { reason: String(visitor.refused), location: 'sbx' }))
      return
    }
    connections.set(connection, openSession(deps, connection, visitor.device))
  }

  const welcome = (connection: Connection, finished: FinishedHandshake) => {
    try {
      greet(connection, finished)
    } catch (error) {
      onError(error)
      connection.terminate()
    }
  }

  const receive = (connection: Connection, stanza: BinaryNode) => {
    const session = connections.get(connection)
    if (!session) return pairing.receive(connection, stanza)
    const { account } = session.device
    if (faults.drops(account, 'from_client', stanza)) return stats.count(account.realm, 'frames_dropped')
    try {
      session.receive(stanza)
      if (faults.repeats(account, 'from_client', stanza)) session.receive(stanza)
    } catch (error) {
      // One client's odd stanza must not cost it the connection, nor the others anything.
      onError(error)
    }
  }

  const outgoingFault = (connection: Connection, stanza: BinaryNode) => {
    const account = connections.get(connection)?.device.account
    if (!account) return { arriving: stanza, copies: 1, delayMs: 0 }
    const fault = { arriving: faults.garbled(account, stanza), delayMs: faults.delayMs(account) }
    if (faults.repeats(account, 'to_client', stanza)) return { ...fault, copies: 2 }
    if (!faults.drops(account, 'to_client', stanza)) return { ...fault, copies: 1 }
    stats.count(account.realm, 'frames_dropped')
    return { ...fault, copies: 0 }
  }

  const forget = (connection: Connection) => {
    connections.get(connection)?.closed()
    connections.delete(connection)
    pairing.forget(connection)
  }

  const sweep = setInterval(() => {
    for (const connection of connections.keys()) {
      const silentMs = nowMs() - connection.lastHeardMs
      if (silentMs > (connection.isLinkedUp() ? silenceTimeoutMs : handshakeTimeoutMs)) connection.terminate()
    }
  }, sweepEveryMs)
  sweep.unref()

  const meant = (isMeant: (account: Account) => boolean) =>
    [...connections]
      .filter(([, session]) => session && isMeant(session.device.account))
      .map(([connection]) => connection)

  return {
    upgrade(request, socket, head) {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = new Connection({
          socket: webSocket,
          serverStatic,
          certificateChain,
          onHandshake: welcome,
          onNode: receive,
          onClose: forget,
          outgoingFault,
          nowMs,
        })
        connections.set(connection, undefined)
      })
    },
    connectionCount: () => connections.size,
    disconnect(isMeant) {
      const targets = meant(isMeant)
      for (const connection of targets) connection.terminate()
      return targets.length
    },
    fail(isMeant, code) {
      const targets = meant(isMeant)
      for (const connection of targets) connection.end(streamError(code))
      return targets.length
    },
    async close() {
      clearInterval(sweep)
      for (const connection of connections.keys()) connection.end()
      for (let waitedMs = 0; connections.size > 0 && waitedMs < closeTimeoutMs; waitedMs += 10) await delay(10)
      for (const connection of connections.keys()) connection.terminate()
      webSockets.close()
    },
  }
}

/** How WhatsApp words the two codes that have a reason of their own. */
function streamError(code: number): BinaryNode {
  if (code === 440) return node('stream:error', {}, [node('conflict', { type: 'replaced' })])
  if (code === 401) return node('stream:error', { code: '401' }, [node('conflict', { type: 'device_removed' })])
  return node('stream:error', { code: String(code) })
}
