import { expect, test } from 'vitest'
import { createLoginPacer } from './logins.ts'

function world() {
  const clock = { nowMs: 0 }
  const timers: { atMs: number; run: () => void }[] = []
  const granted: { atMs: number; engineId: string; egress: string }[] = []
  const pacer = createLoginPacer({
    pace: { burst: 50, perSecond: 50 },
    monotonicMs: () => clock.nowMs,
    after: (ms, run) => timers.push({ atMs: clock.nowMs + ms, run }),
    grant: (engineId, egress) => granted.push({ atMs: clock.nowMs, engineId, egress }),
  })
  const ask = (count: number, engineId: string, egress = 'direct') => {
    for (let n = 0; n < count; n++) pacer.ask(engineId, egress)
  }
  const pass = (ms: number): void => {
    const endMs = clock.nowMs + ms
    for (;;) {
      const next = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (!next) break
      timers.splice(timers.indexOf(next), 1)
      clock.nowMs = next.atMs
      next.run()
    }
    clock.nowMs = endMs
  }
  return { pacer, ask, pass, granted }
}

test('all engines together log in 50 sessions at once, then 50 a second', () => {
  const { ask, pass, granted, pacer } = world()
  for (const engine of ['a', 'b', 'c', 'd']) ask(250, engine)
  expect(granted).toHaveLength(50)
  for (let second = 1; second <= 19; second++) {
    pass(1_000)
    expect(granted.length).toBeLessThanOrEqual(50 + 50 * second)
  }
  pass(1_000)
  expect(granted).toHaveLength(1_000)
  expect(pacer.waiting()).toBe(0)
})

test('engines take turns: one that asks for a thousand does not hold up one that asks for two', () => {
  const { ask, pass, granted } = world()
  ask(1_000, 'greedy')
  ask(2, 'modest')
  pass(100)
  expect(granted.filter(({ engineId }) => engineId === 'modest')).toHaveLength(2)
})

test('what a dead engine asked for is given to others', () => {
  const { ask, pass, granted, pacer } = world()
  ask(1_000, 'dead')
  ask(10, 'live')
  pacer.forget('dead')
  pass(1_000)
  expect(granted.filter(({ engineId }) => engineId === 'live')).toHaveLength(10)
  expect(pacer.waiting()).toBe(0)
})

test('each address has a pace of its own', () => {
  const { ask, granted } = world()
  ask(100, 'a')
  ask(100, 'a', 'proxy-1')
  expect(granted.filter(({ egress }) => egress === 'proxy-1')).toHaveLength(50)
})
