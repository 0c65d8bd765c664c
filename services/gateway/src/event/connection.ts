// One open connection: frames and heartbeats into a bounded body. A client that does not read is disconnected.

export type ClosedBecause = 'client' | 'stalled' | 'revoked' | 'source' | 'draining'

export type ConnectionOptions = {
  /** Moves the client's place to resume from to where the stream starts, even if no event ever comes. */
  opening: string
  frames: AsyncIterable<string>
  /** False once the key no longer counts: the connection is closed. */
  mayGoOn: () => boolean
  heartbeatMs: number
  /** How long a client may leave what it was sent unread. */
  stallMs: number
  /** Aborts when the gateway drains: clients resume elsewhere. */
  draining: AbortSignal
  /** Cuts the socket: what waits in it will not be read. */
  disconnect: () => void
  /** Called once; stops the frames. */
  onClose: (reason: ClosedBecause) => void
}

const heartbeat = ':\n\n'
/** Bytes that wait in memory for one client, beyond what the socket holds. */
const bufferBytes = 65_536

export function openConnection(options: ConnectionOptions): ReadableStream<Uint8Array> {
  const { mayGoOn, heartbeatMs, stallMs, draining } = options
  const encoder = new TextEncoder()
  const ended = new AbortController()
  let room = Promise.withResolvers<boolean>()
  let controller: ReadableStreamDefaultController<Uint8Array>

  const send = (text: string) => controller.enqueue(encoder.encode(text))
  const isFull = () => (controller.desiredSize ?? 0) <= 0

  const close = (reason: ClosedBecause) => {
    if (ended.signal.aborted) return
    ended.abort()
    clearInterval(beat)
    room.resolve(false)
    options.onClose(reason)
    if (reason === 'stalled') options.disconnect()
    else if (reason !== 'client') controller.close()
  }

  const beat = setInterval(() => {
    if (!mayGoOn()) close('revoked')
    else if (!isFull()) send(heartbeat)
  }, heartbeatMs)

  /** Waits until the client has read; false when it does not. */
  const hasRoom = async (): Promise<boolean> => {
    if (!isFull()) return true
    room = Promise.withResolvers()
    const timer = setTimeout(() => room.resolve(false), stallMs)
    try {
      return await room.promise
    } finally {
      clearTimeout(timer)
    }
  }

  const pump = async () => {
    try {
      for await (const frame of options.frames) {
        if (ended.signal.aborted) return
        if (!mayGoOn()) return close('revoked')
        send(frame)
        if (!(await hasRoom())) return close('stalled')
      }
    } catch {
      // The source failed: the client reconnects and resumes after the last event that it has.
    }
    close('source')
  }

  return new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started
        draining.addEventListener('abort', () => close('draining'), { signal: ended.signal })
        send(options.opening)
        void pump()
      },
      pull: () => room.resolve(true),
      cancel: () => close('client'),
    },
    { highWaterMark: bufferBytes, size: (chunk) => chunk.byteLength },
  )
}
