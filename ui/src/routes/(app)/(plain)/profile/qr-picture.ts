import QRCode from 'qrcode'

/** What a set-up can be long; the text comes back from a form, so anything could be in it. */
const maxLength = 1_000

/** As an address for `img`; empty for what no QR code can hold. */
export async function qrPicture(text: string): Promise<string> {
  if (text === '' || text.length > maxLength) return ''
  const svg = await QRCode.toString(text, { type: 'svg', margin: 2 })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
