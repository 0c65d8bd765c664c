// Why a proxy did not let a connection through, from what Node, the SOCKS client and the proxy itself say.
import type { ProxyFailure } from '@wagate/messages/proxy.ts'

/** Its message names the failure and nothing of the proxy's. */
export class ProxyFailed extends Error {
  override readonly name = 'ProxyFailed'
  readonly failure: ProxyFailure
  constructor(failure: ProxyFailure) {
    super(`the proxy does not let it through: ${failure}`)
    this.failure = failure
  }
}

const byCode: { readonly [code: string]: ProxyFailure } = {
  ENOTFOUND: 'name_unknown',
  EAI_AGAIN: 'name_unknown',
  EAI_NODATA: 'name_unknown',
  EADDRNOTALLOWED: 'address_not_allowed',
  ETIMEDOUT: 'timeout',
}

/** The beginnings of what the SOCKS client says; it has no codes. */
const bySentence: readonly (readonly [start: string, failure: ProxyFailure])[] = [
  ['Socks5 Authentication failed', 'credentials'],
  ['Received invalid Socks5 initial handshake (no accepted', 'credentials'],
  ['Received invalid Socks5', 'rejected'],
  ['Socks5 proxy rejected', 'rejected'],
]

export function failureOf(error: unknown): ProxyFailure {
  if (error instanceof ProxyFailed) return error.failure
  if (!(error instanceof Error)) return 'unreachable'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = byCode[code] ?? bySentence.find(([start]) => error.message.startsWith(start))?.[1]
  if (known) return known
  if (code.startsWith('HPE_')) return 'rejected' // it answered, and not in HTTP
  // OpenSSL's reasons of a certificate, and Node's own.
  return /CERT|SIGNATURE|_CA\b|^ERR_TLS|^ERR_SSL|^EPROTO$/.test(code) ? 'certificate' : 'unreachable'
}
