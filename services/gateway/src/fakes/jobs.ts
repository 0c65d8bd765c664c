import type { JobRow, JobStore } from '../job/store.ts'

export function fakeJobs() {
  const rows: JobRow[] = []
  const store: JobStore = {
    async create(tenantId, { createdAt, params = {}, ...made }) {
      const row: JobRow = {
        ...{
          tenantId,
          ...made,
          params,
          createdAt,
          dueAt: createdAt,
          state: 'waiting',
          step: null,
          done: 0,
          total: null,
        },
        ...{ result: {}, errorCode: null, attempts: 0, claim: 0, startedAt: null, finishedAt: null, expiresAt: null },
      }
      rows.push(row)
      return row
    },
    find: async (tenantId, kind, mode, jobId) =>
      rows.find((row) => row.tenantId === tenantId && row.kind === kind && row.mode === mode && row.jobId === jobId),
    list: async (tenantId, kind, mode, { limit, after }) =>
      rows
        .filter((row) => row.tenantId === tenantId && row.kind === kind && row.mode === mode)
        .toSorted((one, other) => (one.jobId < other.jobId ? 1 : -1))
        .filter(({ jobId }) => !after || jobId < after.id)
        .slice(0, limit + 1)
        .map((item) => ({ item, position: { key: '', id: item.jobId } })),
    async countRecent(tenantId, kind, mode, since) {
      const mine = rows.filter((row) => row.tenantId === tenantId && row.kind === kind && row.mode === mode)
      return {
        open: mine.filter(({ dueAt }) => dueAt !== null).length,
        recent: mine.filter(({ createdAt }) => createdAt > since).length,
      }
    },
  }
  /** As the scheduler ends one. */
  const finish = (jobId: string, change: Partial<JobRow>) => {
    const row = rows.find((one) => one.jobId === jobId)
    if (row) Object.assign(row, { state: 'succeeded', dueAt: null, finishedAt: new Date(), ...change })
  }
  return { store, rows, finish }
}
