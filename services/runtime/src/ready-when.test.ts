import { expect, test } from 'vitest'
import { readyWhen } from './ready-when.ts'

const parts = (changed: Partial<Parameters<typeof readyWhen>[0]> = {}) => ({
  brokerStatus: () => 'connected',
  askPostgres: async () => [],
  hasStarted: () => true,
  stopping: new AbortController().signal,
  ...changed,
})

test('a service is ready when broker and Postgres answer and its work has begun', async () => {
  expect(await readyWhen(parts())()).toEqual({ ready: true, waitingFor: [] })
})

test('it names everything that it waits for', async () => {
  const ready = readyWhen(
    parts({
      brokerStatus: () => 'disconnected',
      askPostgres: () => Promise.reject(new Error('refused')),
      hasStarted: () => false,
    }),
  )
  expect(await ready()).toEqual({ ready: false, waitingFor: ['nats', 'start', 'postgres'] })
})

test('one that stops is not ready, though it waits for nothing', async () => {
  expect(await readyWhen(parts({ stopping: AbortSignal.abort() }))()).toEqual({ ready: false, waitingFor: [] })
})
