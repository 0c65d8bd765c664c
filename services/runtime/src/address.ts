// Which addresses may be dialled when a customer names the host: it must not lead into our own network, neither as a literal
// address in any of its spellings, nor through a name that resolves there, today or by a change at the last moment.
import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Thrown, or given to the caller of a lookup, when an address is not allowed. */
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

/** True for the literal addresses and the names that never lead to the public internet. */
export function isInnerHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (isIP(name) !== 0) return !isPublic(name)
  return !name.includes('.') || /(^|\.)(localhost|local|internal|home\.arpa)$/i.test(name)
}

export type Network = ReturnType<typeof ipaddr.parseCIDR>

/** `10.20.0.0/16,::1/128`. @throws when one is not a network */
export const parseNetworks = (list: string): Network[] => list.split(',').map((text) => ipaddr.parseCIDR(text.trim()))

export const isNetworks = (list: string): boolean => {
  try {
    return parseNetworks(list).length > 0
  } catch {
    return false
  }
}

export function isWithin(address: string, networks: readonly Network[]): boolean {
  try {
    const parsed = ipaddr.process(address)
    return networks.some((network) => parsed.kind() === network[0].kind() && parsed.match(network))
  } catch {
    return false
  }
}

/** The network that an address is in, /24 of IPv4 and /48 of IPv6: where somebody was, without saying who. Undefined for what is no address. */
export function networkOf(address: string): string | undefined {
  try {
    const parsed = ipaddr.process(address)
    return networkPart(parsed, parsed.kind() === 'ipv4' ? 24 : 48)
  } catch {
    return undefined
  }
}

/** Whose requests are counted together: one IPv4 address, or a /64 of IPv6, all of which one machine may have. */
export function limitedAs(address: string): string {
  try {
    const parsed = ipaddr.process(address)
    return parsed.kind() === 'ipv4' ? parsed.toString() : networkPart(parsed, 64)
  } catch {
    return address
  }
}

const networkPart = (address: Network[0], bits: number): string => {
  const kept = address.toByteArray().map((byte, n) => (n * 8 < bits ? byte : 0))
  return `${ipaddr.fromByteArray(kept).toString()}/${bits}`
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/**
 * A `lookup` for sockets that resolves a name and passes on only the allowed addresses. What is judged is what is dialled, so
 * a name that changes in between gains nothing. Literal addresses are not looked up: judge them before.
 */
export function vettedLookup(isAllowed: (address: string) => boolean, lookup: typeof resolve = resolve) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const allowed = addresses.filter(({ address }) => isAllowed(address))
      const [first] = allowed
      if (!first) return callback(new AddressNotAllowed(`${hostname} is not at an allowed address`), [])
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
