// Where deliveries may go, as the customer wrote it.
import { isIP } from 'node:net'
import { AddressNotAllowed, isPublic } from '@wagate/runtime/address.ts'

export type AddressPolicy = {
  /** For development: plain http, and addresses of private and local networks. */
  allowPrivate: boolean
}

export const mayDial =
  ({ allowPrivate }: AddressPolicy) =>
  (address: string): boolean =>
    allowPrivate || isPublic(address)

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
