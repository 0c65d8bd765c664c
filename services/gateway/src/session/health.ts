// The health of a session: its worker is asked, and its answer comes over the watch on the bucket, as every state does.
import type { SessionHealth } from '@wagate/api/session-health.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import type { PublishCommand } from '../command/publish.ts'
import type { SessionDirectory, SessionEntry } from './directory.ts'
import { activeRestrictions, judge, silenceMs, verdictOf } from './judge.ts'
import { fullLanesOf } from './present.ts'

export type HealthDeps = {
  directory: Pick<SessionDirectory, 'find' | 'stateAfter'>
  publishCommand: PublishCommand
  newId: (kind: IdKind) => string
  now: () => Date
  /** A worker that has not answered by then is not waited for: what is known is told. */
  healthPatienceMs: number
}

/** An answer as young as this is not asked for again, however many ask. */
const freshMs = 2_000

export function createSessionHealth(deps: HealthDeps) {
  /** Who asks for the same session at the same time shares the question. */
  const asking = new Map<string, Promise<void>>()

  async function ask(entry: SessionEntry, requestId: string): Promise<void> {
    const answered = deps.directory.stateAfter(entry.config.sessionId, deps.healthPatienceMs)
    const at = deps.now().toISOString()
    await deps.publishCommand(
      { type: 'session.check', data: {} },
      { session: entry.config, id: deps.newId('command'), requestId, at },
    )
    await answered
  }

  return async (entry: SessionEntry, requestId: string): Promise<SessionHealth> => {
    const { tenantId, sessionId, mode } = entry.config
    const checkedAt = entry.state?.health?.checkedAt
    const isFresh = checkedAt !== undefined && Math.abs(deps.now().getTime() - Date.parse(checkedAt)) < freshMs
    if (!isFresh) {
      const asked = asking.get(sessionId) ?? ask(entry, requestId).finally(() => asking.delete(sessionId))
      asking.set(sessionId, asked)
      // Without the broker, what is known is better than nothing, and says how old it is.
      await asked.catch((error: unknown) => {
        if (!(error instanceof BrokerUnavailable)) throw error
      })
    }
    return present(deps.directory.find(tenantId, mode, sessionId) ?? entry, deps.now().getTime())
  }
}

function present(entry: SessionEntry, nowMs: number): SessionHealth {
  const { config, state } = entry
  const health = state?.health
  const findings = judge(entry, nowMs)
  const fullLanes = fullLanesOf(state)
  const restrictions = activeRestrictions(health?.restrictions ?? [], nowMs)
  return {
    session_id: config.sessionId,
    verdict: verdictOf(findings),
    findings,
    status: state?.status ?? 'starting',
    status_since: state?.since ?? config.createdAt,
    checked_at: health?.checkedAt ?? null,
    last_frame_at: health?.lastFrameAt ?? null,
    last_frame_age_seconds: health?.lastFrameAt
      ? Math.round(silenceMs(health.checkedAt, health.lastFrameAt) / 1_000)
      : null,
    reconnects_last_hour: health?.failuresLastHour ?? 0,
    last_disconnect: health?.lastFailure ?? null,
    quarantine: state?.quarantine ?? null,
    new_chats_locked: restrictions.length > 0,
    restrictions,
    queue: {
      waiting: health?.queued ?? 0,
      unacknowledged: health?.unacknowledged ?? 0,
      full: fullLanes.length > 0,
      full_lanes: [...fullLanes],
    },
    whatsapp_version: health?.version ?? null,
  }
}
