import type { Account } from './account.ts'

/** Who exists. Numbers and LIDs are unique in the whole server; a look-up answers only within one realm. */
export type Directory = {
  add(account: Account): void
  remove(account: Account): void
  /** By digits of a phone number or of a LID. */
  find(realm: string, user: string): Account | undefined
  /** For logins, which name no realm. */
  findAnywhere(user: string): Account | undefined
  isTaken(user: string): boolean
  all(): Iterable<Account>
}

export function createDirectory(): Directory {
  const byUser = new Map<string, Account>()
  return {
    add(account) {
      byUser.set(account.number, account)
      byUser.set(account.lid, account)
    },
    remove(account) {
      byUser.delete(account.number)
      byUser.delete(account.lid)
    },
    find(realm, user) {
      const account = byUser.get(user)
      return account?.realm === realm ? account : undefined
    },
    findAnywhere: (user) => byUser.get(user),
    isTaken: (user) => byUser.has(user),
    all: () => new Set(byUser.values()),
  }
}
