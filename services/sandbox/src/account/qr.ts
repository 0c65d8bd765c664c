/** What a client shows as a QR code: the server's ref and the keys that the phone will vouch for. */
export type PairingQr = {
  ref: string
  noiseKey: Buffer
  identityKey: Buffer
  /** Shared between client and phone only: proves to the client that its own QR code was scanned. */
  advSecret: Buffer
}

/** Reads a QR string, with or without its `https://wa.me/settings/linked_devices#` prefix; undefined when it is not one. */
export function parsePairingQr(text: string): PairingQr | undefined {
  const [ref, ...keys] = text.replace(/^https:\/\/[^#]*#/, '').split(',')
  const [noiseKey, identityKey, advSecret] = keys.slice(0, 3).map((key) => Buffer.from(key, 'base64'))
  if (!ref || noiseKey?.length !== 32 || identityKey?.length !== 32 || advSecret?.length !== 32) return undefined
  return { ref, noiseKey, identityKey, advSecret }
}
