// However many ask, it is found out once in a while: those who come meanwhile wait for the same answer.

export function rememberFor<Value>(
  ms: number,
  monotonicMs: () => number,
  findOut: () => Promise<Value>,
): () => Promise<Value> {
  let latest: { value: Promise<Value>; at: number } | undefined
  return () => {
    if (latest && monotonicMs() - latest.at < ms) return latest.value
    const asked = { value: findOut(), at: monotonicMs() }
    latest = asked
    // A failure is not remembered: the next one tries anew.
    asked.value.catch(() => {
      if (latest === asked) latest = undefined
    })
    return asked.value
  }
}
