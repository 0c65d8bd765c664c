import { readFileSync } from 'node:fs'

/**
 * The certificate chain that WhatsApp sends to every client, public by nature. Baileys checks its signatures and its serial,
 * and does not bind it to the server's static key, which is why a sandbox can present it.
 */
export function loadCertificateChain(): Buffer {
  const file = new URL('../../data/noise-cert-chain.b64', import.meta.url)
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
}
