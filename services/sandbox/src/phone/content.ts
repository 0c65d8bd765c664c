/** Message contents as a phone reads and writes them. */
import { deflateSync } from 'node:zlib'
import { encodeWAMessage, normalizeMessageContent, proto, unpadRandomMax16 } from '@whiskeysockets/baileys'

export type ReceivedContent =
  | { kind: 'message'; text: string }
  /** A copy of what another device of this account sent. */
  | { kind: 'copy'; text: string }
  /** Something between devices that no person sees. */
  | { kind: 'invisible' }

export function readContent(plaintext: Uint8Array): ReceivedContent {
  const message = proto.Message.decode(unpadRandomMax16(plaintext))
  const copied = message.deviceSentMessage?.message
  const content = normalizeMessageContent(copied ?? message)
  if (!content || content.protocolMessage) return { kind: 'invisible' }
  const text = content.conversation ?? content.extendedTextMessage?.text ?? ''
  return { kind: copied ? 'copy' : 'message', text }
}

export function writeText(text: string): Uint8Array {
  return encodeWAMessage({ conversation: text })
}

export function writeTextCopy(text: string, destinationJid: string): Uint8Array {
  return encodeWAMessage({ deviceSentMessage: { destinationJid, message: { conversation: text } } })
}

/**
 * The first history of a newly linked client: empty but for the account's own pair of number and LID. Without it a client holds back
 * its events for twenty seconds, waiting.
 */
export function writeFirstHistory(own: { pn: string; lid: string }): Uint8Array {
  const history = proto.HistorySync.encode({
    syncType: proto.HistorySync.HistorySyncType.INITIAL_BOOTSTRAP,
    chunkOrder: 1,
    progress: 100,
    conversations: [],
    phoneNumberToLidMappings: [{ pnJid: own.pn, lidJid: own.lid }],
  }).finish()
  return encodeWAMessage({
    protocolMessage: {
      type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
      historySyncNotification: {
        syncType: proto.Message.HistorySyncType.INITIAL_BOOTSTRAP,
        chunkOrder: 1,
        progress: 100,
        initialHistBootstrapInlinePayload: deflateSync(history),
      },
    },
  })
}
