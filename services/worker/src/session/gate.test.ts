import { expect, test } from 'vitest'
import { createGate } from './gate.ts'

/** A log whose appends become durable when the test says so. */
function stubLog() {
  let begun = 0
  let durableUpTo = 0
  const waiters: { ticket: number; resolve: () => void; reject: (error: Error) => void }[] = []
  return {
    log: {
      get begun() {
        return begun
      },
      isDurable: (ticket: number) => durableUpTo >= ticket,
      durable: (ticket: number) =>
        durableUpTo >= ticket
          ? Promise.resolve()
          : new Promise<void>((resolve, reject) => waiters.push({ ticket, resolve, reject })),
    },
    begin: () => {
      begun += 1
    },
    store: async (ticket: number) => {
      durableUpTo = ticket
      for (const waiter of waiters) if (waiter.ticket <= ticket) waiter.resolve()
      await settled()
    },
    fence: async () => {
      for (const waiter of waiters) waiter.reject(new Error('fenced'))
      await settled()
    },
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a frame passes at once when nothing is being written', () => {
  const { log } = stubLog()
  const sent: string[] = []
  createGate(log).pass(() => sent.push('ping'))
  expect(sent).toEqual(['ping'])
})

test('a frame waits for every append that was begun before it, and for none begun later', async () => {
  const { log, begin, store } = stubLog()
  const gate = createGate(log)
  const sent: string[] = []
  begin()
  begin()
  gate.pass(() => sent.push('after two'))
  begin()
  await store(1)
  expect(sent).toEqual([])
  await store(2)
  expect(sent).toEqual(['after two'])
})

test('frames keep their order, also one that waits for nothing itself', async () => {
  const { log, begin, store } = stubLog()
  const gate = createGate(log)
  const sent: string[] = []
  begin()
  gate.pass(() => sent.push('first'))
  gate.pass(() => sent.push('second'))
  begin()
  gate.pass(() => sent.push('third'))
  await store(1)
  expect(sent).toEqual(['first', 'second'])
  await store(2)
  expect(sent).toEqual(['first', 'second', 'third'])
})

test('nothing leaves once the owner was fenced', async () => {
  const { log, begin, fence } = stubLog()
  const gate = createGate(log)
  const sent: string[] = []
  begin()
  gate.pass(() => sent.push('held'))
  await fence()
  gate.pass(() => sent.push('later'))
  expect(sent).toEqual([])
})

test('what waits is dropped when the socket closes', async () => {
  const { log, begin, store } = stubLog()
  const gate = createGate(log)
  const sent: string[] = []
  begin()
  gate.pass(() => sent.push('held'))
  gate.close()
  await store(1)
  expect(sent).toEqual([])
})
