import { expect, test } from 'vitest'
import { typist } from './typist.ts'

function open() {
  let nowMs = 0
  let due: { run: () => void; atMs: number } | undefined
  const told: string[] = []
  const clock = {
    now: () => nowMs,
    set: (run: () => void, ms: number) => (due = { run, atMs: nowMs + ms }),
    clear: (timer: unknown) => {
      if (timer === due) due = undefined
    },
  }
  const pass = (ms: number) => {
    nowMs += ms
    if (!due || due.atMs > nowMs) return
    const { run } = due
    due = undefined
    run()
  }
  return { told, pass, typist: typist((state) => told.push(state), clock) }
}

test('typing is told once, and again while it goes on', () => {
  const { told, pass, typist } = open()
  for (let n = 0; n < 8; n++) {
    typist.typed()
    pass(1_000)
  }
  expect(told).toEqual(['composing', 'composing'])
})

test('a rest is told, and so is the end, once', () => {
  const { told, pass, typist } = open()
  typist.typed()
  pass(4_000)
  expect(told).toEqual(['composing', 'paused'])
  typist.typed()
  typist.stop()
  typist.stop()
  pass(10_000)
  expect(told).toEqual(['composing', 'paused', 'composing', 'paused'])
})

test('nobody who did not type is told to have stopped', () => {
  const { told, typist } = open()
  typist.stop()
  expect(told).toEqual([])
})
