// Baileys waits half a minute for the answer to a question whose connection it closed itself. Whoever asked is told at once.
export function createUntilClosed() {
  const asking = new Set<() => void>()
  return {
    /** Rejects when the connection is closed before the answer. */
    async ask<Answer>(answer: Promise<Answer>): Promise<Answer> {
      const closed = Promise.withResolvers<never>()
      const tell = (): void => closed.reject(new Error('the connection was closed'))
      asking.add(tell)
      try {
        return await Promise.race([answer, closed.promise])
      } finally {
        asking.delete(tell)
      }
    },
    close(): void {
      for (const tell of asking) tell()
    },
  }
}
