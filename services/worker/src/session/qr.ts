// The string behind a QR code: `…#<ref>,<noise key>,<identity key>,<secret>,<platform>`.

/** QR strings live as long as WhatsApp Web shows them. */
export const qrLifetimeMs = 40_000

/**
 * The string with the secret that the phone's answer is checked by now. Each try of a pairing code makes a new one, and Baileys
 * goes on showing the one that it connected with.
 */
export function withSecret(qr: string, secret: string): string {
  const parts = qr.split(',')
  return parts.length === 5 ? parts.with(3, secret).join(',') : qr
}
