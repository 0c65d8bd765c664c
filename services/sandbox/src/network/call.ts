/** A call as far as a linked client sees it: the offer, which it acks. Nobody speaks. */
import { type Account, accountJid, linkedDevices } from '../account/account.ts'
import { node } from '../wire/node.ts'
import { deliver, type NetworkContext, timestamp } from './context.ts'

/** Returns the id of the call. */
export function offerCall(network: NetworkContext, from: Account, to: Account, video: boolean): string {
  const callId = network.newId().toUpperCase()
  const caller = accountJid(from, 'lid')
  for (const device of linkedDevices(to)) {
    const attrs = { 'call-id': callId, 'call-creator': caller, caller_pn: accountJid(from, 'pn') }
    const offer = node('offer', attrs, [
      node('audio', { enc: 'opus', rate: '16000' }),
      ...(video ? [node('video')] : []),
    ])
    deliver(device, node('call', { from: caller, id: network.newId(), t: timestamp(network.now()) }, [offer]))
  }
  return callId
}
