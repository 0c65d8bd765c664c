// Holds each frame until every append that was begun before it is stored: nothing reaches WhatsApp that a crash could
// make us forget. Frames keep their order, since the Noise cipher counts them.
export type GateLog = {
  readonly begun: number
  isDurable: (ticket: number) => boolean
  durable: (ticket: number) => Promise<void>
}

export type Gate = {
  /** Sends now if nothing is pending, else when all that was begun before is stored. Dropped once closed. */
  pass: (send: () => void) => void
  /** Frames that wait are dropped: the socket is going away. */
  close: () => void
}

export function createGate(log: GateLog): Gate {
  const waiting: { ticket: number; send: () => void }[] = []
  let closed = false
  let draining = false

  const drain = async (): Promise<void> => {
    draining = true
    try {
      for (let next = waiting[0]; next && !closed; next = waiting[0]) {
        if (!log.isDurable(next.ticket)) await log.durable(next.ticket)
        if (closed) return
        waiting.shift()
        next.send()
      }
    } catch {
      closed = true // fenced: the log closes the socket itself
    } finally {
      draining = false
    }
  }

  return {
    pass(send) {
      if (closed) return
      const ticket = log.begun
      if (waiting.length === 0 && log.isDurable(ticket)) {
        send()
        return
      }
      waiting.push({ ticket, send })
      if (!draining) void drain()
    },
    close() {
      closed = true
      waiting.length = 0
    },
  }
}
