// A connection through a proxy: dialled at a vetted address, asked for the destination, given up in time. There is no other way:
// what fails here fails.
import { lookup } from 'node:dns/promises'
import { request } from 'node:http'
import { isIP, connect as netConnect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import type { ProxyAddress } from '@wagate/messages/proxy.ts'
import { AddressNotAllowed, vettedLookup } from '@wagate/runtime/address.ts'
import { failureOf, ProxyFailed } from './failed.ts'

export type Destination = { host: string; port: number; secure: boolean }

export type TunnelDeps = {
  /** Whether the proxy may be at that address. */
  isAllowed: (address: string) => boolean
  lookup?: typeof import('node:dns').lookup
  /** Until the destination can be spoken to. */
  timeoutMs: number
  /** Certificate authorities besides the usual ones; for tests. */
  ca?: string
}

/** Resolves with a socket to the destination, over TLS if it is secure. @throws ProxyFailed */
export async function openTunnel(proxy: ProxyAddress, to: Destination, deps: TunnelDeps): Promise<Socket> {
  const opened: Socket[] = []
  const open = (socket: Socket): Socket => {
    // Whoever uses it listens for its end; an error between two listeners must not end the process.
    socket.on('error', () => {})
    opened.push(socket)
    return socket
  }
  let late = false
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late = true
    reject(new ProxyFailed('timeout'))
  }, deps.timeoutMs)
  const stages = async (): Promise<Socket> => {
    const toProxy = open(dial(proxy, deps))
    await ready(toProxy, proxy.scheme === 'https' ? 'secureConnect' : 'connect')
    await (proxy.scheme.startsWith('socks') ? askSocks : askHttp)(toProxy, proxy, to, deps)
    if (late) throw new ProxyFailed('timeout')
    if (!to.secure) return toProxy
    const toDestination = open(tlsConnect({ socket: toProxy, ...serverOf(to.host), ...authorities(deps) }))
    await ready(toDestination, 'secureConnect').catch(() => {
      throw new ProxyFailed('no_whatsapp') // nobody but the destination has its certificate
    })
    return toDestination
  }
  try {
    return await Promise.race([stages(), tooLate])
  } catch (error) {
    for (const socket of opened) socket.destroy()
    throw error instanceof ProxyFailed ? error : new ProxyFailed(failureOf(error))
  } finally {
    clearTimeout(timer)
  }
}

function dial({ scheme, host, port }: ProxyAddress, deps: TunnelDeps): Socket {
  if (isIP(host) !== 0 && !deps.isAllowed(host)) throw new AddressNotAllowed('not an allowed address')
  const where = { host, port, lookup: vettedLookup(deps.isAllowed, deps.lookup) }
  if (scheme !== 'https') return netConnect(where)
  return tlsConnect({ ...where, ...serverOf(host), ...authorities(deps), ALPNProtocols: ['http/1.1'] })
}

function ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once(event, () => resolve())
  socket.once('error', reject)
  socket.once('close', () => reject(new ProxyFailed('unreachable')))
  return promise
}

function askHttp(socket: Socket, { credentials }: ProxyAddress, { host, port }: Destination): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const login = credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  const asking = request({
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(login ? { 'proxy-authorization': `Basic ${login}` } : {}) },
    createConnection: () => socket,
  })
  asking.once('connect', ({ statusCode = 0 }, _, head) => {
    if (statusCode >= 200 && statusCode < 300) {
      if (head.length > 0) socket.unshift(head)
      resolve()
    } else reject(new ProxyFailed(statusCode === 407 ? 'credentials' : 'rejected'))
  })
  asking.once('response', () => reject(new ProxyFailed('rejected')))
  asking.once('error', reject)
  asking.end()
  return promise
}

async function askSocks(socket: Socket, proxy: ProxyAddress, to: Destination, deps: TunnelDeps): Promise<void> {
  const { host, port, credentials } = proxy
  const { SocksClient } = await import('socks') // few engines ever need it
  const isRemote = proxy.scheme === 'socks5h' || isIP(to.host) !== 0
  await SocksClient.createConnection({
    proxy: {
      ...{ host, port, type: 5 },
      ...(credentials ? { userId: credentials.username, password: credentials.password } : {}),
    },
    command: 'connect',
    destination: { host: isRemote ? to.host : await resolveDestination(to.host), port: to.port },
    existing_socket: socket,
    timeout: deps.timeoutMs,
  })
}

const resolveDestination = async (host: string): Promise<string> => {
  try {
    return (await lookup(host)).address
  } catch {
    throw new ProxyFailed('no_whatsapp')
  }
}

const serverOf = (host: string) => ({ host, ...(isIP(host) === 0 ? { servername: host } : {}) })
const authorities = ({ ca }: TunnelDeps) => (ca === undefined ? {} : { ca })
