/** ADV, the signatures by which a phone vouches for a linked client and the client accepts. */
import { Curve, hmacSign, proto } from '@whiskeysockets/baileys'

type KeyPair = { public: Uint8Array; private: Uint8Array }

const accountSignaturePrefix = Buffer.from([6, 0])
const deviceSignaturePrefix = Buffer.from([6, 1])

export type Voucher = {
  details: Uint8Array
  accountSignature: Uint8Array
  /** The serialized `ADVSignedDeviceIdentityHMAC` for the pair-success stanza. */
  envelope: Uint8Array
}

/** The phone signs the identity of the client whose QR code it scanned. `rawId` names this set of devices, `timestamp` is in seconds. */
export function vouchFor(
  phone: KeyPair,
  client: { identityKey: Uint8Array; advSecret: Uint8Array },
  device: { rawId: number; timestamp: number; keyIndex: number },
): Voucher {
  const details = proto.ADVDeviceIdentity.encode(device).finish()
  const signed = Buffer.concat([accountSignaturePrefix, details, client.identityKey])
  const accountSignature = Curve.sign(phone.private, signed)
  const identity = { details, accountSignatureKey: phone.public, accountSignature }
  const serialized = proto.ADVSignedDeviceIdentity.encode(identity).finish()
  const hmac = hmacSign(serialized, client.advSecret)
  const envelope = proto.ADVSignedDeviceIdentityHMAC.encode({ details: serialized, hmac }).finish()
  return { details, accountSignature, envelope }
}

/** Whether the client's answer to pair-success carries its signature over what the phone signed. */
export function isAccepted(answer: Uint8Array, voucher: Voucher, phoneKey: Uint8Array, clientKey: Uint8Array): boolean {
  const { details, deviceSignature } = proto.ADVSignedDeviceIdentity.decode(answer)
  if (!details || !deviceSignature || !Buffer.from(details).equals(voucher.details)) return false
  const signed = Buffer.concat([deviceSignaturePrefix, details, clientKey, phoneKey])
  return Curve.verify(clientKey, signed, deviceSignature)
}
