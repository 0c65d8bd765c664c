import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'
import { programmeOf } from './legs.ts'
import type { Scenario } from './scenario.ts'

const scenario = (name: string, more: Partial<Scenario> = {}): Scenario => ({
  name,
  title: name,
  random: true,
  run: async () => {},
  ...more,
})
const catalog = [scenario('a'), scenario('b', { random: false }), scenario('c', { legs: ['short'] })]
const known = catalog.map(({ name }) => name)
const played = (env: Record<string, string>) =>
  programmeOf(catalog, loadConfig(env, known)).map(
    ({ scenario: { name }, leg, seeds }) => `${name} ${leg.name} ${seeds}`,
  )

test('a random scenario runs with every seed on short leases and with two on real ones; any other once on each', () => {
  expect(played({ seeds: '4', seed: '17' })).toEqual([
    'a short 17,18,19,20',
    'a real 17,18',
    'b short 17',
    'b real 17',
    'c short 17,18,19,20',
  ])
})

test('one scenario, one leg and one seed can be asked for', () => {
  expect(played({ f: 'a', leg: 'short', seeds: '1', seed: '5' })).toEqual(['a short 5'])
})

test('a run that cannot be is refused with what would do', () => {
  expect(() => loadConfig({ f: 'z', seeds: '0', leg: 'long' }, known)).toThrow(
    /f=z must be one of a, b, c\nleg=long must be short or real\nseeds=0 must be/,
  )
})
