// What comes in order and what comes by the way, in one sequence.

/** Of a client that reads slowly the oldest are dropped: they are worth nothing later. */
const mostWaiting = 100

/**
 * Everything of `main`, which decides when it is over, and between it whatever `listen` is told. `listen` is called at the first
 * reading, and what it returns closed at the end.
 */
export async function* interleave(
  main: AsyncIterable<string>,
  listen: (hear: (item: string) => void) => { close(): void },
): AsyncGenerator<string> {
  const waiting: string[] = []
  let next: IteratorResult<string> | undefined
  let failure: { error: unknown } | undefined
  let awake = Promise.withResolvers<void>()
  const hearing = listen((item) => {
    if (waiting.length >= mostWaiting) waiting.shift()
    waiting.push(item)
    awake.resolve()
  })
  const reading = main[Symbol.asyncIterator]()
  const read = () =>
    reading
      .next()
      .then(
        (result) => {
          next = result
        },
        (error: unknown) => {
          failure = { error }
        },
      )
      .then(() => awake.resolve())
  void read()
  try {
    for (;;) {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) yield item
      if (failure) throw failure.error
      if (next?.done) return
      if (next) {
        const { value } = next
        next = undefined
        void read()
        yield value
        continue
      }
      await awake.promise
      awake = Promise.withResolvers()
    }
  } finally {
    hearing.close()
    void reading.return?.()
  }
}
