// One open connection: frames and heartbeats into a bounded body. A client that does not read is disconnected.

export type ConnectionOptions = {
  /** Moves the client's place to resume from to where the stream starts, even if no event ever comes. */
  opening: string
  frames: AsyncIterable<string>
  /** False once the key no longer counts: the connection is closed. */
  mayGoOn: () => boolean
  heartbeatMs: number
  /** How long a client may leave what it was sent unread. */
  stallMs: number
  onClose: (reason: 'client' | 'stalled' | 'revoked' | 'source') => void
  abort: AbortController
}

const heartbeat = ':\n\n'
/** Bytes that wait in memory for one client, beyond what the socket holds. */
const bufferBytes = 65_536

export function openConnection(options: ConnectionOptions): ReadableStream<Uint8Array> {
  const { abort, mayGoOn, heartbeatMs, stallMs } = options
  const encoder = new TextEncoder()
  let room = Promise.withResolvers<void>()
  let closed = false

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text))
        const close = (reason: Parameters<ConnectionOptions['onClose']>[0]) => {
          if (closed) return
          closed = true
          clearInterval(beat)
          abort.abort()
          room.resolve()
          options.onClose(reason)
          if (reason !== 'client') controller.close()
        }
        const beat = setInterval(() => {
          if (!mayGoOn()) close('revoked')
          else if ((controller.desiredSize ?? 0) > 0) send(heartbeat)
        }, heartbeatMs)
        abort.signal.addEventListener('abort', () => close('client'))
        send(options.opening)
        void pump(controller, send, close)
      },
      pull() {
        room.resolve()
      },
      cancel() {
        abort.abort()
      },
    },
    { highWaterMark: bufferBytes, size: (chunk) => chunk.byteLength },
  )

  async function pump(
    controller: ReadableStreamDefaultController<Uint8Array>,
    send: (text: string) => void,
    close: (reason: 'stalled' | 'revoked' | 'source') => void,
  ): Promise<void> {
    try {
      for await (const frame of options.frames) {
        if (closed) return
        if (!mayGoOn()) return close('revoked')
        send(frame)
        if (!(await hasRoom(controller))) return close('stalled')
      }
    } catch {
      // The source failed: the client reconnects and resumes after the last event that it has.
    }
    close('source')
  }

  /** Waits until the client has read; false when it does not. */
  async function hasRoom(controller: ReadableStreamDefaultController<Uint8Array>): Promise<boolean> {
    while (!closed && (controller.desiredSize ?? 0) <= 0) {
      room = Promise.withResolvers()
      const timer = setTimeout(() => room.reject(new Error('stalled')), stallMs)
      try {
        await room.promise
      } catch {
        return false
      } finally {
        clearTimeout(timer)
      }
    }
    return true
  }
}
