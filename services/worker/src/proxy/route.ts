// From a session's record to the proxy that it asks for. A session that has one never goes without: what cannot be opened
// leads nowhere.

import type { SessionConfig } from '@wagate/messages/control.ts'
import { formatProxyUrl, parseProxyUrl, proxyPlace } from '@wagate/messages/proxy.ts'
import { type MasterKey, openText } from '@wagate/runtime/seal.ts'
import { ProxyFailed } from './failed.ts'
import { openTunnel, type TunnelDeps } from './tunnel.ts'
import type { OpenThrough } from './way.ts'

export type Route = {
  /** The same text is the same proxy with the same credentials. */
  key: string
  /** What WhatsApp sees logins come from, for their pacing. */
  egress: string
  open: OpenThrough
}

export type RouteDeps = TunnelDeps & { master: MasterKey }

/** Undefined: the session connects directly. */
export function routeOf({ tenantId, sessionId, proxy }: SessionConfig, deps: RouteDeps): Route | undefined {
  if (!proxy) return undefined
  const egress = `${proxy.host}:${proxy.port}`
  const parsed = parseProxyUrl(opened() ?? '')
  if (!parsed.ok)
    return {
      key: `unreadable ${proxy.sealed.ciphertext}`,
      egress,
      open: () => Promise.reject(new ProxyFailed('unreadable')),
    }
  return { key: formatProxyUrl(parsed.proxy), egress, open: (to) => openTunnel(parsed.proxy, to, deps) }

  function opened(): string | undefined {
    try {
      return proxy && openText(deps.master, proxyPlace(tenantId, sessionId), proxy.sealed)
    } catch {
      return undefined
    }
  }
}
