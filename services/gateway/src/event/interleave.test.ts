import { expect, test } from 'vitest'
import { interleave } from './interleave.ts'

/** A main sequence that the test drives. */
function driven() {
  const steps: PromiseWithResolvers<string | undefined>[] = []
  const step = (n: number) => (steps[n] ??= Promise.withResolvers())
  async function* items(): AsyncGenerator<string> {
    for (let n = 0; ; n++) {
      const item = await step(n).promise
      if (item === undefined) return
      yield item
    }
  }
  let count = 0
  return { items: items(), push: (item: string | undefined) => step(count++).resolve(item) }
}

test('both are passed on, each in its order, until the main sequence is over', async () => {
  const main = driven()
  let hear: (item: string) => void = () => {}
  let closed = 0
  const both = interleave(main.items, (hearing) => {
    hear = hearing
    return { close: () => void closed++ }
  })
  const next = async () => (await both.next()).value
  const first = next()
  hear('a')
  expect(await first).toBe('a')
  const second = next()
  main.push('1')
  expect(await second).toBe('1')
  hear('b')
  hear('c')
  main.push('2')
  expect([await next(), await next(), await next()]).toEqual(['b', 'c', '2'])
  main.push(undefined)
  expect((await both.next()).done).toBe(true)
  expect(closed).toBe(1)
})

test('of those who read slowly the oldest asides are dropped', async () => {
  const main = driven()
  let hear: (item: string) => void = () => {}
  const both = interleave(main.items, (hearing) => {
    hear = hearing
    return { close: () => {} }
  })
  const first = both.next()
  hear('first')
  await first
  for (let n = 0; n < 150; n++) hear(String(n))
  main.push(undefined)
  expect(await Array.fromAsync(both)).toEqual(Array.from({ length: 100 }, (_, n) => String(n + 50)))
})

test('what the main sequence throws ends it, and nobody listens any more', async () => {
  let closed = 0
  // biome-ignore lint/correctness/useYield: it fails first
  const failing = async function* (): AsyncGenerator<string> {
    throw new Error('gone')
  }
  const both = interleave(failing(), () => ({ close: () => void closed++ }))
  await expect(both.next()).rejects.toThrow('gone')
  expect(closed).toBe(1)
})
