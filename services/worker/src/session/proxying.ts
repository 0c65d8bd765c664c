// The way that a session's sockets take, and whether its proxy lets them through. Another proxy means another connection, once
// WhatsApp has acknowledged what it was handed. A proxy that fails is tried again; no socket ever goes around it.
import type { SessionConfig, SessionState } from '@wagate/messages/control.ts'
import type { ProxyFailure } from '@wagate/messages/proxy.ts'
import type { Gap } from '../log/gap.ts'
import type { Absence } from '../log/records.ts'
import type { Route } from '../proxy/route.ts'
import type { ConnectionObserver } from './connection-counts.ts'
import type { Quiet } from './quiet.ts'

export type ProxyingDeps = {
  config: SessionConfig
  routeOf: (config: SessionConfig) => Route | undefined
  quiet: Pick<Quiet, 'holds' | 'paused' | 'settle'>
  released: () => boolean
  /** There is no connection, and none is being tried for: a person has to act, or a quarantine to end. */
  rests: () => boolean
  reconnect: () => void
  /** What the session's state tells has changed. */
  onChanged: () => void
  observe: Pick<ConnectionObserver, 'proxyFailed'>
  now: () => Date
  log: (event: string, fields: Record<string, unknown>) => void
  warn: (event: string, fields: Record<string, unknown>) => void
}

export type Proxying = ReturnType<typeof createProxying>

export function createProxying(deps: ProxyingDeps) {
  let route = deps.routeOf(deps.config)
  let failure: SessionState['proxyFailure']
  /** The connection still goes the way of before. */
  let isDue = false

  async function reroute(): Promise<void> {
    if (!isDue || deps.quiet.holds()) return
    await deps.quiet.settle()
    if (deps.quiet.paused()) return // until the lease is renewed
    isDue = false
    if (!deps.released() && !deps.rests()) deps.reconnect()
  }

  return {
    route: (): Route | undefined => route,
    failure: (): SessionState['proxyFailure'] => failure,
    /** Why there was no connection until now. */
    absence: (takeover: Gap): Absence => ({
      ...(takeover ? { takeover } : {}),
      ...(failure ? { proxyFailedSince: failure.since } : {}),
    }),
    configure(config: SessionConfig): void {
      const next = deps.routeOf(config)
      if (next?.key === route?.key) return
      route = next
      failure = undefined
      deps.onChanged()
      deps.log('session.proxy_changed', { proxied: next !== undefined })
      isDue = true
      void reroute()
    },
    resumed: (): void => void reroute(),
    failed(reason: ProxyFailure): void {
      deps.observe.proxyFailed(reason)
      if (failure?.reason === reason) return
      deps.warn('session.proxy_failing', { reason })
      failure = { reason, since: failure?.since ?? deps.now().toISOString() }
      deps.onChanged()
    },
    /** A socket got through. */
    works(): void {
      if (!failure) return
      deps.log('session.proxy_works', { failedSince: failure.since })
      failure = undefined
      deps.onChanged()
    },
  }
}
