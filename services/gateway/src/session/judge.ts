// What the facts of a session amount to: findings with what to do, and the worst of them as the verdict. Pure.
import { type Finding, type Verdict, verdicts } from '@wagate/api/session-health.ts'
import type { QuarantineReason } from '@wagate/messages/events.ts'
import type { ProxyFailure } from '@wagate/messages/proxy.ts'
import type { SessionEntry } from './directory.ts'
import { fullLanesOf } from './present.ts'

/** A worker answers within a second; a session that starts takes a few. */
const staleMs = 60_000
/** Three pings went unanswered. */
const silentMs = 60_000
/** Connections lost within an hour. */
const unstableFailures = 5
/** A connection takes seconds; a minute is a lost network. */
const slowMs = 60_000

const closedAdvice: { [reason: string]: string } = {
  logged_out: 'Restart the session and scan its QR code: the device was unlinked.',
  qr_timeout: 'Restart the session and scan its QR code in time.',
  banned: 'Look at the phone: WhatsApp has restricted the account. Restart the session when that is resolved.',
  multidevice_mismatch: 'Update WhatsApp on the phone, then restart the session and scan its QR code.',
}

const quarantineAdvice: { readonly [reason in QuarantineReason]: { verdict: Verdict; advice: string } } = {
  replaced: {
    verdict: 'action_needed',
    advice: 'Somebody else uses the credentials of this session. Stop them, or log the session out and link it anew.',
  },
  stream_errors: { verdict: 'degraded', advice: 'WhatsApp keeps ending the connection. Wait, or restart it once.' },
  temporarily_banned: {
    verdict: 'action_needed',
    advice:
      'WhatsApp has banned the account for a while. Look at the phone, and do not restart the session before then.',
  },
  outdated: {
    verdict: 'degraded',
    advice: 'WhatsApp asks for a newer version. The operator has to see to it; nothing is lost.',
  },
  crash_loop: {
    verdict: 'degraded',
    advice:
      'Engines ended again and again while they handled this session. The operator has to see to it; nothing is lost.',
  },
}

const proxyAdvice: { readonly [reason in ProxyFailure]: string } = {
  unreachable: 'Nothing answers at the host and port of the proxy: check them, and that it runs.',
  name_unknown: 'The host name of the proxy does not resolve: correct it.',
  address_not_allowed:
    'The proxy is in a network that is not public: use another one, or ask the operator to allow it.',
  timeout: 'The proxy does not answer in time: check its host, its port, its scheme and its load.',
  credentials: 'The proxy wants other credentials: set it again with the right user and password.',
  certificate: 'The TLS certificate of the proxy is not good for its host name: correct it, or use another scheme.',
  rejected: 'The proxy refuses to connect to WhatsApp, or is no proxy of that scheme: look at its rules.',
  no_whatsapp: 'The proxy connects, and WhatsApp does not answer through it: look at its rules and at where it runs.',
  unreadable: 'The address of the proxy cannot be read any more: set it again.',
}

/** Worst first; empty when all is well. */
export function judge({ config, state }: SessionEntry, nowMs: number): Finding[] {
  const found: Finding[] = []
  const add = (code: Finding['code'], verdict: Verdict, detail: string): void =>
    void found.push({ code, verdict, detail })
  const health = state?.health
  const ageMs = (at: string): number => nowMs - Date.parse(at)

  if (ageMs(health?.checkedAt ?? config.createdAt) > staleMs)
    add(
      'no_answer',
      'degraded',
      'No worker has answered for this session for a minute: it may be moving. What you send is kept.',
    )
  if (state?.status === 'closed')
    add('closed', 'action_needed', closedAdvice[state.reason ?? ''] ?? 'Restart the session.')
  if (state?.status === 'awaiting_qr')
    add('not_linked', 'action_needed', 'Scan the QR code of the session with a phone.')
  if (state?.status === 'quarantined' && state.quarantine) {
    const { verdict, advice } = quarantineAdvice[state.quarantine.reason]
    add('quarantined', verdict, `${advice} The next attempt is at ${state.quarantine.until}.`)
  }
  const isConnecting = state?.status === 'connecting' || state?.status === 'starting'
  if (state?.proxyFailure)
    add(
      'proxy_failing',
      'action_needed',
      `${proxyAdvice[state.proxyFailure.reason]} It is tried again by itself, and nothing goes around it. What you send is kept.`,
    )
  else if (isConnecting && ageMs(state.since) > slowMs)
    add('connecting', 'degraded', 'The session cannot reach WhatsApp and keeps trying. What you send is kept.')
  const untils = activeRestrictions(health?.restrictions ?? [], nowMs).map(({ until }) => until)
  for (const until of untils.toSorted().slice(-1))
    add(
      'new_chats_locked',
      'degraded',
      `WhatsApp lets the account write only to people it has written to before. Messages to others wait until ${until}; send fewer of them then.`,
    )
  if (
    state?.status === 'connected' &&
    health?.lastFrameAt &&
    silenceMs(health.checkedAt, health.lastFrameAt) > silentMs
  )
    add('silent', 'degraded', 'WhatsApp is silent on this connection; it will be opened again by itself.')
  if ((health?.failuresLastHour ?? 0) >= unstableFailures)
    add('unstable', 'degraded', `The connection was lost ${health?.failuresLastHour} times in the last hour.`)
  const fullLanes = fullLanesOf(state)
  if (fullLanes.length > 0)
    add(
      'queue_full',
      'degraded',
      `Too many messages wait in this session: send more in lane ${fullLanes.join(' and ')} when some have gone out.`,
    )
  return found.sort((a, b) => verdicts.indexOf(b.verdict) - verdicts.indexOf(a.verdict))
}

/** The worst of them. */
export const verdictOf = (findings: readonly Finding[]): Verdict => findings[0]?.verdict ?? 'healthy'

export const activeRestrictions = <Known extends { until: string }>(known: readonly Known[], nowMs: number): Known[] =>
  known.filter(({ until }) => Date.parse(until) > nowMs)

export const silenceMs = (checkedAt: string, lastFrameAt: string): number =>
  Math.max(0, Date.parse(checkedAt) - Date.parse(lastFrameAt))
