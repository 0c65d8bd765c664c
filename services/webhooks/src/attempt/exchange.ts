// One HTTP exchange on the lowest level that the client offers: no streams, no promise per step. It costs half of what the
// convenient call does, and this is where the service's time goes.
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

export type ExchangeRequest = {
  origin: string
  path: string
  headers: Record<string, string>
  body: string
}

export type ExchangeLimits = {
  /** From the call to the last byte read. */
  timeoutMs: number
  /** Read of a response, and then no more: the connection is closed. */
  maxResponseBytes: number
}

export type Response = {
  statusCode: number
  headers: IncomingHttpHeaders
  /** Of the body: as much as `keptBytes`; nothing of a success. */
  beginning: Buffer
}

/** Of a response that is no success: enough for an error message. */
export const keptBytes = 2_048

/** The time is over and no status has come. */
export class ExchangeTimeout extends Error {
  override readonly name = 'TimeoutError'
}

/**
 * Posts the body and resolves once the response has been read, or enough of it: a status that came counts, even if its body
 * is longer than the limit or never ends. Redirects are not followed. @throws ExchangeTimeout, or the error of the connection
 */
export function exchange(
  dispatcher: Dispatcher,
  { origin, path, headers, body }: ExchangeRequest,
  limits: ExchangeLimits,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  let controller: Dispatcher.DispatchController | undefined
  let response: Omit<Response, 'beginning'> | undefined
  const kept: Buffer[] = []
  let room = keptBytes
  let unread = limits.maxResponseBytes
  let over = false

  const end = (error?: unknown): void => {
    if (over) return
    over = true
    clearTimeout(timer)
    if (response) resolve({ ...response, beginning: Buffer.concat(kept) })
    else reject(error)
  }
  const cut = (reason: Error): void => {
    end(reason)
    controller?.abort(reason)
  }
  const timer = setTimeout(() => cut(new ExchangeTimeout(`no answer in ${limits.timeoutMs} ms`)), limits.timeoutMs)

  dispatcher.dispatch(
    { origin, path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
    {
      onRequestStart(given) {
        controller = given
        if (over) given.abort(new ExchangeTimeout('given up before it was sent'))
      },
      onResponseStart(_controller, statusCode, responseHeaders) {
        if (statusCode >= 200) response = { statusCode, headers: responseHeaders }
      },
      onResponseData(_controller, chunk) {
        unread -= chunk.length
        if (room > 0 && response && response.statusCode >= 300) {
          kept.push(chunk.subarray(0, room))
          room -= chunk.length
        }
        if (unread < 0) cut(new Error('the response is longer than anybody reads'))
      },
      onResponseEnd: () => end(),
      onResponseError: (_controller, error) => end(error),
    },
  )
  return promise
}
