// Where deliveries may go. A customer writes the address, so it must not lead into our own network: neither as a literal
// address in any of its spellings, nor through a name that resolves there, today or by a change at the last moment.
import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type AddressPolicy = {
  /** For development: plain http, and addresses of private and local networks. */
  allowPrivate: boolean
}

/** Thrown, or given to the caller of a lookup, when the policy forbids an address. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed'
  readonly code = 'EADDRNOTALLOWED'
}

/** Public unicast; not private, local, shared, multicast, documentation, or an IPv6 form that embeds IPv4. */
export const isPublic = (address: string): boolean => {
  try {
    return ipaddr.process(address).range() === 'unicast'
  } catch {
    return false
  }
}

/**
 * The URL to call. Literal addresses are judged here, because no lookup happens for them; the URL parser has already turned
 * spellings such as `127.1` and `0x7f000001` into the usual one. @throws AddressNotAllowed
 */
export function checkTarget(text: string, policy: AddressPolicy): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new AddressNotAllowed('not an https URL')
  if (url.username !== '' || url.password !== '') throw new AddressNotAllowed('the URL has a user or a password')
  if (policy.allowPrivate) return url
  if (url.protocol !== 'https:') throw new AddressNotAllowed('not an https URL')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublic(host)) throw new AddressNotAllowed('not a public address')
  return url
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/**
 * A `lookup` for sockets that resolves a name and passes on only the allowed addresses. What is judged is what is dialled, so
 * a name that changes in between gains nothing.
 */
export function vettedLookup(policy: AddressPolicy, lookup: typeof resolve = resolve) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const allowed = policy.allowPrivate ? addresses : addresses.filter(({ address }) => isPublic(address))
      const [first] = allowed
      if (!first) return callback(new AddressNotAllowed(`${hostname} is not at a public address`), [])
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
