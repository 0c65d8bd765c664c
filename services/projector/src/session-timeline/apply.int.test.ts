import { keptEntries } from '@wagate/messages/timeline.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { applyTimeline } from './apply.ts'
import type { Timeline } from './project.ts'

function timelineOf(session_id: string, from: number, to: number, deleted = false): Timeline {
  const ids = { tenant_id: 'ten_a', session_id }
  const rows = Array.from({ length: to - from + 1 }, (_, index) => {
    const sequence = from + index
    const at = new Date(Date.UTC(2026, 0, 1) + sequence).toISOString()
    return {
      ...ids,
      sequence,
      part: 0,
      entry_id: `evt_${sequence}`,
      at,
      type: 'connected',
      reason: null,
      detail: {},
    } as const
  })
  return new Map([[session_id, { ...ids, rows, deleted }]])
}

test('a session that flaps for ever keeps about its newest thousand entries, a deleted one none, and others are not touched', async () => {
  await using database = await cloneDatabase()
  const sql = postgres(database.urlFor('wagate_projector'), { max: 1, onnotice: () => {} })
  const apply = (timeline: Timeline) => sql.begin((tx) => applyTimeline(tx, timeline))
  const numbers = async (session: string) =>
    (
      await sql<
        { n: number }[]
      >`select sequence::int as n from session_timeline where session_id = ${session} order by 1`
    ).map(({ n }) => n)
  await apply(timelineOf('ses_quiet', 1, 3))
  for (let from = 1; from < 3_000; from += 40) await apply(timelineOf('ses_flaps', from, from + 39))
  const kept = await numbers('ses_flaps')
  expect(kept.at(-1)).toBe(3_000)
  expect(kept.length).toBeGreaterThanOrEqual(keptEntries)
  expect(kept.length).toBeLessThan(keptEntries + 100)
  await apply(timelineOf('ses_flaps', 1, 0, true))
  expect(await numbers('ses_flaps')).toEqual([])
  expect(await numbers('ses_quiet')).toEqual([1, 2, 3])
  await apply(timelineOf('ses_quiet', 1, 3))
  expect(await numbers('ses_quiet')).toEqual([1, 2, 3])
  await sql.end()
})
