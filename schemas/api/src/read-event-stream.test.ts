import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEventStream, type StreamMessage } from './read-event-stream.ts'

const stream =
  ': hello\nid: 7\n\nid: 8\nevent: message.sent\ndata: {"a":"é"}\n\nevent: x\r\ndata: 1\r\ndata:2\r\n\r\nid: 9\n'

async function read(chunks: Uint8Array[]) {
  const ids: string[] = []
  const messages: StreamMessage[] = []
  const source = (async function* () {
    yield* chunks
  })()
  for await (const message of readEventStream(source, (id) => ids.push(id))) messages.push(message)
  return { ids, messages }
}

test('the stream is read the same however its bytes are cut', async () => {
  const bytes = new TextEncoder().encode(stream)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      const chunks = edges.slice(1).map((end, n) => bytes.subarray(edges[n], end))
      const { ids, messages } = await read(chunks)
      expect(ids).toEqual(['7', '8', '8'])
      expect(messages).toEqual([
        { id: '8', event: 'message.sent', data: '{"a":"é"}' },
        { id: '8', event: 'x', data: '1\n2' },
      ])
    }),
    { numRuns: 50 },
  )
})
