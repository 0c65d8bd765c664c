// Messages per minute of the clock, over all gateways: nothing is stored, and most messages need no word between gateways. When a gateway
// has spent its grant it asks the others what they have, which takes a round trip; near the limit that happens more often.
import type { Held, QuotaNews } from '@wagate/messages/quota.ts'
import {
  type Account,
  begin,
  forgetGrant,
  free,
  grant,
  heldBy,
  newAccount,
  spend,
  spentByAll,
  unspend,
  yieldTo,
} from './account.ts'

export type MeterDeps = {
  /** Of this process; another one after each start. */
  me: string
  tell: (news: QuotaNews) => void
  nowMs: () => number
  /** Runs the function after that time, unless it is cancelled. */
  after: (ms: number, run: () => void) => { cancel: () => void }
  /** An answer did not come in time from that many gateways. */
  onSilence: (missing: number) => void
}

export type Meter = ReturnType<typeof createMeter>
type Round = {
  id: number
  account: Account
  waitingFor: Set<string>
  asking: Set<string>
  finish: () => void
  done: Promise<void>
}

const minuteMs = 60_000
/** A gateway that does not answer for this long is left out until it is heard again. */
const patienceMs = 100
const silentMs = 3_500
/** Rounds that one message waits for before it is refused: many more than it takes to share out the largest limit. */
const maxRounds = 60
const accountsPerTell = 1_000

export function createMeter(deps: MeterDeps) {
  const { me } = deps
  /** By minute: this one, the last, whose questions may still be on their way, and the next when another gateway's clock is ahead. */
  const minutes = new Map<number, Map<string, Account>>()
  const peers = new Map<string, { heardAtMs: number }>()
  const rounds = new Map<Account, Round>()
  /** Accounts that changed since the last tell, with their names: two minutes' are of one name. */
  let changed = new Map<Account, string>()
  let lastRound = 0
  const bornIn = minuteNow()

  function minuteNow(): number {
    return Math.floor(deps.nowMs() / minuteMs)
  }

  function accountsOf(minute: number): Map<string, Account> {
    const now = minuteNow()
    for (const known of minutes.keys()) if (known < now - 1) minutes.delete(known)
    const accounts = minutes.get(minute) ?? new Map<string, Account>()
    if (minute >= now - 1) minutes.set(minute, accounts)
    return accounts
  }

  function open(minute: number, name: string): Account {
    const accounts = accountsOf(minute)
    const account = accounts.get(name) ?? newAccount()
    accounts.set(name, account)
    return account
  }

  const members = (): number => peers.size + 1
  const spentHere = (name: string, account: Account): boolean => {
    if (!spend(account)) return false
    changed.set(account, name)
    return true
  }

  /** Joins the round that runs, or begins one. */
  function refill(minute: number, name: string, account: Account): Promise<void> {
    const running = rounds.get(account)
    if (running) return running.done
    const { promise, resolve } = Promise.withResolvers<void>()
    const finish = (): void => {
      if (!rounds.delete(account)) return
      timer.cancel()
      for (const silent of round.waitingFor) drop(silent)
      if (round.waitingFor.size > 0) deps.onSilence(round.waitingFor.size)
      grant(account, me, round.asking)
      changed.set(account, name)
      resolve()
    }
    lastRound += 1
    const round: Round = {
      ...{
        id: lastRound,
        account,
        waitingFor: new Set(peers.keys()),
        asking: new Set<string>(),
        finish,
        done: promise,
      },
    }
    const timer = deps.after(patienceMs, finish)
    rounds.set(account, round)
    if (round.waitingFor.size === 0) finish()
    else
      deps.tell({
        ...{ kind: 'ask', from: me, id: round.id, minute, account: name, limit: account.limit, held: heldBy(account) },
      })
    return promise
  }

  function drop(member: string): void {
    peers.delete(member)
    for (const accounts of minutes.values()) for (const account of accounts.values()) forgetGrant(account, member)
    for (const round of rounds.values())
      if (round.waitingFor.delete(member) && round.waitingFor.size === 0) round.finish()
  }

  function note(minute: number, name: string, from: string, held: Held): Account {
    const account = open(minute, name)
    account.others.set(from, held)
    return account
  }

  function hear(news: QuotaNews): void {
    const { from, kind } = news
    if (from === me) return
    if (kind === 'bye') drop(from)
    else peers.set(from, { heardAtMs: deps.nowMs() })
    if (kind === 'hello') tellAll(accountsOf(minuteNow()))
    if (kind === 'tell') for (const [name, held] of Object.entries(news.accounts)) note(news.minute, name, from, held)
    if (kind === 'ask') answer(news)
    if (kind === 'answer') takeAnswer(news)
  }

  function answer({ from, id, minute, account: name, limit, held }: Extract<QuotaNews, { kind: 'ask' }>): void {
    const account = note(minute, name, from, held)
    begin(account, limit, members(), minute === bornIn)
    yieldTo(account)
    const round = rounds.get(account)
    round?.asking.add(from)
    const asking = round !== undefined
    deps.tell({ kind: 'answer', from: me, to: from, id, minute, account: name, held: heldBy(account), asking })
  }

  function takeAnswer(news: Extract<QuotaNews, { kind: 'answer' }>): void {
    const round = rounds.get(note(news.minute, news.account, news.from, news.held))
    if (news.to !== me || round?.id !== news.id) return
    if (news.asking) round.asking.add(news.from)
    round.waitingFor.delete(news.from)
    if (round.waitingFor.size === 0) round.finish()
  }

  function tellAll(accounts: ReadonlyMap<string, Account>): void {
    const all = [...accounts].map(([name, account]): [string, Held] => [name, heldBy(account)])
    for (let n = 0; n === 0 || n < all.length; n += accountsPerTell)
      deps.tell({
        kind: 'tell',
        from: me,
        minute: minuteNow(),
        accounts: Object.fromEntries(all.slice(n, n + accountsPerTell)),
      })
  }

  return {
    hear,

    /** Others learn of this gateway, and this one of them and of what they have. Wait a moment before the first message. */
    greet: () => deps.tell({ kind: 'hello', from: me }),

    /** Once a second. */
    tick(): void {
      for (const [member, { heardAtMs }] of peers) if (deps.nowMs() - heardAtMs > silentMs) drop(member)
      const current = accountsOf(minuteNow())
      tellAll(
        new Map([...changed].flatMap(([account, name]) => (current.get(name) === account ? [[name, account]] : []))),
      )
      changed = new Map()
    },

    leave: () => deps.tell({ kind: 'bye', from: me }),

    /** Counts one message of the account, unless its minute is full; resolves with how to take that back, if it does not come to it. */
    take(name: string, limit: number): Taken | undefined | Promise<Taken | undefined> {
      const minute = minuteNow()
      const account = open(minute, name)
      begin(account, limit, members(), minute === bornIn && peers.size > 0)
      return spentHere(name, account) ? takenFrom(name, account) : takeAfterAsking(minute, name, account)
    },

    spent: (name: string): number => {
      const account = minutes.get(minuteNow())?.get(name)
      return account ? spentByAll(account) : 0
    },
    /** Gateways that count together, this one included. */
    members,
  }

  function takenFrom(name: string, account: Account): Taken {
    return {
      giveBack: () => {
        unspend(account)
        changed.set(account, name)
      },
    }
  }

  async function takeAfterAsking(minute: number, name: string, account: Account): Promise<Taken | undefined> {
    for (let n = 0; n < maxRounds && spentByAll(account) < account.limit; n++) {
      await refill(minute, name, account)
      if (spentHere(name, account)) return takenFrom(name, account)
      if (free(account) <= 0 && members() === 1) return undefined
    }
    return undefined
  }
}

export type Taken = { giveBack: () => void }
