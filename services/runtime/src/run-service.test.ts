import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { silentLogger } from './logger.ts'
import { runService, type Service } from './run-service.ts'

function fakeProcess() {
  const exited = Promise.withResolvers<number>()
  const codes: number[] = []
  const emitter = new EventEmitter()
  return {
    codes,
    exited: exited.promise,
    emit: (event: string, value?: unknown) => emitter.emit(event, value),
    on: (event: string, listener: (value: unknown) => void) => emitter.on(event, listener),
    exit(code: number) {
      codes.push(code)
      exited.resolve(code)
    },
  }
}

const run = (
  process: ReturnType<typeof fakeProcess>,
  start: (service: Service) => Promise<void>,
  stopDeadlineMs = 1_000,
) => runService({ logger: silentLogger(), start, stopDeadlineMs, process })

test('a signal stops the parts last opened first, one after the other, and exits 0', async () => {
  const process = fakeProcess()
  const order: string[] = []
  let stopping = false
  await run(process, async (service) => {
    service.stopping.addEventListener('abort', () => {
      stopping = true
    })
    service.onStop('database', () => order.push('database'))
    service.onStop('broker', async () => {
      await Promise.resolve()
      order.push('broker')
    })
    service.onStop('http', () => order.push(`http, not ready: ${stopping}`))
  })
  process.emit('SIGTERM')
  expect(await process.exited).toBe(0)
  expect(order).toEqual(['http, not ready: true', 'broker', 'database'])
})

test('a start that fails closes what was open and exits 1', async () => {
  const process = fakeProcess()
  const closed: string[] = []
  await run(process, async (service) => {
    service.onStop('database', () => closed.push('database'))
    throw new Error('run: make streams')
  })
  expect(await process.exited).toBe(1)
  expect(closed).toEqual(['database'])
})

test('a part that fails to close does not keep the others open, and the exit code tells', async () => {
  const process = fakeProcess()
  const closed: string[] = []
  await run(process, async (service) => {
    service.onStop('database', () => closed.push('database'))
    service.onStop('broker', () => Promise.reject(new Error('no')))
  })
  process.emit('SIGINT')
  expect(await process.exited).toBe(1)
  expect(closed).toEqual(['database'])
})

test('a stop that hangs is cut off at the deadline', async () => {
  const process = fakeProcess()
  await run(process, async (service) => service.onStop('broker', () => new Promise(() => {})), 20)
  process.emit('SIGTERM')
  expect(await process.exited).toBe(1)
})

test('a second signal exits at once', async () => {
  const process = fakeProcess()
  await run(process, async (service) => service.onStop('broker', () => new Promise(() => {})))
  process.emit('SIGTERM')
  process.emit('SIGTERM')
  expect(await process.exited).toBe(130)
})

test.each(['uncaughtException', 'unhandledRejection'])(
  'an %s stops the service in order with exit code 1',
  async (event) => {
    const process = fakeProcess()
    const closed: string[] = []
    await run(process, async (service) => service.onStop('broker', () => closed.push('broker')))
    process.emit(event, new Error('bug'))
    expect(await process.exited).toBe(1)
    expect(closed).toEqual(['broker'])
  },
)
