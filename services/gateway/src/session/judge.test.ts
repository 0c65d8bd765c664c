import type { SessionHealth, SessionState } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import type { SessionEntry } from './directory.ts'
import { judge, verdictOf } from './judge.ts'

const nowMs = Date.parse('2026-01-01T12:00:00.000Z')
const ago = (seconds: number): string => new Date(nowMs - seconds * 1_000).toISOString()
const ahead = (seconds: number): string => ago(-seconds)

const healthy: SessionHealth = {
  checkedAt: ago(1),
  owner: 'eng',
  version: '2.3000.1',
  lastFrameAt: ago(10),
  failuresLastHour: 0,
  restrictions: [],
  queued: 0,
  unacknowledged: 0,
}
function entry(state: Partial<SessionState>, health: Partial<SessionHealth> = {}): SessionEntry {
  const config = {
    v: 1 as const,
    tenantId: 't',
    sessionId: 's',
    mode: 'live' as const,
    partition: 's1',
    desired: 'running' as const,
    createdAt: ago(3_600),
  }
  const known = { v: 1 as const, status: 'connected' as const, queueFull: false, epoch: 1, since: ago(600) }
  return { config, state: { ...known, health: { ...healthy, ...health }, ...state } }
}
const judged = (of: SessionEntry) => {
  const findings = judge(of, nowMs)
  return [verdictOf(findings), ...findings.map(({ code }) => code)]
}

test('a connected session that hears WhatsApp is healthy', () => {
  expect(judged(entry({}))).toEqual(['healthy'])
})

test.each([
  ['closed', entry({ status: 'closed', reason: 'logged_out' }), ['action_needed', 'closed']],
  ['not scanned', entry({ status: 'awaiting_qr' }), ['action_needed', 'not_linked']],
  [
    'replaced',
    entry({ status: 'quarantined', quarantine: { reason: 'replaced', until: ahead(60) } }),
    ['action_needed', 'quarantined'],
  ],
  [
    'refused for its version',
    entry({ status: 'quarantined', quarantine: { reason: 'outdated', until: ahead(60) } }),
    ['degraded', 'quarantined'],
  ],
  ['connecting for long', entry({ status: 'connecting', since: ago(61) }), ['degraded', 'connecting']],
  ['connecting', entry({ status: 'connecting', since: ago(5) }), ['healthy']],
  ['not answered for', entry({}, { checkedAt: ago(61) }), ['degraded', 'no_answer']],
  ['silent', entry({}, { lastFrameAt: ago(70) }), ['degraded', 'silent']],
  ['unstable', entry({}, { failuresLastHour: 5 }), ['degraded', 'unstable']],
  ['full', entry({ queueFull: true }), ['degraded', 'queue_full']],
  ['full for bulk messages', entry({ fullLanes: ['bulk'] }), ['degraded', 'queue_full']],
  [
    'forbidden new chats',
    entry({}, { restrictions: [{ kind: 'time_lock', detail: 'DEFAULT', until: ahead(60) }] }),
    ['degraded', 'new_chats_locked'],
  ],
  [
    'allowed them again',
    entry({}, { restrictions: [{ kind: 'time_lock', detail: 'DEFAULT', until: ago(1) }] }),
    ['healthy'],
  ],
])('a session that is %s', (_, of, expected) => {
  expect(judged(of)).toEqual(expected)
})

test('the worst finding comes first, and each says what to do', () => {
  const findings = judge(entry({ status: 'closed', reason: 'banned', queueFull: true }, { failuresLastHour: 9 }), nowMs)
  expect(findings.map(({ verdict }) => verdict)).toEqual(['action_needed', 'degraded', 'degraded'])
  for (const { detail } of findings) expect(detail.length).toBeGreaterThan(20)
})

test('a session that no worker has ever told of is starting, and after a minute a matter', () => {
  const { config } = entry({})
  expect(judged({ config: { ...config, createdAt: ago(5) }, state: undefined })).toEqual(['healthy'])
  expect(judged({ config, state: undefined })).toEqual(['degraded', 'no_answer'])
})
