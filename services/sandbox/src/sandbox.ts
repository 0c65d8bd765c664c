/** The whole sandbox as one value: WhatsApp's server on a WebSocket, the phones, the faults, and the control API beside it. */
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createAdaptorServer } from '@hono/node-server'
import type { Account } from './account/account.ts'
import { createDirectory } from './account/directory.ts'
import { createControlApp } from './control/routes.ts'
import { createFaults, type FaultScope, type FrameRule } from './faults.ts'
import { createJournal, type Journal } from './journal.ts'
import type { NetworkContext } from './network/context.ts'
import { createMessageRouter } from './network/message.ts'
import { createPairing } from './network/pairing.ts'
import { createNetworkServer } from './network/server.ts'
import { announceTimeLock } from './network/time-lock.ts'
import { createPhones, type Phones } from './phone/phones.ts'
import { saveState, takeState } from './state-file.ts'
import { createStats, type StatsSnapshot } from './stats.ts'

export type SandboxConfig = {
  host: string
  /** 0 takes a free port. */
  port: number
  /** Bearer token of the control API. */
  controlToken: string
  /** Where phones and links outlive an orderly stop; without it they do not. */
  stateFile?: string | undefined
}

export type SandboxDeps = {
  now?: () => Date
  /** A fresh id, of characters that can stand in a URL. */
  newId?: () => string
  /** A random integer below the argument. */
  random?: (below: number) => number
  /** Told about bugs: a stanza or a phone's task that failed. */
  onError?: (error: unknown) => void
}

/** The next `count` (1) frames in one direction, of one kind if `tag` is given. */
export type FrameFault = Omit<FrameRule, 'count'> & { count?: number | undefined }

export type Fault = FaultScope & {
  disconnect?: boolean | undefined
  /** Ends connections with `<stream:error code=…>`. */
  fail?: number | undefined
  refuse_logins?: number | null | undefined
  refuse_messages?: number | null | undefined
  /** Forbids new chats for so long, and tells the clients; null ends it. */
  time_lock_seconds?: number | null | undefined
  delay_ms?: number | undefined
  hold_acks?: boolean | undefined
  drop?: FrameFault | undefined
  repeat?: FrameFault | undefined
  garble?: number | undefined
}

export type Sandbox = {
  /** Base URL of the control API. */
  url: string
  /** What a client sets as `waWebSocketUrl`. */
  wsUrl: string
  phones: Phones
  /** Causes a fault now or from now on; answers how many connections it ended. */
  fault(fault: Fault): { connections: number }
  stats(realm?: string): StatsSnapshot
  /** Turns the journal of a realm's sockets and message frames on or off. */
  record(realm: string, isOn: boolean): void
  journal(realm: string): ReturnType<Journal['read']>
  connectionCount(): number
  /** Forgets phones, links, faults and counters. Connections end. */
  reset(): void
  close(): Promise<void>
}

/** Starts a sandbox and resolves when it listens. Importing this file starts nothing. */
export async function createSandbox(config: SandboxConfig, deps: SandboxDeps = {}): Promise<Sandbox> {
  const {
    now = () => new Date(),
    newId = () => randomBytes(10).toString('hex'),
    random = (below) => randomInt(below),
    onError = () => {},
  } = deps
  const network: NetworkContext = {
    directory: createDirectory(),
    stats: createStats(),
    faults: createFaults(),
    journal: createJournal(),
    now,
    newId,
  }
  const messages = createMessageRouter(network)
  const pairing = createPairing(network)
  const phones = createPhones({ network, messages, pairing, random, onError })
  const server = createNetworkServer({
    network,
    messages,
    pairing,
    onError,
    onFirstActive: ({ account, id }) => phones.greet(account, id),
  })

  const inScope = (scope: FaultScope) => (account: Account) =>
    'phone' in scope ? account.id === scope.phone : account.realm === scope.realm

  const sandbox: Omit<Sandbox, 'url' | 'wsUrl' | 'close'> = {
    phones,
    fault({
      disconnect,
      fail,
      refuse_logins,
      refuse_messages,
      time_lock_seconds,
      delay_ms,
      hold_acks,
      drop,
      repeat,
      garble,
      ...scope
    }) {
      if ('phone' in scope) phones.get(scope.phone)
      network.faults.change(scope, {
        delayMs: delay_ms,
        holdAcks: hold_acks,
        refuseLogins: refuse_logins,
        refuseMessages: refuse_messages,
        timeLockedUntilMs: time_lock_seconds && now().getTime() + time_lock_seconds * 1_000,
        drop: drop && { ...drop, count: drop.count ?? 1 },
        repeat: repeat && { ...repeat, count: repeat.count ?? 1 },
        garble,
      })
      if (hold_acks === false) messages.releaseAcks((account) => !network.faults.holdsAcks(account))
      if (time_lock_seconds !== undefined) {
        for (const account of network.directory.all()) if (inScope(scope)(account)) announceTimeLock(network, account)
      }
      const cut = disconnect ? server.disconnect(inScope(scope)) : 0
      const failed = fail === undefined ? 0 : server.fail(inScope(scope), fail)
      return { connections: cut + failed }
    },
    stats: (realm) => network.stats.snapshot(realm),
    record: (realm, isOn) => network.journal.record(realm, isOn),
    journal: (realm) => network.journal.read(realm),
    connectionCount: () => server.connectionCount(),
    reset() {
      phones.clear()
      network.faults.reset()
      messages.releaseAcks(() => true)
      network.stats.reset()
      network.journal.reset()
    },
  }

  if (config.stateFile !== undefined) phones.restore(await takeState(config.stateFile))

  const app = createControlApp({ ...sandbox, phoneCount: phones.count }, config.controlToken)
  const http = createAdaptorServer({ fetch: app.fetch })
  http.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?')[0] === '/ws/chat') server.upgrade(request, socket, head)
    else socket.destroy()
  })
  http.listen(config.port, config.host)
  await once(http, 'listening')
  const address = http.address()
  const port = typeof address === 'object' && address ? address.port : config.port
  const authority = `${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`

  return {
    ...sandbox,
    url: `http://${authority}`,
    wsUrl: `ws://${authority}/ws/chat`,
    async close() {
      await server.close()
      const closed = once(http, 'close')
      http.close()
      if ('closeAllConnections' in http) http.closeAllConnections()
      await closed
      if (config.stateFile !== undefined) await saveState(config.stateFile, phones.save())
    },
  }
}
