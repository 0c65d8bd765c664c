// How everything of one socket leaves through its proxy: the WebSocket, what Baileys uploads (an agent) and what it fetches (a
// dispatcher). Made anew for each socket, so that it knows whether this one got through.
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import type { ProxyFailure } from '@wagate/messages/proxy.ts'
import { failureOf, ProxyFailed } from './failed.ts'
import { createFetches } from './fetches.ts'
import type { Destination } from './tunnel.ts'

export type OpenThrough = (to: Destination) => Promise<Socket>

type Where = { host?: string | null | undefined; port?: number | string | null | undefined }
type Done = (error: Error | null, socket: Socket) => void

export function wayThrough(open: OpenThrough, isSecure: boolean) {
  let failure: ProxyFailure | undefined
  let reached = false
  let closed = false

  async function openWhileOpen(to: Destination): Promise<Socket> {
    const socket = await open(to)
    if (!closed) return socket
    socket.destroy()
    throw new ProxyFailed('unreachable')
  }

  /** Of an agent: answers with a socket or with an error, later. */
  const connectionsOf = (secure: boolean, onFailed: (error: unknown) => void) => (where: Where, done?: Done) => {
    openWhileOpen({ host: where.host ?? '', port: Number(where.port), secure }).then(
      (socket) => done?.(null, socket),
      (error) => {
        onFailed(error)
        Reflect.apply(done ?? (() => {}), undefined, [error])
      },
    )
    return undefined
  }
  const agent = isSecure ? new HttpsAgent() : forBaileys(new HttpAgent())
  agent.createConnection = connectionsOf(isSecure, (error) => {
    failure = failureOf(error)
  })
  const uploads = new HttpsAgent()
  uploads.createConnection = connectionsOf(true, () => {})
  const fetches = createFetches(openWhileOpen)

  return {
    /** For Baileys. */
    settings: { agent, fetchAgent: uploads, options: { dispatcher: fetches.dispatcher } },
    /** The WebSocket is open: what fails from now on is not the proxy's, or no more than any lost connection. */
    reached: (): void => {
      reached = true
    },
    /** Why the WebSocket was not opened; undefined when it was. */
    failure: (): ProxyFailure | undefined => (reached ? undefined : (failure ?? 'no_whatsapp')),
    /** Ends what is still being opened or fetched. */
    close: (): void => {
      closed = true
      agent.destroy()
      uploads.destroy()
      fetches.close()
    },
  }
}

/** Its types want an agent for https, of which they know no more than `options`; Node gives that to both. */
function forBaileys(agent: HttpAgent): HttpsAgent {
  if (!hasOptions(agent)) throw new Error('this version of Node has other agents')
  return agent
}
const hasOptions = (agent: HttpAgent): agent is HttpsAgent => 'options' in agent
