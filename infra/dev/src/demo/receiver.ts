// A customer's webhook endpoint, as small as it can be: checks the signature, keeps the event, answers 204.
import { createServer, type IncomingMessage } from 'node:http'
import { type WebhookPayload, webhookPayload } from '@wagate/api/webhook-payload.ts'
import { Webhook } from 'standardwebhooks'

export type Delivery = { event: WebhookPayload; atMs: number }

export type Receiver = {
  url: string
  /** The endpoint's secret, known once the endpoint was created. Until then deliveries are refused and come again. */
  trust(secret: string): void
  /** The first delivery with a valid signature that matches. Rejects when `signal` aborts, naming what was refused. */
  next(matches: (event: WebhookPayload) => boolean, signal: AbortSignal): Promise<Delivery>
  close(): Promise<void>
}

/** Throws when the signature is wrong or too old, or the body is not an event. */
export function verifyDelivery(
  secret: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
): WebhookPayload {
  const single = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
  return webhookPayload.parse(new Webhook(secret).verify(body, single))
}

/** Listens on a free port of the loopback interface. */
export async function startReceiver(deps: { monotonicMs: () => number }): Promise<Receiver> {
  const deliveries: Delivery[] = []
  const refused: string[] = []
  const watchers = new Set<() => void>()
  let secret: string | undefined

  const server = createServer(async (request, response) => {
    const atMs = deps.monotonicMs()
    const status = await take(request, atMs).catch(() => 400)
    response.writeHead(status).end()
    for (const watcher of [...watchers]) watcher()
  })

  async function take(request: IncomingMessage, atMs: number): Promise<number> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (secret === undefined) return 503
    try {
      deliveries.push({ event: verifyDelivery(secret, request.headers, Buffer.concat(chunks).toString()), atMs })
      return 204
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error))
      return 401
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0

  return {
    url: `http://127.0.0.1:${port}/hook`,
    trust(given) {
      secret = given
    },
    next: (matches, signal) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = deliveries.find(({ event }) => matches(event))
          if (!found && !signal.aborted) return
          watchers.delete(look)
          if (found) resolve(found)
          else reject(new Error(refused[0] ? `a delivery was refused: ${refused[0]}` : 'no such delivery came'))
        }
        watchers.add(look)
        signal.addEventListener('abort', look, { once: true })
        look()
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
