import { expect, test } from 'vitest'
import { createVersionGates } from './version-gate.ts'

const minute = 60_000
function world() {
  const clock = { nowMs: 1_000_000 }
  const alerts: string[] = []
  const gates = createVersionGates({ nowMs: () => clock.nowMs, onRefused: (scope) => alerts.push(scope) })
  return { clock, alerts, gates }
}

test('one refusal holds back every login that shares the WhatsApp, and alerts once', () => {
  const { clock, alerts, gates } = world()
  const [one, other] = [gates.of('live'), gates.of('live')]
  expect(one.heldUntilMs()).toBeUndefined()
  const untilMs = one.refused()
  expect(untilMs).toBe(clock.nowMs + 30 * minute)
  expect(other.heldUntilMs()).toBe(untilMs)
  clock.nowMs += 1_000
  expect(other.refused()).toBe(untilMs) // it was under way already
  expect(alerts).toEqual(['live'])
  expect(gates.holding()).toBe(true)
})

test('a tenant of the sandbox holds back nobody else', () => {
  const { gates } = world()
  gates.of('ten_A').refused()
  expect(gates.of('ten_B').heldUntilMs()).toBeUndefined()
  expect(gates.of('live').heldUntilMs()).toBeUndefined()
})

test('afterwards one login finds out for all: accepted opens, refused holds for twice as long', () => {
  const { clock, gates, alerts } = world()
  const gate = gates.of('live')
  clock.nowMs = gate.refused()
  expect(gate.heldUntilMs()).toBeUndefined() // the one that finds out
  expect(gate.heldUntilMs()).toBe(clock.nowMs + minute)
  expect(gate.refused()).toBe(clock.nowMs + 60 * minute)
  expect(alerts).toHaveLength(2)
  clock.nowMs += 60 * minute
  expect(gate.heldUntilMs()).toBeUndefined()
  gate.accepted()
  expect(gate.heldUntilMs()).toBeUndefined()
  expect(gates.holding()).toBe(false)
})
