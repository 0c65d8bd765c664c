// A customer's endpoint for tests: checks every signature with the standard library, keeps what came, answers as told.
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { type WebhookPayload, webhookPayload, webhookTestPayload } from '@wagate/api/webhook-payload.ts'
import { Webhook } from 'standardwebhooks'

export type ReceivedRequest = {
  webhookId: string
  /** What it was answered with. */
  status: number
  event: WebhookPayload
  headers: IncomingHttpHeaders
  body: string
}

export type WebhookReceiver = {
  url: string
  /** Every request that was signed as it should be, in order of arrival. */
  received: ReceivedRequest[]
  /** Ids of the tests of the endpoint, signed as they should be. */
  tests: string[]
  /** Why requests were refused: bad signatures, bodies that are no event. Empty in a good run. */
  refused: string[]
  /** The endpoint's secret; requests that come before it is known are answered 503, and come again. */
  trust(secret: string): void
  /** Status, and text if any, for each request from now on; 204 unless told otherwise. */
  answer(status: number, text?: string): void
} & AsyncDisposable

/** Listens on a free port of the loopback interface. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedRequest[] = []
  const tests: string[] = []
  const refused: string[] = []
  let secret: string | undefined
  let answer: { status: number; text?: string | undefined } = { status: 204 }

  async function take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (secret === undefined) return 503
    const body = Buffer.concat(chunks).toString()
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    try {
      const told = webhookTestPayload.or(webhookPayload).parse(new Webhook(secret).verify(body, headers))
      const { status } = answer
      if (told.session_id === null) tests.push(told.id)
      else
        received.push({ webhookId: headers['webhook-id'] ?? '', status, event: told, headers: request.headers, body })
      return status
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error))
      return 401
    }
  }

  const server = createServer(async (request, response) => {
    const status = await take(request).catch(() => 400)
    response.writeHead(status).end(status === answer.status ? answer.text : undefined)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    tests,
    refused,
    trust(given) {
      secret = given
    },
    answer(status, text) {
      answer = { status, text }
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
