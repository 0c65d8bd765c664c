// Service levels of accounts in memory: what a test says was stored.
import type { Mode } from '@wagate/messages/envelope.ts'
import { type Levels, noLevels, sumOf } from '../service-level/levels.ts'
import type { ServiceLevelDeps } from '../service-level/routes.ts'

type DayLevels = Levels & { day: string }

export function fakeServiceLevels() {
  const stored = new Map<string, DayLevels[]>()
  const within = (rows: readonly DayLevels[], { from, to }: { from: string; to: string }) =>
    rows.filter(({ day }) => from <= day && day <= to)
  const store: ServiceLevelDeps['serviceLevels'] = {
    read: async (tenantId, mode, range) => within(stored.get(`${tenantId}|${mode}`) ?? [], range),
    readAll: async (range) =>
      [...stored].flatMap(([key, all]) => {
        const [tenantId = '', mode] = key.split('|')
        const rows = within(all, range)
        return mode === 'live' && rows.length > 0 ? [{ tenantId, ...sumOf(rows) }] : []
      }),
  }
  return {
    store,
    set: (tenantId: string, mode: Mode, day: string, told: Partial<Levels>): void =>
      void stored.set(`${tenantId}|${mode}`, [
        ...(stored.get(`${tenantId}|${mode}`) ?? []),
        { day, ...noLevels, ...told },
      ]),
  }
}
