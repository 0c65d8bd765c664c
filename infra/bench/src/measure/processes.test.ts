import { expect, test } from 'vitest'
import { cpuBetween } from './cpu.ts'
import { parseStat, treeOf } from './processes.ts'

test('a command with spaces and parentheses does not shift the fields', () => {
  const stat = '4211 (node (main) x) S 4200 4211 4211 0 -1 4194560 1 0 0 0 250 50 30 20 20 0 11 0 1 1 1'
  expect(parseStat(stat)).toEqual({ pid: 4211, parent: 4200, cpuMs: 3_500 })
})

test('a tree holds children and grandchildren and nothing beside them', () => {
  const table = new Map(
    [
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 1],
      [5, 4],
    ].map(([pid = 0, parent = 0]) => [pid, { pid, parent, cpuMs: 0 }]),
  )
  expect(treeOf(2, table)).toEqual([2, 3])
  expect(treeOf(1, table).sort()).toEqual([1, 2, 3, 4, 5])
  expect(treeOf(99, table)).toEqual([])
  expect(treeOf(1, table, (pid) => pid === 4).sort()).toEqual([1, 2, 3])
})

test('CPU that nobody of the bench used is told as foreign', () => {
  const before = { atMs: 0, machineMs: 1_000, byPart: { gateway: 100 } }
  const after = { atMs: 2_000, machineMs: 2_500, byPart: { gateway: 600 } }
  expect(cpuBetween(before, after)).toEqual({ elapsedMs: 2_000, byPart: { gateway: 500 }, foreignCores: 0.5 })
})
