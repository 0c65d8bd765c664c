// The proxy that a customer wants a session to connect through. Gateway and worker agree here on what its address may look like and
// how a session's record keeps it.
import { z } from 'zod'
import { sealedText } from './sealed.ts'

/** `socks5` resolves names itself, `socks5h` leaves that to the proxy, as curl has it. */
export const proxySchemes = ['http', 'https', 'socks5', 'socks5h'] as const
export type ProxyScheme = (typeof proxySchemes)[number]

export const maxProxyUrlLength = 1_000
/** RFC 1929 has one byte for the length of each. */
const maxCredentialBytes = 255

export type ProxyAddress = {
  scheme: ProxyScheme
  /** A name, or an address without brackets. */
  host: string
  port: number
  credentials?: { username: string; password: string } | undefined
}

/** Which part of the text is wrong. */
export type ProxyFault = 'length' | 'form' | 'scheme' | 'host' | 'port' | 'credentials' | 'rest'
export type ParsedProxy = { ok: true; proxy: ProxyAddress } | { ok: false; fault: ProxyFault }

const fault = (wrong: ProxyFault): ParsedProxy => ({ ok: false, fault: wrong })
const isScheme = (text: string): text is ProxyScheme => proxySchemes.some((scheme) => scheme === text)

export function parseProxyUrl(text: string): ParsedProxy {
  if (text.length > maxProxyUrlLength) return fault('length')
  const [, scheme = '', rest = ''] = /^([a-z0-9.+-]+):\/\/([^\s\\]*)$/i.exec(text) ?? []
  if (scheme === '') return fault('form')
  if (!isScheme(scheme.toLowerCase())) return fault('scheme')
  // The parser brings hosts into one form only for schemes that it knows, and leaves out a port that is the scheme's usual one.
  if (!URL.canParse(`http://${rest}`)) return fault(/^([^@]*@)?(:|$)/.test(rest) ? 'host' : 'form')
  const url = new URL(`http://${rest}`)
  const port = Number(url.port || new URL(`https://${rest}`).port || Number.NaN)
  if (!(port >= 1)) return fault('port')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || /[?#]/.test(rest)) return fault('rest')
  const credentials = credentialsOf(url)
  if (credentials === 'bad') return fault('credentials')
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (host === '') return fault('host')
  const known = scheme.toLowerCase()
  return isScheme(known) ? { ok: true, proxy: { scheme: known, host, port, credentials } } : fault('scheme')
}

function credentialsOf(url: URL): ProxyAddress['credentials'] | 'bad' {
  if (url.username === '' && url.password === '') return undefined
  try {
    const username = decodeURIComponent(url.username)
    const password = decodeURIComponent(url.password)
    // A colon ends the name in HTTP's Basic scheme.
    const isGood = isCredential(username) && isCredential(password) && !username.includes(':')
    return isGood ? { username, password } : 'bad'
  } catch {
    return 'bad'
  }
}

const isCredential = (text: string): boolean =>
  text !== '' && new TextEncoder().encode(text).length <= maxCredentialBytes && !/\p{Cc}/u.test(text)

/** In its one form: the same proxy is the same text. */
export function formatProxyUrl({ scheme, host, port, credentials }: ProxyAddress): string {
  const user = credentials
    ? `${encodeURIComponent(credentials.username)}:${encodeURIComponent(credentials.password)}@`
    : ''
  return `${scheme}://${user}${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Kept in a session's record: what may be shown, and the whole address sealed by the master key `kekId` for that session. */
export const sessionProxy = z.object({
  scheme: z.enum(proxySchemes),
  host: z.string(),
  port: z.number().int(),
  hasCredentials: z.boolean(),
  sealed: sealedText,
})
export type SessionProxy = z.infer<typeof sessionProxy>

/** Binds the sealed address to its session, so that it does not open in another's record. */
export const proxyPlace = (tenantId: string, sessionId: string): string => `${tenantId}|${sessionId}|proxy`

/** Why a session does not get through its proxy. */
export const proxyFailures = [
  /** Nothing listens there, or the connection was cut. */
  'unreachable',
  /** Its name does not resolve. */
  'name_unknown',
  /** It is not at a public address, nor in a network that the operator allows. */
  'address_not_allowed',
  'timeout',
  /** It wants other credentials. */
  'credentials',
  /** Its own certificate (`https`) is not good. */
  'certificate',
  /** It answered and would not connect, or is no such proxy. */
  'rejected',
  /** It connected, and WhatsApp did not answer. */
  'no_whatsapp',
  /** No master key of the worker opens its address. */
  'unreadable',
] as const
export const proxyFailure = z.enum(proxyFailures)
export type ProxyFailure = z.infer<typeof proxyFailure>
