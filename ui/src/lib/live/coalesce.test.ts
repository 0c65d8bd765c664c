import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coalesce, type Timers } from './coalesce.ts'

/** Time that passes when told. */
function handClock() {
  let now = 0
  let next = 1
  const due = new Map<number, { at: number; run: () => void }>()
  const timers: Timers = {
    set: (run, ms) => {
      due.set(next, { at: now + ms, run })
      return next++
    },
    clear: (timer) => due.delete(timer as number),
  }
  const pass = async (ms: number) => {
    const end = now + ms
    for (;;) {
      const [first] = [...due].filter(([, { at }]) => at <= end).sort(([, one], [, other]) => one.at - other.at)
      if (!first) break
      due.delete(first[0])
      now = first[1].at
      first[1].run()
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    }
    now = end
  }
  return { timers, pass, now: () => now }
}

test('a burst is read once, and once more when it is over', async () => {
  const clock = handClock()
  const reads: string[][] = []
  const readings = coalesce(async (names) => void reads.push([...names]), { clock: clock.timers })
  for (let event = 0; event < 50; event++) readings.note(['chats', 'messages'])
  await clock.pass(5_000)
  expect(reads).toEqual([
    ['chats', 'messages'],
    ['chats', 'messages'],
  ])
})

test('what does not concern a page is not read', async () => {
  const clock = handClock()
  let reads = 0
  const readings = coalesce(async () => void reads++, { clock: clock.timers })
  readings.note([])
  await clock.pass(5_000)
  expect(reads).toBe(0)
})

test('nothing is read after the end', async () => {
  const clock = handClock()
  let reads = 0
  const readings = coalesce(async () => void reads++, { clock: clock.timers })
  readings.note(['chats'])
  readings.stop()
  await clock.pass(5_000)
  expect(reads).toBe(0)
})

test('whatever the order of events and slow readings, one at a time, and the last comes after the last event', async () => {
  const steps = fc.array(fc.record({ after: fc.nat(2_000), name: fc.constantFrom('a', 'b') }), {
    minLength: 1,
    maxLength: 30,
  })
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(3_000), async (notes, readMs) => {
      const clock = handClock()
      let reading = 0
      const lastRead = new Map<string, number>()
      const readings = coalesce(
        async (names) => {
          expect(++reading).toBe(1)
          for (const name of names) lastRead.set(name, clock.now())
          await new Promise<void>((resolve) => clock.timers.set(resolve, readMs))
          reading--
        },
        { clock: clock.timers },
      )
      const lastNote = new Map<string, number>()
      for (const { after, name } of notes) {
        await clock.pass(after)
        readings.note([name])
        lastNote.set(name, clock.now())
      }
      await clock.pass(30_000)
      for (const [name, at] of lastNote) expect(lastRead.get(name)).toBeGreaterThanOrEqual(at + 1_200)
    }),
  )
})
