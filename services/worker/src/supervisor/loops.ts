// Repeats a task: the next run is timed from the end of the last, so that a slow one never overlaps itself.
export type Loop = { stop: () => void }

export function every(ms: () => number, run: () => Promise<void> | void): Loop {
  let stopped = false
  let timer: NodeJS.Timeout
  const next = (): void => {
    timer = setTimeout(async () => {
      await Promise.resolve(run()).catch(() => {})
      if (!stopped) next()
    }, ms())
  }
  next()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
