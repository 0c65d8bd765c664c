// Where webhooks may go. Names are resolved and checked again at every delivery; here only what the address itself says.
import { isInnerHost } from '@wagate/runtime/address.ts'
import { DomainError } from '../http/problem.ts'

export type UrlPolicy = {
  /** For development: plain http and addresses of the own network. */
  allowPrivate: boolean
}

/** The address in its normal form. Throws `webhook-url-refused` with what to change. */
export function checkUrl(text: string, policy: UrlPolicy): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw refused('Write a whole address that starts with https://.')
  if (url.username !== '' || url.password !== '')
    throw refused('Leave user name and password out of the address: deliveries are signed instead.')
  if (url.hash !== '') throw refused('Leave out the part after "#": it is never sent.')
  if (policy.allowPrivate) return url.href
  if (url.protocol !== 'https:') throw refused('Use https:// – messages must not cross the internet in the clear.')
  if (isInnerHost(url.hostname)) throw refused('Use an address that is public on the internet.')
  return url.href
}

const refused = (message: string) =>
  new DomainError('webhook-url-refused', `url: ${message}`, { errors: [{ path: 'url', message }] })
