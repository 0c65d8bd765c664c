// At most so many at once; the rest wait in order.
export function createLimiter(places: number) {
  const waiting: (() => void)[] = []
  let free = places
  return async <Result>(run: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}
