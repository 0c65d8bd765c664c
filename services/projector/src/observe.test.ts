import { silentLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { expect, test } from 'vitest'
import { createObserver } from './observe.ts'

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second))

test('the lag of a shard is how much older its last projected event is than its last stored one', async () => {
  const metrics = createMetrics({ service: 'projector', processMetrics: false })
  const last = { subject: '', seq: 90, time: at(50), data: new Uint8Array(), headers: {} }
  const broker = { lastMessage: async () => last }
  const observer = createObserver({ metrics, logger: silentLogger(), broker, now: () => at(55) })
  const lagOf = async (shard: string) => {
    await observer.measureLag()
    return new RegExp(`wagate_projector_lag_seconds{[^}]*shard="${shard}"[^}]*} (\\S+)`).exec(await metrics.text())?.[1]
  }
  expect(await lagOf('3')).toBeUndefined()
  observer.begin({ consumer: 'projector-3', seq: 40, storedAt: at(20) })
  expect(await lagOf('3')).toBe('30')
  const end = { consumer: 'projector-3', seq: 90, storedAt: at(50) }
  observer.onApplied([{ events: [], end }], { events: 0, repeats: 0 })
  expect(await lagOf('3')).toBe('0')
  observer.forget('projector-3')
  expect(await lagOf('3')).toBeUndefined()
})
