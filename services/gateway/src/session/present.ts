// A session as the API shows it, and what its state allows. Pure.

import type { ApiParty } from '@wagate/api/party.ts'
import type { Session } from '@wagate/api/session.ts'
import { type Lane, lanes } from '@wagate/messages/commands.ts'
import type { SessionConfig, SessionState } from '@wagate/messages/control.ts'
import type { Party } from '@wagate/messages/envelope.ts'
import { paceOf } from '@wagate/messages/pacing.ts'
import type { QueueAnswer } from '@wagate/messages/questions.ts'
import { DomainError } from '../http/problem.ts'
import type { SessionEntry } from './directory.ts'
import { presentProxy } from './proxy.ts'

export const presentParty = (party: Party): ApiParty => ({ phone: party.phone ?? null, lid: party.lid ?? null })

/** `depth`: how many messages wait, if the worker that has the session was asked and answered. */
export function presentSession({ config, state }: SessionEntry, depth?: QueueAnswer['depth']): Session {
  return {
    id: config.sessionId,
    name: config.name ?? null,
    mode: config.mode,
    status: state?.status ?? 'starting',
    reason: state?.reason ?? (state?.proxyFailure ? 'proxy_failing' : null),
    quarantine: state?.quarantine ?? null,
    account: state?.account ? presentParty(state.account) : null,
    proxy: presentProxy(config.proxy, state?.proxyFailure),
    pacing: presentPacing(config),
    queue: depth ? { ...depth, total: depth.high + depth.normal + depth.bulk } : null,
    created_at: config.createdAt,
    status_since: state?.since ?? config.createdAt,
  }
}

function presentPacing(config: SessionConfig): Session['pacing'] {
  const { perSecond, burst, newChatsPerHour, jitterMs } = paceOf(config)
  return { per_second: perSecond, burst, new_chats_per_hour: newChatsPerHour, jitter_ms: jitterMs }
}

/** Throws unless a message given to the session now will be sent: at once, or when it is connected again. */
export function checkCanSend({ state }: SessionEntry, lane: Lane): void {
  if (state?.status === 'closed') throw closed(state.reason)
  if (!state || state.status === 'awaiting_qr' || (state.status === 'starting' && !state.account))
    throw new DomainError(
      'session-not-linked',
      'No WhatsApp account is linked yet: scan the QR code of this session first.',
    )
  if (fullLanesOf(state).includes(lane))
    throw new DomainError(
      'session-queue-full',
      `Too many messages wait in this session for another one in lane ${lane}: wait until some are sent, then try again.`,
      { retryAfterSeconds: 5 },
    )
}

/** Lanes that take no more: less urgent ones are full before more urgent ones. */
export const fullLanesOf = (state: SessionState | undefined): readonly Lane[] =>
  state?.queueFull ? lanes : (state?.fullLanes ?? [])

/** Throws when there is nothing to scan: linked already, or closed. */
export function checkCanPair({ state }: SessionEntry): void {
  if (state?.status === 'closed') throw closed(state.reason)
  if (state?.status === 'connected' || (state?.account && state.status !== 'awaiting_qr'))
    throw new DomainError(
      'session-already-linked',
      'An account is linked already: log the session out first to link another one.',
    )
}

/** Throws when no account is linked. */
export function checkCanLogout({ state }: SessionEntry): void {
  if (state?.status === 'closed' && state.reason === 'logged_out') throw closed(state.reason)
  if (!state?.account && state?.status !== 'connected')
    throw new DomainError('session-not-linked', 'No WhatsApp account is linked, so there is nothing to log out.')
}

const closed = (reason: string | undefined) =>
  new DomainError(
    'session-closed',
    `The session is closed (${reason ?? 'unknown'}): restart it with POST /v1/sessions/{id}/restart, then link an account again if it asks for a scan.`,
  )
