import { once } from 'node:events'
import { connect } from 'node:net'
import { problem } from '@wagate/api/problems.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import { serveHttp } from './serve.ts'

async function serving() {
  const world = await createWorld()
  const server = await serveHttp({ fetch: world.app.fetch, host: '127.0.0.1', port: 0, newId: () => 'req_1' })
  const raw = async (text: string | Uint8Array, hangUp = false) => {
    const socket = connect(server.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes.toString()
    })
    socket.write(text)
    if (hangUp) socket.end()
    await once(socket, 'close')
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    return { head, body }
  }
  return { ...world, server, raw, [Symbol.asyncDispose]: () => server.close() }
}

test.each([
  ['noise', 'hello\r\n\r\n'],
  ['a bad Host header', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
  ['a broken length', 'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'],
])('%s is answered with a problem', async (_, request) => {
  await using world = await serving()
  const { head, body } = await world.raw(request)
  expect(head).toMatch(/^HTTP\/1.1 4\d\d /)
  expect(head.toLowerCase()).toContain('content-type: application/problem+json')
  expect(problem.parse(JSON.parse(body)).detail).toMatch(/^This is not a valid HTTP request/)
})

test('a chunked body is read, up to 1 MiB', async () => {
  await using world = await serving()
  const post = (pieces: number, pieceSize: number) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"name":"'))
        for (let n = 0; n < pieces; n++) controller.enqueue(new TextEncoder().encode('x'.repeat(pieceSize)))
        controller.enqueue(new TextEncoder().encode('"}'))
        controller.close()
      },
    })
    const headers = { authorization: `Bearer ${world.ours.key}`, 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body, duplex: 'half' as const }
    return fetch(`http://127.0.0.1:${world.server.port}/v1/sessions`, init)
  }
  expect((await post(2, 40)).status).toBe(201)
  expect((await post(30, 50_000)).status).toBe(413)
})

test('a client that hangs up in the middle of its body changes nothing and breaks nothing', async () => {
  await using world = await serving()
  const head = `POST /v1/sessions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${world.ours.key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na`
  await world.raw(head, true)
  expect(world.published).toEqual([])
  expect((await fetch(`http://127.0.0.1:${world.server.port}/healthz`)).status).toBe(200)
})
