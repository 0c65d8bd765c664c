// How much of an account's traffic is logged: a burst, then a sample. What fails has a budget of its own, so that a flood of requests that go
// well hides no failure. Pure but for what it remembers.

export type BudgetPolicy = { burst: number; perSecond: number /** Budgets in memory. */; maxBudgets: number }

/** Takes a place from the budget of that name, if there is one. */
export function createBudgets({ burst, perSecond, maxBudgets }: BudgetPolicy) {
  const budgets = new Map<string, { left: number; atMs: number }>()
  return (name: string, nowMs: number): boolean => {
    const before = budgets.get(name) ?? { left: burst, atMs: nowMs }
    const left = Math.min(burst, before.left + ((nowMs - before.atMs) / 1_000) * perSecond)
    const isFree = left >= 1
    budgets.delete(name) // the longest unused is first
    budgets.set(name, { left: isFree ? left - 1 : left, atMs: nowMs })
    const oldest = budgets.size > maxBudgets ? budgets.keys().next().value : undefined
    if (oldest !== undefined) budgets.delete(oldest)
    return isFree
  }
}
