// The proxy of a session as a customer writes it. Its name is resolved and judged again at every connection; here only what the
// address itself says. The password is in no answer, log line or idempotency record.
import { isIP } from 'node:net'
import type { CreateSession, Session } from '@wagate/api/session.ts'
import type { SessionConfig, SessionState } from '@wagate/messages/control.ts'
import {
  formatProxyUrl,
  maxProxyUrlLength,
  type ProxyAddress,
  type ProxyFault,
  parseProxyUrl,
  proxyPlace,
  type SessionProxy,
} from '@wagate/messages/proxy.ts'
import { isInnerHost } from '@wagate/runtime/address.ts'
import { type MasterKey, sealText } from '@wagate/runtime/seal.ts'
import { DomainError } from '../http/problem.ts'

export type ProxyPolicy = {
  /** Whether a proxy may be at that address. */
  isAllowed: (address: string) => boolean
  /** Names of the inside may resolve to an allowed address. */
  allowsInnerNames: boolean
}

export type ProxyDeps = { proxyPolicy: ProxyPolicy; masterKey: MasterKey }

const advice: { readonly [fault in ProxyFault]: string } = {
  length: `Write at most ${maxProxyUrlLength} characters.`,
  form: 'Write a whole address, like "http://user:password@proxy.example:3128".',
  scheme: 'Begin it with http://, https://, socks5:// or socks5h://.',
  host: 'Name the host of the proxy.',
  port: 'Write the port after the host, from 1 to 65535, like ":3128".',
  credentials:
    'Write user and password both, each of at most 255 bytes, and percent-encode what is not a letter or a digit.',
  rest: 'End it with the port: a proxy has no path.',
}

const refused = (message: string): DomainError =>
  new DomainError('proxy-refused', `proxy: ${message}`, { errors: [{ path: 'proxy', message }] })

/** Throws `proxy-refused` with what to change; never quotes the address. */
export function checkProxy(text: string, { isAllowed, allowsInnerNames }: ProxyPolicy): ProxyAddress {
  const parsed = parseProxyUrl(text)
  if (!parsed.ok) throw refused(advice[parsed.fault])
  const { host } = parsed.proxy
  const isFine = isIP(host) === 0 ? allowsInnerNames || !isInnerHost(host) : isAllowed(host)
  if (!isFine) throw refused('Name a proxy that is public on the internet, or ask the operator to allow its network.')
  return parsed.proxy
}

/** As the session's record keeps it. */
export function sealProxy(
  master: MasterKey,
  { tenantId, sessionId }: Pick<SessionConfig, 'tenantId' | 'sessionId'>,
  proxy: ProxyAddress,
): SessionProxy {
  return {
    ...shownOf(proxy),
    sealed: sealText(master, proxyPlace(tenantId, sessionId), formatProxyUrl(proxy)),
  }
}

const shownOf = ({ scheme, host, port, credentials }: ProxyAddress) => ({
  scheme,
  host,
  port,
  hasCredentials: credentials !== undefined,
})

/** What of a request makes it another one than that with the same key: all but the credentials, which nothing derived from is kept. */
export const withoutCredentials = (body: CreateSession, proxy: ProxyAddress | undefined): unknown =>
  proxy ? { ...body, proxy: shownOf(proxy) } : body

export function presentProxy(
  proxy: SessionConfig['proxy'],
  failure: SessionState['proxyFailure'],
): NonNullable<Session['proxy']> | null {
  if (!proxy) return null
  const { scheme, host, port, hasCredentials } = proxy
  return { scheme, host, port, has_credentials: hasCredentials, failure: failure ?? null }
}
