import { expect, test } from 'vitest'
import { type ClosedBecause, openConnection } from './connection.ts'

function open(frames: AsyncIterable<string>, more: Partial<Parameters<typeof openConnection>[0]> = {}) {
  const closed = Promise.withResolvers<ClosedBecause>()
  let cut = false
  const body = openConnection({
    opening: 'id: 1\n\n',
    frames,
    mayGoOn: () => true,
    heartbeatMs: 60_000,
    stallMs: 60_000,
    draining: new AbortController().signal,
    disconnect: () => {
      cut = true
    },
    onClose: closed.resolve,
    ...more,
  })
  return { body, closed: closed.promise, wasCut: () => cut }
}

async function* endless(): AsyncGenerator<string> {
  for (;;) yield 'x'.repeat(10_000)
}
async function* silence(): AsyncGenerator<string> {
  await new Promise(() => {})
}

test('a client that does not read is disconnected, and little was buffered for it', async () => {
  let made = 0
  const counted = (async function* () {
    for await (const frame of endless()) {
      made++
      yield frame
    }
  })()
  const { closed, wasCut } = open(counted, { stallMs: 20 })
  expect(await closed).toBe('stalled')
  expect(wasCut()).toBe(true)
  expect(made).toBeLessThan(10)
})

test('a client that reads slowly gets everything in order', async () => {
  const { body, closed } = open(
    (async function* () {
      for (let n = 0; n < 500; n++) yield `${n},${'x'.repeat(1_000)};`
    })(),
    { stallMs: 5_000 },
  )
  const text = await new Response(body).text()
  expect(
    text
      .split(';')
      .slice(0, -1)
      .map((frame) => Number.parseInt(frame.replace('id: 1\n\n', ''), 10)),
  ).toEqual(Array.from({ length: 500 }, (_, n) => n))
  expect(await closed).toBe('source')
})

test('heartbeats come while nothing happens, and stop with the key', async () => {
  let allowed = true
  const { body, closed } = open(silence(), { heartbeatMs: 5, mayGoOn: () => allowed })
  const reader = body.getReader()
  await reader.read()
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(':\n\n')
  allowed = false
  expect(await closed).toBe('revoked')
})

test('a gateway that drains ends the stream, so that the client goes elsewhere', async () => {
  const draining = new AbortController()
  const { body, closed } = open(silence(), { draining: draining.signal })
  draining.abort()
  expect(await new Response(body).text()).toBe('id: 1\n\n')
  expect(await closed).toBe('draining')
})

test('a client that goes ends the source', async () => {
  const { body, closed, wasCut } = open(endless())
  await body.cancel()
  expect(await closed).toBe('client')
  expect(wasCut()).toBe(false)
})
