import { unlinkDevice } from '../network/devices.ts'
import { parseUserJid } from '../wire/jid.ts'
import { childOf } from '../wire/node.ts'
import { badRequest, done, type IqHandler } from './answer.ts'

/** A client logs itself out: its device ends, and its credentials are worth nothing from then on. */
export const removeCompanion: IqHandler = (network, { account }, iq) => {
  const address = parseUserJid(childOf(iq, 'remove-companion-device')?.attrs.jid)
  const isOwn = address?.user === account.number || address?.user === account.lid
  const target = isOwn && address.device !== 0 ? account.devices.get(address.device) : undefined
  if (!target) return badRequest
  unlinkDevice(network, target)
  return done
}
