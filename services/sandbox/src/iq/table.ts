/** Every IQ that the server answers, by namespace, type and first child. */
import type { BinaryNode } from '../wire/node.ts'
import { childOf } from '../wire/node.ts'
import { type IqHandler, notImplemented } from './answer.ts'
import { removeCompanion } from './companion.ts'
import { countPreKeys, digestKeys, fetchKeyBundles, rotateSignedPreKey, uploadPreKeys } from './encrypt.ts'
import { answerMex } from './mex.ts'
import {
  accept,
  getBlocklist,
  getBots,
  getGroups,
  getMediaHosts,
  getPrivacy,
  getProfilePicture,
  getProps,
  syncAppState,
} from './settings.ts'
import { answerUsync } from './usync.ts'

// A map, because the key comes from the client and must find nothing that it should not.
const handlers = new Map<string, IqHandler>(
  Object.entries({
    'w:p get ping': accept,
    'passive set active': accept,
    'passive set passive': accept,
    'encrypt get count': countPreKeys,
    'encrypt get digest': digestKeys,
    'encrypt get key': fetchKeyBundles,
    'encrypt set registration': uploadPreKeys,
    'encrypt set rotate': rotateSignedPreKey,
    'usync get usync': answerUsync,
    'privacy get privacy': getPrivacy,
    'privacy set privacy': accept,
    'privacy set tokens': accept,
    'blocklist get': getBlocklist,
    'blocklist set item': accept,
    'abt get props': getProps,
    'w:sync:app:state set sync': syncAppState,
    'w:mex get query': answerMex,
    'w:m set media_conn': getMediaHosts,
    'w:profile:picture get picture': getProfilePicture,
    'w:profile:picture set picture': accept,
    'w:g2 get participating': getGroups,
    'urn:xmpp:whatsapp:dirty set clean': accept,
    'disappearing_mode set disappearing_mode': accept,
    'status set status': accept,
    'bot get bot': getBots,
    'w:stats add': accept,
    'w:biz get business_profile': accept,
    'md set remove-companion-device': removeCompanion,
  }),
)

/** The handler for an IQ; unknown ones get WhatsApp's "not implemented" at once instead of a client's time-out. */
export function iqHandlerFor(iq: BinaryNode): IqHandler {
  const key = [iq.attrs.xmlns, iq.attrs.type, childOf(iq)?.tag].filter((part) => part !== undefined).join(' ')
  return handlers.get(key) ?? (() => notImplemented)
}
