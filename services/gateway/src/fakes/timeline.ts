import type { TimelineStore } from '../session/timeline-store.ts'

/** Every session was created, by nobody known. */
export const fakeTimeline = (): TimelineStore => ({
  list: async () => {
    const [id, at] = ['evt_01KAH2Z6W4V8D9Q3N5R7T1XYZC_000001.0', '2026-11-20T10:00:00.000Z']
    return [{ item: { id, at, type: 'created', reason: null, by: null, detail: {} }, position: { key: at, id } }]
  },
})
