// Who is at the other end: what the socket says, or, behind our own proxies and the dashboard, what they say.
import { createHash, timingSafeEqual } from 'node:crypto'

export type ClientAddressDeps = {
  /**
   * How many proxies of ours a request passes: each appends whom it heard from to `X-Forwarded-For`, so the last `hops` entries are true and
   * all before them may be made up.
   */
  proxyHops: number
  /** What the dashboard proves itself with: it asks for many people, and says for whom. Undefined: no dashboard is believed. */
  dashboardSecret: string | undefined
}
type Asked = { socketAddress: string | undefined; header: (name: string) => string | undefined }

export function createClientAddress({ proxyHops, dashboardSecret }: ClientAddressDeps) {
  const expected = dashboardSecret === undefined ? undefined : digest(dashboardSecret)
  const isDashboard = (given: string | undefined): boolean =>
    given !== undefined && expected !== undefined && timingSafeEqual(digest(given), expected)

  return ({ socketAddress, header }: Asked): string => {
    const told = isDashboard(header('x-dashboard-secret')) ? header('x-client-address') : undefined
    const forwarded = (header('x-forwarded-for') ?? '').split(',').map((entry) => entry.trim())
    const address = told ?? (proxyHops > 0 ? forwarded.at(-proxyHops) : undefined)
    return (address || socketAddress || 'unknown').replace(/^::ffff:/i, '').slice(0, 64)
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
