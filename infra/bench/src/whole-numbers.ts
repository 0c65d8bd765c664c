// The numbers that a run measures with: from the environment, within bounds, or from their defaults.
export type Bounds = { fallback: number; low: number; high: number }

/** Reads one; what cannot be used is added to `bad`, a line each. */
export const wholeNumbers =
  <Name extends string>(env: Record<string, string | undefined>, bounds: Record<Name, Bounds>, bad: string[]) =>
  (name: Name): number => {
    const { fallback, low, high } = bounds[name]
    const text = env[name]
    const value = text ? Number(text) : fallback
    if (!Number.isInteger(value) || value < low || value > high)
      bad.push(`${name}=${text} must be a whole number from ${low} to ${high}`)
    return value
  }
