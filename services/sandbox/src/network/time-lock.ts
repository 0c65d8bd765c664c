/** The time-lock: WhatsApp forbids an account for a while to write to people it has never written to, and tells its clients. */
import { type Account, linkedDevices } from '../account/account.ts'
import { serverJid } from '../wire/jid.ts'
import { type BinaryNode, childOf, node } from '../wire/node.ts'
import { deliver, type NetworkContext, timestamp } from './context.ts'

/** As WhatsApp's JSON has it, under another name in an answer than in a notification. */
export function timeLockOf(network: NetworkContext, account: Account) {
  const untilMs = network.faults.timeLockedUntilMs(account) ?? 0
  const isActive = untilMs > network.now().getTime()
  return {
    is_active: isActive,
    time_enforcement_ends: isActive ? String(Math.floor(untilMs / 1000)) : '0',
    enforcement_type: isActive ? 'WEB_COMPANION_ONLY' : 'DEFAULT',
  }
}

/** Tells the account's clients how it is now. */
export function announceTimeLock(network: NetworkContext, account: Account): void {
  const data = { xwa2_notify_account_reachout_timelock: timeLockOf(network, account) }
  for (const device of linkedDevices(account)) {
    const attrs = { from: serverJid, type: 'mex', id: network.newId(), t: timestamp(network.now()) }
    const update = node(
      'update',
      { op_name: 'NotificationUserReachoutTimelockUpdate' },
      Buffer.from(JSON.stringify({ data })),
    )
    deliver(device, node('notification', attrs, [update]))
  }
}

const queries: { [queryId: string]: (network: NetworkContext, account: Account) => object } = {
  '23983697327930364': (network, account) => ({ xwa2_fetch_account_reachout_timelock: timeLockOf(network, account) }),
  '24503548349331633': () => ({ xwa2_message_capping_info: { capping_status: 'NONE' } }),
}

/** The JSON that answers a query of that id; undefined for ids that the sandbox does not know. */
export function answerQuery(network: NetworkContext, account: Account, iq: BinaryNode): Buffer | undefined {
  const data = queries[childOf(iq, 'query')?.attrs.query_id ?? '']?.(network, account)
  return data && Buffer.from(JSON.stringify({ data }))
}
