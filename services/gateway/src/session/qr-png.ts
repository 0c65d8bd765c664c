import { toBuffer } from 'qrcode'

/** A PNG of about 400 × 400 pixels, with the quiet zone that scanners need. */
export async function qrPng(qr: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await toBuffer(qr, { type: 'png', errorCorrectionLevel: 'L', margin: 4, scale: 6 }))
}
