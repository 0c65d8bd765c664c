// Which WhatsApp Web the client says it is. WhatsApp refuses old ones, so it can be configured ahead of a release of Baileys.
import { DEFAULT_CONNECTION_CONFIG } from '@whiskeysockets/baileys'
import type { WhatsAppVersion } from './socket.ts'

/** `2.3000.1043857760`; Baileys' own when undefined. */
export const versionText = (version: WhatsAppVersion | undefined): string =>
  (version ?? DEFAULT_CONNECTION_CONFIG.version).join('.')
